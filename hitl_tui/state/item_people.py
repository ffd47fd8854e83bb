"""Who else is on the items of the inbox, and which of them the user has claimed."""

from collections.abc import Mapping

from hitl_engine.model import NOBODY, Person, Presence, ThreadKey, Waiting
from hitl_tui.text.presence_words import row_words


class ItemPeople:
    """Who is on the threads of all targets, as they told it last."""

    def __init__(self) -> None:
        self._presence: Mapping[ThreadKey, Presence] = {}
        self._me: Mapping[str, Person] = {}

    def replace(self, presence: Mapping[ThreadKey, Presence], me: Mapping[str, Person]) -> bool:
        """Take this in place of what was told before; return whether it differs.

        `me` has the user as each target knows them, by its name.
        """
        changed = presence != self._presence
        self._presence, self._me = presence, me
        return changed

    def of(self, item: Waiting) -> Presence:
        """Return who else is on the thread of an item."""
        if not self._presence:
            return NOBODY
        return self._presence.get((item.target, item.thread_id), NOBODY)

    def words(self, item: Waiting) -> str:
        """Return that in a few words; mostly nothing."""
        found = self.of(item)
        return "" if found is NOBODY else row_words(found, self._me.get(item.target))
