"""Drives one run in its turn: runs its graph, then writes its row and that of its thread together."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from langgraph.types import StateSnapshot

from hitl_server.json_encoding import error_body
from hitl_server.project.graphs import FactoryFailed, Graphs
from hitl_server.project_code import calling_project
from hitl_server.request_models import is_resume_map
from hitl_server.running.active_run import ActiveRun, UserInterrupt
from hitl_server.running.execution import Execution, RunEnd
from hitl_server.running.state_sync import checkpoint_id, newest_state_config
from hitl_server.running.webhooks import Webhooks
from hitl_server.state_columns import Breakpoint
from hitl_server.storage.checkpoints import Checkpoints
from hitl_server.storage.database import Database
from hitl_server.tables.run_table import Run, Runs
from hitl_server.tables.thread_table import Threads
from hitl_server.thread_state import state_columns


class RunDriver:
    """Drives runs to their end."""

    def __init__(
        self,
        database: Database,
        checkpoints: Checkpoints,
        threads: Threads,
        runs: Runs,
        graphs: Graphs,
        webhooks: Webhooks,
    ) -> None:
        self._database = database
        self._checkpoints = checkpoints
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
        """Wait for the thread's lock, run the graph, and write how the run ended.

        `has_waiting_runs` returns whether the thread stays busy after this run. Raises only
        `asyncio.CancelledError`, when the server closes.
        """
        try:
            with calling_project():
                try:
                    active.begin()
                    await asyncio.sleep(active.run.delay)
                    async with lock:
                        await self._run(active, execution, has_waiting_runs)
                except asyncio.CancelledError:
                    if active.cancelled is None:
                        raise
                    await self._write_end(active, _cancelled(), None, None, has_waiting_runs())
        except Exception as error:  # noqa: BLE001  the client gets the reason
            active.result.error = error_body(error)
            await self._write_failure(active, has_waiting_runs())

    async def _run(
        self, active: ActiveRun, execution: Execution, has_waiting_runs: Callable[[], bool]
    ) -> None:
        run = active.run
        if active.is_waiting:
            active.is_waiting = False
            async with self._database.write() as connection:
                self._runs.set_status(connection, run.run_id, "running")
        execution.pending = self._pending_interrupts(run)
        snapshot: StateSnapshot | None = None
        breakpoint: Breakpoint | None = None
        failed_commits = self._database.failed_commits
        try:
            if self._threads.four_eyes is not None:
                self._threads.four_eyes.check_begin(self._database.read, run, active.admitted)
            with calling_project():
                async with self._graphs.open(
                    run.graph_id, execution.config, "threads.create_run", run.kwargs["context"]
                ) as graph:
                    ending = await self._run_graph(active, execution, graph)
                    active.end_graph()
                    if active.cancelled == "rollback":
                        await self._roll_back(run)
                    snapshot = await graph.aget_state(newest_state_config(run.thread_id))
                    breakpoint = execution.reached_breakpoint(graph, snapshot.next)
            if self._database.failed_commits != failed_commits:
                raise sqlite3.OperationalError("checkpoints of this run could not be written")
        except Exception as error:  # noqa: BLE001  a factory may raise anything
            active.end_graph()
            breakpoint = None  # without its checkpoint, it was not reached
            ending = RunEnd.failed(error.error if isinstance(error, FactoryFailed) else error)
        if ending.status == "error":
            active.result.error = ending.error
        await self._write_end(active, ending, snapshot, breakpoint, has_waiting_runs())

    async def _run_graph(self, active: ActiveRun, execution: Execution, graph: Any) -> RunEnd:
        try:
            return await execution.run_graph(graph)
        except asyncio.CancelledError:
            if active.cancelled is None:
                raise
            if task := asyncio.current_task():
                task.uncancel()
            return _cancelled()

    async def _write_end(
        self,
        active: ActiveRun,
        ending: RunEnd,
        snapshot: StateSnapshot | None,
        breakpoint: Breakpoint | None,
        busy: bool,
    ) -> None:
        """Write how the run ended, and the state of its thread, in one transaction."""
        active.end_graph()
        run = active.run
        async with self._database.write() as connection:
            if active.cancelled == "rollback":
                self._runs.delete(connection, run.thread_id, run.run_id)
            else:
                self._runs.set_status(connection, run.run_id, ending.status, ending.stored_error)
            error = None if active.cancelled else ending.error  # a cancelled thread did not fail
            if active.temporary:
                self._threads.remove(connection, run.thread_id)
            elif snapshot is None:
                self._threads.end_run_without_state(connection, run.thread_id, error, busy)
            else:
                if breakpoint is None and not any(task.error for task in snapshot.tasks):
                    at = checkpoint_id(snapshot)  # the run may not have left it
                    breakpoint = self._threads.breakpoint_at(connection, run.thread_id, at)
                columns = state_columns(snapshot, error, breakpoint)
                self._threads.write_state(connection, run.thread_id, columns, busy)
        if active.temporary:
            await self._checkpoints.delete_thread(run.thread_id)
        if active.result.values is None and snapshot is not None:
            active.result.values = snapshot.values
        if url := run.kwargs["webhook"]:
            ended = {**run.to_json(ending.status), "error": ending.error}
            self._webhooks.call(url, ended, active.result.values)

    async def _roll_back(self, run: Run) -> None:
        """Delete the checkpoints of the run; `_write_end` deletes the run itself."""
        async with self._database.write() as connection:
            self._runs.delete_checkpoints(connection, run.thread_id, run.run_id)
        await self._checkpoints.delete_run(run.run_id)

    async def _write_failure(self, active: ActiveRun, busy: bool) -> None:
        """Write at least that the run has ended, if the disk permits."""
        with suppress(sqlite3.Error):
            async with self._database.write() as connection:
                self._runs.set_status(connection, active.run_id, "error", active.result.error)
                self._threads.end_run_without_state(
                    connection, active.thread_id, active.result.error, busy
                )

    def _pending_interrupts(self, run: Run) -> list[str]:
        """Return the pending interrupts if the answer does not name its interrupt, else none."""
        command = run.kwargs["command"] or {}
        if "resume" not in command or is_resume_map(command["resume"]):
            return []
        return self._threads.pending_interrupt_ids(run.thread_id)


def _cancelled() -> RunEnd:
    return RunEnd("interrupted", error_body(UserInterrupt("User interrupted the run")))
