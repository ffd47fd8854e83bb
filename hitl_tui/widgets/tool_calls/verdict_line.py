"""What can be decided on a tool call: each way with its key, and why one is not offered."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from hitl_engine.model import DecisionKind, ToolCall
from hitl_tui.state.call_answer import KEYS, CallAnswer, undecided_words, word
from hitl_tui.text.literal import literal


class VerdictChip(Static):
    """One way to decide: its key, its word, and whether it is offered and chosen."""

    DEFAULT_CSS = """
    VerdictChip {
        width: auto; height: 1; padding: 0 1; margin-right: 1; pointer: pointer;
        &.-chosen { background: $accent; color: $background; text-style: bold; }
        &.-off { color: $foreground 40%; pointer: not-allowed; }
        &:hover { background: $panel; }
        &.-chosen:hover { background: $accent; }
    }
    """

    @dataclass
    class Clicked(Message):
        """This way was chosen with the mouse."""

        kind: DecisionKind

    def __init__(self, kind: DecisionKind) -> None:
        super().__init__()
        self.kind = kind

    def show(self, call: ToolCall, chosen: DecisionKind | None) -> None:
        """Say in words, too, what is chosen and what is not offered."""
        offered = self.kind in call.allowed
        self.set_class(self.kind is chosen, "-chosen")
        self.set_class(not offered, "-off")
        said = f"{KEYS[self.kind]} {word(call, self.kind)}"
        mark = "● " if self.kind is chosen else ""
        self.update(Content(f"{mark}{said}" if offered else f"({said})"))

    def on_click(self) -> None:
        """Say that this was chosen."""
        self.post_message(self.Clicked(self.kind))


class VerdictLine(Vertical):
    """Shows which verdicts a call takes, and which one it has."""

    DEFAULT_CSS = """
    VerdictLine {
        height: auto;
        #ways { height: 1; margin-top: 1; }
        #ways.-none { display: none; }
        #why { display: none; height: auto; padding: 0 1; color: $foreground 70%; }
        #why.-some { display: block; }
        #why.-emphasized { color: $text-warning; text-style: bold; }
    }
    .-high VerdictLine #ways, .-short VerdictLine #ways { margin-top: 0; }
    .-narrow VerdictLine #ways { layout: grid; grid-size: 2; height: 2; }
    """
    SCOPED_CSS = False  # how it gives way on small screens is said of the screen's classes

    def __init__(self) -> None:
        super().__init__()
        self.chips = [VerdictChip(kind) for kind in DecisionKind]
        self.ways = Horizontal(*self.chips, id="ways")
        self.why = Static(id="why", markup=False)
        self._call: ToolCall | None = None

    def compose(self) -> ComposeResult:
        """Put the ways above the reasons."""
        yield self.ways
        yield self.why

    def show(self, answer: CallAnswer) -> None:
        """Show which verdicts a call takes, and which one it has."""
        self._call = answer.call
        for chip in self.chips:
            chip.show(answer.call, answer.verdict)
        self.ways.set_class(not answer.call.allowed, "-none")
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
    """Return why some of the verdicts are not offered on a call; nothing, where all are."""
    if not call.allowed:
        return undecided_words(call)
    others = [word(call, kind) for kind in DecisionKind if kind not in call.allowed]
    return f"{', '.join(others)}: not allowed. {call.why_not}" if others else ""
