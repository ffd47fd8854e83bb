"""The checkpoints of a thread: pages of them, and the thread as it was at each."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import NotThere
from hitl_engine.model import Answer, Checkpoint, ThreadStatus
from tests.any_server.steps import decide, start, step
from tests.server.processes import Served


@pytest.fixture
async def http(server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Another client of the server."""
    async with server.client() as client:
        yield client


async def whole_history(desk: Desk, thread_id: str, *, limit: int) -> list[Checkpoint]:
    """Return all checkpoints of a thread, read in pages of `limit`."""
    found: list[Checkpoint] = []
    while True:
        before = found[-1].checkpoint_id if found else ""
        page = await desk.history.page(thread_id, before=before, limit=limit)
        assert len(page.checkpoints) == limit or page.is_last
        found += page.checkpoints
        if page.is_last:
            return found


async def test_the_steps_of_a_thread(desk: Desk) -> None:
    thread = await step(desk, await start(desk, "breakpoints", {"text": "x"}))
    thread = await step(desk, thread)
    found = await whole_history(desk, thread.thread_id, limit=3)
    made = [(each.ran, each.next, each.wrote) for each in found if each.source != "fork"]
    assert made == [
        (("announce",), (), 'log: ["announced"]'),
        (("publish",), ("announce",), "log: [\"published 'X'\"]"),
        (("polish",), ("publish",), 'text: "X", log: ["polished"]'),
        (("draft",), ("polish",), 'text: "x", log: ["drafted"]'),
        ((), ("draft",), ""),
        ((), ("__start__",), 'text: "x"'),
    ]
    assert [each.source for each in found if each.source != "fork"] == ["loop"] * 5 + ["input"]
    assert [each.parent_id for each in found] == [*(each.checkpoint_id for each in found[1:]), ""]
    assert found[0].checkpoint_id == thread.checkpoint_id
    assert all(each.at for each in found)


async def test_each_moment_is_the_state_of_its_checkpoint(
    desk: Desk, http: httpx.AsyncClient
) -> None:
    thread = await step(desk, await start(desk, "breakpoints", {"text": "x"}))
    for checkpoint in await whole_history(desk, thread.thread_id, limit=2):
        path = f"/threads/{thread.thread_id}/state/{checkpoint.checkpoint_id}"
        state: Any = (await http.get(path)).json()
        moment = await desk.history.moment(thread.thread_id, checkpoint.checkpoint_id)
        assert (moment.values, list(moment.next)) == (state["values"], state["next"])
        assert moment.checkpoint_id == state["checkpoint"]["checkpoint_id"]
        assert (moment.graph_id, moment.waiting) == ("breakpoints", ())


async def test_who_answered_a_question_is_in_the_history(desk: Desk) -> None:
    thread = await start(desk, "revise", {"some_text": "x"})
    [asked] = [each for each in await whole_history(desk, thread.thread_id, limit=9) if each.asked]
    assert (asked.asked, asked.next) == (("human_node",), ("human_node",))
    done = await decide(desk, thread, Answer("y"))
    assert done.status is ThreadStatus.DONE
    newest, *_ = (await desk.history.page(thread.thread_id)).checkpoints
    assert (newest.ran, newest.who) == (("human_node",), (await desk.log())[0].who)


async def test_a_checkpoint_that_is_not_there(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    with pytest.raises(NotThere, match="has no checkpoint"):
        await desk.history.moment(thread.thread_id, "1f1ec249-f054-6443-8001-07ce2466482f")
