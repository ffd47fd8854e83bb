"""One thread: what it asks, the decision, and what the run does with it."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from engine.errors import HitlError, NoLongerWaits, NotTaken
from engine.model import (
    Breakpoint,
    Decision,
    Draft,
    Interrupt,
    JsonObject,
    Outcome,
    OutcomeKind,
    Progress,
    Question,
    ThreadStatus,
    ThreadView,
    ToolCalls,
    Verdicts,
    Waiting,
)
from engine.visible import json_text, one_line
from hitl_tui.deliberation import Decided as DecidedOn
from hitl_tui.deliberation import Deliberation
from hitl_tui.diff import changes
from hitl_tui.literal import short_id
from hitl_tui.messages import Decided, RunWanted, StartFailed, Stepped, Typed
from hitl_tui.plan import (
    Plan,
    decision_words,
    plan_of_one,
    plan_of_reopening,
    plan_of_several,
)
from hitl_tui.screens.base import ConsoleScreen
from hitl_tui.screens.confirming import ConfirmModal
from hitl_tui.screens.drafts import PAUSE, DraftKeeper
from hitl_tui.screens.reading import Reading, ReadingModal
from hitl_tui.session import Link, Session
from hitl_tui.widgets.banner import Banner, Weight
from hitl_tui.widgets.breakpoint_card import BreakpointCard
from hitl_tui.widgets.cards import card_for
from hitl_tui.widgets.question_card import QuestionCard
from hitl_tui.widgets.question_tabs import QuestionTabs
from hitl_tui.widgets.stage import Phase, Stage
from hitl_tui.widgets.text_view import Look, TextPane
from hitl_tui.widgets.title_line import TitleLine, status_words

_DOUBT = (OutcomeKind.UNKNOWN, OutcomeKind.REFUSED, OutcomeKind.APPLIED)
"""Of several outcomes the first of these is what the screen shows."""


class ThreadScreen(ConsoleScreen):
    """Shows one thread at work, from question to question to its end.

    It may be left while its run goes on: it lives until the run stands still.
    """

    CSS_PATH = "thread.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "back",
            "Inbox",
            tooltip="Back to the inbox; what you typed is kept",
            id="thread.back",
        ),
        Binding(
            "ctrl+n,right_square_bracket,ctrl+pagedown",
            "turn(1)",
            "Next question",
            key_display="^n",
            tooltip="Show the next question of this thread",
            id="thread.next_question",
        ),
        Binding(
            "left_square_bracket,ctrl+pageup",
            "turn(-1)",
            "Question before",
            show=False,
            tooltip="Show the question before",
            id="thread.previous_question",
        ),
        Binding(
            "ctrl+l",
            "look_over",
            "Decisions",
            tooltip="Look over what you decided on this thread, and send it together",
            id="thread.look_over",
        ),
        Binding(
            "f8",
            "reopen",
            "Reopen",
            tooltip="Have a question asked again whose node failed on an answer",
            id="thread.reopen",
        ),
        Binding(
            "ctrl+o",
            "toggle_state",
            "State",
            tooltip="Show or hide the state of the thread",
            id="thread.state",
        ),
        Binding("ctrl+r", "reload", "Reload", tooltip="Read the thread again", id="thread.reload"),
    ]

    def __init__(self, session: Session, thread_id: str = "", graph_id: str = "") -> None:
        super().__init__(session)
        self.thread_id = thread_id
        self.graph_id = graph_id
        self.view: ThreadView | None = None
        self._wanted_id = ""
        self._run: RunWanted | None = None
        self._state_wanted: bool | None = None
        self._drafts = DraftKeeper()
        self._deliberation = Deliberation()
        self._places: dict[str, tuple[str, ...]] = {}

    @classmethod
    def of_item(cls, session: Session, item: Waiting) -> "ThreadScreen":
        """Make the screen that shows this item."""
        screen = cls(session, item.thread_id, item.graph_id)
        screen._wanted_id = item.interrupt_id if isinstance(item, Interrupt) else ""
        return screen

    @classmethod
    def of_run(cls, session: Session, run: RunWanted) -> "ThreadScreen":
        """Make the screen that starts this run."""
        screen = cls(session, graph_id=run.graph.graph_id)
        screen._run = run
        return screen

    @staticmethod
    def name_for(thread_id: str) -> str:
        """Return the name under which a screen lives on while its run goes on."""
        return f"thread {thread_id}"

    def compose_body(self) -> ComposeResult:
        """Put title, tabs and banner above, the stage in the middle, the state beside it."""
        self.title_line = TitleLine()
        self.tabs = QuestionTabs()
        self.draft_note = Banner(id="draft-note")
        self.banner = Banner(id="banner")
        self.stage = Stage()
        self.state = TextPane("State", numbered=True, id="state")
        yield self.title_line
        yield self.tabs
        yield self.banner
        yield self.draft_note
        with Horizontal(id="middle"):
            yield self.stage
            yield self.state

    def on_mount(self) -> None:
        """Start the run, or read the thread."""
        self._show_title()
        if self._run is not None:
            self.start_run(self._run)
        else:
            self.read_thread()

    # Work

    @property
    def busy(self) -> bool:
        """Whether a run of this screen is under way."""
        return self.stage.phase is Phase.RUNNING

    @property
    def asking(self) -> bool:
        """Whether a card is in view that can be decided."""
        return self.stage.phase is Phase.ASKING

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read_thread(self) -> None:
        """Read the thread and show it; follow its run if there is one."""
        try:
            view = await self.desk.thread(self.thread_id)
            if view.status is ThreadStatus.BUSY:
                self._show_running("A run is under way.")
                view = await self.desk.follow(self.thread_id, self.hear_progress)
        except HitlError as error:
            self.stage.show_failure(error)
            self._show_tabs()
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
        self._show_running(f"Asking again: {self._place(asked)}")

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
            self._ask_again(error)
        else:
            await self._show_outcomes(outcomes)
        self._retire_if_left()

    def hear_progress(self, progress: Progress) -> None:
        """Show what the run of this thread does."""
        if not self.thread_id:
            self.thread_id = progress.thread_id
            self._show_title()
        if progress.thread_id == self.thread_id:
            self.stage.hear(progress)

    def worker_failed(self, error: BaseException) -> None:
        """Whatever failed while something was sent: what became of it is not known."""
        super().worker_failed(error)
        if self.busy:
            self._show_unknown("The console failed while the run was watched.")
            self._retire_if_left()

    # Showing

    async def show_view(self, view: ThreadView) -> None:
        """Show a thread as it was just read: its question, its breakpoint or its end."""
        self.view = view
        self.thread_id, self.graph_id = view.thread_id, view.graph_id
        with suppress(HitlError):  # the place is a convenience; the question is shown anyway
            self._places = await self.desk.places(view)
        self._show_title()
        self.state.show_json(view.values)
        waiting = self._waiting_first()
        if waiting is None:
            await self.stage.seat(None)
            self.stage.show_end(view)
            self._show_tabs()
            self._show_state_if_wanted()
            if self.is_current:
                self.stage.take_focus()
        else:
            await self.show_waiting(waiting)

    def _waiting_first(self) -> Waiting | None:
        """Return the item that was asked for, or the first that waits."""
        waiting = self.view.waiting if self.view is not None else ()
        for item in waiting:
            if isinstance(item, Interrupt) and item.interrupt_id == self._wanted_id:
                return item
        return waiting[0] if waiting else None

    async def show_waiting(self, item: Waiting) -> None:
        """Put the card of this item on the stage."""
        if isinstance(item, Breakpoint):
            self.draft_note.clear()
            await self.stage.seat(BreakpointCard(item))
        else:
            question = self.desk.question(item)
            draft = await self.desk.draft(question)
            answered = await self.desk.answered_before(question)
            self._wanted_id = item.interrupt_id
            typed = draft.content if draft else None
            card = card_for(question, self.desk.answer_of, typed, self.desk.cautions)
            card.one_of_several = len(self.waiting) > 1
            await self.stage.seat(card)
            self._show_note(item, draft, answered)
        self.stage.phase = Phase.ASKING
        self._show_tabs()
        self._show_state_if_wanted()
        if self.is_current:
            self.call_after_refresh(self.stage.take_focus)

    def _show_note(self, item: Interrupt, draft: Draft | None, answered: datetime | None) -> None:
        """Say what one should know before one decides: one thing, the weightiest."""
        if item.task_error is not None:
            self.draft_note.show(
                Weight.STUCK,
                f"an earlier answer made its node fail: {one_line(item.task_error, 300)}"
                " Answer again, or press f8 to have it asked anew.",
            )
        elif self._deliberation.holds(item):
            self.draft_note.show(
                Weight.NOTE, "decided, not sent. ctrl+s decides anew, ctrl+l looks over and sends."
            )
        elif answered is not None:
            self.draft_note.show(
                Weight.WARNING,
                f"already answered from here, at {_when(answered)}: that was applied, and the"
                " same is asked again.",
            )
        elif draft is None:
            self.draft_note.clear()
        else:
            weight = Weight.NOTE if draft.unchanged else Weight.WARNING
            and_now = (
                "; the question is unchanged"
                if draft.unchanged
                else ", but the question has changed since"
            )
            self.draft_note.show(
                weight, f"your draft of {_when(draft.saved)} was restored{and_now}."
            )

    def _show_title(self) -> None:
        line, item = self.title_line, self.stage.item
        line.graph_id, line.thread_id = self.graph_id, self.thread_id
        line.node = self._place(item) if item is not None else ""
        seen = self.view.status if self.view is not None else None
        if self.stage.phase is Phase.ENDED and self.banner.has_class("-unknown"):
            seen = None
        line.status = ThreadStatus.BUSY if self.busy else seen

    def _show_tabs(self) -> None:
        waiting = self.waiting
        item = self.stage.item
        shown = waiting.index(item) if item in waiting else 0
        held = [self._deliberation.holds(each) for each in waiting]
        names = [self._place(each) for each in waiting] if self.asking else []
        self.tabs.show(names, shown, held)
        self._show_title()
        self.refresh_bindings()

    def _place(self, item: Waiting) -> str:
        """Return where something waits, and of a tool call which: it tells it from the others."""
        if isinstance(item, Breakpoint):
            return one_line(item.node, 60)
        nodes = self._places.get(item.interrupt_id, (item.node,))
        place = " ▸ ".join(one_line(node, 60) for node in nodes)
        match self.desk.question(item).review:
            case ToolCalls(calls=(call,)):
                return f"{place}: {one_line(call.name, 40)}"
            case _:
                return place

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """What waits on this thread, as far as it was read."""
        return self.view.waiting if self.view is not None else ()

    def _show_running(self, words: str) -> None:
        self.banner.clear()
        self.draft_note.clear()
        self.remove_class("-state")
        self.stage.begin_run(words)
        self._show_tabs()
        if self.is_current:
            self.stage.take_focus()

    async def _show_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        outcome = min(outcomes, key=lambda each: _DOUBT.index(each.kind))
        refused = outcome.kind is OutcomeKind.REFUSED
        if refused and self.stage.card is not None:
            self._ask_again(NoLongerWaits(outcome.why, kept="What you typed is kept."))
            return
        otherwise = [each for one in outcomes for each in one.divergences]
        if otherwise and not self.is_current:
            self.tell(one_line(_otherwise(otherwise), 400), severity="warning")
        if outcome.kind is OutcomeKind.UNKNOWN:
            self._show_unknown(outcome.why, otherwise)
            if outcome.thread is not None:
                await self.show_view(outcome.thread)
            return
        if refused:
            self.banner.show(Weight.ERROR, outcome.why)
        elif otherwise:
            self.banner.show(Weight.WARNING, _otherwise(otherwise))
        if isinstance(self.stage.card, QuestionCard):
            await self._drafts.forget(self.desk, self.stage.card.question)
        if outcome.thread is not None:
            await self.show_view(outcome.thread)
        else:
            self.read_thread()

    def _show_unknown(self, why: str, otherwise: Sequence[str] = ()) -> None:
        self.stage.show_unknown(why)
        seen = f" {_otherwise(otherwise)}" if otherwise else ""
        self.banner.show(Weight.UNKNOWN, f"{why} Nothing is sent again; ctrl+r looks again.{seen}")
        self.view = None
        self._show_tabs()

    def _ask_again(self, error: HitlError) -> None:
        """Nothing was taken: show why, and let the card be used again."""
        self.stage.phase = Phase.ASKING
        self._show_tabs()
        hint = " Press ctrl+r to see what changed." if isinstance(error, NoLongerWaits) else ""
        self.banner.show(Weight.ERROR, f"{error}{hint}")
        self._open_card_again()
        if not self.is_current:
            self.tell(
                f"{one_line(self.graph_id, 40)}: {one_line(str(error), 200)}", severity="error"
            )

    def _open_card_again(self) -> None:
        if self.stage.card is not None:
            self.stage.card.reopen()
            if self.is_current:
                self.stage.take_focus()

    # What cards say

    @on(Decided)
    async def take_decision(self, event: Decided) -> None:
        """Send what was decided, if it is the question in view; one of several is kept first."""
        card = self.stage.card
        if not (isinstance(card, QuestionCard) and card.question is event.question and self.asking):
            return
        if len(self.waiting) > 1:
            self._deliberation.keep(event.question, event.decision)
            await self._to_the_undecided()
        else:
            self._send_or_confirm(event.question, event.decision)

    def _send_or_confirm(self, question: Question, decision: Decision) -> None:
        cautions = self.desk.cautions(question, decision)
        batch = isinstance(decision, Verdicts) and len(decision.verdicts) > 1
        if not cautions and not batch:
            self.decide([(question, decision)])
            return
        answer = self.desk.answer_of(question, decision)
        plan = plan_of_one(question, decision, answer, cautions)
        self._confirm(plan, lambda: self.decide([(question, decision)]))

    def _confirm(self, plan: Plan, then: Callable[[], object]) -> None:
        """Show a plan, and do it if it was confirmed and still can be."""

        def answered(yes: bool | None) -> None:
            if yes and self.asking:
                then()
            else:
                self._open_card_again()

        self.app.push_screen(ConfirmModal(plan), answered)

    async def _to_the_undecided(self) -> None:
        """Show the next question without a decision, or look over all of them."""
        waiting = self.waiting
        item = self.stage.item
        start = waiting.index(item) + 1 if item in waiting else 0
        for each in (*waiting[start:], *waiting[:start]):
            if not self._deliberation.holds(each):
                await self.show_question(each)
                return
        self.action_look_over()

    def action_look_over(self) -> None:
        """Show what was decided so far, and send it together."""
        decided = self._deliberation.decided(self.waiting)
        undecided = [
            each
            for each in self.waiting
            if isinstance(each, Interrupt) and not self._deliberation.holds(each)
        ]
        answers: JsonObject = {}
        why_not = ""
        try:
            answers = self.desk.resume_of(self.waiting, decided)
        except NotTaken as refusal:
            why_not = str(refusal)
        cautions = tuple(
            f"{self._place(question.interrupt)}: {caution}"
            for question, decision in decided
            for caution in self.desk.cautions(question, decision)
        )
        assert self.view is not None, "decisions are made on what was read"
        effect = self.desk.effect(self.view, [question for question, _ in decided])
        plan = plan_of_several(decided, undecided, self._place, effect, answers, cautions, why_not)
        self._confirm(plan, lambda: self.decide(decided))

    @work(group="read", exclusive=True, exit_on_error=False)
    async def ask_to_reopen(self, asked: Interrupt) -> None:
        """Find out what reopening would do, and ask whether it shall."""
        try:
            reopening = await self.desk.reopening(asked)
        except HitlError as error:
            self.banner.show_error(error)
            return
        if self.stage.item is asked and self.asking:
            self._confirm(
                plan_of_reopening(asked, self._place, reopening), lambda: self.reopen(asked)
            )

    def action_reopen(self) -> None:
        """Have the question in view asked again."""
        if isinstance(self.stage.item, Interrupt):
            self.ask_to_reopen(self.stage.item)

    @on(Stepped)
    def send_step(self, event: Stepped) -> None:
        """Step, if it is the breakpoint in view."""
        if self.stage.item is event.breakpoint and self.asking:
            self.step(event.breakpoint)

    @on(Typed)
    def keep_soon(self, event: Typed) -> None:
        """Write the draft soon; what is typed until then is written with it."""
        if self._drafts.typed(event):
            self.set_timer(PAUSE, self.save_draft)

    @work(group="draft", exit_on_error=False)
    async def save_draft(self) -> None:
        """Write the draft."""
        await self.leaving()

    async def leaving(self) -> None:
        """Keep what was typed."""
        try:
            await self._drafts.keep(self.desk)
        except HitlError as error:
            self.banner.show(Weight.WARNING, f"The draft is not kept. {error}")

    # What happens elsewhere

    def session_changed(self) -> None:
        """Look whether the question in view still waits."""
        super().session_changed()
        inbox, item = self.session.inbox, self.stage.item
        if not self.asking or item is None or inbox is None:
            return
        if self.session.link is not Link.CONNECTED:
            return
        if any(self.thread_id == thread for thread, _ in inbox.unreadable):
            return
        if item not in inbox.items:
            self.check_elsewhere(item)

    @work(group="check", exclusive=True, exit_on_error=False)
    async def check_elsewhere(self, item: Waiting) -> None:
        """Read the thread before saying that a question is gone: the list may be older."""
        try:
            view = await self.desk.thread(item.thread_id)
        except HitlError:
            return
        if self.stage.item is not item or not self.asking:
            return
        if item in view.waiting:
            self.view = view
            self._show_tabs()
        elif any(_same(item, each) for each in view.waiting):
            self.banner.show(
                Weight.WARNING,
                "The question has changed while you read it. What you typed is kept;"
                " ctrl+r shows the difference.",
            )
        else:
            self.banner.show(
                Weight.WARNING,
                "This no longer waits: it was answered elsewhere. What you typed is kept;"
                " ctrl+r shows the thread as it is now.",
            )

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense now."""
        match action:
            case "turn":
                return len(self.waiting) > 1 and self.asking
            case "look_over":
                return self.asking and any(map(self._deliberation.holds, self.waiting))
            case "reopen":
                item = self.stage.item
                return self.asking and isinstance(item, Interrupt) and item.task_error is not None
            case "reload":
                return not self.busy and bool(self.thread_id)
            case _:
                return True

    async def action_turn(self, by: int) -> None:
        """Show the next question or the one before; what was typed is kept."""
        waiting, item = self.waiting, self.stage.item
        index = waiting.index(item) if item in waiting else 0
        await self.show_question(waiting[(index + by) % len(waiting)])

    @on(QuestionTabs.Picked)
    async def show_picked(self, event: QuestionTabs.Picked) -> None:
        """Show the question whose tab was clicked."""
        if self.asking:
            await self.show_question(self.waiting[event.index])

    async def show_question(self, item: Waiting) -> None:
        """Go to another question of this thread."""
        await self.leaving()
        self.banner.clear()
        await self.show_waiting(item)

    @work(group="read", exclusive=True, exit_on_error=False)
    async def reload(self) -> None:
        """Read the thread again, and show how the question in view differs now."""
        await self.leaving()
        before = self.stage.item
        try:
            view = await self.desk.thread(self.thread_id)
        except HitlError as error:
            self.banner.show_error(error)
            return
        self.banner.clear()
        if view.status is ThreadStatus.BUSY:
            self.read_thread()
            return
        await self.show_view(view)
        self._show_difference(before, self.stage.item)

    def _show_difference(self, before: Waiting | None, now: Waiting | None) -> None:
        if not isinstance(before, Interrupt) or not isinstance(now, Interrupt):
            return
        lines = changes(json_text(before.payload), json_text(now.payload))
        if lines and before.interrupt_id == now.interrupt_id:
            self.app.push_screen(
                ReadingModal(
                    Reading(
                        "The question has changed",
                        "This is how what you read differs from what is asked now.",
                        kept="What you typed is kept.",
                        detail="\n".join(lines),
                        look=Look.DIFF,
                    )
                )
            )

    def action_reload(self) -> None:
        """Read the thread again."""
        self.reload()

    def action_toggle_state(self) -> None:
        """Show or hide the state."""
        self._state_wanted = not self.has_class("-state")
        self._show_state_if_wanted()
        if self.has_class("-state") and self.has_class("-short"):
            self.state.focus()

    def _show_state_if_wanted(self) -> None:
        wanted = self._state_wanted
        if wanted is None:
            at_breakpoint = isinstance(self.stage.card, BreakpointCard)
            wanted = self.asking and (at_breakpoint or self.has_class("-wide"))
        self.set_class(wanted, "-state")
        self.set_class(not isinstance(self.stage.card, BreakpointCard), "-crowded")

    def on_resize(self) -> None:
        """A wide screen has room for the state."""
        self.call_after_refresh(self._show_state_if_wanted)

    def on_screen_resume(self) -> None:
        """Whatever covered the card: it has to be in view again before it decides."""
        if self.stage.card is not None and not self.stage.card.answered:
            self.stage.card.guard()

    # Leaving

    async def action_back(self) -> None:
        """Go back to the inbox. A run that is under way goes on, and so does this screen."""
        await self.leaving()
        if not self.is_current:
            return
        if held := len(self._deliberation.decided(self.waiting)):
            count = "1 decision is" if held == 1 else f"{held} decisions are"
            self.tell(f"{count} not sent; what you typed is kept.", severity="warning")
        name = self.name_for(self.thread_id)
        if self.busy and self.thread_id and not self.app.is_screen_installed(self):
            self.app.install_screen(self, name)
        self.app.pop_screen()
        if not self.busy:
            self.app.uninstall_screen(self)

    def _retire_if_left(self) -> None:
        """End a screen that was left while its run went on, and say how that ended."""
        if self in self.app.screen_stack or not self.app.is_screen_installed(self):
            return
        if self.view is not None and not self.banner.has_class("-shown"):
            words = status_words(self.view.status)
            self.tell(f"{one_line(self.graph_id, 40)} {short_id(self.thread_id)}: {words}")
        if self.banner.has_class("-shown"):
            return  # it has something to say that must be read: it is kept for the next visit
        self.app.uninstall_screen(self)
        self.app.call_later(self.remove)


def _when(at: datetime) -> str:
    return at.astimezone().strftime("%d %b %H:%M")


def _otherwise(divergences: Sequence[str]) -> str:
    """Return what did otherwise than decided, as far as a banner has room."""
    count = len(divergences)
    several = f"{count} times otherwise than decided; the log has each. " if count > 1 else ""
    return several + " ".join(divergences[:2])


def _same(one: Waiting, other: Waiting) -> bool:
    if isinstance(one, Interrupt) and isinstance(other, Interrupt):
        return one.interrupt_id == other.interrupt_id
    return isinstance(one, Breakpoint) and isinstance(other, Breakpoint)
