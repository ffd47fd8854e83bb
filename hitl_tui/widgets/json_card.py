"""The card for a payload without a known convention: any JSON in, any JSON out."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from engine.model import Answer, JsonObject, Question
from hitl_tui.widgets.card import Card
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.question_card import AnswerOf, NotReady, QuestionCard
from hitl_tui.widgets.text_view import TextPane


class JsonCard(QuestionCard):
    """Shows the payload whole; the answer starts empty, and nothing empty can be sent.

    The form is an answer in words, sent as a JSON string; as JSON is how the card begins.
    """

    DEFAULT_CSS = """
    JsonCard {
        #text-payload { height: 1fr; min-height: 3; }
        #words { height: 1fr; min-height: 3; }
    }
    """
    HELP = """\
    ### A question of unknown kind
    The payload is shown whole. Type the answer as JSON, or press **ctrl+t** and type a text.
    **ctrl+s** sends. Nothing can be sent while the answer is empty or no JSON.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+t",
            "answer_as",
            "Text or JSON",
            tooltip="Answer in words, or with JSON",
            id="card.answer_as",
        ),
    ]

    def __init__(
        self, question: Question, answer_of: AnswerOf, typed: JsonObject | None = None
    ) -> None:
        super().__init__(question, answer_of, {"as_json": True, **(typed or {})})
        self.text_payload = TextPane("Payload", numbered=True, id="text-payload")
        self.words = Editor("Answer, as text", id="words", placeholder="Type here")

    def compose_form(self) -> ComposeResult:
        """Show the payload above the words too."""
        yield self.text_payload
        yield self.words

    def load(self) -> None:
        """Show the payload."""
        self.text_payload.show_json(self.question.interrupt.payload)

    def restore(self, typed: JsonObject) -> None:
        """Take up the words."""
        super().restore(typed)
        words = typed.get("words")
        self.words.show(words if isinstance(words, str) else "")

    def form_content(self) -> JsonObject:
        """Return the words."""
        return {"words": self.words.value}

    def decision(self) -> Answer:
        """Return the words as a JSON string."""
        if not self.words.text:
            raise NotReady("Type the answer. It is sent as a JSON string.")
        return Answer(self.words.value)

    def size_of_form(self) -> int:
        """Return how long the words are."""
        return len(self.words.text)

    def first_field(self) -> Card | TextArea:
        """Begin in the words."""
        return self.words
