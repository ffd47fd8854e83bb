"""The line for an expression to watch."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from hitl_tui.widgets.opened_line import OpenedLine


class ExpressionLine(OpenedLine):
    """Takes a JSONPath; hidden while it is not in use."""

    HELP = """\
    ### An expression to watch
    A JSONPath (RFC 9535), like `$.total`, `$.messages[-1].content` or `$..price`. **Enter** shows
    what it finds above the state, **escape** leaves the line.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "watch", "Watch", tooltip="Watch it", id="expression.watch"),
        Binding("escape", "leave", "Leave", tooltip="Leave the line", id="expression.leave"),
    ]

    @dataclass
    class Entered(Message):
        """The user entered an expression."""

        expression: str

    class Closed(Message):
        """The user left the line."""

    def __init__(self) -> None:
        super().__init__("JSONPath to watch, like $.messages[-1].content")

    def action_watch(self) -> None:
        """Watch what was typed."""
        if expression := self.text.strip():
            self.post_message(self.Entered(expression))
        self.action_leave()

    def action_leave(self) -> None:
        """Leave the line."""
        self.clear()
        self.remove_class("-open")
        self.post_message(self.Closed())
