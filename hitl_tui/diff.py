"""The difference between two texts, bounded in time."""

import difflib
from itertools import takewhile

_MOST_LINES = 1_500
"""Beyond this, on either side of what changed, lines are no longer matched with each other."""
CONTEXT = 2


def changes(before: str, after: str) -> list[str]:
    """Return a unified diff without its file header; nothing for equal texts."""
    if before == after:
        return []
    old, new = before.split("\n"), after.split("\n")
    if max(len(old), len(new)) <= _MOST_LINES:
        return [line.rstrip("\n") for line in _unified(old, new)]
    return _replaced(old, new)


def _unified(old: list[str], new: list[str]) -> list[str]:
    return list(difflib.unified_diff(old, new, lineterm="", n=CONTEXT))[2:]


def _replaced(old: list[str], new: list[str]) -> list[str]:
    """Cut off what is equal at both ends, and match the rest only if it is short."""
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    old, new = old[head:], new[head:]
    tail = sum(
        1
        for _ in takewhile(
            lambda pair: pair[0] == pair[1], zip(reversed(old), reversed(new), strict=False)
        )
    )
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    place = f"@@ from line {head + 1}: {len(old):,} lines become {len(new):,} @@"
    if max(len(old), len(new)) <= _MOST_LINES:
        return [place, *_unified(old, new)]
    return [place, *(f"-{line}" for line in old), *(f"+{line}" for line in new)]


def count_words(lines: list[str]) -> str:
    """Return how many lines came and went, in few words."""
    added = sum(line.startswith("+") for line in lines)
    removed = sum(line.startswith("-") for line in lines)
    return f"+{added} −{removed}" if lines else "unchanged"
