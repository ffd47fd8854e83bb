"""The journal: drafts, notes and decisions on disk, in a SQLite database of their own."""

from __future__ import annotations  # a list of what waits needs none of it

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hitl_engine.errors import HitlError
from hitl_engine.user_name import user_name

if TYPE_CHECKING:
    from hitl_engine.journal.database import JournalDatabase
    from hitl_engine.journal.decisions import DecisionLog
    from hitl_engine.journal.drafts import DraftTable
    from hitl_engine.journal.item_notes import ItemNoteTable


class Journal:
    """One journal, which is created and opened when it is first used.

    `refuses` makes the error of everything that would be written down to be sent; without it,
    anything may be sent. `through` is written beside the user's name; see `open_desk`.
    """

    def __init__(
        self, folder: Path, *, refuses: Callable[[], HitlError] | None = None, through: str = ""
    ) -> None:
        self.folder = folder
        """Where it is."""
        self.reviewer: Callable[[], str] = user_name
        """Returns the user's name, which each decision gets."""
        self._refuses = refuses
        self._through = through
        self._opened: JournalDatabase | None = None

    @cached_property
    def decisions(self) -> DecisionLog:
        """What was decided."""
        from hitl_engine.journal.decisions import DecisionLog

        return DecisionLog(self._database, self._refuses, self._through, lambda: self.reviewer())

    @cached_property
    def drafts(self) -> DraftTable:
        """What was typed and not sent."""
        from hitl_engine.journal.drafts import DraftTable

        return DraftTable(self._database)

    @cached_property
    def item_notes(self) -> ItemNoteTable:
        """Which items are flagged or snoozed."""
        from hitl_engine.journal.item_notes import ItemNoteTable

        return ItemNoteTable(self._database)

    async def open(self) -> None:
        """Open it now. Raises JournalFailed."""
        await self._database.open()

    async def aclose(self) -> None:
        """Close it, if it was opened."""
        if self._opened is not None:
            await self._opened.close()

    @property
    def _database(self) -> JournalDatabase:
        if self._opened is None:
            from hitl_engine.journal.database import JournalDatabase

            self._opened = JournalDatabase(self.folder / "journal.sqlite")
        return self._opened


@asynccontextmanager
async def open_journal(
    folder: Path, *, refuses: Callable[[], HitlError] | None = None, through: str = ""
) -> AsyncIterator[Journal]:
    """Open the journal in `folder` until the block ends; the arguments are those of `Journal`.

    Raises JournalFailed.
    """
    async with aclosing(Journal(folder, refuses=refuses, through=through)) as journal:
        await journal.open()
        yield journal
