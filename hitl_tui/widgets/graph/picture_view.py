"""The laid-out picture of a graph, with what each node does painted over it."""

from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hitl_engine.model import NO_BREAKPOINTS, Breakpoints, GraphNode, GraphPicture
from hitl_tui.state.node_runs import NodeRuns
from hitl_tui.text.graph_layout import GraphLayout, LineCell, PlacedNode
from hitl_tui.text.graph_marks import Mark
from hitl_tui.widgets.graph.node_signs import STYLES, NodeSelected, status_sign, stop_signs

_EMPTY = GraphLayout(0, 0, (), {})
_ASIDE = 3
"""How much farther a node seems that lies aside of the way of an arrow key."""


class PictureView(ScrollView, can_focus=True):
    """Shows the nodes of a graph where its layout has them, and the lines between them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = STYLES
    DEFAULT_CSS = """
    PictureView { scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            key,
            f"move({down},{right})",
            words,
            show=False,
            tooltip=f"To the next node {words.lower()}",
            id=f"picture.{words.lower()}",
        )
        for key, words, down, right in (
            ("up,k", "Up", -1, 0),
            ("down,j", "Down", 1, 0),
            ("left,h", "Left", 0, -1),
            ("right,l", "Right", 0, 1),
        )
    ]

    def __init__(self, runs: NodeRuns) -> None:
        super().__init__()
        self.layout_of_graph = _EMPTY
        self._picture: GraphPicture | None = None
        self._breakpoints = NO_BREAKPOINTS
        self._runs = runs
        self._node: GraphNode | None = None
        self._lit: frozenset[int] = frozenset()
        """The edges that begin at the selected node, by their places in the picture."""
        self._strips: LRUCache[object, Strip] = LRUCache(1024)

    def has(self, picture: GraphPicture) -> bool:
        """Whether this graph is the one that is shown."""
        return picture == self._picture

    def take(self, picture: GraphPicture, layout: GraphLayout) -> None:
        """Take the layout of another graph."""
        self._picture, self.layout_of_graph = picture, layout
        self._strips.clear()
        self.virtual_size = Size(layout.width, layout.height)
        self.refresh()

    def show(self, breakpoints: Breakpoints) -> None:
        """Show these breakpoints."""
        self._breakpoints = breakpoints
        self.refresh()

    def select(self, node: GraphNode) -> None:
        """Select a node, and scroll to it."""
        self._node = node
        edges = self._picture.edges if self._picture is not None else ()
        self._lit = frozenset(
            number for number, edge in enumerate(edges) if edge.source == node.node_id
        )
        self._scroll_to_node()
        self.refresh()

    def _scroll_to_node(self) -> None:
        placed = self._placed
        if placed is not None and self.is_mounted:
            around = Region(placed.column - 2, placed.row - 2, placed.width + 4, 5)
            self.scroll_to_region(around, animate=False, force=True)

    def on_resize(self) -> None:
        """Keep the selected node in view."""
        self._scroll_to_node()

    @property
    def _placed(self) -> PlacedNode | None:
        return self.layout_of_graph.of(self._node.node_id) if self._node is not None else None

    # Drawing

    def notify_style_update(self) -> None:
        """Forget the rows in the old colours."""
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw the part in view of a row."""
        left, top = self.scroll_offset
        width, row = self.size.width, top + y
        nodes = self.layout_of_graph.in_row(row)
        runs = tuple(self._runs.of(each.node.node_id) for each in nodes)
        selected = self._node.node_id if self._node is not None else ""
        look = (row, runs, self._breakpoints, selected, self.has_focus)
        strip = self._strips.get(look)
        if strip is None:
            strip = self._strips[look] = self._draw(row, nodes)
        return strip.crop_extend(left, left + width, self.rich_style)

    def _draw(self, row: int, nodes: tuple[PlacedNode, ...]) -> Strip:
        segments: list[Segment] = []
        column = 0
        for placed in nodes:
            segments += self._lines(row, column, placed.column)
            segments += self._drawn_node(placed)
            column = placed.end
        segments += self._lines(row, column, self.layout_of_graph.width)
        return Strip(segments).simplify()

    def _lines(self, row: int, begin: int, end: int) -> Iterator[Segment]:
        for column in range(begin, end):
            cell = self.layout_of_graph.beside_nodes(row, column)
            if cell is None:
                yield Segment(" ", self.rich_style)
            else:
                yield Segment(cell.sign, self.rich_style + self._colour(self._line_style(cell)))

    def _line_style(self, cell: LineCell | Mark) -> str:
        return "lit" if cell.edges & self._lit else "rail"

    def _drawn_node(self, placed: PlacedNode) -> Iterator[Segment]:
        node = placed.node
        selected = self._node is not None and self._node.node_id == node.node_id
        base = self.get_component_rich_style("graph--selected" if selected else "graph--node")
        opening, closing = "▐▌" if selected else "[]"
        frame = self.rich_style if selected else base
        (before, before_style), (after, after_style) = stop_signs(node, self._breakpoints)
        sign, sign_style = status_sign(node, self._runs.of(node.node_id))
        name = base if node.is_real else base + self._colour("muted")
        yield Segment(opening, frame + self._colour("lit" if selected else "rail"))
        yield Segment(before, base + self._colour(before_style))
        yield Segment(sign, base + self._colour(sign_style))
        yield Segment(f" {placed.name}", name)
        yield Segment(after, base + self._colour(after_style))
        yield Segment(closing, frame + self._colour("lit" if selected else "rail"))

    def _colour(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(f"graph--{name}").color)

    # Moving

    def action_move(self, down: int, right: int) -> None:
        """Select the nearest node in a direction; where there is none, scroll."""
        here = self._placed
        others = [each for each in self.layout_of_graph.nodes if each is not here]
        if here is None:
            return
        ahead = [
            (along + _ASIDE * aside, each)
            for each in others
            for along, aside in [_distances(here, each, down, right)]
            if along > 0
        ]
        if ahead:
            self._choose(min(ahead, key=lambda found: found[0])[1])
        else:
            self.scroll_relative(right * 4, down * 2, animate=False)

    def on_click(self, event: events.Click) -> None:
        """Select the node under the mouse."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        left, top = self.scroll_offset + offset
        if (found := self.layout_of_graph.at(top, left)) is not None:
            self._choose(found)

    def _choose(self, placed: PlacedNode) -> None:
        self.select(placed.node)
        self.post_message(NodeSelected(placed.node))


def _distances(here: PlacedNode, there: PlacedNode, down: int, right: int) -> tuple[float, float]:
    """Return how far a node lies in a direction, and how far aside of it; a row is two columns."""
    rows = 2.0 * (there.row - here.row)
    columns = (there.column + there.end - here.column - here.end) / 2
    return (rows * down, abs(columns)) if down else (columns * right, abs(rows))
