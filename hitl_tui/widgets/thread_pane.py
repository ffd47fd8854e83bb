"""The middle of a thread's screen: the card of what waits, the run that is watched, or the end."""

from enum import Enum

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.reactive import reactive
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.model import Interrupt, Progress, ThreadStatus, ThreadView, Waiting
from hitl_tui.widgets.cards.breakpoint_card import BreakpointCard
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.progress_pane import ProgressPane
from hitl_tui.widgets.text_view import TextPane


class PanePhase(Enum):
    """What the pane shows."""

    READING = "reading"
    ASKING = "asking"
    RUNNING = "running"
    ENDED = "ended"


class ThreadPane(Vertical):
    """Shows one phase at a time; the card stays seated while its decision is carried out."""

    DEFAULT_CSS = """
    ThreadPane {
        #seat { height: auto; display: none; }
        #progress { display: none; }
        #ended { display: none; height: 1fr; }
        #reading { display: none; height: 1fr; content-align: center middle; }
        &.-reading #reading { display: block; }
        &.-asking #seat { display: block; height: 1fr; }
        &.-asking.-at-breakpoint #seat { height: auto; }
        &.-running #progress { display: block; height: 1fr; }
        &.-ended #ended { display: block; }
        &.-ended.-ran #progress { display: block; height: auto; max-height: 40%; }
    }
    """

    phase: reactive[PanePhase] = reactive(PanePhase.READING)

    def __init__(self) -> None:
        super().__init__(id="pane")
        self.card: Card | None = None
        self._seat = Container(id="seat")
        self._ended = TextPane("", numbered=True, id="ended")
        self._progress = ProgressPane(id="progress")

    def compose(self) -> ComposeResult:
        """Hold everything; what is in view is a matter of the phase."""
        yield Static("Reading…", id="reading", markup=False)
        yield self._seat
        yield self._ended
        yield self._progress

    def watch_phase(self, before: PanePhase, now: PanePhase) -> None:
        """Show what this phase shows."""
        self.remove_class(f"-{before.value}")
        self.add_class(f"-{now.value}")

    @property
    def item(self) -> Waiting | None:
        """What the seated card shows."""
        match self.card:
            case BreakpointCard(breakpoint=breakpoint):
                return breakpoint
            case QuestionCard(question=question):
                return question.interrupt
            case _:
                return None

    async def seat(self, card: Card | None) -> None:
        """Put this card in the place of the one before, or none."""
        with self.app.batch_update():  # nothing is drawn that is half removed: it would raise
            await self._seat.remove_children()
            self.card = card
            self.set_class(isinstance(card, BreakpointCard), "-at-breakpoint")
            if card is not None:
                await self._seat.mount(card)

    # The run

    def begin_run(self, words: str) -> None:
        """Watch a run; the words are ours or visible."""
        self._progress.begin(words)
        self.add_class("-ran")
        self.phase = PanePhase.RUNNING

    def hear(self, progress: Progress) -> None:
        """Show what the run does."""
        self._progress.add(progress)

    # The end

    def show_end(self, thread: ThreadView) -> None:
        """Nothing waits on this thread."""
        if thread.status is ThreadStatus.ERROR:
            words = thread.error or "No more is known about it."
            self._end_with("The graph raised an error", words)
        elif thread.status is ThreadStatus.BUSY:
            words = "A run is under way on this thread. Press ctrl+r to follow it."
            self._end_with("Still running", words)
        else:
            self._ended.set_title("Done: the final state")
            self._ended.show_json(thread.values)
            self.phase = PanePhase.ENDED

    def show_unknown(self, why: str) -> None:
        """It is not known what came of what was sent."""
        self._end_with(
            "Outcome unknown",
            f"{why}\n\nWhat was sent may or may not have taken effect. It is never sent again by"
            " itself.\nPress ctrl+r to look at the thread, and look at what it did.",
        )

    def show_failure(self, error: HitlError) -> None:
        """The thread could not be read."""
        words = "\n\n".join(part for part in (str(error), error.detail) if part)
        self._end_with(error.title, words)

    def _end_with(self, title: str, words: str) -> None:
        self._ended.set_title(title)
        self._ended.show_text(words)
        self.phase = PanePhase.ENDED

    def take_focus(self) -> None:
        """Give the keys to what is in view."""
        match self.phase:
            case PanePhase.ASKING if self.card is not None:
                self.card.take_focus()
            case PanePhase.RUNNING:
                self._progress.focus()
            case PanePhase.ENDED:
                self._ended.focus()

    def is_asking(self, interrupt_id: str) -> bool:
        """Whether the card of this question is in view."""
        item = self.item
        return isinstance(item, Interrupt) and item.interrupt_id == interrupt_id
