"""The items that are marked in the inbox, to be decided on together."""

from collections.abc import Iterable

from hitl_engine.model import Breakpoint, Interrupt, Waiting

ItemKey = tuple[str, str, str]
"""Target, thread and interrupt id; a thread stops at one breakpoint at most, which has no id.

Threads of several targets may have the same id.
"""


def key_of(item: Waiting) -> ItemKey:
    """Return the key by which an item is the same when the list is read again."""
    return item.target, item.thread_id, item.interrupt_id if isinstance(item, Interrupt) else ""


class Marks:
    """The marked items, in the order in which they were marked."""

    def __init__(self) -> None:
        self._marked: dict[ItemKey, Waiting] = {}
        self.progress = ""
        """How many decisions on them are sent, as the inbox shows it; empty while none are sent."""

    def __len__(self) -> int:
        return len(self._marked)

    def __contains__(self, item: Waiting) -> bool:
        return key_of(item) in self._marked

    @property
    def items(self) -> tuple[Waiting, ...]:
        """The marked items, as they were last read."""
        return tuple(self._marked.values())

    def add(self, items: Iterable[Waiting]) -> None:
        """Mark these items."""
        self._marked |= {key_of(item): item for item in items}

    def remove(self, item: Waiting) -> None:
        """Unmark this item, if it is marked."""
        self._marked.pop(key_of(item), None)

    def toggle(self, item: Waiting) -> None:
        """Mark the item, or unmark it if it is marked."""
        if item in self:
            self.remove(item)
        else:
            self.add((item,))

    def clear(self) -> None:
        """Unmark all."""
        self._marked.clear()

    def keep(self, items: Iterable[Waiting]) -> None:
        """Keep only the marks of items that are still pending in `items`, and unchanged."""
        if not self._marked:
            return
        threads = {thread for _, thread, _ in self._marked}
        now = {key_of(item): item for item in items if item.thread_id in threads}
        self._marked = {
            key: now[key]
            for key, before in self._marked.items()
            if key in now and _asks_the_same(before, now[key])
        }


def _asks_the_same(before: Waiting, now: Waiting) -> bool:
    """Compare more than ids: a breakpoint has none, and older servers reuse those of a task."""
    match before, now:
        case Interrupt(), Interrupt():
            return (before.task_id, before.asked) == (now.task_id, now.asked)
        case Breakpoint(), Breakpoint():
            return before.checkpoint_id == now.checkpoint_id
        case _:
            return False
