"""Commits shared by all who write: one fsync for many writes, and never a promise before it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite

_DELAY = 0.005
"""Seconds that a commit nobody waits for may be put off, to be shared with what comes next."""


class SharedCommits(aiosqlite.Connection):
    """The writing connection, for langgraph's saver and our tables alike.

    The saver commits after every single write. Here that is a promise to commit within
    milliseconds; who has to be sure awaits `flushed`. All writes of the process are one sequence
    on this connection, so what is flushed has everything before it on disk as well.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(lambda: sqlite3.connect(path), 64)
        self.lock = asyncio.Lock()
        """Held while statements run; the saver uses it too."""
        self.losses = 0
        """How many shared commits have failed; what they held is not on disk."""
        self._batch: asyncio.Future[None] | None = None
        self._flush: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def commit(self) -> None:
        """Promise a commit, within milliseconds."""
        if self._batch is None:
            loop = asyncio.get_running_loop()
            self._batch = loop.create_future()
            self._batch.add_done_callback(_heard)
            self._timer = loop.call_later(_DELAY, self._begin)

    async def flushed(self) -> None:
        """Return when all that was written so far is on disk. Raises `sqlite3.Error` if it is not."""
        if self._batch is not None:
            self._begin()
            await asyncio.shield(self._batch)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """Let statements run undisturbed; they are on disk when the block ends.

        A block that raises after it changed something takes back the whole shared commit, and
        everybody who waits for that one hears of it.
        """
        async with self.lock:
            changes = self.total_changes
            try:
                yield self
            except BaseException as error:
                if self.total_changes != changes:
                    await self._take_back(error)
                raise
            await self.commit()
        await self.flushed()

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._flush = asyncio.create_task(self._write_out())

    async def _write_out(self) -> None:
        async with self.lock:
            batch, self._batch = self._batch, None
            if batch is None:
                return
            try:
                await super().commit()
            except Exception as error:  # noqa: BLE001  handed on to everybody who waits
                self.losses += 1
                await super().rollback()
                batch.set_exception(error)
            else:
                batch.set_result(None)

    async def _take_back(self, error: BaseException) -> None:
        batch, self._batch = self._batch, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await super().rollback()
        if batch is not None:
            self.losses += 1
            batch.set_exception(sqlite3.OperationalError(f"a shared commit was lost: {error}"))


def _heard(batch: asyncio.Future[Any]) -> None:
    """Look at the outcome, so that asyncio does not report it as overlooked."""
    if not batch.cancelled():
        batch.exception()
