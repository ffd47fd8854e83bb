"""One row of the inbox: its columns for a width, and how they are drawn."""

from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from hitl_engine.model import Breakpoint, Waiting
from hitl_engine.visible import one_line
from hitl_tui.text.fitting import padded
from hitl_tui.text.item_summary import kind_words
from hitl_tui.text.literal import short_id

_SIGNS = 2
"""Cells at the start of a row, for the signs of the selection and of a mark."""


class Columns(NamedTuple):
    """The width of each column in cells; 0 leaves the column out."""

    kind: int
    target: int
    graph: int
    node: int
    waiting: int
    asks: int
    thread: int


class Row(NamedTuple):
    """The text of each column, visible and on one line."""

    kind: str
    target: str
    graph: str
    node: str
    waiting: str
    asks: str
    thread: str


_HEADINGS = Row("", "target", "graph", "node", "waiting", "asks", "thread")


def row_of(item: Waiting, *, waiting: str, asks: str) -> Row:
    """Return the texts of a row; `waiting` and `asks` are visible text already."""
    return Row(
        kind_words(item),
        one_line(item.target, 80),
        one_line(item.graph_id, 80),
        one_line(item.node, 80),
        waiting,
        asks,
        short_id(item.thread_id),
    )


class InboxRowDrawing:
    """Draws rows with the component styles `inbox--…` of a widget."""

    def __init__(self, widget: Widget, *, shows_targets: bool) -> None:
        self._widget = widget
        self._shows_targets = shows_targets
        self.production: frozenset[str] = frozenset()
        """The names of the targets in production."""
        self._columns = Columns(9, 0, 0, 0, 0, 0, 0)

    def fit(self, width: int, longest_names: tuple[int, int, int]) -> None:
        """Fit the columns to `width` cells; the longest target, graph and node are in characters."""
        target, graph, node = longest_names
        self._columns = _fitting_columns(width, target if self._shows_targets else 0, graph, node)

    def headings(self, width: int) -> Strip:
        """Draw the headings of the columns."""
        base = self._widget.get_component_rich_style("inbox--heading")
        return self._strip([Segment(" " * _SIGNS, base)], _HEADINGS, None, base, width)

    def row(self, row: Row, item: Waiting, width: int, *, selected: bool, marked: bool) -> Strip:
        """Draw the row of an item."""
        widget = self._widget
        base = widget.get_component_rich_style("inbox--selected") if selected else widget.rich_style
        cursor = "▸" if selected else ""
        if marked:
            mark = f"✓{' ' * (_SIGNS - 1 - len(cursor))}"
            segments = [Segment(cursor, base), Segment(mark, base + self._colour("mark"))]
        else:
            segments = [Segment(cursor.ljust(_SIGNS), base)]
        return self._strip(segments, row, item, base, width)

    def _strip(
        self, segments: list[Segment], row: Row, item: Waiting | None, base: Style, width: int
    ) -> Strip:
        for name, cells in self._columns._asdict().items():
            if cells:
                text = padded(getattr(row, name), cells)
                segments.append(Segment(f"{text} ", base + self._column_style(name, item)))
        return Strip(segments).adjust_cell_length(width, base)

    def _column_style(self, name: str, item: Waiting | None) -> Style:
        """Return the colour of a column; the background is the row's."""
        if item is None:
            return Style.null()
        if name == "kind":
            if isinstance(item, Breakpoint):
                return self._colour("stop")
            return self._colour("stuck" if item.task_error else "asks")
        if name == "target" and item.target in self.production:
            return self._colour("production")
        if name in ("waiting", "thread", "node"):
            return self._colour("muted")
        return Style.null()

    def _colour(self, name: str) -> Style:
        return Style(color=self._widget.get_component_rich_style(f"inbox--{name}").color)


def _fitting_columns(
    width: int, longest_target: int, longest_graph: int, longest_node: int
) -> Columns:
    """Divide `width`: kind, target, graph and what is asked always, then node, waiting, thread.

    With one target there is no column for it.
    """
    kind, waiting, thread = 8, 7, 9
    wide, middle = width >= 104, width >= 64
    target = min(max(6, longest_target), 16 if wide else 8) if longest_target else 0
    graph = max(5, min(longest_graph, 20 if wide else 14 if middle else 9))
    node = max(4, min(longest_node, 22 if wide else 14)) if middle else 0
    waiting = waiting if middle else 0
    thread = thread if wide else 0
    used = _SIGNS + sum(
        cells + 1 for cells in (kind, target, graph, node, waiting, thread) if cells
    )
    return Columns(kind, target, graph, node, waiting, max(6, width - used - 1), thread)
