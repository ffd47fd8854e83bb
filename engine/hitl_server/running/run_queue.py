"""The queue of runs: one run at a time on each thread.

It records new runs and knows those that have not ended; `RunDriver` drives each of them.
"""

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from langchain_core.runnables import RunnableConfig
from langgraph.types import StateUpdate

from hitl_server.idempotency import KeyLocks
from hitl_server.json_encoding import dumps
from hitl_server.json_types import JsonObject
from hitl_server.refusals import (
    Refusal,
    no_run,
    no_thread_or_assistant,
    preconditions_failed,
    runs_in_flight,
    thread_busy,
)
from hitl_server.reserved_keys import USER_ID
from hitl_server.running.active_run import ActiveRun, CancelAction
from hitl_server.running.execution import Execution
from hitl_server.running.run_driver import RunDriver
from hitl_server.running.state_sync import StateSync
from hitl_server.state_columns import RequiredState
from hitl_server.storage.checkpoints import Checkpoints
from hitl_server.storage.database import Database
from hitl_server.streams.protocol_events import ProtocolEvents, RunOutcome
from hitl_server.streams.run_stream import EventMemory, RunStream
from hitl_server.streams.thread_streams import ThreadStreams
from hitl_server.tables.run_table import Run, Runs
from hitl_server.tables.thread_table import Threads
from hitl_server.thread_state import snapshot_json

_MAX_KEPT_STREAMS = 100
"""Resumable runs whose events are kept after their end."""
_CANCEL_TIME = 5
"""Seconds in which a cancelled run should have ended."""


@dataclass(slots=True)
class ThreadQueue:
    """The runs of one thread that have not ended, oldest first."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the run or the state change that uses the thread."""
    runs: list[ActiveRun] = field(default_factory=list)
    state_changes: int = 0
    """State changes that hold or await the lock."""


class RunQueue:
    """Takes runs for threads, starts each in its turn, and sends its end to clients."""

    def __init__(
        self,
        database: Database,
        checkpoints: Checkpoints,
        threads: Threads,
        runs: Runs,
        state_sync: StateSync,
        driver: RunDriver,
    ) -> None:
        self._database = database
        self._checkpoints = checkpoints
        self._threads = threads
        self._runs = runs
        self._state_sync = state_sync
        self._driver = driver
        self._queues: dict[str, ThreadQueue] = {}
        self._admissions = KeyLocks()
        self._tasks: set[asyncio.Task[None]] = set()
        self._event_memory = EventMemory()
        self._kept_streams: OrderedDict[tuple[str, str], RunStream] = OrderedDict()
        self.thread_streams = ThreadStreams()
        """The events of all runs of a thread, as the clients of its runs get them."""
        self.protocol_streams = ThreadStreams()
        """The events of all runs of a thread, in the form of the event protocol."""

    def new_stream(self, *, resumable: bool) -> RunStream:
        """Return the stream for the events of a new run."""
        return RunStream(self._event_memory if resumable else None)

    def find(self, thread_id: str, run_id: str) -> ActiveRun | None:
        """Return a run that has not ended, or None."""
        queue = self._queues.get(thread_id)
        runs = queue.runs if queue else ()
        return next((active for active in runs if active.run_id == run_id), None)

    def under_way(self, status: Literal["pending", "running", "all"]) -> list[ActiveRun]:
        """Return the runs that have not ended: waiting ones, running ones, or all."""
        return [
            active
            for queue in self._queues.values()
            for active in queue.runs
            if status == "all" or active.is_waiting is (status == "pending")
        ]

    def ended_run(self, thread_id: str, run_id: str) -> ActiveRun:
        """Return a run that has ended, or never existed, with the events that are still kept."""
        stream = self._kept_streams.get((thread_id, run_id)) or RunStream()
        stream.close()
        return ActiveRun(run_id, thread_id, stream)

    def ended_run_with_result(self, thread_id: str, run_id: str) -> ActiveRun:
        """Return a run that has ended, with the present state of its thread as its result.

        Raises `Refusal` (404) if the run was deleted.
        """
        ended = self.ended_run(thread_id, run_id)
        ended.record = self._runs.stored_run(thread_id, run_id)
        ended.result.values = self._threads.run_result(thread_id)
        ended.ended.set()
        return ended

    async def add(
        self,
        active: ActiveRun,
        assistant: JsonObject,
        create_run: Callable[[JsonObject], Run],
        *,
        strategy: str,
        create_thread: bool,
        required: RequiredState,
    ) -> None:
        """Record a run, which starts in its turn. It is on disk when this returns.

        `create_run` makes the run from the thread's metadata; `create_thread` creates a missing
        thread. Raises `Refusal`: 409 if the thread is busy and `strategy` is reject, or if it has
        not the `required` state; 404 if there is no such thread; 403 or 409 if a question waits that
        needs two reviewers.
        """
        if strategy == "rollback":
            self._checkpoints.check_deletes_runs()
        # Of two answers that need each other, the second must see the first.
        four_eyes = self._threads.four_eyes
        async with self._admissions.hold(active.thread_id) if four_eyes else nullcontext():
            queue = self._queues.setdefault(active.thread_id, ThreadQueue())
            if strategy == "reject" or required.is_as_seen:
                queue = await self._when_admission_ended(active.thread_id, queue)
            earlier = list(queue.runs)
            if earlier and strategy == "reject":
                raise thread_busy()
            is_changing = bool(earlier or queue.state_changes)
            if required.is_as_seen and is_changing:
                raise preconditions_failed(self._threads.get(active.thread_id))
            if is_changing:  # what is pending is known when the run begins
                required = RequiredState()
            queue.runs.append(active)  # before the first await, so that the order is kept
            try:
                await self._record(
                    active,
                    assistant,
                    create_run,
                    create_thread,
                    required,
                    has_earlier_runs=bool(earlier),
                    is_free=not is_changing,
                )
            except BaseException:
                self._remove(queue, active)
                active.ended.set()
                raise
            finally:
                active.admission_ended.set()
            if strategy in ("interrupt", "rollback"):
                for other in earlier:
                    other.cancel("rollback" if strategy == "rollback" else "interrupt")
            self._database.presence.set_claim(active.thread_id, None)  # `mark_busy` removed its row
            self._start(queue, active)

    async def _when_admission_ended(self, thread_id: str, queue: ThreadQueue) -> ThreadQueue:
        """Return the queue of a thread when its first run is on disk, or when it has none.

        Whoever is refused because of that run can then read which it is; and no run is refused because of
        one that is refused itself.
        """
        while queue.runs and not queue.runs[0].admission_ended.is_set():
            await queue.runs[0].admission_ended.wait()
            queue = self._queues.setdefault(thread_id, ThreadQueue())
        return queue

    async def cancel(self, runs: Iterable[ActiveRun], action: CancelAction) -> None:
        """Cancel runs. They have ended, on disk, when this returns.

        A run whose nodes do not end is only waited for a few seconds. Raises `Refusal` (403) for a
        rollback on a thread with a protected question.
        """
        runs = list(runs)
        if action == "rollback":
            self._checkpoints.check_deletes_runs()
            for active in runs:
                self._threads.refuse_protected(active.thread_id)
        ends = []
        for active in runs:
            active.cancel(action)
            ends.append(asyncio.create_task(active.ended.wait()))
        if ends:
            _, unended = await asyncio.wait(ends, timeout=_CANCEL_TIME)
            for end in unended:
                end.cancel()

    async def delete_thread(self, thread_id: str) -> bool:
        """Cancel the runs of a thread and delete it; False if there is no such thread.

        Raises `Refusal` (403) while a protected question waits.
        """
        while True:
            self._threads.refuse_protected(thread_id)
            for active in self._recorded(thread_id):
                active.cancel("interrupt")
                await active.ended.wait()
            async with self._database.write() as connection:
                self._threads.refuse_protected(thread_id, connection)
                is_free = not self._recorded(thread_id)  # later runs will find no thread
                existed = is_free and self._threads.remove(connection, thread_id)
            if is_free:
                await self._forget(thread_id)
                return existed

    async def delete_expired_thread(self, thread_id: str) -> None:
        """Delete a thread that has expired, unless a run or a change of its state is in progress.

        It stays also while a protected question waits.
        """
        try:
            async with self._database.write() as connection:
                queue = self._queues.get(thread_id)
                if queue or not self._threads.ttls.has_expired(connection, thread_id):
                    return
                self._threads.refuse_protected(thread_id, connection)
                self._threads.remove(connection, thread_id)
        except Refusal:
            return
        await self._forget(thread_id)

    async def _forget(self, thread_id: str) -> None:
        """Delete what is kept of a thread beside its rows."""
        self._database.presence.forget(thread_id)
        await self._checkpoints.delete_thread(thread_id)
        self.thread_streams.forget(thread_id)
        self.protocol_streams.forget(thread_id)

    async def delete_run(self, thread_id: str, run_id: str) -> None:
        """Delete a run that has ended, and the checkpoints that it wrote.

        Raises `Refusal`: 404 if there is no such run, 409 while a run is in progress, 403 while a
        protected question waits.
        """
        async with self._without_runs(thread_id) as is_busy:
            if self._runs.get(thread_id, run_id) is None:
                raise no_run(run_id)
            self._checkpoints.check_deletes_runs()
            async with self._database.write() as connection:
                self._threads.refuse_protected(thread_id, connection)
                self._runs.delete(connection, thread_id, run_id)
                self._threads.mark_stale(connection, thread_id)
            await self._checkpoints.delete_run(run_id)
            await self._state_sync.refresh(thread_id, None, is_busy)

    async def change_state(
        self,
        thread_id: str,
        graph_id: str,
        config: RunnableConfig,
        steps: Sequence[Sequence[StateUpdate]],
        required: RequiredState,
    ) -> JsonObject:
        """Write what nodes wrote in each step; return the `configurable` of the new checkpoint.

        Raises `Refusal` (409) while a run is in progress, or if it has not the `required` state.
        """
        async with self._without_runs(thread_id) as is_busy:
            changed, snapshot = await self._state_sync.update_state(
                thread_id, graph_id, config, steps, required, is_busy
            )
        if (stream := self.thread_streams.find(thread_id)) is not None:
            update = {"state": snapshot_json(snapshot), "thread_id": thread_id}
            stream.send_encoded("state_update", dumps(update), keep=False)
        return changed

    async def close(self) -> None:
        """Stop all runs where they are; the next start lists them as ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=2)

    def _recorded(self, thread_id: str) -> list[ActiveRun]:
        queue = self._queues.get(thread_id)
        return [active for active in (queue.runs if queue else ()) if active.record is not None]

    @asynccontextmanager
    async def _without_runs(self, thread_id: str) -> AsyncIterator[Callable[[], bool]]:
        """Hold a thread for a change that is no run; yield whether a run waits meanwhile.

        Raises `Refusal` (409) while a run is in progress.
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
            self._drop_if_unused(thread_id, queue)

    async def _record(
        self,
        active: ActiveRun,
        assistant: JsonObject,
        create_run: Callable[[JsonObject], Run],
        create_thread: bool,
        required: RequiredState,
        *,
        has_earlier_runs: bool,
        is_free: bool,
    ) -> None:
        thread_id, four_eyes = active.thread_id, self._threads.four_eyes
        admitted: str | Refusal | None = None
        async with self._database.write() as connection:
            if required != RequiredState():
                self._threads.check_state(connection, thread_id, required)
            if four_eyes is not None:
                sent = create_run(self._threads.metadata(thread_id) or {})
                admitted = four_eyes.admit(
                    connection, sent, seen=required.first_answer, is_free=is_free
                )
            if not isinstance(admitted, Refusal):
                self._insert(
                    connection, active, assistant, create_run, create_thread, has_earlier_runs
                )
        if isinstance(admitted, Refusal):  # the first of two answers, which is on disk now
            raise admitted
        active.admitted = admitted

    def _insert(
        self,
        connection: sqlite3.Connection,
        active: ActiveRun,
        assistant: JsonObject,
        create_run: Callable[[JsonObject], Run],
        create_thread: bool,
        has_earlier_runs: bool,
    ) -> None:
        """Write the rows of a run, and of its thread, inside a transaction."""
        thread_id, four_eyes = active.thread_id, self._threads.four_eyes
        metadata = self._threads.mark_busy(connection, thread_id, assistant)
        if metadata is None and create_thread:
            made = create_run({}).metadata
            made.pop(USER_ID, None)  # it names who started a run; a thread has no such name
            self._threads.insert(connection, thread_id, made)
            metadata = self._threads.mark_busy(connection, thread_id, assistant)
        if metadata is None:
            raise no_thread_or_assistant()
        run = create_run(metadata)
        active.record, active.is_waiting = run, has_earlier_runs or run.delay > 0
        self._runs.insert(connection, run, "pending" if active.is_waiting else "running")
        if four_eyes is not None:
            four_eyes.note_starter(connection, run)

    def _start(self, queue: ThreadQueue, active: ActiveRun) -> None:
        task = asyncio.create_task(self._drive(queue, active))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, queue: ThreadQueue, active: ActiveRun) -> None:
        """Drive a run to its end, and remove it from the queue before clients get its end."""
        thread_id = active.thread_id
        if active.stream.resumable and not active.temporary:
            self.thread_streams.open(thread_id)
        active.stream.of_thread = partial(self.thread_streams.find, thread_id)
        active.stream.send("metadata", {"run_id": active.run_id, "attempt": 1})
        find_protocol = partial(self.protocol_streams.find, thread_id)
        run = active.run
        protocol = ProtocolEvents(find_protocol, run.graph_id, branches=run.is_at_checkpoint)
        execution = Execution(run, active.stream, active.result, protocol, active.control)
        has_ended = False
        try:
            await self._driver.drive(
                active,
                execution,
                queue.lock,
                lambda: any(other is not active for other in queue.runs),
            )
            has_ended = True
        finally:
            self._remove(queue, active)
            self._send_end(active, execution, has_ended)

    def _send_end(self, active: ActiveRun, execution: Execution, has_ended: bool) -> None:
        """Send the events that had to wait for the disk, and end the stream.

        Without `has_ended`, the server closes, and nobody knows how the run ends.
        """
        try:
            for name, payload in execution.delayed_events:
                active.stream.send(name, payload)
            error = active.result.error
            if error is not None:
                active.stream.send("error", error)
            if has_ended:
                interrupted = active.cancelled or execution.protocol.asked
                outcome: RunOutcome = (
                    "failed" if error else "interrupted" if interrupted else "completed"
                )
                execution.protocol.end(outcome, error["message"] if error else None)
            done = {"status": "run_done", "run_id": active.run_id}
            if (thread := self.thread_streams.find(active.thread_id)) is not None:
                keep = active.stream.resumable
                thread.send_encoded("metadata", dumps(done), keep=keep)
        finally:
            active.stream.close()
            active.ended.set()
        if active.stream.resumable:
            self._kept_streams[active.thread_id, active.run_id] = active.stream
            while len(self._kept_streams) > _MAX_KEPT_STREAMS:
                _, oldest = self._kept_streams.popitem(last=False)
                oldest.forget()

    def _remove(self, queue: ThreadQueue, active: ActiveRun) -> None:
        queue.runs.remove(active)
        self._drop_if_unused(active.thread_id, queue)

    def _drop_if_unused(self, thread_id: str, queue: ThreadQueue) -> None:
        if not queue.runs and not queue.state_changes and self._queues.get(thread_id) is queue:
            del self._queues[thread_id]
