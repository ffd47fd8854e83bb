"""Drives one run from its turn to its end: its graph, then its row and its thread's row together."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from langgraph.types import StateSnapshot

from hitl_server.json_encoding import error_body
from hitl_server.project.graphs import Graphs
from hitl_server.running.execution import Ending, Execution, is_map
from hitl_server.running.live_run import LiveRun, UserInterrupt
from hitl_server.running.state_sync import checkpoint_id, head
from hitl_server.running.webhooks import Webhooks
from hitl_server.snapshot import Stop, state_columns
from hitl_server.storage.database import Database
from hitl_server.tables.run_table import Run, Runs
from hitl_server.tables.thread_table import Threads


class Driver:
    """Drives runs, each in its turn."""

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

    async def drive(
        self,
        live: LiveRun,
        execution: Execution,
        lock: asyncio.Lock,
        others_wait: Callable[[], bool],
    ) -> None:
        """Take the run's turn, run it, and write down how it ended, all under the thread's lock.

        `others_wait` says whether the thread stays busy after this run. Raises only
        `asyncio.CancelledError`, when the server closes.
        """
        try:
            try:
                live.begin()
                await asyncio.sleep(live.order.delay)
                async with lock:
                    await self._turn(live, execution, others_wait)
            except asyncio.CancelledError:
                if live.cancelled is None:
                    raise
                await self._settle(live, _cancelled(), None, None, others_wait())
        except Exception as error:  # noqa: BLE001  the client has to hear why nothing was recorded
            live.result.error = error_body(error)
            await self._give_up(live, others_wait())

    async def _turn(
        self, live: LiveRun, execution: Execution, others_wait: Callable[[], bool]
    ) -> None:
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
            config = head(run.thread_id, **run.caller.configurable)
            async with self._graphs.open(
                run.graph_id, config, "threads.create_run", run.kwargs["context"]
            ) as graph:
                ending = await self._performed(live, execution, graph)
                live.settle()
                if live.cancelled == "rollback":
                    await self._roll_back(run)
                snapshot = await graph.aget_state(head(run.thread_id))
                stop = execution.stopped_at(graph, snapshot.next)
            if self._database.losses != losses:
                raise sqlite3.OperationalError("checkpoints of this run could not be written")
        except Exception as error:  # noqa: BLE001  a factory may raise anything
            live.settle()
            stop = None  # what could not be written was not reached
            live.result.error = error_body(error)
            ending = Ending("error", live.result.error)
        await self._settle(live, ending, snapshot, stop, others_wait())

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
        live: LiveRun,
        ending: Ending,
        snapshot: StateSnapshot | None,
        stop: Stop | None,
        busy: bool,
    ) -> None:
        """Write how the run ended and where its thread stands, in one transaction."""
        live.settle()
        run = live.order
        async with self._database.write() as connection:
            if live.cancelled == "rollback":
                self._runs.delete(connection, run.thread_id, run.run_id)
            else:
                self._runs.set_status(connection, run.run_id, ending.status, ending.error)
            if live.temporary:
                self._threads.remove(connection, run.thread_id)
            elif snapshot is None:
                self._threads.release(connection, run.thread_id, ending.error, busy)
            else:
                if live.cancelled:  # it may stand where it stood before
                    at = checkpoint_id(snapshot)
                    stop = self._threads.stop_at(connection, run.thread_id, at)
                error = None if live.cancelled else ending.error
                where = state_columns(snapshot, error, stop)
                self._threads.settle(connection, run.thread_id, where, busy)
        if live.result.values is None and snapshot is not None:
            live.result.values = snapshot.values
        if url := run.kwargs["webhook"]:
            told = {**run.to_json(ending.status), "error": ending.error}
            self._webhooks.call(url, told, live.result.values)

    async def _roll_back(self, run: Run) -> None:
        """Delete what the run wrote; the run itself goes when the row of its thread is settled."""
        async with self._database.write() as connection:
            self._runs.delete_checkpoints(connection, run.thread_id, run.run_id)

    async def _give_up(self, live: LiveRun, busy: bool) -> None:
        """How the run ended could not be written: write at least that it has, if the disk lets us."""
        with suppress(sqlite3.Error):
            async with self._database.write() as connection:
                self._runs.set_status(connection, live.run_id, "error", live.result.error)
                self._threads.release(connection, live.thread_id, live.result.error, busy)

    def _pending(self, run: Run) -> list[str]:
        """Return the ids that wait on the thread, where a bare answer has to be addressed."""
        command = run.kwargs["command"] or {}
        if "resume" not in command or is_map(command["resume"]):
            return []
        return self._threads.pending(run.thread_id)


def _cancelled() -> Ending:
    return Ending("interrupted", error_body(UserInterrupt("User interrupted the run")))
