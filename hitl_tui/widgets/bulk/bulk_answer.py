"""What is typed or chosen for all items, or for one alone: the field that the chosen way needs."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, TextArea

from hitl_engine.forms.typed_values import read, start_of
from hitl_engine.model import BulkWay, CommonWays
from hitl_engine.visible import json_text, one_line
from hitl_tui.state.bulk_choice import NO_WAYS, BulkChoice
from hitl_tui.widgets.editor import JsonEditor
from hitl_tui.widgets.reason_field import ReasonField, ReasonsOffered

_TITLES = {
    BulkWay.REJECT: "Reason, {for_whom} (may be empty)",
    BulkWay.RESPOND: "Response in place of every tool, {for_whom}",
    BulkWay.TEXT: "Text, {for_whom}",
    BulkWay.FILL: "Values of the form, {for_whom}",
    BulkWay.JSON: "Answer as JSON, {for_whom}",
}
_WITH_TEXT = (BulkWay.REJECT, BulkWay.RESPOND, BulkWay.TEXT)
_WITH_JSON = (BulkWay.FILL, BulkWay.JSON)
_NUMBERED = 9
"""Answers that have a number key."""


class BulkAnswer(Vertical):
    """Takes the text, the JSON or the option that a way needs, and keeps it in a `BulkChoice`."""

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

    def __init__(self, reasons: ReasonsOffered) -> None:
        super().__init__()
        self.text_field = ReasonField(reasons, id="text", placeholder="Type here")
        self.text = self.text_field.editor
        self.json = JsonEditor(id="json", placeholder="Type JSON here")
        self.options = OptionList(id="options", markup=False)
        self._choice = BulkChoice()
        self._way: BulkWay | None = None
        """The way that the fields are for; that of the choice may be another one already."""
        self._ways = NO_WAYS
        self._for_whom = ""

    def compose(self) -> ComposeResult:
        """Yield all fields; those that the way does not need are hidden."""
        yield self.options
        yield self.text_field
        yield self.json

    def show_choice(self, choice: BulkChoice, ways: CommonWays, for_whom: str) -> None:
        """Show the field of the chosen way, with what was typed for it before.

        `ways` are those of the items that get it; `for_whom` says in a title which these are.
        """
        self.keep()
        self._choice, self._way = choice, choice.way
        self._ways, self._for_whom = ways, for_whom
        with self.prevent(TextArea.Changed):
            self._load()
        self._show_fields()

    def keep(self) -> None:
        """Keep what was typed in the choice."""
        if self._way in _WITH_JSON:
            self._choice.texts[self._way] = self.json.text
        elif self._way is not None:
            self._choice.texts[self._way] = self.text.value

    def first_field(self) -> Widget | None:
        """Return the field to focus, or None if the way needs none."""
        match self._way:
            case BulkWay.REJECT | BulkWay.RESPOND | BulkWay.TEXT:
                return self.text
            case BulkWay.FILL | BulkWay.JSON:
                return self.json
            case BulkWay.CHOOSE:
                return self.options
            case _:
                return None

    # Typing and choosing

    @property
    def length(self) -> int:
        """How many characters are typed."""
        return len(self.text.text) + len(self.json.text)

    @on(TextArea.Changed)
    def text_changed(self, event: TextArea.Changed) -> None:
        """Report the change."""
        event.stop()
        if event.text_area is self.json:
            self.json.check()
        self.post_message(self.Changed())

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Choose the selected or clicked answer."""
        event.stop()
        self._choose(event.option_index)

    def on_key(self, event: events.Key) -> None:
        """Choose an answer by its number, as for a single item."""
        index = int(event.key) - 1 if event.key.isdecimal() else -1
        if self.options.has_focus and index in range(len(self._ways.options)):
            event.stop()
            self._choose(index)

    def _choose(self, index: int) -> None:
        """Choose this answer, and focus its text if it needs one."""
        self._choice.option = index
        self._show_options()
        self._show_fields()
        if self._ways.options[index].needs_text:
            self.text.focus()
        self.post_message(self.Changed())

    def _load(self) -> None:
        match self._way:
            case BulkWay.FILL as way:
                self.json.set_title(f"{self._title(way)}{self._field_names()}")
                self._show_json(self._choice.text or self._start_of_form())
            case BulkWay.JSON as way:
                self.json.set_title(self._title(way))
                self._show_json(self._choice.text)
            case BulkWay.CHOOSE:
                self._show_options()
                self.text_field.show("", self._choice.text)
            case BulkWay.REJECT | BulkWay.RESPOND | BulkWay.TEXT as way:
                offers = way is BulkWay.REJECT
                self.text_field.show(self._title(way), self._choice.text, offers=offers)

    def _show_json(self, source: str) -> None:
        """Show JSON as it was typed, with its first mistake."""
        self.json.reader = self._choice.reader
        self.json.show_source(source)
        self.json.check()

    def _title(self, way: BulkWay) -> str:
        return _TITLES[way].format(for_whom=self._for_whom)

    def _field_names(self) -> str:
        form = self._ways.form
        names = ", ".join(one_line(field.name, 40) for field in form.fields) if form else ""
        return f": {names}" if names else ""

    def _start_of_form(self) -> str:
        """Return what the form begins with: its defaults, or nothing."""
        form = self._ways.form
        value = read(form, start_of(form)).value if form else None
        return "" if value is None else json_text(value)

    # Drawing

    def _show_options(self) -> None:
        self.options.set_options(
            Content(
                f"{'●' if index == self._choice.option else ' '}"
                f" {index + 1 if index < _NUMBERED else ' '}  {one_line(option.label, 200)}"
            )
            for index, option in enumerate(self._ways.options)
        )
        self.options.highlighted = self._choice.option or 0

    def _show_fields(self) -> None:
        option = None
        if self._way is BulkWay.CHOOSE and self._choice.option is not None:
            option = self._ways.options[self._choice.option]
            needed = "needed" if option.needs_text else "may be empty"
            self.text.set_title(f"{one_line(option.label, 60)}: {option.text_key} ({needed})")
        option_takes_text = option is not None and bool(option.text_key)
        self.set_class(self._way in _WITH_TEXT or option_takes_text, "-text")
        self.set_class(self._way in _WITH_JSON, "-json")
        self.set_class(self._way is BulkWay.CHOOSE, "-options")
