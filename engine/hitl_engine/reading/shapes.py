"""Reads JSON into dataclasses, by the types of their fields.

It does what `wire.py` needs of pydantic, whose import alone takes as long as that of httpx: a person
waits for the first list meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Self, TypeAlias, Union, get_args, get_origin, get_type_hints

_Read: TypeAlias = Callable[[Any], Any]
"""Returns a value as a field has it. Raises OddShape."""


class OddShape(ValueError):
    """JSON has another shape than was expected."""

    def __init__(self, why: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(f"{'.'.join(map(str, path)) or 'the reply'}: {why}")
        self.why = why
        """What was expected."""
        self.path = path
        """Where, from the outermost key or index on."""

    def inside(self, place: str | int) -> "OddShape":
        """Return the same, found in the value at a key or an index."""
        return OddShape(self.why, (place, *self.path))


class Shape:
    """Base of dataclasses that are read from JSON; their annotations are the types of the values.

    Keys that a class does not name are ignored, and null counts as a missing key.
    """

    __slots__ = ()

    @classmethod
    def read(cls, data: Any) -> Self:
        """Return what a JSON object tells. Raises OddShape."""
        if not isinstance(data, Mapping):
            raise OddShape("an object was expected")
        sent = cls.prepared({key: value for key, value in data.items() if value is not None})
        readers, needed = _readers(cls)
        values = {
            name: _read_at(name, read, sent[name])
            for name, read in readers.items()
            if sent.get(name) is not None
        }
        for name in needed:
            if name not in values:
                raise OddShape("it is missing", (name,))
        return cls(**values)

    @classmethod
    def prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Return the object as this class reads it: some servers name things otherwise."""
        return data

    @classmethod
    def takes(cls, name: str, value: Any) -> bool:
        """Whether a field can have this value."""
        try:
            _readers(cls)[0][name](value)
        except OddShape:
            return False
        return True


_Readers: TypeAlias = tuple[dict[str, _Read], tuple[str, ...]]
"""How each field of a dataclass is read, and which of them must be there."""
_KNOWN: dict[type[Shape], _Readers] = {}


def _readers(shape: type[Shape]) -> _Readers:
    if shape not in _KNOWN:
        _KNOWN[shape] = _readers_of(shape)
    return _KNOWN[shape]


def _readers_of(shape: Any) -> _Readers:
    hints = get_type_hints(shape)
    own = fields(shape)
    needed = [each.name for each in own if each.default is each.default_factory is MISSING]
    return {each.name: _reader(hints[each.name]) for each in own}, tuple(needed)


def _reader(hint: Any) -> _Read:
    """Return how a value of this type is read."""
    kind, arguments = get_origin(hint) or hint, get_args(hint)
    if kind in (Union, UnionType):
        read = _first_of([_reader(each) for each in arguments if each is not NoneType])
        return _or_null(read) if NoneType in arguments else read
    if kind is dict:
        return _mapping(_reader(arguments[1]))
    if kind in (tuple, frozenset):
        return _collection(kind, _reader(arguments[0]))
    if isinstance(kind, type) and issubclass(kind, Shape):
        return kind.read
    return _SIMPLE[kind]


def _as_it_is(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    """Return a text; one with a lone surrogate can neither be stored nor sent."""
    if not isinstance(value, str):
        raise OddShape("a text was expected")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise OddShape("a text was expected, not half a character") from None
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise OddShape("true or false was expected")
    return value


def _whole_number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise OddShape("a whole number was expected")
    return value


def _time(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise OddShape("a time in ISO 8601 was expected") from None


_SIMPLE: dict[Any, _Read] = {
    Any: _as_it_is,
    str: _text,
    bool: _flag,
    int: _whole_number,
    datetime: _time,
}


def _first_of(readers: list[_Read]) -> _Read:
    """Return what reads a value as the first type that takes it."""
    *others, last = readers

    def read(value: Any) -> Any:
        for each in others:
            with suppress(OddShape):
                return each(value)
        return last(value)

    return read if others else last


def _or_null(read: _Read) -> _Read:
    """Return what also takes null: in a list or a mapping, it is a value."""
    return lambda value: None if value is None else read(value)


def _mapping(read: _Read) -> _Read:
    def read_all(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise OddShape("an object was expected")
        return {_text(key): _read_at(key, read, each) for key, each in value.items()}

    return read_all


def _collection(kind: Callable[[Iterable[Any]], Any], read: _Read) -> _Read:
    def read_all(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise OddShape("a list was expected")
        return kind(_read_at(place, read, each) for place, each in enumerate(value))

    return read_all


def _read_at(place: str | int, read: _Read, value: Any) -> Any:
    try:
        return read(value)
    except OddShape as odd:
        raise odd.inside(place) from None
