"""Untrusted text as Textual content: visible, and never read as markup."""

from textual.content import Content

from engine.visible import one_line, visible


def literal(text: str) -> Content:
    """Return `text` as content that shows every character and obeys none."""
    return Content(visible(text))


def short_id(thread_id: str) -> str:
    """Return the end of a thread id, which tells threads apart: many begin with the time."""
    return f"…{one_line(thread_id[-8:], 8)}"
