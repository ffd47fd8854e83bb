"""A graph in Mermaid's language, for documents and other programs."""

from collections.abc import Iterator

from hitl_engine.model import GraphEdge, GraphNode, GraphPicture
from hitl_engine.visible import one_line

_SHAPES = {"start": '(["{}"])', "end": '(["{}"])', "node": '["{}"]', "subgraph": '[["{}"]]'}


def mermaid(picture: GraphPicture) -> str:
    """Return a flowchart; nodes have short ids, because names may contain what Mermaid reads."""
    ids = {node.node_id: f"n{number}" for number, node in enumerate(picture.nodes)}
    return "\n".join(
        ["flowchart TD", *_nodes(picture, ids), *_edges(picture, ids), *_stops(picture, ids)]
    )


def _nodes(picture: GraphPicture, ids: dict[str, str]) -> Iterator[str]:
    groups: dict[tuple[str, ...], list[GraphNode]] = {}
    for node in picture.nodes:
        groups.setdefault(node.path[:-1], []).append(node)
    for number, (around, nodes) in enumerate(sorted(groups.items())):
        if around:
            yield f'    subgraph g{number}["{_text(" ▸ ".join(around))}"]'
        for node in nodes:
            yield f"    {ids[node.node_id]}{_SHAPES[node.kind].format(_text(node.path[-1]))}"
        if around:
            yield "    end"


def _edges(picture: GraphPicture, ids: dict[str, str]) -> Iterator[str]:
    for edge in picture.edges:
        if edge.source in ids and edge.target in ids:
            yield f"    {ids[edge.source]} {_arrow(edge)} {ids[edge.target]}"


def _arrow(edge: GraphEdge) -> str:
    arrow = "-.->" if edge.conditional else "-->"
    return f'{arrow}|"{_text(edge.label)}"|' if edge.label else arrow


def _stops(picture: GraphPicture, ids: dict[str, str]) -> Iterator[str]:
    stops = [ids[n.node_id] for n in picture.nodes if n.stops_before or n.stops_after]
    if stops:
        yield "    classDef stop stroke-width:3px"
        yield f"    class {','.join(stops)} stop"


def _text(name: str) -> str:
    """Return a name as Mermaid shows it, with what would end its quotes as an entity."""
    return one_line(name, 200).replace("#", "#35;").replace('"', "#quot;").replace("`", "#96;")
