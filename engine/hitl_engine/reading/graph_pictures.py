"""The pictures of graphs, from what a server draws with and without subgraphs."""

from collections.abc import Callable

from hitl_engine.concurrency import together
from hitl_engine.model import GraphEdge, GraphNode, GraphPicture
from hitl_engine.model.graph_picture import NodeKind
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.wire import WireGraph, WireNode

_ENDS: dict[str, NodeKind] = {"__start__": "start", "__end__": "end"}


class GraphPictures:
    """Reads the pictures of a server's graphs, each time anew: the code of a graph may change."""

    def __init__(self, api: Callable[[], LangGraphServer]) -> None:
        self._api = api

    async def of(self, assistant_id: str, *, subgraphs: bool = False) -> GraphPicture:
        """Return the picture of a graph, by its id or that of an assistant.

        With `subgraphs`, the nodes inside subgraphs take the place of those that contain them.
        Raises NotThere where the server has no such graph or draws none, TargetError.
        """
        api = self._api()
        closed, opened = await together(
            api.graph(assistant_id, subgraphs=each) for each in (False, True)
        )
        return picture_of(assistant_id, closed, opened, subgraphs=subgraphs)


def picture_of(
    graph_id: str, closed: WireGraph, opened: WireGraph, *, subgraphs: bool
) -> GraphPicture:
    """Return a picture; a node contains a graph if its nodes replace it in the opened drawing."""
    replaced = {node.name for node in closed.nodes} - {node.name for node in opened.nodes}
    drawn = opened if subgraphs else closed
    return GraphPicture(
        graph_id,
        tuple(_node(node, replaced) for node in drawn.nodes),
        tuple(
            GraphEdge(str(edge.source), str(edge.target), edge.conditional, edge.label)
            for edge in drawn.edges
        ),
        opened=subgraphs,
    )


def _node(node: WireNode, replaced: set[str]) -> GraphNode:
    stops = node.compiled_stops
    kind = _ENDS.get(node.name.rpartition(":")[2])
    return GraphNode(
        node.name,
        kind or ("subgraph" if node.name in replaced else "node"),
        stops_before="before" in stops,
        stops_after="after" in stops,
    )
