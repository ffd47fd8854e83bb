"""A graph as an SVG picture, made here: nothing is sent to a service."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from rich.cells import cell_len

from hitl_tui.text.graph_layout import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    GraphLayout,
    LineCell,
    PlacedNode,
)
from hitl_tui.text.graph_marks import Frame

_CELL, _ROW = 9, 26
_LEFT, _TOP = 18, 12
_STYLE = """
text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #262c33; text-anchor: middle; }
.end { fill: #6b7480; }
path { fill: none; stroke: #6b7480; stroke-width: 1.5; }
.dotted { stroke-dasharray: 3 3; }
.arrow { fill: #6b7480; stroke: none; }
rect.frame { fill: none; stroke: #6b7480; stroke-width: 1; }
.beside { fill: #6b7480; }
.behind { fill: #fbfaf7; }
rect.node { fill: #fbfaf7; stroke: #2f6296; stroke-width: 1.5; }
.stop { fill: #ab2b2e; stroke: none; }
"""


def svg(layout: GraphLayout) -> str:
    """Return a graph that was laid out as a document."""
    width = layout.width * _CELL + 2 * _LEFT
    height = layout.height * _ROW + 2 * _TOP
    size = f'width="{width}" height="{height}"'
    lines = [part for cell, line in layout.cells.items() for part in _line(*cell, line)]
    nodes = [part for node in layout.nodes for part in _node(node)]
    frames = [part for frame in layout.frames for part in _frame(frame)]
    labels = [part for each in layout.labels for part in _text(each.text, each.row, each.column)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">',
            f"<style>{_STYLE}</style>",
            f'<rect {size} fill="#fbfaf7"/>',
            *frames,
            *lines,
            *labels,
            *nodes,
            "</svg>",
        ]
    )


def _middle(row: int, column: int) -> tuple[int, int]:
    return _LEFT + column * _CELL + _CELL // 2, _TOP + row * _ROW + _ROW // 2


def _line(row: int, column: int, cell: LineCell) -> Iterator[str]:
    x, y = _middle(row, column)
    to = {
        UP: f"V{y - _ROW // 2}",
        DOWN: f"V{y + _ROW // 2}",
        LEFT: f"H{x - _CELL // 2}",
        RIGHT: f"H{x + _CELL // 2 + 1}",
    }
    dashes = ' class="dotted"' if cell.dotted else ""
    for way, line in to.items():
        if cell.ways & way:
            yield f'<path d="M{x} {y}{line}"{dashes}/>'
    if cell.arrow:
        yield f'<path class="arrow" d="{_arrow(x, y, cell.arrow)}"/>'


def _arrow(x: int, y: int, way: int) -> str:
    match way:
        case 1:
            tip = y - _ROW // 2
            return f"M{x} {tip}l-4 8h8z"
        case 2:
            tip = y + _ROW // 2
            return f"M{x} {tip}l-4 -8h8z"
        case 4:
            return f"M{x - _CELL // 2} {y}l8 -4v8z"
        case _:
            return f"M{x + _CELL // 2} {y}l-8 -4v8z"


def _frame(frame: Frame) -> Iterator[str]:
    x, y = _middle(frame.row, frame.column)
    size = f'width="{(frame.width - 1) * _CELL}" height="{(frame.height - 1) * _ROW}"'
    yield f'<rect class="frame" x="{x}" y="{y}" {size} rx="8"/>'
    yield from _text(frame.shown, frame.row, frame.name_column)


def _text(text: str, row: int, column: int) -> Iterator[str]:
    """Yield a text that hides the line behind it."""
    x, y = _middle(row, column)
    left, width = x - _CELL // 2, cell_len(text) * _CELL
    if width:
        yield f'<rect class="behind" x="{left}" y="{y - 9}" width="{width}" height="18"/>'
        yield f'<text class="beside" x="{left + width // 2}" y="{y + 5}">{escape(text)}</text>'


def _node(placed: PlacedNode) -> Iterator[str]:
    left, middle = _middle(placed.row, placed.column)
    left -= _CELL // 2
    width, top = placed.width * _CELL, middle - _ROW // 2
    yield f'<rect class="node" x="{left}" y="{top}" width="{width}" height="{_ROW}" rx="5"/>'
    kind = "" if placed.node.is_real else ' class="end"'
    yield f'<text x="{left + width // 2}" y="{middle + 5}"{kind}>{escape(placed.name)}</text>'
    if placed.node.stops_before:
        yield f'<path class="stop" d="M{left + 6} {middle - 2}h8l-4 -6z"/>'
    if placed.node.stops_after:
        yield f'<path class="stop" d="M{left + 6} {middle + 2}h8l-4 6z"/>'
