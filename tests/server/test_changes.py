"""The feed of changes: it reports every change once it is on disk, so that no inbox has to poll."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import Inbox
from hitl_engine.reading import inbox_watch
from tests.server.processes import Served
from tests.server.test_contract import thread, wait

FeedEvent = tuple[str, str, list[str]]
"""(event, id, threads)"""


@pytest.fixture
async def http(local_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared server."""
    async with local_server.client() as client:
        yield client


@asynccontextmanager
async def listening(
    http: httpx.AsyncClient, last: str = ""
) -> AsyncIterator[AsyncIterator[FeedEvent]]:
    """Read the feed, after the event `last` if it is given."""

    async def feed(lines: AsyncIterator[str]) -> AsyncGenerator[FeedEvent]:
        fields: dict[str, Any] = {}
        async for line in lines:
            name, _, value = line.partition(": ")
            fields[name] = value
            if name == "data" and fields["event"] != "presence":
                yield fields["event"], fields["id"], json.loads(value)["threads"]

    headers = {"last-event-id": last} if last else {}
    async with (
        asyncio.timeout(30),
        http.stream("GET", "/threads/changes", headers=headers) as reply,
    ):
        assert reply.status_code == 200
        async with aclosing(feed(reply.aiter_lines())) as events:
            yield events


@asynccontextmanager
async def watching(desk: Desk) -> AsyncIterator[AsyncIterator[Inbox]]:
    """Watch the inbox for the length of a block."""
    async with aclosing(desk.watch()) as looks:
        yield looks


async def until(feed: AsyncIterator[FeedEvent], thread_id: str) -> FeedEvent:
    """Return the first event with a thread."""
    async for event in feed:
        if thread_id in event[2]:
            return event
    raise AssertionError("the feed ended")


async def test_changes_are_sent_when_they_can_be_read(http: httpx.AsyncClient) -> None:
    async with listening(http) as feed:
        assert (await anext(feed))[0] == "reset"
        thread_id = await thread(http)
        assert (await until(feed, thread_id))[0] == "change"
        await wait(http, thread_id, "revise", input={"some_text": "x"})
        while (await http.get(f"/threads/{thread_id}")).json()["status"] != "interrupted":
            await until(feed, thread_id)
        await http.delete(f"/threads/{thread_id}")
        await until(feed, thread_id)


async def test_a_client_that_reconnects_gets_missed_changes(http: httpx.AsyncClient) -> None:
    async with listening(http) as feed:
        _, last, _ = await anext(feed)
    missed = [await thread(http) for _ in range(3)]
    async with listening(http, last) as feed:
        event, _, threads = await anext(feed)
    assert event == "change"
    assert set(missed) <= set(threads)


@pytest.mark.parametrize("last", ["nonsense", "-1", "abc-5", "0" * 32 + "-3"])
async def test_a_client_of_another_process_gets_a_reset(http: httpx.AsyncClient, last: str) -> None:
    async with listening(http, last) as feed:
        assert (await anext(feed))[0] == "reset"


async def test_the_inbox_reads_at_once_after_a_change(
    http: httpx.AsyncClient,
    local_server: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox_watch, "_LOOK_SECONDS", 3600.0)
    async with (
        asyncio.timeout(30),
        open_desk(local_server.url, data_dir=tmp_path, headers=local_server.headers) as desk,
        watching(desk) as watch,
    ):
        await anext(watch)
        thread_id = await thread(http)
        await wait(http, thread_id, "revise", input={"some_text": "x"})
        async for inbox in watch:
            if any(item.thread_id == thread_id for item in inbox.items):
                break
        await http.delete(f"/threads/{thread_id}")
        async for inbox in watch:
            if all(item.thread_id != thread_id for item in inbox.items):
                break
