"""A widget that keeps which rows of its text were on the screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from hitl_tui.text.rows import Rows
from hitl_tui.text.seen_rows import SeenRows

if TYPE_CHECKING:
    from textual.widget import Widget as _Widget
else:
    _Widget = object  # a widget inherits its component classes from one widget class only


class KeepsSeen(_Widget):
    """A part of a widget that draws rows of lines: on request, it keeps which of them were drawn.

    Textual draws only the rows that are on the screen.
    """

    class Seen(Message):
        """Rows came on the screen for the first time, or all were counted as seen."""

    _seen: SeenRows | None = None
    _telling = False

    def keep_seen(self) -> None:
        """Keep from now on which rows were on the screen."""
        self._seen = SeenRows()

    def forget_seen(self) -> None:
        """Start again: the lines are others."""
        if self._seen is not None:
            self._seen.forget()

    def count_as_seen(self) -> None:
        """Count every row as seen."""
        if self._seen is not None:
            self._seen.all = True
            self.post_message(self.Seen())

    @property
    def unseen(self) -> int:
        """How many rows were not on the screen yet; each folded line counts as one."""
        return self.unseen_of(range(self.line_count))

    def unseen_of(self, lines: range) -> int:
        """Return how many rows of these lines were not on the screen yet."""
        if self._seen is None or self._seen.all:
            return 0
        if (shown := self.shown_rows()) is None:
            return len(lines)
        return self._seen.unseen(*shown, lambda number: len(self.line(number)), lines)

    def drawn(self, line: int, start: int, end: int) -> None:
        """Keep that the row is drawn now which shows a line from `start` to `end`."""
        if self._seen is not None and self._seen.add(line, start, end) and not self._telling:
            self._telling = True
            self.call_after_refresh(self._tell)  # once for all rows that are drawn now

    def _tell(self) -> None:
        self._telling = False
        self.post_message(self.Seen())

    # For subclasses

    @property
    def line_count(self) -> int:
        """How many lines there are, also those that are folded."""
        raise NotImplementedError

    def line(self, number: int) -> str:
        """Return a line."""
        raise NotImplementedError

    def shown_rows(self) -> tuple[Sequence[int], Rows] | None:
        """Return the numbers of the lines that are not folded, and their rows; None before layout."""
        raise NotImplementedError
