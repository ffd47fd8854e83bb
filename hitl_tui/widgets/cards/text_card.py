"""The card for a text to revise, or a question to answer in words."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static, TextArea

from hitl_engine.model import JsonObject, Question, Revise, TextToRevise
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.diff import change_count, changes
from hitl_tui.text.literal import literal
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.question_card import AnswerOf, QuestionCard
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.text_view import Syntax, TextPane


class TextCard(QuestionCard):
    """Shows the text ready to change, and the difference it makes."""

    DEFAULT_CSS = """
    TextCard {
        #prompt { height: auto; padding: 0 1; margin-bottom: 1; }
        #text { height: 2fr; min-height: 3; }
        #changes { height: 1fr; min-height: 2; }
        &.-new-text #changes { display: none; }
    }
    """
    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON, Way.YES_NO)
    HELP = """\
    ### A text to revise
    Change the text, look at the difference, send it with **ctrl+s**. **ctrl+t** answers with
    JSON or yes or no instead. **escape** goes back to the inbox; what you typed is kept.
    """

    def __init__(
        self, question: Question, answer_of: AnswerOf, typed: JsonObject | None = None
    ) -> None:
        super().__init__(question, answer_of, typed)
        assert isinstance(question.review, TextToRevise), "a text card is for a text"
        self.review = question.review
        title = "Text to revise" if self.review.text else "Your answer"
        self.text = Editor(title, id="text", placeholder="Type here")
        self.changes = TextPane("Changes", id="changes")
        self.set_class(not self.review.text, "-new-text")

    def compose_form(self) -> ComposeResult:
        """Put the prompt above the text, the difference below."""
        if self.review.prompt:
            yield Static(literal(self.review.prompt), id="prompt")
        yield self.text
        yield self.changes

    def load(self) -> None:
        """Put the text into the editor."""
        self.text.show(self.review.text)

    def restore(self, typed: JsonObject) -> None:
        """Take up the text as it was typed."""
        super().restore(typed)
        text = typed.get("text")
        if isinstance(text, str):
            self.text.show(text)
            self.text.move_cursor(self.text.document.end)  # one goes on writing there

    def form_content(self) -> JsonObject:
        """Return the text as it stands."""
        return {"text": self.text.value}

    def decision(self) -> Revise:
        """Return the text as it stands."""
        text = self.text.value
        if not text and not self.review.text:
            raise NotReady("Type your answer. (An empty text can be sent as JSON: ctrl+t.)")
        return Revise(text)

    def note(self) -> str:
        """Say so when nothing was changed."""
        return "the text is unchanged" if self.text.value == self.review.text else ""

    def size_of_form(self) -> int:
        """Return how long the text is."""
        return len(self.text.text)

    def show_answer(self) -> None:
        """Show the difference too."""
        super().show_answer()
        lines = changes(self.review.text, self.text.value)
        self.changes.show_text("\n".join(lines) or "Nothing is changed.", Syntax.DIFF)
        self.changes.set_title("Changes", change_count(lines))

    def first_field(self) -> Card | TextArea:
        """Begin in the text."""
        return self.text
