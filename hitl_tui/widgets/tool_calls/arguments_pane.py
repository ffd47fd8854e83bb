"""The arguments of a tool call in full: each in its own form, in rows that fold and unfold."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from hitl_engine.model import JsonObject
from hitl_tui.text.argument_line import ArgumentLine
from hitl_tui.text.argument_lines import json_lines, lines_of
from hitl_tui.text.fitting import counted
from hitl_tui.text.highlight import Span
from hitl_tui.text.literal import hidden_words
from hitl_tui.text.rows import Cuts, cut_anywhere, cut_loosely
from hitl_tui.text.two_columns import NARROWEST
from hitl_tui.widgets.keeps_seen import KeepsSeen
from hitl_tui.widgets.rows_view import RowsView
from hitl_tui.widgets.titled_pane import TitledPane, titled

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
        return f"{line.folded}  {line.holds}" if number in self._folded else line.text

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
        """Draw one row, with the cursor if it is there."""
        strip = super().render_line(y)
        if y != self._cursor or y >= self.row_count:
            return strip
        cursor = Style(bgcolor=self.colour("cursor").bgcolor)
        return Strip(
            [Segment(text, (style or Style()) + cursor) for text, style, _ in strip],
            strip.cell_length,
        )


def _hang(line: ArgumentLine, cells: int) -> int:
    return min(line.hang, cells // 2)


class ArgumentsPane(TitledPane):
    """A frame with a title around the arguments, which scrolls and has a cursor."""

    HELP = """\
    ### Arguments: this is what runs
    Arrow keys move the cursor, **enter** or a click folds and unfolds, **plus** unfolds everything,
    **j** shows the arguments as JSON. Short texts are in quotation marks, long ones are shown line by
    line: `→` is a tab, `·` a space at the end of a line.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, tooltip="One row up", id="arguments.up"),
        Binding("down", "move(1)", "Down", show=False, tooltip="One row down", id="arguments.down"),
        Binding(
            "pageup",
            "page(-1)",
            "Page up",
            show=False,
            tooltip="One page up",
            id="arguments.pageup",
        ),
        Binding(
            "pagedown",
            "page(1)",
            "Page down",
            show=False,
            tooltip="One page down",
            id="arguments.pagedown",
        ),
        Binding(
            "home", "edge(0)", "Start", show=False, tooltip="To the first row", id="arguments.home"
        ),
        Binding("end", "edge(1)", "End", show=False, tooltip="To the last row", id="arguments.end"),
        Binding(
            "enter,space",
            "fold_here",
            "Fold",
            show=False,
            tooltip="Fold or unfold what the cursor is in",
            id="arguments.fold",
        ),
    ]

    def __init__(self, title: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = ArgumentsView()
        self.view.keep_seen()
        self._title = title
        self._args: JsonObject = {}
        self._hidden = ""
        self._row = 0
        self._columns = 0
        """The width of the view, where that is wide enough for the two sides of a change."""
        self.as_json = False

    def compose(self) -> ComposeResult:
        """Yield the arguments."""
        yield self.view

    def show_args(self, args: JsonObject, *, seen: bool) -> None:
        """Show these arguments from the start; `seen` if all of them were on the screen before."""
        self._args = args
        self._hidden = hidden_words(args)
        self._row = 0
        self.scroll_home(animate=False)
        self._show(seen=seen)

    def toggle_json(self) -> None:
        """Show the arguments as JSON, or each in its own form."""
        self.as_json = not self.as_json
        self._row = 0
        self.scroll_home(animate=False)
        self._show(seen=not self.view.unseen)

    def on_resize(self, event: events.Resize) -> None:
        """Show the two sides of a change next to each other if there is room now, or no longer."""
        width = event.size.width - self.styles.scrollbar_size_vertical
        columns = width if width >= NARROWEST else 0
        if columns != self._columns:
            self._columns = columns
            self._row = 0
            self._show(seen=not self.view.unseen)

    def _show(self, *, seen: bool) -> None:
        lines = lines_of(self._args, self._columns)
        self.view.show(json_lines(self._args) if self.as_json else lines)
        if seen:
            self.view.count_as_seen()
        self._show_cursor()
        self.show_title()

    def show_title(self) -> None:
        """Show how many arguments there are, and how many lines are folded."""
        count = len(self._args)
        words = [counted(count, "argument") if count else "no arguments"]
        if unseen := self.view.unseen:
            words.append(f"{counted(unseen, 'row')} unseen")
        if self._hidden:
            words.append(self._hidden)
        if folded := self.view.hidden:
            words.append(f"{counted(folded, 'line')} folded: + unfolds")
        if self.as_json:
            words.append("as JSON")
        self.border_title = titled(self._title, ", ".join(words))

    def fold_all(self, *, folded: bool) -> None:
        """Fold everything, or nothing."""
        self.view.fold_all(folded=folded)
        self._row = 0
        self._show_cursor()

    @on(KeepsSeen.Seen)
    def rows_seen(self) -> None:
        """Show how many rows are unseen now."""
        self.show_title()

    @on(ArgumentsView.Folded)
    def lines_folded(self, event: ArgumentsView.Folded) -> None:
        """Show how many lines are folded now."""
        event.stop()
        self.show_title()

    # The cursor

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the cursor while the pane has the focus."""
        super().watch_has_focus(has_focus)
        self._show_cursor()

    def _show_cursor(self) -> None:
        self.view.set_cursor(self._row if self.has_focus else None)

    def action_move(self, by: int) -> None:
        """Move the cursor by some rows."""
        self._go(self._row + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self._go(self._row + by * max(1, self.size.height - 2))

    def jump_to_end(self) -> None:
        """Show the last row, and count all rows as seen."""
        self.view.count_as_seen()
        self.action_edge(1)

    def action_edge(self, last: int) -> None:
        """Move the cursor to the first or the last row."""
        self._go(self.view.row_count if last else 0)

    def _go(self, row: int) -> None:
        self._row = max(0, min(row, self.view.row_count - 1))
        self._show_cursor()
        self.call_after_refresh(self._scroll_to_cursor)

    def _scroll_to_cursor(self) -> None:
        """Scroll to the cursor, in this pane and in the card around it."""
        self.scroll_to_region(Region(0, self._row, 1, 1), animate=False)
        for outer in self.ancestors:
            if isinstance(outer, VerticalScroll):
                y = self.view.region.y + self._row - outer.content_region.y
                outer.scroll_to_region(Region(0, y + round(outer.scroll_y), 1, 1), animate=False)
                return

    def action_fold_here(self) -> None:
        """Fold or unfold what the cursor is in."""
        self._go(self.view.toggle(self._row))
