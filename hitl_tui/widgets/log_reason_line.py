"""The line for a reason or ticket for the log, on the cards of what is decided."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from hitl_tui.widgets.early_text import keep_text_for_field
from hitl_tui.widgets.line_input import LineInput

LOG_REASON_KEY = "alt+r"
"""The key that opens the line."""


def with_key(why: str) -> str:
    """Return why a reason is needed, with the key that goes to its line."""
    return f"{why.removesuffix('.')} ({LOG_REASON_KEY})."


class LogReasonInput(LineInput):
    """The text field of the line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,escape",
            "leave",
            "Back",
            tooltip="Back to what is decided; the reason is kept",
            id="log_reason.leave",
        ),
    ]
    HELP = """\
    ### A reason for the log
    A reason, or the number of a ticket. It is kept in the log with the decision; the graph does not
    get it. **enter** goes back to the question. **ctrl+s** sends.
    """

    def action_leave(self) -> None:
        """Let the card have the focus again."""
        self.post_message(LogReasonLine.Left())


class LogReasonLine(Horizontal):
    """Takes the reason; empty and hidden until it is opened, so that cards are made fast."""

    DEFAULT_CSS = """
    LogReasonLine {
        display: none;
        height: 1;
        padding: 0 1;
        &.-open { display: block; }
        Static { width: auto; color: $foreground 70%; }
        LineInput { width: 1fr; }
    }
    """

    class Changed(Message):
        """The user changed the reason."""

    class Left(Message):
        """The user wants to go on with what is decided."""

    def __init__(self) -> None:
        super().__init__()
        self.line = LogReasonInput("a reason or ticket; the graph does not get it")

    @property
    def text(self) -> str:
        """The reason, or nothing."""
        return self.line.text.strip()

    def load(self, text: str) -> None:
        """Show a reason that was typed before, if there is one."""
        if text:
            self.show()
        self.line.load(text)
        self.close_if_empty()

    def show(self) -> None:
        """Show the line, also empty."""
        if not self.line.is_attached:
            self.mount(Static("For the log:", markup=False), self.line)
        self.add_class("-open")

    def open(self) -> None:
        """Show and focus the line."""
        keep_text_for_field(self)
        self.show()
        self.line.focus()

    def close_if_empty(self) -> None:
        """Hide the line if nothing is in it."""
        self.set_class(bool(self.text), "-open")

    @on(Input.Changed)
    def line_changed(self, event: Input.Changed) -> None:
        """Post the message of this line."""
        event.stop()
        self.post_message(self.Changed())
