"""The inbox as last seen, until the live one is there: rows to look at, not to decide on."""

from collections.abc import Hashable
from datetime import UTC, datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from hitl_tui.state.last_seen import SeenRows
from hitl_tui.text.durations import age
from hitl_tui.text.fitting import longest_of_several
from hitl_tui.widgets.inbox_rows import InboxRows
from hitl_tui.widgets.item_list import moving_keys


class LastSeenList(InboxRows):
    """Shows the rows; selection and place are kept in `SeenRows`, for the lists that follow."""

    DEFAULT_CSS = """
    LastSeenList {
        color: $foreground 75%;
        &.-below { max-height: 40%; border-top: solid $foreground 20%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "choose", "Open", show=False, tooltip="Open the selected item", id="inbox.open"
        ),
        *moving_keys("inbox", "item"),
    ]

    class NotLive(Message):
        """The user wants to open an item, which may have been answered: it opens when that is known."""

    def __init__(self, seen: SeenRows, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._seen = seen
        self._opened_at = datetime.now(UTC)
        self.set_reactive(LastSeenList.selected, seen.selected)

    def on_mount(self) -> None:
        """Show the same rows as the list before."""
        self.call_after_refresh(self.scroll_to, y=self._seen.top, animate=False, force=True)

    def watch_scroll_y(self, before: float, now: float) -> None:
        """Keep the place for the lists that follow."""
        super().watch_scroll_y(before, now)
        if now != before:
            self._seen.top = round(now)

    def show_rest(self, words: str) -> None:
        """Show the rows that are left, below the live list, with these words as their title."""
        self.add_class("-below")
        self.border_title = Content(words)
        self.items_changed(self._seen.selected)

    @property
    def length(self) -> int:
        """How many rows are kept."""
        return len(self._seen.items)

    @property
    def longest_names(self) -> tuple[int, int, int]:
        """Characters of the longest target, graph and node; 0 where all items have the same."""
        rows = [item.row for item in self._seen.items]
        return (
            longest_of_several({row.target for row in rows}),
            longest_of_several({row.graph for row in rows}),
            longest_of_several({row.node for row in rows}),
        )

    def look_of(self, index: int) -> Hashable:
        """Return the key of the item: nothing of its row changes."""
        return self._seen.items[index].key

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw a row, with the time that the item has waited by now if it still waits."""
        item = self._seen.items[index]
        waiting = "–" if item.since is None else age((self._opened_at - item.since).total_seconds())
        row = item.row._replace(waiting=waiting)
        return self.drawing.row(row, item.look, width, selected=selected)

    def watch_selected(self, before: int, now: int) -> None:
        """Keep the selection for the lists that follow."""
        self._seen.selected, self._seen.opens = now, False
        super().watch_selected(before, now)

    def action_choose(self) -> None:
        """Open the selected item as soon as the list is live."""
        self._seen.opens = True
        self.post_message(self.NotLive())
