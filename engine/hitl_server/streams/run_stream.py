"""The events of one run for subscribers, and its result for clients that wait."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from hitl_server.json_encoding import dumps, error_body
from hitl_server.json_types import JsonObject
from hitl_server.project_code import calling_project
from hitl_server.state_columns import INTERRUPT

_MAX_WAITING_EVENTS = 10_000
_MAX_WAITING_BYTES = 64 * 1024 * 1024
"""What may wait for one subscriber, before its stream ends."""
_MAX_WAITING_BYTES_OF_ALL = 256 * 1024 * 1024
"""What may wait for all subscribers together, before the streams of slow ones end."""
_SLOW = 1024 * 1024
"""Bytes that wait for a slow subscriber."""
_AT_ONCE = 64 * 1024
"""Bytes after which no further event is sent together with others."""
_TOO_SLOW: JsonObject = {
    "error": "TooSlow",
    "message": "This client read too slowly, and gets no more events. The run goes on.",
}
_MAX_KEPT_BYTES = 64 * 1024 * 1024
"""What is kept of all resumable runs together."""
_PRINTED = "printed"
"""The event with a line that a node printed, which only some subscribers get."""


def _now() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event, encoded."""

    name: str
    data: bytes
    number: int
    at: int = field(default_factory=_now)
    """When it happened, in milliseconds since 1970."""

    def to_sse(self, with_id: bool) -> bytes:
        """Return the event as a server-sent event.

        Its id, `<milliseconds>-<number>`, tells when it happened, and a client can resume after it.
        """
        event_id = b"%d-%d" % (self.at, self.number) if with_id else b""
        return sse_frame(self.name, self.data, event_id)


def sse_frame(name: str, data: bytes, event_id: bytes = b"") -> bytes:
    """Return a server-sent event; `data` is JSON on one line."""
    ending = b"\r\nid: %s\r\n\r\n" % event_id if event_id else b"\r\n\r\n"
    return b"event: %s\r\ndata: %s%s" % (name.encode(), data, ending)


class EventMemory:
    """Keeps the events of resumable runs up to a number of bytes; the oldest are dropped first."""

    def __init__(self, limit: int = _MAX_KEPT_BYTES) -> None:
        self._limit = limit
        self._bytes = 0
        self._owners: deque[deque[Event]] = deque()
        """For each kept event, oldest first, the events of its run."""

    def keep(self, event: Event, kept: deque[Event]) -> None:
        """Add an event to the kept events of its run."""
        kept.append(event)
        self._owners.append(kept)
        self._bytes += len(event.data)
        while self._bytes > self._limit:
            self._bytes -= len(self._owners.popleft().popleft().data)

    def drop(self, kept: deque[Event]) -> None:
        """Drop all kept events of a run."""
        self._bytes -= sum(len(event.data) for event in kept)
        kept.clear()
        self._owners = deque(owner for owner in self._owners if owner is not kept)


class _Subscription:
    """The events that wait for one subscriber."""

    def __init__(self, *, with_printed: bool) -> None:
        self._with_printed = with_printed
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._bytes = 0
        self._ended = False
        _subscriptions.add(self)

    def add(self, event: Event) -> bool:
        """Add an event; False, and the end with an error, if the subscriber is too slow."""
        if not self._wants(event):
            return True
        if self._is_too_slow_for(len(event.data)):
            self.repeat(Event("error", dumps(_TOO_SLOW), event.number - 1))
            self.end()
            return False
        self.repeat(event)
        return True

    def _is_too_slow_for(self, more: int) -> bool:
        if self._events.qsize() >= _MAX_WAITING_EVENTS:
            return True
        if self._bytes and self._bytes + more > _MAX_WAITING_BYTES:
            return True
        if self._bytes <= _SLOW:
            return False
        return sum(each._bytes for each in _subscriptions) + more > _MAX_WAITING_BYTES_OF_ALL

    def repeat(self, event: Event) -> None:
        """Add an event that is kept anyway."""
        if self._wants(event):
            self._bytes += len(event.data)
            self._events.put_nowait(event)

    def _wants(self, event: Event) -> bool:
        return self._with_printed or event.name != _PRINTED

    def end(self) -> None:
        """End the stream after the waiting events."""
        self._events.put_nowait(None)

    async def next_events(self) -> list[Event]:
        """Wait for the next event; return it with those that wait behind it; none at the end."""
        events: list[Event] = []
        size = 0
        while not self._ended and (not events or (size < _AT_ONCE and not self._events.empty())):
            event = await self._events.get()
            if event is None:
                self._ended = True
            else:
                events.append(event)
                size += len(event.data)
        self._bytes -= size
        return events


_subscriptions: WeakSet[_Subscription] = WeakSet()
"""All that anybody still reads."""


@dataclass(slots=True)
class RunStream:
    """The events of one run.

    Subscribers get the events that are sent after they subscribe. A resumable run keeps its
    events in a memory, so that clients can subscribe later, or again.
    """

    memory: EventMemory | None = None
    """The memory of the server; None for a run that is not resumable."""
    last_number: int = 0
    """The number of the newest event; the first event gets the next one."""
    of_thread: "Callable[[], RunStream | None]" = lambda: None
    """Returns the stream of the run's thread, which gets the same events; None without followers."""
    _subscribers: set[_Subscription] = field(default_factory=set)
    _kept: deque[Event] = field(default_factory=deque)
    _closed: bool = False

    @property
    def resumable(self) -> bool:
        """Whether events are kept for clients that return."""
        return self.memory is not None

    @property
    def is_followed(self) -> bool:
        """Whether it has subscribers."""
        return bool(self._subscribers)

    def send(self, name: str, payload: Any) -> None:
        """Send an event to all subscribers; one with too many waiting events is disconnected."""
        thread = self.of_thread()
        if not self._subscribers and self.memory is None and thread is None:
            self.last_number += 1
            return
        data = _encoded(payload)
        self.send_encoded(name, data)
        if thread is not None:
            thread.send_encoded(name, data, keep=self.resumable)

    def send_printed(self, payload: JsonObject) -> None:
        """Send a line that a node printed to the subscribers that want it."""
        if self._subscribers or self.memory is not None:
            self.send_encoded(_PRINTED, dumps(payload))

    def send_encoded(self, name: str, data: bytes, *, keep: bool = True) -> None:
        """Send an event whose payload is JSON already; without `keep`, nobody gets it later."""
        self.last_number += 1
        event = Event(name, data, self.last_number)
        if self.memory is not None and keep:
            self.memory.keep(event, self._kept)
        for subscription in tuple(self._subscribers):
            if not subscription.add(event):
                self._subscribers.discard(subscription)

    def close(self) -> None:
        """End the stream for all subscribers."""
        self._closed = True
        for subscription in self._subscribers:
            subscription.end()

    def forget(self) -> None:
        """Drop the kept events."""
        if self.memory is not None:
            self.memory.drop(self._kept)

    def kept_after(self, number: int) -> list[Event]:
        """Return the kept events after a number."""
        return [event for event in self._kept if event.number > number]

    @property
    def first_kept(self) -> int:
        """The number of the oldest kept event; that of the next one without any."""
        return self._kept[0].number if self._kept else self.last_number + 1

    def subscribe(self, after: int | None = None) -> AsyncIterator[Event]:
        """Return the events from now on, and before them the kept ones with a number above `after`.

        If some of these are no longer kept, an event `gap` comes in their place, with the numbers
        of the first and the last one. The subscription begins with this call, not with the first
        read.
        """
        return _each(self.follow(after))

    def follow(
        self, after: int | None = None, *, with_printed: bool = False
    ) -> AsyncIterator[list[Event]]:
        """Return the same events, each time all that wait, up to some bytes: they are sent at once.

        `with_printed`: also what nodes printed.
        """
        subscription = _Subscription(with_printed=with_printed)
        if after is not None and self.memory is not None:
            for event in self._missed(after):
                subscription.repeat(event)
        if self._closed:
            subscription.end()
        else:
            self._subscribers.add(subscription)
        return self._drain(subscription)

    def _missed(self, after: int) -> list[Event]:
        kept = self.kept_after(after)
        if after + 1 >= self.first_kept:
            return kept
        missing = {"first": after + 1, "last": self.first_kept - 1}
        return [Event("gap", dumps(missing), self.first_kept - 1), *kept]

    async def _drain(self, subscription: _Subscription) -> AsyncIterator[list[Event]]:
        try:
            while events := await subscription.next_events():
                yield events
        finally:
            self._subscribers.discard(subscription)


async def _each(batches: AsyncIterator[list[Event]]) -> AsyncIterator[Event]:
    async for events in batches:
        for event in events:
            yield event


def _encoded(payload: Any) -> bytes:
    """Return the payload as JSON; as an error if a method of one of its objects raises.

    The run goes on: its end must not depend on whether a client listens.
    """
    try:
        with calling_project():
            return dumps(payload)
    except Exception as error:  # noqa: BLE001  code of the project
        return dumps(error_body(error))


@dataclass(slots=True)
class RunResult:
    """The response of `runs/wait`, collected from the events of the run.

    Values at an interrupt come with `__interrupt__`; several interrupts come without values;
    an error is `{"__error__": {"error", "message"}}` (langgraph-api 0.16.7, `api/runs.py`).
    """

    values: Any = None
    error: JsonObject | None = None
    _interrupted: list[JsonObject] = field(default_factory=list)

    def add(self, mode: str, chunk: Any) -> None:
        """Collect an event of the root graph."""
        if mode not in ("values", "updates") or not isinstance(chunk, dict):
            return
        if chunk.get(INTERRUPT) and mode == "values":
            self._interrupted.append(chunk)
        elif mode == "values":
            self.values = chunk

    @property
    def body(self) -> Any:
        """The body of the response."""
        if self.error is not None:
            return {"__error__": self.error}
        if len(self._interrupted) == 1:
            return self._interrupted[0]
        if self._interrupted:
            return {INTERRUPT: [one for chunk in self._interrupted for one in chunk[INTERRUPT]]}
        return {} if self.values is None else self.values
