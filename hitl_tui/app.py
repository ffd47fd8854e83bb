"""The application: themes, keys, screens, command palette, and the last output filter."""

import asyncio
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import Worker, WorkerError

from hitl_tui.messages import (
    AssistantsRequested,
    BulkRequested,
    Chosen,
    LogRequested,
    NewInputRequested,
    NewRunRequested,
    RunAgainRequested,
    RunRequested,
    StartFailed,
    StoreRequested,
    ThreadOpened,
    ThreadsRequested,
)
from hitl_tui.screens.connecting import ConnectingScreen
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.settings import Settings
from hitl_tui.state.kept_breakpoints import restore_breakpoints
from hitl_tui.state.last_seen import last_seen_of
from hitl_tui.state.session import Session
from hitl_tui.text.output_filter import UnprintableFilter
from hitl_tui.themes import THEMES

if TYPE_CHECKING:
    from hitl_engine.desk import Desk
    from hitl_engine.last_seen import LastSeenFile
    from hitl_tui.screens.navigation import Navigation

_LEFT_OUT = ("Keys", "Quit", "Maximize", "Minimize")
"""Commands of Textual's palette that ours replace, or that would hide the server bar."""

OpenDesk = Callable[[], AbstractAsyncContextManager["Desk"]]


class ConsoleApp(App[None]):
    """Keeps the desk open, and opens the screens; the screens do everything else.

    `open_desk` is called after the first paint, because its imports take time. For the same reason
    most screens are imported when they are first opened.
    """

    TITLE = "hitl-tui"
    CSS = """
    OptionList > .option-list--option-highlighted { background: $panel; color: $foreground; }
    OptionList:focus > .option-list--option-highlighted {
        background: $primary 15%; color: $foreground; text-style: none;
    }
    """
    """The selected row of every list, the palette's too: rows have colours of their own, and Textual's
    strong background makes some of them unreadable."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "question_mark,f1",
            "screen.help",
            "Help",
            tooltip="Show or hide the keys and help for what has the focus",
            id="console.help",
        ),
        Binding(
            "escape",
            "hide_help_panel",
            "Close help",
            tooltip="Close the help panel",
            id="console.close_help",
            priority=True,
        ),
        Binding(
            "ctrl+q",
            "quit",
            "Quit",
            tooltip="Quit; drafts are kept, and pending items stay pending",
            id="console.quit",
            priority=True,
        ),
    ]

    def __init__(
        self,
        open_desk: OpenDesk,
        settings: Settings | None = None,
        last_seen: "LastSeenFile | None" = None,
        *,
        opens_thread: bool = False,
    ) -> None:
        """`last_seen`: where the inbox is kept for the next start; without it, it is not kept.

        With `opens_thread`, the newest thread is opened at once.
        """
        super().__init__()
        self._opens_thread = opens_thread
        self._settings = settings or Settings()
        for theme in THEMES:
            self.register_theme(theme)
        kept = self._settings.theme
        self.theme = kept if kept in self.available_themes else THEMES[0].name
        self.session = Session(settings=self._settings)
        self._last_seen = last_seen
        if last_seen is not None:
            self.session.last_seen = last_seen_of(last_seen.read())
        self.home: ConsoleScreen = ConnectingScreen(self.session)
        self.unsettled: tuple[str, ...] = ()
        """After the end: the threads to which something was sent whose outcome is not known."""
        self._open_desk = open_desk
        self._close_requested = asyncio.Event()
        self._output_filter = UnprintableFilter()
        self._desk_worker: Worker[None] | None = None
        self._opened: Navigation | None = None
        """None until the inbox is open."""

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver for this platform; on Unix, one that reads every paste whole."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from hitl_tui.terminal_input import PatientDriver  # needs a Unix

        return PatientDriver

    def get_default_screen(self) -> Screen[None]:
        """Return the first screen, which is drawn before anything slow is imported."""
        return self.home

    def watch_theme(self, name: str) -> None:
        """Keep the theme that the user chose."""
        if not self.is_running:
            return
        try:
            self._settings.keep(name, "theme")
        except OSError as error:
            words = f"The theme is not kept for the next time: {error.strerror}."
            self.home.show_notification(words, severity="warning")

    def on_mount(self) -> None:
        """Open the target after the first paint."""
        self.call_after_refresh(self._open_target)

    def _open_target(self) -> None:
        self._desk_worker = self.hold_desk()

    @work(group="watch", exit_on_error=False)
    async def hold_desk(self) -> None:
        """Open the desk, and keep it open until the console closes."""
        self.session.set_connecting()
        try:
            async with self._open_desk() as desk:
                self.session.set_connected(desk)
                restore_breakpoints(self.session.settings, desk)
                self._open_inbox()
                try:
                    await self._close_requested.wait()
                finally:  # Textual cancels all workers at the end
                    self.unsettled = desk.unsettled
        except Exception as error:  # noqa: BLE001  a target may fail in any way
            self.session.set_failed()
            self._offer_retry(error)

    def _open_inbox(self) -> None:
        from hitl_tui.screens.inbox import InboxScreen
        from hitl_tui.screens.navigation import Navigation

        self.home = inbox = InboxScreen(self.session, self._last_seen)
        self.push_screen(inbox)
        self._opened = Navigation(self, self.session, inbox)
        if self._opens_thread:
            self.open_newest_thread()

    @work(group="open", exit_on_error=False)
    async def open_newest_thread(self) -> None:
        """Open the newest thread, whatever its status."""
        assert self.session.desk is not None, "the target is open"
        page = await self.session.desk.threads.page(size=1)
        for thread in page.rows:
            self._navigation.open_any_thread(ThreadOpened(thread.thread_id))

    def _offer_retry(self, error: Exception) -> None:
        from hitl_tui.screens.text_modal import ModalText, TextModal

        def closed(retry: bool | None) -> None:
            if retry:
                self._open_target()
            else:
                self.exit(return_code=getattr(error, "exit_code", 1))

        modal = TextModal(ModalText.of(error), retry=True, close="Quit")
        self.push_screen(modal, closed)

    async def on_unmount(self) -> None:
        """Stop all workers that use the desk, then close it."""
        others = [worker for worker in self.workers if worker is not self._desk_worker]
        for worker in others:
            worker.cancel()
        await asyncio.gather(*(worker.wait() for worker in others), return_exceptions=True)
        self._close_requested.set()
        if self._desk_worker is not None:
            with suppress(WorkerError):
                await self._desk_worker.wait()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to close the help panel only while it is open; else the screen gets the key."""
        if action == "hide_help_panel":
            return bool(self.screen_stack and self.screen.query("HelpPanel"))
        return super().check_action(action, parameters)

    async def action_quit(self) -> None:
        """Save what was typed, then quit."""
        for screen in self.screen_stack:
            if isinstance(screen, ConsoleScreen):
                await screen.save_drafts()
        self.exit()

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text, and warn if a terminal could obey it; everything that copies calls this."""
        from hitl_tui.text.clipboard import copy_warning, copyable  # after the first paint

        super().copy_to_clipboard(copyable(text))
        if warning := copy_warning(text):
            self.notify(warning, severity="warning", markup=False)

    async def on_event(self, event: events.Event) -> None:
        """Hold keys back from what is on screen while what the user opened is not, or refuse them."""
        if isinstance(event, events.Key | events.Paste) and self.session.desk is not None:
            from hitl_tui.screens.early_keys import takes

            if takes(event, self.screen, self.session.early_keys):
                return
        await super().on_event(event)

    # Screens

    @property
    def _navigation(self) -> "Navigation":
        assert self._opened is not None, "screens post these messages after the inbox is open"
        return self._opened

    @on(Chosen)
    def open_thread(self, event: Chosen) -> None:
        """Open an item."""
        self._navigation.open_thread(event.item)

    @on(ThreadOpened)
    def open_any_thread(self, event: ThreadOpened) -> None:
        """Open a thread, whatever its status."""
        self._navigation.open_any_thread(event)

    @on(NewRunRequested)
    def open_new_run(self, event: NewRunRequested) -> None:
        """Open the form that starts a run."""
        self._navigation.open_new_run(event)

    @on(RunAgainRequested)
    def open_run_again(self, event: RunAgainRequested) -> None:
        """Open the form with what an earlier run was started with."""
        self._navigation.open_run_again(event)

    @on(NewInputRequested)
    def open_new_input(self, event: NewInputRequested) -> None:
        """Open the form for another input of a finished thread."""
        self._navigation.open_new_input(event)

    @on(RunRequested)
    def start_run(self, event: RunRequested) -> None:
        """Open the screen of a new thread, which starts the run."""
        self._navigation.start_run(event)

    @on(StartFailed)
    def show_failed_start(self, event: StartFailed) -> None:
        """Show why the run did not start."""
        self._navigation.show_failed_start(event)

    @on(LogRequested)
    def open_log(self) -> None:
        """Open the log."""
        self._navigation.open_log()

    @on(ThreadsRequested)
    def open_threads(self) -> None:
        """Open the list of all threads."""
        self._navigation.open_threads()

    @on(AssistantsRequested)
    def open_assistants(self) -> None:
        """Open the list of assistants."""
        self._navigation.open_assistants()

    @on(StoreRequested)
    def open_store(self) -> None:
        """Open the store."""
        self._navigation.open_store()

    @on(BulkRequested)
    def open_bulk(self, event: BulkRequested) -> None:
        """Open the marked items."""
        self._navigation.open_bulk(event.marks)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer the actions of all keys of this screen in the command palette."""
        for command in super().get_system_commands(screen):
            if command.title not in _LEFT_OUT:
                yield command
        from hitl_tui.screens.code_commands import code_commands
        from hitl_tui.screens.key_commands import key_commands
        from hitl_tui.screens.server_commands import server_commands

        yield from key_commands(self, screen)
        yield from server_commands(screen)
        yield from code_commands(screen)

    # Output

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Replace control characters in everything that is drawn."""
        return [self._output_filter, *super().get_line_filters()]

    def _fatal_error(self) -> None:
        """Show the traceback without local variables, which may contain payloads and API keys."""
        from hitl_engine.visible import visible

        self.panic(Text(visible(traceback.format_exc())))
