"""Which words differ between a line that a difference removes and the one that it adds; bounded."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]
"""Start and end of a part of a line."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST = 1_000
"""Words of a line that is compared word by word, in a text whose words do not repeat much."""
_MOST_OF_LINE = 4_000
"""Pairs of equal words in two lines; with more, the lines are not compared word by word."""
_MOST_IN_ALL = 40_000
"""Likewise in one difference."""
_ALIKE = 0.4
"""Below this part of equal characters two lines have so little in common that no word is marked."""


def words_of_difference(lines: Sequence[str]) -> dict[int, list[Range]]:
    """Return for the lines of a difference, which begin with a sign, the parts that differ.

    The lines that are removed and then added at one place are compared in their order. Lines that
    have little in common, or are very long, have no such parts.
    """
    found: dict[int, list[Range]] = {}
    in_all = 0
    for old, new in _pairs(lines):
        before, after = _words(lines[old][1:]), _words(lines[new][1:])
        work = _work(before, after)
        in_all += work
        if in_all > _MOST_IN_ALL:
            break
        differ = _changed(before, after) if work <= _MOST_OF_LINE else ([], [])
        found[old], found[new] = differ
    return found


def _changed(before: Sequence[str], after: Sequence[str]) -> tuple[list[Range], list[Range]]:
    """Return the parts of both lines that differ, which come after a sign."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    equal = sum(
        len("".join(before[block.a : block.a + block.size]).strip())
        for block in matcher.get_matching_blocks()
    )
    longest = max(len("".join(words).strip()) for words in (before, after))
    if equal < _ALIKE * max(longest, 1):
        return [], []
    starts, ends = _starts(before), _starts(after)
    removed: list[Range] = []
    added: list[Range] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            removed += [(starts[a], starts[b])] if b > a else []
            added += [(ends[c], ends[d])] if d > c else []
    return removed, added


def _words(line: str) -> list[str]:
    """Return the words of a line, and what is between them; of a very long one the first."""
    return [match[0] for match in islice(_WORD.finditer(line), _LONGEST + 1)]


def _work(before: Sequence[str], after: Sequence[str]) -> int:
    """Return how many pairs of equal words there are: `SequenceMatcher` looks at each many times."""
    if max(len(before), len(after)) > _LONGEST:
        return _MOST_OF_LINE + 1
    counts = Counter(after)
    return 10 + sum(counts[word] for word in before)


def _pairs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of the lines that replace each other."""
    number = 0
    while number < len(lines):
        middle = _end_of_run(lines, number, "-")
        end = _end_of_run(lines, middle, "+")
        if middle > number:
            yield from zip(range(number, middle), range(middle, end), strict=False)
        number = max(end, number + 1)


def _end_of_run(lines: Sequence[str], start: int, sign: str) -> int:
    end = start
    while end < len(lines) and lines[end].startswith(sign):
        end += 1
    return end


def _starts(words: Sequence[str]) -> list[int]:
    """Return where each word of a line starts, after its sign, and where the last one ends."""
    starts = [1]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts
