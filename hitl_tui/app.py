"""The console: themes, screens, command palette, and the last line of defence."""

import asyncio
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import Worker, WorkerError

from hitl_tui.messages import (
    BulkWanted,
    Chosen,
    LogWanted,
    RunWanted,
    StartFailed,
    StartWanted,
)
from hitl_tui.screens.connecting import ConnectingScreen
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.session import Session
from hitl_tui.text.output_filter import UnprintableFilter
from hitl_tui.themes import THEMES

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

_OWN_WORDS = ("Keys", "Quit", "Maximize", "Minimize")
"""Commands of Textual's palette that ours replace, or that would hide the server bar."""

OpenDesk = Callable[[], AbstractAsyncContextManager["Desk"]]


class ConsoleApp(App[None]):
    """Holds the desk open and puts screens on the screen; they do everything else.

    `open_desk` is called after the first paint, so that what it imports costs nothing before.
    Screens other than the inbox are imported when they are first wanted, for the same reason.
    """

    TITLE = "hitl-tui"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "question_mark,f1",
            "screen.help",
            "Help",
            tooltip="Keys and help for what has the focus",
            id="console.help",
        ),
        Binding(
            "escape",
            "hide_help_panel",
            "Close help",
            tooltip="Close the keys and the help",
            id="console.close_help",
            priority=True,
        ),
        Binding(
            "ctrl+q",
            "quit",
            "Quit",
            tooltip="Leave; what waits still waits, drafts are kept",
            id="console.quit",
            priority=True,
        ),
    ]

    def __init__(self, open_desk: OpenDesk) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.session = Session()
        self.home: ConsoleScreen = ConnectingScreen(self.session)
        self._open_desk = open_desk
        self._leaving = asyncio.Event()
        self._net = UnprintableFilter()
        self._holding: Worker[None] | None = None

    def get_default_screen(self) -> Screen[None]:
        """Begin with as little as there can be."""
        return self.home

    def on_mount(self) -> None:
        """Paint first, then open the target."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._holding = self.hold_desk()

    @work(group="watch", exit_on_error=False)
    async def hold_desk(self) -> None:
        """Open the desk, and hold it open until the console closes."""
        self.session.connecting()
        try:
            async with self._open_desk() as desk:
                self.session.connected(desk)
                self._open_inbox()
                await self._leaving.wait()
        except Exception as error:  # noqa: BLE001  whatever a target does, the console goes on
            self.session.failed()
            self._offer_retry(error)

    def _open_inbox(self) -> None:
        from hitl_tui.screens.inbox import InboxScreen

        self.home = InboxScreen(self.session)
        self.push_screen(self.home)

    def _offer_retry(self, error: Exception) -> None:
        from hitl_tui.screens.text_modal import ModalText, TextModal

        def chosen(again: bool | None) -> None:
            if again:
                self._begin()
            else:
                self.exit(return_code=getattr(error, "exit_code", 1))

        modal = TextModal(ModalText.of(error), retry=True, close="Quit")
        self.push_screen(modal, chosen)

    async def on_unmount(self) -> None:
        """Close the desk before the console is gone, when nobody asks it anything any more."""
        others = [worker for worker in self.workers if worker is not self._holding]
        for worker in others:
            worker.cancel()
        await asyncio.gather(*(worker.wait() for worker in others), return_exceptions=True)
        self._leaving.set()
        if self._holding is not None:
            with suppress(WorkerError):
                await self._holding.wait()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Close the help only where it is open: else the key is that of whatever is in view."""
        if action == "hide_help_panel":
            return bool(self.screen_stack and self.screen.query("HelpPanel"))
        return super().check_action(action, parameters)

    async def action_quit(self) -> None:
        """Keep what was typed, then leave."""
        for screen in self.screen_stack:
            if isinstance(screen, ConsoleScreen):
                await screen.leaving()
        self.exit()

    # Screens

    @on(Chosen)
    def open_thread(self, event: Chosen) -> None:
        """Open an item; a thread that was left while it ran is still there as it was."""
        from hitl_tui.screens.thread import ThreadScreen

        if self.screen is not self.home:
            return
        name = ThreadScreen.name_for(event.item.thread_id)
        if self.is_screen_installed(name):
            self.push_screen(name)
        else:
            self.push_screen(ThreadScreen.of_item(self.session, event.item))

    @on(StartWanted)
    def open_start(self) -> None:
        """Ask what to start; the form keeps what was typed until the console closes."""
        from hitl_tui.screens.new_run import StartScreen

        if not self.is_screen_installed("start"):
            self.install_screen(StartScreen(self.session), "start")
        self.push_screen("start")

    @on(RunWanted)
    def start_run(self, event: RunWanted) -> None:
        """Go to the thread of the new run."""
        from hitl_tui.screens.thread import ThreadScreen

        self.switch_screen(ThreadScreen.of_run(self.session, event))

    @on(StartFailed)
    async def back_to_start(self, event: StartFailed) -> None:
        """Go back to the form, and say why."""
        from hitl_tui.screens.text_modal import ModalText, TextModal

        await self.switch_screen("start")
        self.push_screen(TextModal(ModalText.of(event.error)))

    @on(LogWanted)
    def open_log(self) -> None:
        """Show the log."""
        from hitl_tui.screens.log import LogScreen

        self.push_screen(LogScreen(self.session))

    @on(BulkWanted)
    def open_bulk(self, event: BulkWanted) -> None:
        """Decide on what is marked; what was typed stays until the console closes."""
        from hitl_tui.screens.bulk import BulkScreen

        if self.screen is not self.home:
            return
        if not self.is_screen_installed("bulk"):
            self.install_screen(BulkScreen(self.session, event.marks), "bulk")
        self.push_screen("bulk")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer in the palette what the keys of this screen offer."""
        for command in super().get_system_commands(screen):
            if command.title not in _OWN_WORDS:
                yield command
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.id and binding.description and active.enabled:
                run = partial(self.run_action, binding.action, active.node)
                yield SystemCommand(binding.description, binding.tooltip, run)

    # The last line of defence

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let no control character out, whatever a widget draws."""
        return [self._net, *super().get_line_filters()]

    def _fatal_error(self) -> None:
        """End with the traceback alone: local variables may hold payloads and keys."""
        from hitl_engine.visible import visible

        self.panic(Text(visible(traceback.format_exc())))
