"""Journal entries as the result of `hitl-tui log`."""

from collections.abc import Iterator, Sequence
from itertools import chain

from hitl_engine.model import JsonValue, LogEntry
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult


def log_result(entries: Sequence[LogEntry]) -> CommandResult:
    """Return the entries in the given order."""
    lines = tuple(chain.from_iterable(map(_lines, entries)))
    return CommandResult([_document(entry) for entry in entries], lines or ("No decisions yet.",))


def _document(entry: LogEntry) -> JsonValue:
    return {
        "decision_id": entry.decision_id,
        "at": entry.at.isoformat(),
        "who": entry.who,
        "event": entry.event,
        "server": entry.server,
        "graph": entry.graph_id,
        "thread_id": entry.thread_id,
        "node": entry.node,
        "interrupt_id": entry.interrupt_id,
        "decision": entry.decision,
        "answer": entry.answer,
        "unseen": entry.unseen,
        "sent_as": entry.sent_as,
        "outcome": entry.outcome,
        "why": entry.why,
        "divergences": list(entry.mismatches),
        "error": entry.error or None,
        "traceback": entry.traceback or None,
    }


def _lines(entry: LogEntry) -> Iterator[str]:
    what = one_line(f"{entry.graph_id} ▸ {entry.node}: {entry.decision}")
    yield (
        f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}  {entry.outcome or 'no outcome':<10}  "
        f"{one_line(entry.thread_id)}  {what}"
    )
    if entry.unseen:
        yield f"    jumped to the end: {entry.unseen:,} not seen (rows and calls)"
    for each in entry.mismatches:
        yield f"    not as decided: {one_line(each, 400)}"
    if entry.error:
        yield f"    the run failed: {one_line(entry.error, 400)}"
