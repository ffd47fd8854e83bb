"""A graph as an SVG picture of its list of nodes, made here: nothing is sent to a service."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from hitl_engine.model import GraphNode, GraphPicture
from hitl_engine.visible import one_line
from hitl_tui.text.graph_rails import RailRow, rail_rows

_CELL, _ROW = 9, 22
_LEFT, _TOP = 24, 24
_NAME = _LEFT + 18
_STYLE = """
text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #262c33; }
.end { fill: #6b7480; }
path { fill: none; stroke: #6b7480; stroke-width: 1.5; }
.dotted { stroke-dasharray: 3 3; }
circle { fill: #fbfaf7; stroke: #2f6296; stroke-width: 2; }
.stop { fill: #ab2b2e; stroke: none; }
"""
_HALF = {
    # from the middle of a cell: up, down, left, right
    "│": "ud",
    "┆": "ud",
    "─": "lr",
    "┄": "lr",
    "╯": "ul",
    "╮": "dl",
    "┤": "udl",
    "┴": "ulr",
    "┬": "dlr",
    "┼": "udlr",
}


def svg(picture: GraphPicture) -> str:
    """Return the picture as a document."""
    rows = rail_rows(picture)
    longest = max((len(_name(row)) for row in rows), default=0)
    rails = _NAME + (longest + 3) * _CELL
    width = rails + (len(rows[0].rails) if rows else 0) * _CELL + _LEFT
    height = _TOP + len(rows) * _ROW + _TOP // 2
    parts = [part for number, row in enumerate(rows) for part in _row(row, number, rails)]
    size = f'width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">',
            f"<style>{_STYLE}</style>",
            f'<rect {size} fill="#fbfaf7"/>',
            *parts,
            "</svg>",
        ]
    )


def _name(row: RailRow) -> str:
    return one_line(" ▸ ".join(row.node.path), 60) + (" ↺" if row.loops else "")


def _row(row: RailRow, number: int, rails: int) -> Iterator[str]:
    y = _TOP + number * _ROW
    if row.bar in "│╷┆":
        yield _path(f"M{_LEFT} {y + 6}V{y + _ROW - 6}", dotted=row.bar == "┆")
    yield f'<circle cx="{_LEFT}" cy="{y}" r="5"/>'
    yield from _stop_marks(row.node, y)
    kind = "" if row.node.is_real else ' class="end"'
    name = _name(row)
    yield f'<text x="{_NAME}" y="{y + 5}"{kind}>{escape(name)}</text>'
    if row.fill != " ":
        begin = _NAME + (len(name) + 1) * _CELL
        yield _path(f"M{begin} {y}H{rails}", dotted=row.fill == "┄")
        if row.arrives:
            yield _path(f"M{begin + 6} {y - 4}L{begin} {y}L{begin + 6} {y + 4}", dotted=False)
    for at, char in enumerate(row.rails):
        x = rails + at * _CELL + _CELL // 2
        yield from (_path(_half(x, y, way), dotted=char in "┆┄") for way in _HALF.get(char, ""))


def _stop_marks(node: GraphNode, y: int) -> Iterator[str]:
    x = _LEFT - 14
    if node.stops_before:
        yield f'<path class="stop" d="M{x} {y - 2}h8l-4 -6z"/>'
    if node.stops_after:
        yield f'<path class="stop" d="M{x} {y + 2}h8l-4 6z"/>'


def _half(x: int, y: int, way: str) -> str:
    match way:
        case "u":
            return f"M{x} {y}V{y - _ROW // 2}"
        case "d":
            return f"M{x} {y}V{y + _ROW // 2}"
        case "l":
            return f"M{x} {y}H{x - _CELL // 2 - 1}"
        case _:
            return f"M{x} {y}H{x + _CELL // 2 + 1}"


def _path(line: str, *, dotted: bool) -> str:
    dashes = ' class="dotted"' if dotted else ""
    return f'<path d="{line}"{dashes}/>'
