"""The views of a thread besides its question, in the order of their numbers."""

from hitl_engine.model import Breakpoint
from hitl_tui.screens.workspace.conversation_pane import ConversationPane
from hitl_tui.screens.workspace.graph_pane import GraphPane
from hitl_tui.screens.workspace.history_pane import HistoryPane
from hitl_tui.screens.workspace.pane import WorkspacePane
from hitl_tui.screens.workspace.runs_pane import RunsPane
from hitl_tui.screens.workspace.state_pane import StatePane
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.state.views import ViewName


def views_of(thread: ThreadState) -> tuple[WorkspacePane, ...]:
    """Return the views of a thread."""
    return (
        ConversationPane(thread),
        StatePane(thread),
        HistoryPane(thread),
        GraphPane(thread),
        RunsPane(thread),
    )


def proposed_views(thread: ThreadState, *, has_messages: bool) -> tuple[ViewName, ...]:
    """Return the views that help with what the thread asks, the most helpful first."""
    if not has_messages:
        return (ViewName.STATE,)
    if isinstance(thread.shown, Breakpoint):
        return (ViewName.STATE, ViewName.CONVERSATION)
    return (ViewName.CONVERSATION, ViewName.STATE)
