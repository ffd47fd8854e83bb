"""JSON values of any size on one line: their beginning, and how large they are."""

from collections.abc import Iterator
from itertools import islice

from hitl_engine.model import JsonValue
from hitl_engine.visible import json_text, one_line
from hitl_tui.text.fitting import counted, shortened

_ITEMS = 6
"""Of a container that are looked at for its beginning."""
_TEXT = 60
"""Characters of a text inside a container."""
_LONG = 60
"""Characters from which on the size of a text is told."""


def brief_json(value: JsonValue, width: int) -> str:
    """Return the beginning of a value as visible text, in at most `width` cells."""
    if isinstance(value, str):
        return shortened(f'"{one_line(value, max(width, 8)) if value else ""}"', width)
    return shortened("".join(_pieces(value, depth=0)), width)


def size_words(value: JsonValue) -> str:
    """Return how large a container or a long text is; nothing for other values."""
    match value:
        case {} | [] if not value:
            return ""
        case dict():
            return counted(len(value), "key")
        case list():
            return counted(len(value), "item")
        case str() if len(value) > _LONG or "\n" in value:
            lines = value.count("\n")
            words = counted(len(value), "character")
            return f"{words}, {lines + 1:,} lines" if lines else words
        case _:
            return ""


def _pieces(value: JsonValue, depth: int) -> Iterator[str]:
    """Yield the beginning of a value; its cost does not depend on its size."""
    match value:
        case dict() | list() if depth == 2 and value:
            yield "{…}" if isinstance(value, dict) else "[…]"
        case dict():
            yield "{"
            for number, (key, inner) in enumerate(islice(value.items(), _ITEMS)):
                yield f"{', ' if number else ''}{one_line(key, 30)}: "
                yield from _pieces(inner, depth + 1)
            yield ", …}" if len(value) > _ITEMS else "}"
        case list():
            yield "["
            for number, inner in enumerate(value[:_ITEMS]):
                yield ", " if number else ""
                yield from _pieces(inner, depth + 1)
            yield ", …]" if len(value) > _ITEMS else "]"
        case str():
            yield json_text(value[:_TEXT] + ("…" if len(value) > _TEXT else ""), indent=None)
        case _:
            yield json_text(value, indent=None)
