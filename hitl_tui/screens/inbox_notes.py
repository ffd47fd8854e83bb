"""The notes about the items of the inbox: read from the desks of all targets, and written there."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from hitl_engine.desks import Desks
from hitl_engine.errors import JournalFailed
from hitl_engine.model import ItemNote, Waiting
from hitl_tui.state.noted_items import NotedId
from hitl_tui.state.sessions import Sessions
from hitl_tui.state.snooze_time import SnoozeTime
from hitl_tui.widgets.inbox_list import InboxList


class InboxNotes:
    """Shows in the list which items are flagged, and hides those that are snoozed.

    Its methods run in a worker of the screen; those that write raise JournalFailed, Unreachable.
    """

    def __init__(self, sessions: Sessions, desks: Desks, listed: InboxList) -> None:
        self._sessions = sessions
        self._desks = desks
        self._list = listed

    async def show(self) -> None:
        """Read all notes, and show them."""
        found: dict[NotedId, ItemNote] = {}
        for desk in self._sessions.open_desks:
            with suppress(JournalFailed):  # it is told where a note is written
                notes = await desk.item_notes.all()
                found |= {(desk.server.name, item): note for item, note in notes.items()}
        self._list.show_notes(found)

    async def flag(self, item: Waiting, *, is_flagged: bool) -> None:
        """Flag an item, or remove its flag."""
        await self._desks.of(item).item_notes.flag(item, is_flagged)
        await self.show()

    async def snooze(self, items: Sequence[Waiting], time: SnoozeTime) -> None:
        """Hide items for a time, or list them again."""
        end = time.end(datetime.now(UTC))
        for item in items:
            notes = self._desks.of(item).item_notes
            await (notes.wake(item) if time is SnoozeTime.NOW else notes.snooze(item, end))
        await self.show()
