"""Commits shared by all who write: one fsync for many writes, and never a promise before it.

Statements run at once, on the loop: SQLite takes microseconds for one, and handing it to a
thread takes tens of them. What waits for the disk is the commit, and that has a thread.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

_DELAY = 0.005
"""Seconds that a commit nobody waits for may be put off, to be shared with what comes next."""


class SharedCommits:
    """The writing connection, for langgraph's saver and our tables alike.

    The saver commits after every single write. Here that is a promise to commit within
    milliseconds; who has to be sure awaits `flushed`. All writes of the process are one sequence
    on this connection, so what is flushed has everything before it on disk as well.
    """

    def __init__(self, connection: sqlite3.Connection, committed: Callable[[], None]) -> None:
        self.connection = connection
        self._committed = committed
        self.lock = asyncio.Lock()
        """Held by whoever uses the connection; nobody's statement waits for the disk in it."""
        self.failed_commits = 0
        """How many shared commits have failed; what they held is not on disk."""
        self._thread = ThreadPoolExecutor(1, "commits")
        self._batch: asyncio.Future[None] | None = None
        self._flush: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def request_commit(self) -> None:
        """Promise a commit, within milliseconds."""
        if self._batch is None:
            loop = asyncio.get_running_loop()
            self._batch = loop.create_future()
            self._batch.add_done_callback(_retrieve_error)
            self._timer = loop.call_later(_DELAY, self._begin)

    async def flush(self) -> None:
        """Return when all that was written so far is on disk. Raises `sqlite3.Error` if it is not."""
        if self._batch is not None:
            self._begin()
            await asyncio.shield(self._batch)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[sqlite3.Connection]:
        """Let statements run undisturbed; they are on disk when the block ends.

        A block that raises after it changed something takes back the whole shared commit, and
        everybody who waits for that one hears of it.
        """
        async with self.lock:
            changes = self.connection.total_changes
            try:
                yield self.connection
            except BaseException as error:
                if self.connection.total_changes != changes:
                    self._roll_back(error)
                raise
            self.request_commit()
        await self.flush()

    async def close(self) -> None:
        """Write out what is promised, and close the connection. Raises `sqlite3.Error`."""
        try:
            await self.flush()
        finally:
            self._thread.shutdown()
            self.connection.close()

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
            loop = asyncio.get_running_loop()
            try:
                await loop.run_in_executor(self._thread, self.connection.commit)
            except Exception as error:  # noqa: BLE001  handed on to everybody who waits
                self.failed_commits += 1
                self.connection.rollback()
                batch.set_exception(error)
            else:
                self._committed()
                batch.set_result(None)

    def _roll_back(self, error: BaseException) -> None:
        batch, self._batch = self._batch, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.connection.rollback()
        if batch is not None:
            self.failed_commits += 1
            batch.set_exception(sqlite3.OperationalError(f"a shared commit was lost: {error}"))


def _retrieve_error(batch: asyncio.Future[Any]) -> None:
    """Look at the outcome, so that asyncio does not report it as overlooked."""
    if not batch.cancelled():
        batch.exception()
