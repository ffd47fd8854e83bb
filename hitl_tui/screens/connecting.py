"""The first screen, until the target is open; it imports little, so that it appears at once."""

from textual.app import ComposeResult
from textual.widgets import Static

from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.session import ConnectionStatus

_TEXTS = {
    ConnectionStatus.CONNECTING: "Connecting…",
    ConnectionStatus.FAILED: "No target is open.",
}


class ConnectingScreen(ConsoleScreen):
    """Shows that the target is being opened, or that it could not be opened."""

    DEFAULT_CSS = """
    ConnectingScreen #status {
        height: 1fr;
        content-align: center middle;
        color: $foreground 70%;
    }
    """

    def compose_body(self) -> ComposeResult:
        """Put the status in the middle."""
        self.status = Static(_TEXTS[ConnectionStatus.CONNECTING], id="status", markup=False)
        yield self.status

    def session_changed(self) -> None:
        """Show the new status."""
        super().session_changed()
        self.status.update(_TEXTS.get(self.session.connection, ""))
