"""Filters by metadata: which threads and assistants a caller may see.

`{"owner": "ada"}` or `{"owner": {"$eq": "ada"}}`: the value is this one. `{"teams": {"$contains":
"blue"}}`: the value is a list that holds this, or all of these. `{"$or": [...]}`, `{"$and": [...]}`:
two filters or more, at most two levels deep. All parts of a filter must hold. Source: langgraph-api
0.16.7, which accepts what it does not understand; this server refuses it.
"""

from typing import Any, TypeAlias

import orjson

Filter: TypeAlias = dict[str, Any]

_MAX_DEPTH = 2


class BadFilter(Exception):
    """A handler returned a value that is not a filter."""


def checked_filter(given: Any) -> Filter:
    """Return a filter in plain JSON. Raises `BadFilter`."""
    try:
        plain = orjson.loads(orjson.dumps(given))
    except TypeError as error:
        raise BadFilter(f"a filter is made of JSON values: {error}") from None
    _check(plain, 0)
    return dict(plain)


def matches(metadata: dict[str, Any], wanted: Filter | None) -> bool:
    """Whether metadata match a filter; without a filter, all do."""
    return all(_holds(metadata, key, value) for key, value in (wanted or {}).items())


def _check(given: Any, depth: int) -> None:
    if not isinstance(given, dict):
        raise BadFilter(f"a filter is an object, not a {type(given).__name__}")
    if depth > _MAX_DEPTH:
        raise BadFilter(f"$or and $and may be nested {_MAX_DEPTH} levels deep")
    for key, value in given.items():
        if key in ("$or", "$and"):
            if not isinstance(value, list) or len(value) < 2:
                raise BadFilter(f"{key} takes a list of two filters or more")
            for part in value:
                _check(part, depth + 1)
        elif key.startswith("$"):
            raise BadFilter(f"{key} is not an operator")
        elif isinstance(value, dict) and (len(value) != 1 or not value.keys() & _OPERATORS.keys()):
            raise BadFilter(f"{key!r} takes one of {', '.join(_OPERATORS)}")


def _holds(metadata: dict[str, Any], key: str, value: Any) -> bool:
    if key == "$or":
        return any(matches(metadata, part) for part in value)
    if key == "$and":
        return all(matches(metadata, part) for part in value)
    if key not in metadata:
        return False
    if isinstance(value, dict):
        ((operator, wanted),) = value.items()
        return _OPERATORS[operator](metadata[key], wanted)
    return bool(metadata[key] == value)


def _equals(found: Any, wanted: Any) -> bool:
    return bool(found == wanted)


def _contains(found: Any, wanted: Any) -> bool:
    parts = wanted if isinstance(wanted, list) else [wanted]
    return isinstance(found, list) and all(part in found for part in parts)


_OPERATORS = {"$eq": _equals, "$contains": _contains}
