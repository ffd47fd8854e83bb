"""The line for a text to search in a view."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from hitl_tui.widgets.opened_line import OpenedLine


class SearchLine(OpenedLine):
    """Takes a text to search; hidden while it is not in use."""

    HELP = """\
    ### The search
    Matches are marked while you type. **Enter** goes to the view, where **n** and **N** go from
    match to match; **escape** ends the search.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "keep",
            "To the matches",
            tooltip="Go to the view; n and N go from match to match",
            id="search.keep",
        ),
        Binding("escape", "clear", "End search", tooltip="End the search", id="search.clear"),
    ]

    @dataclass
    class Searched(Message):
        """The user searches this text; empty: the search has ended."""

        text: str

    class Closed(Message):
        """The user left the line."""

    def __init__(self) -> None:
        super().__init__("Search")

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        """Search what is typed."""
        event.stop()
        self.post_message(self.Searched(self.text))

    def action_keep(self) -> None:
        """Leave the line, and keep the matches."""
        self.remove_class("-open")
        self.post_message(self.Closed())

    def take_early_enter(self) -> bool:
        """Go to the view."""
        self.action_keep()
        return True

    def action_clear(self) -> None:
        """End the search."""
        self.clear()
        self.action_keep()
