"""The store of the server: its namespaces, and the items of one."""

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from hitl_engine.model import StoreItem
from hitl_tui.screens.reading_screen import ReadingScreen
from hitl_tui.screens.store_edit import StoreEditModal
from hitl_tui.screens.store_item import StoreItemScreen
from hitl_tui.state.search_parts import parts_of_search, values_of
from hitl_tui.state.session import Session
from hitl_tui.text.fitting import counted
from hitl_tui.text.store_rows import NAMESPACE_COLUMNS, item_columns, item_text, namespace_words
from hitl_tui.widgets.filter_line import FilterLine
from hitl_tui.widgets.table_list import TableList

_PAUSE = 0.25
"""Seconds after the last key until the items are read."""
_ENOUGH = 100
"""How many matches are found before the search waits for the user to scroll."""


class StoreScreen(ReadingScreen):
    """Lists namespaces and, beside them or in their place, the items in and below one."""

    DEFAULT_CSS = """
    StoreScreen {
        #about { height: 1; padding: 0 2; color: $foreground 60%; text-wrap: nowrap; text-overflow: ellipsis; }
        #both { height: 1fr; layout: horizontal; margin-top: 1; }
        &.-short #both { margin-top: 0; }
        #namespaces { width: 1fr; }
        #items { width: 2fr; border-left: solid $foreground 20%; }
        &.-narrow, &.-normal {
            #items { display: none; border-left: none; }
            &.-items {
                #namespaces { display: none; }
                #items { display: block; width: 1fr; }
            }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "put", "New item", tooltip="Store a new item", id="store.put"),
        Binding(
            "slash",
            "search",
            "Search",
            key_display="/",
            tooltip="Search the items: words, or KEY=VALUE in their values",
            id="store.search",
        ),
        Binding(
            "escape",
            "back",
            "Back",
            tooltip="End the search, then go back to the namespaces, then leave",
            id="store.back",
        ),
    ]
    HELP = """\
    ### The store
    What graphs keep across threads. **Enter** on a namespace lists its items and those below it,
    last changed first; **enter** on an item shows its value. **n** stores a new one.

    **/** searches the items of the namespace: the server looks for `KEY=VALUE` in the values; words
    are looked for in what has been read, which is told.
    """
    AUTO_FOCUS = "#namespaces"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._namespace: tuple[str, ...] | None = None
        """The namespace whose items are listed."""
        self._search = ""
        self._found: dict[tuple[tuple[str, ...], str], StoreItem] = {}
        """What matches, of what was read."""
        self._read = 0
        """How many items were read."""
        self._complete = False

    def compose_body(self) -> ComposeResult:
        """Put the namespaces beside the items; only one of them where there is little space."""
        self.about = Static("Reading…", id="about", markup=False)
        self.namespaces = TableList(NAMESPACE_COLUMNS, key=tuple, id="namespaces")
        self.items: TableList[StoreItem] = TableList(
            item_columns(()), key=lambda item: (item.namespace, item.key), id="items"
        )
        self.filter = FilterLine("Search: words, or KEY=VALUE in the values")
        yield self.banner
        yield self.about
        with Container(id="both"):
            yield self.namespaces
            yield self.items
        yield self.filter

    async def read(self) -> None:
        """Read the namespaces."""
        names = await self.desk.store.namespaces()
        self.namespaces.show([(), *names] if names else [])
        self._show_about()

    def on_screen_resume(self) -> None:
        """Read the items again: one may have been changed or deleted."""
        if self._namespace is not None:
            self.list_items(self._namespace, again=True)

    # Items

    @property
    def _shows_both(self) -> bool:
        return self.has_class("-wide")

    @on(TableList.Selected, "#namespaces")
    def show_namespace(self) -> None:
        """List the items of the selected namespace, if they are in view."""
        chosen = self.namespaces.row
        if self._shows_both and chosen is not None and chosen != self._namespace:
            self.list_items(chosen, pause=_PAUSE)

    @on(TableList.Opened, "#namespaces")
    def open_namespace(self) -> None:
        """Go to the items of the selected namespace."""
        chosen = self.namespaces.row
        if chosen is None:
            return
        self.add_class("-items")
        self.items.focus()
        if chosen != self._namespace:
            self.list_items(chosen)

    @work(group="items", exclusive=True, exit_on_error=False)
    async def list_items(
        self, namespace: tuple[str, ...], *, pause: float = 0.0, again: bool = False
    ) -> None:
        """Read the first items of a namespace that match the search; `again`: those in the list."""
        await asyncio.sleep(pause)
        known = len(self._found) if again else 0
        self._namespace = namespace
        self.items.columns = item_columns(namespace)
        self._found, self._read, self._complete = {}, 0, False
        if not again:
            self.items.show([], from_top=True)
        await self.guarded(self._read_until(max(known, _ENOUGH)))

    @on(TableList.EndNear, "#items")
    def go_on(self) -> None:
        """Read the next items."""
        reads = any(each.group == "items" and each.is_running for each in self.workers)
        if self._namespace is not None and not self._complete and not reads:
            self.read_more()

    @work(group="items", exclusive=True, exit_on_error=False)
    async def read_more(self) -> None:
        """Read what follows, until there are enough matches."""
        await self.guarded(self._read_until(len(self._found) + _ENOUGH))

    async def _read_until(self, wanted: int) -> None:
        assert self._namespace is not None, "items of a namespace are read"
        pairs, words = parts_of_search(self._search)
        while not self._complete and len(self._found) < wanted:
            page = await self.desk.store.page(
                self._namespace, offset=self._read, filter=values_of(pairs)
            )
            self._read += len(page.items)
            self._complete = page.is_last
            self._found |= {
                (item.namespace, item.key): item
                for item in page.items
                if not words or all(word in item_text(item) for word in words)
            }
            self._show_about()
        self.items.show([*self._found.values()])
        self._show_about()

    def _show_about(self) -> None:
        if not self.namespaces.rows:
            self.about.update("The store is empty.")
            return
        if self._namespace is None:
            self.about.update(counted(len(self.namespaces.rows) - 1, "namespace"))
            return
        where = f"in {namespace_words(self._namespace)}" if self._namespace else "in all namespaces"
        more = "" if self._complete else ", and more"
        if parts_of_search(self._search)[1]:
            looked_at = "all" if self._complete else "the newest"
            many = f"{len(self._found):,} of {looked_at} {counted(self._read, 'item')}"
        else:
            many = f"{counted(len(self._found), 'item')}{more}"
        self.about.update(f"{many} {where}")

    @on(TableList.Opened, "#items")
    def open_item(self) -> None:
        """Open the selected item."""
        if self.items.row is not None:
            self.app.push_screen(StoreItemScreen(self.session, self.items.row))

    # Searching

    def action_search(self) -> None:
        """Open the line for a search in the items."""
        if self._namespace is None:
            self.open_namespace()
        self.filter.open()

    @on(FilterLine.Changed)
    def search_soon(self, event: FilterLine.Changed) -> None:
        """Search when the user pauses."""
        self._search = event.value
        if self._namespace is not None:
            self.list_items(self._namespace, pause=_PAUSE)

    @on(FilterLine.Closed)
    def back_to_items(self) -> None:
        """Focus the items."""
        self.items.focus()

    # Acting

    def action_put(self) -> None:
        """Ask for a new item."""
        modal = StoreEditModal(self.desk, self._namespace or (), None)
        self.app.push_screen(modal, self._stored)

    def _stored(self, words: str | None) -> None:
        if words:
            self.show_notification(words)
            self.action_read_again()

    def action_read_again(self) -> None:
        """Read the namespaces and the items again."""
        super().action_read_again()
        if self._namespace is not None:
            self.list_items(self._namespace, again=True)

    def action_back(self) -> None:
        """End the search; else go back to the namespaces; else leave."""
        if self.filter.value:
            self.filter.search_for("")
        elif self.items.has_focus:
            self.remove_class("-items")
            self.namespaces.focus()
        else:
            self.app.pop_screen()
