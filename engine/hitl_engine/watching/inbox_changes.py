"""What changed between what is known of an inbox and a newer look at it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hitl_engine.journal.event_log import ItemKey, item_key
from hitl_engine.model import (
    Inbox,
    InboxEvent,
    InboxEventKind,
    InboxOrder,
    OutcomeKind,
    RuledAnswer,
    Waiting,
    in_order,
)


@dataclass
class KnownItems:
    """The items that wait as far as their events tell."""

    fingerprint_of: Callable[[Waiting], str]
    deadline_of: Callable[[Waiting], datetime | None]
    items: dict[ItemKey, Waiting] = field(default_factory=dict)
    matched: dict[ItemKey, Waiting] = field(default_factory=dict)
    """Those of which was told last that standing rules answer them."""
    ruled: dict[ItemKey, RuledAnswer] = field(default_factory=dict)
    """Those that standing rules answered, and whose end was not told yet."""
    _deadlines: dict[ItemKey, datetime] = field(default_factory=dict)
    """Those that were not told yet."""

    def take(self, event: InboxEvent) -> None:
        """Take an event into account."""
        key = item_key(event.item)
        self._deadlines.pop(key, None)
        if event.kind is InboxEventKind.DEADLINE:
            return
        self.matched.pop(key, None)
        self.ruled.pop(key, None)
        match event.kind:
            case InboxEventKind.ANSWERED | InboxEventKind.GONE:
                self.items.pop(key, None)
            case InboxEventKind.MATCHED:
                self.items[key] = self.matched[key] = event.item
            case InboxEventKind.RULED:
                self.items[key] = event.item
                self.ruled[key] = event.answer or RuledAnswer()
            case InboxEventKind.WAITING | InboxEventKind.CHANGED:
                self.items[key] = event.item
                if deadline := self.deadline_of(event.item):
                    self._deadlines[key] = deadline

    def fresh(self, inbox: Inbox, now: datetime) -> list[InboxEvent]:
        """Return an event for each item that is new or asks something else, oldest first."""
        return [
            InboxEvent(kind, item, now)
            for item in in_order(inbox.items, InboxOrder.LONGEST)
            if (kind := self._freshness(item))
        ]

    def _freshness(self, item: Waiting) -> InboxEventKind | None:
        known = self.items.get(item_key(item))
        if known is None:
            return InboxEventKind.WAITING
        if known is item:
            return None
        if self.fingerprint_of(known) != self.fingerprint_of(item):
            return InboxEventKind.CHANGED
        self.items[item_key(item)] = item  # the same object next time, which is quick to compare
        return None

    def missing(self, inbox: Inbox) -> list[Waiting]:
        """Return the known items that no longer wait. None, if the inbox was not read completely."""
        if inbox.error is not None or inbox.unread:
            return []
        there = {item_key(item) for item in inbox.items}
        unreadable = {thread_id for thread_id, _ in inbox.unreadable}
        return [
            item
            for key, item in self.items.items()
            if key not in there and item.thread_id not in unreadable
        ]

    @property
    def is_ending(self) -> bool:
        """Whether an item was answered by rules and its end is only to be told yet."""
        return any(answer.outcome is OutcomeKind.APPLIED for answer in self.ruled.values())

    def due(self, now: datetime, ahead: timedelta) -> list[InboxEvent]:
        """Return an event for each deadline that is less than `ahead` away."""
        keys = [key for key, deadline in self._deadlines.items() if deadline - now <= ahead]
        return [InboxEvent(InboxEventKind.DEADLINE, self.items[key], now) for key in keys]

    def until_due(self, now: datetime, ahead: timedelta) -> float | None:
        """Return the seconds until the next deadline is that near; None if there is none."""
        left = [(deadline - now - ahead).total_seconds() for deadline in self._deadlines.values()]
        return max(0.0, min(left)) if left else None

    def take_all(self, events: Iterable[InboxEvent]) -> None:
        """Take several events into account."""
        for event in events:
            self.take(event)
