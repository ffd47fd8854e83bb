"""Runs that began from the same checkpoint as ours, on servers that do not refuse them. Pure functions.

Each of them runs the node and writes checkpoints after the common one. The thread goes on from the
newest, so only the run that wrote that one counts; the others are a branch that nothing reads.
"""

from collections.abc import Iterator, Sequence
from enum import Enum

from hitl_engine.reading.wire import WireState


class Race(Enum):
    """What became of our run beside others."""

    ALONE = "no other run began from the same checkpoint"
    WON = "the thread has our result, and another run was replaced"
    LOST = "the thread has the result of another run"


def race_of(run_id: str | None, began_at: str, history: Sequence[WireState]) -> Race:
    """Return what became of the run that began at a checkpoint. `history`: the newest first."""
    since = [state for state in history if _id(state) > began_at]  # ids are ordered by time
    ours = [state for state in since if _run(state) == run_id]
    kept = list(_branch_of_newest(since, began_at))
    if any(state in kept for state in ours):
        return Race.WON if len(kept) < len(since) else Race.ALONE
    return Race.LOST if kept else Race.ALONE


def _branch_of_newest(since: Sequence[WireState], began_at: str) -> Iterator[WireState]:
    """Yield the states from the newest one back to the checkpoint at which the runs began."""
    by_id = {_id(state): state for state in since}
    state = since[0] if since else None
    while state is not None and _id(state) != began_at:
        yield state
        parent = state.parent_checkpoint
        state = by_id.get((parent and parent.checkpoint_id) or "")


def _id(state: WireState) -> str:
    return (state.checkpoint and state.checkpoint.checkpoint_id) or ""


def _run(state: WireState) -> str | None:
    run_id = state.metadata.get("run_id")
    return run_id if isinstance(run_id, str) else None
