"""Searching the keys and values of a JSON value of any size, without a terminal."""

from collections.abc import Iterator

from hitl_engine.model import JsonValue, Path

_STEP = 2_000
"""Values that are looked at before a search lets others work."""


def matches(value: JsonValue, text: str) -> Iterator[Path | None]:
    """Yield the place of each key or value that contains a text, in order; upper case counts not.

    Between them it yields None now and then, so that a caller can let others work.
    """
    wanted = text.casefold()
    seen = 0
    left: list[tuple[Path, JsonValue]] = [((), value)]
    while left:
        path, each = left.pop()
        seen += 1
        if seen % _STEP == 0:
            yield None
        if (
            path
            and isinstance(path[-1], str)
            and wanted in path[-1].casefold()
            or not isinstance(each, dict | list)
            and wanted in _as_shown(each)
        ):
            yield path
        if isinstance(each, dict):
            left.extend(((*path, key), inner) for key, inner in reversed(each.items()))
        elif isinstance(each, list):
            left.extend(((*path, index), each[index]) for index in range(len(each) - 1, -1, -1))


def _as_shown(value: JsonValue) -> str:
    match value:
        case str():
            return value.casefold()
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
