"""The coloured parts of JSON, found row by row: the cost is that of the row, not of the line.

A JSON string contains no line break, so a line can be read without the lines above it. To know
whether a row of a long line begins in a string, only the quotation marks before it are counted.
"""

import re
from collections.abc import Generator
from enum import Enum, auto

_WORD = re.compile(r'(?P<string>")|(?P<number>-?\d[\d.eE+-]*|\b(?:true|false|null)\b)')
_STRING_REST = re.compile(r'((?:[^"\\]++|\\.)*+)("?)')
_AS_KEY = re.compile(r"\s*:")
_PAIR = re.compile(r"\\.")
_ESCAPE = re.compile(r"\\(?:(u[0-9a-fA-F]{4})|.)")
_BEFORE = len("\\u0000") - 1
"""So many characters of an escape, or of a word, may be on the row above."""
_FAR = 1_000
"""A string that continues for more characters than this after its row is not read as a key."""


class Part(Enum):
    """A part with its own colour."""

    KEY = "key"
    STRING = "string"
    NUMBER = "number"
    ESCAPE = "escape"
    """A backslash and the character after it; listed after the key or string that contains it."""
    HIDDEN = "hidden"
    """An escape with four digits: usually a hidden character."""


class _Place(Enum):
    """What a position in a line is in."""

    BETWEEN = auto()
    IN_STRING = auto()
    AFTER_BACKSLASH = auto()


Span = tuple[int, int, Part]


class JsonParts:
    """Finds the parts in rows of a text. It remembers the last position, as rows follow each other."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Forget the last position: the text has changed."""
        self._line = -1
        self._reached = 0
        self._place = _Place.BETWEEN

    def spans(self, number: int, line: str, start: int, end: int) -> list[Span]:
        """Return the parts of line `number` from `start` to `end`, in the order of drawing."""
        begin = max(0, start - _BEFORE)
        place = self._place_at(number, line, begin)
        return [
            (max(first, start), min(last, end), part)
            for first, last, part in _parts(line, begin, end, place)
            if first < end and last > start
        ]

    def _place_at(self, number: int, line: str, column: int) -> _Place:
        if number != self._line or column < self._reached:
            self._line, self._reached, self._place = number, 0, _Place.BETWEEN
        self._place = _after(line[self._reached : column], self._place)
        self._reached = column
        return self._place


def _after(text: str, place: _Place) -> _Place:
    """Return the place after `text`."""
    if not text:
        return place
    rest = _PAIR.sub("", text[1:] if place is _Place.AFTER_BACKSLASH else text)
    if (place is _Place.BETWEEN) is (rest.count('"') % 2 == 0):
        return _Place.BETWEEN
    return _Place.AFTER_BACKSLASH if rest.endswith("\\") else _Place.IN_STRING


def _parts(line: str, begin: int, end: int, place: _Place) -> Generator[Span, None, None]:
    at = begin
    if place is not _Place.BETWEEN:
        at -= place is _Place.AFTER_BACKSLASH
        at = yield from _string(line, at, at, end)
    while at < end and (word := _WORD.search(line, at, end + _BEFORE)):
        at = word.end()
        if word.lastgroup == "number":
            yield word.start(), at, Part.NUMBER
        else:
            at = yield from _string(line, word.start(), at, end)


def _string(line: str, start: int, inside: int, end: int) -> Generator[Span, None, int]:
    """Yield a string whose content begins at `inside`, and its escapes; return where it ends."""
    rest = _STRING_REST.match(line, inside, end + _FAR)
    assert rest is not None, "it matches the empty string too"
    key = rest[2] and _AS_KEY.match(line, rest.end(), rest.end() + _FAR)
    yield start, rest.end(), Part.KEY if key else Part.STRING
    for escape in _ESCAPE.finditer(line, inside, min(rest.end(1), end + _BEFORE)):
        yield *escape.span(), Part.HIDDEN if escape[1] else Part.ESCAPE
    return rest.end()
