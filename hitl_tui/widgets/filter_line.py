"""Where one types what the inbox is to list."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from hitl_tui.widgets.line_input import LineInput


class FilterLine(LineInput):
    """Takes a text to filter by; out of view while it is empty and not in use."""

    DEFAULT_CSS = """
    FilterLine {
        display: none; dock: bottom; margin-bottom: 1; background: $panel;
        &.-open { display: block; }
    }
    """
    HELP = """\
    ### The filter
    Lists what holds this text: in the graph, node or thread, or in what is asked.
    **Enter** goes to the list, **escape** lists everything again.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "To the list", tooltip="Keep the filter", id="filter.keep"),
        Binding("escape", "clear", "Everything", tooltip="List everything", id="filter.clear"),
    ]

    class Closed(Message):
        """The keys may go elsewhere."""

    def __init__(self) -> None:
        super().__init__("Filter: graph, node, thread, or what is asked", select_on_focus=True)

    def open(self) -> None:
        """Come into view and take the keys; what is typed replaces what was there."""
        self.add_class("-open")
        self.focus()

    def action_keep(self) -> None:
        """Give the keys away; what is listed stays."""
        self.set_class(bool(self.value), "-open")
        self.post_message(self.Closed())

    def action_clear(self) -> None:
        """List everything again."""
        self.clear()
        self.action_keep()
