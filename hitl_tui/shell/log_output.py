"""Decisions as the result of `hitl-tui log`, as lines and as CSV: those of the journal and of others."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TypeAlias

from hitl_engine.model import JsonObject, JsonValue, LogEntry, OtherDecision
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.text.fitting import counted

_Entry: TypeAlias = LogEntry | OtherDecision


def log_result(
    entries: Sequence[_Entry], *, filtered: bool = False, notes: tuple[str, ...] = ()
) -> CommandResult:
    """Return the entries in the given order. `filtered`: there may be others, which did not fit."""
    lines = tuple(chain.from_iterable(map(_lines, entries)))
    documents: list[JsonValue] = [_document(entry) for entry in entries]
    none = "No decision fits these filters." if filtered else "No decisions yet."
    return CommandResult(documents, lines or (none,), notes)


def csv_result(entries: Sequence[_Entry], *, notes: tuple[str, ...] = ()) -> CommandResult:
    """Return the entries as CSV with a header; what is no text is JSON."""
    written = io.StringIO()
    writer = csv.DictWriter(written, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for entry in entries:
        writer.writerow({name: _cell(value) for name, value in _document(entry).items()})
    return CommandResult(None, tuple(written.getvalue().splitlines()), notes)


_FORMULA = ("=", "+", "-", "@", "\t")
"""What begins so would be computed by a spreadsheet."""


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    text = one_line(value if isinstance(value, str) else json.dumps(value), 32_000)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _document(entry: _Entry) -> JsonObject:
    if isinstance(entry, OtherDecision):
        return _document_of_other(entry)
    return {
        "told_by": "journal",
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
        "seconds": entry.seconds,
        "characters": entry.characters,
        "tools": list(entry.tools),
        "asked_at": entry.asked_at.isoformat() if entry.asked_at else None,
        "origin": entry.origin,
        "sent_as": entry.sent_as,
        "rules": [
            {"name": rule.name, "digest": rule.digest, "calls": rule.calls, "rule": rule.content}
            for rule in entry.rules
        ],
        "log_reason": entry.log_reason or None,
        "outcome": entry.outcome,
        "why": entry.why,
        "divergences": list(entry.mismatches),
        "error": entry.error or None,
        "traceback": entry.traceback or None,
    }


def _document_of_other(decision: OtherDecision) -> JsonObject:
    return {
        "told_by": "server",
        "decision_id": decision.decision_id or None,
        "at": decision.at.isoformat(),
        "who": decision.who or None,
        "event": decision.event,
        "server": decision.server,
        "graph": decision.graph_id,
        "thread_id": decision.thread_id,
        "answer": decision.answer,
        "error": decision.error or None,
        "log_reason": decision.log_reason or None,
        "run_id": decision.run_id,
        "run_status": decision.status,
        "run_ended": decision.ended.isoformat() if decision.ended else None,
    }


_COLUMNS = (
    "at", "who", "origin", "event", "decision", "log_reason", "outcome", "why", "graph", "node", "tools",
    "thread_id", "interrupt_id", "answer", "unseen", "seconds", "characters", "asked_at",
    "divergences", "error", "traceback", "rules", "server", "decision_id", "sent_as", "told_by",
    "run_id", "run_status", "run_ended",
)  # fmt: skip
"""Those of a person's first questions first."""


def _lines(entry: _Entry) -> Iterator[str]:
    if isinstance(entry, OtherDecision):
        yield from _lines_of_other(entry)
        return
    place = " ▸ ".join(part for part in (entry.graph_id, entry.node) if part)
    what = one_line(f"{place}: {entry.decision}" if place else entry.decision)
    yield (
        f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}  {entry.outcome or 'no outcome':<10}  "
        f"{one_line(entry.thread_id)}  {what}"
    )
    if entry.log_reason and not entry.rules:
        yield f"    for the log: {one_line(entry.log_reason, 400)}"
    for rule in entry.rules:
        yield f"    by rule {one_line(rule.name)} ({rule.digest[:12]}): {counted(rule.calls, 'call')}"
    if entry.unseen:
        yield f"    jumped to the end: {entry.unseen:,} not seen (rows and calls)"
    for each in entry.mismatches:
        yield f"    not as decided: {one_line(each, 400)}"
    if entry.error:
        yield f"    the run failed: {one_line(entry.error, 400)}"


def _lines_of_other(decision: OtherDecision) -> Iterator[str]:
    by = decision.who or "another client"
    yield (
        f"{decision.at.astimezone():%Y-%m-%d %H:%M:%S}  {decision.status:<10}  "
        f"{one_line(decision.thread_id)}  {one_line(f'{decision.graph_id}: {decision.event} by {by}')}"
    )
    answer = decision.answer
    sent = f", sent {json.dumps(answer, ensure_ascii=False)}" if answer is not None else ""
    yield f"    told by the server: {one_line(f'run {decision.run_id}{sent}', 400)}"
    if decision.log_reason:
        yield f"    for the log: {one_line(decision.log_reason, 400)}"
    if decision.error:
        yield f"    the run failed: {one_line(decision.error, 400)}"
