"""What is on screen from the first moment until a target is open; it loads next to nothing."""

from textual.app import ComposeResult
from textual.widgets import Static

from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.session import Link

_WORDS = {Link.CONNECTING: "Connecting…", Link.FAILED: "No target is open."}


class ConnectingScreen(ConsoleScreen):
    """Says that the target is being opened, or that it could not be."""

    DEFAULT_CSS = """
    ConnectingScreen #words {
        height: 1fr;
        content-align: center middle;
        color: $foreground 70%;
    }
    """

    def compose_body(self) -> ComposeResult:
        """Say it in the middle."""
        self.words = Static(_WORDS[Link.CONNECTING], id="words", markup=False)
        yield self.words

    def session_changed(self) -> None:
        """Say what became of it."""
        super().session_changed()
        self.words.update(_WORDS.get(self.session.link, ""))
