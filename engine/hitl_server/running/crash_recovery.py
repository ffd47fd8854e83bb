"""What a server does at its start about the runs that a crash of the last one interrupted."""

from hitl_server.json_types import JsonObject
from hitl_server.running.state_sync import StateSync, newest_state_config
from hitl_server.storage.checkpoints import Checkpoints
from hitl_server.storage.database import Database
from hitl_server.tables.run_table import Runs
from hitl_server.tables.thread_table import Threads

SERVER_DIED: JsonObject = {
    "error": "EngineDied",
    "message": "The server ended while this run was in progress; "
    "what its nodes did until then has happened, and it was not run again.",
}


async def recover_from_crash(
    database: Database,
    checkpoints: Checkpoints,
    threads: Threads,
    runs: Runs,
    state_sync: StateSync,
) -> None:
    """List interrupted runs as failed, and read the state of their threads again.

    In this order: if the server crashes again, the next start finds what is left to do.
    """
    for run_id, thread_id in runs.under_way():
        await state_sync.refresh(thread_id, SERVER_DIED)
        async with database.write() as connection:
            runs.set_status(connection, run_id, "error", SERVER_DIED)
    for thread_id, checkpoint_id in threads.stale_rows():
        newest = await checkpoints.saver.aget_tuple(newest_state_config(thread_id))
        if checkpoint_id is None or newest is None or checkpoint_id != newest.checkpoint["id"]:
            await state_sync.refresh(thread_id, None)
        else:
            async with database.write() as connection:
                threads.clear_stale(connection, thread_id)
