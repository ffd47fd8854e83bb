"""Runs that began from the same checkpoint as ours, on servers that do not refuse them. Pure functions.

Each of them runs the node and writes checkpoints after the common one. The thread goes on from the
newest, so only the run that wrote that one counts; the others are a branch that nothing reads.
"""

from collections.abc import Sequence
from enum import Enum

from hitl_engine.reading.wire import WireState


class Race(Enum):
    """What became of our run beside others."""

    ALONE = "no other run began from the same checkpoint"
    WON = "the thread has our result, and another run was replaced"
    LOST = "the thread has the result of another run"


def race_of(run_id: str | None, began_at: str, history: Sequence[WireState]) -> Race:
    """Return what became of the run that began at a checkpoint. `history`: the newest first."""
    since = [
        state for state in history if state.checkpoint_id > began_at
    ]  # ids are ordered by time
    ours = [state for state in since if state.run_id == run_id]
    kept = branch_since(began_at, history)
    if any(state in kept for state in ours):
        return Race.WON if len(kept) < len(since) else Race.ALONE
    return Race.LOST if kept else Race.ALONE


def branch_since(began_at: str, history: Sequence[WireState]) -> list[WireState]:
    """Return the states that lead from a checkpoint, without it, to the newest one; newest first.

    `history`: the newest first.
    """
    by_id = {state.checkpoint_id: state for state in history}
    branch: list[WireState] = []
    state = history[0] if history else None
    while state is not None and state.checkpoint_id > began_at:
        branch.append(state)
        parent = state.parent_checkpoint
        state = by_id.get((parent and parent.checkpoint_id) or "")
    return branch
