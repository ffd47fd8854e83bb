"""The card for the questions of an agent: a reply to each, all sent together."""

from collections.abc import Iterator

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from hitl_engine.model import (
    AskedQuestion,
    Fault,
    JsonObject,
    JsonValue,
    Question,
    Questions,
    Replies,
    Reply,
)
from hitl_engine.visible import json_text, visible
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.literal import in_words
from hitl_tui.widgets.cards.declinable_card import DeclinableCard
from hitl_tui.widgets.cards.question_card import AnswerOf
from hitl_tui.widgets.choice_list import ChoiceList
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.field_scroll import FieldScroll
from hitl_tui.widgets.line_input import LineInput
from hitl_tui.widgets.text_view import TextPane

_HOW = {"text": "", "one choice": "pick one", "choices": "pick any"}


class QuestionBox(Vertical):
    """One question, with its choices and a text of one's own."""

    DEFAULT_CSS = """
    QuestionBox {
        height: auto;
        margin-bottom: 1;
        .asked, .problem { height: auto; }
        .problem { display: none; color: $text-error; padding: 0 1; }
        &.-wrong .problem { display: block; }
        Editor { height: 3; border: none; &:focus { border: none; background: $panel; } }
    }
    """

    class Changed(Message):
        """Somebody replied, or changed a reply."""

    def __init__(self, number: int, asked: AskedQuestion) -> None:
        super().__init__()
        self.number = number
        self.asked = asked
        self.touched = False
        """Whether somebody replied: what was not touched is not yet wrong."""
        self._pick: ChoiceList | None = None
        if asked.choices:
            several = asked.answered_by == "choices"
            self._pick = ChoiceList(asked.choices, several=several)
        self._line = LineInput("or in your own words") if self._pick else None
        self._words = Editor(placeholder="Type here") if self._pick is None else None
        self._problem = Static(classes="problem", markup=False)

    def compose(self) -> ComposeResult:
        """Put the choices below the question, one's own words below those."""
        asked = self.asked
        how = _HOW[asked.answered_by] if asked.choices else ""
        yield Static(
            Content.assemble(
                (f"{self.number}  ", "$foreground 60%"),
                (visible(asked.text), "bold"),
                ("  needed", "$text-accent")
                if asked.required
                else ("  optional", "$foreground 60%"),
                (f"  {how}" if how else "", "$foreground 60%"),
                (
                    f"  {json_text(asked.extra, indent=None)}" if asked.extra else "",
                    "$foreground 60%",
                ),
            ),
            classes="asked",
        )
        yield from filter(None, (self._pick, self._line, self._words))
        yield self._problem

    @property
    def first(self) -> Widget:
        """Where one begins."""
        first = self._pick or self._words
        assert first is not None, "there are choices, or a text"
        return first

    # The reply

    @property
    def text(self) -> str:
        """What is said in words."""
        if self._line is not None:
            return self._line.text
        return self._words.value if self._words is not None else ""

    @property
    def _picked(self) -> list[int]:
        return sorted(self._pick.picked) if self._pick is not None else []

    @property
    def reply(self) -> Reply:
        """What is said."""
        return Reply(self.text, tuple(self.asked.choices[index] for index in self._picked))

    @property
    def wrong(self) -> str:
        """What is wrong with the reply, or nothing."""
        if self.asked.required and not self._picked and not self.text.strip():
            return "needs a reply"
        if self.asked.answered_by == "one choice" and self._picked and self.text:
            return "takes one choice or your own words, not both"
        return ""

    def show_problem(self, words: str) -> None:
        """Say what is wrong, if somebody has been here."""
        shown = self.touched and bool(words)
        self.set_class(shown, "-wrong")
        self._problem.update(Content(f"✗ {visible(words)}") if shown else "")

    # What was typed

    def record(self) -> JsonObject:
        """Return the reply as a draft keeps it."""
        return {"text": self.text, "picked": [*self._picked]}

    def restore(self, record: JsonValue) -> None:
        """Take up a reply; what the record lacks or holds wrongly is not said."""
        typed = record if isinstance(record, dict) else {}
        text, picked = typed.get("text"), typed.get("picked")
        said = text if isinstance(text, str) else ""
        if self._line is not None:
            self._line.load(said)
        if self._words is not None:
            self._words.show(said)
        if self._pick is not None:
            known = range(len(self.asked.choices))
            places = picked if isinstance(picked, list) else []
            chosen = [each for each in places if isinstance(each, int) and each in known]
            several = self.asked.answered_by == "choices"
            self._pick.picked = frozenset(chosen if several else chosen[:1])

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(ChoiceList.Changed)
    def hear(self, event: Message) -> None:
        """Say it in the words of this box; who types has been here."""
        event.stop()
        self.touched = self.touched or self.has_focus_within
        self.post_message(self.Changed())


class QuestionsCard(DeclinableCard):
    """Shows all questions; nothing is sent before each that needs a reply has one."""

    DEFAULT_CSS = """
    QuestionsCard {
        #beside { height: auto; max-height: 3; border: none; color: $foreground 60%; }
        #beside.-none { display: none; }
        &.-payload #beside { display: none; }
        FieldScroll { min-height: 3; }
    }
    """
    HELP = """\
    ### Questions of an agent
    **tab** goes from question to question. Numbers pick; so does **space** on what the arrow keys
    mark. Beside every choice your own words are taken. **ctrl+s** sends all replies together.
    """

    def __init__(
        self, question: Question, answer_of: AnswerOf, typed: JsonObject | None = None
    ) -> None:
        assert isinstance(question.review, Questions), "this card is for questions"
        self.review = question.review
        super().__init__(question, answer_of, typed, can_decline=True)
        self.beside = TextPane(id="beside")
        self.boxes = [QuestionBox(n, each) for n, each in enumerate(self.review.questions, 1)]
        self.scroll = FieldScroll(*self.boxes, classes="fields")

    def compose_fields(self) -> ComposeResult:
        """Put the questions first, what the request says besides below them."""
        yield self.scroll
        yield self.beside

    def load(self) -> None:
        """Show what the request says besides."""
        self.beside.set_class(not self.review.extra, "-none")
        self.beside.show_text(in_words(self.review.extra))

    def restore(self, typed: JsonObject) -> None:
        """Take up the replies."""
        super().restore(typed)
        records = typed.get("replies")
        if isinstance(records, list) and len(records) == len(self.boxes):
            for box, record in zip(self.boxes, records, strict=True):
                box.restore(record)

    def form_content(self) -> JsonObject:
        """Return the replies."""
        return {**super().form_content(), "replies": [box.record() for box in self.boxes]}

    def filled_in(self) -> Replies:
        """Return one reply to each question. Raises NotReady, naming those that lack one."""
        if faults := tuple(self._faults()):
            more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
            place = int(faults[0].path[-1]) + 1
            raise NotReady(f"Question {place} {faults[0].words}.{more}", faults)
        return Replies(tuple(box.reply for box in self.boxes))

    def _faults(self) -> Iterator[Fault]:
        for place, box in enumerate(self.boxes):
            if words := box.wrong:
                yield Fault(("answers", place), words)

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show each at its question."""
        words = {fault.path[1]: fault.words for fault in faults if len(fault.path) > 1}
        for place, box in enumerate(self.boxes):
            box.show_problem(words.get(place, ""))

    def touch_all(self) -> None:
        """Say what is wrong with every reply, from now on."""
        for box in self.boxes:
            box.touched = True

    def focus_on(self, faults: tuple[Fault, ...]) -> None:
        """Go to the first question whose reply is wrong."""
        box = next((each for each in self.boxes if each.wrong), None)
        if box is not None and not box.has_focus_within:
            box.first.focus()

    def size_of_form(self) -> int:
        """Return how long the texts are."""
        return sum(len(box.text) for box in self.boxes)

    def first_field(self) -> Widget:
        """Begin in the first question."""
        return self.boxes[0].first

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Bring all of the question that has the keys into view."""
        for node in event.widget.ancestors:
            if isinstance(node, QuestionBox):
                self.scroll.keep_in_view(node, event.widget)

    @on(QuestionBox.Changed)
    def hear_reply(self, event: QuestionBox.Changed) -> None:
        """Show what would be sent now."""
        event.stop()
        self.changed()
