"""A JSON value as a tree of which only the opened parts have rows, without a terminal.

A value may be of many megabytes: nothing is walked before it is opened, and of a long list or text
only the beginning gets rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice

from hitl_engine.model import Change, ChangeKind, JsonValue, Path, Watched
from hitl_engine.visible import visible
from hitl_tui.text.rows import cut_anywhere, cut_at_words, pieces

PAGE = 500
"""Children that get rows at once."""
_OPENED_AT_ONCE = 40
"""Rows up to which the containers of a new value are opened."""
_SMALL = 8
"""Children of a container that is opened at once."""
_MANY_CHANGES = 10_000
"""With more changes, only the keys of the state are marked."""
_LONG = 60
"""Characters of a text that is not shown whole on its row."""
_READABLE = 200_000
"""Characters of a text up to which its lines are cut at words; that takes time."""


class NodeKind(Enum):
    """What a row of the tree is."""

    WATCH = "watch"
    """A watched expression, with what it finds."""
    VALUE = "value"
    LINE = "line"
    """A line of a long text, as visible text."""
    MORE = "more"
    """Takes the place of the children that have no rows yet."""


@dataclass(eq=False, slots=True)
class Node:
    """A row of the tree."""

    kind: NodeKind
    step: str | int
    """Its key or index in its parent; of a watch, the expression."""
    value: JsonValue
    parent: "Node | None" = None
    depth: int = 0
    is_open: bool = False
    path: Path | None = None
    """Where the value is in the state; None for a watch that found several values, or none."""
    key_width: int = 0
    """Characters of the longest key among its siblings."""
    problem: str = ""
    """Why a watched expression finds nothing, if so."""

    @property
    def can_open(self) -> bool:
        """Whether it contains rows of its own."""
        if self.kind in (NodeKind.LINE, NodeKind.MORE):
            return self.kind is NodeKind.MORE
        if isinstance(self.value, str):
            return len(self.value) > _LONG or "\n" in self.value
        return isinstance(self.value, dict | list) and bool(self.value)


@dataclass(slots=True)
class Marks:
    """Where a value changed."""

    changed: dict[Path, ChangeKind] = field(default_factory=dict)
    inside: set[Path] = field(default_factory=set)
    """Containers with a change somewhere inside."""
    removed: dict[Path, list[str | int]] = field(default_factory=dict)
    """Containers, each with what was removed from it."""

    @classmethod
    def of(cls, changes: Sequence[Change]) -> "Marks":
        """Return the marks for these changes."""
        marks = cls()
        if len(changes) > _MANY_CHANGES:
            marks.inside.update(change.path[:1] for change in changes)
            return marks
        for change in changes:
            if change.kind is ChangeKind.REMOVED and change.path:
                marks.removed.setdefault(change.path[:-1], []).append(change.path[-1])
            else:
                marks.changed[change.path] = change.kind
            marks.inside.update(change.path[:end] for end in range(len(change.path)))
        return marks


class JsonTree:
    """The rows of a value; the watched expressions come first."""

    def __init__(self) -> None:
        self.rows: list[Node] = []
        self.text_width = 80
        """The cells of a line of a long text."""
        self._opened: set[Path | str] = set()
        """What the user opened: paths, and watched expressions."""
        self._is_new = True

    def show(self, value: JsonValue, watches: Iterable[Watched] = ()) -> None:
        """Show a value; what was opened before is open in it too."""
        watched = [_watch_node(watch) for watch in watches]
        width = max(
            (len(watch.step) for watch in watched if isinstance(watch.step, str)), default=0
        )
        for node in watched:
            node.key_width = width
        self.rows = [*watched, *self._top(value)]
        if self._is_new and self.rows:
            self._is_new = False
            self._open_small()
        index = 0
        while index < len(self.rows):
            if row_name(self.rows[index]) in self._opened:
                self._insert_children(index)
            index += 1

    def _top(self, value: JsonValue) -> list[Node]:
        root = Node(NodeKind.VALUE, "$", value, depth=-1, path=())
        if isinstance(value, dict | list) and value:
            return list(_children(root, 0, self.text_width))
        return [Node(NodeKind.VALUE, "$", value, path=())]

    def _open_small(self) -> None:
        """Open the small containers of a value that is shown for the first time."""
        rows = len(self.rows)
        for node in self.rows:
            size = len(node.value) if isinstance(node.value, dict | list) else 0
            if 0 < size <= _SMALL and rows + size <= _OPENED_AT_ONCE:
                self._opened.add(row_name(node))
                rows += size

    # Opening

    def open(self, index: int) -> None:
        """Give rows to what a row contains."""
        node = self.rows[index]
        if node.kind is NodeKind.MORE:
            assert node.parent is not None, "what has more is inside something"
            self.rows[index : index + 1] = _children(node.parent, int(node.step), self.text_width)
        elif node.can_open and not node.is_open:
            self._opened.add(row_name(node))
            self._insert_children(index)

    def close(self, index: int) -> None:
        """Take the rows away from what a row contains."""
        node = self.rows[index]
        if node.is_open:
            self._opened.discard(row_name(node))
            node.is_open = False
            del self.rows[index + 1 : self._end(index)]

    def _insert_children(self, index: int) -> None:
        node = self.rows[index]
        if node.can_open and not node.is_open and node.kind is not NodeKind.MORE:
            node.is_open = True
            self.rows[index + 1 : index + 1] = _children(node, 0, self.text_width)

    def _end(self, index: int) -> int:
        """Return the index after the last row that is inside a row."""
        end = index + 1
        while end < len(self.rows) and self.rows[end].depth > self.rows[index].depth:
            end += 1
        return end

    # Finding rows

    def parent_index(self, index: int) -> int:
        """Return the row that contains a row; the row itself at the top."""
        parent = self.rows[index].parent
        while parent is not None and index > 0 and self.rows[index] is not parent:
            index -= 1
        return index

    def reveal(self, path: Path) -> int:
        """Open everything around a place, and return its row; the nearest one if it has none."""
        index = next((i for i, node in enumerate(self.rows) if _is_top(node)), 0)
        if path[:1] == () or index >= len(self.rows):
            return min(index, max(0, len(self.rows) - 1))
        for end in range(1, len(path) + 1):
            found = self._child(index, path[:end])
            if found is None:
                break
            index = found
            if end < len(path):
                self.open(index)
                index += 1
        return min(index, len(self.rows) - 1)

    def _child(self, index: int, path: Path) -> int | None:
        """Return the row of a path among the siblings from a row on, which may have to be made."""
        depth = self.rows[index].depth if index < len(self.rows) else 0
        while index < len(self.rows) and self.rows[index].depth >= depth:
            node = self.rows[index]
            if node.depth == depth and node.kind is NodeKind.MORE:
                self.open(index)
                continue
            if node.depth == depth and node.path == path and node.kind is NodeKind.VALUE:
                return index
            index += 1
        return None


def _watch_node(watch: Watched) -> Node:
    single = len(watch.found) == 1
    values: JsonValue = [value for _, value in watch.found]
    value = watch.found[0][1] if single else values
    path = watch.found[0][0] if single else None
    return Node(NodeKind.WATCH, watch.expression, value, path=path, problem=watch.problem)


def _is_top(node: Node) -> bool:
    return node.kind is NodeKind.VALUE and node.depth == 0


def row_name(node: Node) -> Path | str:
    """Return what a row is called in every value: its path; inside a watch, the way from there."""
    outermost = node
    while outermost.parent is not None and outermost.parent.depth >= 0:
        outermost = outermost.parent
    if outermost.kind is NodeKind.WATCH:
        steps = []
        while node is not outermost:
            steps.append(str(node.step))
            assert node.parent is not None, "it is inside the watch"
            node = node.parent
        return "\n".join([str(outermost.step), *reversed(steps)])
    return node.path if node.path is not None else ()


def _cut(text: str, width: int) -> list[str]:
    """Return the lines of a text as visible text, cut to fit a width."""
    cut = cut_at_words if len(text) <= _READABLE else cut_anywhere
    cells = max(20, width)
    return [
        line[start:end]
        for line in visible(text).replace("\t", "    ").split("\n")
        for start, end in pieces(cut(line, cells), len(line))
    ]


def _children(node: Node, start: int, text_width: int) -> Iterator[Node]:
    """Yield a page of what a node contains, from a number on, and a row for the rest."""
    match node.value:
        case dict():
            steps: Iterator[tuple[str | int, JsonValue]] = islice(
                iter(node.value.items()), start, start + PAGE
            )
            count, kind = len(node.value), NodeKind.VALUE
        case list():
            steps = islice(enumerate(node.value), start, start + PAGE)
            count, kind = len(node.value), NodeKind.VALUE
        case str():
            lines = _cut(node.value, text_width - 2 * node.depth)
            steps = islice(enumerate(lines), start, start + PAGE)
            count, kind = len(lines), NodeKind.LINE
        case _:
            return
    found = list(steps)
    width = max((len(str(step)) for step, _ in found), default=0)
    for step, value in found:
        path = None if node.path is None or kind is NodeKind.LINE else (*node.path, step)
        yield Node(kind, step, value, node, node.depth + 1, path=path, key_width=width)
    if (left := count - start - len(found)) > 0:
        yield Node(NodeKind.MORE, start + len(found), left, node, node.depth + 1)
