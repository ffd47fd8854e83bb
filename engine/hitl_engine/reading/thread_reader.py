"""Reads threads: the row, the state if the row is only a summary, and where a run stopped."""

from collections import OrderedDict
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from hitl_engine.errors import NotThere, ServerRefused
from hitl_engine.model import ThreadStatus
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.snapshot_sources import from_row, from_state, from_summary
from hitl_engine.reading.stops import StopInside, stopped_at, stops_inside, with_stops
from hitl_engine.reading.subgraph_tasks import Place, in_order_of_subgraphs, places
from hitl_engine.reading.told_presence import ToldPresence
from hitl_engine.reading.tool_context import asks_in_a_tool
from hitl_engine.reading.wire import DECISION_ID, WireGraph, WireRun, WireThread

_Read = TypeVar("_Read")
_MOST_SEEN = 4
"""Threads that are kept as they were read last; their values may be large."""

NO_NODES: Mapping[str, frozenset[str]] = MappingProxyType({})
_FROM_THE_ROW = "Known only from the list of threads, because the state could not be read."
_WITHOUT_TASKS = (
    "Known only from the list of threads, because the state contains no task that asks: its node is "
    "gone from the code, and an answer would be lost with the question, or the server read the state "
    "with another graph than the one that ran."
)
_UNKNOWN_BREAKPOINTS = (
    "Another client started this run, and the server does not tell with which breakpoints. A step stops "
    "only at those of the graph."
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A thread as it was read last."""

    snapshot: Snapshot
    last_run: WireRun
    updated_at: datetime | None
    """Of its row."""


class ThreadReader:
    """Reads the threads of one server. Methods raise TargetError.

    `NotThere` means that the thread itself is gone. Any other 404 (of its state, its runs, its
    graph) means that this server does not provide it, and becomes `ServerRefused`.

    `rows_hold_runs`: whether the row of a thread contains its newest run. `nodes`: the nodes of each
    graph, where the server tells them for all graphs at once. `target`: its name, for the items.
    `caller`: the name under which the server knows the user; empty if it does not tell.
    `told` gets who is on the threads that are read.
    """

    def __init__(
        self,
        api: LangGraphServer,
        *,
        rows_hold_runs: bool,
        nodes: Mapping[str, frozenset[str]] = NO_NODES,
        target: str = "",
        caller: str = "",
        told: ToldPresence | None = None,
    ) -> None:
        self._api = api
        self._told = told
        self._target = target
        self._caller = caller
        self._rows_hold_runs = rows_hold_runs
        self._nodes = nodes
        self._node_breakpoints: dict[tuple[str, bool], dict[str, str]] = {}
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    async def snapshot(self, thread_id: str) -> Snapshot:
        """Return one thread as it is now. Raises NotThere."""
        snapshot, _ = await self.of_whole_row(await self._api.thread(thread_id))
        return snapshot

    async def with_last_run(self, thread_id: str) -> tuple[Snapshot, WireRun | None]:
        """Return one thread as it is now, and its newest run. Raises NotThere.

        The run is read first: if it has ended, row and state then contain its result.
        """
        if self._rows_hold_runs:
            return await self.of_whole_row(await self._api.thread(thread_id))
        runs = await self._read_part(thread_id, self._api.runs(thread_id, limit=1))
        return await self.snapshot(thread_id), runs[0] if runs else None

    async def of_whole_row(self, row: WireThread) -> tuple[Snapshot, WireRun | None]:
        """Return the thread of a row that was just read alone, and its newest run if it has that.

        Such a thread is kept for `last_seen`. Raises NotThere.
        """
        snapshot = await self.of_row(row)
        if row.last_run is not None:
            self._seen[row.thread_id] = _Seen(snapshot, row.last_run, row.updated_at)
            self._seen.move_to_end(row.thread_id)
            if len(self._seen) > _MOST_SEEN:
                self._seen.popitem(last=False)
        return snapshot, row.last_run

    def last_seen(self, thread_id: str) -> tuple[Snapshot, WireRun] | None:
        """Return a thread with its newest run as it was read last; None if that is not known.

        It may have changed since. Only a request that the server refuses then may be based on it.
        """
        seen = self._seen.get(thread_id)
        return (seen.snapshot, seen.last_run) if seen is not None else None

    async def places(self, thread_id: str) -> dict[str, Place]:
        """Return where each pending question of a thread is asked, by its id. Raises NotThere."""
        state = await self._read_part(thread_id, self._api.state(thread_id, subgraphs=True))
        return places(state.tasks)

    async def of_row(self, row: WireThread) -> Snapshot:
        """Return the thread of a row that was just read. Raises NotThere."""
        if self._told is not None:
            self._told.take_row(row.thread_id, row.presence)
        if (seen := self._seen.get(row.thread_id)) and seen.updated_at != row.updated_at:
            del self._seen[row.thread_id]
        snapshot = await self._read_part(row.thread_id, self._of_row(row))
        snapshot = replace(snapshot, target=self._target) if self._target else snapshot
        needed = snapshot.two_reviewers
        if needed is None or needed.first is None or needed.first.name != self._caller:
            return snapshot
        ours = replace(needed, first=replace(needed.first, is_own=True))
        return replace(snapshot, two_reviewers=ours)

    async def node_breakpoints(
        self, assistant_id: str, *, subgraphs: bool = False
    ) -> dict[str, str]:
        """Return the graph's nodes, each with its compile-time breakpoints: `before,after` or ``.

        With `subgraphs`, the nodes of subgraphs instead of those that contain them, as `outer:inner`.
        Read once: a graph does not change while its server runs. Empty if the server has no picture.
        """
        key = assistant_id, subgraphs
        if key not in self._node_breakpoints:
            graph = await self._picture(assistant_id, subgraphs=subgraphs)
            self._node_breakpoints[key] = {
                node.name: node.compiled_stops
                for node in graph.nodes
                if node.id not in {"__start__", "__end__"}
            }
        return self._node_breakpoints[key]

    async def _picture(self, assistant_id: str, *, subgraphs: bool) -> WireGraph:
        try:
            return await self._api.graph(assistant_id, subgraphs=subgraphs)
        except NotThere:
            return WireGraph()

    async def known_nodes(self, assistant_id: str) -> dict[str, str] | None:
        """Return `node_breakpoints`; None if the server does not tell the nodes of its graphs."""
        try:
            return await self.node_breakpoints(assistant_id) or None
        except ServerRefused:
            return None

    async def _read_part(self, thread_id: str, reading: Awaitable[_Read]) -> _Read:
        """Read a part of a thread; after a 404, its row shows whether the thread is gone."""
        try:
            return await reading
        except NotThere as error:
            await self._api.thread(thread_id)
            raise ServerRefused(error.what, status=404) from error

    async def _of_row(self, row: WireThread) -> Snapshot:
        snapshot = from_row(row) or await self._of_state(row)
        if nodes := self._nodes.get(snapshot.graph_id):
            gone = tuple(node for node in snapshot.next if node not in nodes)
            snapshot = replace(snapshot, gone=gone) if gone else snapshot
        if snapshot.stop is not None and not self._api.can.tells_requests:
            snapshot = replace(snapshot, caution=await self._unknown_breakpoints(row.thread_id))
        if snapshot.status is ThreadStatus.BREAKPOINT and not snapshot.raised:
            inside = await self._inside(snapshot) if snapshot.may_be_inside else None
            if inside is not None:
                return inside
            return snapshot if snapshot.when is not None else await self._located(snapshot)
        if snapshot.values is None and asks_in_a_tool(snapshot.tasks):
            snapshot = await self._with_values(snapshot)
        return await self._ordered(snapshot) if snapshot.order_is_unknown else snapshot

    async def _unknown_breakpoints(self, thread_id: str) -> str:
        """Return a caution if another client started the newest run: its breakpoints are not told."""
        runs = await self._api.runs(thread_id, limit=1)
        return "" if not runs or DECISION_ID in runs[0].metadata else _UNKNOWN_BREAKPOINTS

    async def _with_values(self, snapshot: Snapshot) -> Snapshot:
        """Add the values, which a row of a list lacks."""
        try:
            state = await self._api.state(snapshot.thread_id)
        except (NotThere, ServerRefused):
            return snapshot
        return replace(snapshot, values=state.values)

    async def _ordered(self, snapshot: Snapshot) -> Snapshot:
        """Put the questions of subgraphs in the order of their tasks, where these can be read."""
        try:
            state = await self._api.state(snapshot.thread_id, subgraphs=True)
        except (NotThere, ServerRefused):
            return snapshot
        return replace(snapshot, tasks=in_order_of_subgraphs(snapshot.tasks, state.tasks))

    async def _of_state(self, row: WireThread) -> Snapshot:
        """Read the state; if that fails, or it lacks the tasks that ask, use what the row tells."""
        try:
            state = await self._api.state(row.thread_id)
        except (NotThere, ServerRefused) as error:
            if isinstance(error, NotThere):
                row = await self._api.thread(row.thread_id)  # raises if the thread itself is gone
            told = from_summary(row, f"{_FROM_THE_ROW} {error.what}")
            if told is None:
                raise
            return told
        snapshot = from_state(row, state)
        is_empty = not (snapshot.tasks or snapshot.next) and snapshot.checkpoint_id
        if is_empty and row.status == "interrupted" and any((row.interrupts or {}).values()):
            return from_summary(row, _WITHOUT_TASKS, snapshot.checkpoint_id) or snapshot
        return snapshot

    async def _inside(self, snapshot: Snapshot) -> Snapshot | None:
        """Find a stop inside subgraphs; None if the run stopped outside, or nothing can be read."""
        try:
            state = await self._api.state(snapshot.thread_id, subgraphs=True)
            stops = [await self._with_parent(snapshot, stop) for stop in stops_inside(state.tasks)]
            if not stops:
                return None
            compiled = await self.node_breakpoints(snapshot.graph_id, subgraphs=True)
        except (NotThere, ServerRefused):
            return None
        return with_stops(snapshot, stops, compiled)

    async def _with_parent(self, snapshot: Snapshot, stop: StopInside) -> StopInside:
        """Add the nodes that ran last: the next ones of the checkpoint before."""
        before = stop.state.parent_checkpoint
        if before is None or before.checkpoint_id is None:
            return stop
        return replace(stop, ran=(await self._api.state_at(snapshot.thread_id, before)).next)

    async def _located(self, snapshot: Snapshot) -> Snapshot:
        runs = await self._api.runs(snapshot.thread_id, limit=1)
        history = await self._api.history(snapshot.thread_id, limit=2)
        compiled = await self.node_breakpoints(snapshot.graph_id) if snapshot.graph_id else {}
        when, node = stopped_at(snapshot, runs[0] if runs else None, history, compiled)
        return replace(snapshot, when=when, node=node)
