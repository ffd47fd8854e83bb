"""Decisions on our own server: one request, which compares everything that the person has seen."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import Conflict, NoLongerWaits, NotTaken
from hitl_engine.fingerprint import digest
from hitl_engine.local import connection
from hitl_engine.model import (
    Answer,
    Breakpoint,
    JsonObject,
    Outcome,
    OutcomeKind,
)
from tests.json_values import Json
from tests.server.processes import Served
from tests.server.test_contract import events, row, thread, wait
from tests.server.test_inbox import Network
from tests.server.test_questions_of_a_thread import Trace, asked, questions, trace

__all__ = ["trace"]


@pytest.fixture
async def http(local_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with local_server.client() as client:
        yield client


@pytest.fixture
async def network(monkeypatch: pytest.MonkeyPatch, local_server: Served) -> Network:
    """The network of the next desk, which notes the requests."""
    network = Network()
    monkeypatch.setattr(connection, "LangGraphServer", network.client)
    return network


@pytest.fixture
async def desk(network: Network, local_server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    data, headers = tmp_path / "journal", local_server.headers
    async with open_desk(local_server.url, data_dir=data, headers=headers) as opened:
        yield opened


async def send(http: httpx.AsyncClient, thread_id: str, graph: str, **body: Any) -> httpx.Response:
    """Start a run and wait for it."""
    return await http.post(f"/threads/{thread_id}/runs/wait", json={"assistant_id": graph, **body})


def digests(shown: Json) -> JsonObject:
    """Return what a client makes of the payloads in the row of a thread."""
    return {
        each["id"]: digest([each["value"], None])
        for interrupts in shown["interrupts"].values()
        for each in interrupts
    }


def _pending(shown: Json) -> list[Json]:
    return [each for interrupts in shown["interrupts"].values() for each in interrupts]


# The preconditions


async def test_another_payload_under_the_same_id_is_refused(
    http: httpx.AsyncClient, trace: Trace
) -> None:
    """S2: a node that runs again asks something else at the same checkpoint, under the same id."""
    thread_id = await thread(http)
    await wait(http, thread_id, "step_that_changes", input={"trace": str(trace.path)})
    seen = await row(http, thread_id)
    by_payload = {str(each["value"]): each["id"] for each in _pending(seen)}
    changing, right = by_payload["{'run': 'rm 1'}"], by_payload["{'asks': 'right'}"]
    await wait(http, thread_id, "step_that_changes", command={"resume": {right: "yes"}})
    now = await row(http, thread_id)
    assert now["checkpoint_id"] == seen["checkpoint_id"]
    assert digests(now).keys() == {changing} and digests(now) != digests(seen)
    trace.since()
    answer: Json = {"command": {"resume": {changing: "yes"}}}
    for shown, status in ((seen, 409), (now, 200)):
        ids = {changing: digests(shown)[changing]}
        basis = {"checkpoint_id": shown["checkpoint_id"], "payload_digests": ids}
        reply = await send(http, thread_id, "step_that_changes", **answer, preconditions=basis)
        assert reply.status_code == status
        assert bool(trace.since()) is (status == 200)


async def test_all_questions_of_a_task_must_be_named(http: httpx.AsyncClient, trace: Trace) -> None:
    """B13: the node of a subgraph would run again for each of them."""
    thread_id = await thread(http)
    await wait(http, thread_id, "step_inside", input={"trace": str(trace.path)})
    known = digests(await row(http, thread_id))
    one, other = known
    trace.since()
    for named, status in (([one], 409), ([one, other], 200)):
        basis = {"payload_digests": {each: known[each] for each in named}}
        answer = {"command": {"resume": dict.fromkeys(named, "yes")}, "preconditions": basis}
        reply = await send(http, thread_id, "step_inside", **answer)
        assert reply.status_code == status
        assert bool(trace.since()) is (status == 200)


async def test_the_newest_run_must_be_the_one_that_was_seen(http: httpx.AsyncClient) -> None:
    """A run that was cancelled, for example, leaves the question as it was."""
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"})
    seen = await row(http, thread_id)
    (question,) = _pending(seen)
    await wait(http, thread_id, "revise")
    now = await row(http, thread_id)
    assert (now["checkpoint_id"], digests(now)) == (seen["checkpoint_id"], digests(seen))
    answer: Json = {"command": {"resume": {question["id"]: "y"}}}
    for shown, status in ((seen, 409), (now, 200)):
        basis = {"last_run_id": shown["last_run"]["run_id"]}
        reply = await send(http, thread_id, "revise", **answer, preconditions=basis)
        assert reply.status_code == status


async def test_a_write_into_the_state_compares_payloads_too(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"})
    (question,) = _pending(await row(http, thread_id))
    for text, status in (("another", 409), ("x", 200)):
        shown = digest([{"text_to_revise": text}, None])
        basis = {"payload_digests": {question["id"]: shown}}
        body = {"values": {"some_text": "z"}, "preconditions": basis}
        reply = await http.post(f"/threads/{thread_id}/state", json=body)
        assert reply.status_code == status


# The row at the end of a stream


async def test_a_stream_ends_with_the_row_of_its_thread(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    given = {"input": {"some_text": "x"}, "stream_mode": "updates"}
    heard = await events(http, thread_id, "revise", **given, stream_thread=True)
    assert [name for name, _ in heard] == ["metadata", "updates", "thread"]
    _, ended_with = heard[-1]
    assert ended_with == await row(http, thread_id)
    assert ended_with["last_run"]["status"] == "success"
    heard = await events(http, thread_id, "revise", command={"resume": "y"})
    assert "thread" not in [name for name, _ in heard]


# Decisions


async def test_an_answer_is_one_request(desk: Desk, network: Network) -> None:
    started = await asked(desk, "two_questions")
    for word in ("one", "two"):  # the second question was seen at the end of the first run
        (question,) = questions(desk, started).values()
        await desk.inbox()  # a list in which the thread is as it was read
        network.seen.clear()
        outcome = await desk.decide(question, Answer(word), lambda _: None)
        assert outcome.kind is OutcomeKind.APPLIED and outcome.thread is not None
        started = outcome.thread
        assert network.seen == [("POST", f"/threads/{started.thread_id}/runs/stream")]
    assert started.values == {"said": ["one", "two"]}


async def test_a_step_is_one_request(desk: Desk, network: Network) -> None:
    started = await asked(desk, "breakpoints")
    assert isinstance(started.stop, Breakpoint)
    network.seen.clear()
    outcome = await desk.step(started.stop, lambda _: None)
    assert outcome.kind is OutcomeKind.APPLIED
    assert network.seen == [("POST", f"/threads/{started.thread_id}/runs/stream")]


async def test_a_thread_that_changed_in_the_list_is_read_again(
    desk: Desk, network: Network, http: httpx.AsyncClient
) -> None:
    """A run that changed nothing is newer than the one that was seen: without a look it is refused."""
    started = await asked(desk, "two_questions")
    (question,) = questions(desk, started).values()
    await desk.inbox()
    await wait(http, started.thread_id, "two_questions")
    with pytest.raises(NoLongerWaits, match=r"Another run came first.*same waits again"):
        await desk.decide(question, Answer("one"), lambda _: None)
    await wait(http, started.thread_id, "two_questions")
    assert question.interrupt in (await desk.inbox()).items
    outcome = await desk.decide(question, Answer("one"), lambda _: None)
    assert outcome.kind is OutcomeKind.APPLIED


async def test_a_stale_answer_is_refused_before_the_node_runs(
    desk: Desk, http: httpx.AsyncClient, trace: Trace
) -> None:
    """The same id at the same checkpoint, with another payload: the person is shown it."""
    graph = next(each for each in await desk.graphs() if each.graph_id == "step_that_changes")
    started = (await desk.start(graph, {"trace": str(trace.path)}, lambda _: None)).thread
    assert started is not None
    shown = questions(desk, started)
    changing, right = shown["{'run': 'rm 1'}"], shown["right"]
    resume = {right.interrupt.interrupt_id: "yes"}
    await wait(http, started.thread_id, "step_that_changes", command={"resume": resume})
    trace.since()
    with pytest.raises(NoLongerWaits, match="this question changed while you read it") as refused:
        await desk.decide(changing, Answer("yes"), lambda _: None)
    assert "rm 2" in refused.value.detail and "Nothing was taken" in refused.value.kept
    assert trace.since() == {}
    newest, *_ = await desk.log()
    assert newest.outcome is OutcomeKind.REFUSED
    (again,) = questions(desk, await desk.thread(started.thread_id)).values()
    assert (await desk.decide(again, Answer("yes"), lambda _: None)).kind is OutcomeKind.APPLIED


async def test_an_answer_to_a_part_of_a_task_is_refused(
    desk: Desk, http: httpx.AsyncClient, trace: Trace
) -> None:
    """Also where the other question came after the thread was read."""
    started = await asked(desk, "step_inside", trace)
    shown = questions(desk, started)
    with pytest.raises(NotTaken, match="asks 2 questions together"):
        await desk.decide(shown["left"], Answer("yes"), lambda _: None)
    assert trace.since() == {}


async def test_one_of_several_consoles_answers(
    http: httpx.AsyncClient, local_server: Served, tmp_path: Path, trace: Trace
) -> None:
    """All of them have read the thread before, and send at once."""
    thread_id = await thread(http)
    given = {"trace": str(trace.path), "seconds": 0.05}
    await wait(http, thread_id, "gated_effect", input=given)
    data, headers = tmp_path / "journal", local_server.headers
    async with AsyncExitStack() as stack:
        decisions = []
        for number in range(4):
            opening = open_desk(local_server.url, data_dir=data, headers=headers)
            desk = await stack.enter_async_context(opening)
            (question,) = questions(desk, await desk.thread(thread_id)).values()
            decisions.append(desk.decide(question, Answer(f"by-{number}"), lambda _: None))
        done = await asyncio.gather(*decisions, return_exceptions=True)
    taken = [each for each in done if isinstance(each, Outcome)]
    assert [each.kind for each in taken] == [OutcomeKind.APPLIED]
    assert sum(isinstance(each, NoLongerWaits | Conflict) for each in done) == 3
    assert sum(trace.since().values()) == 1


# Generated: what others do between reading and deciding


async def _answer_beside(http: httpx.AsyncClient, thread_id: str) -> None:
    """Answer the other question, so that the node asks something else under the same id."""
    ids = [each["id"] for each in _pending(await row(http, thread_id)) if "asks" in each["value"]]
    command = {"resume": dict.fromkeys(ids, "yes")} if ids else None
    await send(http, thread_id, CHANGING, command=command)


async def _run_again(http: httpx.AsyncClient, thread_id: str) -> None:
    await send(http, thread_id, CHANGING)


async def _new_input(http: httpx.AsyncClient, thread_id: str) -> None:
    await send(http, thread_id, CHANGING, input={"said": ["again"]})


async def _edit(http: httpx.AsyncClient, thread_id: str) -> None:
    body = {"values": {"said": ["edited"]}, "as_node": "prepare"}
    await http.post(f"/threads/{thread_id}/state", json=body)


async def _note(http: httpx.AsyncClient, thread_id: str) -> None:
    """Change the row, but nothing that was asked."""
    await http.patch(f"/threads/{thread_id}", json={"metadata": {"note": "read"}})


async def _read(http: httpx.AsyncClient, thread_id: str) -> None:
    await http.get(f"/threads/{thread_id}/history")


CHANGING = "step_that_changes"
STALE = (_answer_beside, _run_again, _new_input, _edit)
FRESH = (_note, _read)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STALE + FRESH), max_size=2), st.booleans())
def test_stale_decisions_are_refused_and_fresh_ones_are_taken(
    local_server: Served, between: list[Any], looks: bool
) -> None:
    asyncio.run(_decide_after(local_server, between, looks))


@pytest.mark.hardening
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STALE + FRESH), max_size=3), st.booleans())
def test_many_stale_decisions_are_refused_and_fresh_ones_are_taken(
    local_server: Served, between: list[Any], looks: bool
) -> None:
    asyncio.run(_decide_after(local_server, between, looks))


async def _decide_after(served: Served, between: Sequence[Any], looks: bool) -> None:
    """Read a question, let others do what is `between`, decide; `looks`: the list was read before."""
    with TemporaryDirectory() as folder:
        notes = Path(folder, "trace")
        notes.touch()
        opening = open_desk(served.url, data_dir=Path(folder, "data"), headers=served.headers)
        async with opening as desk, served.client() as http:
            graph = next(each for each in await desk.graphs() if each.graph_id == CHANGING)
            started = (await desk.start(graph, {"trace": str(notes)}, lambda _: None)).thread
            assert started is not None
            question = questions(desk, started)["{'run': 'rm 1'}"]
            for each in between:
                await each(http, started.thread_id)
            if looks:
                await desk.inbox()
            before = notes.read_text()
            decision = desk.decide(question, Answer("yes"), lambda _: None)
            if any(each in STALE for each in between):
                with pytest.raises(NoLongerWaits):
                    await decision
                assert notes.read_text() == before
            else:
                assert (await decision).kind is OutcomeKind.APPLIED
                assert notes.read_text() != before
