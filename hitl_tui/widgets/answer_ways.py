"""The ways to give an answer that every question has, whatever it was taken for."""

from enum import Enum
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from hitl_tui.widgets.titled_pane import titled


class Way(Enum):
    """How the answer is given; the words name the way in a frame."""

    FORM = "as it was understood"
    JSON = "as JSON"
    TEXT = "as text"
    YES_NO = "as yes or no"


class YesNo(OptionList):
    """True or false; nothing is chosen until a person does."""

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
    **y** stands for the JSON value `true`, **n** for `false`. **ctrl+s** sends it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "say(True)", "Yes", tooltip="Answer true", id="yes_no.yes"),
        Binding("n", "say(False)", "No", tooltip="Answer false", id="yes_no.no"),
    ]

    class Changed(Message):
        """Yes or no was chosen."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._value: bool | None = None
        self.border_title = titled("Answer, yes or no")
        self.show(None)

    @property
    def value(self) -> bool | None:
        """What was chosen, if anything."""
        return self._value

    def show(self, value: bool | None) -> None:
        """Show what is chosen."""
        self._value = value
        self.set_options(self._line(each) for each in (True, False))
        self.highlighted = None if value is None else int(not value)

    def _line(self, value: bool) -> Content:
        here = value is self._value
        key, word = ("y", "yes") if value else ("n", "no")
        return Content.assemble(
            ("● " if here else "  ", "$accent"),
            (f"{key}  ", "$text-muted"),
            (f"{word}, ", "bold $text-accent" if here else ""),
            str(value).lower(),
        )

    def action_say(self, value: bool) -> None:
        """Choose."""
        self.show(value)
        self.post_message(self.Changed())

    @on(OptionList.OptionSelected)
    def say_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose what is under the cursor or the mouse."""
        event.stop()
        self.action_say(event.option_index == 0)
