"""Which threads have changed, told to whoever listens as soon as it is on disk.

The table itself says so, by triggers: a change that some code forgot to report cannot be.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

_KEPT = 10_000
"""Changes kept for listeners that come back; and the most that one of them may lag behind."""


@dataclass(slots=True, eq=False)
class ChangeListener:
    """Somebody who wants to hear of changes, and what he has not been told yet."""

    threads: dict[str, None] = field(default_factory=dict)
    missed: bool = False
    """Whether there was more than could be kept: he has to look at everything."""
    number: int = 0
    """Of the newest change in `threads`."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, number: int, thread_id: str) -> None:
        """Add a change; the same thread is told of once."""
        self.number = number
        if len(self.threads) >= _KEPT:
            self.threads.clear()
            self.missed = True
        self.threads[thread_id] = None
        self._news.set()

    def miss(self, number: int) -> None:
        """Let him look at everything."""
        self.number, self.missed = number, True
        self._news.set()

    async def next_changes(self) -> tuple[int, bool, list[str]]:
        """Return (number, whether to look at everything, threads) as soon as there is some."""
        await self._news.wait()
        self._news.clear()
        told = self.number, self.missed, list(self.threads)
        self.threads.clear()
        self.missed = False
        return told


class ChangeFeed:
    """Notes changes while they are written, and tells of them when they are on disk."""

    def __init__(self) -> None:
        self.process = uuid4().hex
        """Whose numbers these are: they begin anew with every start."""
        self._noted: dict[str, None] = {}
        self._recent: deque[str] = deque(maxlen=_KEPT)
        self._count = 0
        self._listeners: set[ChangeListener] = set()

    def attach(self, connection: sqlite3.Connection) -> None:
        """Let the table of threads report what is written through this connection."""
        connection.create_function("note_thread", 1, self._note)
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            connection.execute(
                f"CREATE TEMP TRIGGER note_{event.lower()} AFTER {event} ON main.threads"
                f" BEGIN SELECT note_thread({row}.thread_id); END"
            )

    def publish(self) -> None:
        """Tell what was noted: it has just been committed."""
        noted, self._noted = self._noted, {}
        for thread_id in noted:
            self._count += 1
            self._recent.append(thread_id)
            for listener in self._listeners:
                listener.tell(self._count, thread_id)

    @contextmanager
    def listen(self, after: int | None) -> Iterator[ChangeListener]:
        """Hear what changes from now on, and what has changed since number `after`.

        Who does not say, or says a number that is too old, hears that he has to look at
        everything.
        """
        listener = ChangeListener()
        oldest = self._count - len(self._recent)
        if after is None or not oldest <= after <= self._count:
            listener.miss(self._count)
        else:
            for number, thread_id in enumerate(self._recent, oldest + 1):
                if number > after:
                    listener.tell(number, thread_id)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def _note(self, thread_id: str) -> None:
        self._noted[thread_id] = None
