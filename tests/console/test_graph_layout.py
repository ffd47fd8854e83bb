"""A graph laid out as a picture: where nodes are, and the lines between them."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hitl_engine.model import GraphEdge, GraphNode, GraphPicture
from hitl_tui.text.graph_layout import (
    DOWN,
    LEFT,
    MOST_NODES,
    RIGHT,
    UP,
    GraphLayout,
    graph_layout,
    laid_out,
)
from hitl_tui.text.graph_positions import NotLaidOut, Positions, positions
from hitl_tui.text.graph_svg import svg
from hitl_tui.text.graphlay_program import positions_of

from .hostile import HOSTILE
from .test_graph_rails import graph, pictures

pytest.importorskip("graphlay", reason="needs graphlay, of the extra `picture`")

_NEXT = {UP: (-1, 0), DOWN: (1, 0), LEFT: (0, -1), RIGHT: (0, 1)}


def drawn(picture: GraphPicture) -> list[str]:
    layout = graph_layout(picture)
    rows = [list(layout.lines(row, 0, layout.width)) for row in range(layout.height)]
    for placed in layout.nodes:
        box = f"[{placed.name.center(placed.width - 2)}]"
        rows[placed.row][placed.column : placed.end] = box
    return ["".join(row).rstrip() for row in rows]


def test_an_agent_with_a_loop_and_a_choice() -> None:
    agent = graph("__start__-model", "model~tools", "model~__end__", "tools-model", "model~model")
    assert drawn(agent) == [
        "             [  __start__  ]",
        "                    ▼",
        "              [  model ↺  ]",
        "                ┆ ▲ ┆",
        "        ╭┄┄┄┄┄┄┄╯ │ ┆",
        "        ┆ ╭───────╯ ┆",
        "        ▼ │         ▼",
        "[  tools  ]   [  __end__  ]",
    ]


def test_an_opened_subgraph_has_a_frame_with_its_name() -> None:
    opened = graph("__start__-plan", "plan~team:read", "plan~__end__", "team:read-team:write")
    assert drawn(opened) == [
        "[  __start__  ]",
        "       ▼",
        "  [  plan  ]",
        "       ┆  ╰┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╮",
        "       ┆         ╔ team ══┆════════╗",
        "       ┆         ║        ┆        ║",
        "       ┆         ║        ▼        ║",
        "       ▼         ║    [  read  ]   ║",
        " [  __end__  ]   ║        │        ║",
        "                 ║        ▼        ║",
        "                 ║   [  write  ]   ║",
        "                 ╚═════════════════╝",
    ]


def test_conditional_edges_have_their_labels() -> None:
    chosen = replace(
        graph("__start__-model", "model~tools", "model~__end__", "tools-model"),
        edges=(
            GraphEdge("__start__", "model"),
            GraphEdge("model", "tools", True, "has calls"),
            GraphEdge("model", "__end__", True, "完了"),
            GraphEdge("tools", "model"),
        ),
    )
    assert drawn(chosen) == [
        "             [  __start__  ]",
        "                    ▼",
        "               [  model  ]",
        "                ┆ ▲ ┆",
        "        has calls │ ┆",
        "        ┆         │ 完了",
        "        ┆ ╭───────╯ ┆",
        "        ▼ │         ▼",
        "[  tools  ]   [  __end__  ]",
    ]


def here(asked: dict[str, Any]) -> Positions:
    """Find positions in this process, for the many graphs of a property."""
    return Positions(**positions_of(asked))


def reached(layout: GraphLayout, picture: GraphPicture, number: int) -> set[str]:
    """The nodes that are reached from the source of an edge along its line."""
    edge = picture.edges[number]
    source = layout.of(edge.source)
    assert source is not None
    found: set[str] = set()
    seen: set[tuple[int, int]] = set()
    to_see = [(source.row, column) for column in range(source.column, source.end)]
    while to_see:
        row, column = to_see.pop()
        cell = layout.cells.get((row, column))
        for way, (down, right) in _NEXT.items():
            following = (row + down, column + right)
            if following in seen or (cell is not None and not cell.ways & way):
                continue
            beyond = layout.cells.get(following)
            if beyond is not None and number in beyond.edges:
                seen.add(following)
                to_see.append(following)
            elif cell is not None and (node := layout.at(*following)) is not None:
                found.add(node.node.node_id)
    return found


@settings(max_examples=40, derandomize=True)
@given(pictures)
def test_a_line_leads_along_each_edge_and_nodes_keep_apart(picture: GraphPicture) -> None:
    layout = laid_out(picture, here)
    assert sorted(n.node.node_id for n in layout.nodes) == sorted(n.node_id for n in picture.nodes)
    for one, other in pairwise(layout.nodes):
        assert one.row < other.row or one.end < other.column
    taken = {(n.row, x) for n in layout.nodes for x in range(n.column, n.end)}
    assert not taken & set(layout.cells)
    ways = {(edge.source, edge.target): n for n, edge in enumerate(picture.edges)}
    for (source, target), number in ways.items():
        if source != target:
            assert target in reached(layout, picture, number)
    for placed in layout.nodes:
        assert placed.name.endswith("↺") is ((placed.node.node_id,) * 2 in ways)
    ET.fromstring(svg(layout))


inside = st.sampled_from(["", "one:", "two:", "one:deep:", "a name that is longer:"])


@settings(max_examples=40, derandomize=True)
@given(pictures, st.data())
def test_frames_are_around_their_nodes_and_labels_hide_nothing(
    flat: GraphPicture, data: st.DataObject
) -> None:
    ids = {
        node.node_id: (data.draw(inside) if node.is_real else "") + node.node_id
        for node in flat.nodes
    }
    picture = GraphPicture(
        "g",
        tuple(replace(node, node_id=ids[node.node_id]) for node in flat.nodes),
        tuple(
            replace(edge, source=ids[edge.source], target=ids[edge.target], label=edge.target)
            for edge in flat.edges
        ),
    )
    led_to = {edge.target for edge in flat.edges if edge.source != edge.target}
    assume(led_to >= {node.node_id for node in flat.nodes[1:]})
    layout = laid_out(picture, here)
    for frame in layout.frames:
        depth = len(frame.path)
        right, bottom = frame.column + frame.width - 1, frame.row + frame.height - 1
        for node in layout.nodes:
            is_inside = frame.row < node.row < bottom and frame.column < node.column
            is_inside = is_inside and node.end - 1 < right
            assert is_inside is (node.node.path[:-1][:depth] == frame.path)
            is_apart = node.row < frame.row or node.row > bottom
            is_apart = is_apart or node.end <= frame.column or node.column > right
            assert is_inside or is_apart
    assert {each.path for each in layout.frames} == {
        node.path[:depth] for node in picture.nodes for depth in range(1, len(node.path))
    }
    taken = {(node.row, x) for node in layout.nodes for x in range(node.column, node.end)}
    assert not taken & set(layout.marks)
    for at in set(layout.marks) & set(layout.cells):
        assert layout.cells[at].edges == layout.marks[at].edges, "a label is on its own line"
    for number, edge in enumerate(picture.edges):
        is_newest = number == max(
            n
            for n, each in enumerate(picture.edges)
            if (each.source, each.target) == (edge.source, edge.target)
        )
        if edge.source != edge.target and is_newest:
            assert edge.target in reached(layout, picture, number)
    ET.fromstring(svg(layout))


def test_hostile_names_are_quoted_in_svg() -> None:
    names = [text for text in HOSTILE if isinstance(text, str) and text]
    for name in names:
        nodes = (GraphNode(name, "node"), GraphNode(f"{name}:inside", "node"))
        edge = GraphEdge(name, f"{name}:inside", True, name)
        layout = laid_out(GraphPicture("g", nodes, (edge,)), here)
        ET.fromstring(svg(layout))


def test_a_picture_of_too_many_nodes_is_refused() -> None:
    chain = graph(*(f"n{number}-n{number + 1}" for number in range(MOST_NODES)))
    with pytest.raises(NotLaidOut, match="The list shows it whole"):
        graph_layout(chain)


def test_a_layout_that_takes_too_long_is_ended() -> None:
    with pytest.raises(NotLaidOut, match=r"took more than 0.001 s. The list shows it whole."):
        positions({"sizes": [(10, 10)] * 2, "ends": [(0, 1)], "options": {}}, seconds=0.001)


def test_a_layout_that_fails_is_told() -> None:
    with pytest.raises(NotLaidOut, match=r"graphlay failed. The list shows it whole."):
        positions({"sizes": [], "ends": [(0, 1)], "options": {"direction": "nowhere"}})
