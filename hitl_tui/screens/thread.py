"""One thread: what it asks, the decision, and what the run does with it."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import Static

from engine.errors import HitlError, NoLongerWaits
from engine.model import (
    Breakpoint,
    Decision,
    Draft,
    Interrupt,
    Outcome,
    OutcomeKind,
    Progress,
    Question,
    ThreadStatus,
    ThreadView,
    Waiting,
)
from engine.visible import json_text, one_line
from hitl_tui.diff import changes
from hitl_tui.literal import short_id
from hitl_tui.messages import Decided, RunWanted, StartFailed, Stepped, Typed
from hitl_tui.screens.base import ConsoleScreen
from hitl_tui.screens.drafts import PAUSE, DraftKeeper
from hitl_tui.screens.reading import Reading, ReadingModal
from hitl_tui.session import Link, Session
from hitl_tui.widgets.banner import Banner, Weight
from hitl_tui.widgets.breakpoint_card import BreakpointCard
from hitl_tui.widgets.card import Card
from hitl_tui.widgets.cards import card_for
from hitl_tui.widgets.progress_pane import ProgressPane
from hitl_tui.widgets.question_card import QuestionCard
from hitl_tui.widgets.question_tabs import QuestionTabs
from hitl_tui.widgets.text_view import Look, TextPane
from hitl_tui.widgets.title_line import TitleLine, status_words


class Phase(Enum):
    """What the middle of the screen shows."""

    READING = "reading"
    ASKING = "asking"
    RUNNING = "running"
    ENDED = "ended"


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
            "ctrl+o",
            "toggle_state",
            "State",
            tooltip="Show or hide the state of the thread",
            id="thread.state",
        ),
        Binding("ctrl+r", "reload", "Reload", tooltip="Read the thread again", id="thread.reload"),
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
    ]

    phase: reactive[Phase] = reactive(Phase.READING, bindings=True)

    def __init__(self, session: Session, thread_id: str = "", graph_id: str = "") -> None:
        super().__init__(session)
        self.thread_id = thread_id
        self.graph_id = graph_id
        self.view: ThreadView | None = None
        self.card: Card | None = None
        self._wanted_id = ""
        self._run: RunWanted | None = None
        self._state_wanted: bool | None = None
        self._drafts = DraftKeeper()

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
        """Put title, tabs and banner above; card, progress or end in the middle; state beside."""
        self.title_line = TitleLine()
        self.tabs = QuestionTabs()
        self.draft_note = Banner(id="draft-note")
        self.banner = Banner(id="banner")
        self.seat = Container(id="seat")
        self.progress = ProgressPane(id="progress")
        self.ended = TextPane("", numbered=True, id="ended")
        self.state = TextPane("State", numbered=True, id="state")
        yield self.title_line
        yield self.tabs
        yield self.banner
        yield self.draft_note
        with Horizontal(id="middle"):
            with Vertical(id="stage"):
                yield Static("Reading…", id="reading", markup=False)
                yield self.seat
                yield self.ended
                yield self.progress
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
        return self.phase is Phase.RUNNING

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read_thread(self) -> None:
        """Read the thread and show it; follow its run if there is one."""
        try:
            view = await self.desk.thread(self.thread_id)
            if view.status is ThreadStatus.BUSY:
                self._show_running("A run is under way.")
                view = await self.desk.follow(self.thread_id, self.hear_progress)
        except HitlError as error:
            self._show_failure(error)
            return
        await self.show_view(view)

    @work(group="decide", exit_on_error=False)
    async def decide(self, question: Question, decision: Decision) -> None:
        """Send a decision once, and show what comes of it."""
        self._show_running(f"Sent: {_decision_words(decision)}")
        await self._carry_out(lambda: self.desk.decide(question, decision, self.hear_progress))

    @work(group="decide", exit_on_error=False)
    async def step(self, breakpoint: Breakpoint) -> None:
        """Step past a breakpoint, and show where the run stops next."""
        self._show_running(f"Stepping past {one_line(breakpoint.node, 80)}")
        await self._carry_out(lambda: self.desk.step(breakpoint, self.hear_progress))

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
        await self._show_outcome(outcome)

    async def _carry_out(self, send: Callable[[], Awaitable[Outcome]]) -> None:
        try:
            outcome = await send()
        except HitlError as error:
            self._ask_again(error)
        else:
            await self._show_outcome(outcome)
        self._retire_if_left()

    def hear_progress(self, progress: Progress) -> None:
        """Show what the run of this thread does."""
        if not self.thread_id:
            self.thread_id = progress.thread_id
            self._show_title()
        if progress.thread_id == self.thread_id:
            self.progress.add(progress)

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
        self._show_title()
        self.state.show_json(view.values)
        waiting = self._waiting_first()
        if waiting is None:
            await self._seat(None)
            self._show_end(view)
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
            await self._seat(BreakpointCard(item))
        else:
            question = self.desk.question(item)
            draft = await self.desk.draft(question)
            self._show_draft_note(draft)
            self._wanted_id = item.interrupt_id
            typed = draft.content if draft else None
            await self._seat(card_for(question, self.desk.answer_of, typed))
        self.set_class(isinstance(item, Breakpoint), "-at-breakpoint")
        self.phase = Phase.ASKING
        self._show_tabs()
        self._show_state_if_wanted()
        if self.card is not None and self.is_current:
            self.call_after_refresh(self.card.take_focus)

    async def _seat(self, card: Card | None) -> None:
        with self.app.batch_update():  # nothing is drawn that is half removed: it would raise
            await self.seat.remove_children()
            self.card = card
            if card is not None:
                await self.seat.mount(card)

    def _show_draft_note(self, draft: Draft | None) -> None:
        if draft is None:
            self.draft_note.clear()
        elif draft.unchanged:
            when = draft.saved.astimezone().strftime("%d %b %H:%M")
            self.draft_note.show(
                Weight.NOTE, f"your draft of {when} was restored; the question is unchanged."
            )
        else:
            when = draft.saved.astimezone().strftime("%d %b %H:%M")
            self.draft_note.show(
                Weight.WARNING,
                f"your draft of {when} was restored, but the question has changed since.",
            )

    def _show_title(self) -> None:
        line, item = self.title_line, self.card_item()
        line.graph_id, line.thread_id = self.graph_id, self.thread_id
        line.node = item.node if item is not None else ""
        seen = self.view.status if self.view is not None else None
        if self.phase is Phase.ENDED and self.banner.has_class("-unknown"):
            seen = None
        line.status = ThreadStatus.BUSY if self.busy else seen

    def card_item(self) -> Waiting | None:
        """Return the item in view."""
        if isinstance(self.card, BreakpointCard):
            return self.card.breakpoint
        return self.card.question.interrupt if isinstance(self.card, QuestionCard) else None

    def _show_tabs(self) -> None:
        waiting = self.view.waiting if self.view is not None else ()
        item = self.card_item()
        shown = waiting.index(item) if item in waiting else 0
        asking = self.phase is Phase.ASKING
        self.tabs.show([each.node for each in waiting] if asking else [], shown)
        self._show_title()

    def _show_running(self, words: str) -> None:
        self.banner.clear()
        self.draft_note.clear()
        self.progress.begin(words)
        self.remove_class("-at-breakpoint", "-state")
        self.add_class("-ran")
        self.phase = Phase.RUNNING
        self._show_tabs()
        if self.is_current:
            self.progress.focus()

    async def _show_outcome(self, outcome: Outcome) -> None:
        match outcome.kind:
            case OutcomeKind.REFUSED if self.card is not None:
                self._ask_again(NoLongerWaits(outcome.why, kept="What you typed is kept."))
            case OutcomeKind.UNKNOWN:
                self._show_unknown(outcome.why)
                if outcome.thread is not None:
                    await self.show_view(outcome.thread)
            case _:
                if outcome.kind is OutcomeKind.REFUSED:
                    self.banner.show(Weight.ERROR, outcome.why)
                if isinstance(self.card, QuestionCard):
                    await self._drafts.forget(self.desk, self.card.question)
                if outcome.thread is not None:
                    await self.show_view(outcome.thread)
                else:
                    self.read_thread()

    def _show_unknown(self, why: str) -> None:
        self.phase = Phase.ENDED
        self.ended.entitle("Outcome unknown")
        self.ended.show_text(
            f"{why}\n\nWhat was sent may or may not have taken effect. It is never sent again by"
            " itself.\nPress ctrl+r to look at the thread, and look at what it did."
        )
        self.banner.show(Weight.UNKNOWN, f"{why} Nothing is sent again; ctrl+r looks again.")
        self.view = None
        self._show_tabs()

    def _show_end(self, view: ThreadView) -> None:
        self.phase = Phase.ENDED
        self.remove_class("-at-breakpoint")
        if view.status is ThreadStatus.ERROR:
            self.ended.entitle("The graph raised an error")
            self.ended.show_text(view.error or "No more is known about it.")
        elif view.status is ThreadStatus.BUSY:
            self.ended.entitle("Still running")
            self.ended.show_text("A run is under way on this thread. Press ctrl+r to follow it.")
        else:
            self.ended.entitle("Done: the final state")
            self.ended.show_json(view.values)
        self._show_tabs()
        self._show_state_if_wanted()
        if self.is_current:
            self.ended.focus()

    def _show_failure(self, error: HitlError) -> None:
        """The thread could not be read."""
        self.phase = Phase.ENDED
        self.ended.entitle(error.title)
        self.ended.show_text("\n\n".join(part for part in (str(error), error.detail) if part))
        self._show_tabs()

    def _ask_again(self, error: HitlError) -> None:
        """Nothing was taken: show why, and let the card be used again."""
        self.phase = Phase.ASKING
        self._show_tabs()
        hint = " Press ctrl+r to see what changed." if isinstance(error, NoLongerWaits) else ""
        self.banner.show(Weight.ERROR, f"{error}{hint}")
        if self.card is not None:
            self.card.reopen()
            if self.is_current:
                self.card.take_focus()
        if not self.is_current:
            self.tell(
                f"{one_line(self.graph_id, 40)}: {one_line(str(error), 200)}", severity="error"
            )

    # What cards say

    @on(Decided)
    def send_decision(self, event: Decided) -> None:
        """Send what was decided, if it is the question in view."""
        current = self.card.question if isinstance(self.card, QuestionCard) else None
        if current is event.question and self.phase is Phase.ASKING:
            self.decide(event.question, event.decision)

    @on(Stepped)
    def send_step(self, event: Stepped) -> None:
        """Step, if it is the breakpoint in view."""
        if self.card_item() is event.breakpoint and self.phase is Phase.ASKING:
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
        inbox, item = self.session.inbox, self.card_item()
        if self.phase is not Phase.ASKING or item is None or inbox is None:
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
        if self.card_item() is not item or self.phase is not Phase.ASKING:
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
        """Offer to turn only where there are several questions, to reload when nothing runs."""
        if action == "turn":
            several = self.view is not None and len(self.view.waiting) > 1
            return several and self.phase is Phase.ASKING
        if action == "reload":
            return not self.busy and bool(self.thread_id)
        return True

    async def action_turn(self, by: int) -> None:
        """Show the next question or the one before; what was typed is kept."""
        if self.view is None or (item := self.card_item()) is None:
            return
        waiting = self.view.waiting
        index = waiting.index(item) if item in waiting else 0
        await self.show_question(waiting[(index + by) % len(waiting)])

    @on(QuestionTabs.Picked)
    async def show_picked(self, event: QuestionTabs.Picked) -> None:
        """Show the question whose tab was clicked."""
        if self.view is not None and self.phase is Phase.ASKING:
            await self.show_question(self.view.waiting[event.index])

    async def show_question(self, item: Waiting) -> None:
        """Go to another question of this thread."""
        await self.leaving()
        self.banner.clear()
        await self.show_waiting(item)

    @work(group="read", exclusive=True, exit_on_error=False)
    async def reload(self) -> None:
        """Read the thread again, and show how the question in view differs now."""
        await self.leaving()
        before = self.card_item()
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
        self._show_difference(before, self.card_item())

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
            at_breakpoint = isinstance(self.card, BreakpointCard)
            wanted = self.phase is Phase.ASKING and (at_breakpoint or self.has_class("-wide"))
        self.set_class(wanted, "-state")
        self.set_class(not isinstance(self.card, BreakpointCard), "-crowded")

    def on_resize(self) -> None:
        """A wide screen has room for the state."""
        self.call_after_refresh(self._show_state_if_wanted)

    def watch_phase(self, before: Phase, now: Phase) -> None:
        """Show what this phase shows."""
        self.remove_class(f"-{before.value}")
        self.add_class(f"-{now.value}")

    def on_screen_resume(self) -> None:
        """Whatever covered the card: it has to be in view again before it decides."""
        if self.card is not None and not self.card.answered:
            self.card.guard()

    # Leaving

    async def action_back(self) -> None:
        """Go back to the inbox. A run that is under way goes on, and so does this screen."""
        await self.leaving()
        if not self.is_current:
            return
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


def _same(one: Waiting, other: Waiting) -> bool:
    if isinstance(one, Interrupt) and isinstance(other, Interrupt):
        return one.interrupt_id == other.interrupt_id
    return isinstance(one, Breakpoint) and isinstance(other, Breakpoint)


def _decision_words(decision: Decision) -> str:
    match decision.kind:
        case "verdicts":
            return ", ".join(verdict.kind.value for verdict in decision.verdicts)
        case "revise":
            return "your text"
        case _:
            return "the answer"
