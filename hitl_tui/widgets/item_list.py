"""The base of lists of any length: only the rows on screen are drawn, and one of them is selected."""

from collections.abc import Hashable, Iterable
from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hitl_tui.widgets.content_size import set_content_size
from hitl_tui.widgets.drawn_rows import DrawnRows


def moving_keys(prefix: str, noun: str) -> list[Binding]:
    """Return the keys that move the selection of a list; their ids begin with `prefix`."""
    return [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip=f"One {noun} up", id=f"{prefix}.up"),
        Binding(
            "down,j", "move(1)", "Down", show=False, tooltip=f"One {noun} down", id=f"{prefix}.down"
        ),
        Binding(
            "pageup",
            "page(-1)",
            "Page up",
            show=False,
            tooltip="One page up",
            id=f"{prefix}.page_up",
        ),
        Binding(
            "pagedown",
            "page(1)",
            "Page down",
            show=False,
            tooltip="One page down",
            id=f"{prefix}.page_down",
        ),
        Binding(
            "home,g", "edge(0)", "First", show=False, tooltip="To the first", id=f"{prefix}.first"
        ),
        Binding("end,G", "edge(1)", "Last", show=False, tooltip="To the last", id=f"{prefix}.last"),
    ]


class ItemList(DrawnRows, ScrollView, can_focus=True):
    """Shows items, one row each, under a row of headings; a subclass provides and draws them.

    After the items have changed, the subclass calls `items_changed`.
    """

    DEFAULT_CSS = """
    ItemList {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    """
    HEADINGS: ClassVar[int] = 1
    """How many lines of headings are above the rows: one, or none."""

    selected: reactive[int] = reactive(0, repaint=False)
    """Index of the selected row."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: LRUCache[Hashable, Strip] = LRUCache(512)
        self._fitted = 0
        """The width for which the columns were fitted."""

    # For subclasses

    @property
    def length(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def fit_columns(self, width: int) -> None:
        """Fit the columns to `width` cells."""
        raise NotImplementedError

    def draw_headings(self, width: int) -> Strip:
        """Return the headings of the columns."""
        raise NotImplementedError

    def look_of(self, index: int) -> Hashable:
        """Return what a row looks like, besides its selection: equal for equal rows."""
        raise NotImplementedError

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Return a row, in `width` cells."""
        raise NotImplementedError

    def takes_selection(self, index: int) -> bool:
        """Whether a row can be selected: below one that cannot is one that can."""
        return True

    def action_choose(self) -> None:
        """Open the selected item."""
        raise NotImplementedError

    def items_changed(self, index: int) -> None:
        """Show other items, with the one at `index` selected, on the same line of the screen."""
        distance = self.selected - self.scroll_offset.y
        self._measure()
        self.set_reactive(ItemList.selected, self.validate_selected(index))
        if self.scroll_offset.y or distance > self.scrollable_content_region.height:
            self.scroll_to(y=max(0, self.selected - distance), animate=False, force=True)
        self._keep_in_view()
        self.refresh()

    def refresh_row(self, index: int) -> None:
        """Draw a row again."""
        line = index - self.scroll_offset.y + self.HEADINGS
        if self.HEADINGS <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    @property
    def rows_in_view(self) -> range:
        """The indexes of the rows on screen."""
        top = self.scroll_offset.y
        return range(top, min(top + self.size.height - self.HEADINGS, self.length))

    # Layout

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._measure()
        self._keep_in_view()

    def _measure(self) -> None:
        width = self._fitted = self._row_width
        self.fit_columns(width)
        set_content_size(self, Size(width, self.length + self.HEADINGS))
        self._strips.clear()

    @property
    def _row_width(self) -> int:
        """The cells of a row, without those of the scrollbar."""
        return self.scrollable_content_region.width or self.size.width

    def notify_style_update(self) -> None:
        """Forget the rows in the old colours."""
        self._strips.clear()
        super().notify_style_update()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw the headings, or the row that is scrolled to this line."""
        width = self._row_width
        if width != self._fitted:  # displayed before the event of its new size came
            self._measure()
        if y < self.HEADINGS:
            return self.draw_headings(width)
        index = self.scroll_offset.y + y - self.HEADINGS
        if index >= self.length:
            return Strip.blank(width, self.rich_style)
        selected = index == self.selected
        key = (self.look_of(index), selected, self.has_focus, width)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self.draw_row(index, width, selected=selected)
        return self.selectable(strip, index)

    # Selecting text

    def row_text(self, row: int) -> str:
        """Return what is drawn on a row."""
        return self.draw_row(row, self._row_width, selected=False).text.rstrip()

    def rows_between(self, first: int | None, last: int | None) -> Iterable[tuple[int, bool]]:
        """Return rows; each is a line of its own."""
        end = self.length - 1
        rows = range(first or 0, (end if last is None else min(last, end)) + 1)
        return ((row, False) for row in rows)

    # Moving

    def watch_selected(self, before: int, now: int) -> None:
        """Redraw the two rows that changed, and keep the selection on screen."""
        self.refresh_row(before)
        self.refresh_row(now)
        self._keep_in_view()

    def validate_selected(self, index: int) -> int:
        """Keep the selection inside the list, on a row that can be selected."""
        index = max(0, min(index, self.length - 1))
        if index >= self.length or self.takes_selection(index):
            return index
        goes_up = 0 < index < self.selected
        return index - 1 if goes_up else index + 1

    def _keep_in_view(self) -> None:
        """Scroll a third of a page at once: fewer repaints, and the next rows are visible."""
        page, top = self._page, self.scroll_offset.y
        ahead = min(page // 3, page - 1)
        if self.selected < top:
            self.scroll_to(y=max(0, self.selected - ahead), animate=False, force=True)
        elif self.selected >= top + page > top:
            self.scroll_to(y=self.selected - page + 1 + ahead, animate=False, force=True)

    @property
    def _page(self) -> int:
        return self.scrollable_content_region.height - self.HEADINGS

    def action_move(self, by: int) -> None:
        """Select the item `by` rows below, or above if it is negative."""
        self.selected += by

    def action_page(self, direction: int) -> None:
        """Select the item one page up or down."""
        self.selected += direction * max(1, self._page)

    def action_edge(self, last: int) -> None:
        """Select the first item or the last."""
        self.selected = self.length if last else 0

    def on_click(self, event: events.Click) -> None:
        """Select the row under the mouse; open it on the second click."""
        index = self.scroll_offset.y + event.y - self.HEADINGS
        if event.y < self.HEADINGS or index >= self.length or self.text_selection is not None:
            return
        if not self.takes_selection(index):
            return
        again = index == self.selected
        self.selected = index
        if again or event.chain > 1:
            self.action_choose()
