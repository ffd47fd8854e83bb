"""The card that shows what will be done, before it is done."""

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
    """Shows a plan; posts `Confirmed` at most once, after the plan was in view."""

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
    ### What will be done
    Read it. **ctrl+s** does it, **escape** goes back and does nothing.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Do it", tooltip="Do what is shown here", id="plan.confirm"),
    ]

    class Confirmed(Message):
        """The user confirmed the plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.send_bar = SendBar(plan.verb)

    def compose(self) -> ComposeResult:
        """Put the lines and the cautions above the exact JSON."""
        with VerticalScroll(can_focus=False):
            for line in self.plan.lines:
                yield Static(Content(line))
            for caution in self.plan.cautions:
                yield Static(Content(f"! {caution}"), classes="caution")
        yield self.send_bar

    def on_mount(self) -> None:
        """Show what will be sent, or why it cannot be sent."""
        if self.plan.why_not:
            self.send_bar.block(self.plan.why_not)
        else:
            self.send_bar.show(self.plan.answer, self.plan.note)

    def decide(self) -> None:
        """Post that the plan is confirmed, or point out why it cannot be."""
        if self.plan.why_not:
            self.send_bar.emphasize_reason()
            return
        self.answered = True
        self.post_message(self.Confirmed())
