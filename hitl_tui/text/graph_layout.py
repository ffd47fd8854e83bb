"""A graph laid out on a grid of cells: where its nodes are, and the lines between them.

`graphlay` decides where nodes are and which way edges go; its distances are rounded to cells, and
rows that only lengthen lines are left out. What the nodes do is not part of a layout, so it is kept
for each shape of a graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from rich.cells import cell_len

from hitl_engine.model import GraphEdge, GraphNode, GraphPicture
from hitl_engine.visible import one_line
from hitl_tui.text.fitting import shortened
from hitl_tui.text.graph_marks import Cell, Frame, Label, Mark, fitting_labels, marks_of
from hitl_tui.text.graph_positions import NotLaidOut, Positions, positions

MOST_NODES, MOST_EDGES = 100, 200
"""Larger graphs are not laid out: it takes seconds, and nobody can read the picture."""
_CELL = 10
"""The unit of graphlay for one cell, in both directions."""
_NAME = 28
"""Cells for a name at most."""
_LABEL = 16
"""Cells for the label of an edge at most."""
_AROUND_NAME = 6
"""Cells of a node besides its name: brackets, its signs and spaces."""
_OPTIONS = {
    "direction": "topbottom",
    "effort": "fast",
    "cycles": {"strategy": "follow_flow"},
    "routing": {"merge_edges": "both", "lane_gap": _CELL, "port_sides": "facing_only"},
    "spacing": {
        "layer_gap": 4 * _CELL,
        "node_gap": 2 * _CELL,
        "dummy_gap": 2 * _CELL,
        "port_gap": 2 * _CELL,
        "port_stroke_clear": _CELL,
        "stub": 2 * _CELL,
        "bundle_lane_gap": _CELL,
        "reroute_node_gap": 2 * _CELL,
        "isolated_gap": 3 * _CELL,
        "edge_label_margin": 2 * _CELL,
        "compound_padding": 3 * _CELL,
    },
}
UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node in one row of cells."""

    node: GraphNode
    name: str
    """Its name as visible text, shortened; with `↺` where an edge leads from it to itself.

    Inside an opened subgraph without those of the subgraphs: their frames have them."""
    row: int
    column: int
    width: int

    @property
    def end(self) -> int:
        """The column after it."""
        return self.column + self.width


@dataclass(frozen=True, slots=True)
class LineCell:
    """A cell of one edge or several."""

    ways: int
    """Where lines lead from its middle: the sum of `UP`, `DOWN`, `LEFT` and `RIGHT`."""
    arrow: int
    """To where an arrow points, one of these; 0: there is no arrow."""
    edges: frozenset[int]
    """The places of its edges in the graph's list of edges."""
    dotted: bool
    """Whether the graph chooses all of them."""

    @property
    def sign(self) -> str:
        """The character for it."""
        if self.arrow:
            return _ARROWS[self.arrow]
        return _DOTTED.get(self.ways, _LINES[self.ways]) if self.dotted else _LINES[self.ways]


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """The picture of a graph, without what its nodes do."""

    width: int
    height: int
    nodes: tuple[PlacedNode, ...]
    """Row by row, each from left to right."""
    cells: Mapping[tuple[int, int], LineCell]
    """(row, column) -> the line that is there beside the nodes."""
    frames: tuple[Frame, ...] = ()
    """Around the nodes of opened subgraphs, outermost first."""
    labels: tuple[Label, ...] = ()
    """Of the edges, where they hide nothing."""
    marks: Mapping[Cell, Mark] = field(default_factory=dict)
    """(row, column) -> what is there of frames and labels; a label is in the place of a line."""

    def at(self, row: int, column: int) -> PlacedNode | None:
        """Return the node in a cell."""
        return next((each for each in self.in_row(row) if each.column <= column < each.end), None)

    def in_row(self, row: int) -> tuple[PlacedNode, ...]:
        """Return the nodes of a row, from left to right."""
        return tuple(each for each in self.nodes if each.row == row)

    def lines(self, row: int, begin: int, end: int) -> str:
        """Return the cells of a row between two columns that belong to no node."""
        found = (self.beside_nodes(row, column) for column in range(begin, end))
        return "".join(" " if each is None else each.sign for each in found)

    def beside_nodes(self, row: int, column: int) -> LineCell | Mark | None:
        """Return what is in a cell that belongs to no node."""
        return self.marks.get((row, column)) or self.cells.get((row, column))

    def of(self, node_id: str) -> PlacedNode | None:
        """Return the place of a node."""
        return next((each for each in self.nodes if each.node.node_id == node_id), None)


_ARROWS = {UP: "▲", DOWN: "▼", LEFT: "◀", RIGHT: "▶"}
_DOTTED = {UP | DOWN: "┆", LEFT | RIGHT: "┄", UP: "┆", DOWN: "┆", LEFT: "┄", RIGHT: "┄"}
_LINES = {
    UP: "│",
    DOWN: "│",
    UP | DOWN: "│",
    LEFT: "─",
    RIGHT: "─",
    LEFT | RIGHT: "─",
    DOWN | RIGHT: "╭",
    DOWN | LEFT: "╮",
    UP | RIGHT: "╰",
    UP | LEFT: "╯",
    UP | DOWN | RIGHT: "├",
    UP | DOWN | LEFT: "┤",
    LEFT | RIGHT | DOWN: "┬",
    LEFT | RIGHT | UP: "┴",
    UP | DOWN | LEFT | RIGHT: "┼",
}


@lru_cache(maxsize=32)
def graph_layout(picture: GraphPicture) -> GraphLayout:
    """Lay out a graph, which takes a moment; a layout that was made before is returned at once.

    Raises NotLaidOut for a graph that is too large, or takes graphlay too long, and where graphlay
    is not installed.
    """
    return laid_out(picture, positions)


def laid_out(picture: GraphPicture, find: Callable[[dict[str, Any]], Positions]) -> GraphLayout:
    """Lay out a graph with the positions that `find` returns. Raises NotLaidOut."""
    nodes = [node for node in picture.nodes if _is_drawn(node, picture)]
    place = {node.node_id: number for number, node in enumerate(nodes)}
    ways = {
        (place[edge.source], place[edge.target]): number
        for number, edge in enumerate(picture.edges)
        if edge.source in place and edge.target in place
    }
    loops = {source for source, target in ways if source == target}
    names = [_name(node, loops=number in loops) for number, node in enumerate(nodes)]
    outer = subgraphs_of(nodes)
    edges = {way: number for way, number in ways.items() if way[0] != way[1]}
    if len(names) > MOST_NODES or len(edges) > MOST_EDGES:
        raise NotLaidOut(
            f"The graph is too large for a picture: {len(names)} nodes and {len(edges)} edges, and"
            f" at most {MOST_NODES} and {MOST_EDGES} are drawn. The list shows it whole."
        )
    labels = [_label(picture.edges[number]) for number in edges.values()]
    around = [each.path[:-1] for each in nodes] + [path[:-1] for path in outer]
    asked = {
        "sizes": [*map(_size, names), *(_frame_size(_subgraph_name(path)) for path in outer)],
        "parents": [len(nodes) + outer.index(path) if path else None for path in around],
        "ends": list(edges),
        "labels": [((cell_len(label)) * _CELL, _CELL) if label else None for label in labels],
        "options": _OPTIONS,
    }
    grid = _Grid(find(asked), names, list(edges))
    return grid.layout(nodes, outer, picture.edges, list(edges.values()), labels)


def subgraphs_of(nodes: Sequence[GraphNode]) -> list[tuple[str, ...]]:
    """Return the paths of the opened subgraphs, outermost first."""
    paths = {node.path[:depth] for node in nodes for depth in range(1, len(node.path))}
    return sorted(paths, key=lambda path: (len(path), path))


def _is_drawn(node: GraphNode, picture: GraphPicture) -> bool:
    """Leave out a start or an end to which no edge leads; some servers send them so."""
    return node.is_real or any(node.node_id in (edge.source, edge.target) for edge in picture.edges)


def _name(node: GraphNode, *, loops: bool) -> str:
    name = shortened(one_line(node.path[-1], 120), _NAME)
    return f"{name}{' ⊞' if node.kind == 'subgraph' else ''}{' ↺' if loops else ''}"


def _subgraph_name(path: Sequence[str]) -> str:
    return shortened(one_line(path[-1], 120), _NAME)


def _label(edge: GraphEdge) -> str:
    text = shortened(one_line(edge.label, 120), _LABEL)
    return f" {text} " if text else ""


def _size(name: str) -> tuple[int, int]:
    """Return the size of a node for graphlay: a cell wider, as lines may pass closer than a cell."""
    return (cell_len(name) + _AROUND_NAME + 1) * _CELL, _CELL


def _frame_size(name: str) -> tuple[int, int]:
    """Return the least size of a subgraph: a line through the middle leaves space for its name."""
    return (2 * min(cell_len(name), _LABEL) + 2 * _AROUND_NAME) * _CELL, _CELL


class _Grid:
    """Rounds distances to cells. Rows are those in which something begins, ends or turns."""

    def __init__(
        self, found: Positions, names: Sequence[str], edges: Sequence[tuple[int, int]]
    ) -> None:
        self._found = found
        self._widths = [cell_len(name) + _AROUND_NAME for name in names]
        self._names = names
        self._ends = edges
        self._left = min((self._edge_of(number) for number in range(len(names))), default=0.0)
        for turns in found.turns:
            self._left = min([self._left, *(x for x, _ in turns)])
        for number in range(len(names), len(found.middles)):
            self._left = min(self._left, self._sides_of(number)[0])
        self._paths = [
            list(self._path(turns, *ends)) for turns, ends in zip(found.turns, edges, strict=True)
        ]
        heights = {self._middle_of(number) for number in range(len(names))}
        heights |= {y for path in self._paths for _, y in path}
        heights |= {round(at[1], 1) for at in found.labels if at is not None}
        for number in range(len(names), len(found.middles)):
            heights |= {*self._sides_of(number)[2:]}
        self._rows = {height: row for row, height in enumerate(sorted(heights))}

    def _edge_of(self, number: int) -> float:
        """Return the middle of the first cell of a node."""
        middle, _ = self._found.middles[number]
        return middle - (self._widths[number] - 1) * _CELL / 2

    def _middle_of(self, number: int) -> float:
        _, y = self._found.middles[number]
        return round(y, 1)

    def _path(
        self, points: Sequence[tuple[float, float]], source: int, target: int
    ) -> Iterator[tuple[int, float]]:
        """Yield the turns of an edge as (column, height), from the middle of a node to another.

        Before the end comes a row for the arrow.
        """
        columns = self._columns(points, source, target)
        heights = [round(y, 1) for _, y in points]
        middle = self._middle_of(target)
        yield columns[0], self._middle_of(source)
        yield from zip(columns[1:-1], heights[1:-1], strict=True)
        yield columns[-1], middle + (_CELL if heights[-2] > heights[-1] else -_CELL)
        yield columns[-1], middle

    def _columns(
        self, points: Sequence[tuple[float, float]], source: int, target: int
    ) -> list[int]:
        """Return the columns of the turns; the first and the last line end at cells of the nodes."""
        columns = [self._column(x) for x, _ in points]
        columns[:2] = [self._within(source, columns[0])] * 2
        columns[-2:] = [self._within(target, columns[-1])] * 2
        return columns

    def _column(self, x: float) -> int:
        return round((x - self._left) / _CELL)

    def _within(self, number: int, column: int) -> int:
        """Return the column of a node that is next to this one."""
        begin = self._column(self._edge_of(number))
        return max(begin, min(column, begin + self._widths[number] - 1))

    def _sides_of(self, number: int) -> tuple[float, float, float, float]:
        """Return where a subgraph begins and ends: left, right, top, bottom.

        It is a cell narrower than graphlay has it, because lines may pass closer than a cell.
        """
        (x, y), (width, height) = self._found.middles[number], self._found.sizes[number]
        return (
            *(x - width / 2 + _CELL, x + width / 2 - _CELL),
            *(round(y - height / 2, 1), round(y + height / 2, 1)),
        )

    def layout(
        self,
        nodes: Sequence[GraphNode],
        subgraphs: Sequence[tuple[str, ...]],
        edges: Sequence[GraphEdge],
        drawn: Sequence[int],
        texts: Sequence[str],
    ) -> GraphLayout:
        """Return the layout; `drawn`: for each path, the place of its edge in `edges`, with its label."""
        placed = [self._placed(number, node) for number, node in enumerate(nodes)]
        taken = {(each.row, x) for each in placed for x in range(each.column, each.end)}
        lines = _Lines(taken)
        for path, edge in zip(self._paths, drawn, strict=True):
            lines.draw([(self._rows[y], x) for x, y in path], edge)
        cells = lines.cells(edges)
        edges_at = {at: line.edges for at, line in cells.items()}
        labels = fitting_labels([*self._labels(drawn, texts)], edges_at, taken)
        taken = taken.union(cells, *(each.cells for each in labels))
        frames = [
            Frame.named(path, _subgraph_name(path), self._box_of(len(nodes) + number), taken)
            for number, path in enumerate(subgraphs)
        ]
        marks = marks_of(frames, labels, taken)
        columns = [
            *(each.end for each in placed),
            *(column + 1 for _, column in {**cells, **marks}),
        ]
        return GraphLayout(
            max(columns, default=0),
            len(self._rows),
            tuple(sorted(placed, key=lambda each: (each.row, each.column))),
            cells,
            tuple(frames),
            labels,
            marks,
        )

    def _box_of(self, number: int) -> tuple[int, int, int, int]:
        """Return the row, column, height and width of a subgraph, in cells."""
        left, right, top, bottom = self._sides_of(number)
        row, column = self._rows[top], self._column(left)
        return row, column, self._rows[bottom] - row + 1, self._column(right) - column + 1

    def _labels(self, drawn: Sequence[int], texts: Sequence[str]) -> Iterator[Label]:
        for edge, text, at in zip(drawn, texts, self._found.labels, strict=True):
            if text and at is not None:
                x, y = at
                begin = max(0, self._column(x) - cell_len(text) // 2)
                yield Label(text, self._rows[round(y, 1)], begin, edge)

    def _placed(self, number: int, node: GraphNode) -> PlacedNode:
        column = self._column(self._edge_of(number))
        row = self._rows[self._middle_of(number)]
        return PlacedNode(node, self._names[number], row, column, self._widths[number])


class _Lines:
    """The cells of edges, outside the nodes."""

    def __init__(self, taken: set[tuple[int, int]]) -> None:
        self._taken = taken
        self._ways: dict[tuple[int, int], int] = {}
        self._arrows: dict[tuple[int, int], int] = {}
        self._edges: dict[tuple[int, int], set[int]] = {}

    def draw(self, path: Sequence[tuple[int, int]], edge: int) -> None:
        """Draw an edge along (row, column), with an arrow in its last cell outside the nodes."""
        steps = [step for begin, end in pairwise(path) for step in _steps(begin, end)]
        for (cell, way), (following, _) in pairwise([*steps, (path[-1], 0)]):
            self._join(cell, way, edge)
            self._join(following, _BACK[way], edge)
        outside = [(cell, way) for cell, way in steps if cell not in self._taken]
        if outside:
            cell, way = outside[-1]
            self._arrows[cell] = way

    def _join(self, cell: tuple[int, int], way: int, edge: int) -> None:
        if cell not in self._taken:
            self._ways[cell] = self._ways.get(cell, 0) | way
            self._edges.setdefault(cell, set()).add(edge)

    def cells(self, edges: Sequence[GraphEdge]) -> dict[tuple[int, int], LineCell]:
        """Return what is in each cell."""
        return {
            cell: LineCell(
                ways,
                self._arrows.get(cell, 0),
                frozenset(self._edges[cell]),
                all(edges[edge].conditional for edge in self._edges[cell]),
            )
            for cell, ways in self._ways.items()
        }


_BACK = {UP: DOWN, DOWN: UP, LEFT: RIGHT, RIGHT: LEFT}


def _steps(begin: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield each cell from one turn to before the next, with the way to the cell after it.

    Where rounding has moved one of them to the side, the column is reached first.
    """
    row, column = begin
    while column != end[1]:
        yield (row, column), RIGHT if end[1] > column else LEFT
        column += 1 if end[1] > column else -1
    while row != end[0]:
        yield (row, column), DOWN if end[0] > row else UP
        row += 1 if end[0] > row else -1
