"""The list of all pending items, quick with 100,000 rows: only the rows on screen are drawn."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hitl_engine.model import InboxOrder, Waiting
from hitl_tui.messages import Chosen
from hitl_tui.state.early_keys import EarlyKeys
from hitl_tui.state.inbox_items import InboxItems
from hitl_tui.state.marks import Marks
from hitl_tui.text.item_summary import waited
from hitl_tui.widgets.inbox_row import InboxRowDrawing, row_of


class InboxList(ScrollView, can_focus=True):
    """Shows the pending items, one row each, under a row of headings; posts `Chosen`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "inbox--heading",
        "inbox--selected",
        "inbox--asks",
        "inbox--stop",
        "inbox--stuck",
        "inbox--muted",
        "inbox--mark",
    }
    DEFAULT_CSS = """
    InboxList {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .inbox--heading { color: $foreground 50%; }
        & > .inbox--selected { background: $panel; text-style: bold; }
        &:focus > .inbox--selected { background: $primary 15%; text-style: bold; }
        & > .inbox--asks { color: $text-accent; }
        & > .inbox--stop { color: $text-primary; }
        & > .inbox--stuck { color: $text-error; }
        & > .inbox--muted { color: $foreground 75%; }
        & > .inbox--mark { color: $text-warning; text-style: bold; }
    }
    """
    HELP = """\
    ### The inbox
    Everything that waits for a person, on every thread.

    - `? asks`: an interrupt; it needs an answer
    - `■ before`, `■ after`: a breakpoint; it needs no answer, you step past it
    - `! stuck?`: an earlier answer made the node fail

    **Enter** opens the selected item. New items never move the selection.

    **Space** marks an item (`✓`), `*` all listed ones of its kind, **u** unmarks all;
    **m** decides on the marked ones together.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", tooltip="Open the selected item", id="inbox.open"),
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="One item up", id="inbox.up"),
        Binding("down,j", "move(1)", "Down", show=False, tooltip="One item down", id="inbox.down"),
        Binding(
            "pageup", "page(-1)", "Page up", show=False, tooltip="One page up", id="inbox.page_up"
        ),
        Binding(
            "pagedown",
            "page(1)",
            "Page down",
            show=False,
            tooltip="One page down",
            id="inbox.page_down",
        ),
        Binding("home,g", "edge(0)", "First", show=False, tooltip="To the first", id="inbox.first"),
        Binding("end,G", "edge(1)", "Last", show=False, tooltip="To the last", id="inbox.last"),
        Binding(
            "o",
            "reorder",
            "Order",
            tooltip="Switch the order: newest changes first, or longest waiting first",
            id="inbox.order",
        ),
        Binding("space", "mark", "Mark", tooltip="Mark the item, or unmark it", id="inbox.mark"),
        Binding(
            "asterisk",
            "mark_alike",
            "Mark alike",
            key_display="*",
            show=False,
            tooltip="Mark all listed items that are of the same kind as the selected one",
            id="inbox.mark_alike",
        ),
        Binding("u", "unmark", "Unmark all", show=False, tooltip="Unmark all", id="inbox.unmark"),
    ]

    selected: reactive[int] = reactive(0, repaint=False)
    """Index of the selected row."""
    order: reactive[InboxOrder] = reactive(InboxOrder.NEWEST, repaint=False)
    filter_text: reactive[str] = reactive("", repaint=False)
    """Only items that contain this text are listed."""

    class ListChanged(Message):
        """Other items are listed now, or the same in another order."""

    class MarksChanged(Message):
        """The user marked or unmarked items."""

    class MarkAlikeRequested(Message):
        """The user asked to mark all listed items of the same kind as the selected one."""

    def __init__(
        self,
        describe: Callable[[Waiting], str],
        marks: Marks | None = None,
        early_keys: EarlyKeys | None = None,
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._describe = describe
        self._marks = Marks() if marks is None else marks
        self._early_keys = EarlyKeys() if early_keys is None else early_keys
        self._items = InboxItems()
        self._drawing = InboxRowDrawing(self)
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(512)
        self._drawn: dict[int, tuple[str, bool]] = {}
        """The waiting time and the mark with which each row was last drawn."""

    # What is listed

    @property
    def items(self) -> tuple[Waiting, ...]:
        """The items that were last shown, in the order of the desk."""
        return self._items.all

    @property
    def listed(self) -> list[Waiting]:
        """The items as listed: filtered and ordered."""
        return self._items.listed

    @property
    def item(self) -> Waiting | None:
        """The selected item."""
        return self.listed[self.selected] if self.listed else None

    def show(self, items: tuple[Waiting, ...]) -> None:
        """List these items; the selected one stays selected, on the same line of the screen."""
        self._items.replace(items)
        self._marks.keep(items)
        self._drawn.clear()
        self._update_list()

    def _update_list(self) -> None:
        before = self.item
        distance = self.selected - self.scroll_offset.y
        self._items.update_list(self.order, self.filter_text)
        self._measure()
        index = min(self.selected, max(0, len(self.listed) - 1))
        if before is not None:
            index = self._items.index_of(before, index)
        self.set_reactive(InboxList.selected, index)
        if self.scroll_offset.y or distance > self.scrollable_content_region.height:
            self.scroll_to(y=max(0, index - distance), animate=False, force=True)
        self._keep_in_view()
        self.refresh()
        if self.is_mounted:
            self.post_message(self.ListChanged())

    def watch_order(self) -> None:
        """List in the new order."""
        self._update_list()

    def watch_filter_text(self) -> None:
        """List the items that match."""
        self._update_list()

    # Layout

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._measure()
        self._keep_in_view()

    def _measure(self) -> None:
        width = self.scrollable_content_region.width or self.size.width
        self._drawing.fit(width, self._items.longest_names)
        self.virtual_size = Size(width, len(self.listed) + 1)
        self._strips.clear()

    def notify_style_update(self) -> None:
        """Forget the rows in the old colours."""
        self._strips.clear()
        super().notify_style_update()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw the headings, or the row that is scrolled to this line."""
        width = self.size.width
        if y == 0:
            return self._drawing.headings(width)
        index = self.scroll_offset.y + y - 1
        if index >= len(self.listed):
            return Strip.blank(width, self.rich_style)
        item = self.listed[index]
        waiting, marked = self._drawn[index] = self._changing_parts(item)
        selected = index == self.selected
        cache_key = (item.thread_id, id(item), waiting, marked, selected, self.has_focus, width)
        strip = self._strips.get(cache_key)
        if strip is None:
            row = row_of(item, waiting=waiting, asks=self._describe(item))
            strip = self._drawing.row(row, item, width, selected=selected, marked=marked)
            self._strips[cache_key] = strip
        return strip

    def _changing_parts(self, item: Waiting) -> tuple[str, bool]:
        """Return the parts of a row that change without a new list: waiting time and mark."""
        return waited(item.since), item in self._marks

    def tick(self) -> None:
        """Redraw the rows whose waiting time or mark has changed."""
        top = self.scroll_offset.y
        for index in range(top, min(top + self.size.height - 1, len(self.listed))):
            if self._drawn.get(index) != self._changing_parts(self.listed[index]):
                self._refresh_row(index)

    def _refresh_row(self, index: int) -> None:
        line = index - self.scroll_offset.y + 1
        if 1 <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    # Moving

    def watch_selected(self, before: int, now: int) -> None:
        """Redraw the two rows that changed, and keep the selection on screen."""
        self._refresh_row(before)
        self._refresh_row(now)
        self._keep_in_view()

    def validate_selected(self, index: int) -> int:
        """Keep the selection inside the list."""
        return max(0, min(index, len(self.listed) - 1))

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
        return self.scrollable_content_region.height - 1

    def action_move(self, by: int) -> None:
        """Select the item `by` rows below, or above if it is negative."""
        self.selected += by

    def action_page(self, direction: int) -> None:
        """Select the item one page up or down."""
        self.selected += direction * max(1, self._page)

    def action_edge(self, last: int) -> None:
        """Select the first item or the last."""
        self.selected = len(self.listed) if last else 0

    def action_reorder(self) -> None:
        """Reverse the order."""
        newest = self.order is InboxOrder.NEWEST
        self.order = InboxOrder.LONGEST if newest else InboxOrder.NEWEST

    # Marking

    def action_mark(self) -> None:
        """Mark the selected item or unmark it, and go one down."""
        if self.item is None:
            return
        self._marks.toggle(self.item)
        self.tick()
        self.selected += 1
        self.post_message(self.MarksChanged())

    def action_mark_alike(self) -> None:
        """Ask to mark all of the same kind."""
        if self.item is not None:
            self.post_message(self.MarkAlikeRequested())

    def action_unmark(self) -> None:
        """Unmark all, including items that are not listed."""
        self._marks.clear()
        self.tick()
        self.post_message(self.MarksChanged())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to unmark only if something is marked."""
        return len(self._marks) > 0 if action == "unmark" else True

    # Choosing

    def action_choose(self) -> None:
        """Open the selected item; what is typed from now on is for that item."""
        if self.item is not None:
            self._early_keys.begin(keep_text=True)
            self.post_message(Chosen(self.item))

    def on_click(self, event: events.Click) -> None:
        """Select the row under the mouse; open it on the second click."""
        index = self.scroll_offset.y + event.y - 1
        if event.y == 0 or index >= len(self.listed):
            return
        again = index == self.selected
        self.selected = index
        if again or event.chain > 1:
            self.action_choose()
