"""One row of the list of threads: its columns for a width, and how they are drawn."""

from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from hitl_engine.model import ThreadRow, ThreadStatus
from hitl_engine.visible import one_line
from hitl_tui.text.fitting import padded
from hitl_tui.text.item_summary import waited
from hitl_tui.text.literal import short_id
from hitl_tui.text.thread_rows import status_words

_SIGN = 2
"""Cells at the start of a row, for the sign of the selection."""
_COLOURS = {
    ThreadStatus.INTERRUPTED: "asks",
    ThreadStatus.BREAKPOINT: "stopped",
    ThreadStatus.BUSY: "running",
    ThreadStatus.ERROR: "failed",
    ThreadStatus.DONE: "done",
}


class Columns(NamedTuple):
    """The width of each column in cells; 0 leaves the column out."""

    status: int
    graph: int
    changed: int
    words: int
    thread: int


class Cells(NamedTuple):
    """The text of each column, visible and on one line."""

    status: str
    graph: str
    changed: str
    words: str
    thread: str


_HEADINGS = Cells("", "graph", "changed", "waits for, or failed with", "thread")


def cells_of(row: ThreadRow, words: str) -> Cells:
    """Return the texts of a row; `words` is visible text already."""
    return Cells(
        status_words(row),
        one_line(row.graph_id, 80) or "–",
        waited(row.updated_at),
        words,
        short_id(row.thread_id),
    )


class ThreadRowDrawing:
    """Draws rows with the component styles `threads--…` of a widget."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._columns = Columns(9, 0, 0, 0, 0)

    def fit(self, width: int, longest_graph: int) -> None:
        """Fit the columns to `width` cells; the longest graph is in characters."""
        self._columns = _fitting_columns(width, longest_graph)

    def headings(self, width: int) -> Strip:
        """Draw the headings of the columns."""
        base = self._widget.get_component_rich_style("threads--heading")
        return self._strip(" " * _SIGN, _HEADINGS, None, base, width)

    def row(self, row: ThreadRow, words: str, width: int, *, selected: bool) -> Strip:
        """Draw the row of a thread."""
        widget = self._widget
        base = (
            widget.get_component_rich_style("threads--selected") if selected else widget.rich_style
        )
        sign = ("▸" if selected else "").ljust(_SIGN)
        return self._strip(sign, cells_of(row, words), row, base, width)

    def _strip(
        self, sign: str, cells: Cells, row: ThreadRow | None, base: Style, width: int
    ) -> Strip:
        segments = [Segment(sign, base)]
        for name, wide in self._columns._asdict().items():
            if wide:
                text = padded(getattr(cells, name), wide)
                segments.append(Segment(f"{text} ", base + self._column_style(name, row)))
        return Strip(segments).adjust_cell_length(width, base)

    def _column_style(self, name: str, row: ThreadRow | None) -> Style:
        """Return the colour of a column; the background is the row's."""
        if row is None:
            return Style.null()
        match name:
            case "status":
                return self._colour("muted" if not row.graph_id else _COLOURS[row.status])
            case "words" if row.error or row.doubt:
                return self._colour("failed" if row.error else "muted")
            case "changed" | "thread":
                return self._colour("muted")
            case _:
                return Style.null()

    def _colour(self, name: str) -> Style:
        return Style(color=self._widget.get_component_rich_style(f"threads--{name}").color)


def _fitting_columns(width: int, longest_graph: int) -> Columns:
    """Divide `width`: status, graph and what it waits for always, then the time, then the thread."""
    wide, middle = width >= 96, width >= 56
    status, changed, thread = 9, 8 if middle else 0, 9 if middle else 0
    graph = max(5, min(longest_graph, 24 if wide else 14 if middle else 10))
    used = _SIGN + sum(cells + 1 for cells in (status, graph, changed, thread) if cells)
    return Columns(status, graph, changed, max(6, width - used - 1), thread)
