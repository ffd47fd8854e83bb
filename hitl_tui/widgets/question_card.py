"""A card for a question: keeps what is typed, shows what will be sent, says `Decided`."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import TextArea

from engine.errors import NotTaken
from engine.model import Answer, Decision, JsonObject, JsonValue, Question
from engine.strict_json import JsonProblem
from hitl_tui.messages import Decided, Typed
from hitl_tui.widgets.card import Card
from hitl_tui.widgets.editor import JsonEditor
from hitl_tui.widgets.text_view import TextPane

AnswerOf = Callable[[Question, Decision], JsonValue]
_AT_ONCE = 64 * 1024
"""Up to this many characters what will be sent is shown at each key; above, after a pause."""


class NotReady(Exception):
    """There is nothing to send yet; the words say what is missing."""


class QuestionCard(Card):
    """Shows one question. A subclass brings the form; the JSON answer is here for all."""

    DEFAULT_CSS = """
    QuestionCard {
        .form, .json { height: 1fr; min-height: 6; }
        .json { display: none; }
        &.-as-json { .form { display: none; } .json { display: block; } }
        #payload { height: 1fr; min-height: 3; }
        #answer { height: 1fr; min-height: 3; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+t",
            "answer_as",
            "As JSON",
            tooltip="Answer with JSON of your own, or back",
            id="card.answer_as",
        ),
    ]

    as_json: reactive[bool] = reactive(False, toggle_class="-as-json", bindings=True)
    """The answer is given as JSON, whatever the payload was taken for."""

    def __init__(
        self, question: Question, answer_of: AnswerOf, typed: JsonObject | None = None
    ) -> None:
        super().__init__()
        self.question = question
        self._answer_of = answer_of
        self._restored = typed or {}
        self._said: JsonObject | None = None
        self._resting: Timer | None = None
        self.payload = TextPane("Payload", numbered=True, id="payload")
        self.answer = JsonEditor("Answer, as JSON", id="answer", placeholder="Type JSON here")

    def compose(self) -> ComposeResult:
        """Put the form, the JSON answer in its place, and what will be sent below."""
        with Vertical(classes="form"):
            yield from self.compose_form()
        with Vertical(classes="json"):
            yield self.payload
            yield self.answer
        yield self.send_bar

    def compose_form(self) -> ComposeResult:
        """Yield what is special to this kind of question."""
        yield from ()

    def on_mount(self) -> None:
        """Load what was asked and what was typed before."""
        self.payload.show_json(self.question.interrupt.payload)
        self.load()
        self.restore(self._restored)
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
        """Return a word about what will be sent."""
        return ""

    # What was typed

    def content(self) -> JsonObject:
        """Return the record of what was typed, as a draft keeps it."""
        return {**self.form_content(), "as_json": self.as_json, "json": self.answer.text}

    def restore(self, typed: JsonObject) -> None:
        """Take up what was typed before; an old record may lack anything."""
        source = typed.get("json")
        self.answer.show_source(source if isinstance(source, str) else "")
        self.as_json = typed.get("as_json") is True

    @on(TextArea.Changed)
    def hear_typing(self, event: TextArea.Changed) -> None:
        """Show what would be sent now, and say what was typed."""
        event.stop()
        self.changed()

    def changed(self) -> None:
        """Something in the form is different."""
        if self._said is None:
            return
        if len(self.answer.text) <= _AT_ONCE and self.size_of_form() <= _AT_ONCE:
            self.show_answer()
        else:
            self.show_answer_soon()
        content = self.content()
        if content != self._said:
            self._said = content
            self.post_message(Typed(self.question, content))

    def size_of_form(self) -> int:
        """Return how many characters the form holds."""
        return 0

    def show_answer_soon(self) -> None:
        """Show what would be sent once the keys rest."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(0.25, self.show_answer)

    # What will be sent

    def current(self) -> tuple[Decision, JsonValue]:
        """Return the decision and its JSON. Raises NotReady."""
        decision = self._json_decision() if self.as_json else self.decision()
        try:
            return decision, self._answer_of(self.question, decision)
        except NotTaken as refusal:
            raise NotReady(str(refusal)) from refusal

    def _json_decision(self) -> Answer:
        if not self.answer.text.strip():
            raise NotReady("Type the answer as JSON. A text needs quotation marks.")
        try:
            return Answer(self.answer.read())
        except JsonProblem as problem:
            raise NotReady(f"This is not JSON yet. {problem}") from problem

    def show_answer(self) -> None:
        """Show what would be sent now, or why nothing would."""
        try:
            _, answer = self.current()
        except NotReady as missing:
            self.send_bar.block(str(missing))
        else:
            self.send_bar.show(answer, self.note())
        self.refresh_bindings()

    @property
    def decidable(self) -> bool:
        """Whether there is something to send now."""
        return not self.send_bar.blocked

    def decide(self) -> None:
        """Say the decision that is in view."""
        self.show_answer()
        try:
            decision, _ = self.current()
        except NotReady:
            return
        self.answered = True
        self.post_message(Decided(self.question, decision))

    # Another way to answer

    def action_answer_as(self) -> None:
        """Answer in the form, or with JSON."""
        self.as_json = not self.as_json

    def watch_as_json(self) -> None:
        """Give the keys to what is in view now."""
        if self._said is not None:
            self.guard()
            self.changed()
            self.take_focus()

    def take_focus(self) -> None:
        """Give the keys to where one begins."""
        (self.answer if self.as_json else self.first_field()).focus()

    def first_field(self) -> Widget:
        """Return where one begins in the form."""
        return self

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Once answered, nothing can be changed."""
        if action == "answer_as":
            return not self.answered
        return super().check_action(action, parameters)
