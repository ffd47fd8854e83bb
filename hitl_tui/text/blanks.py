"""Long runs of spaces and blank lines, counted instead of drawn: they could push text out of view.

All text here went through `hitl_engine.visible`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

_SPACE = " \\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_RUN = re.compile(f"(?<=[^{_SPACE}])[{_SPACE}]{{9,}}|(?<![{_SPACE}])[{_SPACE}]{{41,}}")
"""More than eight inside a line or at its end, more than forty at its start: code is indented."""
_BLANK = re.compile(f"[{_SPACE}]*")
_BLANK_LINES = 3
"""So many blank lines are drawn."""
_OPEN = "⟨×"
_ESCAPED_OPEN = "\\u{27E8}×"
"""How a text is shown that looks as if something was counted."""


def count_spaces(line: str) -> str:
    """Return a line with a count in place of each long run of spaces or tabs."""
    return _RUN.sub(_count, line.replace(_OPEN, _ESCAPED_OPEN))


def count_blanks(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Return lines with their numbers, from 1; a count is in place of each long run of blanks.

    A run of blank lines has the number of the first.
    """
    for blank, group in groupby(enumerate(lines, 1), lambda each: _is_blank(each[1])):
        run = list(group)
        if blank and len(run) > _BLANK_LINES:
            yield run[0][0], f"{_OPEN}{len(run):,} blank lines⟩"
        else:
            yield from ((number, count_spaces(line)) for number, line in run)


def _is_blank(line: str) -> bool:
    return _BLANK.fullmatch(line) is not None


def _count(run: re.Match[str]) -> str:
    tabs = run[0].count("\t")
    noun = "spaces" if not tabs else "tabs" if tabs == len(run[0]) else "spaces and tabs"
    return f"{_OPEN}{len(run[0]):,} {noun}⟩"
