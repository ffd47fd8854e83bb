"""Keeps the rows of threads in line with their checkpoints.

The caller holds the thread, so no run is in progress. `is_busy` returns whether a run waits for it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import StateSnapshot, StateUpdate

from hitl_server.json_types import JsonObject
from hitl_server.project.factory_config import reading_config
from hitl_server.project.graphs import Graphs
from hitl_server.project_code import calling_project
from hitl_server.refusals import nodes_gone
from hitl_server.running.execution import breakpoints
from hitl_server.state_columns import INTERRUPT, Breakpoint, RequiredState
from hitl_server.storage.checkpoints import Checkpoints
from hitl_server.storage.database import Database
from hitl_server.tables.run_table import Runs
from hitl_server.tables.thread_table import Threads
from hitl_server.thread_state import breakpoint_between, state_columns


class StateSync:
    """Reads states with their graphs, and writes them to the rows of threads."""

    def __init__(
        self,
        database: Database,
        checkpoints: Checkpoints,
        threads: Threads,
        runs: Runs,
        graphs: Graphs,
    ) -> None:
        self._database = database
        self._checkpoints = checkpoints
        self._threads = threads
        self._runs = runs
        self._graphs = graphs

    async def update_state(
        self,
        thread_id: str,
        graph_id: str,
        config: RunnableConfig,
        steps: Sequence[Sequence[StateUpdate]],
        required: RequiredState,
        is_busy: Callable[[], bool],
    ) -> tuple[JsonObject, StateSnapshot]:
        """Write what nodes wrote in each step.

        Returns the `configurable` of the new checkpoint, and the newest state. Raises `Refusal`
        (409) if the thread has not the `required` state, or (403) if a protected question waits.
        """
        last_run = self._runs.last_kwargs(thread_id)
        reading = self.factory_config(graph_id, thread_id, config)
        async with self._graphs.open(graph_id, reading, "threads.update") as graph:
            async with self._database.write() as connection:
                self._threads.check_state(connection, thread_id, required)
                if (four_eyes := self._threads.four_eyes) is not None:
                    four_eyes.check_state_change(connection, thread_id, config["configurable"])
                self._threads.mark_stale(connection, thread_id)
            async with self._checkpoints.rolled_back_on_error(thread_id):
                changed = await graph.abulk_update_state(config, steps)
            snapshot = await graph.aget_state(newest_state_config(thread_id))
            nodes = breakpoints(graph, last_run)
            wrote = [update.as_node for update in steps[-1] if update.as_node]
            breakpoint = breakpoint_between(wrote, snapshot.next, *nodes)
            if breakpoint is None and snapshot.next:
                breakpoint = Breakpoint("before", snapshot.next[0])
            async with self._database.write() as connection:
                columns = state_columns(snapshot, None, breakpoint)
                self._threads.write_state(connection, thread_id, columns, is_busy())
                self._threads.clear_stale(connection, thread_id)
        return dict(changed["configurable"]), snapshot

    def factory_config(
        self, graph_id: str, thread_id: str, config: RunnableConfig
    ) -> RunnableConfig:
        """Return the config with which the graph of a thread is opened to read or update it."""
        if not self._graphs.has_factory(graph_id):
            return config
        return reading_config(self._runs.kwargs_of_state(thread_id), config)

    async def refresh(
        self, thread_id: str, error: JsonObject | None, is_busy: Callable[[], bool] = lambda: False
    ) -> None:
        """Read the state of a thread again; `error` is the error of its last run.

        A breakpoint at the newest checkpoint is kept. If the graph cannot be used now, the row
        keeps its old state.
        """
        snapshot = await self._read(thread_id)
        async with self._database.write() as connection:
            if snapshot is None:
                self._threads.end_run_without_state(connection, thread_id, error, is_busy())
            else:
                breakpoint = self._threads.breakpoint_at(
                    connection, thread_id, checkpoint_id(snapshot)
                )
                columns = state_columns(snapshot, error, breakpoint)
                self._threads.write_state(connection, thread_id, columns, is_busy())
            self._threads.clear_stale(connection, thread_id)

    async def refuse_gone_nodes(self, thread_id: str) -> None:
        """Refuse (422) to continue a thread that waits at a node which its graph no longer has.

        The code can have changed only if an earlier server wrote the row.
        """
        row = None if self._threads.is_from_here(thread_id) else self._threads.waiting(thread_id)
        if row is None:
            return
        following, interrupt_ids, graph_id = row
        if (snapshot := await self._read(thread_id, subgraphs=True)) is None:
            return  # the run itself tells why
        gone = [node for node in following if node not in snapshot.next]
        if not gone and not set(interrupt_ids) <= await _pending(self._checkpoints.saver, snapshot):
            gone = list(snapshot.next)
        if gone:
            raise nodes_gone(graph_id, gone)

    async def _read(self, thread_id: str, *, subgraphs: bool = False) -> StateSnapshot | None:
        metadata = self._threads.metadata(thread_id) or {}
        config = newest_state_config(thread_id)
        try:
            reading = self.factory_config(metadata["graph_id"], thread_id, config)
            with calling_project():
                async with self._graphs.open(metadata["graph_id"], reading) as graph:
                    return await graph.aget_state(config, subgraphs=subgraphs)
        except Exception:  # noqa: BLE001  a graph factory may raise anything
            return None


async def _pending(saver: BaseCheckpointSaver[Any], snapshot: StateSnapshot) -> set[str]:
    """Return the ids of the interrupts that the code of now would be asked for.

    A task has the interrupts of its subgraph, too. Those count if the subgraph still asks. Its own
    ones, from before or after the call of the subgraph, are not in the subgraph's checkpoint.
    """
    pending: set[str] = set()
    for task in snapshot.tasks:
        asked = {interrupt.id for interrupt in task.interrupts}
        if isinstance(task.state, StateSnapshot):
            asked -= await _written_interrupts(saver, task.state.config)
            asked |= await _pending(saver, task.state)
        pending |= asked
    return pending


async def _written_interrupts(saver: BaseCheckpointSaver[Any], config: RunnableConfig) -> set[str]:
    """Return the ids of the interrupts that were written at a checkpoint by any of its tasks."""
    found = await saver.aget_tuple(config)
    writes = (found and found.pending_writes) or []
    written = (values for _, channel, values in writes if channel == INTERRUPT)
    return {interrupt.id for values in written for interrupt in values}


def newest_state_config(thread_id: str, **configurable: Any) -> RunnableConfig:
    """Return the config of a thread's newest checkpoint."""
    return {"configurable": {**configurable, "thread_id": thread_id}}


def checkpoint_id(snapshot: StateSnapshot) -> str | None:
    """Return the checkpoint id of a snapshot; None for a thread without any run."""
    found: str | None = snapshot.config["configurable"].get("checkpoint_id")
    return found
