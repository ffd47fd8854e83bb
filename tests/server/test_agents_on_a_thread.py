"""What the messages of a thread tell about its questions: with real agents, on both servers."""

from typing import Any

from hitl_engine.desk import Desk
from hitl_engine.model import (
    Interrupt,
    OutcomeKind,
    Reject,
    RejectedCall,
    Respond,
    RunningCall,
    ThreadStatus,
    Verdict,
    Verdicts,
)
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.text.item_summary import item_line

from .test_questions_of_a_thread import asked

HELLO: Any = {"messages": [{"role": "user", "content": "hi"}]}


async def test_questions_of_agents_in_tools_name_their_tool_calls(desk: Desk) -> None:
    """Both ask the same in a node `tools`; a third call, which asks nothing, has finished."""
    thread = await asked(desk, "sub_agents", **HELLO)
    questions = [item for item in thread.waiting if isinstance(item, Interrupt)]
    assert [(each.node, each.tool_call) for each in questions] == [
        ("tools", RunningCall("research", {"topic": "cats"})),
        ("tools", RunningCall("research", {"topic": "dogs"})),
    ]
    shown = ThreadState(desk.reviews)
    assert [shown.location_of(each) for each in questions] == [
        'tools: research(topic="cats")',
        'tools: research(topic="dogs")',
    ]
    assert item_line(desk.reviews.question(questions[1])) == (
        'research(topic="dogs") asks: Which source may I use?'
    )
    listed = [item for item in (await desk.inbox()).items if item.thread_id == thread.thread_id]
    assert listed == questions
    assert [each.tool_call for each in listed if isinstance(each, Interrupt)] == [
        each.tool_call for each in questions
    ]


async def test_the_approval_of_a_call_is_not_asked_by_that_call(desk: Desk) -> None:
    thread = await asked(desk, "tool_approval", **HELLO)
    questions = [item for item in thread.waiting if isinstance(item, Interrupt)]
    assert questions and not any(each.tool_call for each in questions)


async def test_a_call_that_was_rejected_before_is_noted_with_the_ways_out(desk: Desk) -> None:
    thread = await asked(desk, "stubborn", **HELLO)
    for count, times in enumerate(("", "once", "2 times", "3 times")):
        (item,) = thread.waiting
        assert isinstance(item, Interrupt)
        question = desk.reviews.question(item)
        if count:
            assert item.rejected == (RejectedCall("delete", {"path": "a.txt"}, count),)
            (note,) = question.review.notes
            assert f"delete: the same call, rejected {times} here." in note
            assert "respond" in note and "leave it" in note
        else:
            assert (item.rejected, question.review.notes) == ((), ())
        verdict: Verdict = Reject("no") if count < 3 else Respond("It is gone already.")
        outcome = await desk.decide(question, Verdicts((verdict,)), lambda _: None)
        assert outcome.kind is OutcomeKind.APPLIED and outcome.thread is not None
        thread = outcome.thread
    assert thread.status is ThreadStatus.DONE
