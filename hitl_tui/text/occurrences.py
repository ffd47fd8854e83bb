"""Where a text is in lines; whether letters are capital does not count."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_STEP = 2_000
"""Lines that are looked at before a search lets others work."""


class Occurrence(NamedTuple):
    """A part of a line that is the text."""

    line: int
    start: int
    end: int


def occurrences(lines: Iterable[str], text: str) -> Iterator[Occurrence | None]:
    """Yield where the text is, in order; none overlap.

    Between them it yields None now and then, so that a caller can let others work.
    """
    wanted = re.compile(re.escape(text), re.IGNORECASE)
    for number, line in enumerate(lines, 1):
        if number % _STEP == 0:
            yield None
        yield from (Occurrence(number - 1, *match.span()) for match in wanted.finditer(line))
