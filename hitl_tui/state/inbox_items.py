"""The pending items of the inbox: which of them are listed, and in which order.

A filter checks a hundred thousand items for a second. So it runs for a moment at a time: the first
matches are listed at once, and the others follow.
"""

import json
from collections.abc import Iterator
from itertools import islice
from time import perf_counter

from hitl_engine.model import InboxOrder, Interrupt, Waiting, in_order
from hitl_tui.state.marks import key_of
from hitl_tui.text.item_summary import kind_words

_SEARCHED = 2000
"""Characters of a payload that a filter searches."""
_AT_A_TIME = 100
"""Items that are checked between two looks at the clock."""


class InboxItems:
    """All pending items, and those that are listed."""

    def __init__(self) -> None:
        self.all: tuple[Waiting, ...] = ()
        """As the desk returned them."""
        self.listed: list[Waiting] = []
        """Filtered and ordered; more may follow while `is_complete` is false."""
        self.longest_names = (0, 0)
        """Characters of the longest graph and the longest node."""
        self._ordered: list[Waiting] = []
        self._order: InboxOrder | None = None
        """The order of `_ordered`; None if that has to be made."""
        self._text = ""
        self._unchecked: Iterator[Waiting] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all items were checked by the filter."""
        return self._unchecked is None

    def replace(self, items: tuple[Waiting, ...], order: InboxOrder) -> None:
        """Replace all items by newer ones, and list them with the filter as it is.

        Those that were there before are not checked again.
        """
        known, matching = set(map(id, self.all)), set(map(id, self.listed))
        was_complete = self.is_complete
        before, self.all = self.all, items  # `before` keeps the ids from being used again
        graphs = max(map(len, {item.graph_id for item in items}), default=0)
        nodes = max(map(len, {item.node for item in items}), default=0)
        self.longest_names = (graphs, nodes)
        self._order = None
        self._sort(order)
        if not self._text:
            self._list_all()
        elif was_complete:
            self.listed = [
                item
                for item in self._ordered
                if (id(item) in matching if id(item) in known else self._matches(item))
            ]
        else:
            self._list_matches(self._ordered)
        del before

    def list_matches(self, order: InboxOrder, filter_text: str) -> None:
        """Begin to list the items that contain `filter_text`, in any case of letters.

        `go_on` lists them.
        """
        text = filter_text.casefold().strip()
        narrows = order is self._order and self.is_complete and self._text in text
        before, self._text = self.listed, text
        self._sort(order)
        if text:
            self._list_matches(before if narrows else self._ordered)
        else:
            self._list_all()

    def go_on(self, seconds: float) -> None:
        """List further matches, for about that long."""
        end = perf_counter() + seconds
        while self._unchecked is not None:
            checked = list(islice(self._unchecked, _AT_A_TIME))
            self.listed += filter(self._matches, checked)
            if len(checked) < _AT_A_TIME:
                self._unchecked = None
            if perf_counter() > end:
                return

    def index_of(self, item: Waiting, default: int) -> int:
        """Return where the same item is listed now, or `default`."""
        key = key_of(item)
        for index, listed in enumerate(self.listed):
            if listed.thread_id == key[0] and key_of(listed) == key:
                return index
        return default

    def _sort(self, order: InboxOrder) -> None:
        if order is not self._order:
            self._ordered, self._order = in_order(self.all, order), order

    def _list_all(self) -> None:
        self.listed, self._unchecked = self._ordered, None

    def _list_matches(self, items: list[Waiting]) -> None:
        self.listed, self._unchecked = [], iter(items)

    def _matches(self, item: Waiting) -> bool:
        parts = [item.graph_id, item.node, item.thread_id, kind_words(item)]
        if isinstance(item, Interrupt):
            parts.append(json.dumps(item.payload, ensure_ascii=False)[:_SEARCHED])
        return self._text in " ".join(parts).casefold()
