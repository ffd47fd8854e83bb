"""What a planned change of a thread does to what waits on it, and whether the thread is still the same."""

from collections.abc import Collection, Iterator, Sequence

from hitl_engine.errors import BadInput, Conflict, NoLongerWaits
from hitl_engine.model import ThreadStatus
from hitl_engine.reading.snapshot import Snapshot

NOTHING_SENT = "Nothing was sent."


def refuse_if_busy(now: Snapshot) -> None:
    """Raise Conflict while a run is in progress on a thread."""
    if now.status is ThreadStatus.BUSY:
        raise Conflict(
            f"A run is in progress on thread {now.thread_id}.",
            kept=NOTHING_SENT,
            hint="Wait until it ends, or cancel it.",
        )


def refuse_if_changed(now: Snapshot, newest_id: str, pending_ids: Sequence[str]) -> None:
    """Raise NoLongerWaits if a thread is not as it was when a change was planned, Conflict if busy."""
    refuse_if_busy(now)
    if now.checkpoint_id != newest_id or set(now.pending_ids) != set(pending_ids):
        raise NoLongerWaits(
            "The thread has changed since you looked at it.",
            kept=NOTHING_SENT,
            hint="Look at it again.",
        )


def refuse_unknown_node(
    graph_id: str, node: str, known: Collection[str] | None, *, why: str = ""
) -> None:
    """Raise BadInput for a node that a graph does not have; `known` is None where that is not known.

    `why`: what else there is to know, behind the name.
    """
    if known is not None and node not in known:
        raise BadInput(
            f"{graph_id} has no node {node}{why}.",
            kept=NOTHING_SENT,
            hint=f"Its nodes are: {', '.join(known)}.",
        )


def cautions_about(now: Snapshot, *, is_fork: bool) -> Iterator[str]:
    """Yield what becomes of that which waits on a thread, if its state is written or a branch begins."""
    if now.interrupts:
        count = len(now.interrupts)
        which = "The question of" if count == 1 else f"{count} questions:"
        those = ", ".join(dict.fromkeys(asked.node for asked in now.interrupts))
        if is_fork:
            yield f"{which} {those} no longer waits: it stays behind in the present branch."
        else:
            yield f"{which} {those} disappears without an answer; a run that goes on may ask again."
