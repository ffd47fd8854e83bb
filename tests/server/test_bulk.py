"""Many items decided at once, on real servers: each has its own decision."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from hitl_engine.deciding import answer_queue
from hitl_engine.deciding.bulk_sender import Result
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import NoLongerWaits
from hitl_engine.model import (
    Answer,
    Approve,
    BulkWay,
    Interrupt,
    Item,
    JsonObject,
    JsonValue,
    Outcome,
    OutcomeKind,
    Question,
    Reject,
    Revise,
    SameDecision,
    ThreadStatus,
    Verdicts,
    Waiting,
)
from tests.server.conftest import on_local_server
from tests.server.processes import Served

REQUEST: JsonObject = {"messages": [{"role": "user", "content": "Prepare my Monday."}]}


async def waits(desk: Desk, *starts: tuple[str, JsonValue]) -> list[Waiting]:
    """Start runs concurrently; return what waits afterwards, in their order."""
    graphs = {graph.graph_id: graph for graph in await desk.graphs()}
    started = await asyncio.gather(
        *(desk.start(graphs[name], given, lambda _: None) for name, given in starts)
    )
    return [item for outcome in started if outcome.thread for item in outcome.thread.waiting]


async def decided(desk: Desk, items: Sequence[Item], same: SameDecision) -> dict[int, Result]:
    """Decide on all items; return each result, by the index of its item."""
    ended: dict[int, Result] = {}
    queued = await desk.bulk.queue(desk.bulk.plan(items, same), wait=timedelta())
    await desk.bulk.send(
        queued,
        lambda _: None,
        on_begun=lambda _: None,
        on_ended=ended.__setitem__,
        stopped=lambda: False,
    )
    return ended


def statuses(ended: dict[int, Result]) -> list[ThreadStatus | None]:
    results = [ended[place] for place in sorted(ended)]
    return [
        each.thread.status if isinstance(each, Outcome) and each.thread else None
        for each in results
    ]


async def test_each_decision_is_recorded_and_an_answered_item_stops_no_other(desk: Desk) -> None:
    names = ("tool_agent", "js_tool_calls", "tool_agent", "js_tool_calls", "tool_agent")
    waiting = await waits(
        desk, *((name, REQUEST if name == "tool_agent" else {}) for name in names)
    )
    items = [desk.reviews.item(each) for each in waiting]
    found = desk.bulk.common_ways(items)
    assert BulkWay.APPROVE in found.ways and found.payloads == 2
    answered_before = items[2]
    assert isinstance(answered_before, Question)
    await desk.decide(answered_before, Verdicts((Reject(), Reject())), lambda _: None)

    ended = await decided(desk, items, Approve())

    assert isinstance(ended[2], NoLongerWaits)
    assert statuses(ended) == [ThreadStatus.DONE] * 2 + [None] + [ThreadStatus.DONE] * 2
    log = await desk.log()
    approved = [entry for entry in log if entry.decision == "approve, approve"]
    assert {entry.thread_id for entry in approved} == {
        each.thread_id for place, each in enumerate(waiting) if place != 2
    }
    assert len({entry.decision_id for entry in approved}) == 4
    assert {entry.outcome for entry in approved} == {OutcomeKind.APPLIED}


async def test_one_text_is_sent_to_all_items(desk: Desk) -> None:
    waiting = await waits(desk, ("revise", {"some_text": "a"}), ("revise", {"some_text": "b"}))
    ended = await decided(desk, [desk.reviews.item(each) for each in waiting], Revise("one text"))
    assert [
        each.thread.values for each in ended.values() if isinstance(each, Outcome) and each.thread
    ] == [{"some_text": "one text"}] * 2


async def test_items_of_one_thread_are_decided_in_turn(desk: Desk) -> None:
    waiting = await waits(desk, ("parallel", {"proposal": "a chair"}))
    assert len(waiting) == 2
    ended = await decided(desk, [desk.reviews.item(each) for each in waiting], Answer("yes"))
    assert statuses(ended) == [ThreadStatus.INTERRUPTED, ThreadStatus.DONE]
    stops = await waits(desk, ("breakpoints", {}), ("breakpoints", {}))
    ended = await decided(desk, [desk.reviews.item(each) for each in stops], None)
    assert statuses(ended) == [ThreadStatus.BREAKPOINT] * 2


async def test_the_questions_of_one_task_are_answered_in_one_request(
    desk: Desk, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    waiting = await waits(desk, ("step_inside", {"trace": str(trace)}))
    assert len({each.task_id for each in waiting if isinstance(each, Interrupt)}) == 1
    ran = trace.read_text().split()
    ended = await decided(desk, [desk.reviews.item(each) for each in waiting], Answer("yes"))
    assert statuses(ended) == [ThreadStatus.DONE] * 2
    assert sorted(trace.read_text().split()[len(ran) :]).count("left") == 1


@pytest.mark.hardening
@on_local_server
async def test_hundreds_of_items_are_all_sent_however_long_that_takes(
    desk: Desk, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_queue, "_LATE", timedelta(seconds=1))
    monkeypatch.setattr(answer_queue, "_POSTPONED_EACH", 0.1)
    items: list[Item] = []
    start: tuple[str, JsonValue] = ("revise", {"some_text": "a"})
    for _ in range(15):
        waiting = await waits(desk, *[start] * 20)
        items += map(desk.reviews.item, waiting)
    begun = time.monotonic()
    sending = asyncio.ensure_future(decided(desk, items, Revise("one text")))
    async with open_desk(
        served.url, data_dir=tmp_path / "journal", headers=served.headers
    ) as other:
        while not sending.done():
            assert await other.expire_queued() == (), "the program that queued them still runs"
            await asyncio.sleep(0.2)
    assert statuses(await sending) == [ThreadStatus.DONE] * 300
    assert time.monotonic() - begun > 3, "too quick to show anything"
