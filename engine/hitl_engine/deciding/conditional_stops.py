"""Breakpoints with a condition: whether a thread that stopped at one is to go on.

Servers know only breakpoints without conditions. A run stops at each of ours, and goes on from here
where the condition does not hold, as long as somebody follows it here.
"""

from hitl_engine.deciding.graph_breakpoints import GraphBreakpoints
from hitl_engine.deciding.run_breakpoints import (
    all_breakpoints,
    compiled_breakpoints,
    with_those_of_graph,
)
from hitl_engine.json_paths import holds
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Breakpoint, Breakpoints, ThreadView


class ConditionalStops:
    """Compares where a thread stopped with the breakpoints that a person set on its graph."""

    def __init__(self, session: ServerSession, breakpoints: GraphBreakpoints) -> None:
        self._session = session
        self._breakpoints = breakpoints

    def holding_at(self, thread: ThreadView) -> str:
        """Return the condition that holds where a thread stopped; empty if none does."""
        conditions = self._conditions_at(thread.stop)
        return next((each for each in conditions if holds(each, thread.values)), "")

    async def passes(self, thread: ThreadView) -> bool:
        """Whether a thread stopped only because of conditions that do not hold. Raises TargetError."""
        stop = thread.stop
        if stop is None or not self._conditions_at(stop) or self.holding_at(thread):
            return False
        _, last_run = await self._session.reader.with_last_run(thread.thread_id)
        nodes = await self._session.reader.known_nodes(thread.graph_id) or {}
        compiled = compiled_breakpoints(nodes)
        others = compiled if last_run is None else all_breakpoints(last_run, compiled)
        on_graph = self._breakpoints.of(thread.graph_id).only(conditional=False)
        return not _nodes_at(stop, with_those_of_graph(others, on_graph))

    def _conditions_at(self, stop: Breakpoint | None) -> tuple[str, ...]:
        if stop is None:
            return ()
        on_graph = self._breakpoints.of(stop.graph_id).only(conditional=True)
        return tuple(on_graph.condition_at(node) for node in _nodes_at(stop, on_graph))


def _nodes_at(stop: Breakpoint, breakpoints: Breakpoints) -> tuple[str, ...]:
    """Return the nodes whose breakpoints may have caused a stop."""
    match stop.when:
        case "before":
            nodes, places = breakpoints.before, stop.next
        case "after":
            nodes, places = breakpoints.after, (stop.node,)
        case "in":
            return ()
    return places if "*" in nodes else tuple(node for node in places if node in nodes)
