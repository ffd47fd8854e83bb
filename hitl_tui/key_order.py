"""Keys act one after the other, however fast they arrive.

Textual lets a field take a character at once, while a key with a binding (`end`, `tab`) first passes
every widget up to the app. Where many keys arrive together, as over a slow line, a character would
overtake the `end` that was pressed before it, or be typed into the field before the `tab`.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import App, ScreenStackError
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

InputEvent = events.Key | events.Paste
_Way = tuple[Widget | None, str]
"""The widget that gets an event first, and the key, or `text` for what it takes at once."""

_MOVES = ("up", "down", "left", "right", "pageup", "pagedown", "backspace", "delete")
"""Keys that are held down: each does the same as the one before, in the same widget."""
_ROUNDS = (3, 6)
"""How often a mark follows a key, at least and at most. The first arrives after the key has acted;
the second after what the key's action has posted; the third is sent after the next drawing, for a
focus that waits for that."""
_AFTER_DRAWING = 3
_LOST_AFTER = 0.05
"""Seconds after which another mark is posted: one is lost with a widget that is removed."""
_MARKS = 20
"""So many marks are posted in a round; then the next key acts anyway."""


@dataclass
class KeyMark(Message):
    """Follows a key from the focused widget up to the app, so that it arrives after the key."""

    number: int


class KeyOrder:
    """Delivers each key when the one before has acted.

    What follows on the same way needs no waiting: characters of a field, and a key that is held down.
    """

    def __init__(
        self,
        app: App[Any],
        deliver: Callable[[InputEvent], Awaitable[None]],
        holds_back: Callable[[], bool],
    ) -> None:
        """`holds_back`: whether keys are only taken now, and act on nothing; then none waits."""
        self._app = app
        self._deliver = deliver
        self._holds_back = holds_back
        self._waiting: deque[InputEvent] = deque()
        self._way: _Way | None = None
        """On which way everything went since a key was last waited for."""
        self._round = 0
        """0 if no mark is on its way."""
        self._number = 0
        """The number of the marks of this round; none has it twice."""
        self._posted = 0
        self._lost: asyncio.TimerHandle | None = None

    async def take(self, event: InputEvent) -> None:
        """Deliver a key or a paste of the terminal, now or in its turn."""
        self._waiting.append(event)
        if not self._round or self._holds_back():
            await self._deliver_waiting()

    async def mark_arrived(self, mark: KeyMark) -> None:
        """Deliver what waits, if all that the last key did has ended."""
        if mark.number != self._number or not self._round:
            return
        least, most = _ROUNDS
        busy = any(each.message_queue_size for each in self._start.ancestors_with_self)
        if self._holds_back():
            await self._deliver_waiting()
        if self._round < least or (busy and self._round < most):
            self._begin(self._round + 1)
        else:
            await self._go_on()

    def close(self) -> None:
        """Post no mark any more."""
        self._begin(0)

    async def _go_on(self) -> None:
        self._begin(0)
        self._way = None
        await self._deliver_waiting()

    async def _deliver_waiting(self) -> None:
        while self._waiting and self._holds_back():
            await self._deliver(self._waiting.popleft())
        while self._waiting and not self._round:
            way = self._way_of(self._waiting[0])
            if self._way is None or self._way == way:
                self._way = way
                await self._deliver(self._waiting.popleft())
                if way is not None:
                    continue
            self._begin(1)

    def _way_of(self, event: InputEvent) -> _Way | None:
        """Return the way on which this event keeps its place; None if it may change what is focused."""
        focused = self._app.focused
        if isinstance(event, events.Key) and event.key in _MOVES:
            return focused, event.key
        writable = isinstance(focused, Input) or (
            isinstance(focused, TextArea) and not focused.read_only
        )
        is_text = isinstance(event, events.Paste) or event.is_printable
        return (focused, "text") if writable and is_text else None

    # Marks

    @property
    def _start(self) -> Widget:
        return self._app.focused or self._app.screen

    def _begin(self, round: int) -> None:
        """Begin a round; none with 0."""
        if self._lost is not None:
            self._lost.cancel()
        self._round, self._posted = round, 0
        self._number += 1
        if round:
            self._post()

    def _post(self) -> None:
        if self._posted == _MARKS:
            self._app.call_later(self.mark_arrived, KeyMark(self._number))
            return
        self._posted += 1
        self._lost = asyncio.get_running_loop().call_later(_LOST_AFTER, self._post)
        with suppress(ScreenStackError):  # no screen is left at the end
            mark = KeyMark(self._number)
            if self._round == _AFTER_DRAWING:
                self._start.call_after_refresh(self._follow_with, mark)
            else:
                self._follow_with(mark)

    def _follow_with(self, mark: KeyMark) -> None:
        self._start.post_message(mark)
