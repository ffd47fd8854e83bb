"""Untrusted text as Textual content: visible, and never read as markup."""

from textual.content import Content

from hitl_engine.model import JsonValue
from hitl_engine.visible import json_text, one_line, visible

_SHORT = 60
"""JSON up to this long stays on the line of its key."""


def literal(text: str) -> Content:
    """Return `text` as content that shows every character and obeys none."""
    return Content(visible(text))


def short_id(thread_id: str) -> str:
    """Return the end of a thread id, which tells threads apart: many begin with the time."""
    return f"…{one_line(thread_id[-8:], 8)}"


def in_words(value: JsonValue) -> str:
    """Return a value as a person reads it, whole: texts as they are, a line a key, else JSON.

    The text is not yet visible: whoever shows it sees to that.
    """
    match value:
        case str():
            return value
        case dict():
            return "\n".join(f"{key}: {_beside_key(each)}" for key, each in value.items())
        case _:
            return json_text(value)


def _beside_key(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    short = json_text(value, indent=None)
    return short if len(short) <= _SHORT else "\n" + json_text(value)
