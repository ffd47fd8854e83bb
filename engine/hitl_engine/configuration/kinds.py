"""The kinds of values that settings have: which TOML values they take, said in words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | bool | int | float | tuple[str, ...] | dict[str, str]
"""A configured value, as its kind returns it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Which values a setting takes."""

    allowed: str
    """What is allowed, as the end of "must be …"."""
    read: Callable[[object], Value | None]
    """Returns the value of what is in the file; None if it is not allowed."""
    secret: bool = False
    """Whether a value may hold a secret: a wrong one is not printed, a right one only in part."""
    choices: tuple[Value, ...] = ()
    """All values, where they are few."""


def one_of(*words: str) -> Kind:
    """Return the kind that takes one of these words."""

    def read(found: object) -> Value | None:
        return _text(found) if found in words else None

    return Kind(f"one of {', '.join(words)}", read, choices=words)


def some_of(*words: str) -> Kind:
    """Return the kind that takes a list of these words, also an empty one."""

    def read(found: object) -> Value | None:
        names = _texts(found)
        return names if names is not None and set(names) <= {*words} else None

    return Kind(f"a list with any of {', '.join(words)}", read)


def whole_number(least: int, most: int, unit: str) -> Kind:
    """Return the kind that takes a whole number of a unit, from `least` to `most`."""

    def read(found: object) -> Value | None:
        if not isinstance(found, int) or isinstance(found, bool):
            return None
        return found if least <= found <= most else None

    return Kind(f"a whole number of {unit} from {least} to {most}", read)


def text_like(pattern: str, allowed: str, *, secret: bool = False) -> Kind:
    """Return the kind that takes a text of this pattern."""

    def read(found: object) -> Value | None:
        text = _text(found)
        return text if text and re.fullmatch(pattern, text) else None

    return Kind(allowed, read, secret)


def _text(found: object) -> str | None:
    return found if isinstance(found, str) and found else None


def _flag(found: object) -> bool | None:
    return found if isinstance(found, bool) else None


def _texts(found: object) -> tuple[str, ...] | None:
    if not isinstance(found, list):
        return None
    kept = tuple(filter(None, map(_text, found)))
    return kept if len(kept) == len(found) else None


def _words(found: object) -> tuple[str, ...] | None:
    return _texts(found) or None


def _text_table(found: object) -> dict[str, str] | None:
    if not isinstance(found, dict) or not all(map(_text, found.values())):
        return None
    return {str(name): str(text) for name, text in found.items()}


TEXT = Kind("a text that is not empty", _text)
FLAG = Kind("true or false", _flag, choices=(False, True))
TEXTS = Kind('a list of texts, as ["text", "text"]', _texts)
WORDS = Kind('a list of texts, as ["program", "argument"]', _words, secret=True)
SECRET_TEXTS = Kind('a table of texts, as { name = "text" }', _text_table, secret=True)
