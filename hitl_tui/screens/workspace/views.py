"""The views of a thread besides its question, in the order of their numbers."""

from hitl_tui.screens.workspace.graph_pane import GraphPane
from hitl_tui.screens.workspace.pane import WorkspacePane
from hitl_tui.screens.workspace.state_pane import StatePane
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.state.views import ViewName


def views_of(thread: ThreadState) -> tuple[WorkspacePane, ...]:
    """Return the views of a thread."""
    return (StatePane(thread), GraphPane(thread))


def proposed_views(thread: ThreadState) -> tuple[ViewName, ...]:
    """Return the views that help with what the thread asks, the most helpful first."""
    return (ViewName.STATE,)
