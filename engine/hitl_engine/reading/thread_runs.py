"""The runs of a thread, as servers list them."""

from typing import Any

from hitl_engine.model import JsonValue, RunKind, RunStatus, ThreadRun
from hitl_engine.reading.wire import DECISION_ID, WireRun, error_text

UNDER_WAY = frozenset({"pending", "running"})
_STATUSES = {
    "pending": RunStatus.WAITS,
    "running": RunStatus.RUNNING,
    "error": RunStatus.FAILED,
    "timeout": RunStatus.FAILED,
    "interrupted": RunStatus.CANCELLED,
}


def thread_run(run: WireRun, *, is_told_in_full: bool) -> ThreadRun:
    """Return a run as the front ends see it.

    Aegra does not tell it in full: a run that stopped at a question has the status of a cancelled
    one, and counts as ended; an answer and a step look like an empty input.
    """
    status = _STATUSES.get(run.status, RunStatus.ENDED)
    if status is RunStatus.CANCELLED and not is_told_in_full:
        status = RunStatus.ENDED
    kind, sent = _what_was_sent(run.kwargs)
    if not (sent or is_told_in_full):
        kind, sent = RunKind.UNKNOWN, None
    return ThreadRun(
        run_id=run.run_id,
        thread_id=run.thread_id,
        assistant_id=run.assistant_id,
        status=status,
        kind=kind,
        began=run.created_at,
        changed=run.updated_at,
        sent=sent,
        decision_id=str(run.metadata.get(DECISION_ID) or ""),
        error=error_text(run.error) if run.error else "",
        traceback=run.traceback,
    )


def _what_was_sent(kwargs: dict[str, Any]) -> tuple[RunKind, JsonValue]:
    command = kwargs.get("command")
    match command:
        case {"resume": answers} if answers is not None:
            return RunKind.ANSWER, answers
        case {"goto": goto} if goto:
            return RunKind.GOTO, goto
    if kwargs.get("input") is not None:
        return RunKind.INPUT, kwargs["input"]
    return (RunKind.STEP, None) if "input" in kwargs else (RunKind.UNKNOWN, None)
