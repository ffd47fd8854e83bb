"""The arguments of a tool call, whole: each in its own form, folded and unfolded, drawn row by row."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.containers import VerticalScroll
from textual.geometry import Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from engine.model import JsonObject
from hitl_tui.argument_lines import ArgumentLine, json_lines, lines_of
from hitl_tui.highlight import Span
from hitl_tui.json_parts import JsonParts
from hitl_tui.rows import cut_anywhere, cut_loosely, pieces
from hitl_tui.widgets.text_view import COLOUR_OF, _segments, escapes, titled

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
    "cursor",
)


class ArgumentsView(Widget):
    """Draws lines, of which some can be folded; only the rows on screen are ever drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"arguments--{colour}" for colour in _COLOURS}
    DEFAULT_CSS = """
    ArgumentsView {
        height: auto;
        width: 1fr;
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
        & > .arguments--added { color: $text-success; }
        & > .arguments--removed { color: $text-error; }
        & > .arguments--cursor { background: $primary 25%; }
    }
    """

    class Folded(Message):
        """Something was folded or unfolded."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[ArgumentLine] = []
        self._folded: set[int] = set()
        self._rows: list[tuple[int, int, int]] = []
        self._wrapped_for = -1
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._parts = JsonParts()
        self._cursor: int | None = None

    def show(self, lines: list[ArgumentLine]) -> None:
        """Show these lines; what starts folded is folded."""
        self._lines = lines
        self._folded = {number for number, line in enumerate(lines) if line.starts_folded}
        self._changed()

    def _changed(self) -> None:
        self._wrapped_for = -1
        self._parts.forget()
        self._strips.clear()
        self.refresh(layout=True)

    # Folding

    @property
    def hidden(self) -> int:
        """How many lines are folded away."""
        shown = sum(1 for _ in self._shown())
        return len(self._lines) - shown

    def _shown(self) -> Sequence[int]:
        shown: list[int] = []
        number = 0
        while number < len(self._lines):
            shown.append(number)
            number += 1 + (self._lines[number].inside if number in self._folded else 0)
        return shown

    def toggle(self, row: int) -> int:
        """Fold or unfold what the row belongs to; return the row where it stands then."""
        if not 0 <= row < len(self._rows):
            return row
        number = self._branch_of(self._rows[row][0])
        if number is None:
            return row
        self._folded ^= {number}
        self._changed()
        self.post_message(self.Folded())
        self._wrap(self.size.width)
        return next(y for y, (line, _, _) in enumerate(self._rows) if line == number)

    def on_click(self, event: events.Click) -> None:
        """Fold or unfold what was clicked, unless text was being selected."""
        if self.text_selection is None and self._can_fold(event.y):
            self.toggle(event.y)

    def _can_fold(self, row: int) -> bool:
        return row in range(len(self._rows)) and self._lines[self._rows[row][0]].inside > 0

    def _branch_of(self, number: int) -> int | None:
        """Return the innermost line that holds this one, or the line itself where it can fold."""
        for start in range(number, -1, -1):
            if self._lines[start].inside and start + self._lines[start].inside >= number:
                return start
        return None

    def fold_all(self, *, folded: bool) -> None:
        """Fold everything that can be, or nothing."""
        foldable = (number for number, line in enumerate(self._lines) if line.inside)
        self._folded = set(foldable) if folded else set()
        self._changed()
        self.post_message(self.Folded())

    # Layout

    @property
    def row_count(self) -> int:
        """How many rows there are at the present width."""
        return len(self._rows)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Count the rows that the lines take at this width."""
        self._wrap(width)
        return len(self._rows)

    def _wrap(self, width: int) -> None:
        if width == self._wrapped_for:
            return
        self._rows = [
            (number, start, end)
            for number in self._shown()
            for start, end in self._cuts(number, width)
        ]
        self._wrapped_for = width
        self._strips.clear()

    def _cuts(self, number: int, width: int) -> list[tuple[int, int]]:
        line, text = self._lines[number], self._text(number)
        room = max(4, width - len(line.gutter))
        cut = cut_loosely if line.json_from is None else cut_anywhere
        cuts = cut(text, room)
        if cuts and line.hang:
            first = cuts[0]
            rest = cut(text[first:], room - _hang(line, room))
            cuts = [first, *(first + each for each in rest)]
        return pieces(cuts, len(text))

    def _text(self, number: int) -> str:
        line = self._lines[number]
        return f"{line.folded}  {line.holds}" if number in self._folded else line.text

    # Drawing

    def set_cursor(self, row: int | None) -> None:
        """Mark a row, or none."""
        self._cursor = row
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old colours."""
        self._strips.clear()
        super().notify_style_update()

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw anew what is selected."""
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row; rows are cached until lines, width, theme or selection change."""
        self._wrap(self.size.width)
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._draw(y)
        return self._with_cursor(strip) if y == self._cursor else strip

    def _with_cursor(self, strip: Strip) -> Strip:
        cursor = Style(bgcolor=self._style("cursor").bgcolor)
        return Strip(
            [Segment(text, (style or Style()) + cursor) for text, style, _ in strip],
            strip.cell_length,
        )

    def _draw(self, y: int) -> Strip:
        number, start, end = self._rows[y]
        line, text = self._lines[number], self._text(number)
        part, styles = text[start:end], self._styles(number, start, end)
        if self.text_selection is not None and (span := self.text_selection.get_span(y)):
            first, last = span
            chosen = self.screen.get_component_rich_style("screen--selection")
            for index in range(first, len(part) if last == -1 else min(last, len(part))):
                styles[index] += chosen
        body = Strip(_segments(part, styles), cell_len(part)).apply_offsets(0, y)
        if before := self._before(line, further=start > 0):
            body = Strip.join([Strip([Segment(before, self._style("gutter"))], len(before)), body])
        return body.extend_cell_length(self.size.width, self.rich_style)

    def _before(self, line: ArgumentLine, *, further: bool) -> str:
        if not further:
            return line.gutter
        gutter = f"{'⋮':>{len(line.gutter) - 2}}  " if line.gutter else ""
        room = max(4, self.size.width - len(line.gutter))
        return gutter + " " * _hang(line, room)

    def _styles(self, number: int, start: int, end: int) -> list[Style]:
        line = self._lines[number]
        base = self._style(line.base) if line.base else self.rich_style
        styles = [base] * (end - start)
        for first, last, colour in self._spans(number, start, end):
            style = self._style(colour)
            for index in range(max(first, start), min(last, end)):
                styles[index - start] = style
        return styles

    def _spans(self, number: int, start: int, end: int) -> Iterator[Span]:
        line, text = self._lines[number], self._text(number)
        yield from line.spans
        if line.json_from is None:
            for first, last in escapes(text, start, end):
                yield first, last, "escaped"
        else:
            offset = line.json_from
            parts = self._parts.spans(number, text[offset:], max(0, start - offset), end - offset)
            for first, last, part in parts:
                if part in COLOUR_OF:
                    yield first + offset, last + offset, COLOUR_OF[part]
        if number in self._folded:
            yield len(line.folded), len(text), "word"

    def _style(self, colour: str) -> Style:
        return self.get_component_rich_style(f"arguments--{colour}")

    # Copying

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text; rows of one line are joined again."""
        parts: list[str] = []
        for y, (number, start, end) in enumerate(self._rows):
            if (span := selection.get_span(y)) is None:
                continue
            first, last = span
            if parts and start == 0:
                parts.append("\n")
            text = self._text(number)[start:end]
            parts.append(text[first : len(text) if last == -1 else last])
        return "".join(parts), "\n"


def _hang(line: ArgumentLine, room: int) -> int:
    return min(line.hang, room // 2)


class ArgumentsPane(VerticalScroll, can_focus=True):
    """A titled, scrolling frame around the arguments; a row is marked, and folds with a key."""

    DEFAULT_CSS = """
    ArgumentsPane {
        height: 1fr;
        border-top: solid $foreground 20%;
        border-title-color: $foreground 70%;
        border-title-style: bold;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus {
            border-top: solid $accent;
            border-title-color: $accent;
        }
    }
    """
    HELP = """\
    ### Arguments: this is what runs
    Arrow keys move the mark, **enter** or a click folds and unfolds, **plus** unfolds everything,
    **j** shows the arguments as the JSON that they are. Texts stand in quotation marks where they
    are short, and line by line where they are long: `→` is a tab, `·` a space at the end of a line.
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
            tooltip="Fold or unfold what the mark is in",
            id="arguments.fold",
        ),
    ]

    def __init__(self, title: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = ArgumentsView()
        self._title = title
        self._args: JsonObject = {}
        self._row = 0
        self.as_json = False

    def compose(self) -> ComposeResult:
        """Hold the one view."""
        yield self.view

    def show_args(self, args: JsonObject) -> None:
        """Show these arguments from their start."""
        self._args = args
        self._row = 0
        self.scroll_home(animate=False)
        self._show()

    def toggle_json(self) -> None:
        """Show the arguments as JSON, or each in its own form."""
        self.as_json = not self.as_json
        self._row = 0
        self.scroll_home(animate=False)
        self._show()

    def _show(self) -> None:
        self.view.show(json_lines(self._args) if self.as_json else lines_of(self._args))
        self._mark()
        self.entitle()

    def entitle(self) -> None:
        """Say how many arguments there are, and whether something is folded."""
        count = len(self._args)
        words = [
            "no arguments" if not count else "1 argument" if count == 1 else f"{count:,} arguments"
        ]
        if hidden := self.view.hidden:
            lines = "1 line" if hidden == 1 else f"{hidden:,} lines"
            words.append(f"{lines} folded: + unfolds")
        if self.as_json:
            words.append("as JSON")
        self.border_title = titled(self._title, ", ".join(words))

    def fold_all(self, *, folded: bool) -> None:
        """Fold everything, or nothing."""
        self.view.fold_all(folded=folded)
        self._row = 0
        self._mark()

    def on_arguments_view_folded(self, event: ArgumentsView.Folded) -> None:
        """Say how much is folded now."""
        event.stop()
        self.entitle()

    # The mark

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the mark while the keys are here."""
        super().watch_has_focus(has_focus)
        self._mark()

    def _mark(self) -> None:
        self.view.set_cursor(self._row if self.has_focus else None)

    def action_move(self, by: int) -> None:
        """Move the mark by some rows."""
        self._go(self._row + by)

    def action_page(self, by: int) -> None:
        """Move the mark by a page."""
        self._go(self._row + by * max(1, self.size.height - 2))

    def action_edge(self, last: int) -> None:
        """Move the mark to the first or the last row."""
        self._go(self.view.row_count if last else 0)

    def _go(self, row: int) -> None:
        self._row = max(0, min(row, self.view.row_count - 1))
        self._mark()
        self.call_after_refresh(self._show_mark)

    def _show_mark(self) -> None:
        """Scroll to the mark, here and in what scrolls around this pane."""
        self.scroll_to_region(Region(0, self._row, 1, 1), animate=False)
        for outer in self.ancestors:
            if isinstance(outer, VerticalScroll):
                y = self.view.region.y + self._row - outer.content_region.y
                outer.scroll_to_region(Region(0, y + round(outer.scroll_y), 1, 1), animate=False)
                return

    def action_fold_here(self) -> None:
        """Fold or unfold what the mark is in."""
        self._go(self.view.toggle(self._row))
