"""What a person notes about an item of the inbox: that it is flagged, or snoozed."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from hitl_engine.model.thread import Interrupt, Waiting

ItemId: TypeAlias = tuple[str, str]
"""The thread of an item, and its interrupt; of a breakpoint, its checkpoint."""


def id_of(item: Waiting) -> ItemId:
    """Return what tells an item from the others of its server, at any time."""
    own = item.interrupt_id if isinstance(item, Interrupt) else item.checkpoint_id
    return item.thread_id, own


@dataclass(frozen=True, slots=True)
class Snooze:
    """Hides an item for a time, and never after it has changed."""

    fingerprint: str
    """That of the item when it was hidden. An item with another one is shown."""
    until: datetime | None
    """None: until it changes."""


@dataclass(frozen=True, slots=True)
class ItemNote:
    """The notes about one item."""

    is_flagged: bool = False
    snooze: Snooze | None = None
