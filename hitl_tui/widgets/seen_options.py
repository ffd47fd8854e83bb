"""A list of options that keeps which of its rows were on the screen."""

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import OptionList

from hitl_tui.text.rows import WHOLE, Rows
from hitl_tui.widgets.keeps_seen import KeepsSeen


class SeenOptions(KeepsSeen, OptionList):
    """Counts each row of the list as a line of its own, because only Textual knows the options there.

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

    @property
    def line_count(self) -> int:
        """How many rows all options have."""
        return self.virtual_size.height

    def line(self, number: int) -> str:
        """Return nothing: that a row was seen is all that is kept."""
        return ""

    def row_in(self, y: int) -> tuple[int, int, int] | None:
        """Return the number of the row that is drawn there; None below the last one."""
        row = y + self.scroll_offset.y
        return (row, 0, 0) if row < self.line_count else None

    def shown_rows(self) -> tuple[Sequence[int], Rows] | None:
        """Return the numbers of all rows; None before layout."""
        count = self.line_count
        return (range(count), Rows([WHOLE] * count)) if self.size.width else None
