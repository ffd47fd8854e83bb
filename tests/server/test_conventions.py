"""Every sample answered in every way, over HTTP: the value arrives with its type on both servers."""

from typing import Any

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import NotTaken
from hitl_engine.model import (
    Answer,
    Approve,
    Decision,
    Edit,
    Graph,
    Interrupt,
    OutcomeKind,
    Reject,
    Respond,
    ThreadStatus,
    ThreadView,
    ToolCalls,
    Verdict,
    Verdicts,
)
from tests.engine.test_payload_sources import SAMPLES, WRITE
from tests.server.conftest import on_local_server


async def stopped(desk: Desk, graph_id: str, given: Any) -> ThreadView:
    """Run a graph to its questions."""
    graph: Graph = next(each for each in await desk.graphs() if each.graph_id == graph_id)
    outcome = await desk.start(graph, given, lambda _: None)
    assert outcome.thread is not None and outcome.thread.status is ThreadStatus.INTERRUPTED
    return outcome.thread


async def answered(desk: Desk, asked: Interrupt, decision: Decision) -> ThreadView:
    outcome = await desk.decide(desk.reviews.question(asked), decision, lambda _: None)
    assert (outcome.kind, outcome.error) == (OutcomeKind.APPLIED, None)
    assert outcome.mismatches == ()
    assert outcome.thread is not None
    return outcome.thread


@pytest.mark.parametrize(("sample", "given", "decision", "expected"), SAMPLES)
async def test_every_sample_accepts_every_decision(
    desk: Desk, sample: str, given: Any, decision: Decision, expected: dict[str, Any]
) -> None:
    thread = await stopped(desk, sample, given)
    (asked,) = thread.waiting
    assert isinstance(asked, Interrupt)
    done = await answered(desk, asked, decision)
    assert done.status is ThreadStatus.DONE
    assert isinstance(done.values, dict)
    assert repr({key: done.values[key] for key in expected}) == repr(expected)


@pytest.mark.parametrize(
    ("verdict", "result"),
    [
        (Approve(), "mode 644."),
        (Edit({**WRITE, "mode": 600}), "mode 600."),
        (Reject("Keep it."), "with reason: Keep it."),
        (Respond("It exists."), "It exists."),
    ],
)
async def test_approvals_are_answered_one_by_one(desk: Desk, verdict: Verdict, result: str) -> None:
    """Each has a schema, which lists the allowed decisions."""
    message = {"role": "user", "content": "Tidy up."}
    thread = await stopped(desk, "tool_approval", {"messages": [message]})
    for asked in thread.waiting:
        assert isinstance(asked, Interrupt)
        review = desk.reviews.question(asked).review
        assert isinstance(review, ToolCalls)
        (call,) = review.calls
        its_own = verdict if call.name == "write_file" else Reject()
        assert its_own.kind in call.allowed
        thread = await answered(desk, asked, Verdicts((its_own,)))
    assert thread.status is ThreadStatus.DONE
    assert result in str(thread.values)


@on_local_server
@pytest.mark.parametrize("mode", ["batched", "per_call"])
async def test_a_rejected_call_that_runs_is_a_mismatch(desk: Desk, mode: str) -> None:
    """S36, B24: the middleware calls its `when` again on resuming, and then gets another result."""
    message = {"role": "user", "content": "Tidy up."}
    thread = await stopped(desk, f"flipping_{mode}", {"messages": [message]})
    (asked,) = thread.waiting
    assert isinstance(asked, Interrupt)
    rejected = Verdicts((Reject("Keep it."),))
    outcome = await desk.decide(desk.reviews.question(asked), rejected, lambda _: None)
    mismatch = "delete_file: rejected, but it has a result as if it had run: “Deleted old.md.”"
    assert (outcome.kind, outcome.mismatches) == (OutcomeKind.APPLIED, (mismatch,))
    assert (await desk.log())[0].mismatches == (mismatch,)


@on_local_server
async def test_a_rejected_call_of_a_batch_does_not_run(desk: Desk) -> None:
    """There is no mismatch, also not for the approved call."""
    message = {"role": "user", "content": "Tidy up."}
    thread = await stopped(desk, "tool_agent", {"messages": [message]})
    (asked,) = thread.waiting
    assert isinstance(asked, Interrupt)
    await answered(desk, asked, Verdicts((Approve(), Reject())))


async def test_an_invalid_answer_is_not_sent(desk: Desk) -> None:
    """S25: the node would fail on it every time. The question still waits, and accepts another."""
    thread = await stopped(desk, "js_tool_calls", {})
    (asked,) = thread.waiting
    assert isinstance(asked, Interrupt)
    with pytest.raises(NotTaken, match="exactly 2 items"):
        await answered(desk, asked, Answer({"decisions": [{"type": "approve"}]}))
    done = await answered(desk, asked, Verdicts((Approve(), Approve())))
    assert done.status is ThreadStatus.DONE
