"""What is decided for all of many items: the ways that all take, and what is typed for one."""

from collections.abc import Collection
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static, TextArea

from hitl_engine.forms.typed_values import read, start_of
from hitl_engine.model import (
    Answer,
    Approve,
    BulkWay,
    Choose,
    CommonWays,
    Fill,
    Reject,
    Respond,
    Revise,
    SameDecision,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.state.not_ready import NotReady
from hitl_tui.widgets.cards.question_card import json_in
from hitl_tui.widgets.editor import Editor, JsonEditor

WAYS = {
    BulkWay.APPROVE: ("a", "approve", "Let every call run as shown"),
    BulkWay.REJECT: ("r", "reject", "Let no call run, and say why"),
    BulkWay.RESPOND: ("p", "respond", "Answer in the place of every call; none runs"),
    BulkWay.TEXT: ("t", "text", "Give all the same text"),
    BulkWay.CHOOSE: ("c", "choose", "Choose the same answer for all"),
    BulkWay.FILL: ("f", "form", "Fill in the same form for all"),
    BulkWay.JSON: ("j", "JSON", "Answer all with the same JSON"),
    BulkWay.STEP: ("s", "step", "Step past all of the breakpoints"),
}
"""The key, the word and the meaning of each way."""
_WORDS = {
    BulkWay.REJECT: "Reason, the same for all (may be empty)",
    BulkWay.RESPOND: "Respond in the place of every call, the same for all",
    BulkWay.TEXT: "Text, the same for all",
}
_BY_NUMBER = 9
"""Answers that have a key of their own."""


class WayChip(Static):
    """One way that all items take: its key, its word, and whether it is chosen."""

    DEFAULT_CSS = """
    WayChip {
        display: none; width: auto; height: 1; margin-right: 2; pointer: pointer;
        &.-offered { display: block; }
        &.-chosen { background: $accent; color: $background; text-style: bold; }
    }
    """

    @dataclass
    class Picked(Message):
        """This way was chosen with the mouse."""

        way: BulkWay

    def __init__(self, way: BulkWay) -> None:
        super().__init__()
        self.way = way

    def show(self, *, offered: bool, chosen: bool) -> None:
        """Say in words, too, what is chosen."""
        self.set_class(offered, "-offered")
        self.set_class(chosen, "-chosen")
        key, word, _ = WAYS[self.way]
        self.update(Content(f"{'● ' if chosen else ''}{key} {word}"))

    def on_click(self, event: events.Click) -> None:
        """Say that this was chosen."""
        event.stop()
        self.post_message(self.Picked(self.way))


class WayBar(Horizontal):
    """Shows the ways that all items take, side by side."""

    DEFAULT_CSS = """
    WayBar { height: 1; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._chips = [WayChip(way) for way in BulkWay]

    def compose(self) -> ComposeResult:
        """Have one for each way; those that are not offered are out of view."""
        yield from self._chips

    def show(self, ways: Collection[BulkWay], chosen: BulkWay | None) -> None:
        """Show these ways."""
        for chip in self._chips:
            chip.show(offered=chip.way in ways, chosen=chip.way is chosen)


class BulkAnswer(Vertical):
    """Takes the text, the JSON or the choice that one way needs; each is kept for its way."""

    DEFAULT_CSS = """
    BulkAnswer {
        height: auto;
        display: none;
        &.-words, &.-json, &.-options { display: block; }
        #words, #json, #options { display: none; }
        #words { height: 4; }
        #json { height: 7; }
        #options {
            height: auto; max-height: 6; border: none; padding: 0 1; background: $surface;
            & > .option-list--option-highlighted { background: $primary 25%; color: $foreground; }
        }
        &.-words #words, &.-json #json, &.-options #options { display: block; }
    }
    """

    class Changed(Message):
        """Something else was typed or chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Editor(id="words", placeholder="Type here")
        self.json = JsonEditor(id="json", placeholder="Type JSON here")
        self.options = OptionList(id="options", markup=False)
        self.way: BulkWay | None = None
        self.chosen: int | None = None
        self._alike = CommonWays((), (), (), None, 0)
        self._texts: dict[BulkWay, str] = {}

    def compose(self) -> ComposeResult:
        """Have all of them; what the way does not need is out of view."""
        yield self.options
        yield self.words
        yield self.json

    def ask(self, way: BulkWay | None, alike: CommonWays) -> None:
        """Ask for what this way needs of these items; what was typed for it is there again."""
        self._keep()
        if alike.options != self._alike.options:
            self.chosen = None
        self.way, self._alike = way, alike
        with self.prevent(TextArea.Changed):
            self._load()
        self._show_parts()

    def first_field(self) -> Widget | None:
        """Return where one begins to type or choose, or None where nothing is needed."""
        match self.way:
            case BulkWay.REJECT | BulkWay.RESPOND | BulkWay.TEXT:
                return self.words
            case BulkWay.FILL | BulkWay.JSON:
                return self.json
            case BulkWay.CHOOSE:
                return self.options
            case _:
                return None

    def same(self) -> SameDecision:
        """Return what is decided for all. Raises NotReady."""
        match self.way:
            case BulkWay.APPROVE:
                return Approve()
            case BulkWay.REJECT:
                return Reject(self.words.value or None)
            case BulkWay.RESPOND:
                return Respond(self._text("Type what the tools would have returned."))
            case BulkWay.TEXT:
                return Revise(self._text("Type the text. (j sends an empty one, as JSON.)"))
            case BulkWay.CHOOSE:
                return self._choice()
            case BulkWay.FILL:
                return Fill(json_in(self.json))
            case BulkWay.JSON:
                return Answer(json_in(self.json))
            case BulkWay.STEP:
                return None
            case None:
                raise NotReady("Choose what all of them get.")

    def _text(self, missing: str) -> str:
        if not self.words.text:
            raise NotReady(missing)
        return self.words.value

    def _choice(self) -> Choose:
        if self.chosen is None:
            raise NotReady("Choose an answer: press its number, or enter on it.")
        option = self._alike.options[self.chosen]
        text = self.words.value if option.text_key else ""
        if option.needs_text and not text:
            raise NotReady(f"“{one_line(option.label, 60)}” needs a text.")
        return Choose(self.chosen, text or None)

    # What was typed

    @property
    def length(self) -> int:
        """How many characters are typed."""
        return len(self.words.text) + len(self.json.text)

    @on(TextArea.Changed)
    def hear_typing(self, event: TextArea.Changed) -> None:
        """Say that something else is typed."""
        event.stop()
        self.post_message(self.Changed())

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Choose the answer under the cursor or the mouse."""
        event.stop()
        self._choose(event.option_index)

    def on_key(self, event: events.Key) -> None:
        """Let a number choose, as it does for one item."""
        index = int(event.key) - 1 if event.key.isdecimal() else -1
        if self.options.has_focus and index in range(len(self._alike.options)):
            event.stop()
            self._choose(index)

    def _choose(self, index: int) -> None:
        """Choose this answer, and ask for its text where it takes one."""
        self.chosen = index
        self._show_options()
        self._show_parts()
        if self._alike.options[index].needs_text:
            self.words.focus()
        self.post_message(self.Changed())

    def forget(self) -> None:
        """What was typed has been sent."""
        self.way, self.chosen = None, None
        self._texts.clear()

    def _keep(self) -> None:
        match self.way:
            case BulkWay.FILL | BulkWay.JSON as way:
                self._texts[way] = self.json.text
            case BulkWay.REJECT | BulkWay.RESPOND | BulkWay.TEXT | BulkWay.CHOOSE as way:
                self._texts[way] = self.words.value

    def _load(self) -> None:
        typed = self._texts.get(self.way, "") if self.way else ""
        match self.way:
            case BulkWay.FILL:
                self.json.entitle(f"Values of the form, the same for all{self._fields()}")
                self.json.show_source(typed or self._begun())
            case BulkWay.JSON:
                self.json.entitle("Answer as JSON, the same for all")
                self.json.show_source(typed)
            case BulkWay.CHOOSE:
                self._show_options()
                self.words.show(typed)
            case BulkWay.REJECT | BulkWay.RESPOND | BulkWay.TEXT as way:
                self.words.entitle(_WORDS[way])
                self.words.show(typed)

    def _fields(self) -> str:
        form = self._alike.form
        names = ", ".join(one_line(field.name, 40) for field in form.fields) if form else ""
        return f": {names}" if names else ""

    def _begun(self) -> str:
        """Return what the form begins with: its defaults, or nothing."""
        form = self._alike.form
        value = read(form, start_of(form)).value if form else None
        return "" if value is None else json_text(value)

    # What is in view

    def _show_options(self) -> None:
        self.options.set_options(
            Content(
                f"{'●' if index == self.chosen else ' '} {index + 1 if index < _BY_NUMBER else ' '}"
                f"  {one_line(option.label, 200)}"
            )
            for index, option in enumerate(self._alike.options)
        )
        self.options.highlighted = self.chosen or 0

    def _show_parts(self) -> None:
        option = None
        if self.way is BulkWay.CHOOSE and self.chosen is not None:
            option = self._alike.options[self.chosen]
            needed = "needed" if option.needs_text else "may be empty"
            self.words.entitle(f"{one_line(option.label, 60)}: {option.text_key} ({needed})")
        beside = option is not None and bool(option.text_key)
        self.set_class(self.way in _WORDS or beside, "-words")
        self.set_class(self.way in (BulkWay.FILL, BulkWay.JSON), "-json")
        self.set_class(self.way is BulkWay.CHOOSE, "-options")
