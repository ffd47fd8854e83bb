"""Snapshots of threads from what servers send: a whole row, a row and its state, or a summary alone."""

from hitl_engine.model import FirstAnswer, TwoReviewers
from hitl_engine.reading.shapes import OddShape
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.wire import WireState, WireTask, WireThread

_UNKNOWN_NODE = "unknown node"
"""For a task of a row, which contains no names."""
_WRITTEN = ("update", "fork")
"""The `source` of a checkpoint that a client wrote; other checkpoints are those of runs."""


def from_row(row: WireThread) -> Snapshot | None:
    """Return the snapshot of a row that contains the state, or None if the state must be read."""
    if row.tasks is None:
        return None
    stop = row.breakpoint
    return Snapshot(
        thread_id=row.thread_id,
        graph_id=row.graph_id,
        row_status=row.status,
        row_error=row.error,
        values=row.values,
        next=row.next,
        tasks=row.tasks,
        checkpoint_id=row.checkpoint_id or "",
        since=(stop and stop.since) or row.state_updated_at,
        changed=row.updated_at,
        when="after" if stop and stop.when == "after" else "before" if stop else None,
        node=stop.node if stop else "",
        traceback=row.last_run.traceback if row.last_run else "",
        code_changed=row.code_changed or "",
        two_reviewers=_two_reviewers(row),
    )


def _two_reviewers(row: WireThread) -> TwoReviewers | None:
    if row.four_eyes is None:
        return None
    rules = dict.fromkeys(name for names in row.four_eyes.rules.values() for name in names)
    first = next(iter(row.approvals or ()), None)
    if first is None:
        return TwoReviewers(tuple(rules))
    sent = FirstAnswer(first.name, first.at, first.answer, first.answer_digest)
    return TwoReviewers(tuple(rules), sent)


def from_state(row: WireThread, state: WireState) -> Snapshot:
    """Return the snapshot of a thread whose row is only a summary.

    The error of the row is that of the last run: it is over where the state was written since then.
    """
    failed = row.status == "error" and state.metadata.get("source") not in _WRITTEN
    return Snapshot(
        thread_id=row.thread_id,
        graph_id=row.graph_id,
        row_status=row.status if failed or row.status != "error" else None,
        row_error=row.error if failed else None,
        values=state.values,
        next=state.next,
        tasks=state.tasks,
        checkpoint_id=state.checkpoint_id,
        since=row.state_updated_at or state.created_at,
        changed=row.updated_at,
        busy_since=row.updated_at if row.status == "busy" else None,
    )


def from_summary(row: WireThread, remark: str, checkpoint_id: str = "") -> Snapshot | None:
    """Return what a row without the state tells; None if it cannot tell what waits.

    For a thread whose state cannot be read, with the reason in `remark`: LangGraph Server fails to
    read it where a graph factory fails without the config of a run. A row with questions, and an
    idle one, tell what waits; on any other, a breakpoint or a question may be missing. With
    `checkpoint_id`, the state was read, but has none of the tasks that ask.
    """
    asked = {task_id: many for task_id, many in (row.interrupts or {}).items() if many}
    if not asked and (row.status != "idle" or row.interrupts is None):
        return None
    try:
        tasks = tuple(
            WireTask.read({"id": task_id, "name": _UNKNOWN_NODE, "interrupts": many})
            for task_id, many in asked.items()
        )
    except OddShape:
        return None
    return Snapshot(
        thread_id=row.thread_id,
        graph_id=row.graph_id,
        row_status=row.status,
        row_error=row.error if row.status == "error" else None,
        values=row.values,
        next=(),
        tasks=tasks,
        checkpoint_id=checkpoint_id,
        since=row.state_updated_at,
        changed=row.updated_at,
        lacks_tasks=bool(checkpoint_id),
        remark=remark,
    )
