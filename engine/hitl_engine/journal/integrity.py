"""Whether the journal of a data folder is whole, and what it holds; reads only."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hitl_engine.journal.chain import ROWS, walk
from hitl_engine.model import ChainReport


@dataclass(frozen=True, slots=True)
class JournalReport:
    """What a journal holds."""

    decisions: int
    without_outcome: int
    """Decisions that were about to be sent, and of which no outcome was recorded."""
    drafts: int
    faults: tuple[str, ...]
    """What SQLite found damaged; nothing else was read then."""
    changed: str = ""
    """What is wrong with the first row that is not as it was written."""


def examine_journal(folder: Path) -> JournalReport | None:
    """Read the journal in a folder; None if there is none yet. Raises sqlite3.Error."""
    path = folder / "journal.sqlite"
    if not path.exists():
        return None
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        found = [str(text) for (text,) in database.execute("PRAGMA integrity_check(5)")]
        if found != ["ok"]:
            return JournalReport(0, 0, 0, tuple(found))
        ((intended, concluded),) = database.execute(
            "SELECT count(DISTINCT CASE event WHEN 'intend' THEN decision_id END),"
            " count(DISTINCT CASE event WHEN 'conclude' THEN decision_id END) FROM decision"
        )
        ((drafts,),) = database.execute("SELECT count(*) FROM draft")
        chain = _chain(database)
        changed = chain.fault if chain else ""
        return JournalReport(intended, intended - concluded, drafts, (), changed)


def _chain(database: sqlite3.Connection) -> ChainReport | None:
    """Return the report on the chain; None for a journal that no version with a chain has opened."""
    columns = [row[1] for row in database.execute("PRAGMA table_info(decision)")]
    if "hash" not in columns:
        return None
    found = database.execute("SELECT id FROM journal").fetchone()
    return walk(found[0] if found else "", database.execute(ROWS))
