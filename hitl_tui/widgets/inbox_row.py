"""One row of the inbox: its columns for a width, and how they are drawn."""

from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from hitl_tui.text.fitting import padded
from hitl_tui.text.inbox_row import InboxRow, Look

_SIGNS = 2
"""Cells at the start of a row, for the signs of the selection and of a mark."""


class Columns(NamedTuple):
    """The width of each column in cells; 0 leaves the column out."""

    kind: int
    graph: int
    node: int
    waiting: int
    asks: int
    thread: int


_HEADINGS = InboxRow("", "graph", "node", "waiting", "asks", "thread")


class InboxRowDrawing:
    """Draws rows with the component styles `inbox--…` of a widget."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._columns = Columns(9, 0, 0, 0, 0, 0)

    def fit(self, width: int, longest_names: tuple[int, int]) -> None:
        """Fit the columns to `width` cells; the longest graph and node are in characters."""
        self._columns = _fitting_columns(width, *longest_names)

    def headings(self, width: int) -> Strip:
        """Draw the headings of the columns."""
        base = self._widget.get_component_rich_style("inbox--heading")
        return self._strip([Segment(" " * _SIGNS, base)], _HEADINGS, None, base, width)

    def row(self, row: InboxRow, look: Look, width: int, *, selected: bool, marked: bool) -> Strip:
        """Draw the row of an item."""
        widget = self._widget
        base = widget.get_component_rich_style("inbox--selected") if selected else widget.rich_style
        cursor = "▸" if selected else ""
        if marked:
            mark = f"✓{' ' * (_SIGNS - 1 - len(cursor))}"
            segments = [Segment(cursor, base), Segment(mark, base + self._colour("mark"))]
        else:
            segments = [Segment(cursor.ljust(_SIGNS), base)]
        return self._strip(segments, row, look, base, width)

    def _strip(
        self, segments: list[Segment], row: InboxRow, look: Look | None, base: Style, width: int
    ) -> Strip:
        for name, cells in self._columns._asdict().items():
            if cells:
                text = padded(getattr(row, name), cells)
                segments.append(Segment(f"{text} ", base + self._column_style(name, look)))
        return Strip(segments).adjust_cell_length(width, base)

    def _column_style(self, name: str, look: Look | None) -> Style:
        """Return the colour of a column; the background is the row's."""
        if look is None:
            return Style.null()
        if name == "kind":
            return self._colour(look)
        if name in ("waiting", "thread", "node"):
            return self._colour("muted")
        return Style.null()

    def _colour(self, name: str) -> Style:
        return Style(color=self._widget.get_component_rich_style(f"inbox--{name}").color)


def _fitting_columns(width: int, longest_graph: int, longest_node: int) -> Columns:
    """Divide `width`: kind, graph and what is asked always, then node, waiting, thread."""
    kind, waiting, thread = 8, 7, 9
    wide, middle = width >= 104, width >= 64
    graph = max(5, min(longest_graph, 20 if wide else 14 if middle else 9))
    node = max(4, min(longest_node, 22 if wide else 14)) if middle else 0
    waiting = waiting if middle else 0
    thread = thread if wide else 0
    used = _SIGNS + sum(cells + 1 for cells in (kind, graph, node, waiting, thread) if cells)
    return Columns(kind, graph, node, waiting, max(6, width - used - 1), thread)
