"""The JSON that a person typed: read strictly, with the place of the first mistake; and written."""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from hitl_engine.model import JsonValue


@dataclass(eq=False)
class JsonProblem(Exception):
    """Why a text is not JSON, and where; lines and columns count from 1."""

    what: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.what}"


class _Refused(ValueError):
    """A value or key that Python's reader accepts but JSON does not have, or would lose."""

    def __init__(self, what: str, token: str, occurrence: int = 1) -> None:
        super().__init__(what)
        self.token = token
        self.occurrence = occurrence


def read_json(text: str) -> "JsonValue":
    """Return the value of `text`.

    Raises JsonProblem also for NaN and infinities, for numbers that overflow, and for an object
    that has one key twice: the reader would silently keep the last.
    """
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        raise JsonProblem(_in_words(error), error.lineno, error.colno) from None
    except _Refused as refused:
        line, column = _place(text, refused.token, refused.occurrence)
        raise JsonProblem(str(refused), line, column) from None
    except RecursionError:
        raise JsonProblem("nested too deeply") from None
    return value


def unwritable(value: "JsonValue") -> str | None:
    """Return why JSON in UTF-8 cannot carry this value (NaN, a lone surrogate, too deep), or None."""
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        written.encode()
        same = json.loads(written) == value
    except (ValueError, TypeError, RecursionError) as error:
        return str(error)
    return None if same else "reading it back gives a different value"


_WORDS = {
    "Expecting value": "a value is expected here",
    "Expecting ',' delimiter": "a comma is expected here",
    "Expecting ':' delimiter": "a colon is expected here",
    "Expecting property name enclosed in double quotes": "a key in double quotes is expected here",
    "Illegal trailing comma before end of object": "remove the comma before the end",
    "Illegal trailing comma before end of array": "remove the comma before the end",
    "Unterminated string starting at": "the string that begins here has no end",
    "Extra data": "the value has ended before this",
    "Invalid control character at": "a line break or tab in a string is written \\n or \\t",
}
"""The messages of Python's reader, in plain words for the person who types."""


def _in_words(error: json.JSONDecodeError) -> str:
    words = _WORDS.get(error.msg, error.msg)
    if error.pos >= len(error.doc.rstrip()):
        return f"{words}, but the text ends"
    return words


def _object(pairs: "list[tuple[str, JsonValue]]") -> "dict[str, JsonValue]":
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Refused("this key is used twice", json.dumps(key, ensure_ascii=False), 2)
            seen.add(key)
    return made


def _constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not JSON", name)


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _Refused("a number this large cannot be kept exactly", digits)
    return number


def _int(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:
        raise _Refused("a number with this many digits cannot be read", digits) from None


def _place(text: str, token: str, occurrence: int) -> tuple[int, int]:
    matches = list(re.finditer(re.escape(token), text))
    if not matches:
        return 1, 1
    start = matches[min(occurrence, len(matches)) - 1].start()
    return text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1
