"""What the user decides on a thread: planned, confirmed where that matters, and then sent."""

from dataclasses import replace
from functools import partial

from hitl_engine.errors import HitlError
from hitl_engine.model import Interrupt, Waiting
from hitl_engine.visible import one_line
from hitl_tui.messages import Decided, RunAgainRequested, Stepped
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.thread_presenter import ThreadPresenter
from hitl_tui.screens.thread_runs import Request, SendRequest, ThreadRuns
from hitl_tui.state.plan import Plan, plan_of_reopening, plan_of_retry, plan_of_step
from hitl_tui.state.thread_plans import plan_of_decision, plan_of_decisions
from hitl_tui.widgets.thread_pane import PaneContent


class ThreadDecisions:
    """Sends what the user decides on the item in view, or on several questions together."""

    def __init__(self, presenter: ThreadPresenter, runs: ThreadRuns, send: SendRequest) -> None:
        self._presenter = presenter
        self._screen = presenter.screen
        self._desk = presenter.screen.desk
        self._thread = presenter.thread
        self._banner = presenter.header.banner
        self._pane = presenter.pane
        self._runs = runs
        self._send = send

    def take(self, event: Decided) -> Waiting | None:
        """Send a decision on the question in view; with several pending, keep it first.

        Return the question to show next, if one is still undecided.
        """
        if self._pane.question is not event.question or not self._pane.shows_card:
            return None
        if notice := self._screen.session.approval_pace.notice(event.decision):
            self._screen.show_notification(notice, severity="warning")
        question = replace(
            event.question,
            unseen=event.unseen,
            seconds=event.seconds,
            log_reason=event.log_reason,
        )
        if not self._thread.has_several:
            decided = (question, event.decision)
            production = self._desk.server.production
            plan = plan_of_decision(self._desk.reviews, *decided, always=production)
            self._confirm(plan, partial(self._runs.decide, [decided]))
            return None
        self._thread.decisions.keep(question, event.decision)
        following = self._thread.next_undecided()
        if following is None:
            self.review()
        return following

    def review(self) -> None:
        """Show all decisions on this thread, and send them if confirmed."""
        self._presenter.update_title()
        decided = self._thread.decisions.decided(self._thread.waiting)
        self._confirm(plan_of_decisions(self._thread), partial(self._runs.decide, decided))

    def step(self, event: Stepped) -> None:
        """Step past the breakpoint in view."""
        if self._thread.shown is event.breakpoint and self._pane.shows_card:
            stop = replace(event.breakpoint, log_reason=event.log_reason)
            claimed = self._desk.people.caution(stop.thread_id)
            plan = None
            if self._desk.server.production or claimed:
                plan = plan_of_step(stop, claimed)
            self._confirm(plan, partial(self._runs.step, stop))

    def retry(self) -> None:
        """Run the failed nodes again, if confirmed."""
        if (stop := self._thread.failed_at) is not None:
            plan = plan_of_retry(stop)
            if why := self._desk.log_reasons.missing(stop, None):
                command = f"hitl-tui step {stop.thread_id} --log-reason TEXT"
                plan = replace(plan, why_not=one_line(f"{why} Give one with {command}.", 400))
            self._confirm(plan, partial(self._runs.step, stop))

    async def reopen(self) -> None:
        """Show what reopening the question in view would do, and reopen it if confirmed."""
        interrupt = self._thread.shown
        if not isinstance(interrupt, Interrupt):
            return
        try:
            reopening = await self._desk.reopening(interrupt)
        except HitlError as error:
            self._banner.show_unread(error)
            return
        if self._thread.shown is interrupt and self._pane.shows_card:
            plan = plan_of_reopening(interrupt, self._thread.location_of, reopening)
            self._confirm(plan, partial(self._runs.reopen, interrupt))

    async def run_again(self) -> None:
        """Request a form that is filled in with the last run of this thread that had an input."""
        thread_id = self._thread.thread_id
        try:
            run = await self._desk.earlier_run(thread_id)
        except HitlError as error:
            self._banner.show_unread(error)
        else:
            self._screen.post_message(RunAgainRequested(thread_id, run))

    def _confirm(self, plan: Plan | None, request: Request) -> None:
        """Send a request after the user has confirmed its plan; at once if it has none."""

        def closed(confirmed: bool | None) -> None:
            if confirmed and self._pane.content in (PaneContent.CARD, PaneContent.END):
                self._send(request)
            elif self._pane.card is not None:
                self._pane.card.reopen()

        if plan is None:
            self._send(request)
        else:
            self._screen.app.push_screen(ConfirmModal(plan), closed)
            self._screen.release_keys()
