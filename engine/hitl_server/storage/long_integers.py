"""Integers beyond 64 bits, which msgpack does not have."""

from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any


class _LongInteger:
    """Written by LangGraph as a call of `int` with its digits, which any LangGraph reads back.

    LangGraph writes the class and the secret of a pydantic `SecretStr` in the same way.
    """

    __slots__ = ("_value",)

    def __init__(self, value: int) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        """Return the digits."""
        return str(self._value)


_LongInteger.__module__, _LongInteger.__name__ = int.__module__, int.__name__


def packable(value: Any) -> Any:
    """Return a value in which msgpack can write all integers.

    Lists, tuples, named tuples, dicts and dataclasses are searched; in other objects, such as pydantic models,
    long integers stay, and LangGraph refuses them.
    """
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else _LongInteger(value)
    if isinstance(value, dict):
        return {packable(key): packable(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(packable, value))
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(map(packable, value))
    if is_dataclass(value) and not isinstance(value, type):
        changed = copy(value)
        for field in fields(value):
            object.__setattr__(changed, field.name, packable(getattr(value, field.name)))
        return changed
    return value
