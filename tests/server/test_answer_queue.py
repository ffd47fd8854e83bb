"""Answers wait a moment before they are sent: they can be taken back, and are sent at most once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from hitl_engine.deciding.answer_queue import Queued
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import NoLongerWaits, NotTaken
from hitl_engine.model import Approve, Decision, Interrupt, OutcomeKind, Question, Revise, Verdicts
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
    return await desk.queue([decided], wait=wait)


async def test_a_queued_answer_is_sent_once(
    http: httpx.AsyncClient, desk: Desk, decided: tuple[Question, Decision]
) -> None:
    waiting = await queued(desk, decided)
    assert await runs(http, decided[0]) == 1, "nothing is sent before its time"
    (outcome,) = await desk.send_queued(waiting, nobody)
    assert outcome.kind is OutcomeKind.APPLIED
    assert not await desk.withdraw(waiting), "what was sent cannot be taken back"
    with pytest.raises(NoLongerWaits):
        await desk.send_queued(waiting, nobody)
    assert await runs(http, decided[0]) == 2
    [entry] = await desk.log()
    assert entry.outcome is OutcomeKind.APPLIED


async def test_an_answer_that_was_taken_back_is_never_sent(
    http: httpx.AsyncClient, desk: Desk, decided: tuple[Question, Decision]
) -> None:
    waiting = await queued(desk, decided)
    assert await desk.withdraw(waiting)
    assert not await desk.withdraw(waiting), "it was withdrawn already"
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
    assert not await desk.withdraw(left)
