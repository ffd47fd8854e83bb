"""The list of everything that waits, flat to 100,000 rows: only the rows on screen exist."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hitl_engine.model import Breakpoint, Interrupt, Waiting
from hitl_engine.visible import one_line
from hitl_tui.messages import Chosen
from hitl_tui.state.marks import ItemKey, Marks, key_of
from hitl_tui.text.item_summary import kind_words, waited
from hitl_tui.text.literal import short_id


class Order(Enum):
    """How the list is ordered."""

    NEWEST = "newest changes first"
    LONGEST = "longest waiting first"


class Columns(NamedTuple):
    """The width of each column in cells; 0 leaves the column out."""

    kind: int
    graph: int
    node: int
    waiting: int
    asks: int
    thread: int


class Row(NamedTuple):
    """The words of one row, safe and on one line each."""

    kind: str
    graph: str
    node: str
    waiting: str
    asks: str
    thread: str


_HEADINGS = Row("", "graph", "node", "waiting", "asks", "thread")
_MARK = 2
"""The column that shows what is selected and what is marked."""
_EPOCH = datetime.min.replace(tzinfo=UTC)


class InboxList(ScrollView, can_focus=True):
    """Shows what waits, one row each, under a row of headings; says `Chosen`."""

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
        &:focus > .inbox--selected { background: $primary 30%; text-style: bold; }
        & > .inbox--asks { color: $text-accent; }
        & > .inbox--stop { color: $text-primary; }
        & > .inbox--stuck { color: $text-error; }
        & > .inbox--muted { color: $foreground 60%; }
        & > .inbox--mark { color: $text-warning; text-style: bold; }
    }
    """
    HELP = """\
    ### The inbox
    Everything that waits for a person, on every thread.

    - `? asks` an interrupt: it wants an answer
    - `■ before`, `■ after` a breakpoint: it wants no answer, one steps past it
    - `! stuck?` an earlier answer made the node fail

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
            tooltip="Newest changes first, or longest waiting first",
            id="inbox.order",
        ),
        Binding("space", "mark", "Mark", tooltip="Mark the item, or unmark it", id="inbox.mark"),
        Binding(
            "asterisk",
            "mark_alike",
            "Mark alike",
            key_display="*",
            show=False,
            tooltip="Mark all listed items of the same kind",
            id="inbox.mark_alike",
        ),
        Binding("u", "unmark", "Unmark all", show=False, tooltip="Unmark all", id="inbox.unmark"),
    ]

    selected: reactive[int] = reactive(0, repaint=False)
    """Index of the selected row."""
    order: reactive[Order] = reactive(Order.NEWEST, repaint=False)
    needle: reactive[str] = reactive("", repaint=False)
    """Only items that hold this text are listed."""

    class Listed(Message):
        """Other items are listed now, or the same in another order."""

    class Marked(Message):
        """Other items are marked now."""

    class AlikeWanted(Message):
        """All listed items of the same kind as the selected one are to be marked."""

    def __init__(
        self,
        describe: Callable[[Waiting], str],
        marks: Marks | None = None,
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._describe = describe
        self._marks = Marks() if marks is None else marks
        self._items: tuple[Waiting, ...] = ()
        self._listed: list[Waiting] = []
        self._columns = Columns(9, 0, 0, 0, 0, 0)
        self._longest = (0, 0)
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(512)
        self._haystacks: dict[int, str] = {}
        self._drawn: dict[int, tuple[str, bool]] = {}

    # What is listed

    @property
    def items(self) -> tuple[Waiting, ...]:
        """The items that were last shown, as they came."""
        return self._items

    @property
    def listed(self) -> list[Waiting]:
        """The items as listed: ordered and filtered."""
        return self._listed

    @property
    def item(self) -> Waiting | None:
        """The selected item."""
        return self._listed[self.selected] if self._listed else None

    def show(self, items: tuple[Waiting, ...]) -> None:
        """List these items; the selected one stays selected, and where it is on screen."""
        self._items = items
        self._marks.keep(items)
        self._haystacks.clear()
        self._drawn.clear()
        graphs = max((len(item.graph_id) for item in items), default=0)
        nodes = max((len(item.node) for item in items), default=0)
        self._longest = (graphs, nodes)
        self._list_again()

    def _list_again(self) -> None:
        before = self.item
        distance = self.selected - self.scroll_offset.y
        self._listed = self._ordered(self._filtered())
        self._measure()
        index = min(self.selected, max(0, len(self._listed) - 1))
        if before is not None:
            index = self._index_of(key_of(before), index)
        self.set_reactive(InboxList.selected, index)
        if self.scroll_offset.y or distance > self.scrollable_content_region.height:
            self.scroll_to(y=max(0, index - distance), animate=False, force=True)
        self._keep_in_view()
        self.refresh()
        if self.is_mounted:
            self.post_message(self.Listed())

    def _filtered(self) -> list[Waiting]:
        needle = self.needle.casefold().strip()
        if not needle:
            return list(self._items)
        return [item for item in self._items if needle in self._haystack(item)]

    def _haystack(self, item: Waiting) -> str:
        """Return the text that a filter looks through, made once for each item."""
        found = self._haystacks.get(id(item))
        if found is None:
            words = [item.graph_id, item.node, item.thread_id, kind_words(item)]
            if isinstance(item, Interrupt):
                words.append(json.dumps(item.payload, ensure_ascii=False)[:2000])
            found = self._haystacks[id(item)] = " ".join(words).casefold()
        return found

    def _ordered(self, items: list[Waiting]) -> list[Waiting]:
        newest_first = self.order is Order.NEWEST
        return sorted(items, key=_since, reverse=newest_first)

    def _index_of(self, key: ItemKey, otherwise: int) -> int:
        for index, item in enumerate(self._listed):
            if item.thread_id == key[0] and key_of(item) == key:
                return index
        return otherwise

    def watch_order(self) -> None:
        """List in the new order."""
        self._list_again()

    def watch_needle(self) -> None:
        """List what matches."""
        self._list_again()

    # Layout

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._measure()
        self._keep_in_view()

    def _measure(self) -> None:
        width = self.scrollable_content_region.width or self.size.width
        self._columns = _fitting_columns(width, *self._longest)
        self.virtual_size = Size(width, len(self._listed) + 1)
        self._strips.clear()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old colours."""
        self._strips.clear()
        super().notify_style_update()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw the headings, or the row that is scrolled to this line."""
        width = self.size.width
        if y == 0:
            return self._strip(_HEADINGS, None, "heading", width)
        index = self.scroll_offset.y + y - 1
        if index >= len(self._listed):
            return Strip.blank(width, self.rich_style)
        item = self._listed[index]
        wait, marked = self._drawn[index] = self._reads(item)
        selected = index == self.selected
        cache_key = (item.thread_id, id(item), wait, marked, selected, self.has_focus, width)
        strip = self._strips.get(cache_key)
        if strip is None:
            row = self._row(item, wait)
            state = "selected" if selected else ""
            strip = self._strips[cache_key] = self._strip(row, item, state, width, marked=marked)
        return strip

    def _reads(self, item: Waiting) -> tuple[str, bool]:
        """Return what of a row changes by itself: its waiting time and its mark."""
        return waited(item.since), item in self._marks

    def _row(self, item: Waiting, wait: str) -> Row:
        return Row(
            kind_words(item),
            one_line(item.graph_id, 80),
            one_line(item.node, 80),
            wait,
            self._describe(item),
            short_id(item.thread_id),
        )

    def _strip(
        self, row: Row, item: Waiting | None, state: str, width: int, *, marked: bool = False
    ) -> Strip:
        base = self.get_component_rich_style(f"inbox--{state}") if state else self.rich_style
        here = "▸" if state == "selected" else ""
        if marked:
            colour = Style(color=self.get_component_rich_style("inbox--mark").color)
            sign = f"✓{' ' * (_MARK - 1 - len(here))}"
            segments = [Segment(here, base), Segment(sign, base + colour)]
        else:
            segments = [Segment(here.ljust(_MARK), base)]
        for name, room in self._columns._asdict().items():
            if room:
                text = _fitted(getattr(row, name), room)
                segments.append(Segment(f"{text} ", base + self._column_style(name, item)))
        return Strip(segments).adjust_cell_length(width, base)

    def _column_style(self, name: str, item: Waiting | None) -> Style:
        """Return the colour of a column; the background is the row's."""
        if item is None:
            return Style.null()
        if name == "kind":
            kind = (
                "stop" if isinstance(item, Breakpoint) else "stuck" if item.task_error else "asks"
            )
        elif name in ("waiting", "thread", "node"):
            kind = "muted"
        else:
            return Style.null()
        return Style(color=self.get_component_rich_style(f"inbox--{kind}").color)

    def tick(self) -> None:
        """Draw anew the rows whose waiting time or mark reads differently now."""
        top = self.scroll_offset.y
        for index in range(top, min(top + self.size.height - 1, len(self._listed))):
            if self._drawn.get(index) != self._reads(self._listed[index]):
                self._refresh_row(index)

    def _refresh_row(self, index: int) -> None:
        line = index - self.scroll_offset.y + 1
        if 1 <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    # Moving and choosing

    def watch_selected(self, before: int, now: int) -> None:
        """Draw the two rows that changed, and keep the selection on screen."""
        self._refresh_row(before)
        self._refresh_row(now)
        self._keep_in_view()

    def validate_selected(self, index: int) -> int:
        """Keep the selection inside the list."""
        return max(0, min(index, len(self._listed) - 1))

    def _keep_in_view(self) -> None:
        """Scroll a third of a page at once: less to repaint, and one sees what comes."""
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
        """Select a neighbour."""
        self.selected += by

    def action_page(self, direction: int) -> None:
        """Select one page further."""
        self.selected += direction * max(1, self._page)

    def action_edge(self, last: int) -> None:
        """Select the first item or the last."""
        self.selected = len(self._listed) if last else 0

    def action_reorder(self) -> None:
        """Turn the order round."""
        self.order = Order.LONGEST if self.order is Order.NEWEST else Order.NEWEST

    # Marking

    def action_mark(self) -> None:
        """Mark the selected item or unmark it, and go one down."""
        if self.item is None:
            return
        self._marks.turn(self.item)
        self.tick()
        self.selected += 1
        self.post_message(self.Marked())

    def action_mark_alike(self) -> None:
        """Say that all of the same kind are to be marked."""
        if self.item is not None:
            self.post_message(self.AlikeWanted())

    def action_unmark(self) -> None:
        """Unmark all, also what is not listed."""
        self._marks.clear()
        self.tick()
        self.post_message(self.Marked())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to unmark only where something is marked."""
        return len(self._marks) > 0 if action == "unmark" else True

    # Choosing

    def action_choose(self) -> None:
        """Say which item is wanted."""
        if self.item is not None:
            self.post_message(Chosen(self.item))

    def on_click(self, event: events.Click) -> None:
        """Select the row under the mouse; open it on the second click."""
        index = self.scroll_offset.y + event.y - 1
        if event.y == 0 or index >= len(self._listed):
            return
        again = index == self.selected
        self.selected = index
        if again or event.chain > 1:
            self.action_choose()


def _since(item: Waiting) -> datetime:
    if item.since is None:
        return _EPOCH
    return item.since if item.since.tzinfo else item.since.replace(tzinfo=UTC)


def _fitted(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return set_cell_size(text, room)
    return set_cell_size(text, room - 1) + "…"


def _fitting_columns(width: int, longest_graph: int, longest_node: int) -> Columns:
    """Share out `width`: kind, graph and what is asked always, then node, waiting, thread."""
    kind, waiting, thread = 8, 7, 9
    wide, middle = width >= 104, width >= 64
    graph = max(5, min(longest_graph, 20 if wide else 14 if middle else 9))
    node = max(4, min(longest_node, 22 if wide else 14)) if middle else 0
    waiting = waiting if middle else 0
    thread = thread if wide else 0
    used = _MARK + sum(room + 1 for room in (kind, graph, node, waiting, thread) if room)
    return Columns(kind, graph, node, waiting, max(6, width - used - 1), thread)
