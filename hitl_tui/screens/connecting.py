"""The first screen, until the target is open; it imports little, so that it appears at once."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.session import ConnectionStatus
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
        #as-of { height: 1; padding: 0 1; color: $foreground 70%; text-wrap: nowrap; }
        &.-short LastSeenList { margin-top: 0; }
    }
    """

    def compose_body(self) -> ComposeResult:
        """Put the status in the middle, or above the list."""
        seen = self.session.last_seen
        self.status = Static(id="status" if seen is None else "as-of", markup=False)
        yield self.status
        if seen is not None:
            yield LastSeenList(seen)

    def session_changed(self) -> None:
        """Show the new status."""
        super().session_changed()
        seen, status = self.session.last_seen, self.session.connection
        if seen is None:
            self.status.update(_TEXTS.get(status, ""))
        else:
            self.status.update(seen.words(_MEANWHILE.get(status, "connecting")))

    @on(LastSeenList.NotLive)
    def tell_when_it_opens(self) -> None:
        """Tell why nothing opens yet."""
        if self.session.last_seen is not None:
            self.show_notification(NOT_LIVE.format(self.session.last_seen.when))
