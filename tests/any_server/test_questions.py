"""Questions that are asked together: parallel nodes, subgraphs, `Send`, and the calls of an agent."""

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import NotTaken
from hitl_engine.model import (
    Answer,
    Approve,
    Edit,
    Interrupt,
    JsonObject,
    Reject,
    Respond,
    ThreadStatus,
    ThreadView,
    ToolCalls,
    Verdict,
    Verdicts,
)
from tests.any_server.steps import decide, ignore, questions_of, start

HELLO: JsonObject = {"messages": [{"role": "user", "content": "hi"}]}


async def test_parallel_nodes_are_answered_at_once(desk: Desk) -> None:
    thread = await start(desk, "parallel", {"proposal": "a bigger office"})
    assert {item.node for item in thread.waiting if isinstance(item, Interrupt)} == {
        "legal",
        "finance",
    }
    done = await decide(desk, thread, Answer("yes"), Answer("yes"))
    assert isinstance(done.values, dict)
    assert done.values["verdict"] == "finance: yes; legal: yes"


async def test_parallel_nodes_are_answered_one_by_one(desk: Desk) -> None:
    thread = await start(desk, "parallel", {"proposal": "a bigger office"})
    first, second = questions_of(desk, thread)
    await desk.decide(first, Answer("one"), ignore)
    thread = await desk.thread(thread.thread_id)
    [left] = questions_of(desk, thread)
    assert left.interrupt.node == second.interrupt.node
    done = await decide(desk, thread, Answer("two"))
    assert isinstance(done.values, dict)
    assert f"{first.interrupt.node}: one" in str(done.values["verdict"])
    assert f"{second.interrupt.node}: two" in str(done.values["verdict"])


async def test_a_node_of_a_subgraph_is_answered(desk: Desk) -> None:
    thread = await start(desk, "subgraph", {"order": "two desks"})
    [asked] = thread.waiting
    assert isinstance(asked, Interrupt)
    assert await desk.places(thread) == {asked.interrupt_id: ("approval", "ask")}
    done = await decide(desk, thread, Answer("Grace"))
    assert isinstance(done.values, dict)
    assert done.values["receipt"] == "two desks, approved by Grace"


async def test_the_tasks_of_send_are_answered_in_their_order(desk: Desk) -> None:
    thread = await start(desk, "sent_five", {})
    payloads = [question.interrupt.payload for question in questions_of(desk, thread)]
    done = await decide(desk, thread, *(Answer(payload) for payload in payloads))
    assert done.status is ThreadStatus.DONE
    assert isinstance(done.values, dict)
    said = done.values["said"]
    assert isinstance(said, list)
    assert len(said) == 5


@pytest.mark.parametrize(
    ("verdict", "result"),
    [
        (Approve(), "done"),
        (
            Edit({"to": "ada@example.com", "subject": "Tuesday", "body": "At 11."}),
            "Tuesday",
        ),
        (Reject("not now"), "not done"),
        (Respond("it was sent yesterday"), "it was sent yesterday"),
    ],
    ids=["approve", "edit", "reject", "respond"],
)
async def test_two_calls_of_an_agent_are_decided(desk: Desk, verdict: Verdict, result: str) -> None:
    thread = await start(desk, "tool_agent", HELLO)
    [question] = questions_of(desk, thread)
    assert isinstance(question.review, ToolCalls)
    if verdict.kind not in question.review.calls[0].allowed:
        pytest.skip(f"the middleware of this server has no {verdict.kind}")
    done = await decide(desk, thread, Verdicts((verdict, Approve())))
    assert done.status is ThreadStatus.DONE
    assert result in last_message(done)


async def test_a_wrong_count_of_verdicts_is_refused(desk: Desk) -> None:
    thread = await start(desk, "tool_agent", HELLO)
    [question] = questions_of(desk, thread)
    with pytest.raises(NotTaken):
        await desk.decide(question, Verdicts((Approve(),)), ignore)
    assert (await desk.thread(thread.thread_id)).waiting == thread.waiting


def last_message(thread: ThreadView) -> str:
    assert isinstance(thread.values, dict)
    messages = thread.values["messages"]
    assert isinstance(messages, list)
    return str(messages[-1])
