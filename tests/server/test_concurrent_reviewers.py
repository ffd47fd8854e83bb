"""Decisions while other clients answer, edit, cancel or start runs, or the connection breaks."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import NoLongerWaits, ServerRefused
from hitl_engine.local import connection
from hitl_engine.model import (
    Answer,
    Breakpoint,
    Interrupt,
    JsonObject,
    OutcomeKind,
    ThreadStatus,
    ThreadView,
)
from tests.server.conftest import on_local_server
from tests.server.processes import Served
from tests.server.test_contract import wait
from tests.server.test_inbox import Network
from tests.server.test_questions_of_a_thread import Trace, asked, decide, questions, stuck, trace

__all__ = ["trace"]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """The network of the next desk; tests intercept its requests."""
    network = Network()
    monkeypatch.setattr(connection, "LangGraphServer", network.client)
    return network


@pytest.fixture
async def desk(network: Network, served: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    data = tmp_path / "journal"
    async with open_desk(served.url, data_dir=data, headers=served.headers) as opened:
        yield opened


def just_before(
    end: str, happens: Callable[[httpx.Request], Awaitable[httpx.Response | None]]
) -> Callable[[httpx.Request], Awaitable[httpx.Response | None]]:
    """Call `happens` just before the next POST whose path ends with `end`."""
    seen: list[str] = []

    async def once(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST" or not request.url.path.endswith(end) or seen:
            return None
        seen.append(end)
        return await happens(request)

    return once


async def only(desk: Desk, thread: ThreadView) -> Interrupt:
    (item,) = thread.waiting
    assert isinstance(item, Interrupt)
    return item


@on_local_server
async def test_an_answer_is_sent_by_interrupt_id_without_a_checkpoint(
    desk: Desk, network: Network
) -> None:
    """S10, S11, S13, S17, S19, B1, B4, B18: it is a map, is not queued, and has no other id."""
    thread = await asked(desk, "two_questions")
    item = await only(desk, thread)
    bodies: list[Any] = []

    async def read(request: httpx.Request) -> None:
        bodies.append(json.loads(request.content))

    network.intercept = just_before("/runs/stream", read)
    looks_like_ids: JsonObject = {"f" * 32: "approve"}
    outcome = await desk.decide(desk.reviews.question(item), Answer(looks_like_ids), lambda _: None)
    assert outcome.kind is OutcomeKind.APPLIED
    (body,) = bodies
    assert body["command"] == {"resume": {item.interrupt_id: looks_like_ids}}
    assert body["multitask_strategy"] == "reject"
    assert body["config"]["configurable"]["__pregel_strict_resume"] is True
    assert not {"checkpoint", "checkpoint_id", "input"} & body.keys()


async def test_an_answer_after_another_reviewers_answer_is_refused(
    desk: Desk, network: Network, http: httpx.AsyncClient
) -> None:
    """S2, S12, S17: it must not answer the next question of the node, which was not shown."""
    thread = await asked(desk, "two_questions")
    item = await only(desk, thread)

    async def answer(request: httpx.Request) -> None:
        command = {"resume": {item.interrupt_id: "theirs"}}
        await wait(http, thread.thread_id, "two_questions", command=command)

    network.intercept = just_before("/runs/stream", answer)
    try:
        outcome = await desk.decide(desk.reviews.question(item), Answer("ours"), lambda _: None)
    except NoLongerWaits as refusal:  # the local server checks and begins in one step
        assert "faster" in str(refusal)
    else:
        assert outcome.kind is OutcomeKind.REFUSED
    now = await only(desk, await desk.thread(thread.thread_id))
    assert now.payload == {"question": 2}
    assert (await desk.log())[0].outcome is OutcomeKind.REFUSED


@pytest.mark.parametrize("change", ["edit", "input"])
async def test_a_question_that_was_replaced_is_not_answered(
    desk: Desk, http: httpx.AsyncClient, change: str
) -> None:
    """S33, S34, B16, B17: an edit of the state or new input removes the question, unanswered."""
    thread = await asked(desk, "two_questions")
    item = await only(desk, thread)
    if change == "edit":
        edit = {"values": {"said": ["edited"]}}
        await http.post(f"/threads/{thread.thread_id}/state", json=edit)
    else:
        await wait(http, thread.thread_id, "two_questions", input={"said": ["again"]})
    runs = (await http.get(f"/threads/{thread.thread_id}/runs")).json()
    with pytest.raises(NoLongerWaits, match="replaced"):
        await desk.decide(desk.reviews.question(item), Answer("yes"), lambda _: None)
    assert (await http.get(f"/threads/{thread.thread_id}/runs")).json() == runs
    answers = [entry.outcome for entry in await desk.log() if entry.event == "answer"]
    assert set(answers) <= {OutcomeKind.REFUSED}  # written down where the server itself refuses it


@on_local_server
async def test_a_question_cannot_be_stepped_past(desk: Desk) -> None:
    """S32, B2: a run without input would give it a stored answer."""
    thread = await asked(desk, "two_questions")
    item = await only(desk, thread)
    stop = Breakpoint(
        *(thread.thread_id, thread.graph_id, "before", item.node),
        *((item.node,), item.checkpoint_id, None),
    )
    with pytest.raises(NoLongerWaits):
        await desk.step(stop, lambda _: None)


async def test_the_outcome_of_a_cancelled_answer_is_unknown(
    desk: Desk, http: httpx.AsyncClient, trace: Trace
) -> None:
    """S24: the question waits again under its id, but the answer may have had an effect."""
    thread = await asked(desk, "gated_effect", trace, seconds=60)
    item = await only(desk, thread)
    runs = f"/threads/{thread.thread_id}/runs"
    deciding = asyncio.create_task(
        desk.decide(desk.reviews.question(item), Answer("go"), lambda _: None)
    )
    async with asyncio.timeout(30):
        while not trace.path.read_text():
            await asyncio.sleep(0.02)
    run_id = (await http.get(runs)).json()[0]["run_id"]
    await http.post(f"{runs}/{run_id}/cancel?wait=true")
    outcome = await deciding
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert "cancelled" in outcome.why and "side effects" in outcome.why
    assert outcome.thread is not None
    assert (await only(desk, outcome.thread)).interrupt_id == item.interrupt_id


async def lose_reply(network: Network, request: httpx.Request) -> httpx.Response:
    """Send the request to the server, and lose its reply."""
    await network.reply_to(request)
    raise httpx.ReadError("cut off", request=request)


@on_local_server
async def test_after_a_lost_reply_the_run_is_found_by_its_decision_id(
    desk: Desk, network: Network, trace: Trace
) -> None:
    """S23, S47, S50: nothing is sent again; the run carries the id of the first."""
    thread = await asked(desk, "step_of_three", trace)
    network.intercept = just_before("/runs/stream", partial(lose_reply, network))
    network.seen.clear()
    outcomes, after = await decide(desk, thread, {"left": "yes", "right": "no"})
    assert [each.kind for each in outcomes] == [OutcomeKind.APPLIED] * 2
    assert after.status is ThreadStatus.DONE
    assert trace.since()["left!"] == 1
    posts = [path for method, path in network.seen if method == "POST"]
    assert sum(path.endswith("/runs/stream") for path in posts) == 1


# Reopening with failures


@on_local_server
async def test_a_refused_reopening_changes_nothing(
    desk: Desk, network: Network, trace: Trace
) -> None:
    item = await only(desk, await stuck(desk, trace))
    network.fail("POST", "/state", 422)
    with pytest.raises(ServerRefused, match="cannot reopen"):
        await desk.reopen(item, lambda _: None)
    network.restore()
    assert await only(desk, await desk.thread(item.thread_id)) == item
    newest = (await desk.log())[0]
    assert (newest.event, newest.outcome) == ("reopen", OutcomeKind.REFUSED)


@on_local_server
@pytest.mark.parametrize("broken", ["/state", "/runs/stream"])
async def test_the_outcome_of_an_interrupted_reopening_is_unknown(
    desk: Desk, network: Network, trace: Trace, broken: str
) -> None:
    """The answers are forgotten, and the question is not asked yet: one step asks it."""
    item = await only(desk, await stuck(desk, trace))
    if broken == "/state":
        network.intercept = just_before(broken, partial(lose_reply, network))
    else:
        network.fail("POST", broken, 409)
    outcome = await desk.reopen(item, lambda _: None)
    network.restore()
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert "step past the breakpoint" in outcome.why
    assert outcome.thread is not None
    (stop,) = outcome.thread.waiting
    assert isinstance(stop, Breakpoint)
    stepped = await desk.step(stop, lambda _: None)
    assert stepped.thread is not None
    assert set(questions(desk, stepped.thread)) == {"left", "right"}
