"""What a thread's screen does with runs: sends what was decided once, and shows what came of it."""

from collections.abc import Awaitable, Callable, Sequence

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal

from hitl_engine.errors import HitlError, NoLongerWaits
from hitl_engine.model import (
    Breakpoint,
    Interrupt,
    Outcome,
    OutcomeKind,
    Progress,
    ThreadStatus,
    ThreadView,
    Waiting,
)
from hitl_engine.visible import one_line
from hitl_tui.messages import RunWanted, StartFailed
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.pending_decisions import Decided as DecidedOn
from hitl_tui.state.plan import decision_words
from hitl_tui.state.session import Session
from hitl_tui.text.literal import short_id
from hitl_tui.widgets.banner import Weight
from hitl_tui.widgets.text_view import TextPane
from hitl_tui.widgets.thread_header import ThreadHeader, otherwise_words
from hitl_tui.widgets.thread_pane import PanePhase, ThreadPane
from hitl_tui.widgets.title_line import status_words

_DOUBT = (OutcomeKind.UNKNOWN, OutcomeKind.REFUSED, OutcomeKind.APPLIED)
"""Of several outcomes the first of these is what the screen shows."""


class RunningScreen(ConsoleScreen):
    """Carries out one thing at a time on one thread; `ThreadScreen` asks what.

    It may be left while its run goes on: it lives until the run stands still.
    """

    def __init__(self, session: Session, thread_id: str = "", graph_id: str = "") -> None:
        super().__init__(session)
        self.thread_id = thread_id
        self.graph_id = graph_id
        self.view: ThreadView | None = None
        """The thread as it was read last; None while that is in doubt."""

    def compose_body(self) -> ComposeResult:
        """Put the header above, the pane in the middle, the state beside it."""
        self.header = ThreadHeader()
        self.pane = ThreadPane()
        self.state = TextPane("State", numbered=True, id="state")
        yield self.header
        with Horizontal(id="middle"):
            yield self.pane
            yield self.state

    @staticmethod
    def name_for(thread_id: str) -> str:
        """Return the name under which a screen lives on while its run goes on."""
        return f"thread {thread_id}"

    # For the subclass

    async def show_view(self, view: ThreadView) -> None:
        """Show a thread as it was just read."""
        raise NotImplementedError

    async def forget_draft(self) -> None:
        """The question in view is answered: nothing that was typed needs to be kept."""
        raise NotImplementedError

    def show_where(self) -> None:
        """Show which thread and which of its questions is in view, and how it stands."""
        raise NotImplementedError

    def place(self, item: Waiting) -> str:
        """Return where something waits, in visible words."""
        raise NotImplementedError

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """What waits on this thread, as far as it was read."""
        return self.view.waiting if self.view is not None else ()

    # Work

    @property
    def busy(self) -> bool:
        """Whether a run of this screen is under way."""
        return self.pane.phase is PanePhase.RUNNING

    @property
    def asking(self) -> bool:
        """Whether a card is in view that can be decided."""
        return self.pane.phase is PanePhase.ASKING

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read_thread(self) -> None:
        """Read the thread and show it; follow its run if there is one."""
        try:
            view = await self.desk.thread(self.thread_id)
            if view.status is ThreadStatus.BUSY:
                self._show_running("A run is under way.")
                view = await self.desk.follow(self.thread_id, self.hear_progress)
        except HitlError as error:
            self.pane.show_failure(error)
            self.show_where()
            return
        await self.show_view(view)

    @work(group="decide", exit_on_error=False)
    async def decide(self, decided: Sequence[DecidedOn]) -> None:
        """Send decisions once, all in one request, and show what comes of them."""
        words = "; ".join(decision_words(*each) for each in decided)
        self._show_running(f"Sent: {words}")
        await self._carry_out(lambda: self.desk.decide_all(decided, self.hear_progress))

    @work(group="decide", exit_on_error=False)
    async def step(self, breakpoint: Breakpoint) -> None:
        """Step past a breakpoint, and show where the run stops next."""
        self._show_running(f"Stepping past {one_line(breakpoint.node, 80)}")

        async def send() -> tuple[Outcome, ...]:
            return (await self.desk.step(breakpoint, self.hear_progress),)

        await self._carry_out(send)

    @work(group="decide", exit_on_error=False)
    async def reopen(self, asked: Interrupt) -> None:
        """Have a question asked again, and show it."""
        self._show_running(f"Asking again: {self.place(asked)}")

        async def send() -> tuple[Outcome, ...]:
            return (await self.desk.reopen(asked, self.hear_progress),)

        await self._carry_out(send)

    @work(group="decide", exit_on_error=False)
    async def start_run(self, run: RunWanted) -> None:
        """Start a run, and show where it stops."""
        self._show_running(f"Starting {one_line(run.graph.name, 80)}")
        try:
            outcome = await self.desk.start(
                run.graph, run.input, self.hear_progress, breakpoints=run.breakpoints
            )
        except HitlError as error:
            self.post_message(StartFailed(error))
            return
        await self._show_outcomes((outcome,))

    async def _carry_out(self, send: Callable[[], Awaitable[Sequence[Outcome]]]) -> None:
        try:
            outcomes = await send()
        except HitlError as error:
            self.ask_again(error)
        else:
            await self._show_outcomes(outcomes)
        self._retire_if_left()

    def hear_progress(self, progress: Progress) -> None:
        """Show what the run of this thread does."""
        if not self.thread_id:
            self.thread_id = progress.thread_id
            self.show_where()
        if progress.thread_id == self.thread_id:
            self.pane.hear(progress)

    def worker_failed(self, error: BaseException) -> None:
        """Whatever failed while something was sent: what became of it is not known."""
        super().worker_failed(error)
        if self.busy:
            self._show_unknown("The console failed while the run was watched.")
            self._retire_if_left()

    # What came of it

    def _show_running(self, words: str) -> None:
        self.header.clear()
        self.remove_class("-state")
        self.pane.begin_run(words)
        self.show_where()
        if self.is_current:
            self.pane.take_focus()

    async def _show_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        outcome = min(outcomes, key=lambda each: _DOUBT.index(each.kind))
        refused = outcome.kind is OutcomeKind.REFUSED
        if refused and self.pane.card is not None:
            self.ask_again(NoLongerWaits(outcome.why, kept="What you typed is kept."))
            return
        otherwise = [each for one in outcomes for each in one.mismatches]
        if otherwise and not self.is_current:
            self.tell(one_line(otherwise_words(otherwise), 400), severity="warning")
        if outcome.kind is OutcomeKind.UNKNOWN:
            self._show_unknown(outcome.why, otherwise)
            if outcome.thread is not None:
                await self.show_view(outcome.thread)
            return
        if refused:
            self.header.banner.show(Weight.ERROR, outcome.why)
        elif otherwise:
            self.header.show_otherwise(otherwise)
        elif isinstance(self.pane.item, Interrupt) and outcome.thread and outcome.thread.waiting:
            self.header.banner.show(Weight.NOTE, "that was taken. This is what waits next.")
        await self.forget_draft()
        if outcome.thread is not None:
            await self.show_view(outcome.thread)
        else:
            self.read_thread()

    def _show_unknown(self, why: str, otherwise: Sequence[str] = ()) -> None:
        self.pane.show_unknown(why)
        self.header.show_unknown(why, otherwise)
        self.view = None
        self.show_where()

    def ask_again(self, error: HitlError) -> None:
        """Nothing was taken: show why, and let the card be used again."""
        self.pane.phase = PanePhase.ASKING
        self.show_where()
        hint = " Press ctrl+r to see what changed." if isinstance(error, NoLongerWaits) else ""
        self.header.banner.show(Weight.ERROR, f"{error}{hint}")
        self.open_card_again()
        if not self.is_current:
            self.tell(
                f"{one_line(self.graph_id, 40)}: {one_line(str(error), 200)}", severity="error"
            )

    def open_card_again(self) -> None:
        """Let the card be decided again, once it is in view again."""
        if self.pane.card is not None:
            self.pane.card.reopen()
            if self.is_current:
                self.pane.take_focus()

    def _retire_if_left(self) -> None:
        """End a screen that was left while its run went on, and say how that ended."""
        if self in self.app.screen_stack or not self.app.is_screen_installed(self):
            return
        if self.header.has_news:
            return  # it must be read: the screen is kept for the next visit
        if self.view is not None:
            words = status_words(self.view.status)
            self.tell(f"{one_line(self.graph_id, 40)} {short_id(self.thread_id)}: {words}")
        self.app.uninstall_screen(self)
        self.app.call_later(self.remove)
