"""Which rows of a text were on the screen, at whatever width it was cut."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from hitl_tui.text.rows import Rows


class SeenRows:
    """Remembers for each line how far it was on the screen, from its start on."""

    def __init__(self) -> None:
        self._seen_to: dict[int, int] = {}
        self.all = False
        """Whether every row counts as seen."""

    def forget(self) -> None:
        """Start again: there is another text."""
        self._seen_to.clear()
        self.all = False

    def takes(self, line: int, start: int, end: int) -> bool:
        """Return whether the row that shows a line from `start` to `end` is new, and the next one."""
        seen_to = self._seen_to.get(line, -1)
        return not self.all and end > seen_to and start <= max(seen_to, 0)

    def add(self, line: int, end: int) -> None:
        """Add a row that it takes, which shows a line up to `end`."""
        self._seen_to[line] = end

    def count(self, lines: range) -> int:
        """Return of how many of these lines the start was on the screen."""
        return sum(line in lines for line in self._seen_to)

    def unseen(
        self, shown: Sequence[int], rows: Rows, length: Callable[[int], int], lines: range
    ) -> int:
        """Return how many rows of these lines were not on the screen.

        `shown` are the lines that are not folded, in order, and `rows` their rows; `length` returns
        how long a line is. Each line that is folded counts as one row.
        """
        if self.all:
            return 0
        first, last = bisect_left(shown, lines.start), bisect_left(shown, lines.stop)
        unseen = rows.top(last) - rows.top(first) + len(lines) - (last - first)
        for line, seen_to in self._seen_to.items():
            if line not in lines:
                continue
            place = bisect_right(shown, line) - 1
            whole = seen_to >= length(line)
            if place >= 0 and shown[place] == line:
                unseen -= bisect_right(rows.cuts[place], seen_to) + whole
            else:
                unseen -= whole
        return unseen
