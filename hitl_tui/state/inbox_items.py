"""The pending items of the inbox: which of them are listed, and in which order."""

import json

from hitl_engine.model import InboxOrder, Interrupt, Waiting, in_order
from hitl_tui.state.marks import key_of
from hitl_tui.text.item_summary import kind_words

_SEARCHED = 2000
"""Characters of a payload that a filter searches."""


class InboxItems:
    """All pending items, and those that are listed."""

    def __init__(self) -> None:
        self.all: tuple[Waiting, ...] = ()
        """As the desk returned them."""
        self.listed: list[Waiting] = []
        """Filtered and ordered."""
        self.longest_names = (0, 0, 0)
        """Characters of the longest target, the longest graph and the longest node."""
        self._search_texts: dict[int, str] = {}

    def replace(self, items: tuple[Waiting, ...]) -> None:
        """Replace all items by newer ones; `update_list` lists them."""
        self.all = items
        self._search_texts.clear()
        graphs = max((len(item.graph_id) for item in items), default=0)
        nodes = max((len(item.node) for item in items), default=0)
        targets = max((len(item.target) for item in items), default=0)
        self.longest_names = (targets, graphs, nodes)

    def update_list(self, order: InboxOrder, filter_text: str) -> None:
        """List the items that contain `filter_text`, in any case of letters."""
        text = filter_text.casefold().strip()
        items = [item for item in self.all if text in self._search_text(item)] if text else self.all
        self.listed = in_order(items, order)

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
