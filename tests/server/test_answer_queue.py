"""Answers wait a moment before they are sent: they can be taken back, and are sent at most once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from hitl_engine.deciding import answer_queue
from hitl_engine.deciding.answer_queue import Queued, ToSend
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import NoLongerWaits, NotTaken
from hitl_engine.model import (
    Approve,
    Breakpoint,
    Decision,
    Interrupt,
    OutcomeKind,
    Question,
    Revise,
    Verdicts,
)
from tests.server.processes import Served
from tests.server.test_contract import thread, wait

SOON = timedelta(seconds=3)
LONG_AGO = timedelta(seconds=-100)


@pytest.fixture
async def http(local_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared local server."""
    async with local_server.client() as client:
        yield client


@pytest.fixture
async def desk(local_server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of the shared local server, with a journal of its own."""
    async with open_desk(local_server.url, data_dir=tmp_path, headers=local_server.headers) as desk:
        yield desk


@pytest.fixture
async def decided(http: httpx.AsyncClient, desk: Desk) -> tuple[Question, Decision]:
    """A question of a new thread, and a decision on it."""
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "a"})
    [asked] = (await desk.thread(thread_id)).waiting
    assert isinstance(asked, Interrupt)
    return desk.reviews.question(asked), Revise("b")


async def runs(http: httpx.AsyncClient, question: Question) -> int:
    """Return how many runs the thread of a question has had."""
    found = await http.get(f"/threads/{question.interrupt.thread_id}/runs")
    return len(found.raise_for_status().json())


def nobody(_: object) -> None:
    """Ignore the progress of a run."""


async def queued(desk: Desk, decided: tuple[Question, Decision], wait: timedelta = SOON) -> Queued:
    [found] = await desk.queue([[decided]], wait=wait)
    return found


async def test_a_queued_answer_is_sent_once(
    http: httpx.AsyncClient, desk: Desk, decided: tuple[Question, Decision]
) -> None:
    waiting = await queued(desk, decided)
    assert await runs(http, decided[0]) == 1, "nothing is sent before its time"
    (outcome,) = await desk.send_queued(waiting, nobody)
    assert outcome.kind is OutcomeKind.APPLIED
    assert not await desk.withdraw([waiting]), "what was sent cannot be taken back"
    with pytest.raises(NoLongerWaits):
        await desk.send_queued(waiting, nobody)
    assert await runs(http, decided[0]) == 2
    [entry] = await desk.log()
    assert entry.outcome is OutcomeKind.APPLIED


async def test_an_answer_that_was_taken_back_is_never_sent(
    http: httpx.AsyncClient, desk: Desk, decided: tuple[Question, Decision]
) -> None:
    waiting = await queued(desk, decided)
    assert await desk.withdraw([waiting])
    assert not await desk.withdraw([waiting]), "it was withdrawn already"
    with pytest.raises(NotTaken, match="taken back"):
        await desk.send_queued(waiting, nobody)
    assert await runs(http, decided[0]) == 1
    assert await desk.log() == ()


async def test_an_answer_that_does_not_fit_is_not_queued(
    desk: Desk, decided: tuple[Question, Decision]
) -> None:
    question, _ = decided
    with pytest.raises(NotTaken):
        await queued(desk, (question, Verdicts((Approve(),))))
    assert await desk.expire_queued() == ()


async def test_a_program_that_hung_does_not_send(
    http: httpx.AsyncClient, desk: Desk, decided: tuple[Question, Decision]
) -> None:
    waiting = await queued(desk, decided, LONG_AGO)
    with pytest.raises(NotTaken, match="stopped"):
        await desk.send_queued(waiting, nobody)
    assert await runs(http, decided[0]) == 1


async def test_what_a_program_left_in_the_queue_is_withdrawn(
    desk: Desk, decided: tuple[Question, Decision], local_server: Served, tmp_path: Path
) -> None:
    left = await queued(desk, decided, LONG_AGO)
    await queued(desk, decided)
    async with open_desk(local_server.url, data_dir=tmp_path, headers=local_server.headers) as next:
        [found] = await next.expire_queued()
        assert found.decision_id == left.intents[0].decision_id
        assert found.thread_id == decided[0].interrupt.thread_id
        assert await next.expire_queued() == (), "the other is not due"
    assert not await desk.withdraw([left])


# Many, which are sent one after the other


@pytest.fixture
async def several(http: httpx.AsyncClient, desk: Desk) -> list[ToSend]:
    """What three requests send: two answers on threads of their own, and a step."""
    threads = [await thread(http) for _ in range(3)]
    for thread_id in threads[:2]:
        await wait(http, thread_id, "revise", input={"some_text": "a"})
    await wait(http, threads[2], "breakpoints", input={})
    items = [(await desk.thread(each)).waiting[0] for each in threads]
    return [
        item if isinstance(item, Breakpoint) else [(desk.reviews.question(item), Revise("b"))]
        for item in items
    ]


async def test_many_are_queued_and_taken_back_together(desk: Desk, several: list[ToSend]) -> None:
    waiting = await desk.queue(several, wait=SOON)
    assert await desk.withdraw(waiting)
    for each in waiting:
        with pytest.raises(NotTaken, match="taken back"):
            await desk.send_queued(each, nobody)
    assert await desk.log() == ()


async def test_what_waits_for_others_before_it_does_not_become_late(
    desk: Desk,
    several: list[ToSend],
    local_server: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer_queue, "_LATE", timedelta(seconds=1))
    monkeypatch.setattr(answer_queue, "_POSTPONED_EACH", 0.05)
    first, second, step = await desk.queue(several, wait=timedelta())
    async with desk.sending([first, second, step]):
        await asyncio.sleep(2.2)
        async with open_desk(
            local_server.url, data_dir=tmp_path, headers=local_server.headers
        ) as next:
            assert await next.expire_queued() == (), "the program that queued them still runs"
        for each in (first, step):
            (outcome,) = await desk.send_queued(each, nobody)
            assert outcome.kind is OutcomeKind.APPLIED
    assert not await desk.withdraw([second]), "what was not sent is withdrawn"
    assert [entry.decision for entry in await desk.log()] == ["step", "revise"]


async def test_after_a_long_stop_of_the_program_nothing_more_is_sent(
    desk: Desk, several: list[ToSend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_queue, "_POSTPONED_EACH", 0.05)
    waiting = await desk.queue(several, wait=LONG_AGO)
    async with desk.sending(waiting):
        await asyncio.sleep(0.3)
        with pytest.raises(NotTaken, match="stopped"):
            await desk.send_queued(waiting[0], nobody)


async def test_what_a_program_did_not_send_when_it_ended_is_told_by_the_next(
    desk: Desk, several: list[ToSend], local_server: Served, tmp_path: Path
) -> None:
    waiting = await desk.queue(several, wait=LONG_AGO)

    async def send() -> None:
        async with desk.sending(waiting):
            await asyncio.Event().wait()

    sending = asyncio.ensure_future(send())
    await asyncio.sleep(0)
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending
    async with open_desk(local_server.url, data_dir=tmp_path, headers=local_server.headers) as next:
        assert [entry.event for entry in await next.expire_queued()] == ["answer", "answer", "step"]
