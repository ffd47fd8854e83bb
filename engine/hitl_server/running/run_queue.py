"""RunQueue: on each thread one run at a time, from the first look at what waits to the last write.

This room admits runs and knows those that have not ended; `driver` drives each of them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig

from hitl_server.identity.callers import USER_ID
from hitl_server.json_types import JsonObject
from hitl_server.refusals import (
    busy,
    no_run,
    no_thread_or_assistant,
    preconditions_failed,
    runs_in_flight,
)
from hitl_server.request_models import Preconditions
from hitl_server.running.active_run import ActiveRun
from hitl_server.running.execution import Execution
from hitl_server.running.run_driver import RunDriver
from hitl_server.running.state_sync import StateSync, newest_state_config
from hitl_server.storage.database import Database
from hitl_server.streams.run_stream import RunStream
from hitl_server.tables.run_table import Run, Runs
from hitl_server.tables.thread_table import Threads

_KEPT_STREAMS = 100
"""Resumable runs whose events are kept after their end."""

ENGINE_DIED: JsonObject = {
    "error": "EngineDied",
    "message": "engine died: the server ended while this run was under way; "
    "what its nodes did until then has happened, and it was not run again.",
}


@dataclass(slots=True)
class ThreadQueue:
    """The runs of one thread that have not ended, in the order of their key_locks."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    runs: list[ActiveRun] = field(default_factory=list)
    state_changes: int = 0
    """State changes that hold or await the lock."""


class RunQueue:
    """Admits runs to threads and drives them to their end."""

    def __init__(
        self,
        database: Database,
        threads: Threads,
        runs: Runs,
        state_sync: StateSync,
        driver: RunDriver,
    ) -> None:
        self._database = database
        self._threads = threads
        self._runs = runs
        self._state_sync = state_sync
        self._driver = driver
        self._queues: dict[str, ThreadQueue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: OrderedDict[tuple[str, str], RunStream] = OrderedDict()

    def _kept_stream(self, thread_id: str, run_id: str) -> RunStream | None:
        """Return what a resumable run that has ended said, if that was not long ago."""
        return self._ended.get((thread_id, run_id))

    def ended_run(self, thread_id: str, run_id: str) -> ActiveRun:
        """Return a run that has ended, or never was, for somebody who wants to hear it."""
        stream = self._kept_stream(thread_id, run_id) or RunStream()
        stream.close()
        return ActiveRun(run_id, thread_id, stream)

    def ended_run_with_result(self, thread_id: str, run_id: str) -> ActiveRun:
        """Return a run that has ended: what it said is only there if that was not long ago.

        Its result is where the thread stands now. Raises `Refusal` if the run is gone.
        """
        ended = self.ended_run(thread_id, run_id)
        ended.run = self._runs.order(thread_id, run_id)
        ended.result.values = self._threads.outcome(thread_id)
        ended.ended.set()
        return ended

    def find(self, thread_id: str, run_id: str) -> ActiveRun | None:
        """Return a run that has not ended."""
        queue = self._queues.get(thread_id)
        runs = queue.runs if queue else ()
        return next((active for active in runs if active.run_id == run_id), None)

    def under_way(self, status: Literal["pending", "running", "all"]) -> list[ActiveRun]:
        """Return the runs that have not ended: those that wait, those that run, or all."""
        return [
            active
            for queue in self._queues.values()
            for active in queue.runs
            if status == "all" or active.waits is (status == "pending")
        ]

    async def admit(
        self,
        active: ActiveRun,
        assistant: JsonObject,
        order: Callable[[JsonObject], Run],
        *,
        strategy: str,
        create: bool,
        preconditions: Preconditions | None = None,
    ) -> None:
        """Record a run and give it its turn; on disk when this returns, not yet begun.

        `order` makes the run from the thread's metadata; `create` makes a thread that is not
        there. Raises `Refusal`: 409 when the thread is busy and `strategy` is reject, or when
        `preconditions` do not hold; 404 when there is no such thread.
        """
        queue = self._queues.setdefault(active.thread_id, ThreadQueue())
        earlier = list(queue.runs)
        if earlier and strategy == "reject":
            raise busy()
        if preconditions and (
            earlier or queue.state_changes
        ):  # whoever is at work will change the state
            raise preconditions_failed(self._threads.get(active.thread_id))
        queue.runs.append(active)  # before the first await: nobody else gets this turn
        try:
            await self._record(active, assistant, order, create, bool(earlier), preconditions)
        except BaseException:
            self._leave(queue, active)
            active.ended.set()
            raise
        if strategy in ("interrupt", "rollback"):
            for other in earlier:
                other.cancel("rollback" if strategy == "rollback" else "interrupt")
        self._start(queue, active)

    async def delete(self, thread_id: str) -> bool:
        """Cancel what runs on a thread and delete it; False if there is no such thread."""
        while True:
            for active in self._recorded(thread_id):
                active.cancel("interrupt")
                await active.ended.wait()
            async with self._database.write() as connection:
                if not self._recorded(thread_id):  # who comes now finds no thread
                    return self._threads.remove(connection, thread_id)

    def _recorded(self, thread_id: str) -> list[ActiveRun]:
        queue = self._queues.get(thread_id)
        return [active for active in (queue.runs if queue else ()) if active.run is not None]

    async def change_state(
        self,
        thread_id: str,
        graph_id: str,
        config: RunnableConfig,
        values: Any,
        as_node: str | None,
    ) -> JsonObject:
        """Write values into a thread's state and return the new checkpoint's configurable.

        Raises `Refusal` (409) while a run is under way.
        """
        async with self._exclusively(thread_id) as busy:
            return await self._state_sync.change(thread_id, graph_id, config, values, as_node, busy)

    async def erase(self, thread_id: str, run_id: str) -> None:
        """Delete a run that has ended, and the checkpoints that it wrote.

        Raises `Refusal`: 404 if there is no such run, 409 while a run is under way.
        """
        async with self._exclusively(thread_id) as busy:
            if self._runs.get(thread_id, run_id) is None:
                raise no_run(run_id)
            async with self._database.write() as connection:
                self._runs.delete(connection, thread_id, run_id)
                self._threads.mark_stale(connection, thread_id)
            await self._state_sync.refresh(thread_id, None, busy)

    @asynccontextmanager
    async def _exclusively(self, thread_id: str) -> AsyncIterator[Callable[[], bool]]:
        """Hold the thread for something that is no run; yield whether one waits meanwhile.

        Raises `Refusal` while one is under way.
        """
        queue = self._queues.setdefault(thread_id, ThreadQueue())
        if queue.runs:
            raise runs_in_flight(thread_id)
        queue.state_changes += 1
        try:
            async with queue.lock:
                yield lambda: bool(queue.runs)
        finally:
            queue.state_changes -= 1
            self._forget(thread_id, queue)

    async def recover(self) -> None:
        """List what was under way when the server died as ended, and read its threads again.

        In this order: a server that dies meanwhile finds all that is left to do.
        """
        for run_id, thread_id in self._runs.under_way():
            await self._state_sync.refresh(thread_id, ENGINE_DIED)
            async with self._database.write() as connection:
                self._runs.set_status(connection, run_id, "error", ENGINE_DIED)
        for thread_id, checkpoint_id in self._threads.stale_rows():
            newest = await self._database.saver.aget_tuple(newest_state_config(thread_id))
            if checkpoint_id is None or newest is None or checkpoint_id != newest.checkpoint["id"]:
                await self._state_sync.refresh(thread_id, None)
            else:
                async with self._database.write() as connection:
                    self._threads.clear_stale(connection, thread_id)

    async def close(self) -> None:
        """Stop all runs where they are; the next start lists them as ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=2)

    async def _record(
        self,
        active: ActiveRun,
        assistant: JsonObject,
        order: Callable[[JsonObject], Run],
        create: bool,
        waits: bool,
        preconditions: Preconditions | None,
    ) -> None:
        thread_id = active.thread_id
        async with self._database.write() as connection:
            if preconditions is not None:
                self._threads.check_preconditions(connection, thread_id, preconditions)
            metadata = self._threads.mark_busy(connection, thread_id, assistant)
            if metadata is None and create:
                made = order({}).metadata
                made.pop(USER_ID, None)  # says who started a run; a thread is everybody's
                self._threads.insert(connection, thread_id, made)
                metadata = self._threads.mark_busy(connection, thread_id, assistant)
            if metadata is None:
                raise no_thread_or_assistant()
            run = order(metadata)
            active.run, active.waits = run, waits or run.delay > 0
            self._runs.insert(connection, run, "pending" if active.waits else "running")

    def _start(self, queue: ThreadQueue, active: ActiveRun) -> None:
        task = asyncio.create_task(self._drive(queue, active))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, queue: ThreadQueue, active: ActiveRun) -> None:
        """Let a run be driven to its end, and make room for the next one before its end is told."""
        active.stream.say("metadata", {"run_id": active.run_id, "attempt": 1})
        execution = Execution(active.order, active.stream, active.result)
        try:
            await self._driver.drive(
                active,
                execution,
                queue.lock,
                lambda: any(other is not active for other in queue.runs),
            )
        finally:
            self._leave(queue, active)
            self._announce(active, execution)

    def _announce(self, active: ActiveRun, execution: Execution) -> None:
        """Say what had to wait for the disk, and end the stream."""
        try:
            for name, payload in execution.held:
                active.stream.say(name, payload)
            if active.result.error is not None:
                active.stream.say("error", active.result.error)
        finally:
            active.stream.close()
            active.ended.set()
        if active.stream.resumable:
            self._ended[active.thread_id, active.run_id] = active.stream
            while len(self._ended) > _KEPT_STREAMS:
                self._ended.popitem(last=False)

    def _leave(self, queue: ThreadQueue, active: ActiveRun) -> None:
        queue.runs.remove(active)
        self._forget(active.thread_id, queue)

    def _forget(self, thread_id: str, queue: ThreadQueue) -> None:
        if not queue.runs and not queue.state_changes and self._queues.get(thread_id) is queue:
            del self._queues[thread_id]
