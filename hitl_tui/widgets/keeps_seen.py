"""A widget that keeps which rows of its text were on the screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.errors import NoWidget
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from hitl_tui.text.rows import Rows
from hitl_tui.text.seen_rows import SeenRows

if TYPE_CHECKING:
    from textual.widget import Widget as _Widget
else:
    _Widget = object  # a widget inherits its component classes from one widget class only


class KeepsSeen(_Widget):
    """A part of a widget that draws rows of lines: on request, it keeps which of them were drawn.

    Textual also draws rows that another widget covers, and does not ask for a row again when it is
    uncovered. So what counts is what is painted, and whether the screen shows this widget there.
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

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint lines, and keep which of their rows the screen shows."""
        strips = super().render_lines(crop)
        if self._seen is not None and not self._seen.all and self.is_attached:
            self._keep(self._seen, crop)
        return strips

    def _keep(self, seen: SeenRows, crop: Region) -> None:
        above = self.gutter.top
        added = False
        for y in range(max(crop.y, above), crop.bottom):
            row = self.row_in(y - above)
            if row is not None and seen.takes(*row) and self._is_uncovered(y):
                seen.add(row[0], row[2])
                added = True
        if added and not self._telling:
            self._telling = True
            self.call_after_refresh(self._tell)  # once for all rows that are drawn now

    def _is_uncovered(self, y: int) -> bool:
        """Return whether the screen shows this widget at both ends of a line."""
        content = self.content_region
        return all(self._is_on_top(x, self.region.y + y) for x in {content.x, content.right - 1})

    def _is_on_top(self, x: int, y: int) -> bool:
        try:
            shown, _ = self.screen.get_widget_at(x, y)
        except NoWidget:
            return False
        return shown is self or self in shown.ancestors

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

    def row_in(self, y: int) -> tuple[int, int, int] | None:
        """Return which line is drawn in line `y` of the content, from which to which column.

        None if there is no text.
        """
        raise NotImplementedError

    def shown_rows(self) -> tuple[Sequence[int], Rows] | None:
        """Return the numbers of the lines that are not folded, and their rows; None before layout."""
        raise NotImplementedError


class KeepsRowsSeen(KeepsSeen):
    """Counts each row as a line of its own, where only drawing tells which text is in a row.

    At another width the rows are others: then they must be seen again, unless all of them were.
    """

    _seen_at = 0
    """The width at which rows were drawn last."""
    _all_seen = False
    """Whether all rows were on the screen at that width."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint lines; start again if the width is another one."""
        if self._seen is not None and self.size.width != self._seen_at:
            self._seen_at = self.size.width
            self.forget_seen()
            self._seen.all = self._all_seen
        strips = super().render_lines(crop)
        self._all_seen = self._seen is not None and not self.unseen
        return strips

    def unseen_of(self, lines: range) -> int:
        """Return how many of these rows were not on the screen yet."""
        if self._seen is None or self._seen.all:
            return 0
        return len(lines) - self._seen.count(lines)

    def row_in(self, y: int) -> tuple[int, int, int] | None:
        """Return the number of the row that is drawn there; None below the last one."""
        row = y + self.scroll_offset.y
        return (row, 0, 0) if row < self.line_count else None
