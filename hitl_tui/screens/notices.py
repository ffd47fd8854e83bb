"""Tells the user that something new waits: bell, title, desktop, a command of theirs, a toast."""

import asyncio
import html
import json
import os
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import WorkType

from hitl_engine.model import Inbox, Item, Waiting
from hitl_engine.visible import one_line
from hitl_tui.external_command import run_with_input
from hitl_tui.screens.thread import ThreadScreen
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
        self.settings = NoticeSettings.kept_in(session.settings)
        self._understand = understand
        self._news = News(self._understand, self.settings.filter)
        self._untold: list[Item] = []
        self._is_waiting = False
        """Whether some were told less than `GAP` seconds ago."""
        self._title = ""
        self._command_failed = False
        self._seen: Inbox | None = None
        self._takes_sequences = takes_sequences(os.environ)
        session.subscribe(self._session_changed)

    def reread_settings(self) -> None:
        """Take the choices of the user, after one has changed."""
        self.settings = NoticeSettings.kept_in(self._session.settings)
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
        screens = self._app.screen_stack
        return {each.thread.thread_id for each in screens if isinstance(each, ThreadScreen)}

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

    async def _tell(self, new: Sequence[Item]) -> None:
        words = notice_words(new)
        if self.settings.bell:
            self._app.bell()
        if self.settings.toast and self._app.screen is not self._app.home:
            self._app.home.show_notification(f"{words}.")
        if self.settings.desktop and not self._app.surely_focused:
            await self._show_on_desktop(words)
        if self.settings.command:
            await self._run_command(new)

    async def _show_on_desktop(self, words: str) -> None:
        way = self.settings.desktop_way
        if way is Desktop.AUTO:
            found = shutil.which(_NOTIFY_SEND) is not None
            way = desktop_for(os.environ, has_notify_send=found)
        if way is Desktop.NOTIFY_SEND:
            text = html.escape(words)  # it takes some HTML
            command = (_NOTIFY_SEND, "--app-name=hitl-tui", "--", "hitl-tui", text)
            await run_with_input(command, "", seconds=_COMMAND_SECONDS, quiet=True)
        else:
            self._write(desktop_notification(words, way))

    async def _run_command(self, new: Sequence[Item]) -> None:
        document = {
            "new": len(new),
            "waiting": self._news.waiting,
            "names": [item_name(item) for item in new],
        }
        fault = await run_with_input(
            self.settings.command, json.dumps(document), seconds=_COMMAND_SECONDS, quiet=True
        )
        if fault and not self._command_failed:
            name = one_line(self.settings.command[0], 80)
            words = f"Your notification command {name} {fault}. It is run again for the next items."
            self._app.home.show_notification(words, severity="warning")
        self._command_failed = bool(fault)

    def _show_title(self) -> None:
        text = title_words(self._news.waiting) if self.settings.title else ""
        if text != self._title:
            begins = "" if self._title else SAVE_TITLE
            self._write(begins + title(text) if text else RESTORE_TITLE)
            self._title = text

    def _write(self, sequence: str) -> None:
        if self._takes_sequences:
            self._app.write_to_terminal(sequence)
