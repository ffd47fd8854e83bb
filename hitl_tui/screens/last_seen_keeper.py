"""Keeps the first rows of a target's inbox for the next start of the console."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from hitl_engine.model import Waiting, in_order
from hitl_tui.state.last_seen import LastSeen, SeenItem
from hitl_tui.state.marks import key_of
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
        self, session: Session, file: "LastSeenFile", summarise: Callable[[Waiting], Essence]
    ) -> None:
        self._session = session
        self._file = file
        self._summarise = summarise
        self._kept: Sequence[Waiting] | None = None

    def keep(self) -> None:
        """Write the newest items, if they are live and others than before. Raises OSError."""
        inbox = self._session.inbox
        if inbox is None or inbox.error or inbox.items is self._kept:
            return
        rows = tuple(map(self._seen, islice(in_order(inbox.items), _ROWS)))
        self._file.write(LastSeen(datetime.now(UTC), len(inbox.items), rows).to_json())
        self._kept = inbox.items

    def _seen(self, item: Waiting) -> SeenItem:
        essence = self._summarise(item)
        row = row_of(item, essence, waiting="")
        return SeenItem(*key_of(item), item.since, look_of(item, essence), row)
