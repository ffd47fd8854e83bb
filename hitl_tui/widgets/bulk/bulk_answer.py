"""What is typed or chosen for all items: the one field that the chosen way needs."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, TextArea

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
from hitl_tui.widgets.cards.answer_box import json_in
from hitl_tui.widgets.editor import Editor, JsonEditor

_TEXT_TITLES = {
    BulkWay.REJECT: "Reason, the same for all (may be empty)",
    BulkWay.RESPOND: "Response in place of every tool, the same for all",
    BulkWay.TEXT: "Text, the same for all",
}
_NUMBERED = 9
"""Answers that have a number key."""


class BulkAnswer(Vertical):
    """Takes the text, the JSON or the choice that a way needs, and keeps it for that way."""

    DEFAULT_CSS = """
    BulkAnswer {
        height: auto;
        display: none;
        &.-text, &.-json, &.-options { display: block; }
        #text, #json, #options { display: none; }
        #text { height: 4; }
        #json { height: 7; }
        #options {
            height: auto; max-height: 6; border: none; padding: 0 1; background: $surface;
        }
        &.-text #text, &.-json #json, &.-options #options { display: block; }
    }
    """

    class Changed(Message):
        """The user typed or chose something else."""

    def __init__(self) -> None:
        super().__init__()
        self.text = Editor(id="text", placeholder="Type here")
        self.json = JsonEditor(id="json", placeholder="Type JSON here")
        self.options = OptionList(id="options", markup=False)
        self.way: BulkWay | None = None
        self.chosen: int | None = None
        self._common_ways = CommonWays((), (), (), None, 0)
        self._texts: dict[BulkWay, str] = {}

    def compose(self) -> ComposeResult:
        """Yield all fields; those that the way does not need are hidden."""
        yield self.options
        yield self.text
        yield self.json

    def show_way(self, way: BulkWay | None, common_ways: CommonWays) -> None:
        """Show the field that this way needs for these items, with what was typed for it before."""
        self._keep()
        if common_ways.options != self._common_ways.options:
            self.chosen = None
        self.way, self._common_ways = way, common_ways
        with self.prevent(TextArea.Changed):
            self._load()
        self._show_fields()

    def first_field(self) -> Widget | None:
        """Return the field to focus, or None if the way needs none."""
        match self.way:
            case BulkWay.REJECT | BulkWay.RESPOND | BulkWay.TEXT:
                return self.text
            case BulkWay.FILL | BulkWay.JSON:
                return self.json
            case BulkWay.CHOOSE:
                return self.options
            case _:
                return None

    def decision(self) -> SameDecision:
        """Return the decision for all items. Raises NotReady."""
        match self.way:
            case BulkWay.APPROVE:
                return Approve()
            case BulkWay.REJECT:
                return Reject(self.text.value or None)
            case BulkWay.RESPOND:
                return Respond(
                    self._needed_text("Type the result that the tools should have returned.")
                )
            case BulkWay.TEXT:
                return Revise(self._needed_text("Type the text. (j sends an empty one, as JSON.)"))
            case BulkWay.CHOOSE:
                return self._chosen_option()
            case BulkWay.FILL:
                return Fill(json_in(self.json))
            case BulkWay.JSON:
                return Answer(json_in(self.json))
            case BulkWay.STEP:
                return None
            case None:
                raise NotReady("Choose a decision for all items.")

    def _needed_text(self, missing: str) -> str:
        if not self.text.text:
            raise NotReady(missing)
        return self.text.value

    def _chosen_option(self) -> Choose:
        if self.chosen is None:
            raise NotReady("Choose an answer: press its number, or select it and press enter.")
        option = self._common_ways.options[self.chosen]
        text = self.text.value if option.text_key else ""
        if option.needs_text and not text:
            raise NotReady(f"“{one_line(option.label, 60)}” needs a text.")
        return Choose(self.chosen, text or None)

    # Typing and choosing

    @property
    def length(self) -> int:
        """How many characters are typed."""
        return len(self.text.text) + len(self.json.text)

    @on(TextArea.Changed)
    def text_changed(self, event: TextArea.Changed) -> None:
        """Report the change."""
        event.stop()
        self.post_message(self.Changed())

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Choose the selected or clicked answer."""
        event.stop()
        self._choose(event.option_index)

    def on_key(self, event: events.Key) -> None:
        """Choose an answer by its number, as for a single item."""
        index = int(event.key) - 1 if event.key.isdecimal() else -1
        if self.options.has_focus and index in range(len(self._common_ways.options)):
            event.stop()
            self._choose(index)

    def _choose(self, index: int) -> None:
        """Choose this answer, and focus its text if it needs one."""
        self.chosen = index
        self._show_options()
        self._show_fields()
        if self._common_ways.options[index].needs_text:
            self.text.focus()
        self.post_message(self.Changed())

    def forget(self) -> None:
        """Forget what was typed: it has been sent."""
        self.way, self.chosen = None, None
        self._texts.clear()

    def _keep(self) -> None:
        match self.way:
            case BulkWay.FILL | BulkWay.JSON as way:
                self._texts[way] = self.json.text
            case BulkWay.REJECT | BulkWay.RESPOND | BulkWay.TEXT | BulkWay.CHOOSE as way:
                self._texts[way] = self.text.value

    def _load(self) -> None:
        typed = self._texts.get(self.way, "") if self.way else ""
        match self.way:
            case BulkWay.FILL:
                self.json.set_title(f"Values of the form, the same for all{self._field_names()}")
                self.json.show_source(typed or self._start_of_form())
            case BulkWay.JSON:
                self.json.set_title("Answer as JSON, the same for all")
                self.json.show_source(typed)
            case BulkWay.CHOOSE:
                self._show_options()
                self.text.show(typed)
            case BulkWay.REJECT | BulkWay.RESPOND | BulkWay.TEXT as way:
                self.text.set_title(_TEXT_TITLES[way])
                self.text.show(typed)

    def _field_names(self) -> str:
        form = self._common_ways.form
        names = ", ".join(one_line(field.name, 40) for field in form.fields) if form else ""
        return f": {names}" if names else ""

    def _start_of_form(self) -> str:
        """Return what the form begins with: its defaults, or nothing."""
        form = self._common_ways.form
        value = read(form, start_of(form)).value if form else None
        return "" if value is None else json_text(value)

    # Drawing

    def _show_options(self) -> None:
        self.options.set_options(
            Content(
                f"{'●' if index == self.chosen else ' '} {index + 1 if index < _NUMBERED else ' '}"
                f"  {one_line(option.label, 200)}"
            )
            for index, option in enumerate(self._common_ways.options)
        )
        self.options.highlighted = self.chosen or 0

    def _show_fields(self) -> None:
        option = None
        if self.way is BulkWay.CHOOSE and self.chosen is not None:
            option = self._common_ways.options[self.chosen]
            needed = "needed" if option.needs_text else "may be empty"
            self.text.set_title(f"{one_line(option.label, 60)}: {option.text_key} ({needed})")
        option_takes_text = option is not None and bool(option.text_key)
        self.set_class(self.way in _TEXT_TITLES or option_takes_text, "-text")
        self.set_class(self.way in (BulkWay.FILL, BulkWay.JSON), "-json")
        self.set_class(self.way is BulkWay.CHOOSE, "-options")
