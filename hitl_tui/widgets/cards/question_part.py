"""What asks on the card of a question: one part for each kind of review."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from hitl_engine.errors import NotTaken
from hitl_engine.model import Decision, Fault, JsonObject, JsonValue
from hitl_tui.state.not_ready import NotSeen
from hitl_tui.text.fitting import counted
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.card_body import CardBody
from hitl_tui.widgets.fitting_layout import Fitting

JUMP_KEY = "ctrl+end"
"""The key that shows the end of what is asked and marks all of it as seen."""
AnswerTo = Callable[[Decision], JsonValue]
"""Returns the JSON of a decision on one question. Raises NotTaken."""


def unseen_words(rows: int, of_what: str = "", *, writing: bool = False) -> str:
    """Return that rows were not on the screen, and what to do.

    `writing` if a text field has the focus, in which the key only moves the cursor.
    """
    outside = " outside the text field" if writing else ""
    how = f"scroll through them, or {JUMP_KEY}{outside} marks all as seen"
    return f"{counted(rows, 'row')} {of_what}unseen: {how}."


class QuestionPart(Fitting, Vertical):
    """Shows what a question asks, and takes the decision on it.

    The card around it guards the decision, offers other ways to answer, and sends.
    """

    DEFAULT_CSS = """
    QuestionPart { display: none; height: 1fr; min-height: 6; }
    QuestionPart.-in-use { display: block; }
    QuestionPart.-fits { height: auto; min-height: 4; }
    """
    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON, Way.TEXT, Way.YES_NO)
    """The ways to answer this kind of question; the first one is shown first."""
    TITLE: ClassVar[str] = Card.TITLE
    """The title of the frame around the card."""
    PAYLOAD_ALWAYS: ClassVar[bool] = False
    """Whether the card always shows the payload."""
    PAYLOAD_TITLE: ClassVar[str] = "Payload"

    in_use: reactive[bool] = reactive(False, bindings=True)
    """Whether the answer is given here, and not in another way. The card sets it."""

    fits: reactive[bool] = reactive(False)
    """Whether the part is only as high as what is in it; else it is as high as the space allows."""

    @dataclass
    class Changed(Message):
        """The user changed something in the part."""

        guarded: bool = False
        """Whether the decision must be in view for some time before it is sent."""

    @property
    def card(self) -> Card:
        """The card around this part."""
        return self.query_ancestor(Card)

    def watch_fits(self, fits: bool) -> None:
        """Let the card be as high as what is in it, or take all its space."""
        self.set_class(fits, "-fits", update=False)  # with all else that is in the body
        for each in self.ancestors:  # none is left where the user has closed the card meanwhile
            if isinstance(each, CardBody):
                each.set_class(fits, "-fits", update=self.in_use)  # else when it comes into use

    def changed(self, *, guarded: bool = False) -> None:
        """Tell the card that something in the part is different."""
        if guarded:
            self.card.guard.changing()  # until the card shows what would be sent now
        message = self.Changed(guarded).set_sender(self)  # a message of the body would end there
        self.post_message(message)

    @property
    def compares(self) -> bool:
        """Whether it shows texts next to each other where there is room for that."""
        return False

    # What was asked and typed

    def load(self, typed: JsonObject) -> None:
        """Show what is asked, and what was typed before; a draft may lack anything."""

    def content(self) -> JsonObject:
        """Return what was typed, in the form of a draft."""
        return {}

    @property
    def length(self) -> int:
        """How many characters were typed."""
        return 0

    # What was on the screen

    @property
    def unseen(self) -> int:
        """How many rows of what the decision would cover were not on the screen yet."""
        return 0

    def jump_to_end(self) -> None:
        """Show the end of what is asked, and count all of it as seen."""

    def not_seen(self, of_what: str) -> NotSeen:
        """Return the error that rows of something are unseen, with how to see them.

        The user may have closed the card meanwhile, so that there is none around the part.
        """
        moves_cursor = self.is_attached and self.card.writing and not self.jumps_in_field
        return NotSeen(unseen_words(self.unseen, f"of {of_what} ", writing=moves_cursor))

    @property
    def jumps_in_field(self) -> bool:
        """Whether the key that marks all as seen does so also in the field that has the focus."""
        return False

    def came_into_view(self) -> None:
        """Do what is done each time when the question comes into view."""

    # The decision

    def decision(self) -> Decision:
        """Return the decision. Raises NotReady."""
        raise NotImplementedError

    def note(self) -> str:
        """Return a comment on the decision, or nothing; it is ours, or visible text."""
        return ""

    def explain(self, refusal: NotTaken) -> str:
        """Return why the decision is not accepted."""
        return str(refusal)

    def show_changes(self) -> None:
        """Show how the decision differs from the request."""

    # Faults

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show each fault at its field, once that was touched."""

    def touch_all(self) -> None:
        """Show every fault from now on: the user tried to send."""

    def focus_on(self, faults: tuple[Fault, ...]) -> None:
        """Focus the first field with a fault."""

    def first_field(self) -> Widget | None:
        """Return the field to focus first; None for the body of the card."""
        return None
