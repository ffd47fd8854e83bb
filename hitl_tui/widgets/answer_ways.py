"""The ways to answer a question, and the field for yes or no."""

from enum import Enum
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from hitl_tui.widgets.titled_pane import titled


class Way(Enum):
    """How the answer is given."""

    FORM = "as it was understood"
    JSON = "as JSON"
    TEXT = "as text"
    YES_NO = "as yes or no"

    def classes(self) -> dict[str, bool]:
        """Return the CSS classes of all ways: this one's is to be set."""
        return {f"-{way.name.lower()}": way is self for way in Way}


class YesNo(OptionList):
    """Takes yes or no; nothing is chosen until the user does."""

    DEFAULT_CSS = """
    YesNo {
        height: auto;
        border: none;
        border-top: solid $foreground 20%;
        border-title-color: $foreground 70%;
        border-title-style: bold;
        background: $surface;
        padding: 0 1;
        &:focus { border: none; border-top: solid $accent; border-title-color: $accent; }
    }
    """
    HELP = """\
    ### Yes or no
    **y** chooses the JSON value `true`, **n** chooses `false`. **ctrl+s** sends it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "choose(True)", "Yes", tooltip="Answer true", id="yes_no.yes"),
        Binding("n", "choose(False)", "No", tooltip="Answer false", id="yes_no.no"),
    ]

    class Changed(Message):
        """The user chose yes or no."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._value: bool | None = None
        self.border_title = titled("Answer, yes or no")
        self.show(None)

    @property
    def value(self) -> bool | None:
        """What is chosen; None if nothing is."""
        return self._value

    def show(self, value: bool | None) -> None:
        """Show what is chosen."""
        self._value = value
        self.set_options(self._line(each) for each in (True, False))
        self.highlighted = None if value is None else int(not value)

    def _line(self, value: bool) -> Content:
        chosen = value is self._value
        key, word = ("y", "yes") if value else ("n", "no")
        return Content.assemble(
            ("● " if chosen else "  ", "$accent"),
            (f"{key}  ", "$text-muted"),
            (f"{word}, ", "bold $text-accent" if chosen else ""),
            str(value).lower(),
        )

    def action_choose(self, value: bool) -> None:
        """Choose yes or no."""
        self.show(value)
        self.post_message(self.Changed())

    @on(OptionList.OptionSelected)
    def choose_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the line under the cursor or the mouse."""
        event.stop()
        self.action_choose(event.option_index == 0)
