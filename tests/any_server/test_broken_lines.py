"""An answer over a connection that breaks: it is sent once, takes effect once, and this is known."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from hitl_engine.deciding import run_sender
from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import (
    Answer,
    Inbox,
    JsonObject,
    OutcomeKind,
    Progress,
    Replacement,
    ThreadStatus,
)
from tests.any_server.proxy import (
    Behaviour,
    Exchange,
    Proxy,
    cut,
    deliver_again_at_the_end,
    deliver_twice,
    pass_on,
    time_out,
)
from tests.any_server.steps import ignore, questions_of, start
from tests.server.processes import Served


@pytest.fixture
async def desk(proxy: Proxy, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk that reaches the server through the proxy."""
    served = proxy.served
    async with open_desk(
        served.url, data_dir=tmp_path / "journal", headers=served.headers
    ) as opened:
        yield opened


async def unavailable(exchange: Exchange) -> None:
    """Answer as a proxy whose server restarts."""
    await exchange.answer(503)


async def gone(exchange: Exchange) -> None:
    """Break the connection at once."""


@pytest.mark.parametrize(
    "behaviour",
    [
        cut,
        *(
            pytest.param(each, marks=pytest.mark.hardening)
            for each in (deliver_twice, deliver_again_at_the_end, time_out)
        ),
    ],
)
async def test_an_answer_takes_effect_once(
    desk: Desk, proxy: Proxy, tmp_path: Path, behaviour: Behaviour
) -> None:
    """The run goes on without the connection, and is found by its decision id."""
    trace = tmp_path / "trace"
    thread = await start(desk, "gated_effect", {"trace": str(trace), "seconds": 1})
    [question] = questions_of(desk, thread)
    proxy.runs.append(behaviour)
    outcome = await desk.decide(question, Answer("go"), ignore)
    assert outcome.kind is OutcomeKind.APPLIED, outcome
    assert outcome.thread is not None
    assert outcome.thread.values == {"said": ["go"], "trace": str(trace), "seconds": 1}
    assert trace.read_text() == "go\n"
    assert (await desk.log())[0].outcome is OutcomeKind.APPLIED


async def cut_streams(exchange: Exchange) -> None:
    """Cut each stream of a run after one report of its progress."""
    if b"/stream" in exchange.head:
        await exchange.relay(await exchange.deliver(), until=b"progress")
    else:
        await pass_on(exchange)


class Reports(list[str]):
    """What a run reports on its way."""

    def note(self, progress: Progress) -> None:
        """Take a report."""
        if progress.kind == "custom" and isinstance(progress.detail, dict):
            self.append(str(progress.detail["text"]))


STEPS: JsonObject = {"steps": 4, "seconds_per_step": 0.4}
ALL_REPORTS = [f"step {step} of 4" for step in range(1, 5)]


@pytest.mark.hardening
async def test_a_run_is_followed_again_as_often_as_its_line_is_cut(
    desk: Desk, proxy: Proxy
) -> None:
    """No report of its progress is missing or shown twice."""
    [slow] = [each for each in await desk.graphs() if each.graph_id == "slow"]
    proxy.runs.append(cut_streams)
    proxy.others = cut_streams
    reports = Reports()
    outcome = await desk.start(slow, STEPS, reports.note)
    assert outcome.kind is OutcomeKind.APPLIED, outcome
    assert reports == ALL_REPORTS


async def test_the_run_of_another_client_is_followed_again(
    desk: Desk, proxy: Proxy, server: Served, tmp_path: Path
) -> None:
    """As often as its line is cut, to its end."""
    begun: asyncio.Queue[str] = asyncio.Queue()
    proxy.others = cut_streams
    async with open_desk(
        server.url, data_dir=tmp_path / "other journal", headers=server.headers
    ) as other:
        [slow] = [each for each in await other.graphs() if each.graph_id == "slow"]
        running = asyncio.create_task(
            other.start(slow, STEPS, lambda each: begun.put_nowait(each.thread_id))
        )
        reports = Reports()
        thread = await desk.follow(await begun.get(), reports.note)
        assert thread.status is ThreadStatus.DONE
        assert reports == ALL_REPORTS
        await running


@pytest.mark.hardening
@pytest.mark.parametrize(("run", "failure"), [(pass_on, unavailable), (cut, gone)])
async def test_a_server_that_comes_back_is_read_again(
    desk: Desk, proxy: Proxy, server: Served, tmp_path: Path, run: Behaviour, failure: Behaviour
) -> None:
    """Its failures while the thread is read back are not final, and are not those of the graph.

    From our own server the thread comes with the end of the stream, and is not read.
    """
    trace = tmp_path / "trace"
    thread = await start(desk, "gated_effect", {"trace": str(trace), "seconds": 0})
    [question] = questions_of(desk, thread)
    proxy.after_the_next_run(failure, run)
    deciding = asyncio.create_task(desk.decide(question, Answer("go"), ignore))
    await asyncio.sleep(4)
    # Our own server sends the thread with the end of its run: nothing is left to be read.
    assert deciding.done() is (run is pass_on and proxy.served.name == "local")
    proxy.others = pass_on
    outcome = await deciding
    assert (outcome.kind, outcome.error) == (OutcomeKind.APPLIED, None), outcome


@pytest.mark.hardening
async def test_a_server_that_stays_away_is_given_up_in_time(
    desk: Desk, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All waiting together takes as long as the code says, and the error is not the graph's."""
    monkeypatch.setattr(run_sender, "_SETTLE_SECONDS", 3.0)
    trace = tmp_path / "trace"
    thread = await start(desk, "gated_effect", {"trace": str(trace), "seconds": 0})
    [question] = questions_of(desk, thread)
    proxy.after_the_next_run(unavailable, cut)
    clock = asyncio.get_running_loop()
    began = clock.time()
    outcome = await desk.decide(question, Answer("go"), ignore)
    assert 3 <= clock.time() - began < 8
    assert (outcome.kind, outcome.thread, outcome.error) == (OutcomeKind.UNKNOWN, None, None)
    assert "503" in outcome.why
    proxy.others = pass_on
    assert (await desk.thread(thread.thread_id)).status is ThreadStatus.DONE


@pytest.mark.hardening
async def test_the_inbox_of_a_server_that_was_away_is_read_again(desk: Desk, proxy: Proxy) -> None:
    """Meanwhile what waited stays in view, and is marked as old."""
    thread = await start(desk, "revise", {"some_text": "original text"})
    async with asyncio.timeout(60), aclosing(desk.watch()) as looks:
        seen = await anext(looks)
        proxy.others = gone
        old = await until(looks, lambda inbox: inbox.error is not None)
        assert old.items == seen.items
        proxy.others = pass_on
        fresh = await until(looks, lambda inbox: inbox.error is None)
        assert thread.waiting[0] in fresh.items


async def until(looks: AsyncIterator[Inbox], holds: Callable[[Inbox], bool]) -> Inbox:
    """Return the first look for which something holds."""
    return await anext(inbox async for inbox in looks if holds(inbox))


async def lose_replies_of_writes(exchange: Exchange) -> None:
    """Break the connection after a write into a state has arrived."""
    if re.match(rb"POST \S+/state ", exchange.head):
        await (await exchange.deliver()).readuntil(b"\r\n\r\n")
    else:
        await pass_on(exchange)


async def lose_writes(exchange: Exchange) -> None:
    """Break the connection before a write into a state arrives."""
    if not re.match(rb"POST \S+/state ", exchange.head):
        await pass_on(exchange)


async def test_a_write_into_a_state_is_known_although_its_reply_is_lost(
    desk: Desk, proxy: Proxy
) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    plan = await desk.states.plan(thread.thread_id, [Replacement(("text",), "y")])
    proxy.others = lose_replies_of_writes
    outcome = await desk.states.write(plan)
    assert (outcome.kind, outcome.otherwise) == (OutcomeKind.APPLIED, ()), outcome
    assert "The reply was lost" in outcome.why
    assert outcome.thread is not None
    assert outcome.thread.values == {"text": "y", "log": ["drafted"]}
    written = (await desk.history.page(thread.thread_id)).checkpoints
    assert [each.source for each in written].count("update") == 1


async def test_a_write_that_is_lost_is_not_sent_again(desk: Desk, proxy: Proxy) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    plan = await desk.states.plan(thread.thread_id, [Replacement(("text",), "y")])
    proxy.others = lose_writes
    outcome = await desk.states.write(plan)
    assert outcome.kind is OutcomeKind.UNKNOWN, outcome
    assert outcome.thread == thread
    assert (await desk.log())[0].outcome is OutcomeKind.UNKNOWN
