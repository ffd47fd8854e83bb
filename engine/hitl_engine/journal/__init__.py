"""The journal: drafts and decisions on disk, in a SQLite database of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hitl_engine.journal.database import open_database
from hitl_engine.journal.decisions import DecisionLog
from hitl_engine.journal.drafts import DraftTable


@dataclass(frozen=True, slots=True)
class Journal:
    """One journal; open it with `open_journal`."""

    decisions: DecisionLog
    drafts: DraftTable
    folder: Path
    """Where it is."""


@asynccontextmanager
async def open_journal(folder: Path, *, through: str = "") -> AsyncIterator[Journal]:
    """Open the journal in `folder`; create it if missing. Raises JournalFailed.

    `through` is written beside the user's name; see `open_desk`.
    """
    async with open_database(folder / "journal.sqlite") as database:
        yield Journal(DecisionLog(database, through), DraftTable(database), folder)
