"""A card for a question: keeps what is typed, shows what will be sent, says `Decided`."""

from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static, TextArea

from hitl_engine.errors import NotTaken
from hitl_engine.model import Decision, Fault, JsonObject, JsonValue, Question
from hitl_tui.messages import Decided, Typed
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.literal import literal
from hitl_tui.widgets.answer_ways import Way, YesNo
from hitl_tui.widgets.cards.answer_box import AnswerBox
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.throttle import Throttle
from hitl_tui.widgets.text_view import TextPane

AnswerOf = Callable[[Question, Decision], JsonValue]


class QuestionCard(Card):
    """Shows one question. A subclass brings the form; the other ways to answer are here for all.

    `WAYS` are those that this kind of question can take, the first of them to begin with.
    """

    DEFAULT_CSS = """
    QuestionCard {
        #notes { display: none; height: auto; padding: 0 1; color: $text-warning; }
        &.-noted #notes { display: block; }
        #payload, .form { display: none; }
        #payload { height: 1fr; min-height: 3; }
        .form { height: 1fr; min-height: 6; }
        &.-payload #payload { display: block; }
        &.-json #payload, &.-text #payload { height: auto; max-height: 60%; }
        &.-form .form { display: block; }
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
        self._throttle = Throttle(self, self._take_in)
        self.notes = Static(id="notes", markup=False)
        self.payload = TextPane("Payload", numbered=True, id="payload")
        self.box = AnswerBox()

    def compose(self) -> ComposeResult:
        """Put what is asked above, one way to answer below, and what will be sent at the end."""
        yield self.notes
        yield self.payload
        with Vertical(classes="form"):
            yield from self.compose_form()
        yield self.box
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
            **self.box.content(),
            "way": self.way.name,
        }

    def restore(self, typed: JsonObject) -> None:
        """Take up what was typed before; a record may lack anything."""
        self.box.restore(typed)
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
        self.guard.restart()
        self.changed()

    def changed(self) -> None:
        """Something that was typed is different."""
        if self._said is None:
            return
        self._throttle.request(max(self.box.length, self.size_of_form()))

    def _take_in(self) -> None:
        self.show_answer()
        if (content := self.content()) != self._said:
            self._said = content
            self.post_message(Typed(self.question, content))

    def unsaid(self) -> Typed | None:
        """Return what was typed and not posted yet, to be kept before the card goes."""
        if self._said is None or self.answered or (content := self.content()) == self._said:
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
        return self.decision() if self.in_form else self.box.decision(self.way)

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
        if following is Way.JSON:
            with suppress(NotReady):
                self.box.suggest(self.current()[1])
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
            self.guard.restart()
            self.changed()
            self.take_focus()

    def _show_way(self) -> None:
        for way in Way:
            self.set_class(way is self.way, f"-{way.name.lower()}")
        self.box.show_way(self.way)
        shown = self.PAYLOAD_ALWAYS or self.payload_wanted or not self.in_form
        self.set_class(shown, "-payload")

    def take_focus(self) -> None:
        """Give the keys to where one begins."""
        if self.in_form:
            self.first_field().focus(scroll_visible=False)  # it is where the card begins
        else:
            self.box.focus_way(self.way)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Once answered, nothing can be changed."""
        if action == "answer_as":
            return not self.answered and len(self.WAYS) > 1
        if action == "toggle_payload":
            return not self.PAYLOAD_ALWAYS and self.in_form
        return super().check_action(action, parameters)
