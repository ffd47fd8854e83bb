"""`NodeInterrupt`, as LangChain Academy teaches it: nodes stop, and no answer reaches them.

LangGraph gives each of them the id `placeholder-id`; a run without input runs the nodes again.
"""

import httpx
import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import NoLongerWaits, StillWaits
from hitl_engine.model import Breakpoint, OutcomeKind, ThreadStatus
from hitl_tui.shell.lookup import find_interrupt

from .test_questions_of_a_thread import Trace, asked, decide, questions, trace

__all__ = ["trace"]


async def stopped(desk: Desk, graph: str, trace: Trace) -> Breakpoint:
    thread = await asked(desk, graph, trace, seconds=5)
    assert thread.status is ThreadStatus.BREAKPOINT
    (stop,) = thread.waiting
    assert isinstance(stop, Breakpoint) and stop in (await desk.inbox()).items
    return stop


async def test_it_is_a_stop_that_runs_its_node_again(
    desk: Desk, http: httpx.AsyncClient, trace: Trace
) -> None:
    stop = await stopped(desk, "checking", trace)
    assert (stop.when, stop.node, stop.next) == ("in", "node", ("node",))
    assert stop.reason == "too long: 5"
    stepped = await desk.step(stop, lambda _: None)
    assert (stepped.kind, trace.since()["check"]) == (OutcomeKind.UNMOVED, 1)
    assert stepped.why.endswith("node ran, and stopped again.")
    assert (await desk.log())[0].outcome is OutcomeKind.UNMOVED
    body = {"values": {"seconds": 0}}
    (await http.post(f"/threads/{stop.thread_id}/state", json=body)).raise_for_status()
    (changed,) = (await desk.thread(stop.thread_id)).waiting
    assert isinstance(changed, Breakpoint) and changed.when == "before"
    done = await desk.step(changed, lambda _: None)
    assert done.thread is not None
    assert (done.kind, done.thread.status) == (OutcomeKind.APPLIED, ThreadStatus.DONE)


async def test_two_of_them_are_one_stop(desk: Desk, trace: Trace) -> None:
    """They have one id, and this is no sign of an old langgraph."""
    stop = await stopped(desk, "checking_twice", trace)
    assert (stop.when, stop.node) == ("in", "check_length, check_sums")
    assert stop.reason.splitlines() == [
        "check_length: too long: 5",
        'check_sums: {"sum": "too large"}',
    ]
    thread = await desk.thread(stop.thread_id)
    with pytest.raises(NoLongerWaits, match="NodeInterrupt, which takes no answer"):
        find_interrupt(desk, thread, "placeholder-id")
    graph = next(each for each in await desk.graphs() if each.graph_id == "checking_twice")
    with pytest.raises(StillWaits, match="breakpoint, in check_length, check_sums"):
        await desk.start(graph, {}, lambda _: None, thread_id=stop.thread_id)


async def test_a_question_beside_it_is_answered(desk: Desk, trace: Trace) -> None:
    thread = await asked(desk, "checking_and_asking", trace, seconds=5)
    (question,) = questions(desk, thread).values()
    assert question.interrupt.payload == {"asks": "beside"}
    assert question.interrupt.remark.endswith("run again with an answer: check_length: too long: 5")
    (outcome,), after = await decide(desk, thread, {"beside": "yes"})
    assert outcome.kind is OutcomeKind.APPLIED
    (stop,) = after.waiting
    assert isinstance(stop, Breakpoint) and (stop.when, stop.node) == ("in", "check_length")
