"""The field for a reason, with the reasons that are offered below it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from hitl_engine.visible import one_line
from hitl_tui.text.fitting import counted
from hitl_tui.widgets.editor import Editor

ReasonsOffered: TypeAlias = Callable[[], tuple[str, ...]]
"""Returns the reasons to offer, the most likely first."""
_NUMBERED = 9
"""Reasons that have a number key."""


def no_reasons() -> tuple[str, ...]:
    """Offer nothing."""
    return ()


class ReasonEditor(Editor):
    """Edits a reason; from its last row the cursor goes down to the reasons that are offered."""

    HELP = """\
    ### A reason
    From the last row, **down** goes to the reasons that are offered: those you gave last, and those
    that `reasons` sets in `config.toml`. **Enter** or its number puts one into this field, where you
    see and change it before it is sent.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down",
            "cursor_down_or_out",
            "Reasons",
            show=False,
            tooltip="One row down; from the last row to the reasons that are offered",
            id="reason.offers",
        ),
    ]

    class LeftDown(Message):
        """The user went down from the last row."""

    def action_cursor_down_or_out(self) -> None:
        """Move the cursor one row down, or out of the field."""
        row = self.wrapped_document.location_to_offset(self.cursor_location).y
        if row == self.wrapped_document.height - 1:
            self.post_message(self.LeftDown())
        else:
            self.action_cursor_down()


class OfferedReasons(OptionList):
    """Lists reasons, a row each."""

    DEFAULT_CSS = """
    OfferedReasons {
        display: none; height: auto; max-height: 6; border: none; padding: 0 1;
        background: $surface; text-wrap: nowrap; text-overflow: ellipsis;
        &:focus { border: none; }
        &.-open { display: block; }
    }
    """
    HELP = """\
    ### Reasons to choose from
    **Enter** or its number puts one into the field above; **escape** goes back to the field.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "select",
            "Take it",
            tooltip="Put the reason into the field above, to be seen and changed there",
            id="reason.take",
        ),
        Binding("escape", "leave", "Back", tooltip="Back to the field", id="reason.back"),
    ]

    @dataclass
    class Taken(Message):
        """The user chose a reason."""

        reason: str

    class Left(Message):
        """The user went back to the field."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._reasons: tuple[str, ...] = ()

    def open(self, reasons: tuple[str, ...]) -> None:
        """List these reasons, and take the focus."""
        self._reasons = reasons
        self.set_options(
            Content(f"{number if number <= _NUMBERED else ' '}  {one_line(reason, 300)}")
            for number, reason in enumerate(reasons, 1)
        )
        self.highlighted = 0
        self.add_class("-open")
        self.focus()

    def on_blur(self) -> None:
        """Close the list."""
        self.remove_class("-open")

    def on_key(self, event: events.Key) -> None:
        """Choose a reason by its number."""
        index = int(event.key) - 1 if event.key.isdecimal() else -1
        if index in range(min(len(self._reasons), _NUMBERED)):
            event.stop()
            self.post_message(self.Taken(self._reasons[index]))

    @on(OptionList.OptionSelected)
    def reason_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the selected or clicked reason."""
        event.stop()
        self.post_message(self.Taken(self._reasons[event.option_index]))

    def action_leave(self) -> None:
        """Go back to the field."""
        self.post_message(self.Left())


class ReasonField(Vertical):
    """Takes a text; where that is a reason, it offers reasons."""

    DEFAULT_CSS = """
    ReasonField { height: auto; }
    """

    class ReasonTaken(Message):
        """The field has another reason now, which the user chose: it has to be in view."""

    def __init__(self, offered: ReasonsOffered, *, id: str, placeholder: str = "") -> None:
        super().__init__()
        self._offered = offered
        self._offers = False
        self.editor = ReasonEditor(id=id, placeholder=placeholder)
        self.list = OfferedReasons()

    def compose(self) -> ComposeResult:
        """Put the reasons below the field."""
        yield self.editor
        yield self.list

    def show(self, title: str, text: str, *, offers: bool = False) -> None:
        """Show a text; `offers` if it is a reason."""
        self._offers = offers
        count = len(self._offered()) if offers else 0
        self.editor.set_title(
            title, f"↓ {counted(count, 'reason')} to choose from" if count else ""
        )
        self.editor.show(text)

    @on(ReasonEditor.LeftDown)
    def open_list(self) -> None:
        """List the reasons, if there are any."""
        if self._offers and (reasons := self._offered()):
            self.list.open(reasons)

    @on(OfferedReasons.Taken)
    def take(self, event: OfferedReasons.Taken) -> None:
        """Put a reason into the field, as one edit."""
        self.editor.call_next(self._put, event.reason)  # a change that this widget makes ends here
        self.post_message(self.ReasonTaken())

    def _put(self, reason: str) -> None:
        self.editor.take_back(reason)
        self.editor.move_cursor(self.editor.document.end)
        self.editor.focus()

    @on(OfferedReasons.Left)
    def focus_editor(self) -> None:
        """Go on typing."""
        self.editor.focus()
