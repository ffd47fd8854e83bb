"""Data folders filled before the local server starts, by the modules of the server."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base.id import uuid6

from hitl_server.ids import new_id
from hitl_server.state_columns import StateColumns
from hitl_server.storage.database import Database
from hitl_server.tables.thread_table import Threads
from hitl_server.thread_state import state_columns
from sample_graphs.revise import graph as revise
from tests.bench.cycles import ORIGINAL


async def fill_with_threads(data: Path, count: int) -> list[str]:
    """Make a folder with `count` threads that wait for an answer; return their ids, oldest first."""
    return await _fill(data, count, lambda number, asked: asked)


async def fill_with_done_threads(data: Path, count: int, failed: int) -> list[str]:
    """Make a folder with `count` threads that are done, but for one that failed.

    `failed`: its place, from the oldest. Return their ids, oldest first.
    """

    def where(number: int, asked: StateColumns) -> StateColumns:
        done = replace(asked, status="idle", next=[], tasks=[], interrupts={})
        if number != failed:
            return done
        error = {"error": "ValueError", "message": "no such order"}
        return replace(done, status="error", error=error)

    return await _fill(data, count, where)


async def _fill(
    data: Path, count: int, where: Callable[[int, StateColumns], StateColumns]
) -> list[str]:
    """Make a folder with threads, a millisecond after each other; `where` returns the state of each."""
    thread_ids = [new_id() for _ in range(count)]
    first = datetime.now(UTC) - timedelta(hours=1)
    async with _created(data) as database:
        asked = await _asked(database, new_id())
        threads = Threads(database)
        async with database.write() as connection:
            for number, thread_id in enumerate(thread_ids):
                threads.insert(connection, thread_id, {"graph_id": "revise", "number": number})
                threads.write_state(connection, thread_id, where(number, asked), False)
                connection.execute(
                    "UPDATE threads SET updated_at = ? WHERE thread_id = ?",
                    ((first + timedelta(milliseconds=number)).isoformat(), thread_id),
                )
    return thread_ids


async def fill_with_checkpoints(data: Path, *counts: int) -> list[str]:
    """Make a folder with one thread for each count of checkpoints; return the thread ids."""
    async with _created(data) as database:
        return [await _long_thread(database, count) for count in counts]


@asynccontextmanager
async def _created(data: Path) -> AsyncIterator[Database]:
    data.mkdir(mode=0o700)
    database = await Database.open(data / "engine.sqlite")
    try:
        yield database
    finally:
        await database.close()


async def _asked(database: Database, thread_id: str) -> StateColumns:
    """Run the guide's graph to its question; return the thread's state as columns of its row."""
    graph = revise.copy(update={"checkpointer": database.saver})
    config: Any = {"configurable": {"thread_id": thread_id}}
    await graph.ainvoke(ORIGINAL, config)
    return state_columns(await graph.aget_state(config), None, None)


async def _long_thread(database: Database, count: int) -> str:
    """Make a thread with `count` checkpoints; return its id."""
    thread_id = new_id()
    where = await _asked(database, thread_id)
    config: Any = {"configurable": {"thread_id": thread_id, "checkpoint_ns": ""}}
    newest = await database.saver.aget_tuple(config)
    assert newest is not None
    config = newest.config
    for step in range(3, count + 1):
        checkpoint = newest.checkpoint.copy()
        checkpoint["id"] = str(uuid6(clock_seq=step))
        config = await database.saver.aput(config, checkpoint, newest.metadata, {})
    threads = Threads(database)
    async with database.write() as connection:
        threads.insert(connection, thread_id, {"graph_id": "revise"})
        threads.write_state(connection, thread_id, where, False)
    return thread_id
