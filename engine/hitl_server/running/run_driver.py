"""Drives one run from its turn to its end: its graph, then its row and its thread's row together."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from langgraph.types import StateSnapshot

from hitl_server.json_encoding import error_body
from hitl_server.project.graphs import Graphs
from hitl_server.running.active_run import ActiveRun, UserInterrupt
from hitl_server.running.execution import Execution, RunEnd, is_map
from hitl_server.running.state_sync import checkpoint_id, newest_state_config
from hitl_server.running.webhooks import Webhooks
from hitl_server.storage.database import Database
from hitl_server.tables.run_table import Run, Runs
from hitl_server.tables.thread_table import Threads
from hitl_server.thread_state import Breakpoint, state_columns


class RunDriver:
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
        active: ActiveRun,
        execution: Execution,
        lock: asyncio.Lock,
        has_waiting_runs: Callable[[], bool],
    ) -> None:
        """Take the run's turn, run it, and write down how it ended, all under the thread's lock.

        `has_waiting_runs` says whether the thread stays busy after this run. Raises only
        `asyncio.CancelledError`, when the server closes.
        """
        try:
            try:
                active.begin()
                await asyncio.sleep(active.order.delay)
                async with lock:
                    await self._turn(active, execution, has_waiting_runs)
            except asyncio.CancelledError:
                if active.cancelled is None:
                    raise
                await self._settle(active, _cancelled(), None, None, has_waiting_runs())
        except Exception as error:  # noqa: BLE001  the client has to hear why nothing was recorded
            active.result.error = error_body(error)
            await self._give_up(active, has_waiting_runs())

    async def _turn(
        self, active: ActiveRun, execution: Execution, has_waiting_runs: Callable[[], bool]
    ) -> None:
        run = active.order
        if active.waits:
            active.waits = False
            async with self._database.write() as connection:
                self._runs.set_status(connection, run.run_id, "running")
        execution.pending = self._pending(run)
        snapshot: StateSnapshot | None = None
        stop: Breakpoint | None = None
        failed_commits = self._database.failed_commits
        try:
            config = newest_state_config(run.thread_id, **run.caller.configurable)
            async with self._graphs.open(
                run.graph_id, config, "threads.create_run", run.kwargs["context"]
            ) as graph:
                ending = await self._performed(active, execution, graph)
                active.settle()
                if active.cancelled == "rollback":
                    await self._roll_back(run)
                snapshot = await graph.aget_state(newest_state_config(run.thread_id))
                stop = execution.stopped_at(graph, snapshot.next)
            if self._database.failed_commits != failed_commits:
                raise sqlite3.OperationalError("checkpoints of this run could not be written")
        except Exception as error:  # noqa: BLE001  a factory may raise anything
            active.settle()
            stop = None  # what could not be written was not reached
            active.result.error = error_body(error)
            ending = RunEnd("error", active.result.error)
        await self._settle(active, ending, snapshot, stop, has_waiting_runs())

    async def _performed(self, active: ActiveRun, execution: Execution, graph: Any) -> RunEnd:
        try:
            return await execution.perform(graph)
        except asyncio.CancelledError as error:
            if active.cancelled is None:
                if (task := asyncio.current_task()) and task.cancelling():
                    raise
                active.result.error = error_body(error)  # the graph's own code cancelled itself
                return RunEnd("error", active.result.error)
            if task := asyncio.current_task():
                task.uncancel()
            return _cancelled()

    async def _settle(
        self,
        active: ActiveRun,
        ending: RunEnd,
        snapshot: StateSnapshot | None,
        stop: Breakpoint | None,
        busy: bool,
    ) -> None:
        """Write how the run ended and where its thread stands, in one transaction."""
        active.settle()
        run = active.order
        async with self._database.write() as connection:
            if active.cancelled == "rollback":
                self._runs.delete(connection, run.thread_id, run.run_id)
            else:
                self._runs.set_status(connection, run.run_id, ending.status, ending.error)
            if active.temporary:
                self._threads.remove(connection, run.thread_id)
            elif snapshot is None:
                self._threads.release(connection, run.thread_id, ending.error, busy)
            else:
                if active.cancelled:  # it may stand where it stood before
                    at = checkpoint_id(snapshot)
                    stop = self._threads.stop_at(connection, run.thread_id, at)
                error = None if active.cancelled else ending.error
                where = state_columns(snapshot, error, stop)
                self._threads.write_state(connection, run.thread_id, where, busy)
        if active.result.values is None and snapshot is not None:
            active.result.values = snapshot.values
        if url := run.kwargs["webhook"]:
            told = {**run.to_json(ending.status), "error": ending.error}
            self._webhooks.call(url, told, active.result.values)

    async def _roll_back(self, run: Run) -> None:
        """Delete what the run wrote; the run itself goes when the row of its thread is settled."""
        async with self._database.write() as connection:
            self._runs.delete_checkpoints(connection, run.thread_id, run.run_id)

    async def _give_up(self, active: ActiveRun, busy: bool) -> None:
        """How the run ended could not be written: write at least that it has, if the disk lets us."""
        with suppress(sqlite3.Error):
            async with self._database.write() as connection:
                self._runs.set_status(connection, active.run_id, "error", active.result.error)
                self._threads.release(connection, active.thread_id, active.result.error, busy)

    def _pending(self, run: Run) -> list[str]:
        """Return the ids that wait on the thread, where a bare answer has to be addressed."""
        command = run.kwargs["command"] or {}
        if "resume" not in command or is_map(command["resume"]):
            return []
        return self._threads.pending(run.thread_id)


def _cancelled() -> RunEnd:
    return RunEnd("interrupted", error_body(UserInterrupt("User interrupted the run")))
