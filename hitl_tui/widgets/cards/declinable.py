"""Fields that can be declined instead of filled in: declining is a decision of its own."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from hitl_engine.model import JsonObject
from hitl_tui.widgets.cards.card_body import CardBody
from hitl_tui.widgets.cards.question_part import QuestionPart
from hitl_tui.widgets.fitting_layout import Fitting


class DeclineLine(Static, can_focus=True):
    """Shows whether the question is declined, and how to decline it."""

    DEFAULT_CSS = """
    DeclineLine { height: 1; padding: 0 1; &:focus { background: $panel; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space", "decline", "Decline", tooltip="Decline, or undo that", id="decline.turn"
        )
    ]

    class Toggled(Message):
        """The user declined, or took that back."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def show(self, declined: bool) -> None:
        """Show whether the question is declined."""
        words = (
            ("■ declined ", "bold $text-warning") if declined else ("□ decline ", "$text-warning")
        )
        more = "f9 takes it back" if declined else "f9: answer none of this, and tell the graph so"
        self.update(Content.assemble(words, (more, "$foreground 60%")))

    def action_decline(self) -> None:
        """Decline, or undo that."""
        self.post_message(self.Toggled())

    def on_click(self, event: events.Click) -> None:
        """Do what the key does."""
        event.stop()
        self.action_decline()


class DeclinableFields(Fitting, Vertical):
    """Contains fields; where the convention allows it, a line below them declines the question."""

    DEFAULT_CSS = """
    DeclinableFields { height: 1fr; }
    DeclinableFields.-declined .fields { opacity: 50%; }
    """

    declined: reactive[bool] = reactive(False, toggle_class="-declined")
    """Whether the user declined; then the fields are not sent."""

    def __init__(self, *fields: Widget, can_decline: bool) -> None:
        super().__init__(*fields)
        self.can_decline = can_decline
        self._line = DeclineLine()

    def compose(self) -> ComposeResult:
        """Put the line below the fields."""
        if self.can_decline:
            yield self._line

    def load(self, typed: JsonObject) -> None:
        """Show whether the question was declined before."""
        self.declined = self.can_decline and typed.get("declined") is True

    def content(self) -> JsonObject:
        """Return whether the question is declined."""
        return {"declined": self.declined}

    def watch_declined(self, declined: bool) -> None:
        """Show it on the line too."""
        self._line.show(declined)

    @on(DeclineLine.Toggled)
    def toggle(self) -> None:
        """Decline, or undo that; that has to be in view before it is sent."""
        part = self.query_ancestor(QuestionPart)
        if not part.card.answered:
            self.declined = not self.declined
            part.changed(guarded=True)


class DeclineKeys(CardBody):
    """The key that declines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f9",
            "decline",
            "Decline",
            tooltip="Choose to decline instead of filling in; press again to undo that",
            id="card.decline",
        ),
    ]

    def __init__(self, part: QuestionPart, fields: DeclinableFields) -> None:
        super().__init__()
        self._part = part
        self._fields = fields

    def action_decline(self) -> None:
        """Decline, or undo that."""
        self._fields.toggle()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to decline what can be declined."""
        if action == "decline":
            can_decline = self._fields.can_decline and self._part.in_use
            return can_decline and not self._part.card.answered
        return True
