"""The lines of a difference, in two columns where the view is wide."""

from collections.abc import Sequence

from textual import events

from hitl_tui.text.difference_lines import difference_lines
from hitl_tui.widgets.tool_calls.arguments_view import ArgumentsView


class DifferenceView(ArgumentsView):
    """Shows both sides of a difference next to each other as long as there is room.

    What scrolls it has to keep the space of its scrollbar: else its width depends on its height.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        """`lines` begin with `-`, `+`, `@` or a space; they are untrusted."""
        super().__init__()
        self._difference = lines
        self._columns = 0
        self.show(difference_lines(lines, 0))

    def on_resize(self, event: events.Resize) -> None:
        """Lay the lines out for the new width."""
        if event.size.width != self._columns:
            self._columns = event.size.width
            self.show(difference_lines(self._difference, self._columns))
