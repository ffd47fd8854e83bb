"""Commits that many writes share: one fsync for all of them.

Statements run directly on the event loop: SQLite takes microseconds for one, and passing it to a
thread would take ten times as long. Only the commit waits for the disk, in a thread.
"""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from typing import Any

_DELAY = 0.005
"""Seconds by which a commit may be delayed while nothing waits for it, so that more writes share it."""


class SharedCommits:
    """The writing connection, for LangGraph's saver and our tables.

    The saver commits after every single write. Here this only requests a commit within
    milliseconds; code that needs the data on disk awaits `flush`. All writes of the process are
    one sequence on this connection, so a flush also writes everything before.
    """

    def __init__(self, connection: sqlite3.Connection, committed: Callable[[], None]) -> None:
        self.connection = connection
        self._committed = committed
        self._lock = asyncio.Lock()
        """Held during each use of the connection on the event loop."""
        self.failed_commits = 0
        """How many shared commits failed; their writes are not on disk."""
        self._in_use = threading.Lock()
        """Held during each use of the connection, because nodes also use it in threads.

        SQLite calls `ChangeFeed` in some statements, and would wait there for Python's global lock
        with the lock of the connection, which another thread might wait for the other way round.
        """
        self._loop, self._loop_thread = asyncio.get_running_loop(), threading.get_ident()
        self._thread = ThreadPoolExecutor(1, "commits")
        self._batch: asyncio.Future[None] | None = None
        self._flush: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def coroutine_lock(self) -> AbstractAsyncContextManager[None]:
        """Held by coroutines while they use the connection, so that a commit does not block them.

        A node may run a graph on an event loop of its own, in a thread. There, a use waits for
        commits like one without a loop: a lock of this loop would never be passed on to another.
        """
        return self._lock if threading.get_ident() == self._loop_thread else nullcontext()

    async def flush(self) -> None:
        """Wait until all writes so far are on disk. Raises `sqlite3.Error` if that fails."""
        if self._batch is not None:
            self._start_commit()
            await asyncio.shield(self._batch)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[sqlite3.Connection]:
        """Yield the connection for exclusive use; the changes are on disk after the block.

        The block does not await anything. If it raises, it leaves no change behind.
        """
        async with self._lock:
            with self.savepoint() as connection:
                yield connection
        await self.flush()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection for statements without changes. In coroutines, hold `coroutine_lock`.

        The block does not wait for anything, nor yield rows to its caller.
        """
        with self._in_use:
            yield self.connection

    @contextmanager
    def savepoint(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection, and request a commit after the block. In coroutines, hold `coroutine_lock`.

        A block that raises takes back its own changes. Those of others, which share its commit,
        stay; unless SQLite has ended the whole transaction, as it does when the disk is full.
        """
        connection = self.connection
        with self._in_use:
            if not connection.in_transaction:
                connection.execute("BEGIN")
            connection.execute("SAVEPOINT change")
            try:
                yield connection
            except BaseException as error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK TO change")
                    connection.execute("RELEASE change")
                else:
                    self._on_loop(self._lose_batch, error)
                raise
            else:
                connection.execute("RELEASE change")
            finally:
                self._on_loop(self._request_commit)

    async def close(self) -> None:
        """Commit what is requested, and close the connection. Raises `sqlite3.Error`."""
        try:
            await self.flush()
        finally:
            self._thread.shutdown()
            self.connection.close()

    def _on_loop(self, call: Callable[..., None], *args: Any) -> None:
        """Call it now on the event loop, and soon from a thread."""
        if threading.get_ident() == self._loop_thread:
            call(*args)
        else:
            self._loop.call_soon_threadsafe(call, *args)

    def _request_commit(self) -> None:
        """Request a commit within milliseconds."""
        if self._batch is None:
            self._batch = self._loop.create_future()
            self._batch.add_done_callback(_retrieve_error)
            self._timer = self._loop.call_later(_DELAY, self._start_commit)

    def _start_commit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._flush = asyncio.create_task(self._commit())

    async def _commit(self) -> None:
        async with self._lock:
            batch, self._batch = self._batch, None
            if batch is None:
                return
            try:
                await self._loop.run_in_executor(self._thread, self._commit_now)
            except Exception as error:  # noqa: BLE001  raised where the commit is awaited
                self.failed_commits += 1
                batch.set_exception(error)
            else:
                self._committed()
                batch.set_result(None)

    def _commit_now(self) -> None:
        with self._in_use:
            try:
                self.connection.commit()
            except BaseException:
                self.connection.rollback()
                raise

    def _lose_batch(self, error: BaseException) -> None:
        batch, self._batch = self._batch, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if batch is not None:
            self.failed_commits += 1
            batch.set_exception(sqlite3.OperationalError(f"a shared commit was lost: {error}"))


def _retrieve_error(batch: asyncio.Future[Any]) -> None:
    """Read the exception, so that asyncio does not log it as never retrieved."""
    if not batch.cancelled():
        batch.exception()
