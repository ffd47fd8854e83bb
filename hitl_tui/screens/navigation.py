"""Which screen opens next: the inbox is always below, and screens that were left are found again.

With several targets, every screen above the inbox is about one of them: it has the session of that
target, and knows no other. Screens are imported when they are first opened: the inbox must appear
fast.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App
from textual.screen import Screen

from hitl_engine.model import Waiting
from hitl_tui.messages import (
    Answered,
    AssistantsRequested,
    NewInputRequested,
    NewRunRequested,
    OfTarget,
    RunAgainRequested,
    RunRequested,
    StartFailed,
    StoreRequested,
    ThreadOpened,
)
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.state.after_answer import AfterAnswer
from hitl_tui.state.marks import Marks
from hitl_tui.state.session import Session
from hitl_tui.state.sessions import Sessions

if TYPE_CHECKING:
    from hitl_tui.screens.run_forms import RunForms


class Navigation:
    """Opens screens above the inbox. A request that comes from elsewhere is out of date."""

    def __init__(self, app: App[None], sessions: Sessions, inbox: InboxScreen) -> None:
        self._app = app
        self._sessions = sessions
        self._inbox = inbox
        self._forms: dict[str, RunForms] = {}
        """The forms of each target, by its name."""

    def _run_forms(self, session: Session) -> "RunForms":
        from hitl_tui.screens.run_forms import RunForms

        if session.name not in self._forms:
            self._forms[session.name] = RunForms(self._app, session)
        return self._forms[session.name]

    def _session_of(self, event: OfTarget) -> Session:
        """Return the session of the screen from which a message came."""
        return event.session or self._sessions.overview

    @property
    def _at_inbox(self) -> bool:
        """Whether the inbox is in view; if not, keys are no longer held back for what was asked."""
        if self._app.screen is self._inbox:
            return True
        self._inbox.session.early_keys.end()
        return False

    def _on_a_target(self, title: str, use: Callable[[Session], object]) -> None:
        """Use the target, or one of several, which the user chooses."""
        if not self._sessions.several:
            use(self._sessions.overview)
            return
        from hitl_tui.screens.target_picker import TargetPicker

        early_keys = self._inbox.session.early_keys
        early_keys.end()  # keys are for the list of targets first

        def chosen(session: Session | None) -> None:
            if session is not None:
                use(session)

        connected = [each for each in self._sessions.targets if each.desk is not None]
        if not connected:
            self._inbox.show_notification("No target is connected yet.", severity="warning")
            return
        item = self._inbox.list.item
        proposed = self._sessions.of(item) if item is not None else connected[0]
        self._app.push_screen(TargetPicker(title, connected, proposed), chosen)

    def _on_target_of(self, event: OfTarget, title: str, use: Callable[[Session], object]) -> None:
        """Use the target of the screen from which a message came; from the inbox, ask for it."""
        session = self._session_of(event)
        if session is self._sessions.overview:
            self._on_a_target(title, use)
        else:
            use(session)

    def open_thread(self, item: Waiting) -> None:
        """Open an item; return to the screen of its thread if it was left during a run."""
        if self._at_inbox:
            self._push_thread(self._sessions.of(item), item.thread_id, item)

    def show_next(self, event: Answered) -> None:
        """Show what follows the answer of a thread that was opened from the inbox.

        The thread stays in view if nothing else waits, or if the answer was refused at once.
        """
        from hitl_tui.screens.thread import ThreadScreen

        answered, outbox = event.screen, self._inbox.session.outbox
        if (
            self._app.screen is not answered
            or self._app.screen_stack[-2] is not self._inbox
            or not isinstance(answered, ThreadScreen)
            or not event.sending.goes_well
        ):
            return
        if outbox.after_answer is AfterAnswer.LIST:
            answered.leave()
        elif outbox.after_answer is AfterAnswer.NEXT:
            following = self._inbox.list.next_of(
                lambda item: not event.sending.is_on(item) and outbox.offers(item)
            )
            if following is not None:
                self._inbox.session.early_keys.begin(keep_text=False)
                answered.leave()
                self._inbox.list.select(following)
                self._push_thread(self._sessions.of(following), following.thread_id, following)

    async def show_again(self, taken_back: Screen[None]) -> None:
        """Show the screen of a thread whose answer was taken back, in place of another thread."""
        from hitl_tui.screens.thread import ThreadScreen

        shown = self._app.screen
        if shown is taken_back or not self._app.is_screen_installed(taken_back):
            return
        if isinstance(shown, ThreadScreen):
            await shown.save_drafts()
            shown.leave()
        if self._app.screen is self._inbox:
            self._inbox.session.early_keys.begin(keep_text=False)
            self._app.push_screen(taken_back)

    def open_any_thread(self, event: ThreadOpened) -> None:
        """Open a thread from a list of threads, above that list."""
        self._push_thread(self._session_of(event), event.thread_id)

    def _push_thread(self, session: Session, thread_id: str, item: Waiting | None = None) -> None:
        from hitl_tui.screens.thread import ThreadScreen
        from hitl_tui.screens.thread_runs import thread_screen_name

        name = thread_screen_name(session, thread_id)
        if self._app.is_screen_installed(name):
            self._app.push_screen(name)
        else:
            self._app.push_screen(ThreadScreen(session, item, thread_id=thread_id))

    def open_new_run(self, event: NewRunRequested) -> None:
        """Open the form that starts a run; it keeps what was typed until its run starts."""
        if event.assistant_id:
            self._run_forms(self._session_of(event)).open_for(event.assistant_id)
        elif self._at_inbox:
            self._on_a_target("New run: on which target?", lambda on: self._run_forms(on).open())

    def open_run_again(self, event: RunAgainRequested) -> None:
        """Open the form with what an earlier run was started with."""
        self._run_forms(self._session_of(event)).open_again(event)

    def open_new_input(self, event: NewInputRequested) -> None:
        """Open the form for another input of a finished thread."""
        self._run_forms(self._session_of(event)).open_on(event)

    def start_run(self, event: RunRequested) -> None:
        """Open the screen of a thread, which starts the run; in production once that is confirmed."""
        server = self._session_of(event).server
        if server is None or not server.production:
            self._start_run(event)
            return
        from hitl_tui.screens.confirm_modal import ConfirmModal
        from hitl_tui.state.plan import plan_of_start

        def closed(confirmed: bool | None) -> None:
            if confirmed:
                self._start_run(event)

        plan = plan_of_start(event.graph.name, event.input)
        self._app.push_screen(ConfirmModal(plan), closed)

    def _start_run(self, event: RunRequested) -> None:
        from hitl_tui.screens.new_run import NewRunScreen
        from hitl_tui.screens.thread import ThreadScreen

        form = self._app.screen
        if isinstance(form, NewRunScreen):
            session = self._session_of(event)
            self._run_forms(session).close(form)
            self._to_inbox()
            self._app.push_screen(ThreadScreen(session, thread_id=event.thread_id, run=event))

    def show_failed_start(self, event: StartFailed) -> None:
        """Show why the run did not start, and its form again."""
        if not event.left:
            self._to_inbox()
        self._run_forms(self._session_of(event.run)).show_failure(event)

    def open_log(self) -> None:
        """Open the log."""
        from hitl_tui.screens.log import LogScreen

        if self._at_inbox:
            self._on_a_target(
                "Log: of which target?", lambda of: self._app.push_screen(LogScreen(of))
            )

    def open_threads(self) -> None:
        """Open the list of all threads."""
        from hitl_tui.screens.threads import ThreadsScreen

        if self._at_inbox:
            self._on_a_target(
                "All threads: of which target?",
                lambda of: self._app.push_screen(ThreadsScreen(of)),
            )

    def open_assistants(self, event: AssistantsRequested) -> None:
        """Open the list of assistants, above the screen in view."""
        from hitl_tui.screens.assistants import AssistantsScreen

        self._on_target_of(
            event,
            "Assistants: of which target?",
            lambda of: self._app.push_screen(AssistantsScreen(of)),
        )

    def open_store(self, event: StoreRequested) -> None:
        """Open the store, above the screen in view."""
        from hitl_tui.screens.store import StoreScreen

        self._on_target_of(
            event, "Store: of which target?", lambda of: self._app.push_screen(StoreScreen(of))
        )

    def open_bulk(self, marks: Marks) -> None:
        """Open the marked items; what was typed there is kept until the console closes."""
        from hitl_tui.screens.bulk import BulkScreen

        if not self._at_inbox:
            return
        if not self._app.is_screen_installed("bulk"):
            self._app.install_screen(BulkScreen(self._sessions, marks), "bulk")
        self._app.push_screen("bulk")

    def _to_inbox(self) -> None:
        while self._app.screen is not self._inbox:
            self._app.pop_screen()
