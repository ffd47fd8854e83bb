"""Rows of the journal that were changed, added, removed or moved are found by their hashes."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_engine.journal import open_journal
from hitl_engine.journal.decisions import Intent
from hitl_engine.model import ChainReport, Outcome, OutcomeKind
from hitl_engine.selftest.journals import changed_journals
from tests.engine.test_journal import INTENT

SEED = 20261130


def intents(prefix: str, count: int) -> list[Intent]:
    return [replace(INTENT, decision_id=f"{prefix}{number}") for number in range(count)]


async def decide(folder: Path, prefix: str, count: int) -> None:
    taken = Outcome(OutcomeKind.APPLIED, "It was taken.", None, thread_id="t1")
    async with open_journal(folder) as journal:
        for intent in intents(prefix, count):
            await journal.decisions.intend(intent)
            await journal.decisions.conclude(intent, taken, "r1")


async def verified(folder: Path) -> ChainReport:
    async with open_journal(folder) as journal:
        return await journal.decisions.verify()


async def test_every_row_is_chained_also_of_two_consoles_at_once(tmp_path: Path) -> None:
    await asyncio.gather(decide(tmp_path, "a", 20), decide(tmp_path, "b", 20))
    report = await verified(tmp_path)
    assert (report.rows, report.earlier, report.fault) == (80, 0, "")


async def test_rows_that_are_written_together_are_chained_in_their_order(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        head = await journal.decisions.intend(*intents("d", 300))
        report = await journal.decisions.verify()
    assert (report.rows, report.fault) == (300, "")
    assert head == f"{report.journal_id}:{report.head}"


async def test_a_changed_row_is_named(tmp_path: Path) -> None:
    await decide(tmp_path, "d", 3)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database, database:
        database.execute(
            "UPDATE decision SET body = replace(body, 'revise', 'reject') WHERE seq = 3"
        )
    report = await verified(tmp_path)
    assert (report.rows, report.fault.partition(" is")[0]) == (2, "row 3")


async def test_rows_of_an_earlier_version_are_not_compared(tmp_path: Path) -> None:
    await decide(tmp_path, "d", 2)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database, database:
        database.execute("ALTER TABLE decision DROP COLUMN hash")
    await decide(tmp_path, "e", 1)
    report = await verified(tmp_path)
    assert (report.rows, report.earlier, report.fault) == (2, 4, "")


@pytest.mark.parametrize(
    "count", [600, pytest.param(10_000, marks=pytest.mark.hardening, id="all")]
)
def test_changes_are_found(count: int) -> None:
    """By the chain, or because a hash that a run carries is no longer in it."""
    found = changed_journals(count, SEED)
    assert (found.tried, found.wrong, found.first) == (count, 0, "")
