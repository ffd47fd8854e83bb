"""The pending items of the inbox: which of them are listed, and in which order."""

import json
from collections.abc import Callable

from hitl_engine.model import InboxOrder, Interrupt, Waiting, in_order
from hitl_tui.state.inbox_filter import InboxFilter
from hitl_tui.state.marks import key_of
from hitl_tui.text.essence import Essence
from hitl_tui.text.item_summary import kind_words

_SEARCHED = 2000
"""Characters of a payload that a filter searches."""


class InboxItems:
    """All pending items, and those that are listed."""

    def __init__(self, summarise: Callable[[Waiting], Essence]) -> None:
        self._summarise = summarise
        self._essences: dict[int, Essence] = {}
        """By the identity of an item: comparing two payloads takes long."""
        self.all: tuple[Waiting, ...] = ()
        """As the desk returned them."""
        self.listed: list[Waiting] = []
        """Filtered and ordered."""
        self.longest_names = (0, 0, 0)
        """Characters of the longest target, graph and node; 0 where all items have the same."""
        self._search_texts: dict[int, str] = {}

    def replace(self, items: tuple[Waiting, ...]) -> None:
        """Replace all items by newer ones; `update_list` lists them."""
        kept = {id(item) for item in self.all} & {id(item) for item in items}
        self._essences = {key: each for key, each in self._essences.items() if key in kept}
        self._search_texts = {key: each for key, each in self._search_texts.items() if key in kept}
        self.all = items
        targets, graphs = {item.target for item in items}, {item.graph_id for item in items}
        nodes = {item.node for item in items}
        self.longest_names = (_longest(targets), _longest(graphs), _longest(nodes))

    def essence(self, item: Waiting) -> Essence:
        """Return what an item asks, found out once for each item."""
        found = self._essences.get(id(item))
        if found is None:
            found = self._essences[id(item)] = self._summarise(item)
        return found

    def update_list(self, order: InboxOrder, chosen: InboxFilter) -> None:
        """List the items that fit a filter."""
        items = [item for item in self.all if self._fits(item, chosen)] if chosen else self.all
        self.listed = in_order(items, order)

    def _fits(self, item: Waiting, chosen: InboxFilter) -> bool:
        return chosen.fits(item, lambda: self.essence(item), lambda: self._search_text(item))

    def _search_text(self, item: Waiting) -> str:
        """Return the text that a filter searches, made once for each item."""
        found = self._search_texts.get(id(item))
        if found is None:
            parts = [item.target, item.graph_id, item.node, item.thread_id, kind_words(item)]
            if isinstance(item, Interrupt):
                parts.append(json.dumps(item.payload, ensure_ascii=False)[:_SEARCHED])
            found = self._search_texts[id(item)] = " ".join(parts).casefold()
        return found

    def index_of(self, item: Waiting, default: int) -> int:
        """Return where the same item is listed now, or `default`."""
        key = key_of(item)
        for index, listed in enumerate(self.listed):
            if listed.thread_id == item.thread_id and key_of(listed) == key:
                return index
        return default


def _longest(names: set[str]) -> int:
    return max(map(len, names)) if len(names) > 1 else 0
