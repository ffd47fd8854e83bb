"""The filter of the inbox."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from hitl_tui.widgets.opened_line import OpenedLine


class FilterLine(OpenedLine):
    """Takes a text to filter by; hidden while it is empty and not in use."""

    DEFAULT_CSS = """
    FilterLine { margin-bottom: 1; }
    """
    HELP = """\
    ### The filter
    Lists what contains this text. **Enter** goes to the list, **escape** lists all items again.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "keep",
            "To the list",
            tooltip="Keep the filter, and go to the list",
            id="filter.keep",
        ),
        Binding("escape", "clear", "Everything", tooltip="Remove the filter", id="filter.clear"),
    ]

    class Closed(Message):
        """The user left the filter."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder)

    def search_for(self, text: str) -> None:
        """Filter by a text that nobody typed; show it."""
        self.load(text)
        self.set_class(bool(text), "-open")

    def action_keep(self) -> None:
        """Leave the filter, and keep it."""
        self.set_class(bool(self.value), "-open")
        self.post_message(self.Closed())

    def take_early_enter(self) -> bool:
        """Go to the list."""
        self.action_keep()
        return True

    def action_clear(self) -> None:
        """List all items again."""
        self.clear()
        self.action_keep()
