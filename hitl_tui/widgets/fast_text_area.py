"""Textual's text area, made fast: a key costs time for the rows on screen, not for the document.

Only this module, `hitl_tui/terminal_input.py` and `hitl_tui/stylesheet.py` use private names of Textual,
which is therefore pinned, at 8.2.8. A test compares the source of all that this module replaces or uses,
and fails when Textual's changes.

What is slow in Textual, and how it is made fast here:

- `WrappedDocument.height` adds up all lines, and is read for every row that is drawn; an edit that
  adds a row updates each row below it one by one. `WrappedRows` keeps sums.
- `TextArea.render_line` reads `self.text`, which joins all lines, for every row; and it draws every
  row again when the cursor moves. Here the key of the cache is what a row shows.
- `TextArea._render_line` styles and divides the whole line for each of its rows, and wrapping looks
  at each character of a long word. Here a line of 100 KB is as quick as many short ones.
- `find_matching_bracket` reads the document character by character. Here the search is limited.
- `_build_highlight_map` computes the colours of the whole document after each edit, and the syntax
  tree counts the bytes above. Here a subclass returns the colours of the row that is drawn.

It always wraps, and has no line numbers, suggestions, languages, or style for the cursor's line.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual._wrap import compute_wrap_offsets
from textual.document._document import Document, EditResult, Location
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import expand_tabs_inline, expand_text_tabs_from_widths, get_tab_widths
from textual.geometry import Offset
from textual.strip import Strip
from textual.widgets import TextArea

from hitl_tui.text.rows import WHOLE, Cuts, Rows, cut_at_words, pieces
from hitl_tui.widgets.keeps_seen import KeepsSeen

_BRACKET = re.compile(r"[][(){}]")
_PARTNERS = {"{": "}", "[": "]", "(": ")", "}": "{", "]": "[", ")": "("}
_NEAR = 100_000
"""Characters; the partner of a bracket is searched at least so far away."""


class Row(NamedTuple):
    """What the drawing of a row depends on, except the text, the colours and the theme."""

    line: int
    start: int
    end: int
    last: bool
    """Whether the line ends on this row, so that the cursor can be behind it."""
    selected: tuple[int, int] | None
    hollow: bool
    """Whether it is an empty line in a selection."""
    cursor: int | None
    brackets: tuple[int, ...]
    width: int


class WrappedRows(WrappedDocument):
    """Stores where each line is cut, and finds rows by sums instead of lists of rows."""

    _wrapped_as: tuple[int, int] | None = None

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Wrap all lines, unless they are wrapped for this width."""
        settings = (width, tab_width or self._tab_width)
        if settings == self._wrapped_as:
            return
        self._wrapped_as = settings
        self._width, self._tab_width = settings
        self.rows = Rows(self._cuts(self.document.lines))

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Wrap the lines that an edit has changed; called after the edit."""
        lines = self.document.lines
        removed = len(self.rows.cuts) - len(lines)
        top = min(start[0], old_end[0], len(lines) - 1)
        bottom = min(max(start[0], new_end[0], old_end[0] - removed), len(lines) - 1)
        self.rows.replace(top, bottom + 1 + removed, self._cuts(lines[top : bottom + 1]))

    def _cuts(self, lines: list[str]) -> Iterator[Cuts]:
        width, tab_width = self._width, self._tab_width
        for line in lines:
            if not width or (len(line) <= width and line.isascii() and "\t" not in line):
                yield WHOLE
            elif "\t" in line:
                yield compute_wrap_offsets(line, width, tab_width)
            else:
                yield cut_at_words(line, width)

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.rows.height

    def get_offsets(self, line_index: int) -> list[int]:
        """Return where a line is cut."""
        if not 0 <= line_index < len(self.rows.cuts):
            raise ValueError(f"There is no line {line_index}.")
        return list(self.rows.cuts[line_index])

    def get_sections(self, line_index: int) -> list[str]:
        """Return the text of each row of a line."""
        line = self.document[line_index]
        return [line[a:b] for a, b in pieces(self.rows.cuts[line_index], len(line))]

    def get_tab_widths(self, line_index: int) -> list[int]:
        """Return how wide each tab of a line is."""
        return tab_widths(self.document[line_index], self._tab_width)

    def location_to_offset(self, location: Location) -> Offset:
        """Return where a place in the document is drawn.

        During an undo, Textual calls this with a cursor behind the last line.
        """
        number, column = min(location[0], len(self.rows.cuts) - 1), location[1]
        cuts = self.rows.cuts[number]
        part = bisect_right(cuts, column)
        before = self.document[number][cuts[part - 1] if part else 0 : column]
        x = cell_len(expand_tabs_inline(before, self._tab_width) if "\t" in before else before)
        return Offset(x, self.rows.top(number) + part)

    def offset_to_location(self, offset: Offset) -> Location:
        """Return the place in the document that is drawn there, or the nearest."""
        x, y = max(0, offset.x), max(0, offset.y)
        number, part = self.rows.at(min(y, self.height - 1))
        return number, self.get_target_document_column(number, x, part)


class FastDocument(Document):
    """Joins its lines once after each edit, however often its text is read."""

    _joined: str | None = None

    @property
    def text(self) -> str:
        """The whole text."""
        if self._joined is None:
            self._joined = super().text
        return self._joined

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Replace the text between two places."""
        self._joined = None
        return super().replace_range(start, end, text)


class FastTextArea(KeepsSeen, TextArea):
    """A text area for texts of any length, and for lines of any length."""

    def __init__(self, *, id: str | None = None, placeholder: str = "") -> None:
        super().__init__(
            id=id,
            theme="css",
            soft_wrap=True,
            tab_behavior="focus",
            placeholder=placeholder,
            highlight_cursor_line=False,
        )

    def row_styles(self, line_index: int, start: int, end: int) -> list[tuple[int, int, Style]]:
        """Return the styles of the columns `start` to `end` of a line, in order."""
        return []

    def text_changed(self) -> None:
        """Forget what is known of the text. Called after each change, before drawing."""

    # What was on the screen

    @property
    def line_count(self) -> int:
        """How many lines the text has."""
        return self.document.line_count

    def line(self, number: int) -> str:
        """Return a line."""
        return self.document[number]

    def row_in(self, y: int) -> tuple[int, int, int] | None:
        """Return which line is drawn there, and from which to which column; None without a text."""
        row = None if self.document.end == (0, 0) else self._row(y + self.scroll_offset.y)
        return None if row is None else (row.line, row.start, row.end)

    def shown_rows(self) -> tuple[Sequence[int], Rows] | None:
        """Return all lines, and their rows."""
        wrapped = self.wrapped_document
        assert isinstance(wrapped, WrappedRows), "_set_document makes it"
        return (range(self.line_count), wrapped.rows) if self.size.width else None

    # Replacements of Textual's methods

    def _set_document(self, text: str, language: str | None) -> None:
        self.document = FastDocument(text)
        self.forget_seen()
        self.wrapped_document = WrappedRows(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _build_highlight_map(self) -> None:
        self._line_cache.clear()
        self.text_changed()

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """Return the place of the matching bracket, if it is near."""
        if bracket not in _PARTNERS:
            return None
        forward = bracket in "([{"
        found = self._brackets_after(search_from) if forward else self._brackets_before(search_from)
        open_ones: list[str] = []
        for candidate, location in found:
            if (candidate in "([{") is forward:
                open_ones.append(candidate)
            elif open_ones and open_ones[-1] == _PARTNERS[candidate]:
                open_ones.pop()
                if not open_ones:
                    return location
        return None

    def _brackets_after(self, place: Location) -> Iterator[tuple[str, Location]]:
        row, column = place
        seen = 0
        while row < self.document.line_count and seen < _NEAR:
            line = self.document[row]
            for match in _BRACKET.finditer(line, column, column + _NEAR):
                yield match[0], (row, match.start())
            seen += len(line) - column + 1
            row, column = row + 1, 0

    def _brackets_before(self, place: Location) -> Iterator[tuple[str, Location]]:
        row, end = place[0], place[1] + 1
        seen = 0
        while row >= 0 and seen < _NEAR:
            line = self.document[row]
            matches = list(_BRACKET.finditer(line, max(0, end - _NEAR), end))
            for match in reversed(matches):
                yield match[0], (row, match.start())
            seen += min(end, len(line)) + 1
            row, end = row - 1, sys.maxsize

    def render_line(self, y: int) -> Strip:
        """Draw a row, or return it from the cache."""
        if self.document.end == (0, 0):
            return super().render_line(y)  # with the placeholder
        row = self._row(y + self.scroll_offset.y)
        if row is None:
            return self._render_line(y)
        strip = self._line_cache.get(row)
        if strip is None:
            strip = self._line_cache[row] = self._draw(row)
        return strip

    def _render_line(self, y: int) -> Strip:
        row = self._row(y + self.scroll_offset.y)
        return Strip.blank(self.size.width, self._base_style) if row is None else self._draw(row)

    @property
    def _base_style(self) -> Style:
        return self._theme.base_style or self.rich_style

    def _row(self, y: int) -> Row | None:
        """Return what to draw in row `y` of the document; None below its end."""
        wrapped = self.wrapped_document
        assert isinstance(wrapped, WrappedRows), "_set_document makes it"
        if y >= wrapped.height:
            return None
        number, part = wrapped.rows.at(y)
        length = len(self.document[number])
        start, end = wrapped.rows.span(number, part, length)
        last = end == length
        row, column = self.selection.end

        def here(place: Location | None) -> bool:
            return place is not None and place[0] == number and start <= place[1] < end + last

        partner = self._matching_bracket_location if self.match_cursor_bracket else None
        pair = [(row, column), partner] if partner and self.selection.is_empty else []
        selected = self._selected(number, start, end, length)
        return Row(
            number,
            start,
            end,
            last,
            selected,
            hollow=not length and selected is not None and row != number,
            cursor=column if here((row, column)) and self._draw_cursor else None,
            brackets=tuple(place[1] for place in pair if place is not None and here(place)),
            width=self.scrollable_content_region.width,
        )

    def _selected(self, number: int, start: int, end: int, length: int) -> tuple[int, int] | None:
        """Return the columns of a row that are selected."""
        (top, left), (bottom, right) = sorted(self.selection)
        if self.selection.is_empty or not top <= number <= bottom:
            return None
        first = max(start, left if number == top else 0)
        last = min(end, right if number == bottom else length)
        return (first, last) if first < last or not length else None

    def _draw(self, row: Row) -> Strip:
        theme = self._theme
        text = Text(self.document[row.line][row.start : row.end], end="", no_wrap=True)
        if row.last:
            text.append(" ")

        def paint(style: Style | None, first: int, last: int) -> None:
            first, last = max(first, row.start), min(last, row.end + 1)
            if style is not None and first < last:
                text.stylize(style, first - row.start, last - row.start)

        if row.hollow and theme.selection_style is not None:
            text.plain = "▌"
            paint(Style(color=theme.selection_style.bgcolor), row.start, row.start + 1)
        elif row.selected is not None:
            paint(theme.selection_style, *row.selected)
        for first, last, style in self.row_styles(row.line, row.start, row.end):
            paint(style, first, last)
        for column in row.brackets:
            paint(theme.bracket_matching_style, column, column + 1)
        if row.cursor is not None:
            paint(theme.cursor_style, row.cursor, row.cursor + 1)
        text = self._without_tabs(text, row)
        strip = Strip(text.render(self.app.console), text.cell_len)
        return strip.extend_cell_length(row.width, theme.base_style).apply_style(self._base_style)

    def _without_tabs(self, text: Text, row: Row) -> Text:
        if "\t" not in text.plain:
            return text
        before = self.document[row.line].count("\t", 0, row.start)
        widths = self.wrapped_document.get_tab_widths(row.line)[before:]
        return expand_text_tabs_from_widths(text, widths)


@lru_cache(maxsize=64)
def tab_widths(line: str, tab_width: int) -> list[int]:
    """Return how wide each tab of a line is."""
    return [width for _, width in get_tab_widths(line, tab_width)]
