"""The small parts of the card for tool calls: which call is in view, and the ways to decide."""

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.model import DecisionKind, ToolCall
from engine.visible import one_line
from hitl_tui.widgets.call_answer import KEYS


class CallStrip(Widget):
    """One line for each call of a request: which one is in view, and each verdict."""

    DEFAULT_CSS = """
    CallStrip { height: auto; padding: 0 1; margin-bottom: 1; }
    """

    @dataclass
    class Picked(Message):
        """This call is to be shown."""

        index: int

    shown: reactive[int] = reactive(0)

    def __init__(self, calls: tuple[ToolCall, ...]) -> None:
        super().__init__()
        self._calls = calls
        self.verdicts: tuple[DecisionKind | None, ...] = (None,) * len(calls)

    def set_verdicts(self, verdicts: tuple[DecisionKind | None, ...]) -> None:
        """Show these verdicts."""
        self.verdicts = verdicts
        self.refresh()

    def render(self) -> Content:
        """Draw a line for each call."""
        return Content("\n").join(
            self._line(index, call, verdict)
            for index, (call, verdict) in enumerate(zip(self._calls, self.verdicts, strict=True))
        )

    def _line(self, index: int, call: ToolCall, verdict: DecisionKind | None) -> Content:
        here = index == self.shown
        word = (
            (f"✓ {verdict.value}", "$text-success") if verdict else ("· undecided", "$text-muted")
        )
        return Content.assemble(
            ("▸ " if here else "  ", "$accent"),
            f"{index + 1}/{len(self._calls)}  ",
            (one_line(call.name, 60), "bold $text-accent" if here else ""),
            "   ",
            word,
        )

    def on_click(self, event: events.Click) -> None:
        """Show the call under the mouse."""
        if 0 <= event.y < len(self._calls):
            self.post_message(self.Picked(event.y))


class Choice(Static):
    """One way to decide: its key, its word, and whether it is offered and chosen."""

    DEFAULT_CSS = """
    Choice {
        width: auto; height: 1; padding: 0 1; margin-right: 1; pointer: pointer;
        &.-chosen { background: $accent; color: $background; text-style: bold; }
        &.-off { color: $foreground 40%; pointer: not-allowed; }
        &:hover { background: $panel; }
        &.-chosen:hover { background: $accent; }
    }
    """

    @dataclass
    class Picked(Message):
        """This way was chosen with the mouse."""

        kind: DecisionKind

    def __init__(self, kind: DecisionKind) -> None:
        super().__init__()
        self.kind = kind

    def show(self, *, offered: bool, chosen: bool) -> None:
        """Say in words, too, what is chosen and what is not offered."""
        self.set_class(chosen, "-chosen")
        self.set_class(not offered, "-off")
        mark = "● " if chosen else ""
        why = "" if offered else " (not allowed)"
        self.update(Content(f"{mark}{KEYS[self.kind]} {self.kind.value}{why}"))

    def on_click(self) -> None:
        """Say that this was chosen."""
        self.post_message(self.Picked(self.kind))
