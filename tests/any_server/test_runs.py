"""The runs of a thread: listed, joined by another client, and cancelled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import NoLongerWaits, ServerRefused
from hitl_engine.model import (
    Answer,
    JsonObject,
    OutcomeKind,
    Progress,
    RunKind,
    RunStatus,
    ThreadStatus,
)
from tests.any_server.steps import decide, start, step
from tests.server.processes import Served

LONG: JsonObject = {"steps": 400, "seconds_per_step": 0.05}


@asynccontextmanager
async def running(desk: Desk, input: JsonObject) -> AsyncIterator[str]:
    """A run of the slow graph for the length of a block, which has to end it; yield its thread."""
    begun: asyncio.Queue[str] = asyncio.Queue()

    def note(progress: Progress) -> None:
        if progress.kind == "custom":
            begun.put_nowait(progress.thread_id)

    [slow] = [each for each in await desk.graphs() if each.graph_id == "slow"]
    run = asyncio.create_task(desk.start(slow, input, note))
    try:
        yield await asyncio.wait_for(begun.get(), 30)
        await asyncio.wait_for(run, 30)
    finally:
        run.cancel()


async def test_the_runs_of_a_thread_are_listed_newest_first(desk: Desk) -> None:
    thread = await start(desk, "revise", {"some_text": "a text"})
    await decide(desk, thread, Answer("another"))
    newer, older = await desk.runs.of(thread.thread_id)
    assert (older.kind, older.sent) == (RunKind.INPUT, {"some_text": "a text"})
    assert {newer.status, older.status} == {RunStatus.ENDED}
    assert newer.decision_id
    assert newer.kind in (RunKind.ANSWER, RunKind.UNKNOWN)
    assert newer.began is not None
    assert older.began is not None
    assert newer.began >= older.began
    assert await desk.runs.under_way(thread.thread_id) is None


async def test_a_step_is_told_apart(desk: Desk) -> None:
    thread = await step(desk, await start(desk, "breakpoints", {"text": "x"}))
    newest = (await desk.runs.of(thread.thread_id))[0]
    assert newest.kind in (RunKind.STEP, RunKind.UNKNOWN)


async def test_a_run_is_cancelled_and_what_it_wrote_is_kept(desk: Desk) -> None:
    async with running(desk, LONG) as thread_id:
        run = await desk.runs.under_way(thread_id)
        assert run is not None
        assert run.is_under_way
        outcome = await desk.runs.cancel(thread_id)
    assert outcome.kind is OutcomeKind.APPLIED
    assert "cancelled" in outcome.why
    thread = await desk.thread(thread_id)
    assert thread.status is not ThreadStatus.BUSY
    assert thread.next == ("work",)
    assert (await desk.log())[0].outcome is not None
    cancelled = [entry for entry in await desk.log() if entry.event == "cancel"]
    assert cancelled[0].outcome is OutcomeKind.APPLIED
    with pytest.raises(NoLongerWaits):
        await desk.runs.cancel(thread_id)


async def test_a_run_is_taken_back(desk: Desk, server: Served) -> None:
    if server.name == "aegra":
        async with running(desk, LONG) as thread_id:
            with pytest.raises(ServerRefused, match="cannot take back"):
                await desk.runs.cancel(thread_id, rollback=True)
            await desk.runs.cancel(thread_id)
        return
    async with running(desk, LONG) as thread_id:
        outcome = await desk.runs.cancel(thread_id, rollback=True)
    assert outcome.kind is OutcomeKind.APPLIED
    if server.name == "javascript":
        assert "did not take back" in outcome.why
        return
    assert "deleted" in outcome.why
    assert await desk.runs.of(thread_id) == ()
    assert (await desk.thread(thread_id)).next == ()


async def test_events_of_a_run_that_others_began_are_read_to_its_end(desk: Desk) -> None:
    async with running(desk, {"steps": 8, "seconds_per_step": 0.2}) as thread_id:
        events = [event async for event in desk.runs.events(thread_id)]
    told = [event.data for event in events if event.name == "custom"]
    assert told[-1] == {"progress": 1, "text": "step 8 of 8"}
    with pytest.raises(NoLongerWaits):
        _ = [event async for event in desk.runs.events(thread_id)]
