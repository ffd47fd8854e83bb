"""The base of views of blocks with many rows each: only the blocks in view are laid out."""

from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region
from textual.selection import Selection
from textual.strip import Strip

from hitl_tui.widgets.drawn_rows import DrawnRows

_ROWS = 1 << 24
"""More rows than a block has."""


class Place(NamedTuple):
    """A row of a block."""

    block: int
    row: int

    @property
    def number(self) -> int:
        """A number for the row: rows further down have higher ones, also where some are missing."""
        return self.block * _ROWS + self.row

    @classmethod
    def numbered(cls, number: int) -> "Place":
        """Return the row with this number."""
        return cls(*divmod(number, _ROWS))


class BlockScroll(DrawnRows, can_focus=True):
    """Scrolls through blocks from the row at its top; how high the other blocks are is not known.

    So the last of thousands of blocks are shown as fast as the first of a few. A bar at the right
    shows which part of the blocks is in view.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"block-scroll--bar"}
    DEFAULT_CSS = """
    BlockScroll {
        height: 1fr;
        width: 1fr;
        & > .block-scroll--bar { color: $foreground 30%; }
    }
    """
    _BAR = 1
    """The width of the bar."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._top = Place(0, 0)
        self._keeps_end = True
        """Whether the last row stays in view when blocks are added or the size changes."""
        self._rows: LRUCache[int, Sequence[object]] = LRUCache(1024)
        self._places: list[Place] | None = None
        """What is on each line of the view; None after a change."""
        self._strips: LRUCache[Hashable, Strip] = LRUCache(512)

    # For subclasses

    @property
    def block_count(self) -> int:
        """How many blocks there are."""
        raise NotImplementedError

    def lay_out(self, block: int, width: int) -> Sequence[object]:
        """Return the rows of a block, at least one."""
        raise NotImplementedError

    def look_of(self, place: Place) -> Hashable:
        """Return what a row looks like besides its texts: equal for equal rows."""
        raise NotImplementedError

    def draw(self, place: Place, width: int) -> list[Segment]:
        """Return a row, in at most `width` cells; its first segment is no text of it."""
        raise NotImplementedError

    def continues(self, place: Place) -> bool:
        """Whether a row goes on with the line of the row before it, which was cut there."""
        raise NotImplementedError

    def rows_of(self, block: int) -> Sequence[object]:
        """Return the rows of a block at the current width."""
        rows = self._rows.get(block)
        if rows is None:
            rows = self._rows[block] = self.lay_out(block, self.row_width)
        return rows

    def forget_rows(self, block: int | None = None) -> None:
        """Lay out a block again, or all."""
        if block is None:
            self._rows.clear()
        else:
            self._rows.discard(block)
        self._strips.clear()
        self._keep_in_bounds()
        self.redraw()

    @property
    def row_width(self) -> int:
        """The cells of a row."""
        return max(8, self.size.width - self._BAR)

    @property
    def page(self) -> int:
        """How many rows are in view."""
        return max(1, self.size.height)

    # Scrolling

    @property
    def top(self) -> Place:
        """The row at the top."""
        return self._top

    def scroll_rows(self, by: int) -> None:
        """Scroll by some rows, down if it is positive."""
        self._move_to(self.moved(self._top, by))

    def scroll_to_end(self) -> None:
        """Show the last row at the bottom."""
        self._move_to(self._last_top)

    def scroll_to_start(self) -> None:
        """Show the first row at the top."""
        self._move_to(Place(0, 0))

    def show_rows(self, first: Place, last: Place) -> None:
        """Bring rows into view; if they do not fit, the first one."""
        # A third of a page is scrolled at once: fewer repaints, and what comes next is visible.
        ahead = self.page // 3
        if first < self._top:
            self._move_to(self.moved(first, -ahead))
        elif last > self.places[-1]:
            self._move_to(min(first, self.moved(last, 1 - self.page + ahead)))

    def _move_to(self, top: Place) -> None:
        end = self._last_top
        top = min(top, end)
        self._keeps_end = top == end
        if top != self._top:
            self._top = top
            self.redraw()

    @property
    def _last_top(self) -> Place:
        """The row at the top while the last row is at the bottom."""
        if not self.block_count:
            return Place(0, 0)
        last = self.block_count - 1
        return self.moved(Place(last, len(self.rows_of(last)) - 1), 1 - self.page)

    def moved(self, place: Place, by: int) -> Place:
        """Return the place some rows below, or above; at most the first or the last one."""
        block, row = place.block, place.row + by
        while row < 0 and block > 0:
            block -= 1
            row += len(self.rows_of(block))
        while row >= (height := len(self.rows_of(block))):
            if block + 1 >= self.block_count:
                return Place(block, height - 1)
            row -= height
            block += 1
        return Place(block, max(0, row))

    def _keep_in_bounds(self) -> None:
        """Stay at the end, or where the view is, after the blocks have changed."""
        if not self.size.height:
            return
        end = self._last_top
        self._top = end if self._keeps_end or self._top > end else self._top
        if self.block_count:
            height = len(self.rows_of(self._top.block))
            self._top = Place(self._top.block, min(self._top.row, height - 1))

    def on_resize(self) -> None:
        """Lay out again for the new width."""
        self.forget_rows()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll_rows(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll_rows(-3)

    # Drawing

    def redraw(self) -> None:
        """Draw everything again."""
        self._places = None
        self.refresh()

    def redraw_block(self, block: int) -> None:
        """Draw the rows of a block again."""
        for y, place in enumerate(self.places):
            if place.block == block:
                self.refresh(Region(0, y, self.size.width, 1))

    def notify_style_update(self) -> None:
        """Forget the rows in the old colours."""
        self._strips.clear()
        super().notify_style_update()

    @property
    def places(self) -> list[Place]:
        """What is on each line of the view, from the top."""
        if self._places is None:
            self._places = []
            place = self._top
            while len(self._places) < self.page and place.block < self.block_count:
                rows = range(place.row, len(self.rows_of(place.block)))
                self._places += (Place(place.block, row) for row in rows)
                place = Place(place.block + 1, 0)
            del self._places[self.page :]
        return self._places

    def render_line(self, y: int) -> Strip:
        """Draw a row, and its piece of the bar."""
        width = self.size.width
        if y >= len(self.places):
            return Strip.blank(width, self.rich_style)
        place = self.places[y]
        key = (place, self.look_of(place), self._bar(y), width)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._drawn(place, self._bar(y), width)
        return strip

    def _drawn(self, place: Place, bar: str, width: int) -> Strip:
        """Return a row: its mark at the left, its text, and its piece of the bar."""
        mark, *text = self.draw(place, self.row_width) or [Segment("")]
        shown = self.selectable(Strip(text), place.number)
        strip = Strip([mark, *shown]).adjust_cell_length(max(0, width - self._BAR), self.rich_style)
        style = self.get_component_rich_style("block-scroll--bar")
        return Strip.join([strip, Strip([Segment(bar, style)], self._BAR)])

    # Selecting text

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the rows again with the new selection."""
        self._strips.clear()
        self.redraw()

    def rows_between(self, first: int | None, last: int | None) -> Iterable[tuple[int, bool]]:
        """Return rows, also of blocks between that are not in view."""
        begin = Place.numbered(first or 0)
        end = Place.numbered(last) if last is not None else Place(self.block_count, 0)
        for block in range(begin.block, min(end.block + 1, self.block_count)):
            for row in range(len(self.rows_of(block))):
                if begin <= (place := Place(block, row)) <= end:
                    yield place.number, self.continues(place)

    def _bar(self, y: int) -> str:
        places = self.places
        if places[0] == (0, 0) and places[0] == self._last_top:
            return " "
        first = places[0].block * self.page // self.block_count
        last = places[-1].block * self.page // self.block_count
        return "▐" if first <= y <= last else " "
