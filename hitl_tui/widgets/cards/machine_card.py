"""The card for what a program asks its own client: shown, never offered as an approval."""

from typing import ClassVar

from hitl_engine.model import Decision, MachineRequest
from hitl_engine.visible import one_line
from hitl_tui.state.not_ready import NotReady
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.question_card import QuestionCard


class MachineCard(QuestionCard):
    """Shows the request whole; only JSON in its client's shape can answer it, after ctrl+t."""

    DEFAULT_CSS = """
    MachineCard.-form .form { display: none; }
    """
    HELP = """\
    ### A program's own request
    Its client is expected to answer by itself. If you must answer in its place, **ctrl+t** takes
    JSON in the shape of that client's answer: the ids of the request, and a decision.
    """
    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON)
    PAYLOAD_ALWAYS: ClassVar[bool] = True

    def load(self) -> None:
        """Say whose payload it is."""
        self.payload.set_title("A program asks its own client")

    def decision(self) -> Decision:
        """There is none to be made here."""
        review = self.question.review
        assert isinstance(review, MachineRequest), "this card is for programs"
        until = (
            f" It is waited for until {one_line(review.deadline, 60)}." if review.deadline else ""
        )
        raise NotReady(f"No person is asked; ctrl+t answers in the client's place, as JSON.{until}")
