"""One thread: its pending items, the decisions on them, and its runs."""

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget

from hitl_engine.errors import HitlError
from hitl_engine.model import Waiting
from hitl_tui.messages import (
    Decided,
    FileWanted,
    ForkRequested,
    GotoRequested,
    MomentPicked,
    NewInputRequested,
    RerunRequested,
    RunOnRequested,
    RunRequested,
    StateEditRequested,
    Stepped,
    Typed,
)
from hitl_tui.screens.claims import ask_to_take_over, offers_claims, toggle_claim
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.draft_keeper import PAUSE, DraftKeeper
from hitl_tui.screens.text_modal import TextModal
from hitl_tui.screens.thread_debugging import DebuggingRequest, ThreadDebugging
from hitl_tui.screens.thread_decisions import ThreadDecisions
from hitl_tui.screens.thread_keys import KEYS
from hitl_tui.screens.thread_presenter import ThreadPresenter
from hitl_tui.screens.thread_runs import Request, ThreadRuns
from hitl_tui.screens.workspace.views import views_of
from hitl_tui.state.session import ConnectionStatus, Session
from hitl_tui.state.thread_state import ItemChange, ThreadState
from hitl_tui.state.views import ViewName
from hitl_tui.text.fitting import counted
from hitl_tui.widgets.banner import Severity
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.question_tabs import QuestionTabs
from hitl_tui.widgets.thread_header import ThreadHeader
from hitl_tui.widgets.thread_pane import PaneContent
from hitl_tui.widgets.tool_calls.tool_calls_part import ToolCallsPart
from hitl_tui.widgets.workspace.workspace import Workspace

_CHANGES = frozenset({"retry", "run_again", "new_input", "reopen"})
"""Actions that a thread does not offer where nothing can be changed."""
_MOMENT = 0.02
"""Seconds; in a few of them a request begins."""


class ThreadScreen(ConsoleScreen):
    """Shows one thread, from question to question to its end."""

    CSS_PATH = "thread.tcss"
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(
        self,
        session: Session,
        item: Waiting | None = None,
        *,
        thread_id: str = "",
        run: RunRequested | None = None,
    ) -> None:
        """Show the thread of a pending item or a thread, or start a run on a new thread."""
        super().__init__(session)
        self.thread = ThreadState(self.desk.reviews, item, thread_id)
        self.header = ThreadHeader()
        self.workspace = Workspace(session.views, views_of(self.thread))
        self.pane = self.workspace.pane
        self._run = run
        self._requested = False
        """Whether a request is about to be sent: its worker has not begun yet."""
        self._drafts = DraftKeeper(self.desk.drafts)
        self._presenter = ThreadPresenter(self, self.thread, self.header, self.workspace)
        self._runs = ThreadRuns(self._presenter, self._drafts)
        self._decisions = ThreadDecisions(self._presenter, self._runs, self.send)
        self._debugging = ThreadDebugging(self._presenter, self._runs, self.send)

    def compose_top(self) -> ComposeResult:
        """Put what is in view beside the server; below it on a narrow screen."""
        with Container(id="top"):
            yield self.bar
            yield self.header.title

    def compose_body(self) -> ComposeResult:
        """Put the header above the views."""
        yield self.header
        yield self.workspace

    def on_mount(self) -> None:
        """Start the run, or read the thread."""
        self.watch(self, "focused", self._focus_changed, init=False)
        self._presenter.update_title()
        if self._run is not None:
            self.send(partial(self._runs.start, self._run))
        else:
            self.read_thread()

    def set_focus(
        self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False
    ) -> None:
        """Focus a widget, except of a card that is not displayed: that takes no key."""
        if widget is None or self.pane.may_focus(widget):
            super().set_focus(widget, scroll_visible, from_app_focus)

    def _focus_changed(self, focused: Widget | None) -> None:
        if focused is None and self.app.app_focus:  # what had it was hidden meanwhile
            self.call_after_refresh(self._focus_again)

    def _focus_again(self) -> None:
        if self.is_current and not self._focus_is_displayed:
            self.workspace.take_focus()

    @property
    def _focus_is_displayed(self) -> bool:
        return self.focused is not None and all(
            each.display for each in self.focused.ancestors_with_self if isinstance(each, Widget)
        )

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read_thread(self) -> None:
        """Read the thread and show it."""
        await self._presenter.read()
        self._runs.finish()

    def send(self, request: Request) -> None:
        """Send a request once and show its result, even if the user leaves meanwhile."""
        self._requested = True
        self.carry_out(request)

    @work(group="decide", exit_on_error=False)
    async def carry_out(self, request: Request) -> None:
        """Carry out a request."""
        self._requested = False
        await request()

    def worker_failed(self, error: BaseException) -> None:
        """Show the failure; if a request was being sent, its outcome is unknown."""
        super().worker_failed(error)
        self.session.early_keys.end()
        if self.pane.shows_run:
            self._runs.console_failed()

    # Decisions

    @on(Decided)
    async def take_decision(self, event: Decided) -> None:
        """Send a decision, or keep it until all questions are decided."""
        if (following := self._decisions.take(event)) is not None:
            await self.show_question(following)

    def action_review_decisions(self) -> None:
        """Show all decisions on this thread, and send them if confirmed."""
        self._decisions.review()

    @on(Stepped)
    def step(self, event: Stepped) -> None:
        """Step past the breakpoint in view."""
        self._decisions.step(event)

    def action_retry(self) -> None:
        """Run the failed nodes again, if confirmed."""
        self._decisions.retry()

    @work(group="read", exclusive=True, exit_on_error=False)
    async def action_reopen(self) -> None:
        """Ask the question in view again, if confirmed."""
        await self._decisions.reopen()

    def action_claim(self) -> None:
        """Claim the item in view, or give it back."""
        if (item := self.thread.shown) is not None:
            ask_to_take_over(self, self.desk, item, partial(self.claim, item))

    @work(group="claim", exclusive=True, exit_on_error=False)
    async def claim(self, item: Waiting) -> None:
        """Claim an item, or give it back."""
        await toggle_claim(self, self.desk, item)
        self._presenter.show_people()

    def action_new_input(self) -> None:
        """Open a form for another input of this thread."""
        self.post_message(NewInputRequested(self.thread.thread_id, self.thread.graph_id))

    @work(group="read", exclusive=True, exit_on_error=False)
    async def action_run_again(self) -> None:
        """Open a form that is filled in with the last run of this thread that had an input."""
        await self._decisions.run_again()

    @on(GotoRequested)
    @on(RunOnRequested)
    @on(RerunRequested)
    @on(ForkRequested)
    @on(StateEditRequested)
    @work(group="plan", exclusive=True, exit_on_error=False)
    async def debug(self, event: DebuggingRequest) -> None:
        """Run elsewhere or on, begin a branch, or edit the state, if the user confirms it."""
        await self._debugging.take(event)

    def on_unmount(self) -> None:
        """Let others know that the item is not open here any more."""
        self.desk.people.close(self.thread.thread_id)

    # Drafts

    @on(Typed)
    def save_soon(self, event: Typed) -> None:
        """Write the draft soon, with what is typed until then."""
        if self._drafts.hold(event):
            self.set_timer(PAUSE, self.save_draft)

    @work(group="draft", exit_on_error=False)
    async def save_draft(self) -> None:
        """Write the draft."""
        await self.save_drafts()

    async def save_drafts(self) -> None:
        """Write what was typed until now."""
        if (typed := self.pane.unsaved()) is not None:
            self._drafts.hold(typed)
        try:
            await self._drafts.save()
        except HitlError as error:
            self.header.banner.show(Severity.WARNING, f"The draft is not saved. {error}")

    # Changes by other clients, and of the code

    def session_changed(self) -> None:
        """Show whether the code is old; check whether the item in view is still pending."""
        super().session_changed()
        self._presenter.show_code()
        self._presenter.show_people()
        connected = self.session.connection is ConnectionStatus.CONNECTED
        if connected and self._presenter.unread:
            self.read_thread()  # the server can be reached again
        differs = self.thread.change is not ItemChange.UNCHANGED or self.thread.is_missing_from(
            self.session.inbox
        )
        inbox = self.session.inbox
        answered = self.thread.reviewers_changed_in(inbox.items if inbox is not None else ())
        if connected and (differs or answered is not None) and self.pane.shows_card:
            self.check_item()

    @work(group="check", exclusive=True, exit_on_error=False)
    async def check_item(self) -> None:
        """Read the thread before showing that an item is gone: the inbox may be older."""
        await self._presenter.check_item()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible now."""
        thread, shows_card = self.thread, self.pane.shows_card
        if action in _CHANGES and self.desk.server.read_only:
            return False
        match action:
            case "show_neighbour":
                return thread.has_several and shows_card
            case "review_decisions":
                return shows_card and any(map(thread.decisions.holds, thread.waiting))
            case "reopen":
                return shows_card and thread.may_be_stuck
            case "claim":
                return shows_card and offers_claims(self.desk)
            case "view":
                return self.workspace.has(ViewName.of(str(parameters[0])))
            case "retry":
                return self.pane.content is PaneContent.END and thread.failed_at is not None
            case "run_again" | "new_input":
                return not shows_card and thread.has_ended
            case "reload":
                return not self.pane.shows_run and bool(thread.thread_id)
            case _:
                return super().check_action(action, parameters)

    async def action_show_neighbour(self, by: int) -> None:
        """Show the next question, or the previous one; what is typed from now on is for that one."""
        self.session.early_keys.begin(keep_text=True)
        await self.show_question(self.thread.neighbour(by))

    @on(QuestionTabs.Picked)
    async def show_tab(self, event: QuestionTabs.Picked) -> None:
        """Show the question of a tab."""
        if self.pane.shows_card:
            self.session.early_keys.begin(keep_text=True)
            await self.show_question(self.thread.waiting[event.index])

    async def show_question(self, item: Waiting) -> None:
        """Show another question of this thread; what was typed is kept."""
        await self.save_drafts()
        self.header.banner.clear()
        if not self.pane.displayed:
            self.workspace.choose(ViewName.QUESTION)
        await self._presenter.show_item(item)

    @work(group="read", exclusive=True, exit_on_error=False)
    async def action_reload(self) -> None:
        """Read the thread again, and show how the question in view has changed."""
        await self.save_drafts()
        if (difference := await self._presenter.reload()) is not None:
            self.app.push_screen(TextModal(difference))

    # Views

    def action_view(self, identifier: str) -> None:
        """Show this view, and work in it."""
        self.workspace.choose(ViewName.of(identifier))

    def action_next_view(self) -> None:
        """Show the next view."""
        self.workspace.choose_next()

    @on(Workspace.Chosen)
    def keep_views(self) -> None:
        """Keep the choice for the next time."""
        self.keep_setting(self.session.views.identifiers, "views")

    @on(MomentPicked)
    async def show_moment(self, event: MomentPicked) -> None:
        """Let all views show the thread as it was at a checkpoint, or as it is now."""
        if event.thread_id == self.thread.thread_id:
            await self.save_drafts()
            await self._presenter.show_moment(event)

    @property
    def thread_in_view(self) -> str:
        """The id of the thread."""
        return self.thread.thread_id

    @property
    def is_ready(self) -> bool:
        """Whether the thread was read."""
        return self.pane.content is not PaneContent.LOADING

    def show_refused_keys(self, keys: tuple[str, ...]) -> None:
        """Show that these keys did nothing: on the card, if there is one."""
        if self.pane.card is not None and self.pane.displays_card and self.is_current:
            self.pane.card.refuse_early(keys)
        else:
            super().show_refused_keys(keys)

    def on_screen_resume(self) -> None:
        """Restart the guard of the card: something else was in view. Focus what came meanwhile."""
        self.call_after_refresh(self._focus_again)
        if self.pane.card is not None and self.pane.displays_card and not self.pane.card.answered:
            self.pane.card.guard.restart()
            if isinstance(self.pane.card, QuestionCard):
                self.pane.card.part.came_into_view()

    @on(FileWanted)
    @work(group="file", exclusive=True, exit_on_error=False)
    async def read_file(self, event: FileWanted) -> None:
        """Read the file that a tool call writes, and show how it would change."""
        file = await self.desk.files.read(event.path)
        card = self.pane.card
        if isinstance(card, QuestionCard) and isinstance(card.part, ToolCallsPart):
            card.part.show_file(event.call, file)

    @property
    def about_to_change(self) -> bool:
        """Whether something was decided or requested whose run is not shown yet."""
        card = self.pane.card
        return self._requested or (
            card is not None and card.answered and self.pane.shows_card and self.is_current
        )

    async def action_back(self) -> None:
        """Go back to the question, then to the list; a run continues on this screen until its end."""
        if self.workspace.current is not ViewName.QUESTION:
            self.workspace.choose(ViewName.QUESTION)
            return
        await self.save_drafts()
        if self.about_to_change:
            self.set_timer(_MOMENT, self.action_back)
            return
        if not self.is_current:
            return
        self.session.early_keys.end()
        if held := len(self.thread.decisions.decided(self.thread.waiting)):
            text = f"{counted(held, 'decision')} not sent; what you typed is kept."
            self.show_notification(text, severity="warning")
        self.leave()

    def leave(self) -> None:
        """Go back to the screen below; a run continues on this screen until its end."""
        self._runs.leave_screen()
