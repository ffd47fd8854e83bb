"""A feed of the threads that change, published as soon as each change is on disk.

Triggers of the table report the changes, so that no code can forget to do it.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from uuid import uuid4

from hitl_server.json_encoding import dumps
from hitl_server.json_types import JsonObject

_MAX_CHANGES = 10_000
"""Changes that are kept for listeners that return, and changes that may wait for one listener."""


@dataclass(slots=True, eq=False)
class ChangeListener:
    """One listener, with the changes that it has not received yet."""

    threads: dict[str, None] = field(default_factory=dict)
    reset: bool = False
    """Whether changes were lost, so that the listener must read everything again."""
    number: int = 0
    """Number of the newest change in `threads`."""
    presence: set[str] = field(default_factory=set)
    """Threads that a console opened or left, or that were claimed or given back."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, number: int, thread_id: str) -> None:
        """Add a change; each thread is reported once."""
        self.number = number
        if len(self.threads) >= _MAX_CHANGES:
            self.threads.clear()
            self.reset = True
        self.threads[thread_id] = None
        self._changed.set()

    def request_reset(self, number: int) -> None:
        """Make the listener read everything again."""
        self.number, self.reset = number, True
        self._changed.set()

    def add_presence(self, threads: Collection[str]) -> None:
        """Add threads whose consoles or claims changed."""
        self.presence.update(threads)
        self._changed.set()

    async def next_changes(self) -> "Changes":
        """Return what has changed, after the next change."""
        await self._changed.wait()
        self._changed.clear()
        changes = Changes(self.number, self.reset, list(self.threads), self.presence)
        self.threads.clear()
        self.presence = set()
        self.reset = False
        return changes


class Changes(NamedTuple):
    """What has changed; the fields are those of `ChangeListener`."""

    number: int
    reset: bool
    threads: list[str]
    presence: set[str]


class TellsPresence(Protocol):
    """Knows which consoles have a thread open, and who has claimed it."""

    @property
    def threads(self) -> Collection[str]:
        """The threads of which anything is known."""

    def of(self, thread_id: str) -> JsonObject | None:
        """Return what is known of a thread; None for nothing."""


class ChangeFeed:
    """Notes changes while they are written, and publishes them when they are on disk."""

    def __init__(self) -> None:
        self.process = uuid4().hex
        """The process that these numbers belong to: each start counts from 0 again."""
        self._noted: dict[str, None] = {}
        self._recent: deque[str] = deque(maxlen=_MAX_CHANGES)
        self._count = 0
        self._listeners: set[ChangeListener] = set()

    def attach(self, connection: sqlite3.Connection) -> None:
        """Add triggers that report what this connection writes to the table of threads."""
        connection.create_function("note_thread", 1, self._note)
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            connection.execute(
                f"CREATE TEMP TRIGGER note_{event.lower()} AFTER {event} ON main.threads"
                f" BEGIN SELECT note_thread({row}.thread_id); END"
            )

    def publish(self) -> None:
        """Send the noted changes to all listeners, after their commit."""
        noted, self._noted = self._noted, {}
        for thread_id in noted:
            self._count += 1
            self._recent.append(thread_id)
            for listener in self._listeners:
                listener.add(self._count, thread_id)

    @property
    def has_listeners(self) -> bool:
        """Whether a client follows the feed."""
        return bool(self._listeners)

    def tell_presence(self, threads: Collection[str]) -> None:
        """Send to all listeners that the consoles or claims of these threads changed."""
        for listener in self._listeners:
            listener.add_presence(threads)

    def request_reset(self) -> None:
        """Make all listeners read everything again: something other than a thread has changed."""
        for listener in self._listeners:
            listener.request_reset(self._count)

    @contextmanager
    def listen(self, after: int | None) -> Iterator[ChangeListener]:
        """Yield a listener for all changes after number `after`.

        Without a number, or with one that is too old, it begins with a reset.
        """
        listener = ChangeListener()
        oldest = self._count - len(self._recent)
        if after is None or not oldest <= after <= self._count:
            listener.request_reset(self._count)
        else:
            for number, thread_id in enumerate(self._recent, oldest + 1):
                if number > after:
                    listener.add(number, thread_id)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def _note(self, thread_id: str) -> None:
        self._noted[thread_id] = None


async def change_events(
    feed: ChangeFeed, presence: TellsPresence, last_event_id: str, sees: Callable[[str], bool]
) -> AsyncIterator[bytes]:
    """Yield the changes of the threads that a client sees, as server-sent events.

    They begin after `last_event_id`, if it is one of this process, or else with a reset. Each stream
    tells once who has which threads open, and then each change of that.
    """
    process, _, number = last_event_id.partition("-")
    known = process == feed.process and number.isdecimal() and len(number) < 20
    with feed.listen(int(number) if known else None) as listener:
        listener.add_presence(presence.threads)
        is_first = True
        while True:
            changes = await listener.next_changes()
            seen = list(filter(sees, changes.threads))
            if seen or changes.reset:
                name = b"reset" if changes.reset else b"change"
                data = dumps({"threads": seen})
                place = f"{feed.process}-{changes.number}".encode()
                yield b"event: %s\r\nid: %s\r\ndata: %s\r\n\r\n" % (name, place, data)
            told = {each: presence.of(each) for each in filter(sees, changes.presence)}
            if told or is_first:
                data = dumps({"presence": told, "whole": is_first})
                yield b"event: presence\r\ndata: %s\r\n\r\n" % data
                is_first = False
