"""Values of any size as a few characters, for a list. Pure functions; the result is untrusted text."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from hitl_engine.reading.messages import text_of

_LINE = 160
_LEAST = 4
"""Characters; where less is left, a value is only an ellipsis."""


def brief_fields(value: Any, limit: int = _LINE) -> str:
    """Return the fields of an object, `name: value`, or else the value itself, cut near `limit`."""
    if not isinstance(value, dict):
        return brief(value, limit)
    parts = (f"{name[:limit]}: {brief(each, limit)}" for name, each in value.items())
    return "".join(_joined(parts, limit))


def brief(value: Any, limit: int = _LINE) -> str:
    """Return a value as JSON cut near `limit` characters; a message as its role and its text.

    Only what is shown is looked at, whatever the size of the value, and however deep it is.
    """
    inner = limit // 2
    match value:
        case dict() | list() if limit < _LEAST:
            return "…"
        case {"type": str(role), "content": _}:
            return f"{role[:20]} {_quoted(text_of(value), limit)}"
        case str():
            return _quoted(value, limit)
        case dict():
            parts = (
                f"{_quoted(name, inner)}: {brief(each, inner)}" for name, each in value.items()
            )
            return "".join(("{", *_joined(parts, limit), "}"))
        case list():
            return "".join(("[", *_joined((brief(each, inner) for each in value), limit), "]"))
        case _:
            return json.dumps(value)


def _joined(parts: Iterable[str], limit: int) -> Iterator[str]:
    """Yield the parts with commas between them, until `limit` characters are full."""
    length = 0
    for part in parts:
        if length:
            yield ", "
        if length >= limit:
            yield "…"
            return
        yield part
        length += len(part)


def _quoted(text: str, limit: int) -> str:
    cut = text[:limit]
    return json.dumps(cut, ensure_ascii=False) + ("…" if cut != text else "")
