"""When to look at the inbox again: as soon as a server reports a change, or else after a while."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from time import monotonic
from typing import Self

from hitl_engine.errors import TargetError
from hitl_engine.reading.client import StreamEvent
from hitl_engine.reading.told_presence import ToldPresence

_LONGEST_SILENCE = 30.0
"""Seconds after which to look in any case, even if the server reports changes."""
_GATHERING = 0.05
"""Seconds for which changes are collected: a busy server reports many at a time."""


class ChangeFeed:
    """Receives the changes that a server reports, in the background while it is open.

    `open_feed` returns the events of the server in use, or None if that server reports none. `told`
    gets who is on which thread.
    """

    def __init__(
        self, open_feed: Callable[[], AsyncIterator[StreamEvent] | None], told: ToldPresence
    ) -> None:
        self._open_feed = open_feed
        self._told = told
        self._changed = asyncio.Event()
        self._threads_changed = False
        self._last_look = monotonic()
        self._named: set[str] = set()
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener

    async def wait(self, seconds: float) -> frozenset[str] | None:
        """Return when something may have changed: at the latest after `seconds` if there is no feed.

        Returns the threads that the server named; others may have changed too. None: no thread has
        changed, only who is on one.
        """
        if self._listener is None or self._listener.done():
            events = self._open_feed()
            self._listener = asyncio.create_task(self._receive(events)) if events else None
            if self._listener is None:
                await asyncio.sleep(seconds)
                return frozenset()
        changed = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait(
                {changed, self._listener},
                timeout=max(seconds, self._last_look + _LONGEST_SILENCE - monotonic()),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            changed.cancel()
        await asyncio.sleep(seconds if self._listener.done() else _GATHERING)
        is_followed = self._changed.is_set() and not self._listener.done()
        self._changed.clear()
        if (
            is_followed
            and not self._threads_changed
            and monotonic() < self._last_look + _LONGEST_SILENCE
        ):
            return None
        self._threads_changed, self._last_look = False, monotonic()
        named, self._named = self._named, set()
        return frozenset(named)

    async def _receive(self, events: AsyncIterator[StreamEvent]) -> None:
        try:
            async for event in events:
                if event.name == "presence":
                    self._told.take_event(event.data)
                else:
                    self._threads_changed = True
                match event.data:
                    case {"threads": [*threads]}:
                        self._named.update(map(str, threads))
                self._changed.set()
        except TargetError:
            pass  # the next look shows the error
        finally:
            self._told.feed_ended()
