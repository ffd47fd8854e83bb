"""A graph as a list with rails, and in Mermaid's language."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hitl_engine.model import GraphEdge, GraphNode, GraphPicture
from hitl_engine.model.graph_picture import NodeKind
from hitl_tui.text.graph_mermaid import mermaid
from hitl_tui.text.graph_rails import RailRow, in_order, rail_rows

from .hostile import HOSTILE

_UP, _DOWN = "│┆╯┤┴┼", "│┆╮┤┬┼"
_KINDS: dict[str, NodeKind] = {"__start__": "start", "__end__": "end"}


def graph(*edges: str) -> GraphPicture:
    """A graph of edges such as `a-b`, or `a~b` for a conditional one."""
    split = [edge.replace("~", "-").split("-") for edge in edges]
    names = dict.fromkeys(name for pair in split for name in pair)
    return GraphPicture(
        "g",
        tuple(GraphNode(name, _KINDS.get(name, "node")) for name in names),
        tuple(
            GraphEdge(source, target, "~" in edge)
            for edge, (source, target) in zip(edges, split, strict=True)
        ),
    )


def drawn(picture: GraphPicture) -> list[str]:
    rows = rail_rows(picture)
    longest = max(len(row.node.node_id) for row in rows)
    return [_line(row, longest).rstrip() for row in rows]


def _line(row: RailRow, longest: int) -> str:
    fill = row.fill * (longest - len(row.node.node_id))
    lead = "◀" if row.arrives else row.fill
    return f"{row.bar}{row.node.node_id} {lead}{fill}{row.rails}"


def test_a_chain_is_a_bar() -> None:
    assert drawn(graph("__start__-a", "a-b", "b-__end__")) == [
        "╷__start__",
        "│a",
        "│b",
        "╵__end__",
    ]


def test_a_loop_and_a_choice_have_rails() -> None:
    agent = graph("__start__-model", "model~tools", "model~__end__", "tools-model")
    assert drawn(agent) == [
        "╷__start__",
        "│model ◀─────┬┄╮",
        "╵tools ──────╯ ┆",
        " __end__ ◀┄┄┄┄┄╯",
    ]


def test_edges_to_one_node_share_a_rail() -> None:
    fan = graph("__start__~a", "__start__~b", "__start__~c", "a-d", "b-d", "c-d", "d-__end__")
    assert drawn(fan) == [
        "╷__start__ ┄┄┬┄╮",
        "╵a ──────────┼─┼─╮",
        " b ◀─────────┴─┼─┤",
        "╷c ◀┄┄┄┄┄┄┄┄┄┄┄╯ │",
        "│d ◀─────────────╯",
        "╵__end__",
    ]


def test_the_end_is_last_and_what_nothing_leads_to_is_kept() -> None:
    picture = graph("__start__-a", "a-__end__", "elsewhere-a")
    assert [node.node_id for node in in_order(picture)] == [
        "__start__",
        "a",
        "elsewhere",
        "__end__",
    ]


names = st.sampled_from(["__start__", "__end__", *"abcdefghij"])
pictures = st.lists(st.tuples(names, names, st.booleans()), min_size=1, max_size=30).map(
    lambda edges: graph(*(f"{a}{'~' if dotted else '-'}{b}" for a, b, dotted in edges))
)


@given(pictures)
def test_every_edge_is_drawn_and_no_rail_breaks(picture: GraphPicture) -> None:
    rows = rail_rows(picture)
    place = {row.node.node_id: at for at, row in enumerate(rows)}
    assert sorted(place) == sorted(node.node_id for node in picture.nodes)
    assert len({len(row.rails) for row in rows}) == 1
    ways = {(place[edge.source], place[edge.target]) for edge in picture.edges}
    for at, row in enumerate(rows):
        assert row.loops is ((at, at) in ways)
        assert (row.bar in "╷│┆") is ((at, at + 1) in ways)
        assert row.arrives is any(b == at and a not in (at, at - 1) for a, b in ways)
        leaves = any(a == at and b not in (at, at + 1) for a, b in ways)
        assert (row.fill != " ") is (row.arrives or leaves)
    for above, below in pairwise(rows):
        for upper, lower in zip(above.rails, below.rails, strict=True):
            assert (upper in _DOWN) is (lower in _UP)
    for rails in (rows[0].rails, rows[-1].rails):
        assert not (set(rails) & set("│┆┤┼"))


hostile = st.sampled_from([text for text in HOSTILE if isinstance(text, str) and text])


@given(hostile.map(lambda text: text.replace(":", "")), hostile)
def test_hostile_names_are_shown_and_quoted(name: str, label: str) -> None:
    picture = GraphPicture("g", (GraphNode(name, "node"),), (GraphEdge(name, name, True, label),))
    flowchart = mermaid(picture)
    assert flowchart.count("\n") == 2
    assert flowchart.count('"') == 4
