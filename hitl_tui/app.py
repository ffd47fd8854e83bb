"""The application: themes, keys, screens, command palette, and the last output filter."""

import asyncio
import os
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import Worker, WorkerError

from hitl_engine.configuration import Configuration
from hitl_engine.errors import NotTrusted
from hitl_tui.collector import Collector
from hitl_tui.configured_console import configured_keys, configured_theme
from hitl_tui.key_order import KeyMark, KeyOrder
from hitl_tui.messages import (
    Answered,
    AssistantsRequested,
    BulkRequested,
    Chosen,
    Copied,
    LogRequested,
    NewInputRequested,
    NewRunRequested,
    RunAgainRequested,
    RunRequested,
    StartFailed,
    StoreRequested,
    TakenBack,
    ThreadOpened,
    ThreadsRequested,
)
from hitl_tui.screens.connecting import ConnectingScreen
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.settings import Settings
from hitl_tui.state.kept_breakpoints import restore_breakpoints
from hitl_tui.state.session import Session
from hitl_tui.state.sessions import Sessions
from hitl_tui.stylesheet import FastStylesheet
from hitl_tui.text.few_colours import SixteenColours
from hitl_tui.text.output_filter import AsciiFilter, HiddenCharacterFilter
from hitl_tui.text.signs import key_in_ascii
from hitl_tui.themes import THEMES, WITHOUT_SHADES

if TYPE_CHECKING:
    from hitl_engine.desk import Desk
    from hitl_engine.last_seen import LastSeenFile
    from hitl_tui.screens.navigation import Navigation
    from hitl_tui.screens.notices import Notices
    from hitl_tui.screens.unsent_modal import Unsent

_LEFT_OUT = ("Keys", "Quit", "Maximize", "Minimize")
"""Commands of Textual's palette that ours replace, or that would hide the server bar."""

_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 30.0
"""Seconds between two attempts to open one of several targets."""

_IMPORTS_WAIT = 3.0
"""Seconds for which imports wait for the first list."""

OpenDesk = Callable[[], AbstractAsyncContextManager["Desk"]]


class ConsoleApp(App[None]):
    """Keeps the desks open, and opens the screens; the screens do everything else.

    `open_desk` opens the desk of the one target, or of each of several by its name. It is called
    after the first paint, because its imports take time. For the same reason most screens are
    imported when they are first opened.
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
        open_desk: OpenDesk | Mapping[str, OpenDesk],
        settings: Settings | None = None,
        configuration: Configuration | None = None,
        *,
        last_seen: Mapping[str, "LastSeenFile"] | None = None,
        opens_thread: bool = False,
        ascii_signs: Mapping[int, str] | None = None,
    ) -> None:
        """`last_seen`: where the inbox of a target is kept for the next start; without it, it is not.

        With `opens_thread`, the newest thread is opened at once. `ascii_signs` has the ASCII
        characters that are drawn for others. Raises BadConfiguration.
        """
        super().__init__()
        self.stylesheet = FastStylesheet(self.get_css_variables())
        self._opens_thread = opens_thread
        self._settings = settings or Settings()
        configured = configuration or Configuration()
        for theme in THEMES:
            self.register_theme(theme)
        for name in WITHOUT_SHADES:
            self.unregister_theme(name)
        kept = self._settings.theme
        self._configured_theme = configured_theme(configured, self.available_themes)
        self.theme = self._configured_theme or (
            kept if kept in self.available_themes else THEMES[0].name
        )
        self.set_keymap(configured_keys(configured))
        self._openers = open_desk if isinstance(open_desk, Mapping) else {"": open_desk}
        self.sessions = Sessions(tuple(self._openers), self._settings, configured)
        self.session = self.sessions.overview
        self.sessions.keep_in(last_seen or {})
        self.home: ConsoleScreen = ConnectingScreen(self.session, self.sessions.last_seen)
        self.unsettled: tuple[str, ...] = ()
        """After the end: the threads to which something was sent whose outcome is not known."""
        self._close_requested = asyncio.Event()
        self._asking = asyncio.Lock()
        self._output_filters = _output_filters(ascii_signs or {})
        self._ascii_keys = bool(ascii_signs)
        self._collector = Collector()
        self._key_order = KeyOrder(self, self._let_act, lambda: self.session.early_keys.holding)
        self._desk_workers: list[Worker[None]] = []
        self._opened: Navigation | None = None
        """None until the inbox is open."""
        self._notices: Notices | None = None
        self._reports_focus = False
        """Whether the terminal tells when it gets or loses the focus; most do."""

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
        if self._configured_theme not in (None, name):
            words = f"This theme is used until you quit: config.toml sets {self._configured_theme}."
            self.home.show_notification(words)
            return
        try:
            self._settings.keep(name, "theme")
        except OSError as error:
            words = f"The theme is not kept for the next time: {error.strerror}."
            self.home.show_notification(words, severity="warning")

    def on_mount(self) -> None:
        """Open the target after the first paint."""
        self.call_after_refresh(self._open_target)
        if not self.is_headless:  # then the process is not only the console's
            self.set_interval(1, self._collect_when_quiet)

    def _collect_when_quiet(self) -> None:
        if self.session.inbox is not None:
            self._collector.tick()

    def _open_target(self) -> None:
        if self.sessions.several:
            self.open_targets()
        else:
            self._desk_workers = [self.hold_desk()]

    @work(group="watch", exit_on_error=False)
    async def hold_desk(self) -> None:
        """Open the one desk, and keep it open until the console closes."""
        self.session.set_connecting()
        self.import_inbox()
        try:
            async with self._opened_desk(self.session):
                self._open_inbox()
                await self._close_requested.wait()
        except NotTrusted as error:
            self.session.set_failed()
            self._ask_for_trust(error)
        except Exception as error:  # noqa: BLE001  a target may fail in any way
            self.session.set_failed()
            self._offer_retry(error)

    @work(group="imports", exit_on_error=False)
    async def import_inbox(self) -> None:
        """Import the inbox while a local server starts, and what opens with an item after it."""
        module_of_desk = await asyncio.to_thread(import_module, "hitl_engine.desk")
        for module in ("inbox", "navigation", "notices"):
            await asyncio.to_thread(import_module, f"hitl_tui.screens.{module}")
        await self._until_listed()
        await asyncio.to_thread(import_module, "hitl_tui.screens.thread")
        await asyncio.to_thread(module_of_desk.import_parts)

    async def _until_listed(self) -> None:
        """Wait until an inbox is on the screen, or cannot be: imports would delay it."""
        overview, listed = self.sessions.overview, asyncio.Event()

        def look() -> None:
            if overview.inbox is not None:
                self.call_after_refresh(listed.set)

        overview.subscribe(look)
        look()
        with suppress(TimeoutError):
            await asyncio.wait_for(listed.wait(), _IMPORTS_WAIT)
        overview.unsubscribe(look)

    @work(group="watch", exit_on_error=False)
    async def open_targets(self) -> None:
        """Open the inbox of several targets, and each of them by itself."""
        await asyncio.to_thread(import_module, "hitl_engine.desks")
        self._open_inbox()
        self.import_inbox()
        self._desk_workers = [self.hold_one_of_several(each) for each in self.sessions.targets]

    @work(group="watch", exit_on_error=False)
    async def hold_one_of_several(self, session: Session) -> None:
        """Open the desk of a target, and keep it open; try again while it cannot be opened."""
        pause = _FIRST_PAUSE
        while not self._close_requested.is_set():
            session.set_connecting()
            try:
                async with self._opened_desk(session):
                    await self._close_requested.wait()
            except NotTrusted as error:
                session.set_failed(str(error))
                if not await self._is_trusted(error):
                    return
            except Exception as error:  # noqa: BLE001  a target may fail in any way
                session.set_failed(str(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._close_requested.wait(), pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    @asynccontextmanager
    async def _opened_desk(self, session: Session) -> AsyncIterator[None]:
        """Open the desk of a session, until the block ends."""
        async with self._openers[session.name]() as desk:
            session.set_connected(desk)
            restore_breakpoints(session.settings, desk)
            try:
                yield
            finally:  # Textual cancels all workers at the end
                self.unsettled += desk.unsettled

    def _open_inbox(self) -> None:
        from hitl_tui.screens.inbox import InboxScreen
        from hitl_tui.screens.navigation import Navigation
        from hitl_tui.screens.notices import Notices

        self.home = inbox = InboxScreen(self.sessions)
        self.push_screen(inbox)
        self._opened = Navigation(self, self.sessions, inbox)
        self._notices = Notices(self, self.sessions, inbox.desks.reviews.item)
        if self._opens_thread:
            self.open_newest_thread()

    @work(group="open", exit_on_error=False)
    async def open_newest_thread(self) -> None:
        """Open the newest thread, whatever its status."""
        assert self.session.desk is not None, "the target is open"
        page = await self.session.desk.threads.page(size=1)
        for thread in page.rows:
            self._navigation.open_any_thread(ThreadOpened(thread.thread_id))

    @work(group="watch", exit_on_error=False)
    async def _ask_for_trust(self, error: NotTrusted) -> None:
        """Open the target once the user agrees to its code, else quit."""
        if error.code is None:
            self._offer_retry(error)
        elif await self._is_trusted(error):
            self._open_target()
        else:
            self.exit(return_code=error.exit_code)

    async def _is_trusted(self, error: NotTrusted) -> bool:
        """Ask the user whether a project's code may run, one project at a time; keep that it may."""
        from hitl_engine.desk import trust_code
        from hitl_tui.screens.text_modal import ModalText, TextModal
        from hitl_tui.screens.trust_modal import TrustModal

        if error.code is None:
            return False
        refuse = "Leave it out" if self.sessions.several else "Quit"
        async with self._asking:
            if not await self.push_screen_wait(TrustModal(error.code, refuse=refuse)):
                return False
            try:
                await asyncio.to_thread(trust_code, error.code)
            except NotTrusted as not_kept:
                await self.push_screen_wait(TextModal(ModalText.of(not_kept)))
                return False
        return True

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
        self._key_order.close()
        if self._notices is not None:
            self._notices.close()
        others = [worker for worker in self.workers if worker not in self._desk_workers]
        for worker in others:
            worker.cancel()
        await asyncio.gather(*(worker.wait() for worker in others), return_exceptions=True)
        self._close_requested.set()
        for worker in self._desk_workers:
            with suppress(WorkerError):
                await worker.wait()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to close the help panel only while it is open; else the screen gets the key."""
        if action == "hide_help_panel":
            return bool(self.screen_stack and self.screen.query("HelpPanel"))
        return super().check_action(action, parameters)

    async def action_quit(self) -> None:
        """Save what was typed, then quit; ask first what to do with answers that are not sent yet."""
        if self.session.outbox.waiting or self.session.outbox.partly_sent:
            from hitl_tui.screens.unsent_modal import UnsentModal

            if not isinstance(self.screen, UnsentModal):
                self.push_screen(UnsentModal(self.session.outbox), self._quit_with_unsent)
        else:
            await self._quit()

    async def _quit_with_unsent(self, choice: "Unsent | None") -> None:
        from hitl_tui.screens.unsent_modal import Unsent

        if choice is not None:
            self.session.outbox.end(send=choice is Unsent.SEND)
            await self.session.outbox.until_recorded()
            await self._quit()

    async def _quit(self) -> None:
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

    @on(Copied)
    def show_copied(self, event: Copied) -> None:
        """Show what was copied, also above a modal screen."""
        self.notify(f"Copied {event.what}.", markup=False)

    async def on_event(self, event: events.Event) -> None:
        """Let keys act in the order in which they were pressed."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._key_order.take(event)
        else:
            await self._let_act(event)

    async def _let_act(self, event: events.Event) -> None:
        """Hold keys back from what is on screen while what the user opened is not, or refuse them."""
        if isinstance(event, events.Key | events.Paste) and self._opened is not None:
            self._collector.key_pressed()
            from hitl_tui.screens.early_keys import takes

            if takes(event, self.screen, self.session.early_keys):
                return
        await super().on_event(event)

    @on(KeyMark)
    async def key_has_acted(self, event: KeyMark) -> None:
        """Let the next key act."""
        await self._key_order.mark_arrived(event)

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

    @on(Answered)
    def show_next(self, event: Answered) -> None:
        """Show what follows an answer."""
        self._navigation.show_next(event)

    @on(TakenBack)
    async def show_again(self, event: TakenBack) -> None:
        """Show the screen of a thread whose answer was taken back."""
        await self._navigation.show_again(event.screen)

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
    def open_assistants(self, event: AssistantsRequested) -> None:
        """Open the list of assistants."""
        self._navigation.open_assistants(event)

    @on(StoreRequested)
    def open_store(self, event: StoreRequested) -> None:
        """Open the store."""
        self._navigation.open_store(event)

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
        from hitl_tui.screens.inbox import InboxScreen
        from hitl_tui.screens.key_commands import key_commands
        from hitl_tui.screens.server_commands import server_commands
        from hitl_tui.screens.view_commands import view_commands

        yield from key_commands(self, screen)
        yield from server_commands(screen)
        yield from code_commands(screen)
        if self._notices is not None and isinstance(screen, ConsoleScreen):
            from hitl_tui.screens.notice_commands import notice_commands

            yield from notice_commands(screen, self._notices)
        if isinstance(screen, InboxScreen):
            yield from view_commands(screen)
            yield SystemCommand(
                "Settings", "Change the common settings in config.toml", self.open_settings
            )

    def open_settings(self) -> None:
        """Open the common settings."""
        from hitl_engine.configuration import configuration_path
        from hitl_tui.screens.settings_screen import SettingsScreen

        path = self.session.configuration.path or configuration_path(os.environ)
        themes = sorted(self.available_themes)
        self.push_screen(SettingsScreen(path, themes, self._use_configured_theme))

    def _use_configured_theme(self, name: str) -> None:
        self._configured_theme = self.theme = name

    # Output

    def on_app_focus(self) -> None:
        """Remember that the terminal reports its focus."""
        self._reports_focus = True

    def on_app_blur(self) -> None:
        """Remember that the terminal reports its focus."""
        self._reports_focus = True

    def watch_app_focus(self, focused: bool) -> None:
        """Focus what a screen begins with, if it opened while the terminal did not have the focus.

        Textual leaves such a screen without one: its lists and cards would get no keys.
        """
        if not (focused and self.screen_stack) or self.screen.focused is not None:
            return
        first = self.AUTO_FOCUS if self.screen.AUTO_FOCUS is None else self.screen.AUTO_FOCUS
        for widget in self.screen.query(first) if first else ():
            if widget.focusable:
                self.screen.set_focus(widget)
                return

    @property
    def surely_focused(self) -> bool:
        """Whether the terminal reported that it has the focus."""
        return self._reports_focus and self.app_focus

    def write_to_terminal(self, sequence: str) -> None:
        """Write an escape sequence; `sequence` is ours, or made by `terminal_notices`."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Replace control characters and signs in everything that is drawn, and colours at last."""
        # The first resolves the colours that have names.
        first, *others = super().get_line_filters()
        has_few = not self.is_headless and self.console.color_system == "standard"
        few = [self._few_colours] if has_few else []
        return [*self._output_filters, first, *few, *others]

    @property
    def _few_colours(self) -> LineFilter:
        colours = self.theme_variables
        return _sixteen_colours(tuple(colours[name] for name in ("background", "surface", "panel")))

    def get_key_display(self, binding: Binding) -> str:
        """Return how a key is shown: by its name where its sign cannot be."""
        shown = super().get_key_display(binding)
        return key_in_ascii(shown) if self._ascii_keys else shown

    def _fatal_error(self) -> None:
        """Show the traceback without local variables, which may contain payloads and API keys."""
        from hitl_engine.visible import visible

        self.panic(Text(visible(traceback.format_exc())))


def _output_filters(ascii_signs: Mapping[int, str]) -> tuple[LineFilter, ...]:
    if not ascii_signs:
        return (HiddenCharacterFilter(),)
    return AsciiFilter(ascii_signs), HiddenCharacterFilter(replacement="?")


@lru_cache(maxsize=8)
def _sixteen_colours(grounds: tuple[str, ...]) -> LineFilter:
    return SixteenColours(map(Color.parse, grounds))
