"""The threads of a server as the result of `hitl-tui threads`."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from hitl_engine.model import JsonObject, JsonValue, ThreadCounts, ThreadRow
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.thread_output import waiting_documents
from hitl_tui.text.fitting import counted
from hitl_tui.text.thread_rows import row_words, status_words

if TYPE_CHECKING:
    from hitl_engine.deciding.reviews import Reviews


def threads_result(
    rows: Sequence[ThreadRow], counts: ThreadCounts | None, reviews: "Reviews", *, more: bool
) -> CommandResult:
    """Return threads in the given order, and how many there are; `more`: not all are listed."""
    document: JsonObject = {
        "threads": [_document(row, reviews) for row in rows],
        "counts": _counts_document(counts),
        "more": more,
    }
    note = f"hitl-tui: {counted(len(rows), 'thread')}; there are more. --all lists all of them."
    lines = tuple(_line(row, reviews) for row in rows) or ("No threads.",)
    return CommandResult(document, lines, (note,) if more else ())


def _document(row: ThreadRow, reviews: "Reviews") -> JsonObject:
    return {
        "thread_id": row.thread_id,
        "graph": row.graph_id or None,
        "status": row.status.value,
        "created_at": _iso(row.created_at),
        "updated_at": _iso(row.updated_at),
        **waiting_documents(row.waiting, reviews.fingerprint_of),
        "error": row.error,
        "metadata": row.metadata,
        "doubt": row.doubt or None,
    }


def _counts_document(counts: ThreadCounts | None) -> JsonValue:
    if counts is None:
        return None
    return {"total": counts.total, **{group.value: many for group, many in counts.groups.items()}}


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _line(row: ThreadRow, reviews: "Reviews") -> str:
    changed = f"{row.updated_at.astimezone():%Y-%m-%d %H:%M:%S}" if row.updated_at else "?"
    words = row_words(row, reviews.question)
    return (
        f"{changed}  {one_line(row.thread_id)}  {status_words(row):<9}  "
        f"{one_line(row.graph_id) or '–'}{f': {words}' if words else ''}"
    )
