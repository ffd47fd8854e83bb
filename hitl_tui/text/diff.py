"""The difference between two texts, bounded in time."""

import difflib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

_MAX_LINES = 1_500
"""If the changed part of a text has more lines than this, its lines are not compared."""
CONTEXT = 2


def changes(before: str, after: str) -> list[str]:
    """Return a unified diff without its file header; empty for equal texts."""
    if before == after:
        return []
    old, new = before.split("\n"), after.split("\n")
    if max(len(old), len(new)) <= _MAX_LINES:
        return [line.rstrip("\n") for line in _unified(old, new)]
    return _replaced(old, new)


def aligned(before: str, after: str, *, most_lines: int = _MAX_LINES) -> list[str]:
    """Return the lines of both texts, equal ones once, each after ` `, `-` or `+`."""
    old, new = before.split("\n"), after.split("\n")
    head, tail = _equal_ends(old, new)
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    matched = _matched if max(map(len, middle)) <= most_lines else _one_by_one
    return [
        *(f" {line}" for line in old[:head]),
        *matched(*middle),
        *(f" {line}" for line in old[len(old) - tail :]),
    ]


def _matched(old: list[str], new: list[str]) -> Iterator[str]:
    for tag, a, b, c, d in difflib.SequenceMatcher(a=old, b=new).get_opcodes():
        if tag == "equal":
            yield from (f" {line}" for line in old[a:b])
        else:
            yield from _one_by_one(old[a:b], new[c:d])


def _one_by_one(old: list[str], new: list[str]) -> Iterator[str]:
    yield from (f"-{line}" for line in old)
    yield from (f"+{line}" for line in new)


def _unified(old: list[str], new: list[str]) -> list[str]:
    return list(difflib.unified_diff(old, new, lineterm="", n=CONTEXT))[2:]


def _replaced(old: list[str], new: list[str]) -> list[str]:
    """Leave out the equal lines at both ends; compare the rest only if it is short."""
    head, tail = _equal_ends(old, new)
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    place = f"@@ from line {head + 1}: {len(old):,} lines become {len(new):,} @@"
    if max(len(old), len(new)) <= _MAX_LINES:
        return [place, *_unified(old, new)]
    return [place, *_one_by_one(old, new)]


def _equal_ends(old: list[str], new: list[str]) -> tuple[int, int]:
    """Return how many lines are equal at the start and, of the rest, at the end."""
    head = _equal(zip(old, new, strict=False))
    most = min(len(old), len(new)) - head
    return head, min(most, _equal(zip(reversed(old), reversed(new), strict=False)))


def _equal(pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def difference(old: str, new: str) -> tuple[int, int, int]:
    """Return where two texts begin to differ, and where the difference ends in old and in new."""
    shorter = min(len(old), len(new))
    start = _alike(shorter, lambda length: old.startswith(new[:length]))
    rest = shorter - start
    end = _alike(rest, lambda length: old.endswith(new[len(new) - length :]))
    return start, len(old) - end, len(new) - end


def _alike(most: int, holds: Callable[[int], bool]) -> int:
    """Return the greatest length up to `most` for which it is true; it is true for all smaller ones."""
    return bisect_left(range(most), True, key=lambda length: not holds(length + 1))


def change_count(lines: list[str]) -> str:
    """Return how many lines were added and removed: `+1 −2`, or `unchanged`."""
    added = sum(line.startswith("+") for line in lines)
    removed = sum(line.startswith("-") for line in lines)
    return f"+{added} −{removed}" if lines else "unchanged"
