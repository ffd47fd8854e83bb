"""A program ended before it knew what became of a decision: the next one finds out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import Answer, JsonObject, LogEntry, OutcomeKind, Question
from tests.any_server.steps import ignore, questions_of, start
from tests.server.processes import Served


@pytest.fixture
async def http(local_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared local server."""
    async with local_server.client() as client:
        yield client


@pytest.fixture
async def desk(
    local_server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """A desk that looks for the outcome of every decision, however young."""
    monkeypatch.setattr("hitl_engine.deciding.open_decisions._YOUNG", timedelta(0))
    data, headers = tmp_path / "journal", local_server.headers
    async with open_desk(local_server.url, data_dir=data, headers=headers) as opened:
        yield opened


@pytest.fixture
async def asked(desk: Desk, tmp_path: Path) -> Question:
    """A question; its answer takes effect at once, and the run ends a second later."""
    given: JsonObject = {"trace": str(tmp_path / "trace"), "seconds": 1}
    [question] = questions_of(desk, await start(desk, "gated_effect", given))
    return question


async def left(desk: Desk, question: Question, trace: Path) -> None:
    """Answer, and end before the outcome is known."""
    deciding = asyncio.create_task(desk.decide(question, Answer("go"), ignore))
    while not trace.exists():
        await asyncio.sleep(0.02)
    deciding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await deciding


async def looked_at(desk: Desk) -> LogEntry:
    """Return the answer as the log has it."""
    entry, _started = await desk.log()
    return entry


async def test_an_answer_that_was_taken(desk: Desk, asked: Question, tmp_path: Path) -> None:
    await left(desk, asked, tmp_path / "trace")
    [going_on] = await desk.settle_open()
    assert going_on.outcome is None, "its run is under way"
    assert (await looked_at(desk)).outcome is None
    async with asyncio.timeout(20):
        while not (found := await desk.settle_open())[0].outcome:
            await asyncio.sleep(0.1)
    assert found == (await looked_at(desk),)
    assert found[0].outcome is OutcomeKind.APPLIED
    assert await desk.settle_open() == ()


async def test_a_start_and_the_log_with_others(desk: Desk) -> None:
    """The log alone makes no request; with what the server tells, it looks for outcomes first."""
    [graph] = [each for each in await desk.graphs() if each.graph_id == "slow"]
    began = asyncio.Event()
    starting = asyncio.create_task(desk.start(graph, {"steps": 3}, lambda _: began.set()))
    await began.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    [started] = await desk.log()
    assert (started.event, started.outcome) == ("start", None)
    async with asyncio.timeout(30):
        while started.outcome is None:
            await asyncio.sleep(0.1)
            assert len((await desk.log_with_others()).entries) >= 1
            [started] = await desk.log()
    assert started.outcome is OutcomeKind.APPLIED


async def test_an_answer_that_was_not_sent(
    desk: Desk, asked: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def end(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as ended:
        ended.setattr("hitl_engine.deciding.run_sender.RunSender.send", end)
        with pytest.raises(asyncio.CancelledError):
            await desk.decide(asked, Answer("go"), ignore)
    [found] = await desk.settle_open()
    assert found.outcome is OutcomeKind.UNKNOWN
    assert (
        found.why == "The server has no run of it, and the question still waits: look at it again."
    )
    assert (await desk.decide(asked, Answer("go"), ignore)).kind is OutcomeKind.APPLIED


async def test_an_answer_whose_thread_was_deleted(
    desk: Desk, asked: Question, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    await left(desk, asked, tmp_path / "trace")
    (await http.delete(f"/threads/{asked.interrupt.thread_id}")).raise_for_status()
    [found] = await desk.settle_open()
    assert (found.outcome, found.why) == (OutcomeKind.UNKNOWN, "Its thread was deleted.")


async def test_a_decision_has_one_outcome(desk: Desk, asked: Question) -> None:
    """Another program looks for it while the one that sent it learns it."""
    deciding = asyncio.create_task(desk.decide(asked, Answer("go"), ignore))
    while not deciding.done():
        await desk.settle_open()
        await asyncio.sleep(0.01)
    assert (await deciding).kind is OutcomeKind.APPLIED
    assert [entry.outcome for entry in await desk.log()] == [OutcomeKind.APPLIED] * 2
