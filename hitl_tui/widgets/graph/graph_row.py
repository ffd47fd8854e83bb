"""One row of the list of nodes, and how it is drawn."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from hitl_engine.model import Breakpoints
from hitl_tui.state.node_runs import NodeRun
from hitl_tui.text.durations import duration
from hitl_tui.text.fitting import padded
from hitl_tui.text.graph_rails import RailRow
from hitl_tui.widgets.graph.node_signs import node_name, status_sign, stop_signs

_LEAST_NAME = 8
_TIME = 11
"""Cells for how often a node ran, and how long."""


class GraphRowDrawing:
    """Draws rows with the component styles `graph--…` of a widget."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._name = _LEAST_NAME
        self._rails = 0
        self._shows_time = True

    def fit(self, width: int, rows: "tuple[RailRow, ...]") -> None:
        """Divide `width`: the names are whole if possible, then come the rails, then the times."""
        longest = max((len(node_name(row.node)) + 2 * row.loops for row in rows), default=0)
        rails = len(rows[0].rails) if rows else 0
        left = width - 7
        self._shows_time = left >= min(longest, 20) + rails + _TIME
        left -= _TIME if self._shows_time else 0
        self._rails = min(rails, max(0, left - min(longest, 20)))
        self._name = max(_LEAST_NAME, min(longest, left - self._rails))

    def row(
        self,
        row: RailRow,
        run: NodeRun,
        set_here: Breakpoints,
        width: int,
        *,
        selected: bool,
        lit: frozenset[int],
    ) -> Strip:
        """Draw the row of a node; `lit`: the rows whose incoming rails are emphasized."""
        widget = self._widget
        base = widget.get_component_rich_style("graph--selected") if selected else widget.rich_style
        segments = [
            Segment(sign, base + self._colour(style))
            for sign, style in stop_signs(row.node, set_here)
        ]
        sign, style = status_sign(row.node, run)
        segments += [
            Segment(row.bar, base + self._colour("rail")),
            Segment(sign, base + self._colour(style)),
            Segment(" ", base),
        ]
        segments += self._named(row, base, lit)
        segments += self._railed(row, base, lit)
        if self._shows_time:
            segments.append(Segment(_time(run).rjust(_TIME), base + self._colour("muted")))
        return Strip(segments).adjust_cell_length(width, base)

    def _named(self, row: RailRow, base: Style, lit: frozenset[int]) -> list[Segment]:
        name = node_name(row.node) + (" ↺" if row.loops else "")
        shown = padded(name, self._name) if len(name) > self._name else name
        gap = self._name - len(shown)
        style = base + (Style.null() if row.node.is_real else self._colour("muted"))
        arrow = "◀" if row.arrives else row.fill
        colour = self._rail_colour(row.owners, lit)
        return [
            Segment(shown, style),
            Segment(f" {arrow}{row.fill * gap}" if self._rails else "", base + colour),
        ]

    def _railed(self, row: RailRow, base: Style, lit: frozenset[int]) -> list[Segment]:
        return [
            Segment(char, base + self._colour("lit" if owner in lit else "rail"))
            for char, owner in zip(row.rails[: self._rails], row.owners[: self._rails], strict=True)
        ]

    def _rail_colour(self, owners: tuple[int, ...], lit: frozenset[int]) -> Style:
        first = owners[0] if owners else None
        return self._colour("lit" if first in lit else "rail")

    def _colour(self, name: str) -> Style:
        return Style(color=self._widget.get_component_rich_style(f"graph--{name}").color)


def _time(run: NodeRun) -> str:
    if run.is_partly_done:
        return f"{run.ended} of {run.tasks}"
    took = duration(run.seconds) if run.seconds is not None else ""
    return f"×{run.times} {took}" if run.times > 1 else took
