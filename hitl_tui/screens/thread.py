"""One thread: what it asks, and what is decided on it."""

from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from hitl_engine.errors import HitlError, NotTaken
from hitl_engine.model import (
    Breakpoint,
    Decision,
    Interrupt,
    JsonObject,
    Question,
    ThreadStatus,
    ThreadView,
    ToolCalls,
    Verdicts,
    Waiting,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.messages import Decided, RunWanted, Stepped, Typed
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.draft_keeper import PAUSE, DraftKeeper
from hitl_tui.screens.running_screen import RunningScreen
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.state.pending_decisions import PendingDecisions
from hitl_tui.state.plan import Plan, plan_of_one, plan_of_reopening, plan_of_several
from hitl_tui.state.session import Link, Session
from hitl_tui.text.diff import changes
from hitl_tui.widgets.banner import Weight
from hitl_tui.widgets.cards.breakpoint_card import BreakpointCard
from hitl_tui.widgets.cards.card_for import card_for
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.question_tabs import QuestionTabs
from hitl_tui.widgets.text_view import Syntax
from hitl_tui.widgets.thread_pane import PanePhase


class ThreadScreen(RunningScreen):
    """Shows one thread, from question to question to its end."""

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
        super().__init__(session, thread_id, graph_id)
        self._wanted_id = ""
        self._run: RunWanted | None = None
        self._state_wanted: bool | None = None
        self._drafts = DraftKeeper()
        self._pending = PendingDecisions()
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

    def on_mount(self) -> None:
        """Start the run, or read the thread."""
        self.show_where()
        if self._run is not None:
            self.start_run(self._run)
        else:
            self.read_thread()

    # Showing

    async def show_view(self, view: ThreadView) -> None:
        """Show a thread as it was just read: its question, its breakpoint or its end."""
        self.view = view
        self.thread_id, self.graph_id = view.thread_id, view.graph_id
        with suppress(HitlError):  # the place is a convenience; the question is shown anyway
            self._places = await self.desk.places(view)
        self.show_where()
        self.state.show_json(view.values)
        waiting = self._waiting_first()
        if waiting is None:
            await self.pane.seat(None)
            self.pane.show_end(view)
            self.show_where()
            self._show_state_if_wanted()
            if self.is_current:
                self.pane.take_focus()
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
        """Put the card of this item on the pane."""
        if isinstance(item, Breakpoint):
            self.header.note.clear()
            await self.pane.seat(BreakpointCard(item))
        else:
            question = self.desk.reviews.question(item)
            draft = await self.desk.drafts.find(question)
            answered = await self.desk.answered_before(question)
            self._wanted_id = item.interrupt_id
            typed = draft.content if draft else None
            card = card_for(
                question, self.desk.reviews.answer_of, typed, self.desk.reviews.cautions
            )
            card.one_of_several = len(self.waiting) > 1
            await self.pane.seat(card)
            self.header.show_note(
                item, decided=self._pending.holds(item), answered=answered, draft=draft
            )
        self.pane.phase = PanePhase.ASKING
        self.show_where()
        self._show_state_if_wanted()
        if self.is_current:
            self.call_after_refresh(self.pane.take_focus)

    def show_where(self) -> None:
        """Show which thread and which of its questions is in view, and how it stands."""
        waiting, item = self.waiting, self.pane.item
        title = self.header.title
        title.graph_id, title.thread_id = self.graph_id, self.thread_id
        title.node = self.place(item) if item is not None else ""
        title.status = self._status()
        held = [self._pending.holds(each) for each in waiting]
        places = [self.place(each) for each in waiting] if self.asking else []
        self.header.tabs.show(places, waiting.index(item) if item in waiting else 0, held)
        self.refresh_bindings()

    def _status(self) -> ThreadStatus | None:
        """Return how the thread stands, as far as that is known."""
        if self.busy:
            return ThreadStatus.BUSY
        doubtful = self.pane.phase is PanePhase.ENDED and self.header.in_doubt
        return self.view.status if self.view is not None and not doubtful else None

    async def forget_draft(self) -> None:
        """The question in view is answered: nothing that was typed needs to be kept."""
        if isinstance(self.pane.card, QuestionCard):
            await self._drafts.forget(self.desk, self.pane.card.question)

    def place(self, item: Waiting) -> str:
        """Return where something waits, and of a tool call which: it tells it from the others."""
        if isinstance(item, Breakpoint):
            return one_line(item.node, 60)
        nodes = self._places.get(item.interrupt_id, (item.node,))
        place = " ▸ ".join(one_line(node, 60) for node in nodes)
        match self.desk.reviews.question(item).review:
            case ToolCalls(calls=(call,)):
                return f"{place}: {one_line(call.name, 40)}"
            case _:
                return place

    # What cards say

    @on(Decided)
    async def take_decision(self, event: Decided) -> None:
        """Send what was decided, if it is the question in view; one of several is kept first."""
        card = self.pane.card
        if not (isinstance(card, QuestionCard) and card.question is event.question and self.asking):
            return
        if len(self.waiting) > 1:
            self._pending.keep(event.question, event.decision)
            await self._to_the_undecided()
        else:
            self._send_or_confirm(event.question, event.decision)

    def _send_or_confirm(self, question: Question, decision: Decision) -> None:
        cautions = self.desk.reviews.cautions(question, decision)
        batch = isinstance(decision, Verdicts) and len(decision.verdicts) > 1
        if not cautions and not batch:
            self.decide([(question, decision)])
            return
        answer = self.desk.reviews.answer_of(question, decision)
        plan = plan_of_one(question, decision, answer, cautions)
        self._confirm(plan, lambda: self.decide([(question, decision)]))

    def _confirm(self, plan: Plan, then: Callable[[], object]) -> None:
        """Show a plan, and do it if it was confirmed and still can be."""

        def answered(yes: bool | None) -> None:
            if yes and self.asking:
                then()
            elif self.pane.card is not None:
                self.pane.card.reopen()  # the keys stay where somebody was typing

        self.app.push_screen(ConfirmModal(plan), answered)

    async def _to_the_undecided(self) -> None:
        """Show the next question without a decision, or look over all of them."""
        waiting = self.waiting
        item = self.pane.item
        start = waiting.index(item) + 1 if item in waiting else 0
        for each in (*waiting[start:], *waiting[:start]):
            if not self._pending.holds(each):
                await self.show_question(each)
                return
        self.action_look_over()

    def action_look_over(self) -> None:
        """Show what was decided so far, and send it together."""
        decided = self._pending.decided(self.waiting)
        undecided = [
            each
            for each in self.waiting
            if isinstance(each, Interrupt) and not self._pending.holds(each)
        ]
        answers: JsonObject = {}
        why_not = ""
        try:
            answers = self.desk.reviews.resume_of(self.waiting, decided)
        except NotTaken as refusal:
            why_not = str(refusal)
        cautions = tuple(
            f"{self.place(question.interrupt)}: {caution}"
            for question, decision in decided
            for caution in self.desk.reviews.cautions(question, decision)
        )
        assert self.view is not None, "decisions are made on what was read"
        effect = self.desk.reviews.effect(self.view, [question for question, _ in decided])
        plan = plan_of_several(decided, undecided, self.place, effect, answers, cautions, why_not)
        self._confirm(plan, lambda: self.decide(decided))

    @work(group="read", exclusive=True, exit_on_error=False)
    async def ask_to_reopen(self, asked: Interrupt) -> None:
        """Find out what reopening would do, and ask whether it shall."""
        try:
            reopening = await self.desk.reopening(asked)
        except HitlError as error:
            self.header.banner.show_error(error)
            return
        if self.pane.item is asked and self.asking:
            self._confirm(
                plan_of_reopening(asked, self.place, reopening), lambda: self.reopen(asked)
            )

    def action_reopen(self) -> None:
        """Have the question in view asked again."""
        if isinstance(self.pane.item, Interrupt):
            self.ask_to_reopen(self.pane.item)

    @on(Stepped)
    def send_step(self, event: Stepped) -> None:
        """Step, if it is the breakpoint in view."""
        if self.pane.item is event.breakpoint and self.asking:
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
        """Keep what was typed, a moment ago too."""
        card = self.pane.card
        if isinstance(card, QuestionCard) and (typed := card.unsaid()) is not None:
            self._drafts.typed(typed)
        try:
            await self._drafts.keep(self.desk)
        except HitlError as error:
            self.header.banner.show(Weight.WARNING, f"The draft is not kept. {error}")

    # What happens elsewhere

    def session_changed(self) -> None:
        """Look whether the question in view still waits."""
        super().session_changed()
        inbox, item = self.session.inbox, self.pane.item
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
        if self.pane.item is not item or not self.asking:
            return
        if item in view.waiting:
            self.view = view
            self.show_where()
        elif any(_same(item, each) for each in view.waiting):
            self.header.banner.show(
                Weight.WARNING,
                "The question has changed while you read it. What you typed is kept;"
                " ctrl+r shows the difference.",
            )
        else:
            self.header.banner.show(
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
                return self.asking and any(map(self._pending.holds, self.waiting))
            case "reopen":
                item = self.pane.item
                return self.asking and isinstance(item, Interrupt) and item.task_error is not None
            case "reload":
                return not self.busy and bool(self.thread_id)
            case _:
                return True

    async def action_turn(self, by: int) -> None:
        """Show the next question or the one before; what was typed is kept."""
        waiting, item = self.waiting, self.pane.item
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
        self.header.banner.clear()
        await self.show_waiting(item)

    @work(group="read", exclusive=True, exit_on_error=False)
    async def reload(self) -> None:
        """Read the thread again, and show how the question in view differs now."""
        await self.leaving()
        before = self.pane.item
        try:
            view = await self.desk.thread(self.thread_id)
        except HitlError as error:
            self.header.banner.show_error(error)
            return
        self.header.banner.clear()
        if view.status is ThreadStatus.BUSY:
            self.read_thread()
            return
        await self.show_view(view)
        self._show_difference(before, self.pane.item)

    def _show_difference(self, before: Waiting | None, now: Waiting | None) -> None:
        if not isinstance(before, Interrupt) or not isinstance(now, Interrupt):
            return
        lines = changes(json_text(before.payload), json_text(now.payload))
        if lines and before.interrupt_id == now.interrupt_id:
            self.app.push_screen(
                TextModal(
                    ModalText(
                        "The question has changed",
                        "This is how what you read differs from what is asked now.",
                        kept="What you typed is kept.",
                        detail="\n".join(lines),
                        syntax=Syntax.DIFF,
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
            at_breakpoint = isinstance(self.pane.card, BreakpointCard)
            wanted = self.asking and (at_breakpoint or self.has_class("-wide"))
        self.set_class(wanted, "-state")
        self.set_class(not isinstance(self.pane.card, BreakpointCard), "-crowded")

    def on_resize(self) -> None:
        """A wide screen has room for the state."""
        self.call_after_refresh(self._show_state_if_wanted)

    def on_screen_resume(self) -> None:
        """Whatever covered the card: it has to be in view again before it decides."""
        if self.pane.card is not None and not self.pane.card.answered:
            self.pane.card.guard()

    # Leaving

    async def action_back(self) -> None:
        """Go back to the inbox. A run that is under way goes on, and so does this screen."""
        await self.leaving()
        if not self.is_current:
            return
        if held := len(self._pending.decided(self.waiting)):
            count = "1 decision is" if held == 1 else f"{held} decisions are"
            self.tell(f"{count} not sent; what you typed is kept.", severity="warning")
        name = self.name_for(self.thread_id)
        if self.busy and self.thread_id and not self.app.is_screen_installed(self):
            self.app.install_screen(self, name)
        self.app.pop_screen()
        if not self.busy:
            self.app.uninstall_screen(self)


def _same(one: Waiting, other: Waiting) -> bool:
    if isinstance(one, Interrupt) and isinstance(other, Interrupt):
        return one.interrupt_id == other.interrupt_id
    return isinstance(one, Breakpoint) and isinstance(other, Breakpoint)
