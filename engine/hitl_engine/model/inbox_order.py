"""The order in which all front ends list what waits."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import Enum

from hitl_engine.model.thread import Waiting

_EPOCH = datetime.min.replace(tzinfo=UTC)


class InboxOrder(Enum):
    """How the inbox is ordered; `NEWEST` unless a person chooses another."""

    NEWEST = "newest first"
    LONGEST = "longest waiting first"
    CHANGED = "last changed first"
    """By the last change of the thread: an item that waits for long comes first when its thread moves."""
    DEADLINE = "next deadline first"
    """Items without a deadline follow, those that wait longest first."""


def in_order(
    items: Iterable[Waiting],
    order: InboxOrder = InboxOrder.NEWEST,
    deadline_of: Callable[[Waiting], datetime | None] = lambda _: None,
) -> list[Waiting]:
    """Return the items in this order; those of one moment keep the order of the server.

    `deadline_of` is only called for `InboxOrder.DEADLINE`.
    """
    match order:
        case InboxOrder.NEWEST:
            return sorted(items, key=_since, reverse=True)
        case InboxOrder.LONGEST:
            return sorted(items, key=_since)
        case InboxOrder.CHANGED:
            return sorted(items, key=_changed, reverse=True)
        case InboxOrder.DEADLINE:
            return _by_deadline(sorted(items, key=_since), deadline_of)


def in_utc(time: datetime) -> datetime:
    """Return `time` with a time zone: UTC if it has none."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _since(item: Waiting) -> datetime:
    return _EPOCH if item.since is None else in_utc(item.since)


def _changed(item: Waiting) -> datetime:
    return _since(item) if item.changed is None else in_utc(item.changed)


def _by_deadline(
    longest_first: list[Waiting], deadline_of: Callable[[Waiting], datetime | None]
) -> list[Waiting]:
    due: list[tuple[datetime, int]] = []
    others: list[Waiting] = []
    for place, item in enumerate(longest_first):
        deadline = deadline_of(item)
        if deadline is None:
            others.append(item)
        else:
            due.append((deadline, place))
    return [*(longest_first[place] for _, place in sorted(due)), *others]
