"""The inbox while a server cannot be reached."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import Inbox
from tests.any_server.proxy import Exchange, pass_on, proxy_of
from tests.any_server.steps import start
from tests.server.processes import Served


async def gone(exchange: Exchange) -> None:
    """Break the connection at once."""


async def until_read(inboxes: AsyncIterator[Inbox], *, error: bool) -> Inbox:
    """Return the next complete inbox that has an error, or has none."""
    async with asyncio.timeout(60):
        async for inbox in inboxes:
            if bool(inbox.error) is error and (error or not inbox.unread):
                return inbox
    raise AssertionError("the inbox ended")


async def test_what_waits_is_kept_while_the_server_is_gone(
    desk: Desk, server: Served, tmp_path: Path
) -> None:
    thread_id = (await start(desk, "revise", {"some_text": "x"})).thread_id
    async with proxy_of(server) as proxy:
        url, data = proxy.served.url, tmp_path / "other journal"
        async with open_desk(url, data_dir=data, headers=server.headers) as other:
            inboxes = other.watch()
            before = await until_read(inboxes, error=False)
            proxy.others = gone
            without = await until_read(inboxes, error=True)
            assert thread_id in {item.thread_id for item in before.items}
            assert without.items == before.items
            later = (await start(desk, "revise", {"some_text": "y"})).thread_id
            proxy.others = pass_on
            after = await until_read(inboxes, error=False)
            assert later in {item.thread_id for item in after.items}
            await inboxes.aclose()
