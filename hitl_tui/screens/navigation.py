"""Which screen opens next: the inbox is always below, and screens that were left are found again.

Screens are imported when they are first opened: the inbox must appear fast.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import App

from hitl_engine.model import Waiting
from hitl_tui.messages import (
    NewInputRequested,
    NewRunRequested,
    RunAgainRequested,
    RunRequested,
    StartFailed,
    ThreadOpened,
)
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.state.marks import Marks
from hitl_tui.state.session import Session

if TYPE_CHECKING:
    from hitl_tui.screens.run_forms import RunForms


class Navigation:
    """Opens screens above the inbox. A request that comes from elsewhere is out of date."""

    def __init__(self, app: App[None], session: Session, inbox: InboxScreen) -> None:
        self._app = app
        self._session = session
        self._inbox = inbox

    @cached_property
    def _run_forms(self) -> "RunForms":
        from hitl_tui.screens.run_forms import RunForms

        return RunForms(self._app, self._session)

    @property
    def _at_inbox(self) -> bool:
        """Whether the inbox is in view; if not, keys are no longer held back for what was asked."""
        if self._app.screen is self._inbox:
            return True
        self._session.early_keys.end()
        return False

    def open_thread(self, item: Waiting) -> None:
        """Open an item; return to the screen of its thread if it was left during a run."""
        if self._at_inbox:
            self._push_thread(item.thread_id, item)

    def open_any_thread(self, event: ThreadOpened) -> None:
        """Open a thread from a list of threads, above that list."""
        self._push_thread(event.thread_id)

    def _push_thread(self, thread_id: str, item: Waiting | None = None) -> None:
        from hitl_tui.screens.thread import ThreadScreen
        from hitl_tui.screens.thread_runs import thread_screen_name

        name = thread_screen_name(thread_id)
        if self._app.is_screen_installed(name):
            self._app.push_screen(name)
        else:
            self._app.push_screen(ThreadScreen(self._session, item, thread_id=thread_id))

    def open_new_run(self, event: NewRunRequested) -> None:
        """Open the form that starts a run; it keeps what was typed until its run starts."""
        if event.assistant_id:
            self._run_forms.open_for(event.assistant_id)
        elif self._at_inbox:
            self._run_forms.open()

    def open_run_again(self, event: RunAgainRequested) -> None:
        """Open the form with what an earlier run was started with."""
        self._run_forms.open_again(event)

    def open_new_input(self, event: NewInputRequested) -> None:
        """Open the form for another input of a finished thread."""
        self._run_forms.open_on(event)

    def start_run(self, event: RunRequested) -> None:
        """Open the screen of a thread, which starts the run."""
        from hitl_tui.screens.new_run import NewRunScreen
        from hitl_tui.screens.thread import ThreadScreen

        form = self._app.screen
        if isinstance(form, NewRunScreen):
            self._run_forms.close(form)
            self._to_inbox()
            thread_id = event.thread_id
            self._app.push_screen(ThreadScreen(self._session, thread_id=thread_id, run=event))

    def show_failed_start(self, event: StartFailed) -> None:
        """Show why the run did not start, and its form again."""
        if not event.left:
            self._to_inbox()
        self._run_forms.show_failure(event)

    def open_log(self) -> None:
        """Open the log."""
        from hitl_tui.screens.log import LogScreen

        if self._at_inbox:
            self._app.push_screen(LogScreen(self._session))

    def open_threads(self) -> None:
        """Open the list of all threads."""
        from hitl_tui.screens.threads import ThreadsScreen

        if self._at_inbox:
            self._app.push_screen(ThreadsScreen(self._session))

    def open_assistants(self) -> None:
        """Open the list of assistants, above the screen in view."""
        from hitl_tui.screens.assistants import AssistantsScreen

        self._app.push_screen(AssistantsScreen(self._session))

    def open_store(self) -> None:
        """Open the store, above the screen in view."""
        from hitl_tui.screens.store import StoreScreen

        self._app.push_screen(StoreScreen(self._session))

    def open_bulk(self, marks: Marks) -> None:
        """Open the marked items; what was typed there is kept until the console closes."""
        from hitl_tui.screens.bulk import BulkScreen

        if not self._at_inbox:
            return
        if not self._app.is_screen_installed("bulk"):
            self._app.install_screen(BulkScreen(self._session, marks), "bulk")
        self._app.push_screen("bulk")

    def _to_inbox(self) -> None:
        while self._app.screen is not self._inbox:
            self._app.pop_screen()
