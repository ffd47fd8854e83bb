"""Deciding on many items together: one screen that lists each of them, and what came of it."""

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.model import (
    Breakpoint,
    Outcome,
    OutcomeKind,
    Planned,
    Progress,
    ThreadStatus,
    Waiting,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.messages import BulkDecided
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.state.marks import ItemKey, Marks, key_of
from hitl_tui.state.session import Link, Session
from hitl_tui.widgets.banner import Banner, Weight
from hitl_tui.widgets.bulk.bulk_card import BulkCard
from hitl_tui.widgets.bulk.bulk_list import BulkList, BulkRow, RowStatus
from hitl_tui.widgets.text_view import Look
from hitl_tui.widgets.title_line import status_words

MOST = 500
"""Items on one screen: more are not read; the others stay marked, and come after these."""
_STANDINGS = {
    OutcomeKind.APPLIED: RowStatus.APPLIED,
    OutcomeKind.REFUSED: RowStatus.REFUSED,
    OutcomeKind.UNKNOWN: RowStatus.UNKNOWN,
}


class BulkPhase(Enum):
    """How far deciding is."""

    CHOOSING = "choosing"
    SENDING = "sending"
    ENDED = "ended"


class BulkScreen(ConsoleScreen):
    """Shows all marked items, what each gets, and what came of each.

    It may be left while decisions are sent: they go on, and what was typed stays.
    """

    DEFAULT_CSS = """
    BulkScreen {
        #title { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        &.-short {
            SendBar TextPane, SendBar #why { max-height: 2; }
            #withheld { max-height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
            BulkAnswer #words { height: 2; }
            BulkAnswer #json, BulkAnswer #options { height: 3; }
            BulkAnswer.-words #options { height: 2; }
            Banner { max-height: 3; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "back",
            "Inbox",
            tooltip="Back to the inbox; what you typed stays, what is sent goes on",
            id="bulk.back",
        ),
        Binding("x", "stop", "Stop", tooltip="Send nothing more after this", id="bulk.stop"),
    ]
    AUTO_FOCUS = "BulkList"

    phase: reactive[BulkPhase] = reactive(BulkPhase.CHOOSING, bindings=True)
    stopped: reactive[bool] = reactive(False, bindings=True)
    """Nothing more is to be sent."""

    def __init__(self, session: Session, marks: Marks) -> None:
        super().__init__(session)
        self.marks = marks
        self._sent: list[BulkRow] = []

    def compose_body(self) -> ComposeResult:
        """Put the count above the card."""
        self.title_line = Static(id="title", markup=False)
        self.banner = Banner()
        self.card = BulkCard(self.desk.alike, self.desk.plan)
        yield self.title_line
        yield self.banner
        yield self.card

    # Which items

    def on_screen_resume(self) -> None:
        """Show what is marked now; whatever covered it, it has to be in view again."""
        if self.phase is BulkPhase.CHOOSING:
            self._show_marked()
            self.card.guard()

    def _show_marked(self) -> None:
        marked = self.marks.items[:MOST]
        if _by_key(marked) != _by_key(row.waiting for row in self.card.taken):
            self.card.show_rows([BulkRow(self.desk.item(waiting)) for waiting in marked])
            self.banner.clear()
            if len(self.marks) > MOST:
                words = f"these are the first {MOST:,}; the others stay marked, and come next."
                self.banner.show(Weight.NOTE, words)
        self._show_title()

    def session_changed(self) -> None:
        """Leave out what no longer waits."""
        super().session_changed()
        if self.phase is not BulkPhase.CHOOSING or self.session.link is not Link.CONNECTED:
            return
        gone = [row for row in self.card.taken if row.waiting not in self.marks]
        for row in gone:
            row.standing = RowStatus.GONE
        if gone:
            self.card.compare()
            self._show_title()

    @on(BulkList.TurnedOut)
    def turn_out(self, event: BulkList.TurnedOut) -> None:
        """Take an item out, or back in; its mark goes with it."""
        row = event.row
        if self.phase is not BulkPhase.CHOOSING or row.standing is RowStatus.GONE:
            return
        out = row.standing is RowStatus.OUT
        row.standing = RowStatus.WAITING if out else RowStatus.OUT
        self.marks.toggle(row.waiting)
        self.card.compare()
        self._show_title()

    @on(BulkList.Looked)
    def look(self, event: BulkList.Looked) -> None:
        """Show an item whole, with the exact JSON that it gets."""
        row = event.row
        detail = []
        if row.planned is not None and not row.planned.fault:
            detail += ["What is sent", json_text(row.planned.answer), ""]
        if not isinstance(row.item, Breakpoint):
            detail += ["What it asks", json_text(row.item.interrupt.payload)]
        words, said = row.standing.value[0], row.said
        cautions = row.planned.cautions if row.planned else ()
        reading = ModalText(
            row.name,
            f"{words}: {said}" if said else words or "This is decided on with the others.",
            hint="\n".join(cautions),
            detail="\n".join(detail),
            look=Look.JSON,
        )
        self.app.push_screen(TextModal(reading))

    @on(BulkCard.Refused)
    def tell_why(self, event: BulkCard.Refused) -> None:
        """Say why a way is not offered."""
        self.tell(f"Not offered: {one_line(event.why, 400)}.")

    # Sending

    @property
    def busy(self) -> bool:
        """Whether decisions are being sent."""
        return self.phase is BulkPhase.SENDING

    @on(BulkDecided)
    def begin(self, event: BulkDecided) -> None:
        """Send what was decided, if it is what is in view."""
        rows = self.card.taken
        if self.phase is BulkPhase.CHOOSING and [row.planned for row in rows] == [*event.planned]:
            self._sent = rows
            self.stopped = False
            self.phase = BulkPhase.SENDING
            self._show_title()
            self.card.take_focus()
            self.decide(event.planned)

    @work(group="decide", exit_on_error=False)
    async def decide(self, planned: tuple[Planned, ...]) -> None:
        """Send a decision to each, and show what comes of it."""
        await self.desk.decide_each(
            planned,
            self.hear_progress,
            on_begun=self.hear_begun,
            on_ended=self.hear_ended,
            stopped=lambda: self.stopped,
        )
        self._end()

    def worker_failed(self, error: BaseException) -> None:
        """Whatever failed while something was sent: what became of it is not known."""
        super().worker_failed(error)
        if self.busy:
            self._end()

    def hear_begun(self, place: int) -> None:
        """Show that this one is under way."""
        self._stand(self._sent[place], RowStatus.SENDING)

    def hear_progress(self, progress: Progress) -> None:
        """Show at which node a run is."""
        for row in self._sent:
            if row.standing is RowStatus.SENDING and row.waiting.thread_id == progress.thread_id:
                self._stand(row, RowStatus.SENDING, progress.node)

    def hear_ended(self, place: int, result: Outcome | HitlError) -> None:
        """Show what came of this one; what was applied is marked no longer."""
        row = self._sent[place]
        if isinstance(result, HitlError):
            self._stand(row, RowStatus.REFUSED, str(result))
            return
        if result.kind is OutcomeKind.APPLIED:
            self.marks.remove(row.waiting)
        self._stand(row, _standing(result), _result_words(result))

    def _stand(self, row: BulkRow, standing: RowStatus, said: str = "") -> None:
        row.standing, row.said = standing, said
        self.card.list.redraw(row)
        self._show_title()

    def _end(self) -> None:
        for row in self._sent:
            if row.standing is RowStatus.SENDING:
                row.standing, row.said = RowStatus.UNKNOWN, "The console failed meanwhile."
            elif row.standing is RowStatus.WAITING:
                row.standing = RowStatus.UNSENT
        self.card.list.redraw()
        self.phase = BulkPhase.ENDED
        self._show_title()
        standings = {row.standing for row in self._sent}
        words = []
        if RowStatus.DIVERGED in standings:
            words.append("some tool calls did otherwise than decided; enter on a row shows how.")
        if standings <= {RowStatus.APPLIED, RowStatus.DIVERGED}:
            self.card.same.forget()
        else:
            words.append("what was not applied stays marked, as long as it waits.")
        if words:
            self.banner.show(Weight.WARNING, " ".join(words))
        if not self.is_current:
            self.tell(f"Decided together: {self._counts()}.")

    # Words

    def _show_title(self) -> None:
        rows = self._sent if self.phase is not BulkPhase.CHOOSING else self.card.taken
        total = f"{len(rows):,} item{'' if len(rows) == 1 else 's'}"
        match self.phase:
            case BulkPhase.CHOOSING:
                payloads = self.card.alike.payloads
                different = f"{payloads:,} different payload{'' if payloads == 1 else 's'}"
                words, more = f"Decide on {total}", different if payloads else ""
            case BulkPhase.SENDING:
                verb = "Stopping" if self.stopped else "Sending"
                words, more = f"{verb}: {self._done():,} of {len(rows):,}", self._counts()
            case BulkPhase.ENDED:
                words, more = self._counts(), f"of {total}"
        self.title_line.update(
            Content.assemble((words, "bold"), (f"  ·  {more}" if more else "", "$foreground 70%"))
        )
        self.marks.progress = words if self.phase is not BulkPhase.CHOOSING else ""

    def _done(self) -> int:
        ended = (*_STANDINGS.values(), RowStatus.DIVERGED)
        return sum(row.standing in ended for row in self._sent)

    def _counts(self) -> str:
        counts = Counter(row.standing for row in self._sent)
        words = {
            RowStatus.APPLIED: "applied",
            RowStatus.DIVERGED: "otherwise than decided",
            RowStatus.REFUSED: "refused",
            RowStatus.UNKNOWN: "unknown",
            RowStatus.UNSENT: "not sent",
        }
        return ", ".join(f"{counts[each]:,} {word}" for each, word in words.items() if counts[each])

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to stop while something is sent."""
        return self.busy and not self.stopped if action == "stop" else True

    def action_stop(self) -> None:
        """Send nothing more; what is under way comes to its end."""
        self.stopped = True
        self._show_title()

    def action_back(self) -> None:
        """Go back to the inbox. What is being sent goes on; what came of it has been read."""
        if self.phase is BulkPhase.ENDED:
            self.phase = BulkPhase.CHOOSING
            self.card.show_rows(())
            self.banner.clear()
            self._sent = []
            self.marks.progress = ""
        self.app.pop_screen()


def _by_key(items: Iterable[Waiting]) -> dict[ItemKey, Waiting]:
    return {key_of(item): item for item in items}


def _standing(outcome: Outcome) -> RowStatus:
    mismatched = outcome.mismatches and outcome.kind is OutcomeKind.APPLIED
    return RowStatus.DIVERGED if mismatched else _STANDINGS[outcome.kind]


def _result_words(outcome: Outcome) -> str:
    """Return what went otherwise than decided, and how the thread goes on."""
    return "; ".join((*outcome.mismatches, _then(outcome)))


def _then(outcome: Outcome) -> str:
    """Return how the thread goes on, or why nothing was taken."""
    if outcome.kind is not OutcomeKind.APPLIED or outcome.thread is None:
        return outcome.why
    words = status_words(outcome.thread.status)
    if outcome.thread.status is ThreadStatus.ERROR:
        return f"{words}: {outcome.error or outcome.thread.error or ''}"
    nodes = ", ".join(item.node for item in outcome.thread.waiting)
    return f"{words} ({nodes})" if nodes else words
