"""All threads of the server, whatever their status: searched, opened, copied, deleted."""

import asyncio
from collections.abc import Coroutine
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hitl_engine.errors import HitlError, NotThere
from hitl_engine.model import (
    CodeLanguage,
    OutcomeKind,
    ThreadFilter,
    ThreadGroup,
    ThreadRow,
    ThreadView,
)
from hitl_engine.visible import one_line
from hitl_tui.messages import AssistantsRequested, StoreRequested, ThreadOpened
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.act_plans import plan_of_deletion
from hitl_tui.state.loaded_threads import LoadedThreads
from hitl_tui.state.session import Session
from hitl_tui.state.thread_search import ThreadSearch
from hitl_tui.text.fitting import counted
from hitl_tui.text.literal import short_id
from hitl_tui.text.thread_rows import row_words, status_words
from hitl_tui.widgets.filter_line import FilterLine
from hitl_tui.widgets.threads.group_tabs import GroupTabs
from hitl_tui.widgets.threads.thread_list import ThreadsList

_PAGE = 100
_LARGE_PAGE = 500
"""Threads in one request, where many are read."""
_PAUSE = 5.0
"""Seconds between two looks at the newest threads."""
_TYPING = 0.25
"""Seconds after the last key of a search until the server is asked."""
_OVERLAP = 10
"""Threads that are read again with those before them: some may have moved up meanwhile."""
_ENOUGH = 100
"""How many matches are found before the search waits for the user to scroll."""


class ThreadsScreen(ConsoleScreen):
    """Lists the threads of the server, and keeps the newest up to date."""

    DEFAULT_CSS = """
    ThreadsScreen {
        #about { height: 1; padding: 0 2; color: $foreground 60%; text-wrap: nowrap; text-overflow: ellipsis; }
        #problem { display: none; height: auto; max-height: 3; padding: 0 2; color: $text-error; }
        &.-problem #problem { display: block; }
        ThreadsList { margin-top: 1; }
        &.-short ThreadsList { margin-top: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "search",
            "Search",
            key_display="/",
            tooltip="Search for words, graph=NAME, KEY=VALUE in the metadata, or a thread's id or its beginning",
            id="threads.search",
        ),
        Binding(
            "right,l",
            "group(1)",
            "Next kind",
            show=False,
            tooltip="List only waiting threads, then running, failed and done ones",
            id="threads.next_group",
        ),
        Binding(
            "left,h",
            "group(-1)",
            "Kind",
            key_display="←→",
            tooltip="List the kind of threads before",
            id="threads.previous_group",
        ),
        Binding(
            "right_square_bracket",
            "leap(1)",
            "A tenth down",
            show=False,
            tooltip="A tenth of all threads further down: five times from the newest to the middle",
            id="threads.leap_down",
        ),
        Binding(
            "left_square_bracket",
            "leap(-1)",
            "A tenth up",
            show=False,
            tooltip="A tenth of all threads further up",
            id="threads.leap_up",
        ),
        Binding(
            "f",
            "of_graph",
            "This graph",
            tooltip="List only threads of the selected one's graph, or of all graphs again",
            id="threads.of_graph",
        ),
        Binding("c", "copy", "Copy", tooltip="Copy the selected thread", id="threads.copy"),
        Binding("d", "delete", "Delete", tooltip="Delete the selected thread", id="threads.delete"),
        Binding(
            "a",
            "assistants",
            "Assistants",
            tooltip="The assistants of the server, and their versions",
            id="console.assistants",
        ),
        Binding(
            "s",
            "store",
            "Store",
            tooltip="The store of the server: what graphs keep across threads",
            id="console.store",
        ),
        Binding(
            "y",
            "copy_id",
            "Copy id",
            show=False,
            tooltip="Copy the id of the selected thread to the clipboard",
            id="threads.copy_id",
        ),
        Binding("r", "reload", "Read again", show=False, tooltip="Read again", id="threads.reload"),
        Binding(
            "escape",
            "back",
            "Back",
            tooltip="List all threads again, then go back to the inbox",
            id="threads.back",
        ),
    ]
    AUTO_FOCUS = "ThreadsList"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._loaded = LoadedThreads()
        self._search = ThreadSearch()
        self._tenths = 0
        """How far to leap, of keys that were pressed while the one before was still being read for."""

    def compose_body(self) -> ComposeResult:
        """Put the groups above the list."""
        self.tabs = GroupTabs()
        self.about = Static(id="about", markup=False)
        self.problem = Static(id="problem", markup=False)
        self.list = ThreadsList(self._words)
        self.filter = FilterLine("Search: words, graph=NAME, KEY=VALUE, or a thread's id")
        yield self.tabs
        yield self.about
        yield self.problem
        yield self.list
        yield self.filter

    def on_mount(self) -> None:
        """Read the newest threads, and look for changes."""
        self.read_from_top()
        self.set_interval(1, self.list.tick)
        self.set_interval(_PAUSE, self._look_again)

    def session_changed(self) -> None:
        """Look at the newest threads when something has changed on the server."""
        super().session_changed()
        self._look_again()

    def _look_again(self) -> None:
        if self.is_mounted and self.is_current and not self._reads and not self._search.thread_id:
            self.read_newest()

    def _words(self, row: ThreadRow) -> str:
        return row_words(row, self.desk.reviews.question)

    # Reading

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read_from_top(self) -> None:
        """Read the first page of another list."""
        self._loaded, self._tenths = self._window(0), 0
        if self._search.thread_id:
            await self._guarded(self._read_one())
        else:
            await self._guarded(self._read_page(from_top=True))
            await self._guarded(self._count())
            if self._search.words:
                await self._read_on()

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read_more(self) -> None:
        """Read what follows; in a search for words, until there are enough matches."""
        await self._read_on()

    async def _read_on(self) -> None:
        wanted = len(self.list.rows) + _ENOUGH
        while not self._loaded.complete:
            size = _LARGE_PAGE if self._search.words else _PAGE
            if not await self._guarded(self._read_page(size)):
                return
            if not self._search.words or len(self.list.rows) >= wanted:
                return

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read_before(self) -> None:
        """Read what comes before the rows that are listed."""
        await self._guarded(self._read_page_before())

    async def _read_page_before(self) -> None:
        start = self._loaded.start
        offset = max(0, start - _PAGE)
        page = await self.desk.threads.page(
            self._filter, offset=offset, size=start - offset + _OVERLAP
        )
        self._loaded.add_before(page, offset)
        self._show()

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read_end(self) -> None:
        """Go to the last thread; in a search for words, to the last match of the next pages."""
        self._tenths = 0
        if self._search.words:
            await self._read_on()
        elif not self._loaded.complete:
            await self._guarded(self._go_to(None))
        if self._search.words or self._loaded.complete:
            self.list.selected = len(self.list.rows)

    @work(group="read", exclusive=True, exit_on_error=False)
    async def leap(self) -> None:
        """Go as many tenths of the list further down, or up, as the user asked for."""
        await self._guarded(self._leap())
        self._tenths = 0

    async def _leap(self) -> None:
        length = await self.desk.threads.length(self._filter)
        now = self._loaded.start + self.list.selected
        await self._go_to(now + self._tenths * max(1, length // 10), length)

    async def _go_to(self, place: int | None, length: int | None = None) -> None:
        """Select the thread at a place of the whole list, or the last one; read what is around it."""
        if length is None:
            length = await self.desk.threads.length(self._filter)
        last = length - 1
        place = max(0, last if place is None else min(place, last))
        index = place - self._loaded.start
        if not 0 <= index < len(self._loaded.rows):
            start = max(0, min(place - _PAGE // 2, length - _PAGE))
            loaded = self._window(start)
            loaded.add(await self.desk.threads.page(self._filter, offset=start, size=_PAGE))
            self._loaded = loaded
            index = place - start
        self._show()
        self.list.selected = index

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read_newest(self) -> None:
        """Read the newest threads again, and how many there are."""
        await self._guarded(self._renew())
        await self._guarded(self._count())

    async def _read_page(self, size: int = _PAGE, *, from_top: bool = False) -> None:
        page = await self.desk.threads.page(self._filter, self._loaded.end, size=size)
        self._loaded.add(page)
        self._show(from_top=from_top)

    async def _renew(self) -> None:
        if self._loaded.start:
            return  # the newest are not in the list
        page = await self.desk.threads.page(self._filter, size=_PAGE)
        self._loaded.renew(page.rows, is_all=len(page.rows) < _PAGE)
        self._loaded.end = self._loaded.end or page.end
        self._show()

    async def _read_one(self) -> None:
        """Show the one thread that was searched for by its id."""
        self._loaded.complete = True
        try:
            thread = await self.desk.thread(self._search.thread_id)
        except NotThere:
            self.list.show(())
        else:
            self.list.show((_row_of(thread),), from_top=True)
        self._show_about()

    async def _count(self) -> None:
        self.tabs.counts = await self.desk.threads.counts(self._filter)
        self._show_about()

    async def _guarded(self, reading: Coroutine[None, None, None]) -> bool:
        """Read, or show why that is not possible; return whether it was."""
        try:
            await reading
        except HitlError as error:
            self.problem.update(one_line(str(error), 600))
            self.add_class("-problem")
            return False
        self.remove_class("-problem")
        return True

    @property
    def _filter(self) -> ThreadFilter:
        return self._search.filter(self.tabs.group)

    def code(self, language: CodeLanguage) -> str:
        """Return code that lists these threads, as far as the server can search for them."""
        return self.desk.code.of_search(self._filter, _PAGE, language)

    def _window(self, start: int) -> LoadedThreads:
        return LoadedThreads(start, self._matches if self._search.words else None)

    def _matches(self, row: ThreadRow) -> bool:
        parts = (row.thread_id, row.graph_id, status_words(row), self._words(row))
        return self._search.matches(" ".join(parts))

    def _show(self, *, from_top: bool = False) -> None:
        self.list.show(tuple(self._loaded.rows), from_top=from_top)
        self._show_about()

    def _show_about(self) -> None:
        about = self._about()
        self.about.update(about)
        self.about.display = bool(about)

    def _about(self) -> str:
        listed, loaded = len(self.list.rows), self._loaded
        if self._search.thread_id:
            return "The thread with this id" if listed else "There is no thread with this id."
        parts = [f"graph {one_line(self._search.graph_id, 60)}"] if self._search.graph_id else []
        parts += [
            f"{one_line(key, 40)}={one_line(value, 60)}" for key, value in self._search.metadata
        ]
        if self._search.words:
            looked_at = "all" if loaded.complete else "the newest"
            parts.append(f"{listed:,} of {looked_at} {counted(loaded.read, 'thread')}")
        elif not listed:
            parts.append("No threads." if loaded.complete else "Reading…")
        elif loaded.start:
            parts.append(f"{loaded.start + 1:,} to {loaded.start + listed:,}, last changed first")
        return "  ·  ".join(parts)

    @property
    def _reads(self) -> bool:
        return any(each.group == "read" and each.is_running for each in self.workers)

    @on(ThreadsList.EndNear)
    def go_on(self) -> None:
        """Read the next threads."""
        if not self._loaded.complete and not self._reads and self._loaded.end is not None:
            self.read_more()

    @on(ThreadsList.TopNear)
    def go_back(self) -> None:
        """Read the threads before."""
        if self._loaded.begins_later and not self._reads:
            self.read_before()

    @on(ThreadsList.EdgeRequested)
    def go_to_edge(self, event: ThreadsList.EdgeRequested) -> None:
        """Go to the newest thread, or to the oldest."""
        if event.last:
            self.read_end()
        elif self._loaded.start:
            self.read_from_top()

    def action_leap(self, by: int) -> None:
        """Go a tenth of the list further down, or up."""
        if not self._search.words and self._loaded.rows:
            self._tenths += by
            self.leap()

    # Searching

    def action_group(self, by: int) -> None:
        """List another group."""
        self._list_group(self.tabs.neighbour(by))

    @on(GroupTabs.Picked)
    def list_picked(self, event: GroupTabs.Picked) -> None:
        """List the group that was clicked."""
        self._list_group(event.group)

    def _list_group(self, group: ThreadGroup | None) -> None:
        self.tabs.group = group
        self.read_from_top()

    def action_search(self) -> None:
        """Open the line for a search."""
        self.filter.open()

    @on(FilterLine.Changed)
    def search_soon(self, event: FilterLine.Changed) -> None:
        """Search when the user pauses."""
        self.search(event.value)

    @work(group="search", exclusive=True, exit_on_error=False)
    async def search(self, text: str) -> None:
        """Search, a moment after the last key."""
        await asyncio.sleep(_TYPING)
        self._search = ThreadSearch.read(text)
        self.read_from_top()

    @on(FilterLine.Closed)
    def back_to_list(self) -> None:
        """Focus the list."""
        self.list.focus()

    def action_of_graph(self) -> None:
        """List only threads of the selected one's graph; if that is so already, of all graphs."""
        if self._search.graph_id:
            self.filter.search_for("")
        elif self.list.row is not None and self.list.row.graph_id:
            self.filter.search_for(f"graph={self.list.row.graph_id}")

    # Acting

    @on(ThreadOpened)
    def hold_keys(self) -> None:
        """What is typed from now on is for the thread."""
        self.session.early_keys.begin(keep_text=True)

    @work(group="act", exclusive=True, exit_on_error=False)
    async def action_copy(self) -> None:
        """Copy the selected thread."""
        if self.list.row is None:
            return
        try:
            copy_id = await self.desk.threads.copy(self.list.row.thread_id)
        except HitlError as error:
            self.show_notification(one_line(str(error), 400), severity="error")
            return
        self.show_notification(f"The copy is thread {short_id(copy_id)}.")
        self.read_newest()

    @work(group="act", exclusive=True, exit_on_error=False)
    async def action_delete(self) -> None:
        """Read the selected thread, show what would be lost, and delete it if confirmed."""
        if self.list.row is None:
            return
        try:
            thread = await self.desk.thread(self.list.row.thread_id)
        except HitlError as error:
            self.show_notification(one_line(str(error), 400), severity="error")
            return

        def closed(confirmed: bool | None) -> None:
            if confirmed:
                self.delete(thread.thread_id)

        self.app.push_screen(ConfirmModal(plan_of_deletion(thread)), closed)

    @work(group="act", exit_on_error=False)
    async def delete(self, thread_id: str) -> None:
        """Delete a thread."""
        try:
            outcome = await self.desk.threads.delete(thread_id)
        except HitlError as error:
            self.show_notification(one_line(str(error), 400), severity="error")
            return
        applied = outcome.kind is OutcomeKind.APPLIED
        self.show_notification(
            one_line(outcome.why, 400), severity="information" if applied else "warning"
        )
        if applied:
            self._loaded.remove(thread_id)
            self._show()
        self.read_newest()

    def action_copy_id(self) -> None:
        """Copy the id of the selected thread to the clipboard."""
        if self.list.row is not None:
            self.app.copy_to_clipboard(self.list.row.thread_id)
            self.show_notification("The id of the thread is in the clipboard.")

    def action_assistants(self) -> None:
        """Request the assistants."""
        self.session.early_keys.begin(keep_text=False)
        self.post_message(AssistantsRequested())

    def action_store(self) -> None:
        """Request the store."""
        self.session.early_keys.begin(keep_text=False)
        self.post_message(StoreRequested())

    def action_reload(self) -> None:
        """Read everything again from the top."""
        self.read_from_top()

    def action_back(self) -> None:
        """List all threads again if a search is in use; else go back to the inbox."""
        if self.filter.value:
            self.filter.search_for("")
        elif self.tabs.group is not None:
            self._list_group(None)
        else:
            self.app.pop_screen()


def _row_of(thread: ThreadView) -> ThreadRow:
    """Return the row of a thread that was read by its id."""
    return ThreadRow(
        thread.thread_id,
        thread.graph_id,
        thread.status,
        created_at=None,
        updated_at=None,
        waiting=thread.waiting,
        error=thread.error,
    )
