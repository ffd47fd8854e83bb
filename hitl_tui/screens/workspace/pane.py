"""The base of the views of a thread: each reads what it shows when it is in view and out of date."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.visible import visible
from hitl_tui.state.session import ConnectionStatus, Session
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.widgets.titled_pane import titled
from hitl_tui.widgets.workspace.workspace import View

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from hitl_engine.desk import Desk
    from hitl_tui.screens.console_screen import ConsoleScreen


class LoadProblem(Static, can_focus=True):
    """Shows why a view could not be read, and takes the key that reads it again."""

    DEFAULT_CSS = """
    LoadProblem { display: none; height: 1fr; padding: 0 1; color: $text-error; }
    LoadProblem:focus { background: $surface; }
    """
    HELP = """\
    ### A view that could not be read
    **r** reads it again. It is also read again when it is displayed again, and when a server that
    did not answer answers again.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "read_again", "Read again", tooltip="Read this view again", id="view.again"),
    ]

    class ReadAgainRequested(Message):
        """The user asked to read the view again."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def action_read_again(self) -> None:
        """Ask to read the view again."""
        self.post_message(self.ReadAgainRequested())


class WorkspacePane(View):
    """A view of a thread, with what it needs from the desk.

    A subclass sets `NAME`, composes its widgets in `compose_view`, reads in `load`, and focuses in
    `focus_view` what the user works with.
    """

    DEFAULT_CSS = """
    WorkspacePane {
        & > #view { height: 1fr; }
        TitledPane, TitledPane:focus { border-top: none; }
        &.-problem > LoadProblem { display: block; }
        &.-problem > #view { display: none; }
    }
    """

    def __init__(self, thread: ThreadState) -> None:
        super().__init__(id=f"{self.NAME.identifier}-view")
        self.thread = thread
        self._is_current = False
        """Whether what is shown is what the thread is now, or was at the moment in view."""
        self._problem = LoadProblem()
        self._was_connected = True
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

    def focus_view(self) -> None:
        """Focus what the user works with in this view."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Focus what the user works with, or the reason why the view could not be read."""
        if self.could_not_load:
            self._problem.focus()
        else:
            self.focus_view()

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
        if displayed and self.could_not_load and not self.has_class("-displayed"):
            self._is_current = False
        super().display_changed(displayed)
        self._load_if_displayed()

    @property
    def could_not_load(self) -> bool:
        """Whether the view shows why it could not be read."""
        return self.has_class("-problem")

    def on_mount(self) -> None:
        """Follow the connection."""
        self.session.subscribe(self._session_changed)

    def on_unmount(self) -> None:
        """Stop following it."""
        self.session.unsubscribe(self._session_changed)

    def _session_changed(self) -> None:
        connected = self.session.connection is ConnectionStatus.CONNECTED
        if connected and not self._was_connected and self.could_not_load:
            self.load_again()
        self._was_connected = connected

    @on(LoadProblem.ReadAgainRequested)
    def load_again(self) -> None:
        """Read again what could not be read, at once if it is displayed."""
        self._is_current = False
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
            has_focus = self.has_focus_within
            self._problem.update(visible(str(error)))
            self.add_class("-problem")
            if has_focus:
                self._problem.focus()
        else:
            had_focus = self._problem.has_focus
            self.remove_class("-problem")
            if had_focus:
                self.call_after_refresh(self.focus_view)
