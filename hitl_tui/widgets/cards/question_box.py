"""One of the questions of an agent, with the reply to it."""

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from hitl_engine.model import AskedQuestion, JsonObject, JsonValue, Reply
from hitl_engine.visible import json_text, visible
from hitl_tui.text.highlight import Span
from hitl_tui.widgets.choice_list import ChoiceList
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.line_input import LineInput
from hitl_tui.widgets.text_view import TextView

_HOW = {"text": "", "one choice": "pick one", "choices": "pick any"}


class AskedText(TextView):
    """Shows a question with its number, and which reply it takes; keeps what was on the screen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"text-view--aside"}
    DEFAULT_CSS = """
    AskedText {
        text-style: bold;
        & > .text-view--aside { color: $foreground 50%; }
    }
    """

    def __init__(self, number: int, asked: AskedQuestion) -> None:
        super().__init__()
        self.keep_seen()
        self._number = f"{number}  "
        needed = "needed" if asked.required else "optional"
        how = _HOW[asked.answered_by] if asked.choices else ""
        extra = json_text(asked.extra, indent=None) if asked.extra else ""
        self._reply = "".join(f"  {words}" for words in (needed, how, extra) if words)
        self._question = asked.text

    def on_mount(self) -> None:
        """Show all of it."""
        self.show_text(f"{self._number}{self._question}{self._reply}")

    def spans(self, number: int, start: int, end: int) -> Iterator[Span]:
        """Let the question stand out from its number and from which reply it takes."""
        yield from super().spans(number, start, end)
        if number == 0:
            yield 0, len(self._number), "aside"
        if number == self.line_count - 1:
            length = len(self.line(number))
            yield length - len(visible(self._reply)), length, "aside"


class QuestionBox(Vertical):
    """Shows one question, its choices, and a field for a text."""

    DEFAULT_CSS = """
    QuestionBox {
        height: auto;
        margin-bottom: 1;
        .problem { height: auto; }
        .problem { display: none; color: $text-error; padding: 0 1; }
        &.-wrong .problem { display: block; }
        Editor { height: 3; border: none; &:focus { border: none; background: $panel; } }
    }
    """

    class Changed(Message):
        """The user replied, or changed a reply."""

    def __init__(self, number: int, asked: AskedQuestion) -> None:
        super().__init__()
        self.number = number
        self.asked = asked
        self.touched = False
        """Whether the user replied: before that, nothing is shown as wrong."""
        self._pick: ChoiceList | None = None
        if asked.choices:
            several = asked.answered_by == "choices"
            self._pick = ChoiceList(asked.choices, several=several)
            self._pick.keep_seen()
        self._line = LineInput("or in your own words") if self._pick else None
        self._words = Editor(placeholder="Type here") if self._pick is None else None
        self._asked = AskedText(number, asked)
        self._problem = Static(classes="problem", markup=False)

    def compose(self) -> ComposeResult:
        """Put the choices below the question, the text below those."""
        yield self._asked
        yield from filter(None, (self._pick, self._line, self._words))
        yield self._problem

    @property
    def first(self) -> Widget:
        """The first field."""
        first = self._pick or self._words
        assert first is not None, "there are choices, or a text"
        return first

    @property
    def unseen(self) -> int:
        """How many rows of the question and its choices were not on the screen."""
        return self._asked.unseen + (self._pick.unseen if self._pick is not None else 0)

    def count_as_seen(self) -> None:
        """Count the question and its choices as seen."""
        self._asked.count_as_seen()
        if self._pick is not None:
            self._pick.count_as_seen()

    # The reply

    @property
    def text(self) -> str:
        """The text of the reply."""
        if self._line is not None:
            return self._line.text
        return self._words.value if self._words is not None else ""

    @property
    def _picked(self) -> list[int]:
        return sorted(self._pick.picked) if self._pick is not None else []

    @property
    def reply(self) -> Reply:
        """The reply."""
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
        """Show what is wrong, once the box was touched."""
        shown = self.touched and bool(words)
        self.set_class(shown, "-wrong")
        self._problem.update(Content(f"✗ {visible(words)}") if shown else "")

    # What was typed

    def record(self) -> JsonObject:
        """Return the reply in the form of a draft."""
        return {"text": self.text, "picked": [*self._picked]}

    def restore(self, record: JsonValue) -> None:
        """Show a reply from a draft; what the draft lacks, or has in a wrong form, stays empty."""
        typed = record if isinstance(record, dict) else {}
        text, picked = typed.get("text"), typed.get("picked")
        self._show_text(text if isinstance(text, str) else "")
        if self._pick is not None:
            known = range(len(self.asked.choices))
            places = picked if isinstance(picked, list) else []
            chosen = [each for each in places if isinstance(each, int) and each in known]
            several = self.asked.answered_by == "choices"
            self._pick.picked = frozenset(chosen if several else chosen[:1])

    def _show_text(self, text: str) -> None:
        if self._line is not None:
            self._line.load(text)
        if self._words is not None:
            self._words.show(text)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(ChoiceList.Changed)
    def reply_changed(self, event: Message) -> None:
        """Post the message of this box; what the user types in it touches it."""
        event.stop()
        self.touched = self.touched or self.has_focus_within
        self.post_message(self.Changed())
