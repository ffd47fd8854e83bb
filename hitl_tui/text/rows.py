"""Lines cut into rows: where a line is cut, and what each row shows; quick with a million rows."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from rich.cells import cell_len, get_character_cell_size

from hitl_engine.characters.hidden import keeps_together

Cuts = Sequence[int]
"""The offsets at which a line is cut; empty if it fits on one row."""
WHOLE: Cuts = ()
"""The cuts of a line that fits."""


_LAST_WORD = re.compile(r".*\s(?=\S)", re.DOTALL)
_WIDENING = "\N{VARIATION SELECTOR-16}"
"""It makes the character before it wider."""
_MAX_PER_CELL = 8
"""Characters in a cell: without a limit, marks that have no width could fill a row for ever."""


class Rows:
    """Finds the rows of a line and the line of a row."""

    def __init__(self, cuts: Iterable[Cuts] = (WHOLE,)) -> None:
        self.cuts = list(cuts)
        """Where each line is cut."""
        self._cuts_before: list[int] | None = None

    def replace(self, start: int, stop: int, cuts: Iterable[Cuts]) -> None:
        """Replace the cuts of lines `start` to `stop` by those of other lines."""
        new, old = list(cuts), self.cuts[start:stop]
        self.cuts[start:stop] = new
        if list(map(len, old)) != list(map(len, new)):
            self._cuts_before = None

    def _sums(self) -> list[int]:
        """Return how many cuts there are before each line, and in all. Loops in Python are too slow."""
        if self._cuts_before is None:
            self._cuts_before = list(accumulate(map(len, self.cuts), initial=0))
        return self._cuts_before

    def top(self, line: int) -> int:
        """Return the first row of a line."""
        return self._sums()[line] + line

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.top(len(self.cuts))

    def at(self, row: int) -> tuple[int, int]:
        """Return the line that `row` shows, and which row of that line it is."""
        line = bisect_right(range(len(self.cuts)), row, key=self.top) - 1
        return line, row - self.top(line)

    def span(self, line: int, part: int, length: int) -> tuple[int, int]:
        """Return which columns row `part` of a line of this length shows, as start and end."""
        cuts = self.cuts[line]
        return cuts[part - 1] if part else 0, cuts[part] if part < len(cuts) else length


def pieces(cuts: Cuts, length: int) -> list[tuple[int, int]]:
    """Return start and end of each row of a line of this length."""
    return list(zip((0, *cuts), (*cuts, length), strict=True))


def cut_at_words(line: str, width: int) -> Cuts:
    """Return where `line` is cut to fit `width` cells: before words, or within longer words.

    Spaces stay with the word before them, as in Textual's editor.
    """

    def end(start: int, reach: int) -> int:
        word = _LAST_WORD.match(line, start, reach + 1)
        return word.end() if word else reach

    return _cut(line, width, end)


def cut_loosely(line: str, width: int) -> Cuts:
    """Return where `line` is cut to fit `width` cells: at a space if one is near, or anywhere."""

    def end(start: int, reach: int) -> int:
        space = line.rfind(" ", start, reach)
        return space + 1 if space - start > width // 2 else reach

    return _cut(line, width, end)


def cut_anywhere(line: str, width: int) -> Cuts:
    """Return where `line` is cut to fit `width` cells, each row as long as possible."""
    if line.isascii():
        return range(width, len(line), width)
    return _cut(line, width, lambda _, reach: reach)


def _cut(line: str, width: int, end: Callable[[int, int], int]) -> Cuts:
    """Cut at `end(start, reach)`: where a row starts, and where it ends at the latest."""
    length = len(line)
    cuts: list[int] = []
    start = 0
    if line.isascii():
        while start + width < length:
            start = end(start, start + width)
            cuts.append(start)
        return cuts or WHOLE
    while (reach := reach_of(line, start, width)) < length:
        start = end(start, reach)
        cuts.append(start)
    return cuts or WHOLE


def reach_of(line: str, start: int, width: int) -> int:
    """Return where the characters end that fit `width` cells from `start` on; at least one fits."""
    piece = line[start : start + width]
    if piece.isascii():
        return start + len(piece)
    cells = 0
    piece = line[start : start + width * _MAX_PER_CELL]
    for index, char in enumerate(piece):
        cells += get_character_cell_size(char)
        if cells > width:
            reach = max(index, 1)
            break
    else:
        reach = len(piece)
    if _WIDENING in piece:
        while reach > 1 and cell_len(piece[:reach]) > width:
            reach -= 1
    while 1 < reach < len(piece) and keeps_together(piece, reach):
        reach -= 1
    return start + reach
