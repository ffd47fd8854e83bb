"""The base of the lists of the inbox: their columns, headings and colours."""

from typing import ClassVar

from textual.strip import Strip

from hitl_tui.widgets.inbox_row import InboxRowDrawing
from hitl_tui.widgets.item_list import ItemList


class InboxRows(ItemList):
    """A list of what waits, one row each; a subclass provides the rows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "inbox--heading",
        "inbox--group",
        "inbox--selected",
        "inbox--asks",
        "inbox--tool",
        "inbox--text",
        "inbox--form",
        "inbox--choice",
        "inbox--stop",
        "inbox--stuck",
        "inbox--muted",
        "inbox--mark",
        "inbox--production",
    }
    DEFAULT_CSS = """
    InboxRows {
        & > .inbox--heading { color: $foreground 50%; }
        & > .inbox--group { color: $foreground 90%; text-style: bold; }
        & > .inbox--selected { background: $panel; text-style: bold; }
        &:focus > .inbox--selected { background: $primary 15%; text-style: bold; }
        & > .inbox--asks { color: $text-accent; background: $accent-muted; }
        & > .inbox--tool { color: $text-warning; background: $warning-muted; }
        & > .inbox--text { color: $text-success; background: $success-muted; }
        & > .inbox--form { color: $text-secondary; background: $secondary-muted; }
        & > .inbox--choice { color: $text-accent; background: $accent-muted; }
        & > .inbox--stop { color: $text-primary; background: $primary-muted; }
        & > .inbox--stuck { color: $text-error; background: $error-muted; }
        & > .inbox--muted { color: $foreground 75%; background: $panel; }
        & > .inbox--mark { color: $text-warning; text-style: bold; }
        & > .inbox--production { color: $text-error; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.drawing = InboxRowDrawing(self)

    @property
    def longest_names(self) -> tuple[int, int, int]:
        """Characters of the longest target, graph and node; 0 where all items have the same."""
        raise NotImplementedError

    def fit_columns(self, width: int) -> None:
        """Fit the columns to the longest names."""
        self.drawing.fit(width, self.longest_names)

    def draw_headings(self, width: int) -> Strip:
        """Draw the headings."""
        return self.drawing.headings(width)
