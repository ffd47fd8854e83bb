"""The parts of one server, created once at its start."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from hitl_server.idempotency import KeyLocks
from hitl_server.json_types import JsonObject
from hitl_server.project.config import ProjectConfig
from hitl_server.project.graphs import Graphs
from hitl_server.running.code_watch import CodeWatch
from hitl_server.running.crash_recovery import recover_from_crash
from hitl_server.running.run_driver import RunDriver
from hitl_server.running.run_queue import RunQueue
from hitl_server.running.state_sync import StateSync
from hitl_server.running.thread_expiry import ThreadExpiry
from hitl_server.running.webhooks import Webhooks
from hitl_server.storage.checkpoints import Checkpoints, CheckpointsInOurFile
from hitl_server.storage.database import Database
from hitl_server.storage.project_storage import ProjectCheckpoints, ProjectStore
from hitl_server.storage.store import Store
from hitl_server.tables.assistant_table import Assistants
from hitl_server.tables.run_table import Runs
from hitl_server.tables.thread_table import Threads

if TYPE_CHECKING:
    from hitl_server.four_eyes.admission import FourEyes  # imports what few servers need


@dataclass(frozen=True, slots=True)
class ServerParts:
    """The database, tables, graphs and runs of one server: what its routes work with."""

    database: Database
    graphs: Graphs
    assistants: Assistants
    threads: Threads
    runs: Runs
    run_queue: RunQueue
    state_sync: StateSync
    webhooks: Webhooks
    key_locks: KeyLocks
    store: Store | ProjectStore
    checkpoints: Checkpoints
    expiry: ThreadExpiry
    code_watch: CodeWatch

    @classmethod
    async def open(
        cls,
        project: ProjectConfig,
        graphs: Graphs,
        database: Database,
        folder: Path,
        four_eyes: "FourEyes | None",
    ) -> "ServerParts":
        """Open what is stored in `folder`, and end what a crash has interrupted.

        `four_eyes`: which questions need two reviewers. Raises `StartFailed`.
        """
        async with AsyncExitStack() as opened:
            checkpoints = await _checkpoints(project, database)
            opened.push_async_callback(checkpoints.close)
            store = await _store(project, folder / "store.sqlite")
            opened.pop_all()
        graphs.use_storage(checkpoints.saver, store.items)
        runs = Runs(database)
        threads = Threads(database, project.thread_ttl.default_minutes, four_eyes)
        await threads.prepare()
        if four_eyes is not None:
            await four_eyes.prepare(database)
        assistants = Assistants(graphs, database)
        await assistants.prepare()
        webhooks = Webhooks(project.webhooks)
        state_sync = StateSync(database, checkpoints, threads, runs, graphs)
        driver = RunDriver(database, checkpoints, threads, runs, graphs, webhooks)
        run_queue = RunQueue(database, checkpoints, threads, runs, state_sync, driver)
        await recover_from_crash(database, checkpoints, threads, runs, state_sync)
        expiry = ThreadExpiry(threads.ttls, run_queue, project.thread_ttl.sweep_minutes)
        return cls(
            database=database,
            graphs=graphs,
            assistants=assistants,
            threads=threads,
            runs=runs,
            run_queue=run_queue,
            state_sync=state_sync,
            webhooks=webhooks,
            key_locks=KeyLocks(),
            expiry=expiry,
            code_watch=CodeWatch(graphs, database.changes),
            store=store,
            checkpoints=checkpoints,
        )

    def thread_with_last_run(self, thread_id: str) -> JsonObject | None:
        """Return a thread's row with its newest run, and whether its code changed; None without it.

        The run is read first, so that the row includes the result of a run that has ended.
        """
        last_run = self.runs.last(thread_id)
        row = self.threads.get(thread_id)
        if row is None:
            return None
        changed = self.graphs.code_change(self.threads.graph_id(thread_id))
        whole = {**row, "last_run": last_run, "code_changed": changed}
        return self.threads.with_presence(whole)

    async def copy_thread(self, thread_id: str, copy_id: str) -> bool:
        """Copy a thread with its pending interrupts; False if there is no such thread.

        The row of a busy thread is older than its checkpoints, so the copy gets a new row. Raises
        `Refusal` (501) if the checkpointer cannot copy.
        """
        await self.checkpoints.copy_thread(thread_id, copy_id)
        was_busy = await self.threads.copy(thread_id, copy_id)
        if was_busy:
            await self.state_sync.refresh(copy_id, None)
        return was_busy is not None

    async def delete_assistant(self, assistant_id: str, *, with_threads: bool) -> None:
        """Cancel the runs of an assistant and delete it, optionally with its threads.

        Raises `Refusal` if it does not exist or must not be deleted.
        """
        self.assistants.check_deletable(assistant_id)
        threads = await self.assistants.threads(assistant_id) if with_threads else []
        for thread_id in threads:  # all of them, before the first is deleted
            self.threads.refuse_protected(thread_id)
        for thread_id in threads:
            await self.run_queue.delete_thread(thread_id)
        for thread_id, run_id in self.assistants.runs_under_way(assistant_id):
            if active := self.run_queue.find(thread_id, run_id):
                active.cancel("interrupt")
                await active.ended.wait()
        await self.assistants.delete(assistant_id)

    async def close(self) -> None:
        """Stop all runs and close the storage, but for the database."""
        await self.code_watch.close()
        await self.expiry.close()
        await self.run_queue.close()
        await self.webhooks.close()
        await self.store.close()
        await self.checkpoints.close()


async def _checkpoints(project: ProjectConfig, database: Database) -> Checkpoints:
    ours = CheckpointsInOurFile(database.saver)  # its tables are always there
    if project.own_checkpointer:
        return await ProjectCheckpoints.open(project.own_checkpointer)
    return ours


async def _store(project: ProjectConfig, path: Path) -> Store | ProjectStore:
    if project.own_store:
        return await ProjectStore.open(project.own_store)
    return await Store.open(path, project.store)


def parts_of(connection: HTTPConnection) -> ServerParts:
    """Return the parts of the server of this connection."""
    parts: ServerParts = connection.app.state.parts
    return parts
