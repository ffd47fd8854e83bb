"""The feed of changes: an inbox hears of every change once it is on disk, and need not poll."""

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

Told = tuple[str, str, list[str]]
"""(event, id, threads)"""


@pytest.fixture
async def http(engine_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared engine."""
    async with engine_server.client() as client:
        yield client


@asynccontextmanager
async def listening(http: httpx.AsyncClient, last: str = "") -> AsyncIterator[AsyncIterator[Told]]:
    """Listen to the feed, after the event `last` if one is given."""

    async def told(lines: AsyncIterator[str]) -> AsyncGenerator[Told]:
        fields: dict[str, Any] = {}
        async for line in lines:
            name, _, value = line.partition(": ")
            fields[name] = value
            if name == "data":
                yield fields["event"], fields["id"], json.loads(value)["threads"]

    headers = {"last-event-id": last} if last else {}
    async with (
        asyncio.timeout(30),
        http.stream("GET", "/threads/changes", headers=headers) as reply,
    ):
        assert reply.status_code == 200
        async with aclosing(told(reply.aiter_lines())) as events:
            yield events


@asynccontextmanager
async def watching(desk: Desk) -> AsyncIterator[AsyncIterator[Inbox]]:
    """Watch the inbox, and end that at the end of the block."""
    looks = desk.watch()
    assert isinstance(looks, AsyncGenerator)
    async with aclosing(looks):
        yield looks


async def until(told: AsyncIterator[Told], thread_id: str) -> Told:
    """Return the first event that names a thread."""
    async for event in told:
        if thread_id in event[2]:
            return event
    raise AssertionError("the feed ended")


async def test_changes_are_told_when_they_can_be_read(http: httpx.AsyncClient) -> None:
    async with listening(http) as told:
        assert (await anext(told))[0] == "reset"
        thread_id = await thread(http)
        assert (await until(told, thread_id))[0] == "change"
        await wait(http, thread_id, "revise", input={"some_text": "x"})
        while (await http.get(f"/threads/{thread_id}")).json()["status"] != "interrupted":
            await until(told, thread_id)
        await http.delete(f"/threads/{thread_id}")
        await until(told, thread_id)


async def test_who_comes_back_hears_what_was_missed(http: httpx.AsyncClient) -> None:
    async with listening(http) as told:
        _, last, _ = await anext(told)
    missed = [await thread(http) for _ in range(3)]
    async with listening(http, last) as told:
        event, _, threads = await anext(told)
    assert event == "change"
    assert set(missed) <= set(threads)


@pytest.mark.parametrize("last", ["nonsense", "-1", "abc-5", "0" * 32 + "-3"])
async def test_who_comes_from_elsewhere_looks_at_everything(
    http: httpx.AsyncClient, last: str
) -> None:
    async with listening(http, last) as told:
        assert (await anext(told))[0] == "reset"


async def test_the_inbox_does_not_wait_for_its_turn_to_look(
    http: httpx.AsyncClient,
    engine_server: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox_watch, "_LOOK_SECONDS", 3600.0)
    async with (
        asyncio.timeout(30),
        open_desk(engine_server.url, data_dir=tmp_path, headers=engine_server.headers) as desk,
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
