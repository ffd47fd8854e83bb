"""The card that shows what will be done, before it is done."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from hitl_tui.state.plan import Plan
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.plan_text import PlanText
from hitl_tui.widgets.send_bar import SendBar

_UNREAD = "Read it to its end first: page down, or end."


class PlanCard(Card, can_focus=False):
    """Shows a plan; posts `Confirmed` at most once, after all of the plan was in view."""

    DEFAULT_CSS = """
    PlanCard {
        height: auto;
        max-height: 100%;
        overflow: hidden;
        PlanText { max-height: 16; padding: 1 1 0 1; }
        SendBar { dock: none; margin-top: 1; background: $surface; }
        SendBar TextPane { max-height: 8; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Do it", tooltip="Do what is shown here", id="plan.confirm"),
    ]

    class Confirmed(Message):
        """The user confirmed the plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.text = PlanText(plan.all_lines)
        self.send_bar = SendBar(plan.verb)

    def compose(self) -> ComposeResult:
        """Put the lines and the cautions above the exact JSON."""
        yield self.text
        yield self.send_bar

    def on_mount(self) -> None:
        """Show why the plan cannot be confirmed yet."""
        self.send_bar.block(self.plan.why_not or _UNREAD)

    def take_focus(self) -> None:
        """Focus the text, so that keys scroll it."""
        self.text.focus()

    @on(PlanText.ReadToEnd)
    def show_answer(self) -> None:
        """Show what will be sent; the end of the plan has to be in view before it is confirmed."""
        self.guard.restart()
        if self.plan.why_not:
            return
        if self.plan.shows_answer:
            self.send_bar.show(self.plan.answer, self.plan.note)
        else:
            self.send_bar.show_note(self.plan.note)

    def decide(self) -> None:
        """Post that the plan is confirmed, or point out why it cannot be."""
        if self.send_bar.blocked:
            self.send_bar.emphasize_reason()
            return
        self.answered = True
        self.post_message(self.Confirmed())
