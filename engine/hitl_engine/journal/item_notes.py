"""Notes about items: which of them are flagged or snoozed."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from hitl_engine.journal.database import JournalDatabase
from hitl_engine.model import ItemId, ItemNote, Snooze


class ItemNoteTable:
    """The notes of all servers. What is lost in a power cut does no harm: the item is listed again."""

    def __init__(self, database: JournalDatabase) -> None:
        self._database = database

    async def all_of(self, server: str) -> dict[ItemId, ItemNote]:
        """Return every note, by its item. Raises JournalFailed."""
        rows = await self._database.rows(
            """SELECT thread_id, item_id, flagged, fingerprint, until FROM item_note
               WHERE server = ? AND (flagged != '' OR fingerprint != '')""",
            (server,),
        )
        return {
            (thread_id, item_id): ItemNote(bool(flagged), _snooze(fingerprint, until))
            for thread_id, item_id, flagged, fingerprint, until in rows
        }

    async def set_flag(self, server: str, item: ItemId, is_flagged: bool) -> None:
        """Flag an item, or remove its flag. Raises JournalFailed."""
        await self._database.write_soon(
            """INSERT INTO item_note (server, thread_id, item_id, saved, flagged)
               VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
               SET saved = excluded.saved, flagged = excluded.flagged""",
            (server, *item, datetime.now(UTC).isoformat(), "yes" if is_flagged else ""),
        )

    async def set_snooze(self, server: str, item: ItemId, snooze: Snooze | None) -> None:
        """Snooze an item, or end that with None. Raises JournalFailed."""
        until = snooze.until.isoformat() if snooze and snooze.until else ""
        await self._database.write_soon(
            """INSERT INTO item_note (server, thread_id, item_id, saved, fingerprint, until)
               VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
               SET saved = excluded.saved, fingerprint = excluded.fingerprint,
                   until = excluded.until""",
            (
                *(server, *item, datetime.now(UTC).isoformat()),
                *(snooze.fingerprint if snooze else "", until),
            ),
        )

    async def discard_old(
        self, server: str, there: Collection[ItemId], *, older_than: timedelta
    ) -> None:
        """Delete the notes about items that are not `there`.

        `older_than` counts from when they were made. Raises JournalFailed.
        """
        limit = (datetime.now(UTC) - older_than).isoformat()
        old = await self._database.rows(
            "SELECT thread_id, item_id FROM item_note WHERE server = ? AND saved < ?",
            (server, limit),
        )
        for thread_id, item_id in old:
            if (thread_id, item_id) not in there:
                await self._database.write_soon(
                    """DELETE FROM item_note
                       WHERE server = ? AND thread_id = ? AND item_id = ? AND saved < ?""",
                    (server, thread_id, item_id, limit),
                )


def _snooze(fingerprint: str, until: str) -> Snooze | None:
    if not fingerprint:
        return None
    return Snooze(fingerprint, datetime.fromisoformat(until) if until else None)
