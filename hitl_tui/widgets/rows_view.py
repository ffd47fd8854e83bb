"""The base of views of long read-only texts: rows are cut, drawn, selected and copied here."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import ClassVar

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from hitl_engine.characters.misleading import misleading_words
from hitl_tui.text.highlight import Span
from hitl_tui.text.json_parts import JsonParts, Part
from hitl_tui.text.occurrences import Occurrence
from hitl_tui.text.rows import Cuts, Rows
from hitl_tui.widgets.drawn_rows import DrawnRows
from hitl_tui.widgets.keeps_seen import KeepsSeen

_ESCAPED = re.compile(r"\\u\{[0-9A-F]{1,6}\}")
_ESCAPED_AT_MOST = len("\\u{10FFFF}")
_WORD_AT_MOST = 100
"""Characters before and after a row that are looked at, for a word that begins on another row."""
_MATCH, _SELECTED_MATCH = "match", "selected-match"
_COLOUR_OF = {
    Part.KEY: "key",
    Part.STRING: "string",
    Part.NUMBER: "number",
    Part.HIDDEN: "escaped",
}
"""The colours of JSON. Of its escapes only those with four digits have one."""


class RowsView(KeepsSeen, DrawnRows):
    """Shows lines of visible text; only the rows on screen are ever drawn.

    A subclass provides the lines, where they are cut, and their colours. The colours are its
    component classes, whose names begin with `COLOUR_PREFIX`.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"rows-view--{_MATCH}",
        f"rows-view--{_SELECTED_MATCH}",
    }
    DEFAULT_CSS = """
    RowsView {
        height: auto;
        width: 1fr;
        & > .rows-view--match { background: $warning 35%; }
        & > .rows-view--selected-match { background: $warning 60%; text-style: bold underline; }
    }
    """
    COLOUR_PREFIX: ClassVar[str]
    """The beginning of the names of the component classes."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: Sequence[int] = range(0)
        self._rows = Rows(())
        self._parts = JsonParts()
        self._wrapped_for = -1
        self._wrapped: LRUCache[int, tuple[Sequence[int], Rows]] = LRUCache(2)
        """For a width: the lines that are not folded, and their rows. A layout asks for two widths:
        with a scrollbar beside the text and without."""
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._matches: dict[int, list[Occurrence]] = {}
        """The matches of a search in each line."""
        self._selected_match: Occurrence | None = None

    # For subclasses

    def lines_in_view(self) -> Sequence[int]:
        """Return the numbers of the lines that are not folded."""
        raise NotImplementedError

    def cuts(self, shown: Sequence[int], width: int) -> Iterable[Cuts]:
        """Return where each of these lines is cut at this width of the view."""
        raise NotImplementedError

    def line(self, number: int) -> str:
        """Return a line, as visible text."""
        raise NotImplementedError

    def whole_lines(self) -> Iterator[str]:
        """Return all lines as they are when nothing is folded; a search looks at them."""
        return map(self.line, range(self.line_count))

    def unfold(self, number: int) -> None:
        """Unfold what contains a line, if something can be folded."""

    def is_folded(self, number: int) -> bool:
        """Whether a line is shown in its short form."""
        return False

    def in_gutter(self, number: int, *, continued: bool) -> str:
        """Return the text to the left of a line or, if `continued`, of its further rows."""
        raise NotImplementedError

    def base_style(self, number: int) -> Style:
        """Return the style of a line where no span gives another."""
        return self.rich_style

    def gutter_style(self, number: int) -> Style:
        """Return the style of what is to the left of a line."""
        return self.colour("gutter")

    def spans(self, number: int, start: int, end: int) -> Iterator[Span]:
        """Return the colours of a line from `start` to `end`; later spans cover earlier ones.

        A colour has a background only where its component class sets one.
        """
        raise NotImplementedError

    def json_spans(self, number: int, json: str, start: int, end: int) -> Iterator[Span]:
        """Return the colours of a line of JSON."""
        for first, last, part in self._parts.spans(number, json, start, end):
            if part in _COLOUR_OF:
                yield first, last, _COLOUR_OF[part]

    def escape_spans(self, text: str, start: int, end: int) -> Iterator[Span]:
        """Return where visible text contains escapes."""
        around = max(0, start - _ESCAPED_AT_MOST), end + _ESCAPED_AT_MOST
        for match in _ESCAPED.finditer(text, *around):
            yield *match.span(), "escaped"

    def lines_changed(self) -> None:
        """Cut and draw everything again."""
        self.forget_rows()
        self.refresh(layout=True)

    def forget_rows(self) -> None:
        """Forget how the lines were cut and drawn."""
        self._wrapped_for = -1
        self._wrapped.clear()
        self._parts.forget()
        self._strips.clear()

    def colour(self, name: str) -> Style:
        """Return the style of a colour."""
        return self.get_component_rich_style(f"{self.COLOUR_PREFIX}--{name}")

    # Layout

    @property
    def row_width(self) -> int:
        """The cells of a row."""
        return self.size.width

    @property
    def row_count(self) -> int:
        """How many rows there are at the current width."""
        return self._rows.height

    def row(self, y: int) -> tuple[int, int, int]:
        """Return which line row `y` shows, and from which to which column."""
        index, part = self._rows.at(y)
        number = self._shown[index]
        return number, *self._rows.span(index, part, len(self.line(number)))

    def row_of(self, number: int) -> int:
        """Return the first row of a line that is not folded."""
        return self._rows.top(self._shown.index(number))

    def row_at(self, number: int, column: int) -> int:
        """Return the row that shows a column of a line that is not folded."""
        self.wrap(self.row_width)
        index = self._shown.index(number)
        return self._rows.top(index) + bisect_right(self._rows.cuts[index], column)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows the lines have at this width."""
        self.wrap(width)
        return self._rows.height

    def row_in(self, y: int) -> tuple[int, int, int] | None:
        """Return which line row `y` shows, and from which to which column; None below the end."""
        self.wrap(self.row_width)
        return self.row(y) if y < self._rows.height else None

    def shown_rows(self) -> tuple[Sequence[int], Rows] | None:
        """Return the lines that are not folded, and their rows."""
        return None if self._wrapped_for < 0 else (self._shown, self._rows)

    def wrap(self, width: int) -> None:
        """Cut the lines for this width, unless that is done."""
        if width == self._wrapped_for:
            return
        if (wrapped := self._wrapped.get(width)) is None:
            shown = self.lines_in_view()
            wrapped = self._wrapped[width] = shown, Rows(self.cuts(shown, width))
        self._shown, self._rows = wrapped
        self._wrapped_for = width
        self._strips.clear()

    # The matches of a search

    def mark(self, matches: Iterable[Occurrence], selected: Occurrence | None) -> None:
        """Mark the matches of a search; one of them is selected."""
        self._matches = {}
        for match in matches:
            self._matches.setdefault(match.line, []).append(match)
        self._selected_match = selected
        self._strips.clear()
        self.refresh()

    @property
    def match_grounds(self) -> frozenset[Color | None]:
        """The backgrounds of the matches that are marked."""
        names = (_MATCH, _SELECTED_MATCH) if self._matches else ()
        return frozenset(self._covering(name).bgcolor for name in names)

    def _matched(self, number: int) -> Iterator[Span]:
        if self.is_folded(number):
            return
        for match in self._matches.get(number, ()):
            colour = _SELECTED_MATCH if match == self._selected_match else _MATCH
            yield match.start, match.end, colour

    # Drawing

    def notify_style_update(self) -> None:
        """Forget the rows in the old colours."""
        self._strips.clear()
        super().notify_style_update()

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the rows again with the new selection."""
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row; rows are cached until lines, width, theme or selection change."""
        self.wrap(self.row_width)
        if y >= self._rows.height:
            return Strip.blank(self._wrapped_for, self.rich_style)
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._draw(y)
        return strip

    def _draw(self, y: int) -> Strip:
        number, start, end = self.row(y)
        text, styles = self.line(number)[start:end], self._styles(number, start, end)
        strip = self.selectable(Strip(_segments(text, styles), cell_len(text)), y)
        if gutter := self.in_gutter(number, continued=start > 0):
            before = Strip([Segment(gutter, self.gutter_style(number))], len(gutter))
            strip = Strip.join([before, strip])
        return strip.extend_cell_length(self._wrapped_for, self.base_style(number))

    def _styles(self, number: int, start: int, end: int) -> list[Style]:
        styles = [self.base_style(number)] * (end - start)
        misleading = _misleading(self.line(number), start, end)
        spans = chain(self.spans(number, start, end), misleading, self._matched(number))
        covered: dict[tuple[Style, str], Style] = {}
        for first, last, name in spans:
            for index in range(max(first, start) - start, min(last, end) - start):
                key = styles[index], name
                if key not in covered:
                    covered[key] = styles[index] + self._covering(name)
                styles[index] = covered[key]
        return styles

    def _covering(self, name: str) -> Style:
        """Return what a span changes: the colour of the text, and its background if it sets one."""
        if name in (_MATCH, _SELECTED_MATCH):
            match = self.get_component_rich_style(f"rows-view--{name}")
            return Style(bgcolor=match.bgcolor, bold=match.bold, underline=match.underline)
        style = self.colour(name)
        if self.get_component_styles(f"{self.COLOUR_PREFIX}--{name}").has_rule("background"):
            return style
        return Style(
            color=style.color, bold=bool(style.bold), italic=style.italic, underline=style.underline
        )

    # Selecting

    def row_text(self, row: int) -> str:
        """Return the part of a line that is on a row."""
        number, start, end = self.row(row)
        return self.line(number)[start:end]

    def rows_between(self, first: int | None, last: int | None) -> Iterable[tuple[int, bool]]:
        """Return rows, and whether each goes on with the line of the one before."""
        end = self._rows.height - 1
        rows = range(first or 0, (end if last is None else min(last, end)) + 1)
        return ((row, self.row(row)[1] > 0) for row in rows)

    def text_select_all(self) -> None:
        """Select the whole text."""
        Widget.text_select_all(self)


def _misleading(line: str, start: int, end: int) -> Iterator[Span]:
    """Return where a part of a line contains words that look like others."""
    begin = max(0, start - _WORD_AT_MOST)
    for first, last in misleading_words(line[begin : end + _WORD_AT_MOST]):
        yield begin + first, begin + last, "escaped"


def _segments(text: str, styles: list[Style]) -> list[Segment]:
    segments: list[Segment] = []
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or styles[index] is not styles[start]:
            segments.append(Segment(text[start:index], styles[start]))
            start = index
    return segments
