"""What is written beside the nodes and lines of a picture: frames of subgraphs, labels of edges."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from rich.cells import cell_len

from hitl_tui.text.fitting import shortened

Cell: TypeAlias = tuple[int, int]
"""(row, column)"""
_SHORTEST = 5
"""Cells in which a name can be read, with the space on both sides."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of an opened subgraph, around its nodes; in cells, its lines included."""

    path: tuple[str, ...]
    """The names of the subgraphs, outermost first."""
    row: int
    column: int
    height: int
    width: int
    shown: str = ""
    """The last name as visible text, shortened to fit into the upper line; empty without space."""
    name_column: int = 0
    """Where that begins."""

    @classmethod
    def named(
        cls,
        path: tuple[str, ...],
        name: str,
        place: tuple[int, int, int, int],
        taken: Collection[Cell],
    ) -> Frame:
        """Return a frame with its name in the longest part of the upper line that nothing crosses.

        `place`: row, column, height, width. `taken`: the cells of lines and nodes.
        """
        row, column, _, width = place
        parts = [
            list(columns)
            for is_free, columns in groupby(
                range(column + 1, column + width - 1), lambda each: (row, each) not in taken
            )
            if is_free
        ]
        longest = max(parts, key=len, default=[])
        if len(longest) < _SHORTEST:
            return cls(path, *place)
        return cls(path, *place, f" {shortened(name, len(longest) - 2)} ", longest[0])

    @property
    def outline(self) -> Iterator[tuple[Cell, str]]:
        """The cells of its lines, each with its character."""
        right, bottom = self.column + self.width - 1, self.row + self.height - 1
        for row in range(self.row + 1, bottom):
            yield (row, self.column), "║"
            yield (row, right), "║"
        for row, left_corner, right_corner in ((self.row, "╔", "╗"), (bottom, "╚", "╝")):
            yield (row, self.column), left_corner
            yield (row, right), right_corner
            for column in range(self.column + 1, right):
                yield (row, column), "═"


@dataclass(frozen=True, slots=True)
class Label:
    """The label of an edge, on its line."""

    text: str
    """Visible text, shortened, with a space on both sides."""
    row: int
    column: int
    edge: int
    """The place of its edge in the graph's list of edges."""

    @property
    def cells(self) -> set[Cell]:
        """The cells that it takes."""
        return {(self.row, self.column + offset) for offset in range(cell_len(self.text))}


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell of a frame, or of a label."""

    sign: str
    """The character; empty after one that is two cells wide."""
    edges: frozenset[int] = frozenset()
    """The edge of a label."""


def fitting_labels(
    labels: Sequence[Label], lines: Mapping[Cell, Collection[int]], taken: Collection[Cell]
) -> tuple[Label, ...]:
    """Return the labels that hide nothing: no node, no other label, and no line of another edge.

    `lines`: the edges of each cell with a line. `taken`: the cells of nodes.
    """
    used = set(taken)
    found = []
    for label in labels:
        edges = {edge for cell in label.cells for edge in lines.get(cell, ())}
        if edges <= {label.edge} and not label.cells & used:
            used |= label.cells
            found.append(label)
    return tuple(found)


def marks_of(
    frames: Sequence[Frame], labels: Sequence[Label], taken: Collection[Cell]
) -> dict[Cell, Mark]:
    """Return the cells of frames where nothing else is, and of labels. `taken`: nodes and lines."""
    marks: dict[Cell, Mark] = {}
    for frame in frames:
        marks |= {cell: Mark(sign) for cell, sign in frame.outline if cell not in taken}
        marks |= dict(_written(frame.shown, frame.row, frame.name_column, frozenset()))
    for label in labels:
        marks |= dict(_written(label.text, label.row, label.column, frozenset({label.edge})))
    return marks


def _written(
    text: str, row: int, column: int, edges: frozenset[int]
) -> Iterator[tuple[Cell, Mark]]:
    """Yield each cell of a text."""
    for character in text:
        width = cell_len(character)
        for offset in range(width):
            yield (row, column + offset), Mark("" if offset else character, edges)
        column += width
