"""What the user sends to a thread: each request goes out once, and its result is shown."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from hitl_engine.errors import HitlError, JournalFailed, NoLongerWaits
from hitl_engine.model import (
    Breakpoint,
    Interrupt,
    Outcome,
    OutcomeKind,
    Progress,
    Rerun,
    RunSettings,
    StateEdit,
    StepGoal,
    ThreadView,
    mismatches_of,
)
from hitl_engine.visible import one_line
from hitl_tui.messages import Answered, RunRequested, StartFailed, TakenBack
from hitl_tui.screens.draft_keeper import DraftKeeper
from hitl_tui.screens.thread_presenter import ThreadPresenter
from hitl_tui.state.outbox import Sending, SendingStatus
from hitl_tui.state.pending_decisions import DecidedQuestion
from hitl_tui.state.plan import decision_words
from hitl_tui.state.session import Session
from hitl_tui.text.literal import short_id
from hitl_tui.widgets.banner import Severity
from hitl_tui.widgets.thread_header import mismatch_text
from hitl_tui.widgets.thread_pane import PaneContent
from hitl_tui.widgets.title_line import status_text

if TYPE_CHECKING:
    from hitl_engine.deciding.answer_queue import Queued

_WORST_FIRST = (
    OutcomeKind.UNKNOWN,
    OutcomeKind.REFUSED,
    OutcomeKind.UNMOVED,
    OutcomeKind.RECORDED,
    OutcomeKind.APPLIED,
)
"""Of several outcomes the worst is shown."""
Send = Callable[[], Awaitable[Sequence[Outcome]]]
Request = Callable[[], Awaitable[None]]
"""A method of `ThreadRuns` with its arguments."""
SendRequest = Callable[[Request], None]
"""Carries out a request in a worker of the screen."""


def thread_screen_name(session: Session, thread_id: str) -> str:
    """Return the name of an installed screen: one that was left while its run continues."""
    return f"thread {session.name} {thread_id}"


class ThreadRuns:
    """Carries out one request at a time on a thread; a worker of the screen awaits it.

    The user may leave the screen meanwhile. The result is then shown as a notification, and the
    screen is removed unless its result must be read.
    """

    def __init__(self, presenter: ThreadPresenter, drafts: DraftKeeper) -> None:
        self._presenter = presenter
        self._drafts = drafts
        self._screen = presenter.screen
        self._desk = presenter.screen.desk
        self._thread = presenter.thread
        self._header = presenter.header
        self._pane = presenter.pane
        self._session = presenter.screen.session
        self._known: Outcome | None = None
        """The outcome of the last request, once it is known."""
        self._sending: Sending | None = None
        """The decisions that were sent last; None before the first, and for other requests."""
        self._done = ""
        """What was done, in words, if the last request is applied; empty if that is clear."""

    # Requests

    async def decide(self, decided: Sequence[DecidedQuestion]) -> None:
        """Send decisions, all in one request, unless the user takes them back in time."""
        self._session.reasons.keep(decision for _, decision in decided)
        words = "; ".join(decision_words(*each) for each in decided)
        items = [question.interrupt for question, _ in decided]
        grace = self._session.grace
        self._sending = sending = self._session.outbox.add(words, items, grace=grace)

        def progress(event: Progress) -> None:
            sending.recorded.set()
            self._presenter.show_progress(event)

        send: Send = partial(self._desk.decide_all, decided, progress)
        if grace:
            await self._screen.save_drafts()
            try:
                [queued] = await self._desk.queue([decided], wait=timedelta(seconds=grace))
            except HitlError as error:
                await self._show_rejection(error)
                return
            self._presenter.show_run(f"Will be sent soon: {words}")
            self._screen.post_message(Answered(self._screen, sending))
            if not await sending.until_due() and await self._withdrawn(queued, sending):
                return
            send = partial(self._desk.send_queued, queued, progress)
        else:
            self._screen.post_message(Answered(self._screen, sending))
        self._session.outbox.set_status(sending, SendingStatus.SENT)
        await self._carry_out(f"Sent: {words}", send, sending)

    async def _withdrawn(self, queued: "Queued", sending: Sending) -> bool:
        """Take queued answers back and show their card again; False if they are sent already."""
        try:
            withdrawn = await self._desk.withdraw([queued])
        except JournalFailed as error:  # nothing is sent, and the next start withdraws them
            self._header.banner.show_unread(error)
            withdrawn = True
        if not withdrawn:
            return False
        sending.recorded.set()
        if self._pane.card is not None:
            self._pane.content = PaneContent.CARD
            self._pane.card.reopen()
            self._presenter.workspace.focus_news()
            self._presenter.update_title()
            self._screen.post_message(TakenBack(self._screen))
        return True

    async def step(self, breakpoint: Breakpoint) -> None:
        """Step past a breakpoint."""

        async def send() -> Sequence[Outcome]:
            return (await self._desk.step(breakpoint, self._presenter.show_progress),)

        verb = "Running again" if self._thread.failed_at else "Stepping past"
        await self._carry_out(f"{verb}: {one_line(breakpoint.node, 80)}", send)

    async def reopen(self, interrupt: Interrupt) -> None:
        """Ask a question again."""

        async def send() -> Sequence[Outcome]:
            return (await self._desk.reopen(interrupt, self._presenter.show_progress),)

        location = self._thread.location_of(interrupt)
        await self._carry_out(f"Asking again: {location}", send, done="asked again.")

    async def rerun(self, rerun: Rerun) -> None:
        """Run from a checkpoint, or at another node."""

        async def send() -> Sequence[Outcome]:
            return (await self._desk.reruns.run(rerun, self._presenter.show_progress),)

        nodes = ", ".join(one_line(node, 60) for node in rerun.runs)
        await self._carry_out(f"Running again: {nodes}", send)

    async def run_on(self, thread: ThreadView, goal: StepGoal) -> None:
        """Step on to a goal, past breakpoints, with the reason that was typed on the card."""
        reason = self._pane.card.log_reason if self._pane.card is not None else ""

        async def send() -> Sequence[Outcome]:
            run_on = self._desk.stepping.run_on
            progress = self._presenter.show_progress
            return (await run_on(thread, goal, progress, log_reason=reason),)

        to = "to the end" if goal.is_end else f"to stop {one_line(goal.words, 200)}"
        await self._carry_out(f"Running on {to}", send)

    async def write(self, edit: StateEdit, *, goes_on: bool) -> None:
        """Write into the state and perhaps go on, and show what became otherwise than meant."""
        found: list[Outcome] = []

        async def send() -> Sequence[Outcome]:
            if goes_on:
                found.append(await self._desk.write_and_go_on(edit, self._presenter.show_progress))
            else:
                found.append(await self._desk.states.write(edit))
            return found

        await self._carry_out("Writing into the state", send, done="your edit is written.")
        if found and found[0].otherwise:
            text = " ".join(found[0].otherwise)
            stays = " The thread did not go on." if goes_on else ""
            self._header.banner.show(Severity.WARNING, f"Not as you meant it: {text}{stays}")

    async def start(self, run: RunRequested) -> None:
        """Start a run on a new thread; if it cannot start, post `StartFailed`."""

        def progress(event: Progress) -> None:
            self._presenter.show_progress(event)
            self._name_left_screen()

        self._known = None
        self._thread.graph_id = run.graph.graph_id
        self._presenter.show_run(f"Starting {one_line(run.graph.name, 80)}")
        try:
            outcome = await self._desk.start(
                run.graph,
                run.input,
                progress,
                thread_id=run.thread_id or None,
                breakpoints=run.breakpoints,
                replace_compiled=True,
                settings=RunSettings(context=run.context),
            )
        except HitlError as error:
            left = self._left
            self._remove_screen_if_left()
            self._screen.app.post_message(StartFailed(run, error, left))
            return
        await self._show_outcomes((outcome,))
        self.finish()

    async def _carry_out(
        self, text: str, send: Send, sending: Sending | None = None, *, done: str = ""
    ) -> None:
        """Send a request and show its result; `sending` are the decisions in it."""
        self._sending = sending
        self._done = done
        self._known = None
        self._presenter.show_run(text)
        try:
            outcomes = await send()
        except HitlError as error:
            await self._show_rejection(error)
        else:
            await self._show_outcomes(outcomes)
            self.finish()

    def console_failed(self) -> None:
        """Show what is known after the console failed: the outcome, or that it is unknown."""
        if self._known is None:
            self._show_unknown("The console failed while it followed the run.")
        else:
            why = f"{self._known.kind.value}: {self._known.why}"
            self._pane.show_outcome(why)
            self._header.banner.show(
                Severity.WARNING,
                f"{why} The console failed to show what follows; ctrl+r reads the thread.",
            )
            self._presenter.update_title()
        self.finish()

    # Results

    async def _show_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        outcome = min(outcomes, key=lambda each: _WORST_FIRST.index(each.kind))
        self._settle(SendingStatus(outcome.kind.value), outcome.thread)
        if outcome.kind is not OutcomeKind.UNKNOWN:
            self._known = outcome
        mismatches = mismatches_of(outcomes)
        if outcome.kind is OutcomeKind.REFUSED and self._pane.card is not None:
            await self._show_rejection(NoLongerWaits(outcome.why, kept="What you typed is kept."))
            return
        if mismatches and not self._screen.is_current:
            text = one_line(mismatch_text(mismatches), 400)
            self._screen.show_notification(text, severity="warning")
        if outcome.kind is OutcomeKind.UNKNOWN:
            self._show_unknown(outcome.why, mismatches)
        else:
            self._show_result(outcome, mismatches)
            if self._pane.question is not None:
                with suppress(JournalFailed):  # a leftover draft does no harm
                    await self._drafts.discard(self._pane.question)
        await self._show_thread(outcome)
        if outcome.kind is OutcomeKind.APPLIED:
            self._show_what_follows()

    def _settle(self, status: SendingStatus, thread: ThreadView | None = None) -> None:
        """Note in the outbox what became of the decisions that were sent last."""
        if self._sending is not None and self._sending.is_on_its_way:
            remark = status_text(thread.status) if thread is not None else ""
            self._session.outbox.set_status(self._sending, status, remark)

    def _show_result(self, outcome: Outcome, mismatches: Sequence[str]) -> None:
        if outcome.kind is OutcomeKind.REFUSED:
            self._header.banner.show(Severity.ERROR, outcome.why)
        elif outcome.kind is OutcomeKind.UNMOVED:
            self._header.banner.show(Severity.WARNING, outcome.why)
        elif outcome.kind is OutcomeKind.RECORDED:
            self._header.banner.show(Severity.RECORDED, outcome.why)
        elif mismatches:
            self._header.show_mismatches(mismatches)

    def _show_what_follows(self) -> None:
        """Show what was done and what waits now, where nothing else is to be told."""
        if self._header.banner.severity is not None or not self._pane.shows_card:
            return
        answered = self._sending.items if self._sending is not None else ()
        done, follows = self._done, "" if self._pane.displayed else "alt+1 shows what waits now."
        if self._thread.asks_again(answered):
            done = "the node got the answer, and asks again."
        elif answered:
            done = "accepted."
            follows = follows or "This is the next pending item."
        if words := f"{done} {follows}".strip():
            self._header.banner.show(Severity.NOTE, words)

    async def _show_thread(self, outcome: Outcome) -> None:
        if outcome.thread is not None:
            await self._presenter.show(outcome.thread)
        elif outcome.kind is not OutcomeKind.UNKNOWN:
            await self._presenter.read()

    def _show_unknown(self, why: str, mismatches: Sequence[str] = ()) -> None:
        self._settle(SendingStatus.UNKNOWN)
        self._pane.show_unknown(why)
        self._header.show_unknown(why, mismatches)
        self._thread.view = None
        self._presenter.update_title()

    async def _show_rejection(self, error: HitlError) -> None:
        """Show why nothing was accepted, and let the card be decided again."""
        self._settle(SendingStatus.REFUSED)
        if self._pane.card is None:
            self._header.banner.show(Severity.ERROR, str(error))
            await self._presenter.read()
            return
        self._pane.content = PaneContent.CARD
        self._presenter.update_title()
        change = None
        if isinstance(error, NoLongerWaits):
            change = await self._presenter.compare(error)
        self._header.banner.show(Severity.ERROR, change or str(error))
        self._pane.card.reopen()
        if self._screen.is_current:
            self._presenter.workspace.focus_news()
        else:
            text = f"{one_line(self._thread.graph_id, 40)}: {one_line(str(error), 200)}"
            self._screen.show_notification(text, severity="error")

    # A screen in the background

    @property
    def _left(self) -> bool:
        """Whether the user left the screen during a run."""
        app = self._screen.app
        return self._screen not in app.screen_stack and app.is_screen_installed(self._screen)

    def leave_screen(self) -> None:
        """Go back to the inbox; during a run, keep the screen, which shows or reports its end."""
        screen, app = self._screen, self._screen.app
        running = self._pane.shows_run
        if running and not app.is_screen_installed(screen):
            app.install_screen(screen, self._name)
        app.pop_screen()
        if not running:
            app.uninstall_screen(screen)

    @property
    def _name(self) -> str:
        """The name of the installed screen: for a thread without an id yet, one that nobody asks for."""
        thread_id = self._thread.thread_id
        if not thread_id:
            return f"new thread {id(self._screen)}"
        return thread_screen_name(self._screen.session, thread_id)

    def _name_left_screen(self) -> None:
        """Install a left screen under the name of its thread, once the thread has an id."""
        app = self._screen.app
        if self._left and not app.is_screen_installed(self._name):
            app.uninstall_screen(self._screen)
            app.install_screen(self._screen, self._name)

    def finish(self) -> None:
        """Report the end of a run that was followed, and remove a screen that the user left."""
        if self._left:
            self._report_end()
            self._remove_screen_if_left()

    def _report_end(self) -> None:
        """Show how the thread is now, wherever the user is; a line does that for an applied answer."""
        thread, header = self._thread, self._header
        told = (SendingStatus.APPLIED, SendingStatus.RECORDED)
        if self._sending is not None and self._sending.status in told:
            return
        name = f"{one_line(thread.graph_id, 40)} {short_id(thread.thread_id)}"
        if header.outcome_unknown:
            text = f"{name}: the outcome of what was sent is unknown. The log shows what was sent."
            self._screen.show_notification(text, severity="warning")
        elif thread.view is not None:
            self._screen.show_notification(f"{name}: {status_text(thread.view.status)}")

    def _remove_screen_if_left(self) -> None:
        """Remove a screen that the user left; keep one that must be read."""
        screen = self._screen
        if self._left and not self._header.must_be_read:
            screen.app.uninstall_screen(screen)
            screen.app.call_later(screen.remove)
