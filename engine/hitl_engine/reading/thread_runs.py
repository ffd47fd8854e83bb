"""The runs of a thread, as servers list them."""

from typing import Any

from hitl_engine.model import JsonValue, RunKind, RunStatus, ThreadRun
from hitl_engine.reading.wire import DECISION_ID, EVENT, WireRun, error_text

UNDER_WAY = frozenset({"pending", "running"})
_STATUSES = {
    "pending": RunStatus.WAITS,
    "running": RunStatus.RUNNING,
    "error": RunStatus.FAILED,
    "timeout": RunStatus.FAILED,
    "interrupted": RunStatus.CANCELLED,
}
_NOTED = {
    "step": RunKind.STEP,
    "reopen": RunKind.REOPEN,
    "rerun": RunKind.RERUN,
}
"""What this program notes in runs whose request does not tell them apart."""


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
    if sent is None:
        kind = _NOTED.get(str(run.metadata.get(EVENT) or ""), kind)
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
    is_step = "input" in kwargs and not _begins_at_checkpoint(kwargs)
    return (RunKind.STEP if is_step else RunKind.UNKNOWN), None


def _begins_at_checkpoint(kwargs: dict[str, Any]) -> bool:
    """Whether a run names a checkpoint: a step on some servers, or a run again from an older one."""
    config = kwargs.get("config")
    configurable = config.get("configurable") if isinstance(config, dict) else None
    places = (kwargs, configurable if isinstance(configurable, dict) else {})
    return any(each.get(key) for each in places for key in ("checkpoint_id", "checkpoint"))
