"""Decisions on what is unusual: a copied thread, another target, a reply that nobody can read."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hitl_engine.deciding import run_sender
from hitl_engine.deciding.run_sender import RunSender
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import BadInput, Denied, NoLongerWaits, NotTaken, ServerRefused, Unreachable
from hitl_engine.model import (
    Answer,
    Breakpoints,
    JsonObject,
    OutcomeKind,
    Progress,
    Question,
    Revise,
    ThreadStatus,
)
from tests.any_server.proxy import Behaviour, Exchange, Proxy, pass_on, proxy_of
from tests.any_server.steps import ignore, questions_of, start, stop_of, thread_of
from tests.server.processes import Served


@pytest.fixture
def server(local_server: Served) -> Served:
    """The server behind the proxy."""
    return local_server


@pytest.fixture
async def desk(proxy: Proxy, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk that reaches the shared local server through the proxy."""
    served = proxy.served
    async with open_desk(served.url, data_dir=tmp_path / "mine", headers=served.headers) as opened:
        yield opened


@pytest.fixture
async def other(local_server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """The desk of another person."""
    async with open_desk(
        local_server.url, data_dir=tmp_path / "other", headers=local_server.headers
    ) as opened:
        yield opened


async def asked(desk: Desk) -> Question:
    """Return a question of a new thread."""
    [question] = questions_of(desk, await start(desk, "revise", {"some_text": "a"}))
    return question


async def denied(exchange: Exchange) -> None:
    """Answer as a server that no longer accepts the key."""
    await exchange.answer(403)


async def test_a_thread_is_unsettled_until_its_outcome_is_known(desk: Desk) -> None:
    question = await asked(desk)
    seen: list[tuple[str, ...]] = []
    await desk.decide(question, Revise("b"), lambda _: seen.append(desk.unsettled))
    assert set(seen) == {(question.interrupt.thread_id,)}
    assert desk.unsettled == ()
    with pytest.raises(NoLongerWaits):
        await desk.decide(question, Revise("c"), ignore)
    assert desk.unsettled == ()


async def test_an_item_of_another_target_is_refused(desk: Desk) -> None:
    """A copy of the database there has the same threads."""
    question = await asked(desk)
    elsewhere = replace(question, interrupt=replace(question.interrupt, target="prod"))
    with pytest.raises(BadInput, match="target prod, not on http") as refused:
        await desk.decide(elsewhere, Revise("b"), ignore)
    assert refused.value.kept == "Nothing was sent."
    stop = stop_of(await start(desk, "breakpoints", {"text": "x"}))
    with pytest.raises(BadInput, match="target prod"):
        await desk.step(replace(stop, target="prod"), ignore)
    assert {each.event for each in await desk.log()} == {"start"}


async def test_a_copied_thread_goes_on_with_its_assistant(desk: Desk, server: Served) -> None:
    """It has no run of its own whose settings could be taken."""
    async with server.client() as http:
        made = await http.post("/assistants", json={"graph_id": "revise", "name": "another"})
        assistant = made.json()["assistant_id"]
        thread = (await http.post("/threads", json={})).json()["thread_id"]
        body = {"assistant_id": assistant, "input": {"some_text": "a"}}
        await http.post(f"/threads/{thread}/runs/wait", json=body)
        copied = (await http.post(f"/threads/{thread}/copy")).json()["thread_id"]
        [there] = questions_of(desk, await desk.thread(copied))
        outcome = await desk.decide(there, Revise("b"), ignore)
        [run] = (await http.get(f"/threads/{copied}/runs")).json()
        assert (await http.delete(f"/assistants/{assistant}")).is_success, "others use this server"
    assert outcome.kind is OutcomeKind.APPLIED
    assert outcome.thread is not None and outcome.thread.values == {"some_text": "b"}
    assert run["assistant_id"] == assistant


async def test_the_second_of_two_steps_on_a_copied_thread_is_refused(
    desk: Desk, other: Desk, server: Served, proxy: Proxy
) -> None:
    """No run was there when it was looked at, so nothing tells which one came first."""
    stop = stop_of(await start(desk, "breakpoints", {}))
    async with server.client() as http:
        copied = (await http.post(f"/threads/{stop.thread_id}/copy")).json()["thread_id"]
    mine, theirs = stop_of(await desk.thread(copied)), stop_of(await other.thread(copied))

    async def late(exchange: Exchange) -> None:
        assert (await other.step(theirs, ignore)).kind is OutcomeKind.APPLIED
        await pass_on(exchange)

    proxy.runs.append(late)
    with pytest.raises(NoLongerWaits, match="no longer at this breakpoint") as refused:
        await desk.step(mine, ignore)
    assert refused.value.kept == "Nothing was taken; what you typed is kept."


async def test_a_server_that_does_not_count_attempts(desk: Desk, proxy: Proxy) -> None:
    question = await asked(desk)

    async def uncounted(exchange: Exchange) -> None:
        _, body = await exchange.reply()
        assert body.count(b',"attempt":1') == 1
        await exchange.answer(
            200, body.replace(b',"attempt":1', b""), content_type="text/event-stream"
        )

    proxy.runs.append(uncounted)
    outcome = await desk.decide(question, Revise("b"), ignore)
    assert (outcome.kind, outcome.mismatches) == (OutcomeKind.APPLIED, ())


async def test_what_could_not_be_looked_at_is_not_sent(
    desk: Desk, other: Desk, proxy: Proxy
) -> None:
    question = await asked(other)
    await desk.graphs()
    proxy.others = denied
    with pytest.raises(Denied) as refused:
        await desk.decide(question, Revise("b"), ignore)
    assert refused.value.kept == "Nothing was sent; what you typed is kept."
    proxy.others = pass_on
    assert (await desk.thread(question.interrupt.thread_id)).waiting


async def test_a_faster_answer_is_told_although_the_thread_cannot_be_read(
    desk: Desk, other: Desk, proxy: Proxy
) -> None:
    question = await asked(desk)
    assert (await other.decide(question, Revise("theirs"), ignore)).kind is OutcomeKind.APPLIED
    proxy.after_the_next_run(denied)
    with pytest.raises(NoLongerWaits, match="^Another reviewer was faster: the thread has") as late:
        await desk.decide(question, Revise("mine"), ignore)
    assert late.value.kept == "Nothing was taken; what you typed is kept."
    assert (await desk.log())[0].outcome is OutcomeKind.REFUSED


async def test_an_outcome_that_cannot_be_recorded_is_told_all_the_same(
    desk: Desk, tmp_path: Path
) -> None:
    question = await asked(desk)
    [path] = (tmp_path / "mine").rglob("journal.sqlite")

    def damage(_: Progress) -> None:
        with closing(sqlite3.connect(path)) as journal, journal:
            journal.execute("DROP TABLE IF EXISTS decision")

    outcome = await desk.decide(question, Revise("b"), damage)
    assert outcome.kind is OutcomeKind.APPLIED
    assert "took it" in outcome.why and "This could not be recorded: The journal" in outcome.why


async def test_what_a_node_prints_is_told(desk: Desk) -> None:
    [graph] = [each for each in await desk.graphs() if each.graph_id == "printing"]
    told: list[Progress] = []
    await desk.start(graph, {"lines": 1}, told.append)
    printed = [(each.node, each.detail) for each in told if each.kind == "printed"]
    assert ("in_a_thread", "in a thread") in printed and ("many", "line 0") in printed


async def test_a_thread_without_a_run_in_progress_is_not_followed(desk: Desk) -> None:
    told: list[Progress] = []
    question = await asked(desk)
    thread = await desk.follow(question.interrupt.thread_id, told.append)
    assert (thread.status, told) == (ThreadStatus.INTERRUPTED, [])


async def test_what_is_not_sent_yet_is_taken_back_although_another_was_sent(
    desk: Desk,
) -> None:
    requests = [[(await asked(desk), Revise("b"))] for _ in range(3)]
    first, second, third = await desk.queue(requests, wait=timedelta(seconds=9))
    await desk.send_queued(second, ignore)
    assert not await desk.withdraw([first, second, third])
    assert not await desk.withdraw([first]) and not await desk.withdraw([third])
    [sent] = [each for each in await desk.log() if each.event == "answer"]
    assert sent.thread_id == requests[1][0][0].interrupt.thread_id


async def gone(exchange: Exchange) -> None:
    """Break the connection before the request is passed on."""


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (denied, "Nothing was taken; what you typed is kept."),
        (gone, "The server does not know the run; side effects are possible."),
    ],
)
async def test_a_second_step_that_fails_does_not_change_what_became_of_the_first(
    desk: Desk, proxy: Proxy, behaviour: Behaviour, error: str
) -> None:
    """The run stops before a node whose condition does not hold, and goes on from there by itself."""
    never = Breakpoints(before=("announce",), conditions=(("announce", "$.text == 'never'"),))
    desk.breakpoints.set("breakpoints", never)
    thread = thread_of(await desk.step(stop_of(await start(desk, "breakpoints", {})), ignore))
    proxy.runs += [pass_on, behaviour]
    outcome = await desk.step(stop_of(thread), ignore)
    assert (outcome.kind, outcome.why) == (OutcomeKind.APPLIED, "The run ended.")
    assert outcome.error is not None and error in outcome.error
    assert outcome.thread is not None and outcome.thread.next == ("announce",)


async def test_a_server_that_refuses_to_reopen_is_told(desk: Desk, proxy: Proxy) -> None:
    """A write into the state comes first; nothing else is sent where that is refused."""
    thread = await start(desk, "sticky", {})
    [question] = questions_of(desk, thread)
    failed = await desk.decide(question, Answer("bad"), ignore)
    assert failed.thread is not None
    [question] = questions_of(desk, failed.thread)
    for status, kind, hint in (
        (422, ServerRefused, "This server cannot reopen. Answer again, or run on a new thread."),
        (403, Denied, ""),
    ):

        async def refuse(exchange: Exchange, status: int = status) -> None:
            refuses = re.match(rb"POST \S+/state ", exchange.head)
            await (exchange.answer(status) if refuses else pass_on(exchange))

        proxy.others = refuse
        with pytest.raises(kind) as refused:
            await desk.reopen(question.interrupt, ignore)
        assert refused.value.kept == "Nothing was taken; what you typed is kept."
        assert hint in refused.value.hint
    proxy.others = pass_on
    assert (await desk.log())[0].outcome is OutcomeKind.REFUSED


async def test_a_server_that_is_away_gets_nothing(server: Served, tmp_path: Path) -> None:
    """No connection was made, so nothing can have arrived."""
    async with AsyncExitStack() as line:
        served = (await line.enter_async_context(proxy_of(server))).served
        async with open_desk(served.url, data_dir=tmp_path, headers=served.headers) as desk:
            question = await asked(desk)
            await line.aclose()
            with pytest.raises(Unreachable) as refused:
                await desk.decide(question, Revise("b"), ignore)
            assert refused.value.kept == "Nothing was taken; what you typed is kept."
            assert (await desk.log())[0].outcome is OutcomeKind.REFUSED


async def test_a_server_that_cannot_go_on_without_an_input_is_told(desk: Desk) -> None:
    """As `LangGraphServer.goes_on` finds; no server of these tests is one."""
    stop = stop_of(await start(desk, "breakpoints", {}))
    api = desk._session.api
    api.can = replace(api.can, goes_on="never")
    with pytest.raises(NotTaken, match="accepts no run without an input"):
        await desk.step(stop, ignore)
    assert {each.event for each in await desk.log()} == {"start"}


async def test_a_node_that_is_silent_for_long_is_waited_for(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream without events is left only if its run has ended."""
    monkeypatch.setattr(run_sender, "_QUIET_SECONDS", 0.1)
    trace = tmp_path / "trace"
    thread = await start(desk, "gated_effect", {"trace": str(trace), "seconds": 1})
    [question] = questions_of(desk, thread)
    outcome = await desk.decide(question, Answer("go"), ignore)
    assert (outcome.kind, trace.read_text()) == (OutcomeKind.APPLIED, "go\n")


async def test_runs_of_others_are_waited_for(desk: Desk, server: Served, tmp_path: Path) -> None:
    """As on a server that lets several answer a question: the last run counts."""
    given: JsonObject = {"trace": str(tmp_path / "trace"), "seconds": 1}
    [question] = questions_of(desk, await start(desk, "gated_effect", given))
    asked = question.interrupt
    resume = {"command": {"resume": {asked.interrupt_id: "go"}}, "assistant_id": asked.graph_id}
    async with server.client() as http:
        run = (await http.post(f"/threads/{asked.thread_id}/runs", json=resume)).json()
        await RunSender(desk._session).until_others_end(asked.thread_id)
        ended = await http.get(f"/threads/{asked.thread_id}/runs/{run['run_id']}")
    assert ended.json()["status"] == "success"
