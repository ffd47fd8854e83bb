"""Which items of the inbox are new, and how many matter."""

from collections import Counter
from collections.abc import Callable, Sequence

from hitl_engine.model import Inbox, Item, ItemFilter, Waiting
from hitl_tui.state.marks import ItemKey, key_of


class News:
    """Compares each inbox with the ones before. What is there at first is not new.

    `understand` makes what a filter looks at; that takes time, so it is done once for an item, and
    not at all without a filter. `filter_of` returns the filter of a target.
    """

    def __init__(
        self, understand: Callable[[Waiting], Item], filter_of: Callable[[str], ItemFilter]
    ) -> None:
        self._understand = understand
        self._filter_of = filter_of
        self._matches: dict[ItemKey, bool] = {}
        self._waiting: Counter[str] = Counter()
        """How many of them match, by their target: a hundred thousand are not counted each time."""
        self._complete: set[str] = set()
        """The targets of which all was read once: until then, nothing of them is new."""

    def waiting_on(self, counts: Callable[[str], bool]) -> int:
        """Return how many items wait that the user wants to hear of, on the targets that count."""
        return sum(count for target, count in self._waiting.items() if counts(target))

    def unknown(self, inbox: Inbox) -> list[Waiting]:
        """Return the items that `look` has not seen."""
        return [item for item in inbox.items if key_of(item) not in self._matches]

    def look(self, items: Sequence[Waiting]) -> list[Waiting]:
        """Take these unknown items into account; return those that are new and matter."""
        found = []
        for item in items:
            wanted = self._filter_of(item.target)
            matches = wanted == ItemFilter() or wanted.matches(self._understand(item))
            self._matches[key_of(item)] = matches
            self._waiting[item.target] += matches
            if matches and item.target in self._complete:
                found.append(item)
        return found

    def settle(self, inbox: Inbox, complete: frozenset[str]) -> None:
        """Forget the items that no longer wait, after all others were taken into account.

        `complete`: the targets of which this inbox has everything.
        """
        if len(self._matches) > len(inbox.items):  # else none is gone: all of these were taken in
            there = {key_of(item) for item in inbox.items}
            for key in [key for key in self._matches if key not in there]:
                self._waiting[key[0]] -= self._matches.pop(key)
        self._complete |= complete
