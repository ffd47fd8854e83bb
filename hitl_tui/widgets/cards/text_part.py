"""The part for a text to revise, or for a question to answer with a text."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from hitl_engine.model import JsonObject, Revise, TextToRevise
from hitl_tui.state.not_ready import NotReady, NotSeen
from hitl_tui.text.diff import change_count, changes
from hitl_tui.text.literal import literal
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.question_part import QuestionPart, unseen_words
from hitl_tui.widgets.difference_pane import DifferencePane
from hitl_tui.widgets.editor import Editor


class TextPart(QuestionPart):
    """Shows the text ready to edit, and what the user changed."""

    DEFAULT_CSS = """
    TextPart {
        #prompt { height: auto; padding: 0 1; margin-bottom: 1; }
        #text { height: 2fr; min-height: 3; }
        #changes { height: 1fr; min-height: 2; }
        &.-new-text #changes { display: none; }
    }
    """
    TITLE = "Text"
    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON, Way.YES_NO)
    HELP = """\
    ### A text to revise
    Change the text, check what you changed, send it with **ctrl+s**. **ctrl+t** answers with
    JSON or yes or no instead. **escape** goes back to the inbox; what you typed is kept.
    """

    def __init__(self, review: TextToRevise) -> None:
        super().__init__()
        self.review = review
        title = "Text to revise" if review.text else "Your answer"
        self.text = Editor(title, id="text", placeholder="Type here")
        self.text.keep_seen()
        self.changes = DifferencePane("Changes", unchanged="Nothing is changed.", id="changes")
        self.set_class(not review.text, "-new-text")

    def compose(self) -> ComposeResult:
        """Put the prompt above the text, the changes below."""
        if self.review.prompt:
            yield Static(literal(self.review.prompt), id="prompt")
        yield self.text
        yield self.changes

    @property
    def compares(self) -> bool:
        """Whether there is a text that the changes are compared with."""
        return bool(self.review.text)

    def load(self, typed: JsonObject) -> None:
        """Show the text of the request, or as it was typed before, with the cursor at its end."""
        text = typed.get("text")
        self.text.show(text if isinstance(text, str) else self.review.text)
        if isinstance(text, str):
            self.text.move_cursor(self.text.document.end)

    def content(self) -> JsonObject:
        """Return the text as it is now."""
        return {"text": self.text.value}

    @property
    def length(self) -> int:
        """The length of the text."""
        return len(self.text.text)

    def decision(self) -> Revise:
        """Return the text as it is now. Raises NotReady for an answer that is empty."""
        text = self.text.value
        if not text and not self.review.text:
            raise NotReady("Type your answer. (An empty text can be sent as JSON: ctrl+t.)")
        if self.unseen:
            raise NotSeen(unseen_words(self.unseen, "of the unchanged text "))
        return Revise(text)

    @property
    def unseen(self) -> int:
        """How many rows of a text that is unchanged were not on the screen."""
        return 0 if self.text.value != self.review.text else self.text.unseen

    def jump_to_end(self) -> None:
        """Move the cursor to the end of the text, and count all of it as seen."""
        self.text.count_as_seen()
        self.text.move_cursor(self.text.document.end)

    def note(self) -> str:
        """Return that nothing was changed, if so."""
        return "the text is unchanged" if self.text.value == self.review.text else ""

    def show_changes(self) -> None:
        """Show the difference between the text and the request."""
        lines = changes(self.review.text, self.text.value)
        self.changes.show_difference(lines, change_count(lines))

    def first_field(self) -> Editor:
        """Return the text."""
        return self.text
