"""What a run says while it goes on: events for those who listen, the result for those who wait."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from hitl_server.json_encoding import dumps
from hitl_server.json_types import JsonObject
from hitl_server.thread_state import INTERRUPT

_LIMIT = 10_000
"""Events a listener may lag behind, and events kept of a resumable run."""


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event, encoded."""

    name: str
    data: bytes
    number: int

    def to_sse(self, with_id: bool) -> bytes:
        """Return the event as it goes over the wire; the id lets a client resume after it."""
        ending = b"\r\nid: %d-0\r\n\r\n" % self.number if with_id else b"\r\n\r\n"
        return b"event: %s\r\ndata: %s%s" % (self.name.encode(), self.data, ending)


@dataclass(slots=True)
class RunStream:
    """The events of one run.

    Listeners hear what is said after they came. A resumable run keeps its events, so that a
    listener can come later or come back.
    """

    resumable: bool = False
    _listeners: set[asyncio.Queue[Event | None]] = field(default_factory=set)
    _with_our_storage: list[Event] = field(default_factory=list)
    _said: int = 0
    _closed: bool = False

    def say(self, name: str, payload: Any) -> None:
        """Tell all listeners. A listener that lags too far behind is cut off."""
        self._said += 1
        if not self._listeners and not self.resumable:
            return
        event = Event(name, dumps(payload), self._said)
        if self.resumable and len(self._with_our_storage) < _LIMIT:
            self._with_our_storage.append(event)
        for queue in tuple(self._listeners):
            if queue.qsize() >= _LIMIT:
                self._listeners.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)

    def close(self) -> None:
        """End the stream for everybody."""
        self._closed = True
        for queue in self._listeners:
            queue.put_nowait(None)

    def listen(self, after: int | None = None) -> AsyncIterator[Event]:
        """Return the events from now on, after those kept that are newer than `after`.

        Listening begins with this call, not with the first event that is asked for.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        for event in self._with_our_storage if after is not None else ():
            if event.number > (after or 0):
                queue.put_nowait(event)
        if self._closed:
            queue.put_nowait(None)
        else:
            self._listeners.add(queue)
        return self._drain(queue)

    async def _drain(self, queue: asyncio.Queue[Event | None]) -> AsyncIterator[Event]:
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._listeners.discard(queue)


@dataclass(slots=True)
class RunResult:
    """What `runs/wait` answers, gathered from the events of the run.

    Values at an interrupt come with `__interrupt__`; several interrupts come without values;
    an error is `{"__error__": {"error", "message"}}` (langgraph-api 0.16.7, `api/runs.py`).
    """

    values: Any = None
    error: JsonObject | None = None
    _interrupted: list[JsonObject] = field(default_factory=list)

    def absorb(self, mode: str, chunk: Any) -> None:
        """Take note of an event of the root graph."""
        if mode not in ("values", "updates") or not isinstance(chunk, dict):
            return
        if chunk.get(INTERRUPT) and mode == "values":
            self._interrupted.append(chunk)
        elif mode == "values":
            self.values = chunk

    @property
    def body(self) -> Any:
        """The answer."""
        if self.error is not None:
            return {"__error__": self.error}
        if len(self._interrupted) == 1:
            return self._interrupted[0]
        if self._interrupted:
            return {INTERRUPT: [one for chunk in self._interrupted for one in chunk[INTERRUPT]]}
        return {} if self.values is None else self.values
