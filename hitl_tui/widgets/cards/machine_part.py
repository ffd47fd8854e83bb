"""The part for what a program asks its own client: shown, never offered as an approval."""

from typing import ClassVar

from hitl_engine.model import Decision, MachineRequest
from hitl_engine.visible import one_line
from hitl_tui.state.not_ready import NotReady
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.question_part import QuestionPart


class MachinePart(QuestionPart):
    """Takes no decision; the request can be answered only after ctrl+t, as its client would."""

    DEFAULT_CSS = """
    MachinePart.-in-use { display: none; }
    """
    HELP = """\
    ### A program's own request
    Its client should answer by itself. If you must answer in its place, **ctrl+t** takes JSON in the
    shape of that client's answer: the ids of the request, and a decision.
    """
    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON)
    PAYLOAD_ALWAYS: ClassVar[bool] = True
    PAYLOAD_TITLE: ClassVar[str] = "A program asks its own client"

    def __init__(self, review: MachineRequest) -> None:
        super().__init__()
        self.review = review

    def decision(self) -> Decision:
        """Raise NotReady: a person makes no decision here."""
        deadline = self.review.deadline
        until = f" It is waited for until {one_line(deadline, 60)}." if deadline else ""
        raise NotReady(f"No person is asked; ctrl+t answers in the client's place, as JSON.{until}")
