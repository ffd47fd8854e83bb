"""The main part of a thread's screen: the card of a pending item, a run, or how the thread ended."""

from datetime import UTC, datetime
from enum import Enum

from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.model import Progress, Question, ThreadStatus, ThreadView, busy_remark
from hitl_tui.messages import Typed
from hitl_tui.widgets.cards.breakpoint_card import BreakpointCard
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.conversation.conversation_tail import ConversationTail
from hitl_tui.widgets.focus_frame import FocusFrame
from hitl_tui.widgets.progress_pane import ProgressPane
from hitl_tui.widgets.text_view import TextPane


class PaneContent(Enum):
    """What the pane shows."""

    LOADING = "loading"
    CARD = "card"
    RUN = "run"
    END = "end"
    MOMENT = "moment"


class ThreadPane(FocusFrame):
    """Shows one of its contents; the card stays mounted while its decision is carried out."""

    DEFAULT_CSS = """
    ThreadPane {
        #card { height: auto; display: none; }
        #progress { display: none; }
        #end { display: none; height: 1fr; }
        #loading { display: none; height: 1fr; content-align: center middle; }
        #moment { display: none; height: 1fr; padding: 1 2; color: $text-warning; }
        &.-loading #loading { display: block; }
        &.-moment #moment { display: block; }
        &.-card #card { display: block; height: 1fr; }
        &.-card ConversationTail.-filled { display: block; }
        &.-card.-at-breakpoint #card { height: auto; }
        &.-run #progress { display: block; height: 1fr; }
        &.-end #end { display: block; }
        &.-end.-ran #progress { display: block; height: auto; max-height: 40%; }
    }
    """

    content: reactive[PaneContent] = reactive(PaneContent.LOADING)

    def __init__(self) -> None:
        super().__init__(id="pane")
        self.card: Card | None = None
        self._displayed = True
        self._end_is_state = False
        self.tail = ConversationTail()
        """What led to the question of the card."""
        self._card_container = Container(id="card")
        self._end = TextPane("", numbered=True, id="end")
        self._progress = ProgressPane(id="progress")
        self._moment = Static(id="moment", markup=False)

    def compose(self) -> ComposeResult:
        """Mount everything; `content` decides what is displayed."""
        yield Static("Reading…", id="loading", markup=False)
        yield self.tail
        yield self._card_container
        yield self._end
        yield self._progress
        yield self._moment

    def watch_content(self, before: PaneContent, now: PaneContent) -> None:
        """Display the new content."""
        self.update_classes({f"-{before.value}": False, f"-{now.value}": True})
        self._show_title()
        self._card_shown_or_hidden()

    def _show_title(self) -> None:
        """Show what the frame contains; texts at the end have titles of their own."""
        if self.shows_card and self.card is not None:
            self.border_title = self.card.TITLE
        else:
            self.border_title = "Run" if self.shows_run else ""

    # The card

    @property
    def shows_card(self) -> bool:
        """Whether the card is in view, so that it can be decided."""
        return self.content is PaneContent.CARD

    @property
    def displayed(self) -> bool:
        """Whether this pane is on the screen, and no other view in its place."""
        return self._displayed

    @displayed.setter
    def displayed(self, displayed: bool) -> None:
        self._displayed = displayed
        self._card_shown_or_hidden()

    @property
    def displays_card(self) -> bool:
        """Whether the card is on the screen; it takes keys only then."""
        return self.shows_card and self.displayed

    def _card_shown_or_hidden(self) -> None:
        if self.card is not None:
            self.card.displayed = self.displays_card

    def may_focus(self, widget: Widget) -> bool:
        """Whether a widget may have the focus: one of a card that is not displayed may not."""
        return self.displays_card or self._card_container not in widget.ancestors

    @property
    def question(self) -> Question | None:
        """The question of the card; None without a card, or for a breakpoint."""
        return self.card.question if isinstance(self.card, QuestionCard) else None

    @property
    def at_breakpoint(self) -> bool:
        """Whether the card is that of a breakpoint."""
        return isinstance(self.card, BreakpointCard)

    @property
    def compares(self) -> bool:
        """Whether the card shows texts next to each other where there is room for that."""
        return self.card is not None and self.card.compares

    def unsaved(self) -> Typed | None:
        """Return what was typed into the card and not posted yet."""
        return self.card.unposted() if isinstance(self.card, QuestionCard) else None

    async def mount_card(self, card: Card | None) -> None:
        """Replace the card, or remove it."""
        with self.app.batch_update():  # drawing a half-removed card would raise
            await self._card_container.remove_children()
            self.card = card
            self._card_shown_or_hidden()
            self.set_class(self.compares, "-compares")
            self._show_title()
            self.set_class(self.at_breakpoint, "-at-breakpoint")
            if card is not None:
                await self._card_container.mount(card)

    # The run

    @property
    def shows_run(self) -> bool:
        """Whether a run is followed."""
        return self.content is PaneContent.RUN

    def show_run(self, text: str) -> None:
        """Show a new run; `text` is its first line, ours or visible."""
        self._progress.begin(text)
        self.add_class("-ran")
        self.content = PaneContent.RUN

    def show_progress(self, progress: Progress) -> None:
        """Add an event of the run."""
        self._progress.add(progress)

    # The end

    def show_end(self, thread: ThreadView) -> None:
        """Show a thread without pending items: its final state, its error, or that it runs."""
        if thread.status is ThreadStatus.ERROR:
            error = thread.error or "The server reports no details."
            text = "\n\n".join(part for part in (error, thread.traceback) if part)
            self.show_text("The last run failed", text)
        elif thread.status is ThreadStatus.BUSY:
            busy = busy_remark(thread.busy_since, datetime.now(UTC))
            text = "A run is in progress on this thread. Press ctrl+r to follow it."
            self.show_text("Still running", f"{text}\n\n{busy}".rstrip())
        else:
            self._end.set_title("Done: the final state")
            self._end.show_json(thread.values)
            self._end_is_state = True
            self.content = PaneContent.END

    @property
    def shows_final_state(self) -> bool:
        """Whether the final state of a thread is in view."""
        return self.content is PaneContent.END and self._end_is_state

    def show_unknown(self, why: str) -> None:
        """Show that the outcome of what was sent is unknown."""
        self.show_text(
            "Outcome unknown",
            f"{why}\n\nThe graph may or may not have received what was sent. It is not sent again"
            " automatically.\nPress ctrl+r to read the thread again, and check what it did.",
        )

    def show_outcome(self, why: str) -> None:
        """Show the outcome of what was sent, where nothing more can be shown."""
        self.show_text("Sent", f"{why}\n\nPress ctrl+r to read the thread.")

    def show_failure(self, error: HitlError) -> None:
        """Show why the thread could not be read."""
        text = "\n\n".join(part for part in (str(error), error.detail) if part)
        self.show_text(error.title, text)

    def show_text(self, title: str, text: str) -> None:
        """Show a text in place of a question."""
        self._end.set_title(title)
        self._end.show_text(text)
        self._end_is_state = False
        self.content = PaneContent.END

    def show_moment(self, text: str) -> None:
        """Show that an earlier moment of the thread is in view, in place of its question."""
        self._moment.update(text)
        if not self.shows_run:
            self.content = PaneContent.MOMENT

    def take_focus(self) -> None:
        """Focus what is in view."""
        match self.content:
            case PaneContent.CARD if self.card is not None:
                self.card.take_focus()
            case PaneContent.RUN:
                self._progress.focus()
            case PaneContent.END:
                self._end.focus()
