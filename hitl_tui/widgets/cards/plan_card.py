"""The card that shows what is about to happen, before it does."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from hitl_tui.state.plan import Plan
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.send_bar import SendBar


class PlanCard(Card):
    """Shows a plan; says `Confirmed` at most once, and not before it could be read."""

    DEFAULT_CSS = """
    PlanCard {
        height: auto;
        max-height: 100%;
        & > VerticalScroll { height: auto; max-height: 16; padding: 1 1 0 1; }
        .caution { color: $text-warning; }
        SendBar { dock: none; margin-top: 1; background: $surface; }
        SendBar TextPane { max-height: 8; }
    }
    """
    HELP = """\
    ### What is about to happen
    Read it: **ctrl+s** does it, **escape** goes back and does nothing.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Do it", tooltip="Do what stands here", id="plan.confirm"),
    ]

    class Confirmed(Message):
        """It shall be done."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.send_bar = SendBar(plan.verb)

    def compose(self) -> ComposeResult:
        """Put each line, what one should have meant, and the exact JSON."""
        with VerticalScroll(can_focus=False):
            for line in self.plan.lines:
                yield Static(Content(line))
            for caution in self.plan.cautions:
                yield Static(Content(f"! {caution}"), classes="caution")
        yield self.send_bar

    def on_mount(self) -> None:
        """Show what will be sent, or why it cannot be."""
        if self.plan.why_not:
            self.send_bar.block(self.plan.why_not)
        else:
            self.send_bar.show(self.plan.answer, self.plan.note)

    def decide(self) -> None:
        """Say that it shall be done."""
        if self.plan.why_not:
            self.send_bar.insist()
            return
        self.answered = True
        self.post_message(self.Confirmed())
