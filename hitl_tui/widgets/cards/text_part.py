"""The part for a text to revise, or for a question to answer with a text."""

from typing import ClassVar

from textual.app import ComposeResult

from hitl_engine.model import JsonObject, Revise, TextToRevise
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.diff import change_count, changes
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.question_part import QuestionPart
from hitl_tui.widgets.difference_pane import DifferencePane
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.text_view import TextPane


class TextPart(QuestionPart):
    """Shows the text ready to edit, and what the user changed."""

    DEFAULT_CSS = """
    TextPart {
        #asked { height: auto; min-height: 3; max-height: 40%; }
        #asked.-none { display: none; }
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
        self.asked = TextPane("Asked", id="asked")
        self.asked.keep_seen()
        self.asked.set_class(not review.prompt, "-none")
        title = "Text to revise" if review.text else "Your answer"
        self.text = Editor(title, id="text", placeholder="Type here")
        self.text.keep_seen()
        self.changes = DifferencePane("Changes", unchanged="Nothing is changed.", id="changes")
        self.set_class(not review.text, "-new-text")

    def compose(self) -> ComposeResult:
        """Put what is asked above the text, the changes below."""
        yield self.asked
        yield self.text
        yield self.changes

    @property
    def compares(self) -> bool:
        """Whether there is a text that the changes are compared with."""
        return bool(self.review.text)

    def load(self, typed: JsonObject) -> None:
        """Show the text of the request, or as it was typed before, with the cursor at its end."""
        self.asked.show_text(self.review.prompt)
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
            raise self.not_seen("what is asked" if self._unseen_asked else "the unchanged text")
        return Revise(text)

    @property
    def unseen(self) -> int:
        """How many rows of what is asked, and of a text that is unchanged, were not on the screen."""
        return self._unseen_asked + (self.text.unseen if self._is_unchanged else 0)

    @property
    def _unseen_asked(self) -> int:
        return self.asked.view.unseen if self.review.prompt else 0

    @property
    def _is_unchanged(self) -> bool:
        return self.text.value == self.review.text

    @property
    def jumps_in_field(self) -> bool:
        """Whether rows of the text are unseen: then its end is shown, and all counts as seen."""
        return bool(self.text.unseen)

    def jump_to_end(self) -> None:
        """Move the cursor to the end of the text, and count it and what is asked as seen."""
        self.asked.jump_to_end()
        self.text.count_as_seen()
        self.text.move_cursor(self.text.document.end)

    def note(self) -> str:
        """Return that nothing was changed, if so."""
        return "the text is unchanged" if self._is_unchanged else ""

    def show_changes(self) -> None:
        """Show the difference between the text and the request."""
        lines = changes(self.review.text, self.text.value)
        self.changes.show_difference(lines, change_count(lines))

    def first_field(self) -> Editor:
        """Return the text."""
        return self.text
