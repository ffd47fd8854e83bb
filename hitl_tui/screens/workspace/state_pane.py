"""The state of a thread."""

from textual.app import ComposeResult

from hitl_tui.screens.workspace.pane import WorkspacePane
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.state.views import ViewName
from hitl_tui.widgets.text_view import TextPane


class StatePane(WorkspacePane):
    """Shows the values of the thread as JSON."""

    NAME = ViewName.STATE

    def __init__(self, thread: ThreadState) -> None:
        super().__init__(thread)
        self._text = TextPane("", numbered=True)

    def compose_view(self) -> ComposeResult:
        """Show the text alone."""
        yield self._text

    async def load(self) -> None:
        """Show the values of the moment in view."""
        assert self.thread.viewed is not None, "only a thread that was read is shown"
        self._text.show_json(self.thread.viewed.values)

    def take_focus(self) -> None:
        """Focus the text."""
        self._text.focus()
