"""Values that JSON cannot carry: where they are, and what they really are."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, TypeAlias

import orjson

from hitl_server.json_encoding import OPTIONS, dumps, plain
from hitl_server.json_types import JsonObject

Path: TypeAlias = tuple[str | int, ...]


def exact_values(value: Any) -> list[JsonObject]:
    """Return `{"path", "value"}` for each part of a value whose JSON is something else.

    `path` is the list of keys and indexes in the JSON; `value` is the true value as text: numbers
    that are not finite, decimals that a float would round, integers that are written as text, texts
    and keys with lone surrogates, and objects without a JSON form. At most 100 are returned.
    """
    if _is_plain(value):
        return []
    found: list[JsonObject] = []
    try:
        for path, text in _inexact(value, ()):
            found.append({"path": list(path), "value": text})
            if len(found) == 100:
                break
    except RecursionError:  # deeper than the server can send anyway
        pass
    return found


def _is_plain(value: Any) -> bool:
    """Whether a glance shows that nothing is lost: only known types, and no null for a number."""
    try:
        return b"null" not in orjson.dumps(value, option=OPTIONS)
    except orjson.JSONEncodeError:
        return False


def _inexact(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    match value:
        case None | bool():
            return
        case str():
            if _as_utf8(value) != value:
                yield path, f"the text {json.dumps(value)}"
        case float():
            if not isfinite(value):
                yield path, _NAMES.get(str(value), str(value))
        case int():
            if isinstance(_as_json(value), str):
                yield path, f"the integer {value:#x}"
        case Decimal():
            if not value.is_finite() or Decimal(repr(_as_json(value))) != value:
                yield path, str(value)
        case Mapping():
            for key, item in value.items():
                if isinstance(key, str) and _as_utf8(key) != key:
                    yield (*path, _key(key)), f"under the key {json.dumps(key)}"
                yield from _inexact(item, (*path, _key(key)))
        case list() | tuple() if not hasattr(value, "_asdict"):
            for index, item in enumerate(value):
                yield from _inexact(item, (*path, index))
        case _:
            yield from _inexact_object(value, path)


def _inexact_object(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Enum):
        yield from _inexact(value.value, path)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _inexact(getattr(value, field.name), (*path, field.name))
    elif isinstance(closer := plain(value), (Mapping, list)):
        yield from _inexact(closer, path)
    elif _as_json(value) is None:
        yield path, f"an object of type {type(value).__name__}"


_NAMES = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _as_json(value: Any) -> Any:
    return orjson.loads(dumps(value))


def _as_utf8(text: str) -> str:
    """Return a text as it is sent: a lone surrogate has no UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _key(key: Any) -> str:
    return _as_utf8(key) if isinstance(key, str) else str(next(iter(_as_json({key: None}))))
