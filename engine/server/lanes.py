"""Lanes: on each thread one run at a time, from the first look at what waits to the last write."""

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot

from engine.server.database import Database
from engine.server.execution import Ending, Execution, breakpoints, is_map
from engine.server.graphs import Graphs
from engine.server.models import Preconditions
from engine.server.refusals import busy, in_flight, moved_on, no_run, no_thread_or_assistant
from engine.server.runs import Run, Runs
from engine.server.state import Stop, just_stopped, standing
from engine.server.stream import Result, Stream
from engine.server.threads import Threads
from engine.server.webhooks import Webhooks
from engine.server.wire import error_body

Json: TypeAlias = dict[str, Any]
Action: TypeAlias = Literal["interrupt", "rollback"]

_REMEMBERED = 100
"""Resumable runs whose events are kept after their end."""

ENGINE_DIED: Json = {
    "error": "EngineDied",
    "message": "engine died: the server ended while this run was under way; "
    "what its nodes did until then has happened, and it was not run again.",
}


class UserInterrupt(Exception):
    """A run was cancelled by a client."""


@dataclass(slots=True, eq=False)
class LiveRun:
    """A run that has not ended: what others may hear, await or cancel."""

    run_id: str
    thread_id: str
    stream: Stream
    temporary: bool = False
    """Whether the thread was made for this run and goes with it."""
    result: Result = field(default_factory=Result)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    run: Run | None = None
    """What was ordered; None until it is on disk."""
    waits: bool = False
    """Whether its turn has not come yet."""
    cancelled: Action | None = None
    """How a client cancelled this run, if one did."""
    _task: asyncio.Task[None] | None = None
    _settling: bool = False

    @property
    def order(self) -> Run:
        """What was ordered."""
        assert self.run is not None, "a run is driven only after it was recorded"
        return self.run

    def start(self, task: asyncio.Task[None]) -> None:
        """Remember the task that drives this run."""
        self._task = task

    def cancel(self, action: Action) -> None:
        """Cancel the run, unless its graph has already ended."""
        if self.cancelled is None and not self._settling:
            self.cancelled = action
            if self._task is not None:
                self._task.cancel()

    def settle(self) -> None:
        """The graph has ended: from here on a cancellation comes too late."""
        self._settling = True


@dataclass(slots=True)
class Lane:
    """The runs of one thread that have not ended, in the order of their turns."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    runs: list[LiveRun] = field(default_factory=list)
    guests: int = 0
    """State changes that hold or await the lock."""


class Lanes:
    """Admits runs to threads and drives them to their end."""

    def __init__(
        self,
        database: Database,
        threads: Threads,
        runs: Runs,
        graphs: Graphs,
        webhooks: Webhooks,
    ) -> None:
        self._database = database
        self._threads = threads
        self._runs = runs
        self._graphs = graphs
        self._webhooks = webhooks
        self._lanes: dict[str, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: OrderedDict[str, Stream] = OrderedDict()

    def remembered(self, run_id: str) -> Stream | None:
        """Return what a resumable run that has ended said, if that was not long ago."""
        return self._ended.get(run_id)

    def silent(self, thread_id: str, run_id: str) -> LiveRun:
        """Return a run that has ended, or never was, for somebody who wants to hear it."""
        stream = self.remembered(run_id) or Stream()
        stream.close()
        return LiveRun(run_id, thread_id, stream)

    def past(self, thread_id: str, run_id: str) -> LiveRun:
        """Return a run that has ended: what it said is only there if that was not long ago.

        Its result is where the thread stands now. Raises `Refusal` if the run is gone.
        """
        past = self.silent(thread_id, run_id)
        past.run = self._runs.order(thread_id, run_id)
        past.result.values = self._threads.outcome(thread_id)
        past.ended.set()
        return past

    def find(self, thread_id: str, run_id: str) -> LiveRun | None:
        """Return a run that has not ended."""
        lane = self._lanes.get(thread_id)
        runs = lane.runs if lane else ()
        return next((live for live in runs if live.run_id == run_id), None)

    def under_way(self, status: Literal["pending", "running", "all"]) -> list[LiveRun]:
        """Return the runs that have not ended: those that wait, those that run, or all."""
        return [
            live
            for lane in self._lanes.values()
            for live in lane.runs
            if status == "all" or live.waits is (status == "pending")
        ]

    async def admit(
        self,
        live: LiveRun,
        assistant: Json,
        order: Callable[[Json], Run],
        *,
        strategy: str,
        create: bool,
        preconditions: Preconditions | None = None,
    ) -> Run:
        """Record a run and give it its turn; on disk when this returns, not yet begun.

        `order` makes the run from the thread's metadata; `create` makes a thread that is not
        there. Raises `Refusal`: 409 when the thread is busy and `strategy` is reject, or when
        `preconditions` do not hold; 404 when there is no such thread.
        """
        lane = self._lanes.setdefault(live.thread_id, Lane())
        earlier = list(lane.runs)
        if earlier and strategy == "reject":
            raise busy()
        if preconditions and (earlier or lane.guests):  # whoever is at work will change the state
            raise moved_on(self._threads.get(live.thread_id))
        lane.runs.append(live)  # before the first await: nobody else gets this turn
        try:
            live.run = await self._record(
                live.thread_id, assistant, order, create, bool(earlier), preconditions
            )
            live.waits = bool(earlier) or live.run.delay > 0
        except BaseException:
            self._leave(lane, live)
            raise
        if strategy in ("interrupt", "rollback"):
            for other in earlier:
                other.cancel("rollback" if strategy == "rollback" else "interrupt")
        self._start(lane, live)
        return live.run

    async def clear(self, thread_id: str) -> None:
        """Cancel all runs of a thread and wait for their end."""
        lane = self._lanes.get(thread_id)
        for live in list(lane.runs) if lane else ():
            live.cancel("interrupt")
            await live.ended.wait()

    async def change_state(
        self,
        thread_id: str,
        graph_id: str,
        config: RunnableConfig,
        values: Any,
        as_node: str | None,
    ) -> Json:
        """Write values into a thread's state and return the new checkpoint's configurable.

        Raises `Refusal` (409) while a run is under way.
        """
        async with (
            self._as_guest(thread_id) as lane,
            self._graphs.open(graph_id, config, "threads.update") as graph,
        ):
            async with self._database.write() as connection:
                self._threads.unsettle(connection, thread_id)
            changed = await graph.aupdate_state(config, values, as_node=as_node)
            snapshot = await graph.aget_state(_head(thread_id))
            asked = self._runs.last_kwargs(thread_id)
            around = breakpoints(graph, asked)
            stop = just_stopped([as_node] if as_node else [], snapshot.next, *around)
            if stop is None and snapshot.next:
                stop = Stop("before", snapshot.next[0])
            async with self._database.write() as connection:
                where = standing(snapshot, None, stop)
                self._threads.settle(connection, thread_id, where, bool(lane.runs))
                self._threads.settled(connection, thread_id)
        return dict(changed["configurable"])

    async def erase(self, thread_id: str, run_id: str) -> None:
        """Delete a run that has ended, and the checkpoints that it wrote.

        Raises `Refusal`: 404 if there is no such run, 409 while a run is under way.
        """
        async with self._as_guest(thread_id):
            if self._runs.get(thread_id, run_id) is None:
                raise no_run(run_id)
            async with self._database.write() as connection:
                self._runs.delete(connection, thread_id, run_id)
                self._threads.unsettle(connection, thread_id)
            await self._rederive(thread_id, None)

    @asynccontextmanager
    async def _as_guest(self, thread_id: str) -> AsyncIterator[Lane]:
        """Hold the thread for something that is no run. Raises `Refusal` while one is under way."""
        lane = self._lanes.setdefault(thread_id, Lane())
        if lane.runs:
            raise in_flight(thread_id)
        lane.guests += 1
        try:
            async with lane.lock:
                yield lane
        finally:
            lane.guests -= 1
            self._forget(thread_id, lane)

    async def recover(self) -> None:
        """List what was under way when the server died as ended, and read its threads again.

        In this order: a server that dies meanwhile finds all that is left to do.
        """
        for run_id, thread_id in self._runs.under_way():
            await self._rederive(thread_id, ENGINE_DIED)
            async with self._database.write() as connection:
                self._runs.set_status(connection, run_id, "error", ENGINE_DIED)
        for thread_id, checkpoint_id in self._threads.unsettled():
            newest = await self._database.saver.aget_tuple(_head(thread_id))
            if checkpoint_id is None or newest is None or checkpoint_id != newest.checkpoint["id"]:
                await self._rederive(thread_id, None)
            async with self._database.write() as connection:
                self._threads.settled(connection, thread_id)

    async def close(self) -> None:
        """Stop all runs where they are; the next start lists them as ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=2)

    async def _record(
        self,
        thread_id: str,
        assistant: Json,
        order: Callable[[Json], Run],
        create: bool,
        waits: bool,
        preconditions: Preconditions | None,
    ) -> Run:
        async with self._database.write() as connection:
            if preconditions is not None:
                self._threads.refuse_if_moved_on(connection, thread_id, preconditions)
            metadata = self._threads.occupy(connection, thread_id, assistant)
            if metadata is None and create:
                made = order({}).metadata
                self._threads.insert(connection, thread_id, made)
                metadata = self._threads.occupy(connection, thread_id, assistant)
            if metadata is None:
                raise no_thread_or_assistant()
            run = order(metadata)
            self._runs.insert(connection, run, "pending" if waits or run.delay else "running")
        return run

    def _start(self, lane: Lane, live: LiveRun) -> None:
        task = asyncio.create_task(self._drive(lane, live))
        live.start(task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, lane: Lane, live: LiveRun) -> None:
        """Take the run's turn, run it, and write down how it ended, all under the thread's lock."""
        live.stream.say("metadata", {"run_id": live.run_id, "attempt": 1})
        execution = Execution(live.order, live.stream, live.result)
        try:
            try:
                await asyncio.sleep(live.order.delay)
                async with lane.lock:
                    await self._turn(lane, live, execution)
            except asyncio.CancelledError:
                if live.cancelled is None:
                    raise
                await self._settle(lane, live, execution, _cancelled(), None)
        except Exception as error:  # noqa: BLE001  the client has to hear why nothing was recorded
            live.result.error = error_body(error)
            await self._give_up(live, any(other is not live for other in lane.runs))
        finally:
            self._leave(lane, live)
            self._announce(live, execution)

    async def _give_up(self, live: LiveRun, busy: bool) -> None:
        """How the run ended could not be written: write at least that it has, if the disk lets us."""
        with suppress(sqlite3.Error):
            async with self._database.write() as connection:
                self._runs.set_status(connection, live.run_id, "error", live.result.error)
                self._threads.release(connection, live.thread_id, live.result.error, busy)

    async def _turn(self, lane: Lane, live: LiveRun, execution: Execution) -> None:
        run = live.order
        if live.waits:
            live.waits = False
            async with self._database.write() as connection:
                self._runs.set_status(connection, run.run_id, "running")
        execution.pending = self._pending(run)
        snapshot: StateSnapshot | None = None
        stop: Stop | None = None
        losses = self._database.losses
        try:
            async with self._graphs.open(
                run.graph_id, _head(run.thread_id), "threads.create_run", run.kwargs["context"]
            ) as graph:
                ending = await self._performed(live, execution, graph)
                live.settle()
                if live.cancelled == "rollback":
                    await self._roll_back(run)
                snapshot = await graph.aget_state(_head(run.thread_id))
                stop = execution.stopped_at(graph, snapshot.next)
            if self._database.losses != losses:
                raise sqlite3.OperationalError("checkpoints of this run could not be written")
        except Exception as error:  # noqa: BLE001  a factory may raise anything
            live.settle()
            stop = None  # what could not be written was not reached
            live.result.error = error_body(error)
            ending = Ending("error", live.result.error)
        await self._settle(lane, live, execution, ending, snapshot, stop)

    async def _performed(self, live: LiveRun, execution: Execution, graph: Any) -> Ending:
        try:
            return await execution.perform(graph)
        except asyncio.CancelledError as error:
            if live.cancelled is None:
                if (task := asyncio.current_task()) and task.cancelling():
                    raise
                live.result.error = error_body(error)  # the graph's own code cancelled itself
                return Ending("error", live.result.error)
            if task := asyncio.current_task():
                task.uncancel()
            return _cancelled()

    async def _settle(
        self,
        lane: Lane,
        live: LiveRun,
        execution: Execution,
        ending: Ending,
        snapshot: StateSnapshot | None,
        stop: Stop | None = None,
    ) -> None:
        """Write how the run ended and where its thread stands, in one transaction."""
        live.settle()
        run = live.order
        another = any(other is not live for other in lane.runs)
        async with self._database.write() as connection:
            if live.cancelled == "rollback":
                self._runs.delete(connection, run.thread_id, run.run_id)
            else:
                self._runs.set_status(connection, run.run_id, ending.status, ending.error)
            if live.temporary:
                self._threads.remove(connection, run.thread_id)
            elif snapshot is None:
                self._threads.release(connection, run.thread_id, ending.error, another)
            else:
                error = None if live.cancelled else ending.error
                where = standing(snapshot, error, stop)
                self._threads.settle(connection, run.thread_id, where, another)
        if live.result.values is None and snapshot is not None:
            live.result.values = snapshot.values
        if url := run.kwargs["webhook"]:
            told = {**run.to_json(ending.status), "error": ending.error}
            self._webhooks.call(url, told, live.result.values)

    async def _roll_back(self, run: Run) -> None:
        """Delete what the run wrote; the run itself goes when the row of its thread is settled."""
        async with self._database.write() as connection:
            self._runs.delete_checkpoints(connection, run.thread_id, run.run_id)

    def _pending(self, run: Run) -> list[str]:
        """Return the ids that wait on the thread, where a bare answer has to be addressed."""
        command = run.kwargs["command"] or {}
        if "resume" not in command or is_map(command["resume"]):
            return []
        return self._threads.pending(run.thread_id)

    async def _rederive(self, thread_id: str, error: Json | None) -> None:
        """Read again where a thread stands; `error` is what its last run ended in."""
        metadata = self._threads.metadata(thread_id) or {}
        snapshot: StateSnapshot | None = None
        try:
            async with self._graphs.open(metadata["graph_id"], _head(thread_id)) as graph:
                snapshot = await graph.aget_state(_head(thread_id))
        except Exception:  # noqa: BLE001  a graph that is broken now: keep what the row says
            snapshot = None
        async with self._database.write() as connection:
            if snapshot is None:
                self._threads.release(connection, thread_id, error, False)
            else:
                checkpoint_id = snapshot.config["configurable"].get("checkpoint_id")
                stop = self._threads.stop_at(connection, thread_id, checkpoint_id)
                where = standing(snapshot, error, stop)
                self._threads.settle(connection, thread_id, where, False)
            self._threads.settled(connection, thread_id)

    def _announce(self, live: LiveRun, execution: Execution) -> None:
        """Say what had to wait for the disk, and end the stream."""
        try:
            for name, payload in execution.held:
                live.stream.say(name, payload)
            if live.result.error is not None:
                live.stream.say("error", live.result.error)
        finally:
            live.stream.close()
            live.ended.set()
        if live.stream.resumable:
            self._ended[live.run_id] = live.stream
            while len(self._ended) > _REMEMBERED:
                self._ended.popitem(last=False)

    def _leave(self, lane: Lane, live: LiveRun) -> None:
        lane.runs.remove(live)
        self._forget(live.thread_id, lane)

    def _forget(self, thread_id: str, lane: Lane) -> None:
        if not lane.runs and not lane.guests and self._lanes.get(thread_id) is lane:
            del self._lanes[thread_id]


def _head(thread_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id}}


def _cancelled() -> Ending:
    return Ending("interrupted", error_body(UserInterrupt("User interrupted the run")))
