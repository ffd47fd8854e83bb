"""What happened to the items of an inbox, one event each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hitl_engine.model.rule import RuledAnswer
from hitl_engine.model.thread import Waiting


class InboxEventKind(StrEnum):
    """What happened to an item."""

    WAITING = "waiting"
    """It waits, and did not before."""
    CHANGED = "changed"
    """The same interrupt or thread asks something else, or at another checkpoint."""
    ANSWERED = "answered"
    """An answer to it was found."""
    GONE = "gone"
    """It no longer waits, and no answer to it was found: stepped past, cancelled, deleted, …"""
    DEADLINE = "deadline"
    """It still waits, and its deadline is near."""
    MATCHED = "matched"
    """It waits, and is being answered by standing rules: `ruled` follows, or `waiting`."""
    RULED = "ruled"
    """Standing rules answered it."""


@dataclass(frozen=True, slots=True)
class InboxEvent:
    """One event, as it was noticed here."""

    kind: InboxEventKind
    item: Waiting
    """As it was last read."""
    at: datetime
    """When it was noticed, by the clock of this machine."""
    cursor: str = ""
    """Names the event; empty until it is written down."""
    by: str = ""
    """Who answered, untrusted; empty if nothing tells it."""
    thread_status: str = ""
    """The status of its thread, or `deleted`; empty while the item waits."""
    answer: RuledAnswer | None = None
    """What came of standing rules: which answered, or why they leave it to a person."""
