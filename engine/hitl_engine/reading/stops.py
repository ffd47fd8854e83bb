"""Where a run stopped without a question: at which node, also inside subgraphs. Pure functions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.subgraph_tasks import Place
from hitl_engine.reading.wire import WireRun, WireState, WireTask

Where: TypeAlias = tuple[Literal["before", "after"], str]
_ARROW = " ▸ "


@dataclass(frozen=True, slots=True)
class StopInside:
    """A stop inside a subgraph."""

    above: Place
    """The nodes that contain the subgraph."""
    state: WireState
    """The state of the subgraph."""
    ran: tuple[str, ...] = ()
    """The nodes of the subgraph that ran last."""

    def where(self, compiled: Mapping[str, str]) -> Where:
        """Return `before` or `after`, and the path of the node.

        `compiled` are the breakpoints of all subgraphs, by the path of their node with colons.
        """
        marks = {
            node: compiled.get(":".join((*self.above, node)), "")
            for node in (*self.ran, *self.state.next)
        }
        when, node = _stopped_between(self.ran, self.state.next, marks, {})
        return when, self.path_of(node)

    def path_of(self, node: str) -> str:
        """Return a node of the subgraph as its path, outermost first."""
        return _ARROW.join((*self.above, node))


def stops_inside(tasks: Iterable[WireTask], above: Place = ()) -> Iterator[StopInside]:
    """Yield the innermost stops of tasks that were read with the states of their subgraphs."""
    for task in tasks:
        # The state of a subgraph that has not begun has no next nodes.
        if task.state is None or task.result is not None or not task.state.next:
            continue
        place = (*above, task.name)
        deeper = tuple(stops_inside(task.state.tasks, place))
        yield from deeper or (StopInside(place, task.state),)


def with_stops(
    snapshot: Snapshot, stops: Iterable[StopInside], compiled: Mapping[str, str]
) -> Snapshot:
    """Return the snapshot of a thread that stopped in its subgraphs, with the paths of the stops."""
    stops = tuple(stops)
    found = tuple(stop.where(compiled) for stop in stops)
    when = found[0][0]
    nodes = [node if its == when else f"{its} {node}" for its, node in found]
    following = [stop.path_of(node) for stop in stops for node in stop.state.next]
    return replace(snapshot, when=when, node=", ".join(nodes), stop_next=tuple(following))


def stopped_at(
    snapshot: Snapshot,
    run: WireRun | None,
    history: tuple[WireState, ...],
    compiled: dict[str, str],
) -> Where:
    """Return where a run stopped: (`before` or `after`, the node).

    `history` holds the newest two states, newest first; the older one names the nodes that ran
    last. `compiled` is what the graph was compiled with: node -> `before`, `after` or both.
    LangGraph looks at `interrupt_after` first, so that wins where both fit.
    """
    ran = history[1].next if len(history) > 1 else ()
    kwargs = run.kwargs if run else {}
    return _stopped_between(ran, snapshot.next, compiled, kwargs)


def _stopped_between(
    ran: Iterable[str],
    following: tuple[str, ...],
    compiled: Mapping[str, str],
    kwargs: Mapping[str, Any],
) -> Where:
    for node in ran:
        if _is_set(kwargs.get("interrupt_after"), node) or "after" in compiled.get(node, ""):
            return "after", node
    for node in following:
        if _is_set(kwargs.get("interrupt_before"), node) or "before" in compiled.get(node, ""):
            return "before", node
    return "before", ", ".join(following)


def _is_set(breakpoints: Any, node: str) -> bool:
    return breakpoints == "*" or (
        isinstance(breakpoints, list) and (node in breakpoints or "*" in breakpoints)
    )
