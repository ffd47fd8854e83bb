"""The lines of the arguments of a tool call, which fold and unfold."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from hitl_engine.model import JsonObject, Path
from hitl_tui.text.argument_line import ArgumentLine
from hitl_tui.text.argument_lines import place_of_line
from hitl_tui.text.highlight import Span
from hitl_tui.text.rows import Cuts, cut_anywhere, cut_loosely
from hitl_tui.widgets.rows_view import RowsView

_COLOURS = (
    "gutter",
    "name",
    "word",
    "mark",
    "key",
    "string",
    "number",
    "escaped",
    "comment",
    "keyword",
    "operator",
    "added",
    "removed",
    "added-code",
    "removed-code",
    "added-words",
    "removed-words",
    "cursor",
)


class ArgumentsView(RowsView):
    """Shows lines, of which some can be folded."""

    COLOUR_PREFIX: ClassVar[str] = "arguments"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"arguments--{colour}" for colour in _COLOURS}
    DEFAULT_CSS = """
    ArgumentsView {
        & > .arguments--gutter { color: $foreground 35%; }
        & > .arguments--name { color: $text-accent; text-style: bold; }
        & > .arguments--word { color: $foreground 50%; }
        & > .arguments--mark { color: $foreground 40%; }
        & > .arguments--key { color: $text-primary; }
        & > .arguments--string { color: $text-success; }
        & > .arguments--number { color: $text-accent; }
        & > .arguments--escaped { color: $text-warning; text-style: bold; }
        & > .arguments--comment { color: $foreground 55%; text-style: italic; }
        & > .arguments--keyword { color: $text-primary; text-style: bold; }
        & > .arguments--operator { color: $text-warning; }
        & > .arguments--added { color: $text-success; background: $success 10%; }
        & > .arguments--removed { color: $text-error; background: $error 10%; }
        & > .arguments--added-code { background: $success 10%; }
        & > .arguments--removed-code { background: $error 10%; }
        & > .arguments--added-words { background: $success 40%; text-style: bold; }
        & > .arguments--removed-words { background: $error 40%; text-style: bold; }
        & > .arguments--cursor { background: $primary 15%; }
    }
    """

    class Folded(Message):
        """The user folded or unfolded lines."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[ArgumentLine] = []
        self._folded: set[int] = set()
        self._cursor: int | None = None

    def show(self, lines: list[ArgumentLine]) -> None:
        """Show these lines; what starts folded is folded."""
        self._lines = lines
        self.forget_seen()
        self._folded = {number for number, line in enumerate(lines) if line.starts_folded}
        self.lines_changed()

    # Folding

    @property
    def hidden(self) -> int:
        """How many lines are folded."""
        return len(self._lines) - len(self.lines_in_view())

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def lines_in_view(self) -> Sequence[int]:
        """Return the lines that are not inside a folded one."""
        shown: list[int] = []
        number = 0
        while number < len(self._lines):
            shown.append(number)
            number += 1 + (self._lines[number].inside if number in self._folded else 0)
        return shown

    def whole_lines(self) -> Iterator[str]:
        """Return all lines as they are when nothing is folded."""
        return (line.text for line in self._lines)

    def is_folded(self, number: int) -> bool:
        """Whether a line is shown in its short form."""
        return number in self._folded

    def unfold(self, number: int) -> None:
        """Unfold what contains a line, and the line itself."""
        hiding = {
            each for each in self._folded if each <= number <= each + self._lines[each].inside
        }
        if hiding:
            self._folded -= hiding
            self.lines_changed()
            self.post_message(self.Folded())

    def place_of(self, row: int, args: JsonObject) -> Path:
        """Return the place of the value to which a row belongs in the arguments that are shown."""
        self.wrap(self.row_width)
        number, *_ = self.row(min(row, self.row_count - 1))
        return place_of_line(self._lines, number, args)

    def toggle(self, row: int) -> int:
        """Fold or unfold what the row belongs to; return the row where that is then."""
        if row not in range(self.row_count):
            return row
        number = self._branch_of(self.row(row)[0])
        if number is None:
            return row
        self._folded ^= {number}
        self.lines_changed()
        self.post_message(self.Folded())
        self.wrap(self.size.width)
        return self.row_of(number)

    def on_click(self, event: events.Click) -> None:
        """Fold or unfold what was clicked, unless text was being selected."""
        if self.text_selection is None and self._can_fold(event.y):
            self.toggle(event.y)

    def _can_fold(self, row: int) -> bool:
        return row in range(self.row_count) and self._lines[self.row(row)[0]].inside > 0

    def _branch_of(self, number: int) -> int | None:
        """Return the innermost line that contains this one, or the line itself if it can fold."""
        for start in range(number, -1, -1):
            if self._lines[start].inside and start + self._lines[start].inside >= number:
                return start
        return None

    def fold_all(self, *, folded: bool) -> None:
        """Fold everything that can be, or nothing."""
        foldable = (number for number, line in enumerate(self._lines) if line.inside)
        self._folded = set(foldable) if folded else set()
        self.lines_changed()
        self.post_message(self.Folded())

    # Rows

    def line(self, number: int) -> str:
        """Return a line; if it is folded, its short form with how much it contains."""
        line = self._lines[number]
        return f"{line.folded}  {line.holds}" if self.is_folded(number) else line.text

    def cuts(self, shown: Sequence[int], width: int) -> Iterable[Cuts]:
        """Cut JSON anywhere, other texts at a space if one is near; indent further rows."""
        return (self._cuts(number, width) for number in shown)

    def _cuts(self, number: int, width: int) -> Cuts:
        line, text = self._lines[number], self.line(number)
        cells = max(4, width - len(line.gutter))
        cut = cut_loosely if line.json_from is None else cut_anywhere
        cuts = cut(text, cells)
        if not cuts or not line.hang:
            return cuts
        first = cuts[0]
        rest = cut(text[first:], cells - _hang(line, cells))
        return [first, *(first + each for each in rest)]

    def in_gutter(self, number: int, *, continued: bool) -> str:
        """Return the number or sign before the line; spaces before its further rows."""
        line = self._lines[number]
        if not continued:
            return line.gutter
        gutter = f"{'⋮':>{len(line.gutter) - 2}}  " if line.gutter else ""
        cells = max(4, self.size.width - len(line.gutter))
        return gutter + " " * _hang(line, cells)

    def base_style(self, number: int) -> Style:
        """Return the colour of the whole line, where it has one."""
        base = self._lines[number].base
        return self.colour(base) if base else self.rich_style

    def gutter_style(self, number: int) -> Style:
        """Return the style of a sign before the line: that of the line."""
        return self.base_style(number) if self._lines[number].base else self.colour("gutter")

    def spans(self, number: int, start: int, end: int) -> Iterator[Span]:
        """Colour code, JSON or escapes, and how much is folded."""
        line, text = self._lines[number], self.line(number)
        yield from line.spans
        if line.json_from is None:
            yield from self.escape_spans(text, start, end)
        else:
            offset = line.json_from
            json, begin = text[offset:], max(0, start - offset)
            for first, last, colour in self.json_spans(number, json, begin, end - offset):
                yield first + offset, last + offset, colour
        if number in self._folded:
            yield len(line.folded), len(text), "word"

    # The cursor

    def set_cursor(self, row: int | None) -> None:
        """Put the cursor on a row, or hide it."""
        self._cursor = row
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row, with the cursor if it is there; it does not cover matches of a search."""
        strip = super().render_line(y)
        if y != self._cursor or y >= self.row_count:
            return strip
        cursor = Style(bgcolor=self.colour("cursor").bgcolor)
        kept = self.match_grounds
        return Strip(
            [
                Segment(
                    text, style if style and style.bgcolor in kept else (style or Style()) + cursor
                )
                for text, style, _ in strip
            ],
            strip.cell_length,
        )


def _hang(line: ArgumentLine, cells: int) -> int:
    return min(line.hang, cells // 2)
