"""The card for a breakpoint: where the run stopped, and which nodes run next."""

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from hitl_engine.errors import ended
from hitl_engine.model import Breakpoint
from hitl_engine.visible import one_line
from hitl_tui.messages import Stepped
from hitl_tui.state.not_ready import NotReasoned
from hitl_tui.text.item_summary import NO_ANSWER
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.send_bar import SendBar
from hitl_tui.widgets.text_view import TextPane


class BreakpointCard(Card):
    """Shows where a run stopped; posts `Stepped` at most once."""

    DEFAULT_CSS = """
    BreakpointCard {
        height: auto;
        min-height: 7;
        padding: 0 1;
        #where { text-style: bold; margin: 1 0; }
        #failed, #remark, #caution { color: $text-warning; margin-top: 1; }
        #reason { display: none; height: auto; max-height: 12; margin-top: 1; }
        &.-inside #reason { display: block; }
        #explained { color: $foreground 70%; margin-top: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s,ctrl+s",
            "send",
            "Step",
            key_display="s",
            tooltip="Step past the breakpoint, to the next stop or the end",
            id="card.step",
        ),
    ]
    TITLE = "Breakpoint"
    HELP = """\
    ### A breakpoint
    The run stopped before or after a node, because the graph or the run is set to, or in a node that
    raised `NodeInterrupt`. There is nothing to answer: **s** continues with the state as it is, to
    the next stop or the end; a node in which the run stopped runs again.
    """

    def __init__(self, breakpoint: Breakpoint) -> None:
        super().__init__()
        self.breakpoint = breakpoint
        self._confirmed = not breakpoint.caution
        self.send_bar = SendBar("Step", "s")
        self.reason = TextPane("Reason", id="reason")
        self.set_class(breakpoint.when == "in", "-inside")

    def compose(self) -> ComposeResult:
        """Show where the run stopped, and what runs next."""
        stop = self.breakpoint
        yield Static(
            Content.assemble(
                ("■ ", "$text-primary"),
                f"Stopped {stop.when} ",
                (one_line(stop.node, 80), "bold $text-primary"),
            ),
            id="where",
        )
        nodes = ", ".join(one_line(node, 80) for node in stop.next) or "the end"
        yield Static(Content.assemble(("Next   ", "$foreground 60%"), nodes))
        yield self.reason
        if stop.error is not None:
            yield Static(
                f"The last step from here did not end: {ended(one_line(stop.error, 300))}"
                " Some of its nodes may have run already; stepping runs them again.",
                id="failed",
                markup=False,
            )
        if stop.remark:
            yield Static(one_line(stop.remark, 300), id="remark", markup=False)
        if stop.caution:
            yield Static(one_line(stop.caution, 300), id="caution", markup=False)
        yield Static(_explained(stop), id="explained", markup=False)
        yield self.send_bar

    def on_mount(self) -> None:
        """Show why a node stopped, and what stepping sends."""
        self.reason.show_text(self.breakpoint.reason)
        self.show_answer()

    def log_reason_changed(self) -> None:
        """Show whether the step has the reason that it needs."""
        self.show_answer()

    def show_pending_answer(self) -> None:
        """Show what a step sends, or that it needs a reason."""
        stop = replace(self.breakpoint, log_reason=self.log_reason)
        try:
            self.require_log_reason(self.missing_log_reason(stop, None))
        except NotReasoned as missing:
            self.send_bar.block(str(missing))
        else:
            self.send_bar.show(None, "no input: the run continues")

    def decide(self) -> None:
        """Post that the run is to continue; the first key only asks, where there is a caution."""
        if self.send_bar.blocked:
            self.send_bar.emphasize_reason()
            self.action_log_reason()
            return
        if not self._confirmed:
            self._confirmed = True
            self.send_bar.show(None, "no input; press s again, or escape to leave it")
            self.guard.restart()  # a key that is held down does not confirm
            return
        self.answered = True
        self.post_message(Stepped(self.breakpoint, self.log_reason))


def _explained(stop: Breakpoint) -> str:
    if stop.when == "in":
        return (
            f"{NO_ANSWER} Change the state with another client; then a step runs the node again,"
            " from its start."
        )
    return "Stepping continues with the state as it is, to the next stop or the end."
