"""Journals whose rows were changed are found: by their hashes, or by those that runs carry."""

import random
from collections.abc import Callable, Sequence

from hitl_engine.journal.chain import linked, walk
from hitl_engine.selftest.figure import Figure, figure_of

_Row = tuple[int, str, str, str, str, str]
"""Number, decision id, event, time, body, hash."""
_JOURNAL = "journal"
_LENGTH = 12


def changed_journals(count: int, seed: int) -> Figure:
    """Change a journal by chance as often as `count`, each time in one way."""
    chance = random.Random(seed)
    rows = _rows()
    kept_by_runs = {row[5] for row in rows}

    def is_found(changed: Sequence[_Row]) -> bool:
        report = walk(_JOURNAL, changed)
        return bool(report.fault) or not report.heads >= kept_by_runs

    changes = (_CHANGES[number % len(_CHANGES)] for number in range(count))
    faults = (
        change.__name__.removeprefix("_")
        for change in changes
        if not is_found(change(rows, chance))
    )
    return figure_of("a changed journal is found", count, faults)


def _rows() -> Sequence[_Row]:
    rows: list[_Row] = []
    head = _JOURNAL
    for number in range(_LENGTH):
        content = (f"d{number // 2}", "intend", f"2026-11-30T12:00:{number:02}", '{"who": "ada"}')
        head = linked(head, *content)
        rows.append((number + 1, *content, head))
    return rows


def _flipped(rows: Sequence[_Row], chance: random.Random) -> Sequence[_Row]:
    """Change one character of one row."""
    place, column = chance.randrange(len(rows)), chance.randrange(1, 6)
    row = list(rows[place])
    text = str(row[column])
    at = chance.randrange(len(text))
    row[column] = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
    return [*rows[:place], tuple(row), *rows[place + 1 :]]  # type: ignore[list-item]  # as before


def _dropped(rows: Sequence[_Row], chance: random.Random) -> Sequence[_Row]:
    place = chance.randrange(len(rows))
    return [*rows[:place], *rows[place + 1 :]]


def _swapped(rows: Sequence[_Row], chance: random.Random) -> Sequence[_Row]:
    one, other = chance.sample(range(len(rows)), 2)
    changed = list(rows)
    changed[one], changed[other] = changed[other], changed[one]
    return changed


def _added(rows: Sequence[_Row], chance: random.Random) -> Sequence[_Row]:
    place = chance.randrange(len(rows) + 1)
    return [*rows[:place], chance.choice(rows), *rows[place:]]


def _cut(rows: Sequence[_Row], chance: random.Random) -> Sequence[_Row]:
    return rows[: chance.randrange(len(rows))]


def _written_anew(rows: Sequence[_Row], chance: random.Random) -> Sequence[_Row]:
    """Change a row, and compute all hashes again."""
    place = chance.randrange(len(rows))
    head = _JOURNAL
    changed: list[_Row] = []
    for number, decision_id, event, time, body, _ in rows:
        body = body + " " if number == place + 1 else body
        head = linked(head, decision_id, event, time, body)
        changed.append((number, decision_id, event, time, body, head))
    return changed


_CHANGES: tuple[Callable[[Sequence[_Row], random.Random], Sequence[_Row]], ...] = (
    _flipped, _dropped, _swapped, _added, _cut, _written_anew,
)  # fmt: skip
