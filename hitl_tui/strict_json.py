"""Reading the JSON that a person typed: strictly, and with the place of the first mistake."""

import json
import re
from dataclasses import dataclass
from typing import NoReturn

from engine.model import JsonValue


@dataclass(eq=False)
class JsonProblem(Exception):
    """Why a text is not JSON, and where; lines and columns count from 1."""

    what: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.what}"


class _Refused(ValueError):
    """A value or key that Python's reader would take and JSON does not have, or only loses."""

    def __init__(self, what: str, token: str, occurrence: int = 1) -> None:
        super().__init__(what)
        self.token = token
        self.occurrence = occurrence


def read_json(text: str) -> JsonValue:
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
        raise JsonProblem("Nested too deeply") from None
    return value


def _in_words(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc.rstrip()):
        return f"{error.msg}, but the text ends here"
    return error.msg


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Refused("Duplicate key", json.dumps(key, ensure_ascii=False), 2)
            seen.add(key)
    return made


def _constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not JSON", name)


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _Refused("A number this large cannot be kept exactly", digits)
    return number


def _int(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:
        raise _Refused("A number with this many digits cannot be read", digits) from None


def _place(text: str, token: str, occurrence: int) -> tuple[int, int]:
    matches = list(re.finditer(re.escape(token), text))
    if not matches:
        return 1, 1
    start = matches[min(occurrence, len(matches)) - 1].start()
    return text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1
