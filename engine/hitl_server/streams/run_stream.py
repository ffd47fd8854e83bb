"""The events of one run for subscribers, and its result for clients that wait."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from hitl_server.json_encoding import dumps
from hitl_server.json_types import JsonObject
from hitl_server.thread_state import INTERRUPT

_MAX_EVENTS = 10_000
"""Events that may wait for one subscriber, and events that are kept of a resumable run."""


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event, encoded."""

    name: str
    data: bytes
    number: int

    def to_sse(self, with_id: bool) -> bytes:
        """Return the event as a server-sent event; with its id, a client can resume after it."""
        ending = b"\r\nid: %d-0\r\n\r\n" % self.number if with_id else b"\r\n\r\n"
        return b"event: %s\r\ndata: %s%s" % (self.name.encode(), self.data, ending)


@dataclass(slots=True)
class RunStream:
    """The events of one run.

    Subscribers get the events that are sent after they subscribe. A resumable run keeps its
    events, so that clients can subscribe later, or again.
    """

    resumable: bool = False
    _subscribers: set[asyncio.Queue[Event | None]] = field(default_factory=set)
    _kept: list[Event] = field(default_factory=list)
    _sent: int = 0
    _closed: bool = False

    def send(self, name: str, payload: Any) -> None:
        """Send an event to all subscribers; one with too many waiting events is disconnected."""
        self._sent += 1
        if not self._subscribers and not self.resumable:
            return
        event = Event(name, dumps(payload), self._sent)
        if self.resumable and len(self._kept) < _MAX_EVENTS:
            self._kept.append(event)
        for queue in tuple(self._subscribers):
            if queue.qsize() >= _MAX_EVENTS:
                self._subscribers.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)

    def close(self) -> None:
        """End the stream for all subscribers."""
        self._closed = True
        for queue in self._subscribers:
            queue.put_nowait(None)

    def subscribe(self, after: int | None = None) -> AsyncIterator[Event]:
        """Return the events from now on, and before them the kept ones with a number above `after`.

        The subscription begins with this call, not with the first read.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        for event in self._kept if after is not None else ():
            if event.number > (after or 0):
                queue.put_nowait(event)
        if self._closed:
            queue.put_nowait(None)
        else:
            self._subscribers.add(queue)
        return self._drain(queue)

    async def _drain(self, queue: asyncio.Queue[Event | None]) -> AsyncIterator[Event]:
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._subscribers.discard(queue)


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
