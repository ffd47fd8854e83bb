"""Texts that spell a value of another type: `"no"`, `"true"`, `"null"`, `"5"`."""

import re
from typing import Literal

from hitl_engine.strict_json import JsonProblem, read_json

Spelled = Literal["yes", "no", "null", "number"]

_YES = {"yes", "y", "true", "ok", "okay", "yep", "yeah"}
_NO = {"no", "n", "false", "nope", "nah", "never"}
_REFUSALS = {"reject", "rejected", "deny", "denied", "decline", "cancel", "abort", "stop", "skip"}
_NULL = {"null", "none", "nil"}
_FIRST_WORD = re.compile(r"\W*(\w+)")
_LONGEST = 40
"""Longer texts spell no value."""


def spelled_by(text: str) -> Spelled | None:
    """Return what a whole text spells, or None; a refusal such as `reject` spells no."""
    if len(text) > _LONGEST:
        return None
    word = text.strip(" \t\r\n\"'“”‘’`.!").casefold()
    if word in _YES:
        return "yes"
    if word in _NO or word in _REFUSALS:
        return "no"
    if word in _NULL:
        return "null"
    try:
        value = read_json(word)
    except JsonProblem:
        return None
    return "number" if isinstance(value, int | float) else None


def is_refusal(text: str) -> bool:
    """Return whether a text begins with a refusal: `no, not yet`."""
    first = _FIRST_WORD.match(text)
    return first is not None and first[1].casefold() in _NO | _REFUSALS
