"""The line for the name under which a view of the inbox is saved."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from hitl_tui.widgets.opened_line import OpenedLine


class ViewNameLine(OpenedLine):
    """Takes a name; hidden while it is not in use."""

    DEFAULT_CSS = """
    ViewNameLine { dock: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "keep", "Save", tooltip="Save the view under this name", id="view_name.keep"
        ),
        Binding("escape", "leave", "Back", tooltip="Save nothing", id="view_name.leave"),
    ]

    @dataclass
    class Named(Message):
        """The user typed a name; empty: they left the line."""

        name: str

    def open(self) -> None:
        """Show it empty, and focus it."""
        self.clear()
        super().open()

    def action_keep(self) -> None:
        """Tell the name."""
        self.remove_class("-open")
        self.post_message(self.Named(self.text.strip()))

    def action_leave(self) -> None:
        """Tell that there is none."""
        self.clear()
        self.action_keep()
