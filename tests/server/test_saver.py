"""The saver of the engine, as nodes meet it that run a graph themselves."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from engine.server.database import Database
from sample_graphs.revise import builder

HERE: RunnableConfig = {"configurable": {"thread_id": "here"}}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database of its own."""
    database = await Database.open(tmp_path / "engine.sqlite")
    yield database
    await database.close()


async def test_a_graph_runs_in_a_thread(database: Database) -> None:
    graph = builder.compile(checkpointer=database.saver)
    asked = await asyncio.to_thread(graph.invoke, {"some_text": "before"}, HERE)
    assert (await graph.aget_state(HERE)).interrupts == tuple(asked["__interrupt__"])
    answer = Command(resume={asked["__interrupt__"][0].id: "after"})  # type: ignore[var-annotated]
    assert await asyncio.to_thread(graph.invoke, answer, HERE) == {"some_text": "after"}
    past = await asyncio.to_thread(lambda: list(graph.get_state_history(HERE)))
    assert past == [state async for state in graph.aget_state_history(HERE)]
    await asyncio.to_thread(database.saver.delete_thread, "here")
    assert (await graph.aget_state(HERE)).values == {}


async def test_the_loop_does_not_wait_for_itself(database: Database) -> None:
    graph = builder.compile(checkpointer=database.saver)
    with pytest.raises(asyncio.InvalidStateError, match="asynchronous"):
        graph.get_state(HERE)


async def test_what_is_written_is_read_by_others_after_the_commit(database: Database) -> None:
    graph = builder.compile(checkpointer=database.saver)
    await graph.ainvoke({"some_text": "before"}, HERE)
    await database.flushed()
    assert database.read("SELECT count(*) FROM checkpoints")[0][0] == 2
