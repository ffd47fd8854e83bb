"""The main part of a thread's screen, and the state of the thread next to it or below it."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from hitl_tui.widgets.text_view import TextPane
from hitl_tui.widgets.thread_pane import ThreadPane


class PaneAndState(Horizontal):
    """Shows the pane, and the state when there is space for it or the user asks for it."""

    def __init__(self) -> None:
        super().__init__(id="middle")
        self.pane = ThreadPane()
        self.state = TextPane("State", numbered=True, id="state")
        self._state_wanted: bool | None = None
        """What the user chose last; None before that."""
        self._width = 0

    def compose(self) -> ComposeResult:
        """Put the state after the pane."""
        yield self.pane
        yield self.state

    @property
    def shows_state(self) -> bool:
        """Whether the state is displayed."""
        return self.has_class("-state")

    def toggle_state(self) -> None:
        """Show or hide the state, from now on."""
        self._state_wanted = not self.shows_state
        self.update_state()
        if self.shows_state and self.screen.has_class("-short"):
            self.state.focus()

    def hide_state(self) -> None:
        """Hide the state for the time of a run."""
        self.remove_class("-state")

    def update_state(self) -> None:
        """Show the state as the user chose; else at breakpoints, and next to cards if wide.

        The final state of a thread is in the pane; it is not shown twice.
        """
        wanted = self._state_wanted
        if wanted is None:
            wide = self.screen.has_class("-wide")
            wanted = self.pane.shows_card and (self.pane.at_breakpoint or wide)
        self.set_class(wanted and not self.pane.shows_final_state, "-state")
        self.set_class(not self.pane.at_breakpoint, "-one-at-a-time")

    def on_resize(self, event: events.Resize) -> None:
        """A wide screen has space for the state."""
        if event.size.width != self._width:
            self._width = event.size.width
            self.call_after_refresh(self.update_state)
