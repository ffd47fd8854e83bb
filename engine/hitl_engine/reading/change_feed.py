"""When to look at the inbox again: as soon as a server says so, or else after a while."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Self

from hitl_engine.errors import TargetError
from hitl_engine.reading.client import StreamEvent

_LONGEST_SILENCE = 30.0
"""Seconds after which one looks in any case, also at a server that tells of changes."""
_GATHERING = 0.05
"""Seconds for which changes are gathered: a busy server makes many at a time."""


class ChangeFeed:
    """Hears of changes on a server that tells of them, in the background while it is open.

    `listen` begins to hear anew: it returns the events of the server one is on now, or None
    where that one does not tell.
    """

    def __init__(self, listen: Callable[[], AsyncIterator[StreamEvent] | None]) -> None:
        self._listen = listen
        self._changed = asyncio.Event()
        self._named: set[str] = set()
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener

    async def wait(self, seconds: float) -> frozenset[str]:
        """Return when something may have changed: at the latest after `seconds` without an ear.

        What is returned are the threads that the server named; others may have changed, too.
        """
        if self._listener is None or self._listener.done():
            events = self._listen()
            self._listener = asyncio.create_task(self._receive(events)) if events else None
            if self._listener is None:
                await asyncio.sleep(seconds)
                return frozenset()
        changed = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait(
                {changed, self._listener},
                timeout=max(seconds, _LONGEST_SILENCE),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            changed.cancel()
        await asyncio.sleep(seconds if self._listener.done() else _GATHERING)
        self._changed.clear()
        named, self._named = self._named, set()
        return frozenset(named)

    async def _receive(self, events: AsyncIterator[StreamEvent]) -> None:
        with suppress(TargetError):  # the next look says what is the matter
            async for event in events:
                match event.data:
                    case {"threads": [*threads]}:
                        self._named.update(map(str, threads))
                self._changed.set()
