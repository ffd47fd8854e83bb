"""A thread of a list in words: its status, and what it waits for or failed with."""

from collections.abc import Callable

from hitl_engine.model import Breakpoint, Interrupt, Question, ThreadRow, ThreadStatus
from hitl_engine.visible import one_line
from hitl_tui.text.item_summary import breakpoint_line, item_line, kind_words

_LINE = 400
_WORDS = {
    ThreadStatus.INTERRUPTED: "? asks",
    ThreadStatus.BREAKPOINT: "■ stopped",
    ThreadStatus.BUSY: "▶ running",
    ThreadStatus.ERROR: "✕ failed",
    ThreadStatus.DONE: "✓ done",
}


def status_words(row: ThreadRow) -> str:
    """Return a symbol and a word for the status; colour is not needed to read it."""
    if row.waiting:
        return kind_words(row.waiting[0])
    if not row.graph_id and row.status is ThreadStatus.DONE:
        return "· empty"
    return _WORDS[row.status]


def row_words(row: ThreadRow, question_of: Callable[[Interrupt], Question]) -> str:
    """Return what a thread waits for, or why it failed, as visible text on one line; mostly empty."""
    parts = (
        one_line(row.error or "", _LINE),
        _waiting_words(row, question_of),
        one_line(row.doubt, _LINE),
    )
    return "  ·  ".join(part for part in parts if part)


def _waiting_words(row: ThreadRow, question_of: Callable[[Interrupt], Question]) -> str:
    if not row.waiting:
        return ""
    first, *others = row.waiting
    if isinstance(first, Breakpoint):
        return f"{one_line(first.node, 60)}, {breakpoint_line(first)}"
    more = f"  and {len(others)} more" if others else ""
    return item_line(question_of(first)) + more
