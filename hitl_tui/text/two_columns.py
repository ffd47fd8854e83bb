"""The two sides of a change next to each other, where there is room for that."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from rich.cells import cell_len

from hitl_tui.text.argument_line import ArgumentLine
from hitl_tui.text.highlight import Span
from hitl_tui.text.rows import cut_loosely, pieces

NARROWEST = 110
"""Cells from which on two columns are easier to read than one."""
_BETWEEN = " │ "
_SIGN = 2
"""Cells of the sign before a line, with the space after it."""
_EMPTY = ArgumentLine("")


def in_two_columns(lines: Sequence[ArgumentLine], columns: int) -> list[ArgumentLine]:
    """Return the lines of a change, each with its sign in the gutter, in rows of `columns` cells.

    Removed lines are on the left beside those that were added for them, equal ones on both sides.
    Where two columns have no room, the lines stay as they are.
    """
    if columns < NARROWEST:
        return list(lines)
    cells = (columns - len(_BETWEEN)) // 2 - _SIGN
    return [
        _joined(left, right, cells)
        for old, new in _beside(lines)
        for left, right in zip_longest(_rows(old, cells), _rows(new, cells), fillvalue=_EMPTY)
    ]


def _beside(
    lines: Sequence[ArgumentLine],
) -> Iterator[tuple[ArgumentLine | None, ArgumentLine | None]]:
    """Yield what is beside each other: old and new."""
    removed: list[ArgumentLine] = []
    added: list[ArgumentLine] = []
    for line in lines:
        sign = line.gutter.strip()
        if sign == "+":
            added.append(line)
            continue
        if added or not sign:
            yield from zip_longest(removed, added)
            removed, added = [], []
        if sign == "-":
            removed.append(line)
        else:
            yield line, line
    yield from zip_longest(removed, added)


def _rows(line: ArgumentLine | None, cells: int) -> Iterator[ArgumentLine]:
    """Yield the rows of one side; those that go on with a line have no sign."""
    if line is None:
        return
    for start, end in pieces(cut_loosely(line.text, cells), len(line.text)):
        spans = tuple(
            (max(first, start) - start, min(last, end) - start, colour)
            for first, last, colour in line.spans
            if max(first, start) < min(last, end)
        )
        sign = "" if start else line.gutter.strip()
        yield replace(line, text=line.text[start:end], gutter=sign, spans=spans)


def _joined(left: ArgumentLine, right: ArgumentLine, cells: int) -> ArgumentLine:
    text = ""
    spans: list[Span] = []
    for half in (left, right):
        if half is right:
            spans.append((len(text), len(text) + len(_BETWEEN), "mark"))
            text += _BETWEEN
        start = len(text)
        text += f"{half.gutter:<{_SIGN}}{half.text}{' ' * (cells - cell_len(half.text))}"
        if half.base:
            spans.append((start, len(text), half.base))
        spans += [(start + _SIGN + a, start + _SIGN + b, colour) for a, b, colour in half.spans]
    return ArgumentLine(text, spans=tuple(spans))
