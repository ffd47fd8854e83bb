"""The nodes of a graph as a list, with its edges as rails, and what each node does."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from hitl_engine.model import NO_BREAKPOINTS, Breakpoints, GraphNode, GraphPicture, StepGoal
from hitl_tui.messages import GotoRequested, RunOnRequested
from hitl_tui.state.node_runs import NodeRuns
from hitl_tui.text.graph_rails import RailRow, rail_rows
from hitl_tui.widgets.graph.graph_row import GraphRowDrawing
from hitl_tui.widgets.item_list import ItemList, moving_keys


class GraphList(ItemList):
    """Shows a row for each node; posts what the user asks for."""

    HEADINGS = 0
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "graph--selected",
        "graph--rail",
        "graph--lit",
        "graph--muted",
        "graph--done",
        "graph--running",
        "graph--failed",
        "graph--asks",
        "graph--stopped",
        "graph--compiled",
        "graph--set-here",
    }
    DEFAULT_CSS = """
    GraphList {
        & > .graph--selected { background: $panel; text-style: bold; }
        &:focus > .graph--selected { background: $primary 15%; text-style: bold; }
        & > .graph--rail { color: $foreground 45%; }
        & > .graph--lit { color: $accent; }
        & > .graph--muted { color: $foreground 60%; }
        & > .graph--done { color: $text-success; }
        & > .graph--running { color: $text-primary; }
        & > .graph--failed { color: $text-error; }
        & > .graph--asks { color: $text-accent; }
        & > .graph--stopped { color: $text-primary; }
        & > .graph--compiled { color: $foreground 75%; }
        & > .graph--set-here { color: $text-error; }
    }
    """
    HELP = """\
    ### The graph
    A row for each node: the bar on the left leads to the next row, the rails on the right lead to
    other rows, dotted where the graph chooses. `●` ran, `▶` runs, `✕` failed, `?` asks, `■` the run
    stopped here, `▷` comes next.

    `▲` stops before a node, `▼` after it; `△` and `▽` are breakpoints that the graph was compiled
    with. **b** sets and removes one on the selected node, **B** on all nodes. All runs and steps
    from here stop there, until you remove it.

    **t** steps on to the selected node, **u** until a condition holds (`$.total > 100`), **E** to
    the end; breakpoints on the way are passed. **o** runs the selected node next, whatever was next.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *moving_keys("graph", "node"),
        Binding(
            "b",
            "breakpoint",
            "Breakpoint",
            tooltip="Stop before the selected node, after it, or not at all",
            id="graph.breakpoint",
        ),
        Binding(
            "B",
            "breakpoint_everywhere",
            "Everywhere",
            show=False,
            tooltip="Stop before all nodes, after all nodes, or not",
            id="graph.breakpoint_everywhere",
        ),
        Binding(
            "t",
            "run_to",
            "Run to here",
            tooltip="Step on to the selected node, past breakpoints",
            id="graph.run_to",
        ),
        Binding(
            "u",
            "run_until",
            "Run until",
            tooltip="Step on until a condition holds for the state",
            id="graph.run_until",
        ),
        Binding(
            "E",
            "run_to_end",
            "Run to the end",
            show=False,
            tooltip="Step on to the end, past breakpoints",
            id="graph.run_to_end",
        ),
        Binding(
            "o",
            "go_to",
            "Go to",
            show=False,
            tooltip="Run the selected node next, whatever was next",
            id="graph.go_to",
        ),
        Binding(
            "x",
            "open_subgraphs",
            "Subgraphs",
            tooltip="Show the nodes of subgraphs, or the subgraphs as one node each",
            id="graph.subgraphs",
        ),
        Binding(
            "m",
            "mermaid",
            "Copy Mermaid",
            show=False,
            tooltip="Copy the graph in Mermaid's language",
            id="graph.mermaid",
        ),
    ]

    @dataclass
    class BreakpointRequested(Message):
        """The user asked for the next kind of breakpoint on a node; None: on all nodes."""

        node: GraphNode | None

    class ConditionRequested(Message):
        """The user asked to step on until a condition holds, which is to be typed."""

    class SubgraphsRequested(Message):
        """The user asked to show subgraphs as their nodes, or as one node each."""

    class MermaidRequested(Message):
        """The user asked for the graph in Mermaid's language."""

    @dataclass
    class Selected(Message):
        """Another node is selected."""

        node: GraphNode

    def __init__(self, runs: NodeRuns) -> None:
        super().__init__()
        self.rows: tuple[RailRow, ...] = ()
        self.picture: GraphPicture | None = None
        self.breakpoints = NO_BREAKPOINTS
        """The breakpoints that are set here."""
        self.offers_run_on = False
        """Whether a step can go on from where the thread is."""
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
        self.picture, self.breakpoints = picture, breakpoints
        self.rows = rail_rows(picture)
        self.items_changed(self._place_of(before))
        self._light_up()
        self.refresh_bindings()

    def _place_of(self, before: GraphNode | None) -> int:
        ids = [row.node.node_id for row in self.rows]
        if before is None:
            return 1 if len(ids) > 1 else 0
        outer = before.path[0]
        near = (at for at, node_id in enumerate(ids) if node_id.split(":")[0] == outer)
        return ids.index(before.node_id) if before.node_id in ids else next(near, 0)

    def runs_changed(self) -> None:
        """Draw the nodes as they are now."""
        self.refresh()

    def watch_selected(self, before: int, now: int) -> None:
        """Emphasize the edges of the selected node."""
        super().watch_selected(before, now)
        self._light_up()

    def _light_up(self) -> None:
        if self.picture is None or self.node is None:
            return
        following = {edge.target for edge in self.picture.edges_from(self.node.node_id)}
        self._lit = frozenset(
            at for at, row in enumerate(self.rows) if row.node.node_id in following
        )
        self.refresh()
        if self.is_mounted:
            self.post_message(self.Selected(self.node))

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
        return (index, self._runs.of(row.node.node_id), self.breakpoints, self._lit)

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw the row of a node."""
        row = self.rows[index]
        run = self._runs.of(row.node.node_id)
        return self._drawing.row(
            row, run, self.breakpoints, width, selected=selected, lit=self._lit
        )

    # Asking

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to open subgraphs only where there are some, and to run on only from a stop."""
        match action:
            case "open_subgraphs":
                return self.picture is not None and self.picture.has_subgraphs
            case "run_to" | "run_until" | "run_to_end":
                return self.offers_run_on
            case _:
                return True

    def action_choose(self) -> None:
        """Nothing opens: what is known of a node is shown below."""

    def action_breakpoint(self) -> None:
        """Ask for another breakpoint on the selected node."""
        if self.node is not None and self.node.is_real:
            self.post_message(self.BreakpointRequested(self.node))

    def action_breakpoint_everywhere(self) -> None:
        """Ask for another breakpoint on all nodes."""
        self.post_message(self.BreakpointRequested(None))

    def action_run_to(self) -> None:
        """Ask to step on to the selected node; at the end of the graph, to the end."""
        node = self.node
        if node is not None and node.kind != "start" and len(node.path) == 1:
            goal = StepGoal(node=node.node_id) if node.is_real else StepGoal()
            self.post_message(RunOnRequested(goal))

    def action_go_to(self) -> None:
        """Ask to run the selected node next."""
        node = self.node
        if node is not None and node.is_real and len(node.path) == 1:
            self.post_message(GotoRequested(node.node_id))

    def action_run_until(self) -> None:
        """Ask for a condition."""
        self.post_message(self.ConditionRequested())

    def action_run_to_end(self) -> None:
        """Ask to step on to the end."""
        self.post_message(RunOnRequested(StepGoal()))

    def action_open_subgraphs(self) -> None:
        """Ask to open or close subgraphs."""
        self.post_message(self.SubgraphsRequested())

    def action_mermaid(self) -> None:
        """Ask for the graph in Mermaid's language."""
        self.post_message(self.MermaidRequested())
