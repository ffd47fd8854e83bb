"""The server's parts, put together once."""

from dataclasses import dataclass
from pathlib import Path

from engine.server.assistants import Assistants
from engine.server.config import Project
from engine.server.database import Database
from engine.server.graphs import Graphs
from engine.server.lanes import Lanes
from engine.server.once import Turns
from engine.server.runs import Runs
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

    @classmethod
    async def open(cls, project: Project, graphs: Graphs, path: Path) -> "Engine":
        """Open the database at `path` and bring its threads up to date. Raises `EngineFailed`."""
        database = await Database.open(path, project.allowed_types)
        graphs.attach(database.saver)
        threads, runs = Threads(database), Runs(database)
        await threads.prepare()
        assistants = Assistants(graphs)
        await assistants.prepare(database)
        webhooks = Webhooks(project.webhook_hosts)
        lanes = Lanes(database, threads, runs, graphs, webhooks)
        await lanes.recover()
        return cls(database, graphs, assistants, threads, runs, lanes, webhooks, Turns())

    async def close(self) -> None:
        """Stop all runs and close the database."""
        await self.lanes.close()
        await self.webhooks.close()
        await self.database.close()
