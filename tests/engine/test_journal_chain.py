"""Rows of the journal that were changed, added, removed or moved are found by their hashes."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_engine.journal import open_journal
from hitl_engine.journal.chain import linked, walk
from hitl_engine.journal.decisions import Intent
from hitl_engine.model import ChainReport, Outcome, OutcomeKind
from tests.engine.test_journal import INTENT

Row = tuple[int, str, str, str, str, str]
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


# Mutations: each takes the rows of a whole journal and returns others.


def flipped(rows: list[Row], chance: random.Random) -> list[Row]:
    place, column = chance.randrange(len(rows)), chance.randrange(1, 6)
    row = list(rows[place])
    text = str(row[column])
    at = chance.randrange(len(text))
    row[column] = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
    return [*rows[:place], tuple(row), *rows[place + 1 :]]  # type: ignore[list-item]  # as before


def dropped(rows: list[Row], chance: random.Random) -> list[Row]:
    place = chance.randrange(len(rows))
    return rows[:place] + rows[place + 1 :]


def swapped(rows: list[Row], chance: random.Random) -> list[Row]:
    one, other = chance.sample(range(len(rows)), 2)
    found = list(rows)
    found[one], found[other] = found[other], found[one]
    return found


def inserted(rows: list[Row], chance: random.Random) -> list[Row]:
    place = chance.randrange(len(rows) + 1)
    copy = chance.choice(rows)
    return [*rows[:place], copy, *rows[place:]]


def cut(rows: list[Row], chance: random.Random) -> list[Row]:
    return rows[: chance.randrange(len(rows))]


def written_anew(rows: list[Row], chance: random.Random) -> list[Row]:
    """Change a row, and compute all hashes again."""
    changed = list(rows)
    place = chance.randrange(len(rows))
    number, decision_id, event, at, body, hash = changed[place]
    changed[place] = (number, decision_id, event, at, body + " ", hash)
    head, found = "journal", []
    for number, decision_id, event, at, body, _ in changed:
        head = linked(head, decision_id, event, at, body)
        found.append((number, decision_id, event, at, body, head))
    return found


MUTATIONS: tuple[Callable[[list[Row], random.Random], list[Row]], ...] = (
    flipped, dropped, swapped, inserted, cut, written_anew,
)  # fmt: skip


@pytest.mark.parametrize(
    "count", [600, pytest.param(10_000, marks=pytest.mark.hardening, id="all")]
)
def test_mutations_are_found(count: int) -> None:
    """By the chain, or because a hash that a run carries is no longer in it."""
    chance = random.Random(SEED)
    rows: list[Row] = []
    head = "journal"
    for number in range(12):
        content = (f"d{number // 2}", "intend", f"2026-11-30T12:00:{number:02}", '{"who": "ada"}')
        head = linked(head, *content)
        rows.append((number + 1, *content, head))
    kept_by_runs = {row[5] for row in rows}
    assert walk("journal", rows).heads == kept_by_runs
    missed = []
    for number in range(count):
        mutation = MUTATIONS[number % len(MUTATIONS)]
        report = walk("journal", mutation(rows, chance))
        if not report.fault and report.heads >= kept_by_runs:
            missed.append(mutation.__name__)
    assert not missed
