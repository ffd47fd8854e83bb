"""The verdicts that a tool call takes, each with its key, and why others are not offered."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from hitl_engine.model import DecisionKind, ToolCall
from hitl_tui.state.call_answer import KEYS, CallAnswer, verdict_name, why_undecidable
from hitl_tui.text.literal import literal


class VerdictChip(Static):
    """Shows one verdict: its key, its name, and whether it is offered and chosen."""

    DEFAULT_CSS = """
    VerdictChip {
        width: auto; height: 1; padding: 0 2; margin-right: 1; pointer: pointer;
        &.-approve { background: $success 30%; color: $text-success; }
        &.-edit { background: $warning 30%; color: $text-warning; }
        &.-reject { background: $error 30%; color: $text-error; }
        &.-respond { background: $primary 30%; color: $text-primary; }
        &:hover { background-tint: $foreground 10%; }
        &.-chosen { color: $background; text-style: bold; }
        &.-chosen.-approve { background: $success; }
        &.-chosen.-edit { background: $warning; }
        &.-chosen.-reject { background: $error; }
        &.-chosen.-respond { background: $primary; }
        &.-off { background: transparent; color: $foreground 40%; pointer: not-allowed; }
    }
    """

    @dataclass
    class Clicked(Message):
        """The user clicked this verdict."""

        kind: DecisionKind

    def __init__(self, kind: DecisionKind) -> None:
        super().__init__(classes=f"-{kind.value}")
        self.kind = kind

    def show(self, call: ToolCall, chosen: DecisionKind | None) -> None:
        """Show whether the verdict is chosen or not offered, not with colours alone."""
        offered = self.kind in call.allowed
        self.set_class(self.kind is chosen, "-chosen")
        self.set_class(not offered, "-off")
        text = f"{KEYS[self.kind]} {verdict_name(call, self.kind)}"
        mark = "● " if self.kind is chosen else ""
        self.update(Content(f"{mark}{text}" if offered else f"({text})"))

    def on_click(self) -> None:
        """Post that this verdict was clicked."""
        self.post_message(self.Clicked(self.kind))


class VerdictLine(Vertical):
    """Shows which verdicts a call takes, and which one it has."""

    DEFAULT_CSS = """
    VerdictLine {
        height: auto;
        #verdicts { height: 1; margin-top: 1; }
        #verdicts.-none { display: none; }
        #why { display: none; height: auto; padding: 0 1; color: $foreground 70%; }
        #why.-some { display: block; }
        #why.-emphasized { color: $text-warning; text-style: bold; }
    }
    .-high VerdictLine #verdicts, .-short VerdictLine #verdicts { margin-top: 0; }
    .-narrow VerdictLine #verdicts { layout: grid; grid-size: 2; height: 2; }
    """
    SCOPED_CSS = False  # the layout of small screens depends on classes of the screen

    def __init__(self) -> None:
        super().__init__()
        self.chips = [VerdictChip(kind) for kind in DecisionKind]
        self.row = Horizontal(*self.chips, id="verdicts")
        self.why = Static(id="why", markup=False)
        self._call: ToolCall | None = None

    def compose(self) -> ComposeResult:
        """Put the verdicts above the reasons."""
        yield self.row
        yield self.why

    def show(self, answer: CallAnswer) -> None:
        """Show which verdicts a call takes, and which one it has."""
        self._call = answer.call
        for chip in self.chips:
            chip.show(answer.call, answer.verdict)
        self.row.set_class(not answer.call.allowed, "-none")
        self.show_why_not()

    def show_why_not(self, *, emphasized: bool = False) -> None:
        """Show why some verdicts are not offered; `emphasized` if the user tried one of them."""
        if self._call is not None:
            self.show_reason(_why_not(self._call), emphasized=emphasized)

    def show_reason(self, words: str, *, emphasized: bool = False) -> None:
        """Show why a verdict cannot be given."""
        self.why.update(literal(words))
        self.why.set_class(bool(words), "-some")
        self.why.set_class(emphasized, "-emphasized")


def _why_not(call: ToolCall) -> str:
    """Return why some verdicts are not offered on a call, or an empty text."""
    if not call.allowed:
        return why_undecidable(call)
    others = [verdict_name(call, kind) for kind in DecisionKind if kind not in call.allowed]
    return f"{', '.join(others)}: not allowed. {call.why_not}" if others else ""
