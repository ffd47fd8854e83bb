"""Pictures of graphs, as each kind of server draws them."""

from itertools import pairwise

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import TargetError
from hitl_engine.model import GraphPicture
from tests.server.processes import Served


def ways(picture: GraphPicture) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in picture.edges}


async def test_a_picture_has_nodes_edges_and_compiled_breakpoints(desk: Desk) -> None:
    picture = await desk.graph_pictures.of("breakpoints")
    kinds = {node.node_id: node.kind for node in picture.nodes}
    assert kinds == {
        "__start__": "start",
        **dict.fromkeys(("draft", "polish", "publish", "announce"), "node"),
        "__end__": "end",
    }
    stops = [(n.node_id, n.stops_before, n.stops_after) for n in picture.nodes]
    assert [each for each in stops if any(each[1:])] == [
        ("draft", False, True),
        ("publish", True, False),
    ]
    chain = ["__start__", "draft", "polish", "publish", "announce", "__end__"]
    assert ways(picture) == set(pairwise(chain))
    assert not any(edge.conditional for edge in picture.edges)
    assert not picture.has_subgraphs


async def test_a_subgraph_is_one_node_or_its_nodes(desk: Desk, server: Served) -> None:
    if server.name == "javascript":
        pytest.skip("The JavaScript server does not open a subgraph of one node")
    closed = await desk.graph_pictures.of("subgraph")
    node = closed.node("approval")
    assert node is not None
    assert (node.kind, node.is_real) == ("subgraph", True)
    assert ("prepare", "approval") in ways(closed)
    opened = await desk.graph_pictures.of("subgraph", subgraphs=True)
    assert opened.node("approval") is None
    inner = opened.node("approval:ask")
    assert inner is not None
    assert (inner.kind, inner.path) == ("node", ("approval", "ask"))
    assert closed.has_subgraphs
    assert opened.has_subgraphs


async def test_conditional_edges_are_told_apart(desk: Desk) -> None:
    picture = await desk.graph_pictures.of("tool_agent")
    conditional = {(e.source, e.target) for e in picture.edges if e.conditional}
    assert conditional
    assert conditional < ways(picture)


async def test_a_graph_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(TargetError):
        await desk.graph_pictures.of("nothing_of_this_name")
