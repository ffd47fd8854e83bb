"""The home of the console: everything that waits for a person."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from hitl_engine.model import Breakpoint, BrokenGraph, Waiting
from hitl_engine.visible import one_line
from hitl_tui.messages import BulkWanted, LogWanted, StartWanted
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.state.marks import Marks
from hitl_tui.state.session import Session
from hitl_tui.text.item_summary import breakpoint_line, review_line
from hitl_tui.text.literal import short_id
from hitl_tui.widgets.filter_line import FilterLine
from hitl_tui.widgets.inbox_list import InboxList

_NOTHING = """\
Nothing waits for you.

Press n to start a run. Its interrupts and breakpoints
appear here by themselves, and so do other people's runs."""
_AT_ONCE = 200
"""Items understood between two keys while those of a kind are marked."""
_NO_MATCH = """\
Nothing in the list matches. Press escape to see everything again."""


class InboxScreen(ConsoleScreen):
    """Shows the inbox and keeps it true."""

    DEFAULT_CSS = """
    InboxScreen {
        #summary { height: 1; text-wrap: nowrap; text-overflow: ellipsis; padding: 0 1; color: $foreground 70%; }
        #trouble {
            display: none; height: auto; max-height: 4; padding: 0 1;
            color: $text-warning; background: $warning-muted;
        }
        #nothing {
            display: none; height: 1fr; content-align: center middle; text-align: center;
            color: $foreground 70%; padding: 0 2;
        }
        &.-empty {
            #nothing { display: block; }
            InboxList { display: none; }
        }
        &.-troubled #trouble { display: block; }
        InboxList { margin-top: 1; }
        &.-short InboxList { margin-top: 0; }
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
            "l", "log", "Log", tooltip="Decisions, and what the engine printed", id="console.log"
        ),
        Binding(
            "slash",
            "filter",
            "Filter",
            key_display="/",
            tooltip="List only what matches",
            id="inbox.filter",
        ),
        Binding(
            "escape",
            "unfilter",
            "Everything",
            tooltip="List everything again",
            id="inbox.unfilter",
        ),
        Binding(
            "b",
            "broken",
            "Broken graphs",
            tooltip="Why graphs cannot be imported",
            id="inbox.broken",
        ),
    ]
    AUTO_FOCUS = "InboxList"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.marks = Marks()
        self._offers_bulk = False

    def compose_body(self) -> ComposeResult:
        """Put the count above the list, and words where there is nothing to list."""
        self.summary = Static(id="summary", markup=False)
        self.trouble = Static(id="trouble", markup=False)
        self.list = InboxList(self._describe, self.marks)
        self.nothing = Static(id="nothing", markup=False)
        self.filter = FilterLine()
        yield self.summary
        yield self.trouble
        yield self.list
        yield self.nothing
        yield self.filter

    def on_mount(self) -> None:
        """Look at the server, and let the waiting times tick."""
        self.watch_inbox()
        self.set_interval(1, self._tick)

    def _tick(self) -> None:
        self.list.tick()
        if self.marks.progress:
            self._show_summary()

    @work(group="watch", exit_on_error=False)
    async def watch_inbox(self) -> None:
        """Look at the server again and again, for all screens."""
        async for inbox in self.desk.watch():
            self.session.seen(inbox)

    def session_changed(self) -> None:
        """Show what waits now."""
        super().session_changed()
        if self.session.inbox is not None and self.session.inbox.items is not self.list.items:
            self.list.show(self.session.inbox.items)
        self._show_words()

    @on(InboxList.ListChanged)
    def _show_words(self) -> None:
        inbox = self.session.inbox
        self._show_summary()
        error = inbox.error if inbox is not None else None
        unreadable = inbox.unreadable if inbox is not None else ()
        lines = [f"The list is old: {one_line(error, 300)}"] if error else []
        lines += [
            f"Not readable now, listed as last known: {short_id(thread)} {one_line(why, 160)}"
            for thread, why in unreadable[:2]
        ]
        lines += [f"… and {len(unreadable) - 2} more"] if len(unreadable) > 2 else []
        lines += [
            f"{one_line(graph.graph_id, 60)} cannot be imported: {one_line(graph.what, 160)}"
            " Press b to read why."
            for graph in self.broken[:2]
        ]
        self.trouble.update("\n".join(lines))
        self.set_class(bool(lines), "-troubled")
        self.set_class(not self.list.listed, "-empty")
        self.nothing.update(self._why_nothing())

    def _why_nothing(self) -> str:
        if self.session.inbox is None:
            return "Reading…"
        return _NO_MATCH if self.list.filter_text else _NOTHING

    def _show_summary(self) -> None:
        self.summary.update(self._summary())
        offers = bool(self.marks or self.marks.progress)
        if offers is not self._offers_bulk:
            self._offers_bulk = offers
            self.refresh_bindings()

    def _summary(self) -> Content:
        inbox = self.session.inbox
        if inbox is None:
            return Content("")
        shown, total = len(self.list.listed), len(inbox.items)
        count = f"{total:,} wait" if total != 1 else "1 waits"
        if self.list.filter_text:
            count = f"{shown:,} of {total:,} wait"
        words = [f"{inbox.busy:,} running"] if inbox.busy else []
        words.append(self.list.order.value)
        if inbox.error:
            words.insert(0, "old list")
        if self.marks:
            words.insert(0, f"{len(self.marks):,} marked")
        if self.marks.progress:
            words.insert(0, self.marks.progress)
        return Content.assemble((count, "bold $foreground"), "  ·  " + "  ·  ".join(words))

    def _describe(self, item: Waiting) -> str:
        if isinstance(item, Breakpoint):
            return breakpoint_line(item)
        return review_line(self.desk.reviews.question(item).review)

    # Keys

    @property
    def broken(self) -> tuple[BrokenGraph, ...]:
        """The graphs of the target that cannot be imported."""
        return self.desk.server.broken

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to read about broken graphs, or to end a filter, only where there is one."""
        match action:
            case "broken":
                return bool(self.broken)
            case "unfilter":
                return bool(self.list.filter_text)
            case "bulk":
                return self._offers_bulk
            case _:
                return True

    def action_broken(self) -> None:
        """Show the tracebacks of the graphs that cannot be imported."""
        several = f"{len(self.broken)} graphs of this target cannot be imported."
        reading = ModalText(
            "Graph cannot be imported",
            self.broken[0].what if len(self.broken) == 1 else several,
            hint="The other graphs work. Mend it, then start the console again.",
            detail="\n\n".join(
                f"{graph.graph_id}: {graph.what}\n{graph.traceback}" for graph in self.broken
            ),
        )
        self.app.push_screen(TextModal(reading))

    def action_start(self) -> None:
        """Say that a run is wanted."""
        self.post_message(StartWanted())

    def action_log(self) -> None:
        """Say that the log is wanted."""
        self.post_message(LogWanted())

    def action_filter(self) -> None:
        """Ask what to list."""
        self.filter.open()

    def action_unfilter(self) -> None:
        """List everything again."""
        self.filter.action_clear()

    def action_bulk(self) -> None:
        """Say that what is marked is to be decided on."""
        self.post_message(BulkWanted(self.marks))

    # Marking

    @on(InboxList.MarksChanged)
    def show_marks(self) -> None:
        """Show how many are marked, and offer what can be done with them."""
        if not self.marks:
            self.workers.cancel_group(self, "mark")
        self.list.tick()
        self._show_summary()

    @on(InboxList.MarkAlikeRequested)
    def mark_alike(self) -> None:
        """Mark what is listed now and of the same kind as the selected item."""
        if self.list.item is not None:
            self.mark_kind(self.list.item, tuple(self.list.listed))

    @work(group="mark", exclusive=True, exit_on_error=False)
    async def mark_kind(self, chosen: Waiting, listed: Sequence[Waiting]) -> None:
        """Mark in steps: to understand a hundred thousand items takes seconds."""
        if not self.desk.bulk.same_kind(chosen, [chosen]):
            self.tell("This needs a look of its own: it is not decided on together with others.")
        for start in range(0, len(listed), _AT_ONCE):
            self.marks.add(self.desk.bulk.same_kind(chosen, listed[start : start + _AT_ONCE]))
            await asyncio.sleep(0)
        self.marks.keep(self.list.items)  # they may have changed meanwhile
        self.show_marks()

    def on_screen_resume(self) -> None:
        """Show what is marked still; decisions may have been made on it."""
        if self.is_mounted:
            self.show_marks()

    # Filtering

    @on(FilterLine.Changed)
    def list_matches(self, event: FilterLine.Changed) -> None:
        """List only what matches."""
        self.list.filter_text = event.value
        self.refresh_bindings()

    @on(FilterLine.Closed)
    def back_to_list(self) -> None:
        """Give the keys back to the list."""
        self.list.focus()
