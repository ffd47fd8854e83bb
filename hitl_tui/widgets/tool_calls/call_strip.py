"""The calls of a request, one line for each: which one is in view, its verdict, and what it does."""

from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hitl_engine.model import DecisionKind, ToolCall
from hitl_engine.visible import one_line
from hitl_tui.state.call_answer import MARKS, CallAnswer, verdict_name
from hitl_tui.text.essence import values_essence
from hitl_tui.text.fitting import padded, shortened

_LONGEST_NAME = 40
"""Cells of the column of names; longer ones are cut."""
_MEASURED = 100
"""So many names are measured for the width of their column."""
_LINE = 400
"""Characters of the values of a call; more than a terminal shows on one line."""

_COLOURS = {
    DecisionKind.APPROVE: "success",
    DecisionKind.EDIT: "warning",
    DecisionKind.REJECT: "error",
    DecisionKind.RESPOND: "accent",
    None: "muted",
}


class CallStrip(ScrollView, can_focus=False):
    """Shows one line for each call: which one is in view, its verdict, and the values it runs with."""

    COMPONENT_CLASSES = {  # noqa: RUF012  as Widget declares it
        *(f"call-strip--{colour}" for colour in _COLOURS.values()),
        "call-strip--shown",
    }
    DEFAULT_CSS = """
    CallStrip {
        height: auto;
        max-height: 6;
        padding: 0 1;
        margin-bottom: 1;
        scrollbar-size-vertical: 1;
        & > .call-strip--success { color: $text-success; }
        & > .call-strip--warning { color: $text-warning; }
        & > .call-strip--error { color: $text-error; }
        & > .call-strip--accent { color: $text-accent; }
        & > .call-strip--muted { color: $text-muted; }
        & > .call-strip--shown { color: $text-accent; text-style: bold; }
    }
    .-high CallStrip { max-height: 4; margin-bottom: 0; }
    .-short CallStrip { max-height: 2; margin-bottom: 0; overflow-y: hidden; }
    """
    SCOPED_CSS = False  # the layout of small screens depends on classes of the screen

    @dataclass
    class Picked(Message):
        """The user clicked this call."""

        index: int

    def __init__(self, calls: tuple[ToolCall, ...]) -> None:
        super().__init__()
        self._calls = calls
        longest = max(cell_len(one_line(call.name, 60)) for call in calls[:_MEASURED])
        self._longest = min(_LONGEST_NAME, longest)
        self._answers: list[CallAnswer] = []
        self._shown = 0

    def names_whole(self, call: ToolCall) -> bool:
        """Whether the name of a call is on its line to the last character."""
        return cell_len(one_line(call.name, 2 * _LONGEST_NAME)) <= self._longest

    def show(self, answers: list[CallAnswer], shown: int) -> None:
        """Show what was decided on each call, and which one is in view."""
        self._answers = answers
        self.virtual_size = Size(0, len(self._calls))
        if shown != self._shown:
            self._shown = shown
            self.call_after_refresh(self._scroll_to_shown)
        self.refresh()

    def on_resize(self) -> None:
        """Keep the line of the call in view on the strip."""
        self._scroll_to_shown()

    def _scroll_to_shown(self) -> None:
        self.scroll_to_region(Region(0, self._shown, 1, 1), animate=False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Count the calls."""
        return len(self._calls)

    def render_line(self, y: int) -> Strip:
        """Draw one call."""
        index = y + self.scroll_offset.y
        if index >= len(self._answers):
            return Strip.blank(self.size.width, self.rich_style)
        call, answer, shown = self._calls[index], self._answers[index], index == self._shown
        name = "shown" if shown else ""
        parts = [
            ("▸ " if shown else "  ", "shown"),
            (f"{index + 1:>{len(str(len(self._calls)))}}/{len(self._calls)}  ", ""),
            (padded(one_line(call.name, 60), self._longest), name),
            ("   ", ""),
            (_verdict(call, answer), _COLOURS[answer.verdict]),
        ]
        values = f"   {one_line(values_essence(call.args), _LINE)}"
        left = self.size.width - sum(cell_len(text) for text, _ in parts)
        parts.append((shortened(values, max(0, left)), "muted"))
        segments = [
            Segment(text, self.get_component_rich_style(f"call-strip--{colour}"))
            if colour
            else Segment(text, self.rich_style)
            for text, colour in parts
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Show the call under the mouse."""
        index = event.y + self.scroll_offset.y
        if 0 <= index < len(self._calls):
            self.post_message(self.Picked(index))


def _verdict(call: ToolCall, answer: CallAnswer) -> str:
    match answer.verdict:
        case None:
            return "· undecided"
        case DecisionKind.EDIT if answer.tool not in (None, call.name):
            detail = f", runs {one_line(answer.tool or '', 40)}"
        case DecisionKind.REJECT if call.takes_reason and answer.reason:
            detail = f", “{one_line(answer.reason, 40)}”"
        case DecisionKind.RESPOND if answer.message:
            detail = f", “{one_line(answer.message, 40)}”"
        case _:
            detail = ""
    return f"{MARKS[answer.verdict]} {verdict_name(call, answer.verdict)}{detail}"
