"""The inbox: all pending items of all threads."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from hitl_engine.errors import HitlError, JournalFailed
from hitl_engine.model import BrokenGraph, Server, Waiting
from hitl_engine.visible import one_line
from hitl_tui.messages import BulkRequested, LogRequested, NewRunRequested, ThreadsRequested
from hitl_tui.screens.claims import ask_to_take_over, offers_claims, toggle_claim
from hitl_tui.screens.connecting import NOT_LIVE
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.inbox_notes import InboxNotes
from hitl_tui.screens.last_seen_keeper import LastSeenKeeper
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.state.inbox_view import InboxView, parse_view
from hitl_tui.state.last_seen import SeenRows
from hitl_tui.state.long_lived import LongLivedItems
from hitl_tui.state.marks import ItemKey, Marks, key_of
from hitl_tui.state.named_views import NamedView, NamedViews
from hitl_tui.state.noted_items import NotedItems
from hitl_tui.state.session import Session
from hitl_tui.state.sessions import Sessions
from hitl_tui.state.snooze_time import SnoozeTime
from hitl_tui.text.essence import Essence, essence_of
from hitl_tui.text.fitting import counted
from hitl_tui.widgets.filter_line import FilterLine
from hitl_tui.widgets.inbox_filter_line import InboxFilterLine
from hitl_tui.widgets.inbox_header import InboxCounts, InboxHeader
from hitl_tui.widgets.inbox_list import InboxList
from hitl_tui.widgets.item_conversation import ItemConversation
from hitl_tui.widgets.item_preview import ItemPreview
from hitl_tui.widgets.last_seen_list import LastSeenList
from hitl_tui.widgets.targets_line import target_problems

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

_NOTHING = """\
Nothing waits for you.

Press n to start a run. Interrupts and breakpoints of all runs
appear here automatically."""
_NOT_READ = """\
The inbox could not be read, so it is not known what waits.

The reason is above. The console tries again by itself."""
_NOT_ALL_READ = """\
Nothing waits on the threads that could be read.

Those that could not are above. The console tries again by itself."""
_NOT_ALL_TARGETS = """\
Nothing waits on the targets that could be read.

The others are above. The console tries again by itself."""
_KEPT_AS = "inbox"
"""The setting that keeps the order and the groups."""
_CHUNK = 200
"""Items compared before the console handles the next key, while similar items are marked."""
_ALL_OVERDUE = 130
"""Seconds after which everything is overdue that was queued before the start."""
_KEEP_SECONDS = 60
"""Between two copies of the list for the next start."""
_REST = 0.05
"""Seconds for which the selection rests before its item is shown beside the list."""
_READ_REST = 0.2
"""Seconds for which it rests further before the conversation that led to it is read."""
_WIDTH_OF_CONVERSATION = 160
"""Columns from which this conversation is shown."""
_ALL_SNOOZED = """\
Nothing else waits for you: all items are snoozed.

They come back by themselves. To list them, filter by is:snoozed."""
_NO_MATCH = """\
Nothing matches the filter. Press escape to list everything."""


class InboxScreen(ConsoleScreen):
    """Shows the inbox and keeps it up to date."""

    DEFAULT_CSS = """
    InboxScreen {
        #nothing {
            display: none; height: 1fr; content-align: center middle; text-align: center;
            color: $foreground 70%; padding: 0 2;
        }
        &.-empty {
            #nothing { display: block; }
            InboxList { display: none; }
        }
        &.-last-seen InboxList, &.-last-seen #nothing { display: none; }
        #waiting {
            width: 3fr;
            border: round $foreground 20%;
            border-title-color: $foreground;
            &:focus-within { border: round $accent; }
        }
        #beside { width: 2fr; display: none; }
        ItemPreview { height: 1fr; }
        &.-wide #beside { display: block; }
        &.-wide.-empty #beside { display: none; }
        InboxHeader #summary { display: none; }
        &.-short InboxHeader #summary { display: block; }
        &.-short #waiting, &.-short ItemPreview { border: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "m",
            "bulk",
            "Decide",
            tooltip="Decide on all marked items together",
            id="inbox.bulk",
        ),
        Binding("n", "start", "New run", tooltip="Start a run of a graph", id="console.start"),
        Binding(
            "t",
            "threads",
            "All threads",
            tooltip="All threads of the server: finished, failed and running ones too",
            id="console.threads",
        ),
        Binding(
            "l",
            "log",
            "Log",
            tooltip="Decisions, and the log of the local server",
            id="console.log",
        ),
        Binding(
            "slash",
            "filter",
            "Filter",
            key_display="/",
            tooltip="List only items that match a text",
            id="inbox.filter",
        ),
        Binding(
            "escape",
            "unfilter",
            "Everything",
            tooltip="Remove the filter",
            id="inbox.unfilter",
        ),
        Binding(
            "f",
            "facets",
            "Filter by",
            tooltip="List only items like the selected one: of its kind, tool, graph, …",
            id="inbox.facets",
        ),
        Binding(
            "v",
            "views",
            "Views",
            tooltip="Show a named view, save what is shown as one, or remove one",
            id="inbox.views",
        ),
        Binding(
            "c",
            "claim",
            "Claim",
            show=False,
            tooltip="Claim the item, so that others see that you have it, or give it back",
            id="inbox.claim",
        ),
        Binding(
            "b",
            "broken",
            "Broken graphs",
            tooltip="Show why graphs cannot be imported",
            id="inbox.broken",
        ),
    ]
    AUTO_FOCUS = "LastSeenList, InboxList"

    offers_bulk: reactive[bool] = reactive(False, repaint=False, bindings=True)
    """Whether items are marked, or decisions on marked items are being sent."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__(sessions.overview)
        self.sessions = sessions
        self.desks = sessions.desks()
        self.marks = Marks()
        self.views = NamedViews(self.session.settings, self.session.configuration)
        self._last_seen_list: LastSeenList | None = None
        self._long_lived = LongLivedItems()
        self._watched: list[Session] = []
        """The sessions whose inbox is followed."""
        self._keepers = [
            LastSeenKeeper(each, each.last_seen_file, self._essence, lambda: self.list.snoozed)
            for each in sessions.targets
            if each.last_seen_file is not None
        ]
        self._seen_broken: tuple[BrokenGraph, ...] = ()
        """Broken graphs that the user has looked at: they take no space of the list any more."""

    def compose_body(self) -> ComposeResult:
        """Put the header above the list, and a text in the place of an empty list."""
        if self.sessions.several:
            self.bar.instead = f"{len(self.sessions.targets)} targets"
        self.header = InboxHeader()
        self.list = InboxList(
            self._essence,
            self.marks,
            self.session.early_keys,
            deadline_of=self.desks.reviews.deadline_of,
            notes=NotedItems(self.desks.reviews.fingerprint_of),
        )
        self.notes = InboxNotes(self.sessions, self.desks, self.list)
        kept = self.session.settings.kept(_KEPT_AS)
        self._arrange(parse_view(kept if isinstance(kept, str) else ""))
        self.nothing = Static(id="nothing", markup=False)
        self.filter = InboxFilterLine()
        self.preview = ItemPreview()
        self.conversation = ItemConversation()
        shown: list[Widget] = [self.list, self.nothing]
        if self.sessions.last_seen is not None:
            self._last_seen_list = LastSeenList(self.sessions.last_seen)
            self.add_class("-last-seen")
            self.list.can_focus = False  # it gets the focus before its styles hide it
            shown.append(self._last_seen_list)
        self.frame = Vertical(*shown, id="waiting")
        yield self.header
        yield Horizontal(self.frame, Vertical(self.preview, self.conversation, id="beside"))
        yield self.filter

    def _arrange(self, view: InboxView) -> None:
        """List in the order and the groups of a view, where it has them."""
        self.list.order = view.order or self.list.order
        self.list.grouping = view.grouping or self.list.grouping

    @on(InboxList.Reordered)
    def keep_order(self) -> None:
        """Keep the order and the groups for the next time."""
        self.keep_setting(InboxView("", self.list.order, self.list.grouping).text, _KEPT_AS)

    def _essence(self, item: Waiting) -> Essence:
        return essence_of(self.desks.reviews.item(item))

    def on_mount(self) -> None:
        """Follow the inbox, and update the waiting times each second."""
        self._watch_connected()
        self.set_interval(1, self._tick)
        self.set_interval(_KEEP_SECONDS, self._keep_inbox)
        self.set_timer(_ALL_OVERDUE, self._expire_again)

    @work(group="expire", exit_on_error=False)
    async def expire_queued(self, desk: "Desk") -> None:
        """Show what an earlier console was about to send when it ended."""
        if left := await desk.expire_queued():
            names = ", ".join(dict.fromkeys(one_line(entry.graph_id, 40) for entry in left))
            words = f"Not sent, because the console ended: {counted(len(left), 'decision')}"
            text = f"{words} ({names}). What was chosen and typed is kept as drafts."
            self.show_notification(text, severity="warning")

    def _expire_again(self) -> None:
        """Look for what a console was about to send that ended just before this one began."""
        for desk in self.sessions.open_desks:
            self.expire_queued(desk)

    @work(group="settle", exit_on_error=False)
    async def settle_open(self, desk: "Desk") -> None:
        """Show what became of decisions whose outcome an earlier console did not learn."""
        if found := await desk.settle_open():
            counts = Counter(each.outcome or "still in progress" for each in found)
            results = ", ".join(f"{count:,} {result}" for result, count in counts.items())
            words = (
                f"Looked for the outcome of {counted(len(found), 'earlier decision')}: {results}"
            )
            self.show_notification(f"{words}. The log has details.", severity="warning")

    def _watch_connected(self) -> None:
        """Follow the inbox of each target that is connected."""
        for each in self.sessions.targets:
            if each.desk is not None and each not in self._watched:
                self._watched.append(each)
                self.watch_inbox(each, each.desk)
                self._show_remarks(each.desk.server)

    def _show_remarks(self, server: Server) -> None:
        """Show what to know about a server and the settings of a project, when it is connected."""
        notices = server.notices
        if notices:
            more = f" And {len(notices) - 1} more: hitl-tui graphs lists them." * (len(notices) > 1)
            name = f"{server.name}: " if self.sessions.several else ""
            self.show_notification(f"{name}{one_line(notices[0], 300)}{more}", severity="warning")

    def _tick(self) -> None:
        self.list.tick()
        if woken := self.list.wake():
            words = f"{counted(woken, 'snoozed item')} {'is' if woken == 1 else 'are'} back."
            self.show_notification(words)
        if self.marks.progress:
            self._show_summary()

    @work(group="watch", exit_on_error=False)
    async def watch_inbox(self, session: Session, desk: "Desk") -> None:
        """Read the inbox of a target whenever it changes, for all screens."""
        await self.notes.show()  # before the first items: snoozed ones are never on screen
        is_first = True
        async for inbox in desk.watch():
            session.set_inbox(inbox)
            if is_first:
                self.expire_queued(desk)
                self.settle_open(desk)
            is_first = False

    def session_changed(self) -> None:
        """Show the pending items."""
        super().session_changed()
        self._watch_connected()
        production = (server.name for server in self.sessions.servers if server.production)
        self.list.mark_production(frozenset(production))
        if self.session.inbox is not None and self.session.inbox.items is not self.list.items:
            self.list.show(self.session.inbox.items, self.sessions.complete)
            self.read_drafts()
            self.read_notes()
            self._long_lived.keep_from_collector(len(self.list.items))
        if self.session.inbox is not None:
            self.list.show_people(self.session.inbox.presence, self.sessions.me)
        if self.sessions.last_seen is not None and self._last_seen_list is not None:
            self._follow_last_seen(self.sessions.last_seen, self._last_seen_list)
        self._show_header()
        self.refresh_bindings()
        if self.session.takes_up_code and self.changed and not self.session.is_busy:
            self.action_take_up_code(by_itself=True)

    def on_resize(self) -> None:
        """Show the preview once there is space for it."""
        self.preview_soon()

    @on(InboxList.Selected)
    def show_preview(self, event: InboxList.Selected) -> None:
        """Show what the selected item asks, once the selection rests."""
        self.preview_soon()

    @work(group="preview", exclusive=True, exit_on_error=False)
    async def preview_soon(self) -> None:
        """Show the preview a moment later: keys that move the selection come first."""
        await asyncio.sleep(_REST)
        if not (self.is_mounted and self.has_class("-wide")):
            return
        item = self.list.item
        self.preview.show(None if item is None else self.desks.reviews.item(item))
        if item is None or not self.conversation.is_of(item):
            self.conversation.clear()
        if item is not None and self.is_current:
            self.list.mark_seen(item)
        if item is None or self.size.width < _WIDTH_OF_CONVERSATION:
            return
        if self.conversation.is_read_for(item):
            return
        await asyncio.sleep(_READ_REST)
        desk = self.sessions.of(item).desk
        if desk is not None:
            with suppress(HitlError):  # the reason is shown where the item is opened
                view = await desk.thread(item.thread_id)
                self.conversation.show_led_to(item, desk.conversations.of(view))

    @work(group="drafts", exclusive=True, exit_on_error=False)
    async def read_drafts(self) -> None:
        """Show which items have a draft."""
        found: set[ItemKey] = set()
        for desk in self.sessions.open_desks:
            with suppress(JournalFailed):  # it is told where something is typed
                found |= {(desk.server.name, *draft) for draft in await desk.drafts.all()}
        self.list.show_drafts(frozenset(found))

    # Notes: flagged and snoozed items

    @work(group="notes", exclusive=True, exit_on_error=False)
    async def read_notes(self) -> None:
        """Show which items are flagged, and hide those that are snoozed."""
        await self.notes.show()

    @work(group="note", exit_on_error=False)
    async def write_notes(self, writing: Awaitable[None]) -> None:
        """Write notes, and show them."""
        await writing

    @on(InboxList.FlagRequested)
    def flag(self, event: InboxList.FlagRequested) -> None:
        """Flag an item, or remove its flag."""
        self.write_notes(self.notes.flag(event.item, is_flagged=event.is_flagged))

    @on(InboxList.SnoozeRequested)
    def ask_how_long(self, event: InboxList.SnoozeRequested) -> None:
        """Ask for how long items are hidden."""
        from hitl_tui.screens.snooze_picker import SnoozePicker  # after the first paint

        def chosen(time: SnoozeTime | None) -> None:
            if time is not None:
                self.write_notes(self.notes.snooze(event.items, time))
                self.list.action_unmark()

        self.app.push_screen(SnoozePicker(event.items, self.list.notes), chosen)

    # The inbox as last seen

    def _follow_last_seen(self, seen: SeenRows, shown: LastSeenList) -> None:
        """Show the live list in the place of the rows of targets that are live now.

        The same item stays selected. The rows of the other targets are below the live list.
        """
        live = self.sessions.live.intersection(seen.targets)
        if live:
            self._go_live(live, seen, shown)
        if self.sessions.live and seen.targets:
            self._show_live_list()
            shown.show_rest(seen.words("not live: " + ", ".join(seen.targets)))

    def _go_live(self, live: Collection[str], seen: SeenRows, shown: LastSeenList) -> None:
        keys, line = seen.nearest_keys, seen.selected - seen.top
        was_alone = self.has_class("-last-seen")
        moves = (was_alone or shown.has_focus) and seen.is_selected(live)
        opens = moves and seen.opens
        seen.drop(live)
        self._show_live_list()
        if not seen.targets:
            self.sessions.last_seen = self._last_seen_list = None
            moves = moves or shown.has_focus
            shown.remove()

        def line_up() -> None:
            self.list.select_first_of(keys, line)
            self.list.focus()
            if opens and self.list.item is not None and key_of(self.list.item) == keys[0]:
                self.list.action_choose()

        if moves:
            self.call_after_refresh(line_up)
        self.set_timer(1, self._keep_inbox)

    def _show_live_list(self) -> None:
        self.remove_class("-last-seen")
        self.list.can_focus = True

    def _keep_inbox(self) -> None:
        """Keep the lists for the next start."""
        for keeper in tuple(self._keepers):
            try:
                keeper.keep()
            except OSError as error:
                self._keepers.remove(keeper)
                words = f"The list is not kept for the next start: {error.strerror}."
                self.show_notification(words, severity="warning")

    async def save_drafts(self) -> None:
        """Keep the lists before the console closes."""
        self._keep_inbox()

    @on(LastSeenList.NotLive)
    def tell_when_it_opens(self) -> None:
        """Tell why nothing opens yet."""
        if self.sessions.last_seen is not None:
            self.show_notification(NOT_LIVE.format(self.sessions.last_seen.when))

    @on(InboxList.ListChanged)
    def _show_header(self) -> None:
        self.session.outbox.snoozed = self.list.snoozed
        self._show_summary()
        unseen = [graph for graph in self.broken if graph not in self._seen_broken]
        several = self.sessions.targets if self.sessions.several else ()
        self.header.targets.show(several)
        self.header.show_problems(self.session.inbox, unseen, tuple(target_problems(several)))
        was_empty = self.has_class("-empty")
        self.set_class(not self.list.listed, "-empty")
        if was_empty and self.list.listed:
            self.call_after_refresh(self._focus_list)
        self.nothing.update(self._empty_text())

    def _focus_list(self) -> None:
        """Give the list the focus, which it lost while it was empty and not displayed."""
        if self.focused is None:
            self.list.focus()

    def _empty_text(self) -> str:
        inbox = self.session.inbox
        if inbox is None:
            return "Reading…"
        if self.list.filter_text and inbox.items:
            return _NO_MATCH
        if self.list.snoozed and len(self.list.snoozed) == len(inbox.items):
            return _ALL_SNOOZED
        if inbox.error:
            return _NOT_READ
        if any(each.inbox is None or each.inbox.error for each in self.sessions.targets):
            return _NOT_ALL_TARGETS
        if inbox.unread:
            return f"Reading the newest threads first; {inbox.unread:,} are left."
        return _NOT_ALL_READ if inbox.unreadable else _NOTHING

    def _show_summary(self) -> None:
        counts = InboxCounts(
            listed=len(self.list.listed),
            filtered=bool(self.list.filter),
            fault=self.list.filter.fault,
            order=self.list.order.value,
            grouping=self.list.grouping.value,
            marked=len(self.marks),
            snoozed=len(self.list.snoozed),
            sending=self.marks.progress,
        )
        seen = self.sessions.last_seen
        before = seen.words("connecting") if seen else ""
        inbox = None if self.has_class("-last-seen") else self.session.inbox
        self.frame.border_title = self.header.show_summary(inbox, counts, before)
        self.offers_bulk = bool(self.marks or self.marks.progress)

    # Keys

    @property
    def broken(self) -> tuple[BrokenGraph, ...]:
        """The graphs of all targets that cannot be imported."""
        return tuple(graph for server in self.sessions.servers for graph in server.broken)

    @property
    def changed(self) -> tuple[Session, ...]:
        """The targets whose graphs have new code."""
        return tuple(each for each in self.sessions.targets if each.code_changed)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible now."""
        match action:
            case "broken":
                return bool(self.broken)
            case "claim":
                return any(map(offers_claims, self.sessions.open_desks))
            case "unfilter":
                return bool(self.list.filter_text)
            case "bulk":
                return self.offers_bulk
            case _:
                return super().check_action(action, parameters)

    def action_broken(self) -> None:
        """Show the tracebacks of the graphs that cannot be imported."""
        several = f"{len(self.broken)} graphs of this target cannot be imported."
        text = ModalText(
            "Graph cannot be imported",
            self.broken[0].what if len(self.broken) == 1 else several,
            hint="Mend its code; then f6 takes it up.",
            detail="\n\n".join(
                f"{graph.graph_id}: {graph.what}\n{graph.traceback}" for graph in self.broken
            ),
        )
        self.app.push_screen(TextModal(text))
        self._seen_broken = self.broken
        self._show_header()

    def action_claim(self) -> None:
        """Claim the selected item, or give it back."""
        if (item := self.list.item) is not None:
            desk = self.desks.of(item)
            ask_to_take_over(self, desk, item, partial(self.claim, desk, item))

    @work(group="claim", exclusive=True, exit_on_error=False)
    async def claim(self, desk: "Desk", item: Waiting) -> None:
        """Claim an item, or give it back."""
        await toggle_claim(self, desk, item)

    def action_start(self) -> None:
        """Request the form that starts a run."""
        self.session.early_keys.begin(keep_text=False)
        self.post_message(NewRunRequested())

    def action_threads(self) -> None:
        """Request the list of all threads."""
        self.session.early_keys.begin(keep_text=False)
        self.post_message(ThreadsRequested())

    def action_log(self) -> None:
        """Request the log."""
        self.session.early_keys.begin(keep_text=False)
        self.post_message(LogRequested())

    def action_filter(self) -> None:
        """Open the filter."""
        self.filter.open()

    def list_view(self, text: str) -> None:
        """List what a named view shows: its filter, and its order and groups where it has them."""
        view = parse_view(text)
        self.filter.search_for(view.filter)
        self.list.filter_text = view.filter
        self._arrange(view)
        self.refresh_bindings()

    def action_facets(self) -> None:
        """List what the selected item can be filtered by."""
        from hitl_tui.screens.facet_picker import FacetPicker  # after the first paint
        from hitl_tui.state.facet_counts import FacetCounts
        from hitl_tui.state.item_facets import facets_of, with_facet

        def chosen(facet: str | None) -> None:
            if facet is not None:
                self.list_view(with_facet(self.list.filter_text, facet))

        if (item := self.list.item) is not None:
            facets = facets_of(item, self._essence(item), self.list.people_on(item))
            typed = self.list.filter_text
            counts = FacetCounts(facets, typed, self.list.items, self.list.fits)
            is_whole = len(self.sessions.complete) == len(self.sessions.targets)
            picker = FacetPicker(facets, typed, counts, is_whole=is_whole)
            self.app.push_screen(picker, chosen)

    def action_views(self) -> None:
        """List the named views."""
        from hitl_tui.screens.views_modal import ViewsModal  # after the first paint

        def chosen(view: NamedView | None) -> None:
            if view is not None:
                self.list_view(view.text)

        shown = InboxView(self.list.filter_text, self.list.order, self.list.grouping)
        self.app.push_screen(ViewsModal(self.views, shown.text), chosen)

    def action_unfilter(self) -> None:
        """Clear the filter."""
        self.filter.action_clear()

    def action_bulk(self) -> None:
        """Request to decide on all marked items."""
        self.session.early_keys.begin(keep_text=False)
        self.post_message(BulkRequested(self.marks))

    # Marking

    @on(InboxList.MarksChanged)
    def show_marks(self) -> None:
        """Show how many items are marked, and offer to decide on them."""
        if not self.marks:
            self.workers.cancel_group(self, "mark")
        self.list.tick()
        self._show_summary()

    @on(InboxList.MarkAlikeRequested)
    def mark_alike(self) -> None:
        """Mark all listed items of the same kind as the selected one."""
        if self.list.item is not None:
            self.mark_kind(self.list.item, tuple(self.list.listed))

    @work(group="mark", exclusive=True, exit_on_error=False)
    async def mark_kind(self, chosen: Waiting, listed: Sequence[Waiting]) -> None:
        """Mark in chunks: comparing a hundred thousand items takes seconds."""
        if not self.desks.bulk.same_kind(chosen, [chosen]):
            self.show_notification("This item can only be decided on its own.")
        for start in range(0, len(listed), _CHUNK):
            self.marks.add(self.desks.bulk.same_kind(chosen, listed[start : start + _CHUNK]))
            await asyncio.sleep(0)
        self.marks.keep(self.list.items)  # they may have changed meanwhile
        self.show_marks()

    def on_screen_resume(self) -> None:
        """Show which items are still marked, after decisions on them, and which are still listed."""
        if self.is_mounted:
            self.show_marks()
            self.list.check_again()
            self.read_drafts()
            self.read_notes()

    # Filtering

    @on(FilterLine.Changed)
    def list_matches(self, event: FilterLine.Changed) -> None:
        """List only items that match the filter."""
        self.list.filter_text = event.value
        self.refresh_bindings()

    @on(FilterLine.Closed)
    def back_to_list(self) -> None:
        """Focus the list."""
        self.list.focus()
