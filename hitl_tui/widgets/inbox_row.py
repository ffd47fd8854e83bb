"""One row of the inbox: its columns for a width, and how they are drawn."""

from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from hitl_tui.text.fitting import counted, padded, shortened
from hitl_tui.text.inbox_row import InboxRow, Look

_KIND = 10
"""Cells of the sign and the longest word of a kind; where there is space, with one around it."""
_SIGNS = 3
"""Cells at the start of a row, for the signs of the selection, of a mark and of a flag."""


class Columns(NamedTuple):
    """The width of each column in cells; 0 leaves the column out."""

    kind: int
    target: int
    asks: int
    waiting: int
    graph: int
    node: int
    thread: int


_HEADINGS = InboxRow("", "target", "asks", "waiting", "graph", "node", "thread")


class InboxRowDrawing:
    """Draws rows with the component styles `inbox--…` of a widget."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self.production: frozenset[str] = frozenset()
        """The names of the targets in production."""
        self.time_heading = "waiting"
        """What the column of times shows."""
        self._columns = Columns(_KIND, 0, 0, 0, 0, 0, 0)

    def fit(self, width: int, longest_names: tuple[int, int, int]) -> None:
        """Fit the columns to `width` cells; the longest target, graph and node are in characters."""
        self._columns = _fitting_columns(width, *longest_names)

    def headings(self, width: int) -> Strip:
        """Draw the headings of the columns."""
        base = self._widget.get_component_rich_style("inbox--heading")
        row = _HEADINGS._replace(waiting=self.time_heading)
        return self._strip([Segment(" " * _SIGNS, base)], row, None, base, width)

    def group_heading(self, name: str, count: int, width: int) -> Strip:
        """Draw the heading of a group, with a line to its right."""
        base = self._widget.rich_style
        title = base + self._widget.get_component_rich_style("inbox--group")
        line = base + self._colour("heading")
        words = f"{shortened(name, max(8, width - 16))}  {counted(count, 'item')} "
        rest = "─" * max(0, width - _SIGNS - cell_len(words) - 1)
        segments = [Segment(" " * _SIGNS, base), Segment(words, title), Segment(rest, line)]
        return Strip(segments).adjust_cell_length(width, base)

    def row(
        self, row: InboxRow, look: Look, width: int, *, selected: bool, signs: str = ""
    ) -> Strip:
        """Draw the row of an item; `signs`: two at most, the second is that it is flagged."""
        widget = self._widget
        base = widget.get_component_rich_style("inbox--selected") if selected else widget.rich_style
        segments = [
            Segment("▸" if selected else " ", base),
            Segment(signs.ljust(_SIGNS - 1), base + self._colour("mark")),
        ]
        return self._strip(segments, row, look, base, width)

    def _strip(
        self, segments: list[Segment], row: InboxRow, look: Look | None, base: Style, width: int
    ) -> Strip:
        for name, cells in self._columns._asdict().items():
            if cells:
                text = getattr(row, name)
                if name == "kind" and look is not None:
                    segments += self._chip(text, cells, look, base)
                    continue
                style = base + self._column_style(name, text, look)
                segments.append(Segment(f"{padded(text, cells)} ", style))
        return Strip(segments).adjust_cell_length(width, base)

    def _chip(self, kind: str, cells: int, look: Look, base: Style) -> list[Segment]:
        """Draw a kind on a background of its own, as wide as its column."""
        found = self._widget.get_component_rich_style(f"inbox--{look}")
        words = f" {kind} " if cells > _KIND else kind
        return [
            Segment(padded(words, cells), base + Style(color=found.color, bgcolor=found.bgcolor)),
            Segment(" ", base),
        ]

    def _column_style(self, name: str, text: str, look: Look | None) -> Style:
        """Return the colour of a column; the background is the row's."""
        if look is None:
            return Style.null()
        if name == "target" and text in self.production:
            return self._colour("production")
        if name in ("waiting", "target", "graph", "node", "thread"):
            return self._colour("muted")
        return Style.null()

    def _colour(self, name: str) -> Style:
        return Style(color=self._widget.get_component_rich_style(f"inbox--{name}").color)


def _fitting_columns(
    width: int, longest_target: int, longest_graph: int, longest_node: int
) -> Columns:
    """Divide `width`: kind, target and what is asked always, then waiting, graph, node and thread.

    A target, graph or node that is the same for all items (its longest name is 0) has no column.
    """
    wide, middle = width >= 104, width >= 64
    kind = _KIND + 2 if middle else _KIND
    target = min(longest_target, 16 if wide else 8)
    waiting = 7 if width >= 48 else 0
    graph = min(longest_graph, 20 if wide else 14) if middle else 0
    node = min(longest_node, 22) if wide else 0
    thread = 9 if width >= 120 else 0
    others = (kind, target, waiting, graph, node, thread)
    used = _SIGNS + sum(cells + 1 for cells in others if cells)
    return Columns(kind, target, max(6, width - used - 1), waiting, graph, node, thread)
