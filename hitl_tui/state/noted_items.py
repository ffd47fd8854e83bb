"""Which items of the inbox are flagged, and which are snoozed now."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from hitl_engine.model import ItemId, ItemNote, Waiting, id_of

NotedId: TypeAlias = tuple[str, ItemId]
"""The name of a target, and the id of an item there."""


class NotedItems:
    """The notes about the items of all targets."""

    def __init__(self, fingerprint_of: Callable[[Waiting], str]) -> None:
        self._fingerprint_of = fingerprint_of
        self._notes: Mapping[NotedId, ItemNote] = {}
        self._snoozed_threads: frozenset[str] = frozenset()

    def replace(self, notes: Mapping[NotedId, ItemNote]) -> bool:
        """Take these notes in place of those before; return whether they are others."""
        if notes == self._notes:
            return False
        self._notes = notes
        self._snoozed_threads = frozenset(
            thread_id for (_, (thread_id, _)), note in notes.items() if note.snooze is not None
        )
        return True

    def is_flagged(self, item: Waiting) -> bool:
        """Whether an item is flagged."""
        return bool(self._notes) and self._note_of(item).is_flagged

    def is_snoozed(self, item: Waiting) -> bool:
        """Whether an item is hidden now: its time is not over, and it has not changed."""
        if item.thread_id not in self._snoozed_threads:
            return False
        snooze = self._note_of(item).snooze
        if snooze is None or (snooze.until is not None and snooze.until <= datetime.now(UTC)):
            return False
        return snooze.fingerprint == self._fingerprint_of(item)

    def until(self, item: Waiting) -> datetime | None:
        """Return when the snooze of an item ends; None if it ends only when the item changes."""
        snooze = self._note_of(item).snooze
        return None if snooze is None else snooze.until

    def snoozed(self, items: Iterable[Waiting]) -> list[Waiting]:
        """Return those of these items that are hidden now."""
        return [item for item in items if self.is_snoozed(item)] if self._snoozed_threads else []

    def next_end(self, snoozed: Iterable[Waiting]) -> datetime | None:
        """Return when the first of these snoozed items is shown again, as far as that is known."""
        ends = (self.until(item) for item in snoozed)
        return min((end for end in ends if end is not None), default=None)

    def _note_of(self, item: Waiting) -> ItemNote:
        return self._notes.get((item.target, id_of(item)), _NO_NOTE)


_NO_NOTE = ItemNote()
