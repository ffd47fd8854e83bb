"""Untrusted text as Textual content: all characters visible, none read as markup."""

from typing import TYPE_CHECKING

from hitl_engine.model import JsonValue
from hitl_engine.visible import hidden_count, json_text, one_line, visible
from hitl_tui.text.blanks import count_blanks
from hitl_tui.text.fitting import counted

if TYPE_CHECKING:
    from textual.content import Content

TAB = "→   "
"""How a tab is shown."""
_SHORT = 60
"""JSON up to this many characters is on the line of its key."""


def literal(text: str) -> "Content":
    """Return `text` as content that shows every character and reads none as markup."""
    from textual.content import Content  # the shell uses this module without Textual

    return Content(visible(text))


def visible_lines(text: str) -> list[str]:
    """Return the lines of a text with its hidden characters and tabs made visible, blanks counted."""
    lines = count_blanks(visible(text).split("\n"))
    return [line.replace("\t", TAB) for _, line in lines]


def hidden_words(value: object) -> str:
    """Return how many characters of a text or of JSON are shown as escapes, or nothing."""
    count = hidden_count(value)
    return counted(count, "hidden character") if count else ""


def short_id(thread_id: str) -> str:
    """Return the end of a thread id. The beginnings are often equal, as they contain the time."""
    return f"…{one_line(thread_id[-8:], 8)}"


def in_words(value: JsonValue) -> str:
    """Return a whole value as readable text: texts as they are, a line for each key, else JSON.

    The text may contain hidden characters; the caller makes them visible.
    """
    match value:
        case str():
            return value
        case dict():
            return "\n".join(f"{key}: {_after_key(each)}" for key, each in value.items())
        case _:
            return json_text(value)


def _after_key(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    short = json_text(value, indent=None)
    return short if len(short) <= _SHORT else "\n" + json_text(value)
