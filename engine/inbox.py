"""The inbox: what waits on all threads of a server, kept true by looking again.

A full look reads every thread that can wait for somebody; between two of them, only the threads
that changed since the last look are read. A thread is found by `interrupted`, and by `error` and
`idle` as well, because on some servers a question can still wait there.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.api.client import LangGraphServer
from engine.api.wire import WireThread
from engine.errors import NotThere, TargetError
from engine.model import Inbox, JsonObject, Waiting
from engine.reader import ThreadReader

_STATUSES = ("interrupted", "error", "busy")
_SUMMARY = ["thread_id", "status", "updated_at", "metadata", "interrupts"]
_DERIVED = ["next", "tasks", "checkpoint_id", "checkpoint_created_at", "breakpoint"]
"""What our engine adds to a row, so that no state has to be read."""
_PAGE = 1000
_RECENT = 100
_READERS = 8
"""States read at one time."""
_LOOKS_PER_FULL = 60
"""Every so many looks the whole list is read again: deleted threads leave no trace."""


@dataclass(frozen=True, slots=True)
class _Known:
    stamp: tuple[datetime | None, str | None]
    waiting: tuple[Waiting, ...]
    busy: bool


class InboxReader:
    """Looks at the threads of one server, and remembers what it saw."""

    def __init__(
        self, api: LangGraphServer, reader: ThreadReader, *, rows_hold_state: bool
    ) -> None:
        self._api = api
        self._reader = reader
        self._statuses = _STATUSES if rows_hold_state else (*_STATUSES, "idle")
        self._select = [*_SUMMARY, *(_DERIVED if rows_hold_state else ())]
        self._known: dict[str, _Known] = {}
        self._unreadable: dict[str, str] = {}
        self._newest: datetime | None = None
        self._looks = 0

    async def look(self) -> Inbox:
        """Read what has changed, or everything the first time, and return the whole inbox."""
        if self._looks % _LOOKS_PER_FULL == 0:
            await self._look_at_everything()
        else:
            await self._look_at_the_recent()
        self._looks += 1
        return Inbox(
            items=tuple(item for known in self._known.values() for item in known.waiting),
            busy=sum(known.busy for known in self._known.values()),
            unreadable=tuple(self._unreadable.items()),
        )

    async def _look_at_everything(self) -> None:
        rows: dict[str, WireThread] = {}
        for status in self._statuses:
            async for row in self._pages({"status": status}):
                rows[row.thread_id] = row
        for gone in self._known.keys() - rows.keys():
            del self._known[gone]
        await self._take(rows.values())

    async def _look_at_the_recent(self) -> None:
        rows: dict[str, WireThread] = {}
        async for row in self._pages({}, page=_RECENT):
            if self._is_older(row):
                break
            rows[row.thread_id] = row
        await self._take(rows.values())

    def _is_older(self, row: WireThread) -> bool:
        """Whether this row, and with it all that follow, was seen as it is by the last look."""
        if row.updated_at is None or self._newest is None or row.updated_at > self._newest:
            return False
        return row.updated_at < self._newest or row.thread_id in self._known

    async def _pages(self, query: JsonObject, page: int = _PAGE) -> AsyncIterator[WireThread]:
        offset = 0
        while True:
            rows = await self._api.search_threads(
                {
                    **query,
                    "limit": page,
                    "offset": offset,
                    "select": list(self._select),
                    "sort_by": "updated_at",
                    "sort_order": "desc",
                }
            )
            for row in rows:
                yield row
            if len(rows) < page:
                return
            offset += page

    async def _take(self, rows: Iterable[WireThread]) -> None:
        slots = asyncio.Semaphore(_READERS)

        async def take(row: WireThread) -> None:
            async with slots:
                await self._take_one(row)

        changed = [row for row in rows if self._has_changed(row)]
        await asyncio.gather(*(take(row) for row in changed))
        stamps = [row.updated_at for row in changed if row.updated_at is not None]
        self._newest = max([*stamps, *([self._newest] if self._newest else [])], default=None)

    def _has_changed(self, row: WireThread) -> bool:
        known = self._known.get(row.thread_id)
        return known is None or known.stamp != _stamp(row) or row.thread_id in self._unreadable

    async def _take_one(self, row: WireThread) -> None:
        self._unreadable.pop(row.thread_id, None)
        if row.status == "busy":
            self._known[row.thread_id] = _Known(_stamp(row), (), busy=True)
            return
        if row.status == "idle" and not row.interrupts:
            self._known.pop(row.thread_id, None)
            return
        try:
            snapshot = await self._reader.of_row(row)
        except NotThere:
            self._known.pop(row.thread_id, None)
        except TargetError as error:
            self._unreadable[row.thread_id] = error.what
        else:
            self._known[row.thread_id] = _Known(_stamp(row), snapshot.waiting, busy=False)


def _stamp(row: WireThread) -> tuple[datetime | None, str | None]:
    return row.updated_at, row.status
