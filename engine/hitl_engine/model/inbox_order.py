"""The order in which all front ends list what waits."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum

from hitl_engine.model.thread import Waiting

_EPOCH = datetime.min.replace(tzinfo=UTC)


class InboxOrder(Enum):
    """How the inbox is ordered; `NEWEST` unless a person chooses the other."""

    NEWEST = "newest changes first"
    LONGEST = "longest waiting first"


def in_order(items: Iterable[Waiting], order: InboxOrder = InboxOrder.NEWEST) -> list[Waiting]:
    """Return the items in this order; those of one moment keep the order of the server."""
    return sorted(items, key=_since, reverse=order is InboxOrder.NEWEST)


def in_utc(time: datetime) -> datetime:
    """Return `time` with a time zone: UTC if it has none."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _since(item: Waiting) -> datetime:
    return _EPOCH if item.since is None else in_utc(item.since)
