"""Deletes threads that have expired."""

import asyncio
import logging
import sqlite3
from contextlib import suppress

from hitl_server.running.run_queue import RunQueue
from hitl_server.tables.thread_ttls import ThreadTtls

_log = logging.getLogger(__name__)


class ThreadExpiry:
    """Looks for expired threads from time to time. One with a run in progress is left for later."""

    def __init__(self, ttls: ThreadTtls, run_queue: RunQueue, minutes: float) -> None:
        """`minutes` is the time between two searches."""
        self._ttls = ttls
        self._run_queue = run_queue
        self._task = asyncio.create_task(self._search(minutes * 60))

    async def close(self) -> None:
        """Stop."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _search(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                for thread_id in await self._ttls.expired():
                    await self._run_queue.delete_expired_thread(thread_id)
            except sqlite3.Error as error:
                _log.error("expired threads were not deleted: %s", error)
