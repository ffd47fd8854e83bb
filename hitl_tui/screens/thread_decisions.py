"""What the user decides on a thread: planned, confirmed where that matters, and then sent."""

from functools import partial
from typing import TYPE_CHECKING

from hitl_engine.errors import HitlError
from hitl_engine.model import Interrupt
from hitl_tui.messages import Decided, RunAgainRequested, Stepped
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.thread_runs import Request, ThreadRuns
from hitl_tui.state.plan import Plan, plan_of_reopening, plan_of_retry
from hitl_tui.state.thread_plans import plan_of_decision, plan_of_decisions
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.widgets.thread_pane import PaneContent

if TYPE_CHECKING:
    from hitl_tui.screens.thread import ThreadScreen


class ThreadDecisions:
    """Sends what the user decides on the item in view, or on several questions together."""

    def __init__(self, screen: "ThreadScreen", thread: ThreadState, runs: ThreadRuns) -> None:
        self._screen = screen
        self._desk = screen.desk
        self._thread = thread
        self._pane = screen.pane
        self._runs = runs

    async def take(self, event: Decided) -> None:
        """Send a decision on the question in view; keep it first if several are pending."""
        if self._pane.question is not event.question or not self._pane.shows_card:
            return
        if self._thread.has_several:
            self._thread.decisions.keep(event.question, event.decision)
            if (following := self._thread.next_undecided()) is not None:
                await self._screen.show_question(following)
            else:
                self._screen.action_review_decisions()
        else:
            decided = (event.question, event.decision)
            plan = plan_of_decision(self._desk.reviews, *decided)
            self._confirm(plan, partial(self._runs.decide, [decided]))

    def review(self) -> None:
        """Show all decisions on this thread, and send them if confirmed."""
        decided = self._thread.decisions.decided(self._thread.waiting)
        self._confirm(plan_of_decisions(self._thread), partial(self._runs.decide, decided))

    def step(self, event: Stepped) -> None:
        """Step past the breakpoint in view."""
        if self._thread.shown is event.breakpoint and self._pane.shows_card:
            self._screen.send(partial(self._runs.step, event.breakpoint))

    def retry(self) -> None:
        """Run the failed nodes again, if confirmed."""
        if (stop := self._thread.failed_at) is not None:
            self._confirm(plan_of_retry(stop), partial(self._runs.step, stop))

    async def reopen(self) -> None:
        """Show what reopening the question in view would do, and reopen it if confirmed."""
        interrupt = self._thread.shown
        if not isinstance(interrupt, Interrupt):
            return
        try:
            reopening = await self._desk.reopening(interrupt)
        except HitlError as error:
            self._screen.header.banner.show_unread(error)
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
            self._screen.header.banner.show_unread(error)
        else:
            self._screen.post_message(RunAgainRequested(thread_id, run))

    def _confirm(self, plan: Plan | None, request: Request) -> None:
        """Send a request after the user has confirmed its plan; at once if it has none."""

        def closed(confirmed: bool | None) -> None:
            if confirmed and self._pane.content in (PaneContent.CARD, PaneContent.END):
                self._screen.send(request)
            elif self._pane.card is not None:
                self._pane.card.reopen()

        if plan is None:
            self._screen.send(request)
        else:
            self._screen.app.push_screen(ConfirmModal(plan), closed)
            self._screen.release_keys()
