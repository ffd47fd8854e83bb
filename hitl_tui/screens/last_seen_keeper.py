"""Keeps the first rows of a target's inbox for the next start of the console."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from hitl_engine.model import Waiting, in_order
from hitl_tui.state.last_seen import LastSeen, SeenItem
from hitl_tui.state.marks import ItemKey, key_of
from hitl_tui.state.session import Session
from hitl_tui.text.essence import Essence
from hitl_tui.text.waiting_row import look_of, row_of

if TYPE_CHECKING:
    from hitl_engine.last_seen import LastSeenFile

_ROWS = 200
"""Rows that are kept: more than a screen shows."""


class LastSeenKeeper:
    """Writes what waits on a target into its file."""

    def __init__(
        self,
        session: Session,
        file: "LastSeenFile",
        summarise: Callable[[Waiting], Essence],
        snoozed: Callable[[], Sequence[Waiting]],
    ) -> None:
        """`snoozed`: the items, of any target, that are not listed now."""
        self._session = session
        self._file = file
        self._summarise = summarise
        self._snoozed = snoozed
        self._kept: tuple[Sequence[Waiting], set[ItemKey]] | None = None

    def keep(self) -> None:
        """Write the newest items, if they are live and others than before. Raises OSError."""
        inbox = self._session.inbox
        if inbox is None or inbox.error:
            return
        snoozed = set(map(key_of, self._snoozed()))
        if self._is_kept(inbox.items, snoozed):
            return
        listed = inbox.items
        if snoozed:
            listed = tuple(item for item in inbox.items if key_of(item) not in snoozed)
        rows = tuple(map(self._seen, islice(in_order(listed), _ROWS)))
        self._file.write(LastSeen(datetime.now(UTC), len(listed), rows).to_json())
        self._kept = (inbox.items, snoozed)

    def _is_kept(self, items: Sequence[Waiting], snoozed: set[ItemKey]) -> bool:
        return self._kept is not None and self._kept[0] is items and self._kept[1] == snoozed

    def _seen(self, item: Waiting) -> SeenItem:
        essence = self._summarise(item)
        row = row_of(item, essence, waiting="")
        return SeenItem(*key_of(item), item.since, look_of(item, essence), row)
