"""Deciding on many items together: a screen that lists each of them, and its result."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from hitl_engine.errors import HitlError
from hitl_engine.model import (
    Outcome,
    OutcomeKind,
    PlannedDecision,
    Progress,
    Question,
    Server,
    Waiting,
)
from hitl_engine.visible import one_line
from hitl_tui.messages import BulkDecided
from hitl_tui.screens.bulk_texts import item_text, result_text
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.text_modal import TextModal
from hitl_tui.state.bulk_choices import BulkChoices
from hitl_tui.state.bulk_drafts import Drafts, drafts_of, is_of_item
from hitl_tui.state.bulk_items import BulkItem, BulkItemStatus, BulkSending, with_log_reason
from hitl_tui.state.bulk_plan import plan_of_bulk
from hitl_tui.state.marks import ItemKey, Marks, key_of
from hitl_tui.state.outbox import Sending, SendingStatus
from hitl_tui.state.sessions import Sessions
from hitl_tui.text.fitting import counted
from hitl_tui.widgets.banner import Banner, Severity
from hitl_tui.widgets.bulk.bulk_card import BulkCard
from hitl_tui.widgets.bulk.bulk_list import BulkList
from hitl_tui.widgets.bulk.bulk_title import BulkTitle

if TYPE_CHECKING:
    from hitl_engine.deciding.bulk_decisions import QueuedBulk

_MAX_ITEMS = 500
"""Items on one screen. The others stay marked, and are shown after these are decided."""


class BulkPhase(Enum):
    """What the screen is used for now."""

    CHOOSING = "choosing"
    CONFIRMING = "confirming"
    """Everything that would be sent is shown."""
    SENDING = "sending"
    ENDED = "ended"


_BEFORE_SENDING = (BulkPhase.CHOOSING, BulkPhase.CONFIRMING)


class BulkScreen(ConsoleScreen):
    """Shows all marked items, what each gets, and the result for each.

    The user may leave it while decisions are sent: sending continues, and what was typed is kept.
    """

    DEFAULT_CSS = """
    BulkScreen {
        &.-short {
            SendBar TextPane, SendBar #why { max-height: 2; }
            #withheld { max-height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
            BulkAnswer #text { height: 2; }
            BulkAnswer #json, BulkAnswer #options { height: 3; }
            BulkAnswer.-text #options { height: 2; }
            Banner { max-height: 3; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "back",
            "Inbox",
            tooltip="Back to the inbox; what you typed is kept, and sending continues",
            id="bulk.back",
        ),
        Binding(
            "x",
            "stop",
            "Stop",
            tooltip="Stop sending; items that were not sent keep waiting",
            id="bulk.stop",
        ),
    ]
    AUTO_FOCUS = "BulkList"

    phase: reactive[BulkPhase] = reactive(BulkPhase.CHOOSING, bindings=True)
    stopped: reactive[bool] = reactive(False, bindings=True)
    """Whether the user stopped the sending."""

    def __init__(self, sessions: Sessions, marks: Marks) -> None:
        super().__init__(sessions.overview)
        self.desks = sessions.desks()
        self._sessions = sessions
        self.marks = marks
        self._sending = BulkSending()
        self._claims: list[tuple[int, str]] = []
        """The items that others have claimed, with what there is to confirm."""
        self._batch: Sending | None = None
        """The decisions that are on their way."""

    def compose_body(self) -> ComposeResult:
        """Put the title and a banner above the card."""
        self.title_line = BulkTitle()
        self.banner = Banner()
        choices = BulkChoices(self.desks.bulk.common_ways, self.desks.bulk.plan)
        self.card = BulkCard(choices, self.session.reasons.offered)
        self.card.missing_log_reason = self.desks.missing_log_reason
        yield self.title_line
        yield self.banner
        yield self.card

    # Which items

    def on_screen_resume(self) -> None:
        """Show the marked items; the card has to be in view again before anything is sent."""
        if self.phase is BulkPhase.CHOOSING:
            self._show_marked()
            self.card.guard.restart()

    def _show_marked(self) -> None:
        marked = self.marks.items[:_MAX_ITEMS]
        if _by_key(marked) != _by_key(item.waiting for item in self.card.list.included):
            before = {key_of(each.waiting): each for each in self.card.list.items}
            self.card.show_items([self._item(each, before.get(key_of(each))) for each in marked])
            self.banner.clear()
            if len(self.marks) > _MAX_ITEMS:
                words = f"these are the first {_MAX_ITEMS:,}; the others stay marked, and follow."
                self.banner.show(Severity.NOTE, words)
        self._show_title()

    def _item(self, waiting: Waiting, before: BulkItem | None) -> BulkItem:
        """Return an item to decide on; a choice for it alone is kept if it still asks the same."""
        target = waiting.target if self._sessions.several else ""
        own = before.own if before is not None and before.waiting == waiting else None
        return BulkItem(self.desks.reviews.item(waiting), target=target, own=own)

    @property
    def receivers(self) -> tuple[Server, ...]:
        """The servers of the items that are decided on."""
        items = (each.waiting for each in self.card.list.included)
        found = {id(server): server for item in items if (server := self._sessions.of(item).server)}
        return tuple(found.values())

    def session_changed(self) -> None:
        """Take out the items that are no longer pending, and show which others have claimed."""
        super().session_changed()
        if self.phase not in _BEFORE_SENDING or not self.session.connection.is_live:
            return
        items = self.card.list.included
        found = ((id(item), self.desks.reviews.claimed(item.waiting)) for item in items)
        claims = [(item, claimed) for item, claimed in found if claimed]
        gone = [item for item in items if item.waiting not in self.marks]
        for item in gone:
            item.status = BulkItemStatus.GONE
        if gone or claims != self._claims:
            self._claims = claims
            self._items_changed()

    @on(BulkList.ToggleRequested)
    def toggle_item(self, event: BulkList.ToggleRequested) -> None:
        """Take an item out and unmark it, or put it back and mark it."""
        item = event.item
        if self.phase is not BulkPhase.CHOOSING or item.status is BulkItemStatus.GONE:
            return
        item.status = BulkItemStatus.EXCLUDED if item.included else BulkItemStatus.WAITING
        self.marks.toggle(item.waiting)
        self._items_changed()

    def _items_changed(self) -> None:
        self.card.compare()
        self._show_title()

    @on(BulkList.ShowRequested)
    def show_item(self, event: BulkList.ShowRequested) -> None:
        """Show an item in full, with the exact JSON that it gets."""
        self.app.push_screen(TextModal(item_text(event.item)))

    @on(BulkCard.Refused)
    def show_refusal(self, event: BulkCard.Refused) -> None:
        """Show why a way is not offered."""
        self.show_notification(f"Not offered: {one_line(event.why, 400)}.")

    # Sending

    @property
    def busy(self) -> bool:
        """Whether decisions are being sent."""
        return self.phase is BulkPhase.SENDING

    @on(BulkDecided)
    def show_plan(self, event: BulkDecided) -> None:
        """Show everything that would be sent, if the decisions are those in view."""
        included = [each.planned for each in self.card.list.included]
        if self.phase is BulkPhase.CHOOSING and included == [*event.planned]:
            self.phase = BulkPhase.CONFIRMING
            self.confirm(event.planned)

    @work(group="confirm", exit_on_error=False)
    async def confirm(self, planned: tuple[PlannedDecision, ...]) -> None:
        """Show what happens to each item, and which drafts are passed over."""
        try:
            found = await self.desks.drafts(each.item for each in planned)
        except HitlError as error:
            self.banner.show_unread(error)
            self._choose_again()
            return
        if self.is_current:
            typed = [draft if draft is not None and is_of_item(draft) else None for draft in found]
            reasoned = [self._with_reason(each) for each in planned]
            modal = ConfirmModal(plan_of_bulk(reasoned, typed))
            drafts = drafts_of(reasoned, typed)
            self.app.push_screen(modal, partial(self._plan_closed, planned, drafts, modal))
        else:
            self._choose_again()

    def _plan_closed(
        self,
        planned: tuple[PlannedDecision, ...],
        drafts: Drafts,
        modal: ConfirmModal,
        confirmed: bool | None,
    ) -> None:
        if confirmed:
            self._send(planned, drafts, modal.card.jumped_over)
        else:
            self._choose_again()

    def _choose_again(self) -> None:
        """Go back to the choice, with everything that was chosen and typed."""
        self.phase = BulkPhase.CHOOSING
        self.card.reopen()

    def _send(
        self, planned: tuple[PlannedDecision, ...], drafts: Drafts, unseen: tuple[int, ...]
    ) -> None:
        """Send what was confirmed, except to items that are gone meanwhile.

        `unseen` has for each how many of its rows the user jumped over.
        """
        items = {id(each.item): each for each in self.card.list.included}
        left = [pair for pair in zip(planned, unseen, strict=True) if id(pair[0].item) in items]
        self._sending = BulkSending([items[id(each.item)] for each, _ in left])
        self.session.reasons.keep(each.decision for each, _ in left if each.decision is not None)
        self.stopped = False
        self.phase = BulkPhase.SENDING
        self._show_title()
        self.card.take_focus()
        self.decide(tuple(self._with_reason(_with_unseen(*pair)) for pair in left), drafts)

    def _with_reason(self, planned: PlannedDecision) -> PlannedDecision:
        """Return what is sent, with the reason for the log that all items get."""
        return replace(planned, item=with_log_reason(planned.item, self.card.log_reason))

    @work(group="decide", exit_on_error=False)
    async def decide(self, planned: tuple[PlannedDecision, ...], drafts: Drafts) -> None:
        """Send each item its decision, unless the user takes them back in time; show the results.

        All of them are on disk first, also as `drafts`: so nothing is lost if the console ends.
        """
        outbox = self.session.outbox
        waiting = [each.waiting for each in self._sending.items]
        grace = max((self._sessions.of(each).grace for each in waiting), default=0)
        try:
            await self.desks.save_drafts(drafts)
            queued = await self.desks.bulk.queue(planned, wait=timedelta(seconds=grace))
        except HitlError as error:
            error.kept = error.kept or "Nothing was sent."
            self._choose_again()
            self._show_title()
            self.banner.show(Severity.ERROR, str(error))
            return
        words = f"{counted(len(planned), 'decision')} on marked items"
        self._batch = outbox.add(words, waiting, grace=grace)
        if grace and not await self._batch.until_due():
            await self._take_back(queued, self._batch)
            return
        self._batch.stop = self.action_stop
        outbox.set_status(self._batch, SendingStatus.SENT)
        await self.desks.bulk.send(
            queued,
            self._on_progress,
            on_begun=self._on_begun,
            on_ended=self._on_ended,
            stopped=lambda: self.stopped,
        )
        self._end()

    async def _take_back(self, queued: "QueuedBulk", batch: Sending) -> None:
        """Go back to the choice, before anything was sent; each decision stays a draft."""
        try:
            await self.desks.bulk.withdraw(queued)
        except HitlError as error:  # nothing is sent, and the next start withdraws them
            self.banner.show_unread(error)
        self.session.outbox.replace(batch, {})
        self._batch = None
        self._choose_again()
        self._show_title()

    def worker_failed(self, error: BaseException) -> None:
        """Show the failure; the results of decisions that were being sent are unknown."""
        super().worker_failed(error)
        if self.busy:
            self._end()
        elif self.phase is BulkPhase.CONFIRMING:
            self._choose_again()

    def _on_begun(self, place: int) -> None:
        self._redraw(self._sending.begin(place))

    def _on_progress(self, progress: Progress) -> None:
        for item in self._sending.at_node(progress):
            self._redraw(item)

    def _on_ended(self, place: int, result: Outcome | HitlError) -> None:
        item = self._sending.end(place, result, result_text(result))
        done = (OutcomeKind.APPLIED, OutcomeKind.RECORDED)
        if isinstance(result, Outcome) and result.kind in done:
            self.marks.remove(item.waiting)
        self._redraw(item)

    def _redraw(self, item: BulkItem) -> None:
        self.card.list.redraw(item)
        self._show_title()

    def _end(self) -> None:
        self._sending.close()
        if self._batch is not None:
            self.session.outbox.replace(self._batch, self._sending.outcomes)
            self._batch = None
        self.card.list.redraw()
        self.phase = BulkPhase.ENDED
        self._show_title()
        self._show_end()
        if not self.is_current:
            self.show_notification(f"Decided together: {self._sending.counts()}.")

    def _show_end(self) -> None:
        statuses = self._sending.statuses
        sentences = []
        if BulkItemStatus.MISMATCHED in statuses:
            sentences.append("something was not as decided; enter on a row shows what.")
        if statuses <= {
            BulkItemStatus.APPLIED,
            BulkItemStatus.MISMATCHED,
            BulkItemStatus.RECORDED,
        }:
            self.card.choices.forget()
            self.card.send_bar.log_reason.load("")
        else:
            sentences.append("what was not applied stays marked while it waits.")
        if sentences:
            self.banner.show(Severity.WARNING, " ".join(sentences))

    # The title

    @on(BulkCard.OwnChanged)
    def count_own(self) -> None:
        """Show how many items have a choice of their own."""
        self._show_title()

    def _show_title(self) -> None:
        if self.phase in _BEFORE_SENDING:
            choices = self.card.choices
            self.title_line.show_choosing(
                len(self.card.list.included),
                choices.shared_ways.payloads,
                len(choices.of_their_own),
            )
            self.marks.progress = ""
        else:
            ended = self.phase is BulkPhase.ENDED
            self.title_line.show_sending(self._sending, ended=ended, stopped=self.stopped)
            self.marks.progress = self.title_line.title

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to stop while decisions are sent."""
        if action == "stop":
            return self.busy and not self.stopped
        return super().check_action(action, parameters)

    def action_stop(self) -> None:
        """Stop sending; decisions that are being sent are finished."""
        self.stopped = True
        self._show_title()

    def action_back(self) -> None:
        """Go back to the inbox. Sending continues; finished results are cleared."""
        if self.phase is BulkPhase.ENDED:
            self.phase = BulkPhase.CHOOSING
            self.card.show_items(())
            self.banner.clear()
            self._sending = BulkSending()
            self.marks.progress = ""
        self.app.pop_screen()


def _by_key(items: Iterable[Waiting]) -> dict[ItemKey, Waiting]:
    return {key_of(item): item for item in items}


def _with_unseen(planned: PlannedDecision, rows: int) -> PlannedDecision:
    """Return what is sent, with how many rows were not on the screen, for the log."""
    if isinstance(planned.item, Question):
        return replace(planned, item=replace(planned.item, unseen=rows))
    return planned
