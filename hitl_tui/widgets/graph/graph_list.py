"""The nodes of a graph as a list, with its edges as rails, and what each node does."""

from collections.abc import Hashable
from typing import ClassVar

from textual.binding import BindingType
from textual.strip import Strip

from hitl_engine.model import NO_BREAKPOINTS, Breakpoints, GraphNode, GraphPicture
from hitl_tui.state.node_runs import NodeRuns
from hitl_tui.text.graph_rails import RailRow, rail_rows
from hitl_tui.widgets.graph.graph_row import GraphRowDrawing
from hitl_tui.widgets.graph.node_signs import STYLES, NodeSelected
from hitl_tui.widgets.item_list import ItemList, moving_keys


class GraphList(ItemList):
    """Shows a row for each node."""

    HEADINGS = 0
    COMPONENT_CLASSES: ClassVar[set[str]] = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [*moving_keys("graph", "node")]

    def __init__(self, runs: NodeRuns) -> None:
        super().__init__()
        self.rows: tuple[RailRow, ...] = ()
        self._picture: GraphPicture | None = None
        self._breakpoints = NO_BREAKPOINTS
        self._runs = runs
        self._drawing = GraphRowDrawing(self)
        self._lit: frozenset[int] = frozenset()

    @property
    def node(self) -> GraphNode | None:
        """The selected node."""
        return self.rows[self.selected].node if self.rows else None

    def show(self, picture: GraphPicture, breakpoints: Breakpoints) -> None:
        """Show a graph; the selected node stays selected."""
        before = self.node
        self._picture, self._breakpoints = picture, breakpoints
        self.rows = rail_rows(picture)
        self.items_changed(self._place_of(before))
        self._light_up()

    def _place_of(self, before: GraphNode | None) -> int:
        ids = [row.node.node_id for row in self.rows]
        if before is None:
            here = (at for at, node_id in enumerate(ids) if self._runs.of(node_id).is_current)
            return next(here, 1 if len(ids) > 1 else 0)
        outer = before.path[0]
        near = (at for at, node_id in enumerate(ids) if node_id.split(":")[0] == outer)
        return ids.index(before.node_id) if before.node_id in ids else next(near, 0)

    def select(self, node: GraphNode) -> None:
        """Select a node that was selected elsewhere."""
        self.selected = self._place_of(node)

    def watch_selected(self, before: int, now: int) -> None:
        """Emphasize the edges of the selected node."""
        super().watch_selected(before, now)
        self._light_up()

    def _light_up(self) -> None:
        if self._picture is None or self.node is None:
            return
        following = {edge.target for edge in self._picture.edges_from(self.node.node_id)}
        self._lit = frozenset(
            at for at, row in enumerate(self.rows) if row.node.node_id in following
        )
        self.refresh()
        if self.is_mounted:
            self.post_message(NodeSelected(self.node))

    # Drawing

    @property
    def length(self) -> int:
        """How many nodes there are."""
        return len(self.rows)

    def fit_columns(self, width: int) -> None:
        """Fit names, rails and times."""
        self._drawing.fit(width, self.rows)

    def look_of(self, index: int) -> Hashable:
        """Return the node, what it does, its breakpoints, and which rails are emphasized."""
        row = self.rows[index]
        return (index, self._runs.of(row.node.node_id), self._breakpoints, self._lit)

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw the row of a node."""
        row = self.rows[index]
        run = self._runs.of(row.node.node_id)
        return self._drawing.row(
            row, run, self._breakpoints, width, selected=selected, lit=self._lit
        )

    def action_choose(self) -> None:
        """Nothing opens: what is known of a node is shown below."""
