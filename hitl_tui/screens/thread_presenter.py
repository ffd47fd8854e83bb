"""Reads a thread, and shows it in the header and the body of its screen."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from hitl_engine.errors import HitlError, JournalFailed, NoLongerWaits
from hitl_engine.model import (
    Breakpoint,
    Capability,
    Draft,
    Interrupt,
    Progress,
    Question,
    ReceivedAnswer,
    ThreadStatus,
    ThreadView,
    Waiting,
    busy_remark,
)
from hitl_engine.visible import json_text, visible
from hitl_tui.messages import MomentPicked
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.text_modal import ModalText
from hitl_tui.screens.workspace.views import proposed_views
from hitl_tui.state.thread_state import ItemChange, ThreadState
from hitl_tui.state.views import ViewName
from hitl_tui.text.conversation_tail import tail_of
from hitl_tui.text.diff import changes
from hitl_tui.text.item_summary import waiting_words
from hitl_tui.text.presence_words import card_words
from hitl_tui.widgets.banner import Severity
from hitl_tui.widgets.cards.breakpoint_card import BreakpointCard
from hitl_tui.widgets.cards.card_for import card_for
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.thread_header import CLOSED, ThreadHeader, change_text
from hitl_tui.widgets.thread_pane import PaneContent
from hitl_tui.widgets.workspace.workspace import Workspace


class ThreadPresenter:
    """Shows a thread: its pending item, its run or its end. `screen` may be in the background."""

    def __init__(
        self,
        screen: ConsoleScreen,
        thread: ThreadState,
        header: ThreadHeader,
        workspace: Workspace,
    ) -> None:
        self.screen = screen
        self._desk = screen.desk
        self.thread = thread
        self.header = header
        self.workspace = workspace
        self.pane = workspace.pane
        self.unread = False
        """Whether the thread could not be read, and nothing else is in view."""

    # Reading

    async def read(self) -> None:
        """Read the thread and show it; if it is busy, follow its run first."""
        thread_id = self.thread.thread_id
        self.unread = False
        try:
            view = await self._desk.thread(thread_id)
            if view.status is ThreadStatus.BUSY:
                self.thread.graph_id = view.graph_id
                busy = busy_remark(view.busy_since, datetime.now(UTC))
                self.show_run(f"A run is in progress. {busy}".rstrip())
                view = await self._desk.follow(thread_id, self.show_progress)
        except HitlError as error:
            self.unread = True
            self.pane.show_failure(error)
            self.update_title()
            self.screen.release_keys()
            return
        await self.show(view)

    async def reload(self) -> ModalText | None:
        """Read the thread again and show it; return how the question in view has changed."""
        before = self.thread.shown
        try:
            view = await self._desk.thread(self.thread.thread_id)
        except HitlError as error:
            self.header.banner.show_unread(error)
            return None
        self.header.banner.clear()
        if view.status is ThreadStatus.BUSY:
            await self.read()
            return None
        await self.show(view)
        return _difference(before, self.thread.shown)

    async def check_item(self) -> None:
        """Read the thread, and show whether the item in view has changed or is gone."""
        banner, before = self.header.banner, self.thread.change
        text = await self.compare()
        if text is None or banner.severity is Severity.ERROR:
            return  # the error shows why nothing was sent
        if text:
            banner.show(Severity.WARNING, text)
        elif before is not ItemChange.UNCHANGED:
            banner.clear()

    async def compare(self, refusal: NoLongerWaits | None = None) -> str | None:
        """Read the thread and compare the item in view; the title then shows the result.

        Return how it has changed, or an empty text; None if that cannot be known. The text begins with
        why an answer was refused, if it was, and what came first does not tell it already.
        """
        item = self.thread.shown
        try:
            view = await self._desk.thread(self.thread.thread_id)
        except HitlError:
            return None
        if item is None or self.thread.shown is not item or not self.pane.shows_card:
            return None
        self.thread.change = change = self.thread.change_in(view)
        if change is ItemChange.UNCHANGED:
            self.thread.view = view
            self._take_first_answer(view)
        else:
            self.header.reviewers.clear()
            self.header.note.clear()
        if self.pane.card is not None:
            self.pane.card.why_closed = CLOSED[change]
        self.update_title()
        if change is ItemChange.UNCHANGED:
            return ""
        given = await self._given(item) if change is ItemChange.GONE else None
        text = change_text(change, view.status, given)
        if refusal is None:
            return text
        told = given is not None and given.who
        return f"{'Nothing was taken.' if told else refusal.what} {text}"

    def _take_first_answer(self, view: ThreadView) -> None:
        """Show what another reviewer has answered meanwhile; what was typed stays."""
        now, card = self.thread.reviewers_changed_in(view.waiting), self.pane.card
        if now is None or not isinstance(card, QuestionCard):
            return
        self.thread.shown = now
        card.question = replace(card.question, interrupt=now)
        self.header.show_reviewers(now)

    async def _given(self, item: Waiting) -> ReceivedAnswer | None:
        if isinstance(item, Interrupt):
            with suppress(HitlError):  # what it tells is only an addition
                return await self._desk.answer_given(item)
        return None

    # Moments

    async def show_moment(self, event: MomentPicked) -> None:
        """Show the thread as it was at a checkpoint, or again as it is now."""
        self.thread.moment = event.moment
        if event.moment is not None:
            self.pane.show_moment(event.words)
            self.workspace.thread_changed()
            self.update_title()
        elif self.thread.view is not None and not self.pane.shows_run:
            in_question = self.workspace.current is ViewName.QUESTION
            await self.show(self.thread.view, focus=in_question)
        else:
            self.workspace.thread_changed()
            self.update_title()

    # Pending items, and the end

    async def show(self, view: ThreadView, *, focus: bool = True) -> None:
        """Show a thread that was just read: its pending item, or its end; and `focus` it."""
        self.thread.read(view)
        self.pane.tail.show(tail_of(self._desk.conversations.of(view)))
        if self.thread.moment is not None:
            return  # it is shown when the user leaves the moment
        with suppress(HitlError):  # the question can be answered without knowing its path
            self.thread.node_paths = await self._desk.places(view)
        self.update_title()
        self.workspace.thread_changed()
        item = self.thread.first_item()
        if self._desk.server.read_only:
            await self._show_to_read(view, focus=focus)
        elif item is None:
            await self._show_end(view, focus=focus)
        else:
            await self.show_item(item, focus=focus)

    async def _show_to_read(self, view: ThreadView, *, focus: bool) -> None:
        """Show what waits on a thread where nothing can be answered."""
        await self._show_end(view, focus=focus)
        self.header.banner.show(Severity.NOTE, visible(self._desk.server.read_only))
        if view.waiting:
            title = "What waits" if self._desk.server.name else "What waited at the end"
            self.pane.show_text(title, waiting_words(view.waiting))

    async def _show_end(self, view: ThreadView, *, focus: bool) -> None:
        self.thread.show(None)
        self.header.reviewers.clear()
        await self.pane.mount_card(None)
        self.pane.show_end(view)
        self.update_title()
        self._propose_views()
        if self.screen.is_current and focus:
            self.workspace.focus_news()
            self.screen.release_keys()

    async def show_item(self, item: Waiting, *, focus: bool = True) -> None:
        """Show the card of a pending item; keys of the card before do not reach it."""
        if self.screen.is_current and focus and self.pane.displayed:
            self.screen.session.early_keys.begin(keep_text=False)
        if isinstance(item, Breakpoint):
            self.header.show_lack(self._desk.server.lack(Capability.KEEP_REVIEWERS_APART))
            self.header.reviewers.clear()
            self.thread.show(item)
            card = BreakpointCard(item)
            card.missing_log_reason = self._desk.log_reasons.missing
            await self.pane.mount_card(card)
        else:
            await self._show_question(item)
        self.pane.content = PaneContent.CARD
        self.update_title()
        self._propose_views()
        if self.screen.is_current and focus:
            self.screen.call_after_refresh(self.workspace.focus_news)
            self.screen.release_keys()

    async def _show_question(self, item: Interrupt) -> None:
        reviews = self._desk.reviews
        question = reviews.question(item)
        draft, answered = await self._journalled(question)
        typed = draft.content if draft else None
        offered = self.screen.session.reasons.offered
        card: QuestionCard = card_for(question, reviews.answer_of, typed, reviews.cautions, offered)
        card.missing_log_reason = self._desk.log_reasons.missing
        card.one_of_several = self.thread.has_several
        self.thread.show(item)
        await self.pane.mount_card(card)
        decided = self.thread.decisions.holds(item)
        lack = self._desk.server.lack(Capability.KEEP_REVIEWERS_APART)
        self.header.show_note(item, decided=decided, answered=answered, draft=draft, lack=lack)
        self.header.show_reviewers(item)

    async def _journalled(self, question: Question) -> tuple[Draft | None, datetime | None]:
        """Return the draft of a question, and when it was answered before; it is shown without."""
        try:
            draft = await self._desk.drafts.find(question)
            return draft, await self._desk.answered_before(question)
        except JournalFailed as error:
            self.header.banner.show_unread(error)
            return None, None

    def _propose_views(self) -> None:
        view = self.thread.view
        has_messages = view is not None and bool(self._desk.conversations.of(view))
        self.workspace.propose(proposed_views(self.thread, has_messages=has_messages))

    def update_title(self) -> None:
        """Show which thread and which of its questions is in view, and its status."""
        thread, title = self.thread, self.header.title
        self.show_code()
        title.graph_id, title.thread_id = thread.graph_id, thread.thread_id
        title.node = thread.location_of(thread.shown) if thread.shown is not None else ""
        title.status = thread.status(
            running=self.pane.shows_run,
            outcome_unknown=self.pane.content is PaneContent.END and self.header.outcome_unknown,
        )
        shown = thread.shown if self.pane.shows_card else None
        title.deadline = self._desk.reviews.deadline_of(shown) if shown is not None else None
        title.at_moment = thread.moment is not None
        title.change = thread.change if self.pane.shows_card else ItemChange.UNCHANGED
        decided = [thread.decisions.holds(item) for item in thread.waiting]
        tabs = thread.tabs() if self.pane.shows_card else []
        self.show_people()
        self.header.tabs.show(tabs, thread.index, decided)
        self.screen.refresh_bindings()

    def show_code(self) -> None:
        """Show that the server cannot import the graph, or runs old code of it."""
        server, graph_id = self._desk.server, self.thread.graph_id
        broken = server.broken_graph(graph_id)
        if broken is not None:
            self.header.show_broken(broken)
        else:
            self.header.show_code_change(server.code_change(graph_id))

    def show_people(self) -> None:
        """Show who else is on the item in view, and let others know that it is open here."""
        people, thread_id = self._desk.people, self.thread.thread_id
        is_open = self.pane.shows_card and self.screen in self.screen.app.screen_stack
        if is_open:
            people.open(thread_id)
            found = people.of(thread_id)
            words = card_words(found, people.me)
            self.header.show_people(words, is_claimed=found.others_claim is not None)
        else:
            people.close(thread_id)
            self.header.show_people("", is_claimed=False)

    # Runs

    def show_run(self, text: str) -> None:
        """Show that a run begins; `text` is ours, or visible."""
        self.header.clear()
        self.thread.moment = None
        self.pane.show_run(text)
        self.update_title()
        if self.screen.is_current:
            self.workspace.take_focus()
            self.screen.release_keys()

    def show_progress(self, progress: Progress) -> None:
        """Show an event of the run; ignore those of other threads."""
        if not self.thread.thread_id:
            self.thread.thread_id = progress.thread_id
            self.update_title()
        if progress.thread_id == self.thread.thread_id:
            self.workspace.show_progress(progress)


def _difference(before: Waiting | None, now: Waiting | None) -> ModalText | None:
    """Return how the payload of a question has changed; None if it has not."""
    if not isinstance(before, Interrupt) or not isinstance(now, Interrupt):
        return None
    lines = changes(json_text(before.payload), json_text(now.payload))
    if not lines or before.interrupt_id != now.interrupt_id:
        return None
    return ModalText(
        "The question has changed",
        "The difference between the payload that you read and the payload now:",
        kept="What you typed is kept.",
        difference=tuple(lines),
    )
