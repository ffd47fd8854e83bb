"""What stands above a thread: where one is, which questions there are, what one should know."""

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical

from hitl_engine.model import Draft, Interrupt
from hitl_engine.visible import one_line
from hitl_tui.widgets.banner import Banner, Weight
from hitl_tui.widgets.question_tabs import QuestionTabs
from hitl_tui.widgets.title_line import TitleLine


class ThreadHeader(Vertical):
    """Holds the lines above a thread; those that have nothing to say take no room."""

    DEFAULT_CSS = """
    ThreadHeader { height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.title = TitleLine()
        self.tabs = QuestionTabs()
        self.banner = Banner(id="banner")
        """What came of what was done last."""
        self.note = Banner(id="note")
        """What one should know of the question in view."""

    def compose(self) -> ComposeResult:
        """Put the place first, what one should know next to the card."""
        yield self.title
        yield self.tabs
        yield self.banner
        yield self.note

    def clear(self) -> None:
        """Nothing needs to be known any more."""
        self.banner.clear()
        self.note.clear()

    def show_otherwise(self, mismatches: Sequence[str]) -> None:
        """Say what went otherwise than it was decided."""
        self.banner.show(Weight.WARNING, otherwise_words(mismatches))

    def show_unknown(self, why: str, mismatches: Sequence[str]) -> None:
        """Say that it is not known what came of what was sent."""
        seen = f" {otherwise_words(mismatches)}" if mismatches else ""
        words = f"{why} Nothing is sent again; ctrl+r looks again.{seen}"
        self.banner.show(Weight.UNKNOWN, words)

    @property
    def in_doubt(self) -> bool:
        """Whether it says that an outcome is not known."""
        return self.banner.weight is Weight.UNKNOWN

    @property
    def has_news(self) -> bool:
        """Whether it says something that must be read."""
        return self.banner.weight not in (None, Weight.NOTE)

    def show_note(
        self, asked: Interrupt, *, decided: bool, answered: datetime | None, draft: Draft | None
    ) -> None:
        """Say what one should know before one decides: one thing, the weightiest."""
        if asked.task_error is not None:
            error = one_line(asked.task_error, 300)
            words = f"an earlier answer made its node fail: {error}"
            self.note.show(
                Weight.STUCK, f"{words} Answer again, or press f8 to have it asked anew."
            )
        elif decided:
            words = "decided, not sent. ctrl+s decides anew, ctrl+l looks over and sends."
            self.note.show(Weight.NOTE, words)
        elif answered is not None:
            words = f"already answered from here, at {_when(answered)}: that was applied,"
            self.note.show(Weight.WARNING, f"{words} and the same is asked again.")
        elif draft is None:
            self.note.clear()
        elif draft.unchanged:
            words = f"your draft of {_when(draft.saved)} was restored; the question is unchanged."
            self.note.show(Weight.NOTE, words)
        else:
            words = f"your draft of {_when(draft.saved)} was restored,"
            self.note.show(Weight.WARNING, f"{words} but the question has changed since.")


def otherwise_words(mismatches: Sequence[str]) -> str:
    """Return what did otherwise than decided, as far as a banner has room."""
    count = len(mismatches)
    several = f"{count} times otherwise than decided; the log has each. " if count > 1 else ""
    return several + " ".join(mismatches[:2])


def _when(at: datetime) -> str:
    return at.astimezone().strftime("%d %b %H:%M")
