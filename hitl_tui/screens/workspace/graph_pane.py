"""The graph of a thread."""

from contextlib import suppress

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from hitl_engine.errors import BadInput, HitlError
from hitl_engine.model import Breakpoints, Checkpoint, GraphPicture, Progress, StepGoal
from hitl_engine.visible import one_line
from hitl_tui.messages import RunOnRequested
from hitl_tui.screens.workspace.pane import WorkspacePane
from hitl_tui.state.breakpoint_cycle import EVERY, breakpoint_words, next_breakpoints
from hitl_tui.state.kept_breakpoints import keep_breakpoints
from hitl_tui.state.node_runs import NodeRuns
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.state.views import ViewName
from hitl_tui.text.fitting import counted
from hitl_tui.text.graph_mermaid import mermaid
from hitl_tui.text.node_details import node_details
from hitl_tui.widgets.graph.condition_line import Asked, ConditionLine
from hitl_tui.widgets.graph.graph_view import GraphView
from hitl_tui.widgets.graph.node_signs import NodeSelected
from hitl_tui.widgets.redraws import Redraws

_ENOUGH_ROWS = 12
"""From so many rows on, what is known of the selected node is shown below the list."""
_LINE = 50
"""Checkpoints that are read to see which nodes ran."""


class GraphPane(WorkspacePane):
    """Shows the graph, what its nodes do, and its breakpoints."""

    DEFAULT_CSS = """
    GraphPane {
        #node {
            height: auto; max-height: 4; padding: 0 1; color: $foreground 80%;
            border-top: solid $foreground 15%;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """
    NAME = ViewName.GRAPH

    def __init__(self, thread: ThreadState) -> None:
        super().__init__(thread)
        self._runs = NodeRuns()
        self._graph = GraphView(self._runs)
        self._node = Static(id="node", markup=False)
        self._condition = ConditionLine()
        self._picture: GraphPicture | None = None
        self._opened = False
        """Whether subgraphs are shown as their nodes."""
        self._redraws = Redraws(self, self._draw)

    def compose_view(self) -> ComposeResult:
        """Put what is known of the selected node below the graph."""
        yield self._graph
        yield self._node
        yield self._condition

    def on_resize(self) -> None:
        """Leave the list alone where there are only a few rows."""
        self._node.display = self.size.height >= _ENOUGH_ROWS

    def focus_view(self) -> None:
        """Focus the list or the picture."""
        self._graph.take_focus()

    async def load(self) -> None:
        """Read the graph, and which of its nodes ran."""
        view = self.thread.viewed
        assert view is not None, "only a thread that was read is shown"
        line: tuple[Checkpoint, ...] = ()
        if view.checkpoint_id:
            with suppress(HitlError):  # the graph can be shown without what ran
                line = await self.desk.history.line(view.thread_id, view.checkpoint_id, limit=_LINE)
        if view.graph_id:
            await self._read_picture(view.graph_id)
        self._runs.show_thread(view, line, self.thread.node_paths)
        self._show()

    async def _read_picture(self, graph_id: str) -> None:
        self._picture = await self.desk.graph_pictures.of(graph_id, subgraphs=self._opened)

    @property
    def _breakpoints(self) -> Breakpoints:
        return self.desk.breakpoints.of(self.thread.graph_id)

    def _show(self) -> None:
        view = self.thread.view
        self._graph.offers_run_on = (
            view is not None and view.stop is not None and self.thread.moment is None
        )
        if self._picture is None:
            self.set_detail("nothing has run on this thread")
            return
        self._graph.show(self._picture, self._breakpoints)
        many = sum(node.is_real for node in self._picture.nodes)
        self.set_detail(f"{one_line(self.thread.graph_id, 40)}, {counted(many, 'node')}")
        self._show_node()

    @on(NodeSelected)
    def _show_node(self) -> None:
        node = self._graph.node
        if node is None or self._picture is None:
            return
        details = node_details(self._picture, node, self._breakpoints)
        lines = [
            Content.assemble((f"{label:<6}", "$foreground 60%"), text) for label, text in details
        ]
        self._node.update(Content("\n").join(lines))

    # A run

    def show_progress(self, progress: Progress) -> None:
        """Show which nodes run, as they do."""
        self._runs.take(progress, progress.at)
        if self.has_class("-displayed"):
            self._redraws.soon()

    def _draw(self) -> None:
        if self._picture is None and self.thread.graph_id:
            self.read_graph()
        self._graph.runs_changed()

    @work(group="graph", exclusive=True, exit_on_error=False)
    async def read_graph(self) -> None:
        """Read the graph of a thread whose first run has begun."""
        with suppress(HitlError):  # it is read again when the run has ended
            await self._read_picture(self.thread.graph_id)
            self._show()

    # What the user asks for

    @on(GraphView.BreakpointRequested)
    def set_breakpoint(self, event: GraphView.BreakpointRequested) -> None:
        """Set the next kind of breakpoint, and keep it."""
        event.stop()
        node_id = event.node.node_id if event.node is not None else EVERY
        if event.node is not None and len(event.node.path) > 1:
            self.show_notification(
                "LangGraph stops a run only at nodes of the outermost graph. Close the subgraphs "
                "with x, and choose the node that contains this one.",
                severity="warning",
            )
            return
        self._keep(next_breakpoints(self._breakpoints, node_id), node_id)

    def _keep(self, breakpoints: Breakpoints, node_id: str) -> None:
        words = one_line(breakpoint_words(breakpoints, node_id), 400)
        try:
            keep_breakpoints(self.session.settings, self.desk, self.thread.graph_id, breakpoints)
        except OSError as error:
            words += f" It is not kept for the next time: {error.strerror}."
        self._show()
        self.show_notification(words)

    @on(GraphView.ConditionRequested)
    def ask_for_condition(self, event: GraphView.ConditionRequested) -> None:
        """Ask for a condition, or for the values that are to change."""
        self._condition.ask(event.asked)

    @on(ConditionLine.Closed)
    def take_condition(self, event: ConditionLine.Closed) -> None:
        """Step on until the condition holds, or keep it with the breakpoint."""
        self._graph.take_focus()
        match event.asked:
            case Asked.RUN_UNTIL if event.typed:
                self.post_message(RunOnRequested(StepGoal(until=event.typed)))
            case Asked.RUN_UNTIL_CHANGED if event.typed:
                self.post_message(RunOnRequested(StepGoal(until_changed=event.typed)))
            case Asked.BREAKPOINT if event.typed is not None and self._graph.node is not None:
                self._set_condition(self._graph.node.node_id, event.typed)

    def _set_condition(self, node_id: str, condition: str) -> None:
        try:
            self._keep(self._breakpoints.with_condition(node_id, condition), node_id)
        except BadInput as error:
            self.show_notification(one_line(str(error), 400), severity="error")
            self._condition.ask(Asked.BREAKPOINT)

    @on(GraphView.NoPicture)
    def tell_why(self, event: GraphView.NoPicture) -> None:
        """Tell why there is no picture."""
        self.show_notification(event.why, severity="warning")

    @on(GraphView.SubgraphsRequested)
    def open_subgraphs(self) -> None:
        """Show subgraphs as their nodes, or as one node each."""
        self._opened = not self._opened
        self.read_opened()

    @work(group="graph", exclusive=True, exit_on_error=False)
    async def read_opened(self) -> None:
        """Read the graph with or without the nodes of subgraphs."""
        try:
            await self._read_picture(self.thread.graph_id)
        except HitlError as error:
            self.show_notification(one_line(str(error), 400), severity="error")
        else:
            self._show()

    @on(GraphView.MermaidRequested)
    def copy_mermaid(self) -> None:
        """Copy the graph in Mermaid's language."""
        if self._picture is not None:
            self.app.copy_to_clipboard(mermaid(self._picture))
            self.show_notification("The graph is in the clipboard, in Mermaid's language.")
