"""The store: items that are not part of a thread, in a SQLite file next to the database.

It is LangGraph's own `AsyncSqliteStore`, which begins a transaction, waits, and commits. In the
same file as the checkpoints, its transactions and those of our writing connection, which block the
event loop, could wait for each other forever.
"""

import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import aiosqlite
from langgraph.store.base import Item, Op, Result, SearchItem, TTLConfig
from langgraph.store.sqlite import AsyncSqliteStore

from hitl_server.errors import StartFailed
from hitl_server.event_loops import on_loop
from hitl_server.private_files import private_file

_TTL = ("default_ttl", "refresh_on_read", "sweep_interval_minutes")
_SWEEP_INTERVAL = 5
"""Default minutes between two searches for expired items."""


class Items(AsyncSqliteStore):
    """LangGraph's store, also for nodes that run coroutines on an event loop of their own."""

    async def aget(self, *args: Any, **kwargs: Any) -> Item | None:
        """Return an item."""
        return await on_loop(self._loop, super().aget(*args, **kwargs))

    async def asearch(self, *args: Any, **kwargs: Any) -> list[SearchItem]:
        """Return the items that match."""
        return await on_loop(self._loop, super().asearch(*args, **kwargs))

    async def aput(self, *args: Any, **kwargs: Any) -> None:
        """Write an item."""
        await on_loop(self._loop, super().aput(*args, **kwargs))

    async def adelete(self, *args: Any, **kwargs: Any) -> None:
        """Delete an item."""
        await on_loop(self._loop, super().adelete(*args, **kwargs))

    async def alist_namespaces(self, *args: Any, **kwargs: Any) -> list[tuple[str, ...]]:
        """Return the namespaces that match."""
        return await on_loop(self._loop, super().alist_namespaces(*args, **kwargs))

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Run several operations."""
        return await on_loop(self._loop, super().abatch(ops))


class Store:
    """The open file; graphs and routes use `items`."""

    def __init__(self, items: Items, connection: aiosqlite.Connection) -> None:
        self.items = items
        self._connection = connection

    @classmethod
    async def open(cls, path: Path, settings: Mapping[str, Any]) -> "Store":
        """Open or create the file, mode 0600; `settings` is `store` of a langgraph.json.

        Of it, `ttl` is used: `default_ttl` and `sweep_interval_minutes` in minutes, and
        `refresh_on_read`. Raises `StartFailed`.
        """
        os.close(private_file(path, os.O_RDWR))
        connection = await aiosqlite.connect(path, isolation_level=None)
        try:
            await connection.execute("PRAGMA journal_mode = WAL")
            await connection.execute("PRAGMA synchronous = FULL")
            items = Items(connection, ttl=_ttl(settings.get("ttl")))
            await items.setup()
            await items.sweep_ttl()
            await items.start_ttl_sweeper()
        except sqlite3.Error as error:
            await connection.close()
            raise StartFailed(
                f"The store {path} cannot be used: {error}.",
                hint="Threads are in another file. Move this one away to start with an empty store.",
            ) from error
        return cls(items, connection)

    async def close(self) -> None:
        """Close the file."""
        await self.items.stop_ttl_sweeper()
        await self._connection.close()


def _ttl(given: Any) -> TTLConfig:
    """Return the given settings; without an interval, LangGraph would never delete expired items."""
    settings = {name: given.get(name) for name in _TTL} if isinstance(given, dict) else {}
    known = {name: value for name, value in settings.items() if isinstance(value, int | float)}
    return cast(TTLConfig, {"sweep_interval_minutes": _SWEEP_INTERVAL, **known})
