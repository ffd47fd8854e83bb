"""What changed between two JSON values, place by place. Pure functions.

Values are compared as JSON: `1`, `1.0` and `true` differ, the order of the keys does not count.

In a list, the equal items at its beginning and its end are left out; those between them are compared
in their order, and what one list has more is added or removed there. Two objects whose `id` differs
are two things: one replaces the other as a whole.
"""

import marshal
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from hitl_engine.model import Change, ChangeKind, JsonObject, JsonValue, Path

_CONTAINERS = (dict, list)
_Step: TypeAlias = Change | tuple[Path, JsonValue, JsonValue]
"""A change, or two values that still have to be compared."""


def changed_paths(before: JsonValue, after: JsonValue) -> tuple[Change, ...]:
    """Return the smallest places that differ, in the order of `after`; none if both are equal."""
    return tuple(_Comparison(before, after).changes())


class _Comparison:
    """Two values, of which each part is looked at a few times at most, however large they are."""

    def __init__(self, before: JsonValue, after: JsonValue) -> None:
        self._before, self._after = before, after
        self._numbers: _Numbers | None = None

    def changes(self) -> Iterator[Change]:
        """Yield the changes, in the order of the value afterwards."""
        steps: list[_Step] = [((), self._before, self._after)]
        while steps:
            step = steps.pop()
            if isinstance(step, Change):
                yield step
                continue
            path, one, other = step
            if self._equal(one, other):
                continue
            match one, other:
                case dict(), dict() if not self._are_two_things(one, other):
                    steps.extend(reversed(list(_in_objects(path, one, other))))
                case list(), list():
                    steps.extend(reversed(list(self._in_lists(path, one, other))))
                case _:
                    yield Change(path, ChangeKind.REPLACED, one, other)

    def _in_lists(
        self, path: Path, one: list[JsonValue], other: list[JsonValue]
    ) -> Iterator[_Step]:
        shorter = min(len(one), len(other))
        start = self._equal_items(zip(one, other, strict=False))
        end = self._equal_items(zip(reversed(one), reversed(other), strict=False))
        paired = max(start, shorter - end)
        for index in range(start, paired):
            yield (*path, index), one[index], other[index]
        for index in range(paired, paired + len(other) - shorter):
            yield Change((*path, index), ChangeKind.ADDED, after=other[index])
        for index in range(paired, paired + len(one) - shorter):
            yield Change((*path, index), ChangeKind.REMOVED, before=one[index])

    def _equal_items(self, pairs: Iterable[tuple[JsonValue, JsonValue]]) -> int:
        """Return how many pairs are equal until one is not."""
        count = 0
        for one, other in pairs:
            if not self._equal(one, other):
                break
            count += 1
        return count

    def _are_two_things(self, one: JsonObject, other: JsonObject) -> bool:
        return "id" in one and "id" in other and not self._equal(one["id"], other["id"])

    def _equal(self, one: JsonValue, other: JsonValue) -> bool:
        """Whether two parts are equal as JSON; in Python, `1`, `1.0` and `True` are equal."""
        if type(one) is not type(other):
            return False
        if not isinstance(one, _CONTAINERS):
            return one == other
        if self._numbers is None:
            equal = _equal_if_plain(one, other)
            if equal is not None:
                return equal
            self._numbers = _Numbers(self._before, self._after)
        return self._numbers.equal(one, other)


def _equal_if_plain(one: JsonValue, other: JsonValue) -> bool | None:
    """Return whether two values are equal, as fast as Python can; None where that is not known.

    It is not known of values that are nested deeper than Python compares, and of equal ones whose
    keys have another order, or whose numbers have other types. The bytes of version 2 of `marshal`
    are the same for the same types, values and order: later versions depend on more.
    """
    try:
        if one != other:
            return False
        return marshal.dumps(one, 2) == marshal.dumps(other, 2) or None
    except (RecursionError, ValueError):
        return None


class _Numbers:
    """Each object and list in two values has a number: equal ones have the same.

    Nothing is recursive: a value may be nested deeper than calls may be.
    """

    def __init__(self, before: JsonValue, after: JsonValue) -> None:
        self._numbers: dict[int, int] = {}
        """By the `id()` of the object or list."""
        by_content: dict[tuple[object, ...], int] = {}
        for container in (*_inner_first(before), *_inner_first(after)):
            content = self._content(container)
            self._numbers[id(container)] = by_content.setdefault(content, len(by_content))

    def equal(self, one: JsonValue, other: JsonValue) -> bool:
        """Whether two objects or lists of the values are equal."""
        return self._key(one) == self._key(other)

    def _content(self, container: JsonObject | list[JsonValue]) -> tuple[object, ...]:
        if isinstance(container, list):
            return list, *map(self._key, container)
        keys = sorted(container)
        return dict, *keys, *(self._key(container[key]) for key in keys)

    def _key(self, value: JsonValue) -> object:
        """Return what is equal for equal JSON."""
        if isinstance(value, str):
            return value
        if isinstance(value, _CONTAINERS):
            return self._numbers[id(value)]
        return type(value), value


def _inner_first(value: JsonValue) -> Iterator[JsonObject | list[JsonValue]]:
    """Return all objects and lists in a value and the value itself, each after what it contains."""
    found: list[JsonObject | list[JsonValue]] = []
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, _CONTAINERS):
            found.append(each)
            left.extend(each.values() if isinstance(each, dict) else each)
    return reversed(found)


def _in_objects(path: Path, one: JsonObject, other: JsonObject) -> Iterator[_Step]:
    for key, value in other.items():
        if key in one:
            yield (*path, key), one[key], value
        else:
            yield Change((*path, key), ChangeKind.ADDED, after=value)
    for key, value in one.items():
        if key not in other:
            yield Change((*path, key), ChangeKind.REMOVED, before=value)
