"""The lines of a difference as they are drawn: in two columns where there is room for that."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from hitl_engine.visible import visible
from hitl_tui.text.argument_line import ArgumentLine
from hitl_tui.text.argument_lines import lines_of_change
from hitl_tui.text.two_columns import in_two_columns

_PLACE = "@"


def difference_lines(lines: Sequence[str], columns: int) -> list[ArgumentLine]:
    """Return lines that begin with `-`, `+`, `@` or a space; an `@` begins another place.

    Untrusted: they are made visible here. Where the view has many columns, what is removed is
    beside what is added; where only one of both happened, a column for the other would be empty.
    """
    if not {line[:1] for line in lines}.issuperset("-+"):
        columns = 0
    return list(_drawn([visible(line) for line in lines], columns))


def _drawn(lines: Sequence[str], columns: int) -> Iterator[ArgumentLine]:
    for begins_place, group in groupby(lines, lambda line: line.startswith(_PLACE)):
        if begins_place:
            yield from (ArgumentLine(line, spans=((0, len(line), "word"),)) for line in group)
        else:
            yield from in_two_columns(lines_of_change(list(group), ""), columns)
