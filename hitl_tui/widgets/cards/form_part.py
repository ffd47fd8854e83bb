"""The part for a form: what is asked, next to the fields that answer it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget

from hitl_engine.errors import NotTaken
from hitl_engine.model import Decision, Decline, Fault, Fill, FormToFill, JsonObject, JsonValue
from hitl_engine.visible import json_text
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.literal import in_words
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.declinable import DeclinableFields
from hitl_tui.widgets.cards.question_part import AnswerTo, QuestionPart
from hitl_tui.widgets.fitting_layout import Fitting
from hitl_tui.widgets.form.form_view import FormView
from hitl_tui.widgets.text_view import TextPane

_SHOWN_AS_FIELDS = ("fields", "current_values")
"""The keys of a payload that is itself a form; the fields show what they contain."""


class _Both(Fitting, Container):
    """What is asked, and the fields."""


class FormPart(QuestionPart):
    """Shows the form ready to fill in; each field shows what is wrong with it."""

    DEFAULT_CSS = """
    FormPart {
        #both { height: 1fr; }
        #asked { height: auto; max-height: 6; }
        #asked.-none { display: none; }
        &.-with-payload #asked { display: none; }
        FormView { min-height: 3; }
        &.-fits DeclinableFields, &.-fits #both { height: auto; }
        &.-fits FormView { height: auto; max-height: 100%; }
    }
    """
    TITLE = "Form"
    HELP = """\
    ### A form
    **tab** and **enter** go from field to field. **f4** gives a field as null, leaves it out, or
    takes it back in; **f3** and **f5** add and remove the items of a list, **alt+up** and
    **alt+down** move them. **ctrl+t** answers with JSON instead. **ctrl+s** sends.
    """
    WAYS = (Way.FORM, Way.JSON)

    def __init__(self, review: FormToFill, answer_to: AnswerTo) -> None:
        super().__init__()
        self.review = review
        self._answer_to = answer_to
        self._words = ""
        """What is asked besides the fields."""
        self.asked = TextPane("Asked", id="asked")
        self.asked.keep_seen()
        self.form = FormView(review.form)
        both = _Both(self.asked, self.form, id="both", classes="fields")
        self.fields = DeclinableFields(both, can_decline=review.can_decline)

    def compose(self) -> ComposeResult:
        """Yield the fields; `thread.tcss` puts what is asked next to them or above them."""
        yield self.fields

    def load(self, typed: JsonObject) -> None:
        """Show what is asked, and what was typed before."""
        self.fits = True
        self._show_asked()
        self.fields.load(typed)
        if "form" in typed:
            self.form.load(typed["form"])

    def _show_asked(self) -> None:
        payload = self.review.payload
        shown: JsonValue = payload
        if self.review.convention == "form" and isinstance(payload, dict):
            shown = {key: each for key, each in payload.items() if key not in _SHOWN_AS_FIELDS}
            self.asked.set_title("Asked", "and the fields below; f2 shows the payload as it came")
        self._words = in_words(shown)
        self.asked.set_class(not self._words, "-none")
        self.asked.show_text(self._words)

    def content(self) -> JsonObject:
        """Return what was typed in the fields."""
        return {**self.fields.content(), "form": self.form.typed}

    @property
    def length(self) -> int:
        """How many characters were typed, as JSON."""
        return len(json_text(self.form.typed, indent=None))

    def decision(self) -> Decision:
        """Return the values, or that the question is declined. Raises NotReady, with every fault."""
        return Decline() if self.fields.declined else self._filled_in()

    def _filled_in(self) -> Fill:
        reading = self.form.reading()
        if reading.faults:
            faults = reading.and_then(self._faults_of(Fill(reading.value)))
            raise NotReady(self.form.fault_summary(faults), faults)
        if reading.value == "" and not self.form.was_changed:
            raise NotReady("Type the answer. (An empty text can be sent as JSON: ctrl+t.)")
        if self.unseen:
            raise self.not_seen("what is asked")
        return Fill(reading.value)

    @property
    def unseen(self) -> int:
        """How many rows of what is asked were not on the screen."""
        return 0 if self.fields.declined or not self._words else self.asked.view.unseen

    def jump_to_end(self) -> None:
        """Show the end of what is asked, and count all of it as seen."""
        self.asked.jump_to_end()

    def _faults_of(self, decision: Fill) -> tuple[Fault, ...]:
        try:
            self._answer_to(decision)
        except NotTaken as refusal:
            return refusal.faults
        return ()

    def note(self) -> str:
        """Return that the question is declined, if so."""
        return "declined" if self.fields.declined else ""

    def explain(self, refusal: NotTaken) -> str:
        """Return why with the names of the fields, if the fault is in the form."""
        if refusal.faults and not self.fields.declined:
            return self.form.fault_summary(refusal.faults)
        return super().explain(refusal)

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show each fault at its field."""
        self.form.show_faults(faults)

    def touch_all(self) -> None:
        """Show the faults of every field from now on."""
        self.form.touch_all()

    def focus_on(self, faults: tuple[Fault, ...]) -> None:
        """Focus the first field with a fault."""
        self.form.focus_on(faults)

    def first_field(self) -> Widget:
        """Return the first field of the form."""
        return self.form.first

    @on(FormView.Changed)
    def form_changed(self, event: FormView.Changed) -> None:
        """Tell the card."""
        event.stop()
        self.changed()
