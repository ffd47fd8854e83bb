"""Tells the user that something new waits: bell, title, desktop, a command of theirs, a toast."""

import asyncio
import html
import json
import os
import shutil
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from textual.worker import WorkType

from hitl_engine.model import Breakpoint, Inbox, Item, Waiting
from hitl_engine.visible import one_line
from hitl_tui.external_command import run_with_input
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.news import News
from hitl_tui.state.notice_settings import NoticeSettings
from hitl_tui.state.sessions import Sessions
from hitl_tui.terminal_notices import (
    RESTORE_TITLE,
    SAVE_TITLE,
    Desktop,
    desktop_for,
    desktop_notification,
    takes_sequences,
    title,
)
from hitl_tui.text.notice_words import item_name, notice_words, title_words

if TYPE_CHECKING:
    from hitl_tui.app import ConsoleApp

_CHUNK = 200
"""Items looked at before the console handles the next key."""
_COMMAND_SECONDS = 30.0
_NOTIFY_SEND = "notify-send"

Way = TypeVar("Way", bound=Hashable)


class Notices:
    """Follows the inbox, and tells what is new in it.

    `GAP`: seconds in which new items are collected after some were told.
    """

    GAP = 5.0

    def __init__(
        self, app: "ConsoleApp", sessions: Sessions, understand: Callable[[Waiting], Item]
    ) -> None:
        """`understand` returns what a person decides on; the items may be of several targets."""
        self._app = app
        self._sessions = sessions
        self._session = session = sessions.overview
        self._of_targets: dict[str, NoticeSettings] = {}
        self._understand = understand
        self._news = News(self._understand, lambda target: self.of(target).filter)
        self._untold: list[Item] = []
        self._is_waiting = False
        """Whether some were told less than `GAP` seconds ago."""
        self._title = ""
        self._failed_commands: set[tuple[str, ...]] = set()
        """Those that failed the last time."""
        self._seen: Inbox | None = None
        self._takes_sequences = takes_sequences(os.environ)
        session.subscribe(self._session_changed)

    @property
    def common(self) -> NoticeSettings:
        """What counts for every target without settings of its own."""
        return self.of("")

    def of(self, target: str) -> NoticeSettings:
        """Return what counts for the items of a target."""
        if target not in self._of_targets:
            self._of_targets[target] = NoticeSettings.of_target(
                target, self._session.configuration, self._session.settings
            )
        return self._of_targets[target]

    def reread_settings(self) -> None:
        """Take the choices of the user, after one has changed."""
        self._of_targets.clear()
        self._show_title()

    def close(self) -> None:
        """Give the terminal its own title again."""
        self._session.unsubscribe(self._session_changed)
        if self._title:
            self._write(title("hitl-tui") + RESTORE_TITLE)

    def _session_changed(self) -> None:
        inbox = self._session.inbox
        if inbox is not None and inbox is not self._seen:
            self._seen = inbox
            complete = self._sessions.complete
            work: WorkType[None] = partial(self._take, inbox, complete)
            self._app.run_worker(work, group="notices", exclusive=True, exit_on_error=False)

    async def _take(self, inbox: Inbox, complete: frozenset[str]) -> None:
        """Look at an inbox in chunks: a filter has to understand each item, which takes time."""
        unknown = self._news.unknown(inbox)
        for start in range(0, len(unknown), _CHUNK):
            new = self._news.look(unknown[start : start + _CHUNK])
            in_view = self._threads_in_view()
            self._untold += [self._understand(one) for one in new if one.thread_id not in in_view]
            await asyncio.sleep(0)
        self._news.settle(inbox, complete)
        self._show_title()
        if self._untold and not self._is_waiting:
            self._start_telling()

    def _threads_in_view(self) -> set[str]:
        """Return the threads that are open: their next question is on the screen."""
        screens = (each for each in self._app.screen_stack if isinstance(each, ConsoleScreen))
        return {screen.thread_in_view for screen in screens if screen.thread_in_view}

    def _start_telling(self) -> None:
        new, self._untold = self._untold, []
        self._is_waiting = True
        self._app.set_timer(self.GAP, self._tell_more)
        work: WorkType[None] = partial(self._tell, new)
        self._app.run_worker(work, group="notify", exit_on_error=False)

    def _tell_more(self) -> None:
        self._is_waiting = False
        if self._untold:
            self._start_telling()

    def _for_item(self, item: Item) -> NoticeSettings:
        return self.of(_target_of(item))

    async def _tell(self, new: Sequence[Item]) -> None:
        if any(self._for_item(item).bell for item in new):
            self._app.bell()
        on_screen = [item for item in new if self._for_item(item).toast]
        if on_screen and self._app.screen is not self._app.home:
            self._app.home.show_notification(f"{notice_words(on_screen)}.")
        if not self._app.surely_focused:
            await self._tell_on_desktop(new)
        for command, items in _grouped(new, lambda item: self._for_item(item).command):
            await self._run_command(command, items)

    async def _tell_on_desktop(self, new: Sequence[Item]) -> None:
        told = [item for item in new if self._for_item(item).desktop]
        for way, items in _grouped(told, lambda item: self._for_item(item).desktop_way):
            await self._show_on_desktop(notice_words(items), way)

    async def _show_on_desktop(self, words: str, way: Desktop) -> None:
        if way is Desktop.AUTO:
            found = shutil.which(_NOTIFY_SEND) is not None
            way = desktop_for(os.environ, has_notify_send=found)
        if way is Desktop.NOTIFY_SEND:
            text = html.escape(words)  # it takes some HTML
            command = (_NOTIFY_SEND, "--app-name=hitl-tui", "--", "hitl-tui", text)
            await run_with_input(command, "", seconds=_COMMAND_SECONDS, quiet=True)
        else:
            self._write(desktop_notification(words, way))

    async def _run_command(self, command: tuple[str, ...], new: Sequence[Item]) -> None:
        document = {
            "new": len(new),
            "waiting": self._news.waiting_on(lambda target: self.of(target).command == command),
            "names": [item_name(item) for item in new],
        }
        fault = await run_with_input(
            command, json.dumps(document), seconds=_COMMAND_SECONDS, quiet=True
        )
        if fault and command not in self._failed_commands:
            name = one_line(command[0], 80)
            words = f"Your notification command {name} {fault}. It is run again for the next items."
            self._app.home.show_notification(words, severity="warning")
            self._failed_commands.add(command)
        elif not fault:
            self._failed_commands.discard(command)

    def _show_title(self) -> None:
        is_shown = any(self.of(each.name).title for each in self._sessions.servers)
        counted = self._news.waiting_on(lambda target: self.of(target).title)
        text = title_words(counted) if is_shown else ""
        if text != self._title:
            begins = "" if self._title else SAVE_TITLE
            self._write(begins + title(text) if text else RESTORE_TITLE)
            self._title = text

    def _write(self, sequence: str) -> None:
        if self._takes_sequences:
            self._app.write_to_terminal(sequence)


def _target_of(item: Item) -> str:
    """Return the name of the target of an item."""
    return item.target if isinstance(item, Breakpoint) else item.interrupt.target


def _grouped(
    items: Iterable[Item], told_with: Callable[[Item], Way]
) -> Iterator[tuple[Way, list[Item]]]:
    """Yield the items that are told in the same way together, unless that way is empty."""
    groups: dict[Way, list[Item]] = {}
    for item in items:
        groups.setdefault(told_with(item), []).append(item)
    return ((way, group) for way, group in groups.items() if way)
