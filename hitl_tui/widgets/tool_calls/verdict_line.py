"""What can be decided on a tool call: each way with its key, and why one is not offered."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from hitl_engine.model import DecisionKind, ToolCall
from hitl_tui.state.call_answer import CallAnswer, undecided_words, word
from hitl_tui.text.literal import literal
from hitl_tui.widgets.tool_calls.call_parts import Choice


class VerdictLine(Vertical):
    """Shows which verdicts a call takes, and which one it has."""

    DEFAULT_CSS = """
    VerdictLine {
        height: auto;
        #ways { height: 1; margin-top: 1; }
        #ways.-none { display: none; }
        #why { display: none; height: auto; padding: 0 1; color: $foreground 70%; }
        #why.-some { display: block; }
        #why.-asked { color: $text-warning; text-style: bold; }
    }
    .-high VerdictLine #ways, .-short VerdictLine #ways { margin-top: 0; }
    .-narrow VerdictLine #ways { layout: grid; grid-size: 2; height: 2; }
    """
    SCOPED_CSS = False  # how it gives way on small screens is said of the screen's classes

    def __init__(self) -> None:
        super().__init__()
        self.choices = [Choice(kind) for kind in DecisionKind]
        self.ways = Horizontal(*self.choices, id="ways")
        self.why = Static(id="why", markup=False)

    def compose(self) -> ComposeResult:
        """Put the ways above the reasons."""
        yield self.ways
        yield self.why

    def show(self, answer: CallAnswer) -> None:
        """Show what a call takes, and what was decided on it."""
        for choice in self.choices:
            choice.show(answer.call, answer.verdict)
        self.ways.set_class(not answer.call.allowed, "-none")
        self.say(why_not(answer.call))

    def say(self, words: str, *, asked: bool = False) -> None:
        """Say why something is not offered; `asked`: somebody has just tried it."""
        self.why.update(literal(words))
        self.why.set_class(bool(words), "-some")
        self.why.set_class(asked, "-asked")


def why_not(call: ToolCall) -> str:
    """Return why some of the verdicts are not offered on a call; nothing, where all are."""
    if not call.allowed:
        return undecided_words(call)
    others = [word(call, kind) for kind in DecisionKind if kind not in call.allowed]
    return f"{', '.join(others)}: not allowed. {call.why_not}" if others else ""
