"""Where threads stand: their rows are brought in line with their checkpoints.

Who calls holds the thread: no run is under way on it. `busy` says whether one already waits.
"""

from collections.abc import Callable
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot

from hitl_server.json_types import JsonObject
from hitl_server.project.graphs import Graphs
from hitl_server.running.execution import breakpoints
from hitl_server.storage.database import Database
from hitl_server.tables.run_table import Runs
from hitl_server.tables.thread_table import Threads
from hitl_server.thread_state import Breakpoint, breakpoint_between, state_columns


class StateSync:
    """Reads states through their graphs and writes rows."""

    def __init__(self, database: Database, threads: Threads, runs: Runs, graphs: Graphs) -> None:
        self._database = database
        self._threads = threads
        self._runs = runs
        self._graphs = graphs

    async def change(
        self,
        thread_id: str,
        graph_id: str,
        config: RunnableConfig,
        values: Any,
        as_node: str | None,
        busy: Callable[[], bool],
    ) -> JsonObject:
        """Write values into a thread's state and return the new checkpoint's configurable."""
        async with self._graphs.open(graph_id, config, "threads.update") as graph:
            async with self._database.write() as connection:
                self._threads.mark_stale(connection, thread_id)
            async with self._database.saver.rolled_back_on_error(thread_id):
                changed = await graph.aupdate_state(config, values, as_node=as_node)
            snapshot = await graph.aget_state(newest_state_config(thread_id))
            around = breakpoints(graph, self._runs.last_kwargs(thread_id))
            stop = breakpoint_between([as_node] if as_node else [], snapshot.next, *around)
            if stop is None and snapshot.next:
                stop = Breakpoint("before", snapshot.next[0])
            async with self._database.write() as connection:
                where = state_columns(snapshot, None, stop)
                self._threads.write_state(connection, thread_id, where, busy())
                self._threads.clear_stale(connection, thread_id)
        return dict(changed["configurable"])

    async def refresh(
        self, thread_id: str, error: JsonObject | None, busy: Callable[[], bool] = lambda: False
    ) -> None:
        """Read again where a thread stands; `error` is what its last run ended in.

        A breakpoint that is still its newest checkpoint is still where it stands. With a graph
        that is broken now the row stays as it is.
        """
        snapshot = await self._read(thread_id)
        async with self._database.write() as connection:
            if snapshot is None:
                self._threads.release(connection, thread_id, error, busy())
            else:
                stop = self._threads.stop_at(connection, thread_id, checkpoint_id(snapshot))
                where = state_columns(snapshot, error, stop)
                self._threads.write_state(connection, thread_id, where, busy())
            self._threads.clear_stale(connection, thread_id)

    async def _read(self, thread_id: str) -> StateSnapshot | None:
        metadata = self._threads.metadata(thread_id) or {}
        try:
            async with self._graphs.open(
                metadata["graph_id"], newest_state_config(thread_id)
            ) as graph:
                return await graph.aget_state(newest_state_config(thread_id))
        except Exception:  # noqa: BLE001  importing or making a graph runs any code
            return None


def newest_state_config(thread_id: str, **configurable: Any) -> RunnableConfig:
    """Return the config that means a thread's newest checkpoint."""
    return {"configurable": {**configurable, "thread_id": thread_id}}


def checkpoint_id(snapshot: StateSnapshot) -> str | None:
    """Return the id of the checkpoint that a snapshot shows; None where nothing ever ran."""
    found: str | None = snapshot.config["configurable"].get("checkpoint_id")
    return found
