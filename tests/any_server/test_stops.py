"""Breakpoints, to the end of the run; and a question that is stuck on an answer."""

from collections.abc import AsyncIterator

import httpx
import pytest

from hitl_engine.desk import Desk
from hitl_engine.model import Answer, Breakpoints, Capability, OutcomeKind, ThreadStatus
from tests.any_server.console import Console
from tests.any_server.steps import decide, ignore, questions_of, start, step, stop_of
from tests.server.processes import Served


@pytest.fixture
async def http(server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Another client of the server."""
    async with server.client() as client:
        yield client


async def test_breakpoints_of_a_graph_are_stepped_past(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "an early thought"})
    assert (stop_of(thread).when, stop_of(thread).node) == ("after", "draft")
    [listed] = [each for each in (await desk.inbox()).items if each.thread_id == thread.thread_id]
    assert listed == stop_of(thread)
    thread = await step(desk, thread)
    assert (stop_of(thread).when, stop_of(thread).node) == ("before", "publish")
    done = await step(desk, thread)
    assert done.status is ThreadStatus.DONE
    assert isinstance(done.values, dict)
    assert done.values["log"] == [
        *("drafted", "polished"),
        *("published 'An early thought'", "announced"),
    ]


async def test_breakpoints_of_a_run_hold_to_its_end(desk: Desk) -> None:
    stops = Breakpoints(before=("announce",), after=("polish",))
    thread = await start(desk, "breakpoints", {"text": "x"}, stops)
    passed = []
    while thread.status is ThreadStatus.BREAKPOINT:
        passed.append((stop_of(thread).when, stop_of(thread).node))
        thread = await step(desk, thread)
    assert thread.status is ThreadStatus.DONE
    assert passed == [("after", "draft"), ("after", "polish"), ("before", "announce")]


async def test_breakpoints_on_a_graph_stop_every_run_until_they_are_removed(desk: Desk) -> None:
    desk.breakpoints.set("breakpoints", Breakpoints(before=("announce",), after=("polish",)))
    thread = await start(desk, "breakpoints", {"text": "x"})
    assert (stop_of(thread).when, stop_of(thread).node) == ("after", "draft")
    thread = await step(desk, thread)
    assert (stop_of(thread).when, stop_of(thread).node) == ("after", "polish")
    desk.breakpoints.set("breakpoints", Breakpoints(before=("publish",)))
    assert (await step(desk, thread)).status is ThreadStatus.DONE


@pytest.mark.hardening
def test_breakpoints_are_stepped_past_in_the_shell(console: Console) -> None:
    run = console.run("run", "breakpoints", "--input", "{}", "--interrupt-before", "announce")
    thread_id = run["thread_id"]
    assert console.run("show", thread_id)["breakpoint"]["node"] == "draft"
    assert console.run("step", thread_id)["breakpoint"]["node"] == "publish"
    assert console.run("step", thread_id)["breakpoint"]["node"] == "announce"
    assert console.run("step", thread_id)["status"] == "done"


async def test_a_stuck_question_is_reopened(desk: Desk) -> None:
    thread = await start(desk, "stuck", {"order": "four chairs"})
    [question] = questions_of(desk, thread)
    failed = await desk.decide(question, Answer("a few"), ignore)
    assert failed.kind is OutcomeKind.UNKNOWN
    assert failed.error is not None and "invalid literal" in failed.error
    thread = await desk.thread(thread.thread_id)
    [question] = questions_of(desk, thread)
    reopened = await desk.reopen(question.interrupt, ignore)
    assert reopened.kind is OutcomeKind.APPLIED, reopened
    assert reopened.thread is not None
    done = await decide(desk, reopened.thread, Answer("3"))
    assert isinstance(done.values, dict)
    assert done.values["receipt"] == "four chairs in 3 boxes"


async def test_a_question_whose_node_raised_still_waits(desk: Desk) -> None:
    thread = await start(desk, "stuck", {})
    [question] = questions_of(desk, thread)
    await desk.decide(question, Answer("a few"), ignore)
    assert thread.thread_id in [each.thread_id for each in (await desk.inbox()).items]


async def test_a_thread_whose_answers_were_forgotten_is_stepped(
    desk: Desk, http: httpx.AsyncClient
) -> None:
    """As after a reopening of which only the first half arrived."""
    thread = await start(desk, "stuck", {"order": "four chairs"})
    [question] = questions_of(desk, thread)
    await desk.decide(question, Answer("a few"), ignore)
    written = await http.post(
        f"/threads/{thread.thread_id}/state", json={"values": None, "as_node": "__copy__"}
    )
    assert written.status_code == 200, written.text
    thread = await desk.thread(thread.thread_id)
    assert (stop_of(thread).node, thread.error) == ("count", None)
    asked = await step(desk, thread)
    assert questions_of(desk, asked)[0].interrupt.payload == question.interrupt.payload


async def test_a_step_past_unknown_breakpoints_is_confirmed(
    desk: Desk, http: httpx.AsyncClient, console: Console
) -> None:
    """Where the server does not tell with which breakpoints another client started a run."""
    created = await http.post("/threads", json={"metadata": {"graph_id": "breakpoints"}})
    thread_id = created.json()["thread_id"]
    run = {"assistant_id": "breakpoints", "input": {}, "interrupt_before": ["draft", "publish"]}
    await http.post(f"/threads/{thread_id}/runs/wait", json=run)
    stop = stop_of(await desk.thread(thread_id))
    if not desk.server.lack(Capability.TELL_BREAKPOINTS):
        assert stop.caution == ""
        return
    assert "Another client started this run" in stop.caution
    refused = console.run("step", thread_id, code=4)
    assert stop.caution in refused["error"]
    assert console.run("step", thread_id, "--yes")["outcome"] == "applied"
    assert stop_of(await desk.thread(thread_id)).caution == ""
