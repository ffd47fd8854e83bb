"""The interface of a convention, and helpers that all of them share."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hitl_engine.errors import NotTaken
from hitl_engine.forms.validation import faults
from hitl_engine.model import Decision, JsonObject, JsonValue, Path, Review


@dataclass(frozen=True, slots=True)
class Asked:
    """What an interrupt contains: its value and, from some graphs, the schema of its answer."""

    payload: JsonValue
    schema: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """A payload with the type key of a convention, but not in its shape."""

    what: str
    """`a tool approval`"""
    why: str
    """`it has no arguments`"""

    def __str__(self) -> str:
        return f"This looks like {self.what}, but {self.why}."


class Convention(Protocol):
    """What each module of this package offers."""

    def recognise(self, asked: Asked) -> Review | Malformed | None:
        """Return the payload understood, or None if it is not of this convention."""

    def encode(self, asked: Asked, decision: Decision) -> JsonValue:
        """Return the answer to a payload of this convention, in its own shape and spelling.

        Raises NotTaken, naming the place.
        """

    def answer_schema(self, asked: Asked) -> JsonObject:
        """Return what an answer must fit, as JSON Schema; `{}` for anything."""


class ToolCallConvention(Convention, Protocol):
    """What a module for tool calls offers in addition."""

    def argument_at(self, path: Path) -> tuple[int, Path] | None:
        """Return which call's edited arguments a place in an answer is in, and where; else None."""


def checked(answer: JsonValue, schema: JsonObject) -> JsonValue:
    """Return `answer`, which fits `schema`. Raises NotTaken with every fault."""
    found = faults(schema, answer)
    if found:
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        raise NotTaken(f"The answer does not fit: {found[0]}.{more}", faults=found)
    return answer


def extra_keys(payload: Mapping[Any, Any], *known: str) -> JsonObject:
    """Return all other keys of a payload, so that nothing is lost."""
    return {key: value for key, value in payload.items() if key not in known}


def in_words(payload: JsonObject, *known: str) -> str:
    """Return all other keys of a payload, a line each: texts as they are, the rest as JSON."""
    others = extra_keys(payload, *known).items()
    return "\n".join(f"{key}: {as_text(value)}" for key, value in others)


def as_text(value: JsonValue) -> str:
    """Return a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def text_in(payload: Mapping[Any, Any], key: str) -> str:
    """Return the text under `key`, or nothing."""
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def texts_in(payload: Mapping[Any, Any], key: str) -> tuple[str, ...]:
    """Return the list of texts under `key`; nothing unless all of them are texts."""
    values = payload.get(key)
    if not isinstance(values, list):
        return ()
    texts = tuple(value for value in values if isinstance(value, str))
    return texts if len(texts) == len(values) else ()


def one_of(schemas: Iterable[JsonObject]) -> JsonObject:
    """Return a schema for exactly one of these; for one, itself; for none, one that nothing fits."""
    branches: list[JsonValue] = list(schemas)
    match branches:
        case []:
            return {"not": {}}
        case [dict(only)]:
            return only
        case _:
            return {"oneOf": branches}
