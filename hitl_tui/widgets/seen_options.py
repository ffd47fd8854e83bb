"""A list of options that keeps which of its rows were on the screen."""

from textual.widgets import OptionList

from hitl_tui.widgets.keeps_seen import KeepsRowsSeen


class SeenOptions(KeepsRowsSeen, OptionList):
    """Only Textual knows which option is in which row."""

    @property
    def line_count(self) -> int:
        """How many rows all options have."""
        return self.virtual_size.height
