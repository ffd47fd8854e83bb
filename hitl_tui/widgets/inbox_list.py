"""The list of all pending items, quick with 100,000 rows: only the rows on screen are drawn."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from math import inf
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from hitl_engine.model import (
    InboxOrder,
    Interrupt,
    ItemNote,
    Person,
    Presence,
    ThreadKey,
    Waiting,
)
from hitl_tui.messages import Chosen
from hitl_tui.state.early_keys import EarlyKeys
from hitl_tui.state.following import following
from hitl_tui.state.inbox_filter import InboxFilter, parse_filter
from hitl_tui.state.inbox_groups import GroupHeading, InboxGrouping
from hitl_tui.state.inbox_items import InboxItems
from hitl_tui.state.item_signs import ItemSigns, Sign
from hitl_tui.state.marks import ItemKey, Marks, key_of
from hitl_tui.state.noted_items import NotedId, NotedItems
from hitl_tui.text.durations import due
from hitl_tui.text.essence import Essence
from hitl_tui.text.item_summary import snooze_words, waited
from hitl_tui.text.two_reviewers import how_many
from hitl_tui.text.waiting_row import look_of, row_of
from hitl_tui.widgets.inbox_rows import InboxRows
from hitl_tui.widgets.item_list import moving_keys

_SIGNS = (Sign.MARKED, Sign.NEW, Sign.DRAFT)
"""Of these, the first is drawn at the start of a row; a flag follows it."""
_MOMENT, _PAUSE = 0.004, 0.002
"""Seconds for which a filter runs, and for which keys can be handled in between."""
_TIME_HEADINGS = {InboxOrder.CHANGED: "changed", InboxOrder.DEADLINE: "due"}
"""What the column of times shows in these orders; in the others, how long an item has waited."""


_DUE_SOON = 86_400
"""Seconds to a deadline, or since it, from which on it is shown in every order."""


class InboxList(InboxRows):
    """Shows the pending items, one row each, under a row of headings; posts `Chosen`."""

    HELP = """\
    ### The inbox
    Everything that waits for a person, on every thread.

    - `▶ tool`, `¶ text`, `≡ form`, `◆ choice`, `? question`: what an interrupt asks for
    - `? asks`: an interrupt in no known format; `⋯ program`: a program answers it
    - `■ break`: a breakpoint; it needs no answer, you step past it
    - `! …`: there is something to know first, such as an answer that made the node fail

    **/** filters: words, and `kind:tool`, `tool:send_email`, `graph:…`, `node:…`, `thread:…`,
    `age:>1h`; `-` before one excludes it. **f** takes one from the selected item, **v** lists views.

    **o** goes through the orders, **O** groups by thread, graph or tool.

    **Enter** opens the selected item. New items never move the selection.

    `•` is new since you looked, `✎` has a draft of yours. **s** flags an item (`★`), **z** hides it
    for a time; `is:flagged` and `is:snoozed` in the filter list them.

    `(ada is on it)`: somebody else has it open. **c** claims an item, so that others see `(ada has
    it)`; **c** again gives it back. `is:mine` and `on:ada` list them.

    **Space** marks an item (`✓`), `*` all listed ones of its kind, **u** unmarks all;
    **m** decides on the marked ones together.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", tooltip="Open the selected item", id="inbox.open"),
        *moving_keys("inbox", "item"),
        Binding(
            "o",
            "reorder",
            "Order",
            tooltip="The next order: newest, longest waiting, last changed or next deadline first",
            id="inbox.order",
        ),
        Binding(
            "O",
            "regroup",
            "Group",
            tooltip="Group the items by thread, by graph or by tool, or not at all",
            id="inbox.group",
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
        Binding(
            "s",
            "flag",
            "Flag",
            tooltip="Flag the item with a star, or remove its flag",
            id="inbox.flag",
        ),
        Binding(
            "z",
            "snooze",
            "Snooze",
            tooltip="Hide the item for a time, or the marked ones; it comes back by itself",
            id="inbox.snooze",
        ),
        Binding("u", "unmark", "Unmark all", show=False, tooltip="Unmark all", id="inbox.unmark"),
    ]

    order: reactive[InboxOrder] = reactive(InboxOrder.NEWEST, repaint=False)
    grouping: reactive[InboxGrouping] = reactive(InboxGrouping.NONE, repaint=False)
    filter_text: reactive[str] = reactive("", repaint=False)
    """Only items that fit this filter are listed."""

    class ListChanged(Message):
        """Other items are listed now, or the same in another order."""

    class Reordered(Message):
        """The user chose another order or other groups."""

    class Selected(Message):
        """Another item is selected, or the selected one was read again."""

    @dataclass
    class FlagRequested(Message):
        """The user asked to flag an item, or to remove its flag."""

        item: Waiting
        is_flagged: bool

    @dataclass
    class SnoozeRequested(Message):
        """The user asked to hide these items for a time."""

        items: tuple[Waiting, ...]

    class MarksChanged(Message):
        """The user marked or unmarked items."""

    class MarkAlikeRequested(Message):
        """The user asked to mark all listed items of the same kind as the selected one."""

    def __init__(
        self,
        summarise: Callable[[Waiting], Essence],
        marks: Marks | None = None,
        early_keys: EarlyKeys | None = None,
        *,
        deadline_of: Callable[[Waiting], datetime | None] = lambda _: None,
        notes: NotedItems | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._marks = Marks() if marks is None else marks
        self.notes = NotedItems(lambda _: "") if notes is None else notes
        self._signs = ItemSigns(self._marks, self.notes)
        self._early_keys = EarlyKeys() if early_keys is None else early_keys
        self._items = InboxItems(summarise, deadline_of, self._signs)
        self._filter = InboxFilter()
        self._going_on: Timer | None = None
        self._complete: frozenset[str] = frozenset()
        self._drawn: dict[int, tuple[str, str, str]] = {}
        """The time, the signs and the note with which each row was last drawn."""

    # What is listed

    @property
    def filter(self) -> InboxFilter:
        """The filter as it is read."""
        return self._filter

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
        return self._item_at(self.selected) if self.length else None

    def _item_at(self, index: int) -> Waiting | None:
        """Return the item of a row; a heading has none."""
        row = self._items.rows[index]
        return None if isinstance(row, GroupHeading) else row

    def fits(self, item: Waiting, chosen: InboxFilter) -> bool:
        """Whether a filter would list an item."""
        return self._items.fits(item, chosen)

    def next_of(self, wanted: Callable[[Waiting], bool]) -> Waiting | None:
        """Return the first wanted item from the selected one on; then from the top."""
        places = chain(range(self.selected, self.length), range(self.selected))
        items = map(self._item_at, places)
        return next((item for item in items if item is not None and wanted(item)), None)

    def select(self, item: Waiting) -> None:
        """Select a listed item, which is opened."""
        self.mark_seen(item)
        self.selected = self._items.index_of(item, self.selected)

    def show(self, items: tuple[Waiting, ...], complete: frozenset[str] = frozenset()) -> None:
        """List these items; the selected one stays selected, on the same line of the screen.

        `complete`: the targets of which these are all items; what comes later is new.
        """
        before = self.item
        self._items.replace(items, self.order, self._complete)
        self._complete |= complete
        self._marks.keep(items)
        self._drawn.clear()
        self._list_more(before, to=before)

    def select_first_of(self, keys: Iterable[ItemKey], line: int) -> None:
        """Select the first of these items that is listed, on this line of the list."""
        items = ((index, self._item_at(index)) for index in range(self.length))
        listed = {key_of(item): index for index, item in items if item is not None}
        index = next((listed[key] for key in keys if key in listed), 0)
        self.selected = index
        self.scroll_to(y=max(0, index - line), animate=False, force=True)

    def _update_list(self) -> None:
        """List again, with the same item selected: enter must not open another one."""
        self._list_again(to=self.item)

    def _list_again(self, *, to: Waiting | None = None) -> None:
        before = self.item
        self._items.list_matches(self.order, self._filter, self.grouping)
        self._list_more(before, to=to)

    def _list_more(self, before: Waiting | None, *, to: Waiting | None = None) -> None:
        """List what is found at once, with the same item selected; the rest follows."""
        self._items.go_on(_MOMENT, to=to)
        self._show_listed(before)
        self._go_on_later()

    def _go_on_later(self) -> None:
        """Let the next keys come first, then go on with the filter."""
        if self._going_on is not None:
            self._going_on.stop()
        done = self._items.is_complete or not self.is_mounted
        self._going_on = None if done else self.set_timer(_PAUSE, self._go_on)

    def _go_on(self) -> None:
        """List further matches, below those that are listed."""
        shown = self.length
        self._items.go_on(_MOMENT)
        if self._items.is_complete or shown < self.size.height:
            self._show_listed(self.item)
        self._go_on_later()

    def _show_listed(self, before: Waiting | None) -> None:
        self._items.arrange()
        index = min(self.selected, max(0, self.length - 1))
        if before is not None:
            index = self._items.index_of(before, index)
        self.items_changed(index)
        if self.is_mounted:
            self.post_message(self.ListChanged())
            self.post_message(self.Selected())

    def watch_selected(self, before: int, now: int) -> None:
        """Draw both rows again, and tell that another item is selected."""
        super().watch_selected(before, now)
        self.post_message(self.Selected())

    def watch_order(self) -> None:
        """List in the new order, with its times."""
        self.drawing.time_heading = _TIME_HEADINGS.get(self.order, "waiting")
        self._update_list()

    def watch_grouping(self) -> None:
        """List in the new groups."""
        self._update_list()

    def watch_filter_text(self) -> None:
        """List the items that fit."""
        self._filter = parse_filter(self.filter_text)
        self._list_again()

    # Drawing

    def mark_production(self, targets: frozenset[str]) -> None:
        """Draw the names of these targets so that they are seen: they are in production."""
        if targets != self.drawing.production:
            self.drawing.production = targets
            self.refresh()

    @property
    def length(self) -> int:
        """How many rows there are: items, and headings of groups."""
        return len(self._items.rows)

    def takes_selection(self, index: int) -> bool:
        """Whether a row is an item; below each heading there is one."""
        return self._item_at(index) is not None

    @property
    def longest_names(self) -> tuple[int, int, int]:
        """Characters of the longest target, graph and node; 0 where all items have the same."""
        return self._items.longest_names

    def look_of(self, index: int) -> Hashable:
        """Return the item, and what of its row changes with time; or the heading."""
        item = self._items.rows[index]
        if isinstance(item, GroupHeading):
            return item
        changing = self._drawn[index] = self._changing_parts(item)
        production = item.target in self.drawing.production
        return (item.thread_id, id(item), production, *changing)

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw the row of an item, or a heading."""
        item = self._items.rows[index]
        if isinstance(item, GroupHeading):
            return self.drawing.group_heading(item.name, item.size, width)
        waiting, signs, note = self._changing_parts(item)
        essence = self._items.essence(item)
        row, look = row_of(item, essence, waiting=waiting, note=note), look_of(item, essence)
        return self.drawing.row(row, look, width, selected=selected, signs=signs)

    def _changing_parts(self, item: Waiting) -> tuple[str, str, str]:
        """Return the parts of a row that change without a new list: its time, signs and note."""
        sign = self._signs.first_of(item, _SIGNS)
        flag = Sign.FLAGGED.character if self.notes.is_flagged(item) else ""
        return self._time_of(item), f"{sign or ' '}{flag}", self._note_on(item)

    def _note_on(self, item: Waiting) -> str:
        """Return what to know of an item: until when it is hidden, its reviewers, when it is due; who is
        on it.

        That it is due is told within a day of it.
        """
        people = self._signs.people.words(item)
        return " ".join(filter(None, [self._time_note(item), f"({people})" if people else ""]))

    def _time_note(self, item: Waiting) -> str:
        if self.notes.is_snoozed(item):
            return f"({snooze_words(self.notes.until(item))})"
        if isinstance(item, Interrupt) and item.two_reviewers is not None:
            return how_many(item.two_reviewers)
        left = None if self.order is InboxOrder.DEADLINE else self._time_left(item)
        return f"(due {due(left)})" if left is not None and abs(left) < _DUE_SOON else ""

    def _time_left(self, item: Waiting) -> float | None:
        """Return the seconds to the deadline of an item, if it has one."""
        deadline = self._items.deadline(item)
        return None if deadline is None else (deadline - datetime.now(UTC)).total_seconds()

    def _time_of(self, item: Waiting) -> str:
        match self.order:
            case InboxOrder.CHANGED:
                return waited(item.changed or item.since)
            case InboxOrder.DEADLINE:
                left = self._time_left(item)
                return "" if left is None else due(left)
            case _:
                return waited(item.since)

    def show_drafts(self, drafts: frozenset[ItemKey]) -> None:
        """Show which items have a draft."""
        if drafts != self._signs.drafts:
            self._signs.drafts = drafts
            if self._filter.asks_for(Sign.DRAFT):
                self._update_list()
        self.tick()

    def show_people(self, presence: Mapping[ThreadKey, Presence], me: Mapping[str, Person]) -> None:
        """Show who else is on which item; `me` is the user as each target knows them."""
        if self._signs.people.replace(presence, me):
            if self._filter.asks_for(Sign.MINE) or self._filter.asks_who:
                self._update_list()
            self.tick()

    def people_on(self, item: Waiting) -> tuple[str, ...]:
        """Return the names of all others who are on an item, or have claimed it."""
        return self._items.people(item)

    def check_again(self) -> None:
        """List again what the filter lists by time or by signs: both may have changed."""
        if self._filter.may_change:
            self._update_list()

    def show_notes(self, notes: Mapping[NotedId, ItemNote]) -> None:
        """Show which items are flagged, and list those that are not snoozed."""
        if self.notes.replace(notes):
            self._update_list()

    @property
    def snoozed(self) -> list[Waiting]:
        """The items that are hidden now."""
        return self._items.snoozed

    def wake(self) -> int:
        """List items again whose time is over, as new ones; return how many."""
        end = self.notes.next_end(self.snoozed)
        if end is None or end > datetime.now(UTC):
            return 0
        woken = [item for item in self.snoozed if not self.notes.is_snoozed(item)]
        self._signs.unseen |= set(map(key_of, woken))
        self._update_list()
        return len(woken)

    def mark_seen(self, item: Waiting) -> None:
        """Show that the user has looked at an item."""
        self._signs.unseen.discard(key_of(item))
        self.tick()

    def tick(self) -> None:
        """Redraw the rows whose waiting time or sign has changed."""
        for index in self.rows_in_view:
            item = self._item_at(index)
            if item is not None and self._drawn.get(index) != self._changing_parts(item):
                self.refresh_row(index)

    def action_reorder(self) -> None:
        """Take the next order."""
        self.order = following(self.order)
        self.post_message(self.Reordered())

    def action_regroup(self) -> None:
        """Take the next grouping."""
        self.grouping = following(self.grouping)
        self.post_message(self.Reordered())

    # Notes

    def action_flag(self) -> None:
        """Ask to flag the selected item, or to remove its flag."""
        if self.item is not None:
            self.post_message(self.FlagRequested(self.item, not self.notes.is_flagged(self.item)))

    def action_snooze(self) -> None:
        """Ask to hide the marked items, or the selected one if none is marked."""
        selected = () if self.item is None else (self.item,)
        if items := self._marks.items or selected:
            self.post_message(self.SnoozeRequested(items))

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
            self._items.go_on(inf)
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
            self.mark_seen(self.item)
            self._early_keys.begin(keep_text=True)
            self.post_message(Chosen(self.item))
