"""The lines above a thread: tabs of its questions, results and notes; and its title."""

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical

from hitl_engine.errors import ended
from hitl_engine.model import BrokenGraph, Draft, Interrupt, ReceivedAnswer, ThreadStatus
from hitl_engine.visible import json_text, one_line
from hitl_tui.state.thread_state import ItemChange
from hitl_tui.text.broken_graph import broken_text
from hitl_tui.text.two_reviewers import two_reviewers_words
from hitl_tui.widgets.banner import Banner, Severity
from hitl_tui.widgets.question_tabs import QuestionTabs
from hitl_tui.widgets.title_line import TitleLine, status_text


class ThreadHeader(Vertical):
    """Holds the lines above a thread; empty ones take no space."""

    DEFAULT_CSS = """
    ThreadHeader { height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.title = TitleLine()
        """What is in view; the screen puts it on its first line."""
        self.tabs = QuestionTabs()
        self.code = Banner(id="code")
        """That the server runs old code of the graph, or cannot import it."""
        self.banner = Banner(id="banner")
        """The result of the last action."""
        self.note = Banner(id="note")
        """What to know about the question in view."""
        self.reviewers = Banner(id="reviewers")
        """That it needs two reviewers, and what the first has answered."""
        self.people = Banner(id="people")
        """Who else is on it."""

    def compose(self) -> ComposeResult:
        """Put the note next to the card."""
        yield self.tabs
        yield self.code
        yield self.banner
        yield self.note
        yield self.reviewers
        yield self.people

    def clear(self) -> None:
        """Remove all messages about a question and what was sent."""
        self.banner.clear()
        self.note.clear()
        self.reviewers.clear()

    def show_people(self, words: str, *, is_claimed: bool) -> None:
        """Show who else is on the item in view; `is_claimed`: somebody else has claimed it."""
        if words:
            self.people.show(Severity.WARNING if is_claimed else Severity.NOTE, f"{words}.")
        else:
            self.people.clear()

    def show_code_change(self, text: str) -> None:
        """Show that the code of the graph changed; nothing if `text` is empty."""
        if text:
            self.code.show(Severity.WARNING, f"{text} f6 takes up the new code.")
        else:
            self.code.clear()

    def show_broken(self, graph: BrokenGraph) -> None:
        """Show that the graph cannot be imported, so that nothing can be answered."""
        self.code.show(Severity.ERROR, f"{broken_text(graph)} Nothing can be answered until then.")

    def show_mismatches(self, mismatches: Sequence[str]) -> None:
        """Show what was not as decided."""
        self.banner.show(Severity.WARNING, mismatch_text(mismatches))

    def show_unknown(self, why: str, mismatches: Sequence[str]) -> None:
        """Show that the outcome of what was sent is unknown."""
        known = f" {mismatch_text(mismatches)}" if mismatches else ""
        text = f"{why} Nothing is sent again automatically; ctrl+r reads the thread.{known}"
        self.banner.show(Severity.UNKNOWN, text)

    @property
    def outcome_unknown(self) -> bool:
        """Whether the banner shows that an outcome is unknown."""
        return self.banner.severity is Severity.UNKNOWN

    @property
    def must_be_read(self) -> bool:
        """Whether the banner shows more than a note."""
        return self.banner.severity not in (None, Severity.NOTE, Severity.RECORDED)

    def show_note(
        self,
        interrupt: Interrupt,
        *,
        decided: bool,
        answered: datetime | None,
        draft: Draft | None,
        lack: str = "",
    ) -> None:
        """Show the most important thing to know about a question before it is decided.

        `lack`: what the server cannot do, and matters here.
        """
        if interrupt.task_error is not None:
            error = ended(one_line(interrupt.task_error, 300))
            text = f"an earlier answer made its node fail: {error}"
            self.note.show(Severity.STUCK, f"{text} Answer again, or press f8 to reopen it.")
        elif decided:
            text = "decided, not sent. ctrl+s changes the decision, ctrl+l reviews and sends."
            self.note.show(Severity.NOTE, text)
        elif answered is not None:
            text = f"already answered at {_time(answered)}: that answer was applied,"
            self.note.show(Severity.WARNING, f"{text} and the graph asks the same again.")
        elif interrupt.remark:
            self.note.show(Severity.WARNING, one_line(interrupt.remark, 300))
        elif draft is None and lack:
            self.note.show(Severity.NOTE, lack)
        else:
            self._show_draft(draft)

    def show_reviewers(self, interrupt: Interrupt) -> None:
        """Show what to know of a question that needs two reviewers; nothing if it needs one."""
        if interrupt.two_reviewers is None:
            self.reviewers.clear()
        else:
            self.reviewers.show(Severity.REVIEWERS, two_reviewers_words(interrupt))

    def show_lack(self, lack: str) -> None:
        """Show what the server cannot do, and matters here; nothing if it can."""
        if lack:
            self.note.show(Severity.NOTE, lack)
        else:
            self.note.clear()

    def _show_draft(self, draft: Draft | None) -> None:
        if draft is None:
            self.note.clear()
        elif draft.unchanged:
            text = f"your draft of {_time(draft.saved)} was restored; the question is unchanged."
            self.note.show(Severity.NOTE, text)
        else:
            text = f"your draft of {_time(draft.saved)} was restored,"
            self.note.show(Severity.WARNING, f"{text} but the question has changed since.")


def mismatch_text(mismatches: Sequence[str]) -> str:
    """Return what was not as decided: the first two, and how many."""
    count = len(mismatches)
    several = f"{count} things were not as decided; the log lists all."
    start = several if count > 1 else "Not as decided:"
    return " ".join((start, *mismatches[:2]))


CLOSED = {
    ItemChange.UNCHANGED: "",
    ItemChange.CHANGED: "The question has changed while you read it; ctrl+r shows the difference.",
    ItemChange.GONE: "This is no longer pending; ctrl+r shows the thread as it is now.",
}
"""Why nothing is sent from a card; empty if it is."""


def change_text(change: ItemChange, now: ThreadStatus, given: ReceivedAnswer | None) -> str:
    """Return how the item in view has changed; `given` is the answer that it got, if it is known."""
    if change is ItemChange.CHANGED:
        return (
            "The question has changed while you read it. What you typed is kept;"
            " ctrl+r shows the difference."
        )
    if given is not None and given.who:
        how = _given_words(given)
    elif now is ThreadStatus.BUSY:
        how = "a run is in progress on its thread"
    else:
        how = "it was answered or replaced elsewhere"
    return (
        f"This is no longer pending: {how}. What you typed is kept; ctrl+r shows the thread as it"
        f" is now: {status_text(now)}."
    )


def _given_words(given: ReceivedAnswer) -> str:
    """Return who answered, when, and what."""
    at = f" at {given.at.astimezone():%H:%M}" if given.at is not None else ""
    what = "".join(f", with {one_line(json_text(each, indent=None), 120)}" for each in given.answer)
    return f"{one_line(given.who, 80)} answered it{at}{what}"


def _time(at: datetime) -> str:
    return at.astimezone().strftime("%d %b %H:%M")
