"""The runs of a thread, and the events of one, as the results of `hitl-tui runs` and `stream`."""

from collections.abc import Sequence
from datetime import datetime

from hitl_engine.model import JsonObject, RunEvent, ThreadRun
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.text.run_rows import run_words, took


def runs_result(runs: Sequence[ThreadRun]) -> CommandResult:
    """Return the runs in the given order."""
    return CommandResult([_document(run) for run in runs], tuple(map(_line, runs)) or ("No runs.",))


def event_document(event: RunEvent) -> JsonObject:
    """Return an event as JSON."""
    return {
        "event": event.name,
        "namespace": list(event.namespace),
        "data": event.data,
        "id": event.event_id or None,
    }


def _document(run: ThreadRun) -> JsonObject:
    return {
        "run_id": run.run_id,
        "status": run.status.value,
        "kind": run.kind.value,
        "began": _iso(run.began),
        "changed": _iso(run.changed),
        "sent": run.sent,
        "decision_id": run.decision_id or None,
        "assistant_id": run.assistant_id,
        "error": run.error or None,
        "traceback": run.traceback or None,
    }


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _line(run: ThreadRun) -> str:
    began = f"{run.began.astimezone():%Y-%m-%d %H:%M:%S}" if run.began else "?"
    return (
        f"{began}  {one_line(run.run_id)}  {run.status:<9}  {run.kind:<6}  "
        f"{took(run):>7}  {run_words(run)}"
    ).rstrip()
