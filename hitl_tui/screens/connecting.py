"""The first screen, until the target is open; it imports little, so that it appears at once."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.last_seen import SeenRows
from hitl_tui.state.session import ConnectionStatus, Session
from hitl_tui.widgets.last_seen_list import LastSeenList

_TEXTS = {
    ConnectionStatus.CONNECTING: "Connecting…",
    ConnectionStatus.FAILED: "No target is open.",
}
_MEANWHILE = {ConnectionStatus.FAILED: "not connected"}
NOT_LIVE = "This is the list as of {}. The item opens as soon as the list is live."
"""Why nothing opens at once from the list as last seen."""


class ConnectingScreen(ConsoleScreen):
    """Shows that the target is being opened, or that it could not be opened.

    If there is one, the inbox as last seen is shown meanwhile.
    """

    DEFAULT_CSS = """
    ConnectingScreen {
        #status { height: 1fr; content-align: center middle; color: $foreground 70%; }
        #as-of { display: none; height: 1; padding: 0 1; color: $foreground 70%; text-wrap: nowrap; }
        #seen { border: round $accent; border-title-color: $foreground; }
        &.-short #as-of { display: block; }
        &.-short #seen { border: none; }
    }
    """

    def __init__(self, session: Session, last_seen: SeenRows | None = None) -> None:
        super().__init__(session)
        self._last_seen = last_seen

    def compose_body(self) -> ComposeResult:
        """Put the status in the middle, or above the list, in the frame that the inbox has."""
        seen = self._last_seen
        self.status = Static(id="status" if seen is None else "as-of", markup=False)
        self.frame = Vertical(id="seen")
        yield self.status
        if seen is not None:
            with self.frame:
                yield LastSeenList(seen)

    def session_changed(self) -> None:
        """Show the new status."""
        super().session_changed()
        seen, status = self._last_seen, self.session.connection
        if seen is None:
            self.status.update(_TEXTS.get(status, ""))
        elif seen.targets:  # else the inbox above it is live
            words = seen.words(_MEANWHILE.get(status, "connecting"))
            self.status.update(words)
            self.frame.border_title = Content(words)

    @on(LastSeenList.NotLive)
    def tell_when_it_opens(self) -> None:
        """Tell why nothing opens yet."""
        if self._last_seen is not None:
            self.show_notification(NOT_LIVE.format(self._last_seen.when))
