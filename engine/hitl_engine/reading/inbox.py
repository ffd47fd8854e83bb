"""The inbox: what waits on all threads of a server, kept up to date by looking again.

A look reads the threads whose rows have changed; `hitl_engine.reading.thread_list` explains why
none is missed. No item leaves the inbox because a search did not return it: it leaves when the row
of its thread is gone, or shows that nothing waits.

Where a row does not tell what waits, the state of its thread is read: the newest first, not more than
some a second, and only for so long that the caller can show what was found. The next look goes on.

A thread that was deleted leaves no trace, so the threads are counted. As every change is read,
what we know and what the server has can differ only by what was deleted, and by what changed
between the two readings; a difference in two looks running calls for a look at everything, and
there the rows that are missing are asked for one by one.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TypeAlias, TypeVar

from hitl_engine.concurrency import together
from hitl_engine.errors import BadReply, NotThere, TargetError
from hitl_engine.model import Inbox, Interrupt, Waiting
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.thread_list import ThreadList
from hitl_engine.reading.thread_reader import ThreadReader
from hitl_engine.reading.wire import OddThread, WireThread

_READERS = 8
"""Threads read at one time."""
_READS_PER_SECOND = 100.0
"""The most states that are read; a server that has to serve others gets them evenly."""
_LOOKS_PER_FULL = 60
"""Every so many looks, everything is read: a server's clock may have been set back."""
_RETRY_SECONDS = 5.0
"""Seconds that all unreadable threads together may delay one look."""

_Item = TypeVar("_Item")
_Stamp: TypeAlias = tuple[datetime | None, str | None]
"""(`updated_at`, status) of a row: one of them moves with every change."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A thread as it was read last."""

    stamp: _Stamp
    waiting: tuple[Waiting, ...] = ()
    busy: bool = False
    fault: str | None = None
    """Why it could not be read; `waiting` is older then."""
    provisional: bool = False
    """Whether its state could not be read, and `waiting` is from its row."""


class InboxReader:
    """Reads the threads of one server, and remembers what it read."""

    def __init__(
        self,
        api: LangGraphServer,
        reader: ThreadReader,
        *,
        rows_hold_state: bool,
        four_eyes: bool = False,
        rows_hold_presence: bool = False,
    ) -> None:
        self._api = api
        self._reader = reader
        self._list = ThreadList(
            api,
            rows_hold_state=rows_hold_state,
            four_eyes=four_eyes,
            rows_hold_presence=rows_hold_presence,
        )
        self._known: dict[str, _Known] = {}
        self._unread: dict[str, WireThread] = {}
        """Rows of threads that have changed and whose state is still to be read."""
        self._looks = 0
        self._doubts = 0
        self._usual = 0
        """How many more threads the server counts than it lists, if it counts differently."""

    async def look(
        self, named: frozenset[str] = frozenset(), *, seconds: float | None = None
    ) -> Inbox:
        """Read what has changed, or everything the first time, and return the whole inbox.

        `named` are threads that the server reported as changed; they may have been deleted. After
        `seconds`, no more states are read: `Inbox.unread` tells how many are left for the next look.
        """
        await self._try_again()
        if self._looks % _LOOKS_PER_FULL == 0:
            await self._look_at_everything()
        else:
            rows = await self._list.changed()
            await self._take(rows.values())
            await _each(self._revisit, (self._known.keys() & named) - rows.keys())
            if await self._is_doubtful():
                await self._look_at_everything()
        await self._read_states(seconds)
        self._looks += 1
        return Inbox(
            items=tuple(item for known in self._known.values() for item in known.waiting),
            busy=sum(known.busy for known in self._known.values()),
            unreadable=tuple(
                (thread_id, known.fault)
                for thread_id, known in self._known.items()
                if known.fault is not None
            ),
            unread=len(self._unread),
        )

    async def _look_at_everything(self) -> None:
        rows = await self._list.everything()
        missing = (self._known.keys() | self._unread.keys()) - rows.keys()
        await self._take(rows.values())
        await _each(self._revisit, missing)

    async def _is_doubtful(self) -> bool:
        """Whether the server's count differed from ours, twice in a row.

        If it does so a third time, after everything was read, it just counts differently.
        """
        try:
            difference = await self._list.count() - len(self._known.keys() | self._unread.keys())
        except TargetError:
            return False  # it does not count; everything is read later in any case
        if self._doubts == 2:
            self._usual = difference
        self._doubts = self._doubts + 1 if difference != self._usual else 0
        return self._doubts == 2

    async def _try_again(self) -> None:
        """Read again what could not be read, in random order: one that hangs must not hide others."""
        faulty = [
            thread_id
            for thread_id, known in self._known.items()
            if known.fault is not None or known.provisional
        ]
        with suppress(TimeoutError):
            async with asyncio.timeout(_RETRY_SECONDS):
                await _each(self._revisit, random.sample(faulty, len(faulty)))

    async def _revisit(self, thread_id: str) -> None:
        try:
            row = await self._api.thread(thread_id)
        except NotThere:
            self._forget(thread_id)
        except TargetError as error:
            known = self._known.get(thread_id)
            if known is not None:
                self._hold(thread_id, known.stamp, error)
        else:
            await self._take_one(row)

    async def _take(self, rows: Iterable[WireThread]) -> None:
        """Take what these rows tell, and remember those whose state is to be read."""
        changed = [row for row in rows if self._has_changed(row)]
        to_read = {row.thread_id: row for row in changed if self._must_be_read(row)}
        self._unread |= to_read
        await _each(self._take_one, [row for row in changed if row.thread_id not in to_read])

    def _has_changed(self, row: WireThread) -> bool:
        if unread := self._unread.get(row.thread_id):
            return _stamp(unread) != _stamp(row)
        known = self._known.get(row.thread_id)
        return known is None or known.stamp != _stamp(row)

    def _must_be_read(self, row: WireThread) -> bool:
        """Whether only the state of this thread tells what waits on it."""
        is_told = row.tasks is not None or isinstance(row, OddThread)
        return not is_told and self._list.holds(row) and _can_wait(row)

    async def _read_states(self, seconds: float | None) -> None:
        """Read the states of changed threads, the newest first; begin none after `seconds`."""
        began = monotonic()
        rows = enumerate(sorted(self._unread.values(), key=_urgency))

        async def read() -> None:
            for number, row in rows:
                await asyncio.sleep(began + number / _READS_PER_SECOND - monotonic())
                if seconds is not None and monotonic() > began + seconds:
                    return
                await self._take_one(row)

        await together(read() for _ in range(_READERS))

    def _forget(self, thread_id: str) -> None:
        self._known.pop(thread_id, None)
        self._unread.pop(thread_id, None)

    async def _take_one(self, row: WireThread) -> None:
        self._unread.pop(row.thread_id, None)
        if not self._list.holds(row):
            self._known.pop(row.thread_id, None)
            return
        if isinstance(row, OddThread):
            self._hold(row.thread_id, _stamp(row), BadReply(row.problem))
            return
        try:
            snapshot = await self._reader.of_row(row) if _can_wait(row) else None
        except NotThere:
            self._known.pop(row.thread_id, None)
        except TargetError as error:
            self._hold(row.thread_id, _stamp(row), error)
        else:
            self._take_snapshot(row, snapshot)

    def _take_snapshot(self, row: WireThread, snapshot: Snapshot | None) -> None:
        """Keep what waits on a thread; what its state told is kept while it asks the same."""
        waiting = snapshot.waiting if snapshot else ()
        remark = snapshot.remark if snapshot else ""
        if remark and self._holds_the_same(row.thread_id, waiting):
            self._hold(row.thread_id, _stamp(row), BadReply(remark))
            return
        self._known[row.thread_id] = _Known(
            _stamp(row), waiting, row.status == "busy", provisional=bool(remark)
        )

    def _holds_the_same(self, thread_id: str, waiting: tuple[Waiting, ...]) -> bool:
        """Whether the questions of this thread are known from its state."""
        known = self._known.get(thread_id)
        return known is not None and not known.provisional and _ids(known.waiting) == _ids(waiting)

    def _hold(self, thread_id: str, stamp: _Stamp, error: TargetError) -> None:
        """Keep what was known of a thread that cannot be read now."""
        known = self._known.get(thread_id)
        self._known[thread_id] = _Known(stamp, known.waiting if known else (), fault=error.what)


async def _each(do: Callable[[_Item], Awaitable[None]], items: Iterable[_Item]) -> None:
    """Do something with each item, some at a time."""
    slots = asyncio.Semaphore(_READERS)

    async def one(item: _Item) -> None:
        async with slots:
            await do(item)

    await together(one(item) for item in items)


def _can_wait(row: WireThread) -> bool:
    """Whether something may wait on a thread with this row.

    An idle row lists its interrupts, except on a copied thread, and on one on which nothing ran.
    The latter mostly names no graph; if it does, it is read once.
    """
    match row.status:
        case "busy":
            return False
        case "idle":
            return bool(row.interrupts) or (row.interrupts is None and bool(row.graph_id))
        case _:
            return True


def _ids(waiting: tuple[Waiting, ...]) -> set[str]:
    return {item.interrupt_id for item in waiting if isinstance(item, Interrupt)}


def _urgency(row: WireThread) -> tuple[bool, float]:
    """Order rows so that those that ask come first, and among equal ones the newest."""
    changed = row.updated_at.timestamp() if row.updated_at else 0.0
    return row.status == "idle", -changed


def _stamp(row: WireThread) -> _Stamp:
    return row.updated_at, row.status
