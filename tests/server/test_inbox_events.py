"""What happens to items of a real server is told once, also after the reader started again."""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import Answer, InboxEvent
from tests.server.conftest import on_local_server
from tests.server.processes import Served
from tests.server.test_answerers import START, asked

pytestmark = on_local_server


async def told(desk: Desk, state: Path, thread_id: str, since: str = "") -> list[InboxEvent]:
    """Return the events of one thread that a reader is told who starts now."""
    found: list[InboxEvent] = []
    async with desk.inbox_events(state) as events:
        async for batch in events.follow(once=True, since=since or None):
            found += [event for event in batch if event.item.thread_id == thread_id]
            await events.told(batch[-1])
    return found


@asynccontextmanager
async def another_desk(served: Served, folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(served.url, data_dir=folder, headers=served.headers) as desk:
        yield desk


async def test_a_reader_that_starts_again_is_told_what_happened_meanwhile(
    desk: Desk, served: Served, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    question = await asked(desk, "revise", START)
    thread_id = question.interrupt.thread_id
    (waits,) = await told(desk, state, thread_id)
    assert (waits.kind, waits.item) == ("waiting", question.interrupt)
    async with another_desk(served, tmp_path / "journal") as again:
        assert await told(again, state, thread_id) == []
        await again.decide(question, Answer("yes"), lambda _: None)
        (answered,) = await told(again, state, thread_id)
        assert (answered.kind, answered.by) == ("answered", getpass.getuser())
        assert answered.thread_status == "done"
        assert await told(again, state, thread_id) == []
        assert await told(again, state, thread_id, since=waits.cursor) == [answered]


async def test_an_item_of_a_deleted_thread_is_gone(
    desk: Desk, served: Served, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    question = await asked(desk, "revise", START)
    thread_id = question.interrupt.thread_id
    await told(desk, state, thread_id)
    await desk.threads.delete(thread_id)
    async with another_desk(served, tmp_path / "journal") as again:
        (gone,) = await told(again, state, thread_id)
    assert (gone.kind, gone.thread_status, gone.by) == ("gone", "deleted", "")


async def test_what_waits_already_is_left_out_on_request(desk: Desk, tmp_path: Path) -> None:
    question = await asked(desk, "revise", START)
    async with desk.inbox_events(tmp_path / str(uuid4())) as events:
        assert [batch async for batch in events.follow(once=True, from_now=True)] == []
        other = await asked(desk, "revise", START)
        batches = [batch async for batch in events.follow(once=True)]
    (new,) = [event for batch in batches for event in batch]
    assert new.item == other.interrupt != question.interrupt
