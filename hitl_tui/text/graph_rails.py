"""A graph as a list: a row for each node, with its edges as rails to the right of the names.

An edge to the next row is a bar to the left of the two names. All other edges to one node share a rail.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hitl_engine.model import GraphEdge, GraphNode, GraphPicture

NOBODY = -1
_CROSSINGS = {
    # up, down, left, right
    (True, True, False, False): "│",
    (False, False, True, True): "─",
    (True, False, True, False): "╯",
    (False, True, True, False): "╮",
    (True, True, True, False): "┤",
    (True, False, True, True): "┴",
    (False, True, True, True): "┬",
    (True, True, True, True): "┼",
}
_BARS = {
    (False, False): " ",
    (True, False): "╵",
    (False, True): "╷",
    (True, True): "│",
}


@dataclass(frozen=True, slots=True)
class RailRow:
    """The row of a node. All rows have as many cells of rails."""

    node: GraphNode
    bar: str
    """Whether an edge comes from the row above, and one goes to the row below."""
    arrives: bool
    """Whether a rail ends here: an arrow points at the name."""
    loops: bool
    """Whether an edge goes from the node to itself."""
    fill: str
    """What leads from the name to the rails: a line, a dotted line, or nothing."""
    rails: str
    owners: tuple[int, ...]
    """For each cell of the rails the row to which its edges lead, or `NOBODY`."""


@dataclass(frozen=True, slots=True)
class _Rail:
    """The edges to one node that do not come from the row above."""

    target: int
    sources: Mapping[int, bool]
    """Row -> whether the edge from it is conditional."""

    @property
    def rows(self) -> range:
        joined = (self.target, *self.sources)
        return range(min(joined), max(joined) + 1)

    @property
    def dotted(self) -> bool:
        return all(self.sources.values())

    def joins(self, row: int) -> bool:
        return row == self.target or row in self.sources

    def is_dotted_at(self, row: int) -> bool:
        return self.dotted if row == self.target else self.sources[row]


def rail_rows(picture: GraphPicture) -> tuple[RailRow, ...]:
    """Return a row for each node, in an order in which most edges lead downwards."""
    nodes = in_order(picture)
    place = {node.node_id: row for row, node in enumerate(nodes)}
    edges = [edge for edge in picture.edges if edge.source in place and edge.target in place]
    falls = {
        place[edge.source]: edge for edge in edges if place[edge.target] == place[edge.source] + 1
    }
    columns = _columns(_rails(edges, place))
    return tuple(
        _row(
            node,
            row,
            falls,
            columns,
            loops=any(e.source == e.target == node.node_id for e in edges),
        )
        for row, node in enumerate(nodes)
    )


def in_order(picture: GraphPicture) -> list[GraphNode]:
    """Return the nodes so that those which follow each other are together, and the end is last."""
    following: dict[str, list[str]] = {node.node_id: [] for node in picture.nodes}
    for edge in picture.edges:
        if edge.source in following and edge.target in following:
            following[edge.source].append(edge.target)
    seen: set[str] = set()
    finished: list[str] = []
    roots = [node.node_id for node in picture.nodes if node.kind == "start"]
    for root in (*roots, *following):
        finished[:0] = _finished_after(root, following, seen)
    nodes = {node.node_id: node for node in picture.nodes}
    found = [nodes[node_id] for node_id in _with_roots_first(finished, roots)]
    return sorted(found, key=lambda node: node.node_id == "__end__")


def _with_roots_first(finished: Sequence[str], roots: Sequence[str]) -> list[str]:
    """Keep what cannot be reached from the start behind what can."""
    first = next((at for at, node_id in enumerate(finished) if node_id in roots), 0)
    return [*finished[first:], *finished[:first]]


def _finished_after(root: str, following: Mapping[str, Sequence[str]], seen: set[str]) -> list[str]:
    """Return the nodes that are reached from a root, each before those that follow only it."""
    if root in seen:
        return []
    seen.add(root)
    order: list[str] = []
    path = [(root, iter(following[root][::-1]))]
    while path:
        node_id, others = path[-1]
        unseen = next((each for each in others if each not in seen), None)
        if unseen is None:
            order.append(node_id)
            path.pop()
        else:
            seen.add(unseen)
            path.append((unseen, iter(following[unseen][::-1])))
    return order[::-1]


def _rails(edges: Sequence[GraphEdge], place: Mapping[str, int]) -> Iterator[_Rail]:
    sources: dict[int, dict[int, bool]] = {}
    for edge in edges:
        source, target = place[edge.source], place[edge.target]
        if target not in (source, source + 1):
            known = sources.setdefault(target, {})
            known[source] = known.get(source, True) and edge.conditional
    for target, joined in sources.items():
        yield _Rail(target, joined)


def _columns(rails: Iterator[_Rail]) -> list[list[_Rail]]:
    """Put rails that share no row into one column, the shortest next to the names."""
    columns: list[list[_Rail]] = []
    for rail in sorted(rails, key=lambda rail: (len(rail.rows), rail.target)):
        for column in columns:
            if all(_apart(rail.rows, other.rows) for other in column):
                column.append(rail)
                break
        else:
            columns.append([rail])
    return columns


def _apart(one: range, other: range) -> bool:
    return one.stop <= other.start or other.stop <= one.start


def _row(
    node: GraphNode,
    row: int,
    falls: Mapping[int, GraphEdge],
    columns: Sequence[Sequence[_Rail]],
    *,
    loops: bool,
) -> RailRow:
    here = [next((rail for rail in column if row in rail.rows), None) for column in columns]
    cells: list[str] = []
    owners: list[int] = []
    for at, rail in enumerate(here):
        beyond = _joining(here[at + 1 :], row)
        joined = _joining(here[at : at + 1], row)
        lead = _line([*joined, *beyond], row)
        cells += [lead, _crossing(rail, row, joins=bool(joined), beyond=beyond)]
        owners += [_owner([*joined, *beyond]), _owner([rail] if rail else beyond)]
    joining = _joining(here, row)
    arrives = any(rail.target == row for rail in joining)
    fill = _line(joining, row)
    return RailRow(node, _bar(row, falls), arrives, loops, fill, "".join(cells), tuple(owners))


def _joining(rails: Sequence[_Rail | None], row: int) -> list[_Rail]:
    return [rail for rail in rails if rail is not None and rail.joins(row)]


def _line(rails: Sequence[_Rail], row: int) -> str:
    """Return the line that leads to these rails: dotted if all its edges are conditional."""
    if not rails:
        return " "
    return "┄" if all(rail.is_dotted_at(row) for rail in rails) else "─"


def _owner(rails: Sequence[_Rail]) -> int:
    return rails[0].target if rails else NOBODY


def _crossing(rail: _Rail | None, row: int, *, joins: bool, beyond: Sequence[_Rail]) -> str:
    up = rail is not None and row > rail.rows.start
    down = rail is not None and row < rail.rows.stop - 1
    char = _CROSSINGS.get((up, down, joins or bool(beyond), bool(beyond)), " ")
    if char == "─":
        return _line(beyond, row)
    return "┆" if char == "│" and rail is not None and rail.dotted else char


def _bar(row: int, falls: Mapping[int, GraphEdge]) -> str:
    above, below = falls.get(row - 1), falls.get(row)
    bar = _BARS[above is not None, below is not None]
    dotted = all(edge.conditional for edge in (above, below) if edge is not None)
    return "┆" if bar == "│" and dotted else bar
