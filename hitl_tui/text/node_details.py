"""What is known of a node of a graph, in a few lines."""

from collections.abc import Callable, Iterator, Sequence

from hitl_engine.model import Breakpoints, GraphEdge, GraphNode, GraphPicture
from hitl_engine.visible import one_line

_EVERY = "*"


def node_details(
    picture: GraphPicture, node: GraphNode, set_here: Breakpoints
) -> tuple[tuple[str, str], ...]:
    """Return (label, text) for where edges come from and lead to, and for the breakpoints."""
    rows = [
        ("from", _ends(picture.edges_to(node.node_id), lambda edge: edge.source)),
        ("to", _ends(picture.edges_from(node.node_id), lambda edge: edge.target)),
        ("stops", " · ".join(_stops(node, set_here))),
    ]
    return tuple((label, text) for label, text in rows if text)


def _ends(edges: Sequence[GraphEdge], end: Callable[[GraphEdge], str]) -> str:
    return " · ".join(
        f"{one_line(end(edge), 60)}{f' if {one_line(edge.label, 40)}' if edge.label else ''}"
        f"{' ?' if edge.conditional and not edge.label else ''}"
        for edge in edges
    )


def _stops(node: GraphNode, set_here: Breakpoints) -> Iterator[str]:
    for when, nodes, compiled in (
        ("before", set_here.before, node.stops_before),
        ("after", set_here.after, node.stops_after),
    ):
        if compiled:
            yield f"{when} it: compiled into the graph"
        if node.is_real and {node.node_id, _EVERY} & set(nodes):
            condition = set_here.condition_at(node.node_id)
            where = f" where {one_line(condition, 80)}" if condition else ""
            yield f"{when} it{where}: set here"
