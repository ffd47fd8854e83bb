"""The card for what a program asks its own client: shown, never offered as an approval."""

from textual.app import ComposeResult

from engine.model import Decision, JsonObject, MachineRequest, Question
from hitl_tui.widgets.question_card import AnswerOf, NotReady, QuestionCard
from hitl_tui.widgets.text_view import TextPane


class MachineCard(QuestionCard):
    """Shows the request whole; only JSON in its client's shape can answer it, after ctrl+t."""

    DEFAULT_CSS = """
    MachineCard #request { height: 1fr; min-height: 3; }
    """
    HELP = """\
    ### A program's own request
    Its client is expected to answer by itself. If you must answer in its place, **ctrl+t** takes
    JSON in the shape of that client's answer: the ids of the request, and a decision.
    """

    def __init__(
        self, question: Question, answer_of: AnswerOf, typed: JsonObject | None = None
    ) -> None:
        super().__init__(question, answer_of, typed)
        assert isinstance(question.review, MachineRequest), "this card is for programs"
        self.review = question.review
        self.request = TextPane("A program asks its own client", numbered=True, id="request")

    def compose_form(self) -> ComposeResult:
        """Show the request."""
        yield self.request

    def load(self) -> None:
        """Show the request."""
        self.request.show_json(self.review.payload)

    def decision(self) -> Decision:
        """There is none to be made here."""
        until = f" until {self.review.deadline}" if self.review.deadline else ""
        raise NotReady(
            f"Nobody is asked to approve this: a program waits for its own client{until}."
            " ctrl+t answers in its place, with JSON."
        )
