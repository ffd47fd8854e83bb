"""What cards share whose question may be declined: it is a decision of its own."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from hitl_engine.model import Decision, Decline, JsonObject, Question
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.question_card import AnswerOf, QuestionCard


class DeclineLine(Static, can_focus=True):
    """Says how to decline, and whether it is declined."""

    DEFAULT_CSS = """
    DeclineLine { height: 1; padding: 0 1; &:focus { background: $panel; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "turn", "Decline", tooltip="Decline, or not", id="decline.turn")
    ]

    class Turned(Message):
        """Somebody declines, or does not any more."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def show(self, declined: bool) -> None:
        """Show whether it is declined."""
        words = (
            ("■ declined ", "bold $text-warning") if declined else ("□ decline ", "$text-warning")
        )
        more = "f9 takes it back" if declined else "f9: answer none of this, and the graph is told"
        self.update(Content.assemble(words, (more, "$foreground 60%")))

    def action_turn(self) -> None:
        """Decline, or not."""
        self.post_message(self.Turned())

    def on_click(self, event: events.Click) -> None:
        """A click does what the key does."""
        event.stop()
        self.action_turn()


class DeclinableCard(QuestionCard):
    """A card whose question may be declined, where the convention has a word for that."""

    DEFAULT_CSS = """
    DeclinableCard.-declined .fields { opacity: 50%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f9",
            "decline",
            "Decline",
            tooltip="Answer none of this, and tell the graph so; again to take that back",
            id="card.decline",
        ),
    ]
    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON)

    declined: reactive[bool] = reactive(False, toggle_class="-declined")
    """Nothing of the form is sent, but that it was declined."""

    def __init__(
        self,
        question: Question,
        answer_of: AnswerOf,
        typed: JsonObject | None = None,
        *,
        can_decline: bool,
    ) -> None:
        super().__init__(question, answer_of, typed)
        self._can_decline = can_decline
        self._decline_line = DeclineLine()

    def compose_form(self) -> ComposeResult:
        """Say below the fields how to decline."""
        yield from self.compose_fields()
        if self._can_decline:
            yield self._decline_line

    def compose_fields(self) -> ComposeResult:
        """Yield what is filled in."""
        raise NotImplementedError

    def filled_in(self) -> Decision:
        """Return what is filled in. Raises NotReady."""
        raise NotImplementedError

    def restore(self, typed: JsonObject) -> None:
        """Take up whether it was declined."""
        super().restore(typed)
        self.declined = self._can_decline and typed.get("declined") is True
        self._decline_line.show(self.declined)

    def form_content(self) -> JsonObject:
        """Return whether it is declined."""
        return {"declined": self.declined}

    def decision(self) -> Decision:
        """Return that it is declined, or what is filled in."""
        return Decline() if self.declined else self.filled_in()

    def note(self) -> str:
        """Say so when it is declined."""
        return "declined" if self.declined else ""

    def action_decline(self) -> None:
        """Decline, or not. It has to be in view before it is sent."""
        self.declined = not self.declined
        self._decline_line.show(self.declined)
        self.guard.restart()
        self.changed()

    @on(DeclineLine.Turned)
    def turn(self, event: DeclineLine.Turned) -> None:
        """The line does what the key does."""
        event.stop()
        if self.check_action("decline", ()):
            self.action_decline()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to decline only what can be declined."""
        if action == "decline":
            return self._can_decline and self.in_form and not self.answered
        return super().check_action(action, parameters)
