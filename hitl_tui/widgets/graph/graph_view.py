"""The graph of a thread: its list of nodes, its picture, and what can be done with both."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from hitl_engine.model import NO_BREAKPOINTS, Breakpoints, GraphNode, GraphPicture, StepGoal
from hitl_tui.messages import GotoRequested, RunOnRequested
from hitl_tui.state.node_runs import NodeRuns
from hitl_tui.text.graph_layout import graph_layout
from hitl_tui.text.graph_positions import NotLaidOut
from hitl_tui.widgets.graph.condition_line import Asked
from hitl_tui.widgets.graph.graph_list import GraphList
from hitl_tui.widgets.graph.node_signs import NodeSelected
from hitl_tui.widgets.graph.picture_view import PictureView

_BESIDE = 100
"""From so many columns on, the picture is shown beside the list without being asked for."""


class GraphView(Horizontal):
    """Shows the list, the picture, or both, with one selected node; posts what the user asks for."""

    DEFAULT_CSS = """
    GraphView {
        height: 1fr;
        GraphList { width: 2fr; }
        PictureView { display: none; width: 3fr; height: 1fr; }
        &.-picture PictureView { display: block; }
        &.-picture.-narrow GraphList { display: none; }
        &.-picture.-beside PictureView { border-left: solid $foreground 15%; padding: 0 1; }
        GraphList > .graph--selected, PictureView > .graph--selected {
            background: $panel; text-style: bold;
        }
        GraphList:focus > .graph--selected { background: $primary 15%; text-style: bold; }
        PictureView:focus > .graph--selected { background: $primary 25%; text-style: bold; }
        .graph--node { background: $foreground 8%; }
        .graph--rail { color: $foreground 45%; }
        .graph--lit { color: $accent; }
        .graph--muted { color: $foreground 60%; }
        .graph--done { color: $text-success; }
        .graph--running { color: $text-primary; }
        .graph--failed { color: $text-error; }
        .graph--asks { color: $text-accent; }
        .graph--stopped { color: $text-primary; }
        .graph--compiled { color: $foreground 75%; }
        .graph--set-here { color: $text-error; }
    }
    """
    HELP = """\
    ### The graph
    A row for each node: the bar on the left leads to the next row, the rails on the right lead to
    other rows, dotted where the graph chooses. `●` ran, `▶` runs, `✕` failed, `?` asks, `■` the run
    stopped here, `▷` comes next; `·` is inside a subgraph that ran, and whether it ran itself is not
    known. `12 of 50`: so many of the node's tasks have ended. **p** shows the graph as a picture as well, or instead where there
    is no space for both; the arrow keys go from node to node there. An opened subgraph has a frame
    with its name, and an edge its label where the graph gives one and there is space.

    `▲` stops before a node, `▼` after it; `△` and `▽` are breakpoints that the graph was compiled
    with. **b** sets and removes one on the selected node, **B** on all nodes. All runs and steps
    from here stop there, until you remove it. **c** gives it a condition (`▴`, `▾`): the run stops
    there each time, and goes on by itself where the condition does not hold, as long as it is
    followed here.

    **t** steps on to the selected node, **u** until a condition holds (`$.total > 100`), **U** until
    a value changes, **E** to the end; breakpoints on the way are passed, except those whose condition
    holds. **o** runs the selected node next, whatever was next.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
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
            "U",
            "run_until_changed",
            "Run until changed",
            show=False,
            tooltip="Step on until a value of the state changes",
            id="graph.run_until_changed",
        ),
        Binding(
            "c",
            "condition",
            "Condition",
            tooltip="Stop at the selected node only where a condition holds",
            id="graph.condition",
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
        Binding(
            "p",
            "picture",
            "Picture",
            tooltip="Show the graph as a picture, or not",
            id="graph.picture",
        ),
    ]

    @dataclass
    class BreakpointRequested(Message):
        """The user asked for the next kind of breakpoint on a node; None: on all nodes."""

        node: GraphNode | None

    @dataclass
    class ConditionRequested(Message):
        """The user asked for what needs a condition or a path, which is to be typed."""

        asked: Asked

    class SubgraphsRequested(Message):
        """The user asked to show subgraphs as their nodes, or as one node each."""

    class MermaidRequested(Message):
        """The user asked for the graph in Mermaid's language."""

    @dataclass
    class NoPicture(Message):
        """The picture that the user asked for cannot be made; `why` is ours."""

        why: str

    def __init__(self, runs: NodeRuns) -> None:
        super().__init__()
        self.offers_run_on = False
        """Whether a step can go on from where the thread is."""
        self._list = GraphList(runs)
        self._picture_view = PictureView(runs)
        self._picture: GraphPicture | None = None
        self._breakpoints = NO_BREAKPOINTS
        self._wanted: bool | None = None
        """Whether the user wants the picture; None: if there is space beside the list."""
        self._asked: GraphPicture | None = None
        """The graph that is being laid out, or was last."""
        self._why_not = ""
        """Why that failed; empty if it did not."""

    def compose(self) -> ComposeResult:
        """Put the picture beside the list."""
        yield self._list
        yield self._picture_view

    @property
    def node(self) -> GraphNode | None:
        """The selected node."""
        return self._list.node

    def take_focus(self) -> None:
        """Focus the list, or the picture where it takes the place of the list."""
        (self._list if self._list.display else self._picture_view).focus()

    def show(self, picture: GraphPicture, breakpoints: Breakpoints) -> None:
        """Show a graph; the selected node stays selected."""
        self._picture, self._breakpoints = picture, breakpoints
        self._list.show(picture, breakpoints)
        self._show_picture()
        self.refresh_bindings()

    def runs_changed(self) -> None:
        """Draw the nodes as they are now."""
        self._list.refresh()
        self._picture_view.refresh()

    # The picture

    def on_resize(self, event: events.Resize) -> None:
        """Show the picture beside the list where there is space for both."""
        self._show_picture()

    def _show_picture(self) -> None:
        is_wide = self.size.width >= _BESIDE
        self.set_class(is_wide, "-beside")
        self.set_class(not is_wide, "-narrow")
        wanted = is_wide if self._wanted is None else self._wanted
        shown = wanted and self._picture is not None and self._is_laid_out(self._picture)
        if shown is not self.has_class("-picture"):
            had_focus = self._list.has_focus or self._picture_view.has_focus
            self.set_class(shown, "-picture")
            if had_focus:
                self.call_after_refresh(self.take_focus)

    def _is_laid_out(self, picture: GraphPicture) -> bool:
        """Return whether the picture can be shown; if it is not laid out yet, begin with that."""
        if not self._picture_view.has(picture):
            if picture != self._asked:
                self._asked, self._why_not = picture, ""
                self._lay_out(picture)
            self._tell_why_not()
            return False
        self._picture_view.show(self._breakpoints)
        if self.node is not None:
            self._picture_view.select(self.node)
        return True

    @work(group="layout", exclusive=True, exit_on_error=False)
    async def _lay_out(self, picture: GraphPicture) -> None:
        """Lay out a graph while the list is shown."""
        try:
            layout = await asyncio.to_thread(graph_layout, picture)
        except NotLaidOut as error:
            self._why_not = str(error)
            self._tell_why_not()
        else:
            self._picture_view.take(picture, layout)
            self._show_picture()

    def _tell_why_not(self) -> None:
        """Tell why there is no picture, if the user asked for it."""
        if self._wanted and self._why_not:
            self._wanted = None
            self.post_message(self.NoPicture(self._why_not))

    def action_picture(self) -> None:
        """Show the picture, or hide it."""
        self._wanted = not self.has_class("-picture")
        self._show_picture()

    @on(NodeSelected)
    def select_in_both(self, event: NodeSelected) -> None:
        """Select in the list what was selected in the picture, and the other way round."""
        if event.node != self._list.node:
            self._list.select(event.node)
        elif self.has_class("-picture"):
            self._picture_view.select(event.node)

    # Asking

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to open subgraphs only where there are some, and to run on only from a stop."""
        match action:
            case "open_subgraphs":
                return self._picture is not None and self._picture.has_subgraphs
            case "run_to" | "run_until" | "run_until_changed" | "run_to_end":
                return self.offers_run_on
            case _:
                return True

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
        self.post_message(self.ConditionRequested(Asked.RUN_UNTIL))

    def action_run_until_changed(self) -> None:
        """Ask for the values that are to change."""
        self.post_message(self.ConditionRequested(Asked.RUN_UNTIL_CHANGED))

    def action_condition(self) -> None:
        """Ask for the condition of the breakpoint on the selected node."""
        if self.node is not None and self.node.is_real and len(self.node.path) == 1:
            self.post_message(self.ConditionRequested(Asked.BREAKPOINT))

    def action_run_to_end(self) -> None:
        """Ask to step on to the end."""
        self.post_message(RunOnRequested(StepGoal()))

    def action_open_subgraphs(self) -> None:
        """Ask to open or close subgraphs."""
        self.post_message(self.SubgraphsRequested())

    def action_mermaid(self) -> None:
        """Ask for the graph in Mermaid's language."""
        self.post_message(self.MermaidRequested())
