"""The card for a form: what is asked, beside the fields that answer it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from hitl_engine.errors import NotTaken
from hitl_engine.model import Fault, Fill, FormToFill, JsonObject, JsonValue, Question
from hitl_engine.visible import json_text
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.literal import in_words
from hitl_tui.widgets.cards.declinable_card import DeclinableCard
from hitl_tui.widgets.cards.question_card import AnswerOf
from hitl_tui.widgets.form.form_view import FormView
from hitl_tui.widgets.text_view import TextPane

_SPELLED_OUT = ("fields", "current_values")
"""What a payload that is itself a form says in the fields of the form."""


class FormCard(DeclinableCard):
    """Shows the form ready to fill in; each field says what is wrong with it."""

    DEFAULT_CSS = """
    FormCard {
        #both { height: 1fr; }
        #asked { height: auto; max-height: 6; }
        #asked.-none { display: none; }
        &.-payload #asked { display: none; }
        FormView { min-height: 3; }
    }
    """
    HELP = """\
    ### A form
    **tab** and **enter** go from field to field. **f4** gives a field as null, leaves it out, or
    takes it back in; **f3** and **f5** add and remove the items of a list, **alt+up** and
    **alt+down** move them. **ctrl+t** answers with JSON instead. **ctrl+s** sends.
    """

    def __init__(
        self, question: Question, answer_of: AnswerOf, typed: JsonObject | None = None
    ) -> None:
        assert isinstance(question.review, FormToFill), "a form card is for a form"
        self.review = question.review
        super().__init__(question, answer_of, typed, can_decline=self.review.can_decline)
        self.asked = TextPane("Asked", id="asked")
        self.form = FormView(self.review.form)

    def compose_fields(self) -> ComposeResult:
        """Put what is asked beside the form, or above it where there is no room."""
        with Container(id="both", classes="fields"):
            yield self.asked
            yield self.form

    def load(self) -> None:
        """Show what is asked, but for the fields themselves."""
        payload = self.review.payload
        shown: JsonValue = payload
        if self.review.convention == "form" and isinstance(payload, dict):
            shown = {key: each for key, each in payload.items() if key not in _SPELLED_OUT}
            self.asked.set_title("Asked", "and the fields below; f2 shows the payload as it came")
        words = in_words(shown)
        self.asked.set_class(not words, "-none")
        self.asked.show_text(words)

    def restore(self, typed: JsonObject) -> None:
        """Take up what was typed in the fields."""
        super().restore(typed)
        if "form" in typed:
            self.form.load(typed["form"])

    def form_content(self) -> JsonObject:
        """Return what was typed in the fields."""
        return {**super().form_content(), "form": self.form.typed}

    def filled_in(self) -> Fill:
        """Return the values. Raises NotReady, with every fault."""
        reading = self.form.reading()
        if reading.faults:
            faults = reading.and_then(self._faults_of(Fill(reading.value)))
            raise NotReady(self.form.fault_summary(faults), faults)
        if reading.value == "" and not self.form.was_changed:
            raise NotReady("Type the answer. (An empty text can be sent as JSON: ctrl+t.)")
        return Fill(reading.value)

    def _faults_of(self, decision: Fill) -> tuple[Fault, ...]:
        try:
            self._answer_of(self.question, decision)
        except NotTaken as refusal:
            return refusal.faults
        return ()

    def told(self, refusal: NotTaken) -> str:
        """Say why in the words of the form, where it is the form that does not fit."""
        if self.in_form and not self.declined and refusal.faults:
            return self.form.fault_summary(refusal.faults)
        return super().told(refusal)

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show each at its field."""
        self.form.show_faults(faults)

    def touch_all(self) -> None:
        """Say what is wrong with every field, from now on."""
        self.form.touch_all()

    def focus_on(self, faults: tuple[Fault, ...]) -> None:
        """Go to the first field that is wrong."""
        self.form.focus_on(faults)

    def size_of_form(self) -> int:
        """Return how much was typed."""
        return len(json_text(self.form.typed, indent=None))

    def first_field(self) -> FormView:
        """Begin in the form."""
        return self.form

    def take_focus(self) -> None:
        """Begin in the first field of the form."""
        if self.in_form:
            self.form.take_focus()
        else:
            super().take_focus()

    @on(FormView.Changed)
    def hear_form(self, event: FormView.Changed) -> None:
        """Show what would be sent now, and what is wrong."""
        event.stop()
        self.changed()
