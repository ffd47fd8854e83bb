"""The picture of a graph as the result of `hitl-tui graph`: a list, a picture, Mermaid, SVG or JSON."""

from collections.abc import Iterator

from hitl_engine.errors import BadInput
from hitl_engine.model import GraphNode, GraphPicture, JsonObject
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.text.graph_layout import PlacedNode, graph_layout
from hitl_tui.text.graph_mermaid import mermaid
from hitl_tui.text.graph_positions import NotLaidOut
from hitl_tui.text.graph_rails import RailRow, rail_rows
from hitl_tui.text.graph_svg import svg
from hitl_tui.text.signs import ASCII

FORMS = ("picture", "mermaid", "svg")


def picture_result(
    picture: GraphPicture, form: str | None, *, ascii_only: bool = False
) -> CommandResult:
    """Return the picture in one of `FORMS`; None: the list.

    Raises BadInput for a graph that cannot be laid out as a picture.
    """
    try:
        lines = _text(picture, form)
    except NotLaidOut as error:
        raise BadInput(str(error)) from error
    return CommandResult(_document(picture), (lines.translate(ASCII) if ascii_only else lines,))


def _text(picture: GraphPicture, form: str | None) -> str:
    match form:
        case "mermaid":
            return mermaid(picture)
        case "svg":
            return svg(graph_layout(picture))
        case "picture":
            return "\n".join((*_picture_lines(picture), *_legend(picture)))
        case _:
            return "\n".join((*_list_lines(picture), *_legend(picture)))


def _document(picture: GraphPicture) -> JsonObject:
    return {
        "graph": picture.graph_id,
        "nodes": [
            {
                "id": node.node_id,
                "kind": node.kind,
                "stops_before": node.stops_before,
                "stops_after": node.stops_after,
            }
            for node in picture.nodes
        ],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "conditional": edge.conditional,
                "label": edge.label or None,
            }
            for edge in picture.edges
        ],
    }


def _picture_lines(picture: GraphPicture) -> Iterator[str]:
    layout = graph_layout(picture)
    for row in range(layout.height):
        line, end = "", 0
        for placed in layout.in_row(row):
            line += layout.lines(row, end, placed.column) + _box(placed)
            end = placed.end
        yield (line + layout.lines(row, end, layout.width)).rstrip()


def _box(placed: PlacedNode) -> str:
    before = "▵" if placed.node.stops_before else " "
    after = "▿" if placed.node.stops_after else " "
    return f"[{before}○ {placed.name}{after}]"


def _list_lines(picture: GraphPicture) -> Iterator[str]:
    rows = rail_rows(picture)
    names = [_name(row) for row in rows]
    longest = max(map(len, names), default=0) + 1
    for row, name in zip(rows, names, strict=True):
        fill = row.fill * (longest - len(name))
        lead = "◀" if row.arrives else row.fill
        yield f"{_stops(row.node)} {row.bar}○ {name} {lead}{fill}{row.rails}".rstrip()


def _name(row: RailRow) -> str:
    name = one_line(" ▸ ".join(row.node.path), 80)
    inside = " [graph]" if row.node.kind == "subgraph" else ""
    return f"{name}{inside}{' ↺' if row.loops else ''}"


def _stops(node: GraphNode) -> str:
    return f"{'▵' if node.stops_before else ' '}{'▿' if node.stops_after else ' '}"


def _legend(picture: GraphPicture) -> Iterator[str]:
    if any(node.stops_before or node.stops_after for node in picture.nodes):
        yield ""
        yield "▵ stops before, ▿ stops after: breakpoints that the graph was compiled with"
    labelled = [edge for edge in picture.edges if edge.label]
    if labelled:
        yield ""
    for edge in labelled:
        yield f"{one_line(edge.source, 60)} ─ {one_line(edge.label, 60)} → {one_line(edge.target, 60)}"
