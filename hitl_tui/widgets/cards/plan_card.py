"""The card that shows what will be done, before it is done."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from hitl_tui.state.plan import Plan
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.plan_text import PlanText
from hitl_tui.widgets.cards.question_part import JUMP_KEY, unseen_words
from hitl_tui.widgets.keeps_seen import KeepsSeen
from hitl_tui.widgets.send_bar import SendBar


class PlanCard(Card, can_focus=False):
    """Shows a plan; posts `Confirmed` at most once, after all of the plan was on the screen."""

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
        Binding(
            JUMP_KEY,
            "jump_to_end",
            "Mark as seen",
            tooltip="Show the end and mark all of it as seen; for decisions the log tells so",
            id="plan.jump_to_end",
        ),
    ]

    TAKES_LOG_REASON = False

    class Confirmed(Message):
        """The user confirmed the plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.text = PlanText(plan)
        self.send_bar = SendBar(plan.verb)
        self.jumped_over = (0,) * len(plan.parts)
        """How many rows of each part of the plan the user jumped over."""

    def compose(self) -> ComposeResult:
        """Put the lines and the cautions above the exact JSON."""
        yield self.text
        yield self.send_bar

    def on_mount(self) -> None:
        """Show why the plan cannot be confirmed yet."""
        self._show_answer()

    @property
    def compares(self) -> bool:
        """Whether it shows what a write changes next to what was there."""
        return bool(self.plan.difference)

    def take_focus(self) -> None:
        """Focus the text, so that keys scroll it."""
        self.text.focus()

    @on(KeepsSeen.Seen)
    def rows_seen(self) -> None:
        """Show what will be sent, once all of the plan was on the screen."""
        if self.send_bar.blocked:
            self._show_answer()
            self.guard.restart()
            self.refresh_bindings()

    def _show_answer(self) -> None:
        if self.plan.why_not:
            self.send_bar.block(self.plan.why_not)
        elif unseen := self.text.view.unseen:
            self.send_bar.block(unseen_words(unseen))
        elif self.plan.shows_answer:
            self.send_bar.show(self.plan.answer, self.plan.note)
        else:
            self.send_bar.show_note(self.plan.note)

    def action_jump_to_end(self) -> None:
        """Show the end of the plan, and count all of it as seen."""
        self.jumped_over = tuple(map(self.text.view.unseen_of, self.plan.parts))
        self.text.jump_to_end()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to jump to the end while something was not on the screen."""
        if action == "jump_to_end":
            return self.text.view.unseen > 0
        return super().check_action(action, parameters)

    def decide(self) -> None:
        """Post that the plan is confirmed, or point out why it cannot be."""
        if self.send_bar.blocked:
            self.send_bar.emphasize_reason()
            return
        self.answered = True
        self.post_message(self.Confirmed())
