"""The fields for the ways to answer that every question has: JSON, a text, yes or no."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from hitl_engine.model import Answer, JsonObject, JsonValue
from hitl_tui.state.not_ready import NotReady
from hitl_tui.state.typed_json import answer_in
from hitl_tui.widgets.answer_ways import Way, YesNo
from hitl_tui.widgets.editor import Editor, JsonEditor


class AnswerBox(Vertical):
    """Takes an answer as JSON, as a text, or as yes or no; keeps each when the way changes."""

    DEFAULT_CSS = """
    AnswerBox {
        display: none;
        height: 1fr;
        min-height: 3;
        #answer, #words, #yes-no { display: none; }
        #answer, #words { height: 1fr; min-height: 3; }
        &.-json, &.-text, &.-yes_no { display: block; }
        &.-yes_no { height: auto; }
        &.-json #answer { display: block; }
        &.-text #words { display: block; }
        &.-yes_no #yes-no { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.json = JsonEditor("Answer, as JSON", id="answer", placeholder="Type JSON here")
        self.text = Editor("Answer, as text (a JSON string)", id="words", placeholder="Type here")
        self.yes_no = YesNo(id="yes-no")
        self._suggested = ""

    def compose(self) -> ComposeResult:
        """Yield all fields; those of the other ways are hidden."""
        yield self.json
        yield self.text
        yield self.yes_no

    def focus_way(self, way: Way) -> None:
        """Focus the field of this way."""
        match way:
            case Way.JSON:
                self.json.focus()
            case Way.TEXT:
                self.text.focus()
            case Way.YES_NO:
                self.yes_no.focus()

    # What was typed

    @property
    def length(self) -> int:
        """How many characters the longer text has."""
        return max(len(self.json.text), len(self.text.text))

    def content(self) -> JsonObject:
        """Return what was typed, in the form of a draft."""
        return {"json": self.json.text, "words": self.text.value, "yes": self.yes_no.value}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed or chosen; what `suggest` put there was not typed."""
        typed = self.json.text not in ("", self._suggested) or self.text.text
        return not typed and self.yes_no.value is None

    def restore(self, typed: JsonObject) -> None:
        """Show what was typed before; a draft may lack anything."""
        source, words, yes = typed.get("json"), typed.get("words"), typed.get("yes")
        self.json.show_source(source if isinstance(source, str) else "")
        self.text.show(words if isinstance(words, str) else "")
        self.yes_no.show(yes if isinstance(yes, bool) else None)

    def suggest(self, answer: JsonValue) -> None:
        """Put an answer into the JSON field, selected, unless the user typed there."""
        if self.json.text in ("", self._suggested):
            with self.prevent(TextArea.Changed):
                self.json.show_json(answer)
            self._suggested = self.json.text
            self.json.select_all()  # so that typing replaces it

    def decision(self, way: Way) -> Answer:
        """Return the answer in this way. Raises NotReady."""
        match way:
            case Way.JSON:
                return Answer(answer_in(self.json.text, lambda _: self.json.read()))
            case Way.TEXT if self.text.text:
                return Answer(self.text.value)
            case Way.TEXT:
                raise NotReady("Type the answer. It is sent as a JSON string.")
            case _ if self.yes_no.value is not None:
                return Answer(self.yes_no.value)
            case _:
                raise NotReady("Press y or n.")
