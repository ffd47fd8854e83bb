"""The base of the views of a thread: each reads what it shows when it is in view and out of date."""

from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_tui.state.session import Session
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.widgets.titled_pane import titled
from hitl_tui.widgets.workspace.workspace import View

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from hitl_engine.desk import Desk
    from hitl_tui.screens.console_screen import ConsoleScreen


class WorkspacePane(View):
    """A view of a thread, with what it needs from the desk.

    A subclass sets `NAME`, composes its widgets in `compose_view`, and reads in `load`.
    """

    DEFAULT_CSS = """
    WorkspacePane {
        & > #view { height: 1fr; }
        TitledPane, TitledPane:focus { border-top: none; }
        & > #problem { display: none; height: 1fr; padding: 0 1; color: $text-error; }
        &.-problem > #problem { display: block; }
        &.-problem > #view { display: none; }
    }
    """

    def __init__(self, thread: ThreadState) -> None:
        super().__init__(id=f"{self.NAME.identifier}-view")
        self.thread = thread
        self._is_current = False
        """Whether what is shown is what the thread is now, or was at the moment in view."""
        self._problem = Static(id="problem", markup=False)
        self.set_detail("")

    def compose(self) -> ComposeResult:
        """Put the view where an error is shown if it cannot be read."""
        with Container(id="view"):
            yield from self.compose_view()
        yield self._problem

    def compose_view(self) -> ComposeResult:
        """Yield the widgets of the view."""
        raise NotImplementedError

    async def load(self) -> None:
        """Read from the desk what is in view, and show it. May raise HitlError, which is shown.

        Called in a worker; if the thread changes meanwhile, it is cancelled and called again.
        """
        raise NotImplementedError

    @property
    def desk(self) -> "Desk":
        """The desk."""
        return cast("ConsoleScreen", self.screen).desk

    @property
    def session(self) -> Session:
        """What all screens share."""
        return cast("ConsoleScreen", self.screen).session

    def show_notification(self, text: str, *, severity: "SeverityLevel" = "information") -> None:
        """Show a notification; `text` is ours, or visible."""
        cast("ConsoleScreen", self.screen).show_notification(text, severity=severity)

    def set_detail(self, detail: str) -> None:
        """Show a detail next to the title; it is ours, or visible text."""
        self.border_title = titled(self.NAME.title, detail)

    # When to read

    def thread_changed(self) -> None:
        """Read again what is shown, at once if it is displayed."""
        self._is_current = False
        self._load_if_displayed()

    def display_changed(self, displayed: bool) -> None:
        """Come into view, or leave it."""
        super().display_changed(displayed)
        self._load_if_displayed()

    def _load_if_displayed(self) -> None:
        if not self._is_current and self.has_class("-displayed") and self.thread.viewed is not None:
            self._is_current = True
            self._load()

    @work(group="load", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        try:
            await self.load()
        except HitlError as error:
            self._problem.update(str(error))
            self.add_class("-problem")
        else:
            self.remove_class("-problem")
