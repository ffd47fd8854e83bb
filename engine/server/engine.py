"""The server's parts, put together once."""

from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineFailed
from engine.server.project.config import Project
from engine.server.project.graphs import Graphs
from engine.server.running.driver import Driver
from engine.server.running.lanes import Lanes
from engine.server.running.standings import Standings
from engine.server.running.webhooks import Webhooks
from engine.server.tables.assistants import Assistants
from engine.server.tables.database import Database
from engine.server.tables.once import Turns
from engine.server.tables.runs import Runs
from engine.server.tables.store import Store
from engine.server.tables.threads import Threads


@dataclass(frozen=True, slots=True)
class Engine:
    """What the routes work with."""

    database: Database
    graphs: Graphs
    assistants: Assistants
    threads: Threads
    runs: Runs
    lanes: Lanes
    standings: Standings
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
        standings = Standings(database, threads, runs, graphs)
        driver = Driver(database, threads, runs, graphs, webhooks)
        lanes = Lanes(database, threads, runs, standings, driver)
        await lanes.recover()
        return cls(
            database=database,
            graphs=graphs,
            assistants=assistants,
            threads=threads,
            runs=runs,
            lanes=lanes,
            standings=standings,
            webhooks=webhooks,
            turns=Turns(),
            store=store,
        )

    async def copy_thread(self, thread_id: str, copy_id: str) -> bool:
        """Copy a thread with all that waits on it; False if there is no such thread.

        The row of a busy one is behind its checkpoints: then the copy's says what these tell.
        """
        was_busy = await self.threads.copy(thread_id, copy_id)
        if was_busy:
            await self.standings.derive(copy_id, None)
        return was_busy is not None

    async def delete_assistant(self, assistant_id: str, *, with_threads: bool) -> None:
        """Cancel the runs of an assistant and delete it, with its threads if so asked.

        Raises `Refusal` for one that is not there or has to stay.
        """
        self.assistants.check_deletable(assistant_id)
        for thread_id in await self.assistants.threads(assistant_id) if with_threads else ():
            await self.lanes.delete(thread_id)
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
