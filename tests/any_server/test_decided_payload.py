"""A node learns whether its answer was given to the payload that it asks with, on real servers."""

from typing import Any

import pytest

from hitl_engine.desk import Desk
from hitl_engine.model import Answer, JsonValue, Question, ThreadView
from tests.any_server.steps import ignore, questions_of, start
from tests.server.processes import Served

pytestmark = pytest.mark.parametrize(
    "server", ["local_server", "langgraph_dev", "aegra"], indirect=True
)


def said(thread: ThreadView) -> dict[str, list[str]]:
    """Return what each place found, for each of its questions."""
    assert isinstance(thread.values, dict)
    found: Any = thread.values["said"]
    return {place: results for place, *results in found}


async def answer(desk: Desk, questions: list[Question], answer: JsonValue) -> ThreadView:
    await desk.decide_all([(each, Answer(answer)) for each in questions], ignore)
    return await desk.thread(questions[0].interrupt.thread_id)


async def test_the_node_knows_what_was_decided(desk: Desk) -> None:
    """Also of answers that earlier runs gave: those of the node itself, and those beside it."""
    thread = await start(desk, "decided_everywhere", {})
    thread = await answer(desk, questions_of(desk, thread)[:1], "yes")
    while thread.waiting:
        thread = await answer(desk, questions_of(desk, thread), "yes")
    assert said(thread) == {
        **{place: ["match", "match"] for place in ("node", "subgraph", "called subgraph")},
        **{place: ["match"] for place in ("sent 1", "sent 2")},
        "changing": ["mismatch"],
    }


async def test_what_another_client_answered_is_not_known(desk: Desk, server: Served) -> None:
    thread = await start(desk, "decided_twice", {})
    [first] = thread.waiting
    async with server.client() as other:
        reply = await other.post(
            f"/threads/{thread.thread_id}/runs/wait",
            json={"assistant_id": "decided_twice", "command": {"resume": "yes"}},
        )
    assert reply.status_code == 200, reply.text
    thread = await desk.thread(thread.thread_id)
    assert thread.waiting != (first,)
    thread = await answer(desk, questions_of(desk, thread), "yes")
    assert said(thread) == {"node": ["not known", "match"]}
