"""What the user decided and is on its way: it waits to be sent, is sent, or has an outcome."""

from __future__ import annotations  # the model is not loaded before the first paint

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from hitl_tui.state.after_answer import AfterAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hitl_engine.model import Waiting


class SendingStatus(Enum):
    """How far a decision is; the values of outcomes are those of `OutcomeKind`."""

    WAITS = "waits"
    """It can be taken back."""
    SENT = "sent"
    """It is sent, and its outcome is not known yet."""
    TAKEN_BACK = "taken back"
    APPLIED = "applied"
    RECORDED = "recorded"
    UNMOVED = "unmoved"
    REFUSED = "refused"
    UNKNOWN = "unknown"


_PATIENCE = 10
"""Seconds that the end of the console may take for what is on its way."""
_ON_ITS_WAY = (SendingStatus.WAITS, SendingStatus.SENT)


@dataclass(eq=False)
class Sending:
    """One decision, or several that are given together."""

    words: str
    """What was decided, as visible text on one line."""
    items: tuple[Waiting, ...]
    """What it decides on: at least one."""
    due: float
    """When it is sent, as `time.monotonic` tells it."""
    status: SendingStatus = SendingStatus.WAITS
    remark: str = ""
    """What is to know about the outcome, as visible text."""
    stop: Callable[[], None] | None = None
    """Ends the sending of several decisions, of which the others stay drafts."""
    recorded: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the server runs it, it has an outcome, or the journal has that it was taken back."""
    _decided: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once it is taken back, or sent before its time."""

    @cached_property
    def threads(self) -> frozenset[tuple[str, str]]:
        """The threads of what it decides on, each with its target."""
        return frozenset((item.thread_id, item.target) for item in self.items)

    @property
    def seconds_left(self) -> float:
        """How long it can still be taken back, in seconds."""
        return max(0.0, self.due - time.monotonic())

    @property
    def goes_well(self) -> bool:
        """Whether it is on its way, or was applied, or recorded as the first of two."""
        done = (SendingStatus.APPLIED, SendingStatus.RECORDED)
        return self.is_on_its_way or self.status in done

    @property
    def is_on_its_way(self) -> bool:
        """Whether it has no outcome yet."""
        return self.status in _ON_ITS_WAY

    def is_on(self, item: Waiting) -> bool:
        """Whether an item is on a thread of this decision."""
        return (item.thread_id, item.target) in self.threads

    async def until_due(self) -> bool:
        """Wait until it is time to send it; return False if the user took it back."""
        try:
            await asyncio.wait_for(self._decided.wait(), self.seconds_left)
        except TimeoutError:
            return True
        return self.status is not SendingStatus.TAKEN_BACK

    def decide(self, status: SendingStatus) -> None:
        """Send it now, or take it back."""
        self.status = status
        self._decided.set()


class Outbox:
    """All decisions of this console, oldest first; subscribers are called after each change."""

    def __init__(self) -> None:
        self.after_answer = AfterAnswer.NEXT
        self.all: list[Sending] = []
        self.snoozed: Sequence[Waiting] = ()
        """Items of the newest inbox that are hidden for a time: the others come first."""
        self._subscribers: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each change."""
        self._subscribers.append(callback)

    def unsubscribe(self, callback: Callable[[], None]) -> None:
        """Stop calling `callback`."""
        self._subscribers.remove(callback)

    def add(self, words: str, items: Iterable[Waiting], *, grace: float) -> Sending:
        """Add a decision, which can be taken back for the seconds of `grace`."""
        sending = Sending(words, tuple(items), time.monotonic() + grace)
        self.all.append(sending)
        self._changed()
        return sending

    def set_status(self, sending: Sending, status: SendingStatus, remark: str = "") -> None:
        """Note how far a decision is."""
        sending.status, sending.remark = status, remark
        if not sending.is_on_its_way:
            sending.recorded.set()
        self._changed()

    def replace(
        self, sending: Sending, outcomes: Mapping[SendingStatus, Sequence[Waiting]]
    ) -> None:
        """Replace decisions that were given together by those with each outcome, in this order."""
        total = len(sending.items)
        sending.recorded.set()
        place = self.all.index(sending)
        self.all[place : place + 1] = [
            Sending(_count_of(len(items), total), tuple(items), sending.due, status)
            for status, items in outcomes.items()
        ]
        for each in self.all[place : place + len(outcomes)]:
            each.recorded.set()
        self._changed()

    @property
    def waiting(self) -> tuple[Sending, ...]:
        """Those that can be taken back, oldest first."""
        return tuple(each for each in self.all if each.status is SendingStatus.WAITS)

    @property
    def partly_sent(self) -> tuple[Sending, ...]:
        """Those of several decisions that are being sent, one after the other."""
        return tuple(
            each for each in self.all if each.status is SendingStatus.SENT and each.stop is not None
        )

    @property
    def on_their_way(self) -> tuple[Sending, ...]:
        """Those without an outcome, oldest first."""
        return tuple(each for each in self.all if each.is_on_its_way)

    def take_back(self) -> None:
        """Take the newest back that can be."""
        for newest in self.waiting[-1:]:
            newest.decide(SendingStatus.TAKEN_BACK)
        self._changed()

    def end(self, *, send: bool) -> None:
        """Send everything now, or take it back; what is partly sent goes no further."""
        for sending in self.partly_sent:
            if sending.stop is not None:
                sending.stop()
        for sending in self.waiting:
            sending.decide(SendingStatus.SENT if send else SendingStatus.TAKEN_BACK)
        self._changed()

    async def until_recorded(self) -> None:
        """Wait until the server has taken what was sent, and what was taken back is written down.

        Not for long: what is unknown then is in the journal.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                for sending in self.all:
                    await sending.recorded.wait()

    def holds(self, item: Waiting) -> bool:
        """Whether there is a decision on this very item that is on its way, or was applied."""
        return self._has(item, lambda sending: sending.goes_well)

    def offers(self, item: Waiting) -> bool:
        """Whether an item can be shown next: of nothing sent for it is the outcome open or unknown."""
        return not self._has(
            item, lambda sending: sending.goes_well or sending.status is SendingStatus.UNKNOWN
        )

    def left_of(self, items: Sequence[Waiting]) -> int:
        """Return how many of these items have no decision that is on its way, or was applied.

        Snoozed ones do not count.
        """
        threads = {thread for sending in self.all for thread, _ in sending.threads}
        snoozed = set(map(id, self.snoozed))
        left_out = sum(
            id(item) in snoozed or (item.thread_id in threads and self.holds(item))
            for item in items
        )
        return len(items) - left_out

    def _has(self, item: Waiting, fits: Callable[[Sending], bool]) -> bool:
        """Whether one of the decisions that fit is on this very item."""
        return any(
            sending.is_on(item) and fits(sending) and item in sending.items for sending in self.all
        )

    def _changed(self) -> None:
        for callback in tuple(self._subscribers):
            callback()


def _count_of(count: int, total: int) -> str:
    return f"{count:,} decisions" if count == total else f"{count:,} of {total:,} decisions"
