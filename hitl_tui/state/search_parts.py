"""A search as it is typed on one line: `KEY=VALUE`, which servers look for, and words."""

from collections.abc import Iterable
from typing import TypeAlias

from hitl_engine.model import JsonObject, JsonValue
from hitl_engine.strict_json import JsonProblem, read_json

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Keys and their values, as they were typed."""


def parts_of_search(text: str) -> tuple[Pairs, tuple[str, ...]]:
    """Return the pairs, and the words in lower case."""
    pairs: list[tuple[str, str]] = []
    words: list[str] = []
    for part in text.split():
        key, equals, value = part.partition("=")
        if equals and key and value:
            pairs.append((key, value))
        else:
            words.append(part.casefold())
    return tuple(pairs), tuple(words)


def values_of(pairs: Iterable[tuple[str, str]]) -> JsonObject:
    """Return the pairs as an object; a value that is not JSON is a text."""
    return {key: _value(text) for key, text in pairs}


def _value(text: str) -> JsonValue:
    try:
        return read_json(text)
    except JsonProblem:
        return text
