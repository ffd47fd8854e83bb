"""The journal: drafts, notes and decisions on disk, in a SQLite database of their own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hitl_engine.errors import HitlError
from hitl_engine.journal.database import open_database
from hitl_engine.journal.decisions import DecisionLog
from hitl_engine.journal.drafts import DraftTable
from hitl_engine.journal.item_notes import ItemNoteTable


@dataclass(frozen=True, slots=True)
class Journal:
    """One journal; open it with `open_journal`."""

    decisions: DecisionLog
    drafts: DraftTable
    item_notes: ItemNoteTable
    folder: Path
    """Where it is."""


@asynccontextmanager
async def open_journal(
    folder: Path, *, refuses: Callable[[], HitlError] | None = None, through: str = ""
) -> AsyncIterator[Journal]:
    """Open the journal in `folder`; create it if missing. Raises JournalFailed.

    `refuses` makes the error of everything that would be written down to be sent; without it,
    anything may be sent. `through` is written beside the user's name; see `open_desk`.
    """
    async with open_database(folder / "journal.sqlite") as database:
        log = DecisionLog(database, refuses, through)
        await log.begin()
        yield Journal(log, DraftTable(database), ItemNoteTable(database), folder)
