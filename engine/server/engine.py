"""The server's parts, put together once."""

from dataclasses import dataclass
from pathlib import Path

from langchain_core.runnables import RunnableConfig

from engine.errors import EngineFailed
from engine.server.assistants import Assistants
from engine.server.config import Project
from engine.server.database import Database
from engine.server.graphs import Graphs
from engine.server.lanes import Lanes
from engine.server.once import Turns
from engine.server.runs import Runs
from engine.server.state import standing
from engine.server.store import Store
from engine.server.threads import Threads
from engine.server.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Engine:
    """What the routes work with."""

    database: Database
    graphs: Graphs
    assistants: Assistants
    threads: Threads
    runs: Runs
    lanes: Lanes
    webhooks: Webhooks
    turns: Turns
    store: Store

    @classmethod
    async def open(cls, project: Project, graphs: Graphs, path: Path) -> "Engine":
        """Open the database at `path` and bring its threads up to date. Raises `EngineFailed`."""
        database = await Database.open(path, project.allowed_types)
        try:
            store = await Store.open(path.with_name("store.sqlite"), project.store)
        except EngineFailed:
            await database.close()
            raise
        graphs.attach(database.saver, store.items)
        threads, runs = Threads(database), Runs(database)
        await threads.prepare()
        assistants = Assistants(graphs, database)
        await assistants.prepare()
        webhooks = Webhooks(project.webhook_hosts)
        lanes = Lanes(database, threads, runs, graphs, webhooks)
        await lanes.recover()
        return cls(database, graphs, assistants, threads, runs, lanes, webhooks, Turns(), store)

    async def delete_thread(self, thread_id: str) -> bool:
        """Cancel what runs on a thread and delete it; False if there is no such thread."""
        await self.lanes.clear(thread_id)
        return await self.threads.delete(thread_id)

    async def copy_thread(self, thread_id: str, copy_id: str) -> bool:
        """Copy a thread with all that waits on it; False if there is no such thread.

        The row of a busy one is behind its checkpoints: then the copy's says what these tell.
        """
        was_busy = await self.threads.copy(thread_id, copy_id)
        if was_busy:
            await self._stand(copy_id)
        return was_busy is not None

    async def delete_assistant(self, assistant_id: str, *, with_threads: bool) -> None:
        """Cancel the runs of an assistant and delete it, with its threads if so asked.

        Raises `Refusal` for one that is not there or has to stay.
        """
        self.assistants.check_deletable(assistant_id)
        for thread_id in await self.assistants.threads(assistant_id) if with_threads else ():
            await self.delete_thread(thread_id)
        for thread_id, run_id in self.assistants.runs_under_way(assistant_id):
            if live := self.lanes.find(thread_id, run_id):
                live.cancel("interrupt")
                await live.ended.wait()
        await self.assistants.delete(assistant_id)

    async def close(self) -> None:
        """Stop all runs and close the databases."""
        await self.lanes.close()
        await self.webhooks.close()
        await self.store.close()
        await self.database.close()

    async def _stand(self, thread_id: str) -> None:
        metadata = self.threads.metadata(thread_id) or {}
        config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
        try:
            async with self.graphs.open(metadata["graph_id"], config) as graph:
                where = standing(await graph.aget_state(config), None, None)
        except Exception:  # noqa: BLE001  a graph that is broken now: keep what the row says
            return
        async with self.database.write() as connection:
            self.threads.settle(connection, thread_id, where, False)
