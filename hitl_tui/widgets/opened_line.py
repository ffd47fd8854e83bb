"""The base of lines that a key opens, at the bottom of what they are about."""

from hitl_tui.widgets.early_text import keep_text_for_field
from hitl_tui.widgets.line_input import LineInput


class OpenedLine(LineInput):
    """A line that is hidden while it is not in use; it keeps the last text, which typing replaces."""

    DEFAULT_CSS = """
    OpenedLine {
        display: none; dock: bottom; background: $panel;
        &.-open { display: block; }
    }
    """

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder, select_on_focus=True)

    def open(self) -> None:
        """Show it and focus it; typing replaces the old text."""
        keep_text_for_field(self)
        self.add_class("-open")
        self.focus()

    def take_early_enter(self) -> bool:
        """Do what enter does, although it came before the line had the focus; return whether it did.

        Only what decides nothing is done: then the line need not be read first.
        """
        return False
