"""A card for a question: keeps what is typed, shows what will be sent, says `Decided`."""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static, TextArea

from hitl_engine.errors import NotTaken
from hitl_engine.model import Answer, Decision, Fault, JsonObject, JsonValue, Question
from hitl_engine.strict_json import JsonProblem
from hitl_tui.messages import Decided, Typed
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.literal import literal
from hitl_tui.widgets.answer_ways import Way, YesNo
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.editor import Editor, JsonEditor
from hitl_tui.widgets.text_view import TextPane

AnswerOf = Callable[[Question, Decision], JsonValue]
_AT_ONCE = 64 * 1024
"""Up to this many characters what will be sent is shown at each key; above, a little later."""
_LATER, _LATEST = 0.3, 0.6
"""Seconds; with the pause before a draft is written they stay at one."""


def json_in(editor: JsonEditor) -> JsonValue:
    """Return the answer that was typed as JSON. Raises NotReady."""
    if not editor.text.strip():
        raise NotReady("Type the answer as JSON. A text needs quotation marks.")
    try:
        return editor.read()
    except JsonProblem as problem:
        raise NotReady(f"This is not JSON yet. {problem}") from problem


class QuestionCard(Card):
    """Shows one question. A subclass brings the form; the other ways to answer are here for all.

    `WAYS` are those that this kind of question can take, the first of them to begin with.
    """

    DEFAULT_CSS = """
    QuestionCard {
        #notes { display: none; height: auto; padding: 0 1; color: $text-warning; }
        &.-noted #notes { display: block; }
        #payload, .form, #answer, #words, #yes-no { display: none; }
        #payload, #answer, #words { height: 1fr; min-height: 3; }
        .form { height: 1fr; min-height: 6; }
        &.-payload #payload { display: block; }
        &.-json #payload, &.-text #payload { height: auto; max-height: 60%; }
        &.-form .form { display: block; }
        &.-json #answer { display: block; }
        &.-text #words { display: block; }
        &.-yes_no #yes-no { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+t",
            "answer_as",
            "Answer as",
            tooltip="Answer in another way: as understood, as JSON, as text, or yes or no",
            id="card.answer_as",
        ),
        Binding(
            "f2",
            "toggle_payload",
            "Payload",
            tooltip="Show or hide the payload as it came, as JSON",
            id="card.payload",
        ),
    ]
    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON, Way.TEXT, Way.YES_NO)
    PAYLOAD_ALWAYS: ClassVar[bool] = False
    """Whether the payload as it came is what the card shows anyway."""

    way: reactive[Way] = reactive(Way.FORM, bindings=True)
    """How the answer is given."""
    payload_wanted: reactive[bool] = reactive(False)

    def __init__(
        self, question: Question, answer_of: AnswerOf, typed: JsonObject | None = None
    ) -> None:
        super().__init__()
        self.question = question
        self._answer_of = answer_of
        self._restored = typed or {}
        self._said: JsonObject | None = None
        self._begun = ""
        self._later: Timer | None = None
        self._taken = 0.0
        """Seconds that it took last to take in what was typed."""
        self.notes = Static(id="notes", markup=False)
        self.payload = TextPane("Payload", numbered=True, id="payload")
        self.answer = JsonEditor("Answer, as JSON", id="answer", placeholder="Type JSON here")
        self.words = Editor("Answer, as text (a JSON string)", id="words", placeholder="Type here")
        self.yes_no = YesNo(id="yes-no")

    def compose(self) -> ComposeResult:
        """Put what is asked above, one way to answer below, and what will be sent at the end."""
        yield self.notes
        yield self.payload
        with Vertical(classes="form"):
            yield from self.compose_form()
        yield self.answer
        yield self.words
        yield self.yes_no
        yield self.send_bar

    def compose_form(self) -> ComposeResult:
        """Yield what is special to this kind of question."""
        yield from ()

    def on_mount(self) -> None:
        """Load what was asked and what was typed before."""
        review_notes = self.question.review.notes
        self.notes.update(literal("\n".join(review_notes)))
        self.set_class(bool(review_notes), "-noted")
        self.payload.show_json(self.question.interrupt.payload)
        self.load()
        self.restore(self._restored)
        self._show_way()
        self._said = self.content()
        self.show_answer()

    # For subclasses

    def load(self) -> None:
        """Fill the form from the review."""

    def decision(self) -> Decision:
        """Return what stands in the form. Raises NotReady."""
        raise NotImplementedError

    def form_content(self) -> JsonObject:
        """Return what was typed into the form."""
        return {}

    def note(self) -> str:
        """Return a word about what the form will send."""
        return ""

    def told(self, refusal: NotTaken) -> str:
        """Return why what is given is not taken."""
        return str(refusal)

    def touch_all(self) -> None:
        """Somebody wants to send: from now on say everything that is wrong."""

    def focus_on(self, faults: tuple[Fault, ...]) -> None:
        """Give the keys to the first field that is wrong."""

    def size_of_form(self) -> int:
        """Return how many characters the form holds."""
        return 0

    def first_field(self) -> Widget:
        """Return where one begins in the form."""
        return self

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show what is wrong in the form, each at its place; nothing, once all is well."""

    # What was typed

    @property
    def in_form(self) -> bool:
        """Whether the answer is given in the form."""
        return self.way is Way.FORM

    def content(self) -> JsonObject:
        """Return the record of what was typed, as a draft keeps it."""
        return {
            **self.form_content(),
            "way": self.way.name,
            "json": self.answer.text,
            "words": self.words.value,
            "yes": self.yes_no.value,
        }

    def restore(self, typed: JsonObject) -> None:
        """Take up what was typed before; a record may lack anything."""
        source, words, yes = typed.get("json"), typed.get("words"), typed.get("yes")
        self.answer.show_source(source if isinstance(source, str) else "")
        self.words.show(words if isinstance(words, str) else "")
        self.yes_no.show(yes if isinstance(yes, bool) else None)
        ways = {way.name: way for way in self.WAYS}
        self.set_reactive(QuestionCard.way, ways.get(str(typed.get("way")), self.WAYS[0]))

    @on(TextArea.Changed)
    def hear_typing(self, event: TextArea.Changed) -> None:
        """Show what would be sent now, and say what was typed."""
        event.stop()
        self.changed()

    @on(YesNo.Changed)
    def hear_choice(self, event: YesNo.Changed) -> None:
        """Show what would be sent now; it has to be in view before it is."""
        event.stop()
        self.guard()
        self.changed()

    def changed(self) -> None:
        """Something that was typed is different."""
        if self._said is None:
            return
        if max(len(self.answer.text), len(self.words.text), self.size_of_form()) <= _AT_ONCE:
            self._take_in()
        elif self._later is None:  # so that it takes a third of the time at most
            pause = min(max(_LATER, 3 * self._taken), _LATEST)
            self._later = self.set_timer(pause, self._take_in)

    def _take_in(self) -> None:
        self._later = None
        begun = monotonic()
        self.show_answer()
        content = self.content()
        if content != self._said:
            self._said = content
            self.post_message(Typed(self.question, content))
        self._taken = monotonic() - begun

    def unsaid(self) -> Typed | None:
        """Return what was typed and is not taken in yet, to be kept before the card goes."""
        if self._later is None or self.answered or (content := self.content()) == self._said:
            return None
        self._said = content
        return Typed(self.question, content)

    # What will be sent

    def current(self) -> tuple[Decision, JsonValue]:
        """Return the decision and its JSON. Raises NotReady."""
        decision = self._decision()
        try:
            return decision, self._answer_of(self.question, decision)
        except NotTaken as refusal:
            raise NotReady(self.told(refusal), refusal.faults) from refusal

    def _decision(self) -> Decision:
        match self.way:
            case Way.FORM:
                return self.decision()
            case Way.JSON:
                return Answer(json_in(self.answer))
            case Way.TEXT:
                if not self.words.text:
                    raise NotReady("Type the answer. It is sent as a JSON string.")
                return Answer(self.words.value)
            case Way.YES_NO:
                if self.yes_no.value is None:
                    raise NotReady("Say yes or no: y or n.")
                return Answer(self.yes_no.value)

    def show_answer(self) -> None:
        """Show what would be sent now, or why nothing would."""
        faults: tuple[Fault, ...] = ()
        try:
            _, answer = self.current()
        except NotReady as missing:
            faults = missing.faults
            self.send_bar.block(str(missing))
        else:
            self.send_bar.show(answer, self.note() if self.in_form else "")
        self.show_faults(faults if self.in_form else ())
        self.refresh_bindings()

    def decide(self) -> None:
        """Say the decision that is in view, or why there is none."""
        self.touch_all()
        self.show_answer()
        try:
            decision, _ = self.current()
        except NotReady as missing:
            self.send_bar.insist()
            if self.in_form and missing.faults:
                self.focus_on(missing.faults)
            return
        self.answered = True
        self.post_message(Decided(self.question, decision))

    # Another way to answer

    def action_answer_as(self) -> None:
        """Answer in the next way; JSON begins with what would have been sent."""
        if len(self.WAYS) == 1:
            return
        following = self.WAYS[(self.WAYS.index(self.way) + 1) % len(self.WAYS)]
        if following is Way.JSON and self.answer.text in ("", self._begun):
            with suppress(NotReady), self.prevent(TextArea.Changed):
                self.answer.show_json(self.current()[1])
                self._begun = self.answer.text
                self.answer.select_all()  # so that what is typed takes its place
        self.way = following

    def action_toggle_payload(self) -> None:
        """Show or hide the payload as it came."""
        self.payload_wanted = not self.payload_wanted

    def watch_payload_wanted(self) -> None:
        """Make room for it, or take the room back."""
        self._show_way()

    def watch_way(self) -> None:
        """Give the keys to what is in view now."""
        if self._said is not None:
            self._show_way()
            self.guard()
            self.changed()
            self.take_focus()

    def _show_way(self) -> None:
        for way in Way:
            self.set_class(way is self.way, f"-{way.name.lower()}")
        shown = self.PAYLOAD_ALWAYS or self.payload_wanted or not self.in_form
        self.set_class(shown, "-payload")

    def take_focus(self) -> None:
        """Give the keys to where one begins."""
        match self.way:
            case Way.FORM:
                self.first_field().focus(scroll_visible=False)  # it is where the card begins
            case Way.JSON:
                self.answer.focus()
            case Way.TEXT:
                self.words.focus()
            case Way.YES_NO:
                self.yes_no.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Once answered, nothing can be changed."""
        if action == "answer_as":
            return not self.answered and len(self.WAYS) > 1
        if action == "toggle_payload":
            return not self.PAYLOAD_ALWAYS and self.in_form
        return super().check_action(action, parameters)
