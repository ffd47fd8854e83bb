"""Notes about the items of one server, for the person who reviews them: flagged, or snoozed."""

from contextlib import suppress
from datetime import datetime, timedelta

from hitl_engine.errors import JournalFailed
from hitl_engine.fingerprint import fingerprint_of
from hitl_engine.journal.item_notes import ItemNoteTable
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Inbox, ItemId, ItemNote, Snooze, Waiting, id_of

_KEPT_FOR = timedelta(days=1)
"""How long a note is kept at least after its item is gone."""


class ItemNotes:
    """The notes about what waits on the server in use. Nothing of them is sent to it."""

    def __init__(self, table: ItemNoteTable, session: ServerSession) -> None:
        self._table = table
        self._session = session
        self._tidied = False

    async def all(self) -> dict[ItemId, ItemNote]:
        """Return every note, by the id of its item. Raises JournalFailed."""
        return await self._table.all_of(self._session.server.identity)

    async def flag(self, item: Waiting, is_flagged: bool) -> None:
        """Flag an item, or remove its flag. Raises JournalFailed."""
        await self._table.set_flag(self._session.server.identity, id_of(item), is_flagged)

    async def snooze(self, item: Waiting, until: datetime | None) -> None:
        """Hide an item until this time, or until it changes; that ends it in any case.

        Raises JournalFailed.
        """
        identity = self._session.server.identity
        snooze = Snooze(fingerprint_of(identity, item), until)
        await self._table.set_snooze(identity, id_of(item), snooze)

    async def wake(self, item: Waiting) -> None:
        """Show an item again that was hidden. Raises JournalFailed."""
        await self._table.set_snooze(self._session.server.identity, id_of(item), None)

    async def tidy(self, inbox: Inbox) -> None:
        """Delete the notes about items that are gone, once, when the whole inbox is known."""
        if self._tidied or not inbox.is_whole:
            return
        there = set(map(id_of, inbox.items))
        with suppress(JournalFailed):
            await self._table.discard_old(
                self._session.server.identity, there, older_than=_KEPT_FOR
            )
            self._tidied = True
