"""The pending items of the inbox: which of them are listed, in which order and groups.

A filter checks a hundred thousand items for a second. So it runs for a moment at a time: the first
matches are listed at once, and the others follow.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from time import perf_counter

from hitl_engine.model import InboxOrder, Interrupt, Waiting, in_order
from hitl_tui.state.inbox_filter import InboxFilter
from hitl_tui.state.inbox_groups import GroupHeading, InboxGrouping, Row, grouped
from hitl_tui.state.item_signs import ItemSigns, Sign
from hitl_tui.state.marks import key_of
from hitl_tui.text.essence import Essence
from hitl_tui.text.fitting import longest_of_several
from hitl_tui.text.item_summary import kind_words

_SEARCHED = 2000
"""Characters of a payload that a filter searches."""
_AT_A_TIME = 100
"""Items that are checked between two looks at the clock."""
_FEW = 1000
"""New items that are checked at once."""


class InboxItems:
    """All pending items, and those that are listed."""

    def __init__(
        self,
        summarise: Callable[[Waiting], Essence],
        deadline_of: Callable[[Waiting], datetime | None],
        signs: ItemSigns,
    ) -> None:
        self._summarise = summarise
        self.deadline = deadline_of
        self.signs = signs
        self._searched: tuple[Waiting | None, str] = (None, "")
        """The item that was searched last, and its text: several filters may ask for it."""
        self._essences: dict[int, Essence] = {}
        """By the identity of an item: comparing two payloads takes long."""
        self.all: tuple[Waiting, ...] = ()
        """As the desk returned them."""
        self.listed: list[Waiting] = []
        """Filtered and ordered; more may follow while `is_complete` is false."""
        self.rows: Sequence[Row] = self.listed
        """The listed items in their groups below headings, as they were last arranged."""
        self.longest_names = (0, 0, 0)
        """Characters of the longest target, graph and node; 0 where all items have the same."""
        self.snoozed: list[Waiting] = []
        """Items that are hidden now; listed only by a filter for them."""
        self._snoozed_ids: frozenset[int] = frozenset()
        """Their identities."""
        self._ordered: list[Waiting] = []
        self._order: InboxOrder | None = None
        """The order of `_ordered`; None if that has to be made."""
        self._filter = InboxFilter()
        self._grouping = InboxGrouping.NONE
        self._unchecked: Iterator[Waiting] | None = None
        self._ungrouped: Iterator[Waiting] | None = None
        """Listed items whose tools are to be found out for their groups: it takes long for many."""

    @property
    def is_complete(self) -> bool:
        """Whether all items were checked by the filter, and their groups are known."""
        return self._unchecked is None and self._ungrouped is None

    def replace(
        self, items: tuple[Waiting, ...], order: InboxOrder, complete: frozenset[str]
    ) -> None:
        """Replace all items by newer ones, and list them with the filter as it is.

        Those that were there before are not checked again, unless time changes which items fit.
        `complete`: the targets all of whose items were there before, so that others are new.
        """
        known, fitting = set(map(id, self.all)), set(map(id, self.listed))
        before, self.all = self.all, items  # `before` keeps the ids from being used again
        kept = known.intersection(map(id, items))
        woke_or_slept = self._find_snoozed() & kept
        goes_on = self.is_complete and len(items) - len(kept) <= _FEW
        self._note_unseen(before, kept, complete)
        self._essences = {key: each for key, each in self._essences.items() if key in kept}
        self.longest_names = (
            longest_of_several({item.target for item in items}),
            longest_of_several({item.graph_id for item in items}),
            longest_of_several({item.node for item in items}),
        )
        self._order = None
        self._sort(order)
        if not self._filter:
            self._list_all()
        elif goes_on and not (self._filter.may_change or woke_or_slept):
            self.listed = [
                item
                for item in self._ordered
                if (id(item) in fitting if id(item) in known else self._fits(item))
            ]
        else:
            self._list_matches(self._ordered)
        self._find_groups(at_once=goes_on)
        del before

    def _note_unseen(
        self, before: tuple[Waiting, ...], kept: set[int], complete: frozenset[str]
    ) -> None:
        gone = {key_of(item) for item in before if id(item) not in kept}
        came = {key_of(item): item.target for item in self.all if id(item) not in kept}
        self.signs.unseen -= gone - came.keys()
        self.signs.unseen |= {
            key for key, target in came.items() if target in complete and key not in gone
        }

    def list_matches(self, order: InboxOrder, chosen: InboxFilter, grouping: InboxGrouping) -> None:
        """Begin to list the items that fit a filter; `go_on` lists them, `arrange` groups them."""
        changed = self._find_snoozed()
        narrows = (
            order is self._order
            and self.is_complete
            and not changed
            and chosen.narrows(self._filter)
        )
        before, self._filter, self._grouping = self.listed, chosen, grouping
        self._sort(order)
        if not chosen:
            self._list_all()
        else:
            self._list_matches(before if narrows else self._ordered)
        self._find_groups(at_once=False)

    def arrange(self) -> None:
        """Put what is listed so far into its groups, once they are known."""
        groups = self._grouping is not InboxGrouping.NONE and self._ungrouped is None
        self.rows = grouped(self.listed, self._grouping, self.essence) if groups else self.listed

    def go_on(self, seconds: float, *, to: Waiting | None = None) -> None:
        """List further matches: for about that long, and until the item `to` is listed."""
        end = perf_counter() + seconds
        sought = None
        if to is not None and self._unchecked is not None:
            sought = next((item for item in self.all if _is_same(item, to)), None)
            sought = sought if sought is not None and self._fits(sought) else None
        while self._unchecked is not None:
            checked = list(islice(self._unchecked, _AT_A_TIME))
            self.listed += filter(self._fits, checked)
            if len(checked) < _AT_A_TIME:
                self._unchecked = None
            if any(item is sought for item in checked):
                sought = None
            if sought is None and perf_counter() > end:
                return
        while self._ungrouped is not None:
            grouped_now = list(islice(self._ungrouped, _AT_A_TIME))
            for item in grouped_now:
                self.essence(item)
            if len(grouped_now) < _AT_A_TIME:
                self._ungrouped = None
            if perf_counter() > end:
                return

    def essence(self, item: Waiting) -> Essence:
        """Return what an item asks, found out once for each item."""
        found = self._essences.get(id(item))
        if found is None:
            found = self._essences[id(item)] = self._summarise(item)
        return found

    def index_of(self, item: Waiting, default: int) -> int:
        """Return the row of the same item, or `default`."""
        return next(
            (
                index
                for index, row in enumerate(self.rows)
                if not isinstance(row, GroupHeading) and _is_same(row, item)
            ),
            default,
        )

    def _sort(self, order: InboxOrder) -> None:
        if order is not self._order:
            self._ordered = in_order(self.all, order, self.deadline)
            self._order = order

    def _list_all(self) -> None:
        self.listed, self._unchecked = self._ordered, None
        if self._snoozed_ids:
            self.listed = [item for item in self._ordered if id(item) not in self._snoozed_ids]

    def _find_snoozed(self) -> frozenset[int]:
        """Find the items that are hidden now; return the identities for which that has changed."""
        self.snoozed = self.signs.notes.snoozed(self.all)
        before, self._snoozed_ids = self._snoozed_ids, frozenset(map(id, self.snoozed))
        return before ^ self._snoozed_ids

    def _list_matches(self, items: list[Waiting]) -> None:
        self.listed, self._unchecked = [], iter(items)

    def _find_groups(self, *, at_once: bool) -> None:
        """Begin to find out the tools of what is listed; `at_once`: when it is arranged."""
        is_slow = self._grouping is InboxGrouping.TOOL and not at_once
        self._ungrouped = iter(self.listed) if is_slow else None

    def fits(self, item: Waiting, chosen: InboxFilter) -> bool:
        """Whether a filter lists an item."""
        if id(item) in self._snoozed_ids and not chosen.lists_snoozed:
            return False
        return chosen.fits(item, self)

    def _fits(self, item: Waiting) -> bool:
        return self.fits(item, self._filter)

    def has_sign(self, item: Waiting, sign: Sign) -> bool:
        """Whether an item has a sign."""
        return self.signs.has(item, sign)

    def people(self, item: Waiting) -> tuple[str, ...]:
        """Return the names of all others who are on an item, or have claimed it."""
        return self.signs.people.of(item).names

    def search_text(self, item: Waiting) -> str:
        """Return the text that a filter searches; only the last is kept: all take much memory."""
        searched, text = self._searched
        if item is not searched:
            parts = [item.target, item.graph_id, item.node, item.thread_id, kind_words(item)]
            if isinstance(item, Interrupt):
                parts.append(json.dumps(item.payload, ensure_ascii=False)[:_SEARCHED])
            text = " ".join(parts).casefold()
            self._searched = item, text
        return text


def _is_same(one: Waiting, other: Waiting) -> bool:
    return one.thread_id == other.thread_id and key_of(one) == key_of(other)
