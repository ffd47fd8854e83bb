"""The runs of a thread, and what happens in the one in progress."""

from collections.abc import Awaitable

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.model import Outcome, OutcomeKind, Progress, ThreadRun
from hitl_engine.visible import json_text, one_line
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.screens.workspace.pane import WorkspacePane
from hitl_tui.state.act_plans import plan_of_cancellation
from hitl_tui.state.run_events import RunEvents
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.state.views import ViewName
from hitl_tui.text.fitting import counted
from hitl_tui.text.run_rows import took
from hitl_tui.text.traceback_places import Place, place_in
from hitl_tui.widgets.redraws import Redraws
from hitl_tui.widgets.runs.event_list import EventList
from hitl_tui.widgets.runs.runs_list import RunsList
from hitl_tui.widgets.search_line import SearchLine


class RunsPane(WorkspacePane):
    """Shows the runs of the thread above the events of those that were seen."""

    DEFAULT_CSS = """
    RunsPane {
        RunsList { height: auto; max-height: 40%; min-height: 3; }
        #about-events { height: 1; padding: 0 1; margin-top: 1; color: $foreground 60%; }
        EventList { height: 1fr; }
    }
    """
    NAME = ViewName.RUNS

    def __init__(self, thread: ThreadState) -> None:
        super().__init__(thread)
        self._events = RunEvents()
        self._runs = RunsList()
        self._list = EventList(self._events)
        self._about = Static(id="about-events", markup=False)
        self._search = SearchLine()
        self._redraws = Redraws(self, self._draw)
        self._is_following = False
        """Whether events of a run in progress have come."""

    def compose_view(self) -> ComposeResult:
        """Put the runs above the events."""
        yield self._runs
        yield self._about
        yield self._list
        yield self._search

    def on_mount(self) -> None:
        """Update the ages and durations each second."""
        self.set_interval(1, self._runs.tick)
        self._show_about()

    def focus_view(self) -> None:
        """Focus the runs."""
        self._runs.focus()

    async def load(self) -> None:
        """Read the runs."""
        runs = await self.desk.runs.of(self.thread.thread_id)
        self._runs.offers_source = self.desk.server.local
        self._runs.offers_pause = self.desk.runs.can_pause
        self._runs.show(runs)
        self.set_detail(counted(len(runs), "run") if runs else "none yet")

    def thread_changed(self) -> None:
        """Read the runs again; the run that was followed has ended."""
        self._events.run_ended()
        self._is_following = False
        super().thread_changed()

    # Events

    def show_progress(self, progress: Progress) -> None:
        """Show an event soon."""
        if not self._is_following:
            self._is_following = True
            self.read_runs()
        self._events.take(progress)
        self._redraws.soon()

    def _draw(self) -> None:
        if self.has_class("-displayed"):
            self._list.events_changed()
            self._show_about()

    def display_changed(self, displayed: bool) -> None:
        """Show the events that came while this was not in view."""
        super().display_changed(displayed)
        if displayed:
            self._draw()

    @work(group="runs", exclusive=True, exit_on_error=False)
    async def read_runs(self) -> None:
        """Show the run that has begun among the others."""
        try:
            await self.load()
        except HitlError:
            return  # they are read again when the run has ended

    def _show_about(self) -> None:
        events = self._events
        if not events.count:
            self._about.update("Events appear during a run.", layout=False)
            return
        dropped = f"; the oldest {events.dropped:,} are not kept" if events.dropped else ""
        found = f"{self._list.found:,} of " if self._list.found < len(events.kept) else ""
        text = f"{found}{counted(events.count, 'event')} seen here{dropped}"
        self._about.update(text, layout=False)

    # What the user asks for

    @on(EventList.SearchRequested)
    def open_search(self) -> None:
        """Ask for the text."""
        self._search.open()

    @on(SearchLine.Searched)
    def search(self, event: SearchLine.Searched) -> None:
        """List only events with this text."""
        self._list.search(event.text)
        self._show_about()

    @on(SearchLine.Closed)
    def back_to_events(self) -> None:
        """Focus the events."""
        self._list.focus()

    @on(EventList.Opened)
    def show_event(self, message: EventList.Opened) -> None:
        """Show all of an event."""
        progress = message.event.progress
        given = progress.detail
        detail = given if isinstance(given, str) else "" if given is None else json_text(given)
        self.app.push_screen(
            TextModal(
                ModalText(
                    f"Event {message.event.number:,}",
                    f"{progress.node} {progress.kind}".strip(),
                    detail=detail,
                )
            )
        )

    @on(RunsList.Opened)
    def show_run(self, message: RunsList.Opened) -> None:
        """Show what was sent, and why a run failed."""
        self.app.push_screen(TextModal(_text_of(message.run)))

    @on(RunsList.CancelRequested)
    def ask_to_cancel(self, message: RunsList.CancelRequested) -> None:
        """Show what a cancellation does, and cancel if confirmed."""

        def closed(confirmed: bool | None) -> None:
            if confirmed:
                self.cancel(message.rollback)

        plan = plan_of_cancellation(self.thread.thread_id, rollback=message.rollback)
        self.app.push_screen(ConfirmModal(plan), closed)

    @work(group="cancel", exit_on_error=False)
    async def cancel(self, rollback: bool) -> None:
        """Cancel the run in progress."""
        self.show_notification("Cancelling the run.")
        await self._stop(self.desk.runs.cancel(self.thread.thread_id, rollback=rollback))

    @on(RunsList.PauseRequested)
    @work(group="cancel", exit_on_error=False)
    async def pause(self) -> None:
        """Stop the run in progress before its next step."""
        self.show_notification("The run stops once the nodes that run now have ended.")
        await self._stop(self.desk.runs.pause(self.thread.thread_id))

    async def _stop(self, request: Awaitable[Outcome]) -> None:
        """Await a request that stops the run, and show what came of it."""
        try:
            outcome = await request
        except HitlError as error:
            self.show_notification(one_line(str(error), 400), severity="error")
            return
        self.show_notification(
            one_line(outcome.why, 400),
            severity="information" if outcome.kind is OutcomeKind.APPLIED else "warning",
        )
        self.read_runs()

    @on(RunsList.SourceRequested)
    def open_line(self, message: RunsList.SourceRequested) -> None:
        """Open the line that failed, if it is in the user's own code."""
        place = place_in(message.run.traceback)
        if place is None:
            self.show_notification("No line of the traceback is in a file of yours.")
        else:
            self.open_source(place)

    @work(group="external_editor", exit_on_error=False)
    async def open_source(self, place: Place) -> None:
        """Give the terminal to the external editor."""
        from hitl_tui.screens.external_edit import open_source

        await open_source(self.app, place)


def _text_of(run: ThreadRun) -> ModalText:
    parts = [run.traceback.rstrip()] if run.traceback else []
    if run.sent is not None:
        parts.append(f"Sent\n{json_text(run.sent)}")
    parts.append("\n".join(_facts(run)))
    time = took(run)
    return ModalText(
        f"Run, {run.status}",
        run.error or f"{run.kind.value}{f', {time}' if time else ''}",
        detail="\n\n".join(parts),
    )


def _facts(run: ThreadRun) -> list[str]:
    facts = {
        "run": run.run_id,
        "assistant": run.assistant_id,
        "began": f"{run.began.astimezone():%Y-%m-%d %H:%M:%S %z}" if run.began else "",
        "decision": run.decision_id,
    }
    return [f"{name:<10} {value}" for name, value in facts.items() if value]
