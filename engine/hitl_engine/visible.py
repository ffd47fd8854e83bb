"""Untrusted text made visible: nothing removed, nothing interpreted, no two texts shown the same.

Every character that a terminal could interpret or hide becomes `\\u{HEX}`; which these are is in
`characters.hidden`. A backslash before `u{` is itself escaped, which makes the mapping injective and
`decode(visible(x)) == x` for every x.
"""

import json
import re
import sys
from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

from hitl_engine.characters.hidden import hidden_places, keeps_together, replace_hidden

_USUAL = bytes([9, 10, *range(0x20, 0x7F)])
_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: repr,
    bool: ("false", "true").__getitem__,
}
"""How the most common JSON values are written."""
_ESCAPE = re.compile(r"\\u\{([0-9A-F]{1,6})\}")


def visible(text: str) -> str:
    """Return `text` with every hidden character escaped; newlines and tabs stay."""
    return visible_typed(text.replace("\\u{", "\\u{5C}u{"))


def visible_typed(text: str) -> str:
    """Return a text that a person typed: as `visible`, but its escapes are kept as escapes."""
    return text if _is_usual(text) else replace_hidden(text, _text_escape)


def decode(text: str) -> str:
    """Return what `visible` was given. Text typed by a person may hold escapes too."""
    return _ESCAPE.sub(_character, text)


def one_line(text: str, limit: int = 200) -> str:
    """Return `text` on one line for a list: escaped, white space folded, cut with a count."""
    line = " ".join(visible(text[: limit * 4]).split())
    whole = len(line) <= limit and len(text) <= limit * 4
    return line if whole else _cut(line, limit, len(text))


def cut_line(line: str, limit: int) -> str:
    """Return a line that is visible already, cut with a count: escaping twice would change it."""
    return line if len(line) <= limit else _cut(line, limit, len(line))


def _cut(line: str, limit: int, length: int) -> str:
    while 0 < limit < len(line) and keeps_together(line, limit):
        limit -= 1
    return f"{line[:limit]}… ({length:,} characters)"


def json_text(value: object, *, indent: int | None = 2) -> str:
    """Return JSON that shows every hidden character as a JSON escape, and parses back to `value`.

    Raises ValueError for NaN and infinities, which JSON does not have.
    """
    if indent is None:
        return visible_json(_compact(value))
    try:
        text = _indented(value, " " * indent)
    except RecursionError:  # the other one goes twice as deep
        text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return visible_json(text)


def visible_json(text: str) -> str:
    """Return JSON, or what a person typed as such, with JSON escapes for its hidden characters."""
    return text if _is_usual(text) else replace_hidden(text, _json_escape)


def hidden_count(value: object) -> int:
    """Return how many characters of a text, or of the texts in JSON, are shown as escapes."""
    waiting, count = [value], 0
    while waiting:
        match waiting.pop():
            case str() as text:
                count += 0 if _is_usual(text) else sum(1 for _ in hidden_places(text))
            case dict() as items:
                waiting += items
                waiting += items.values()
            case list() | tuple() as items:
                waiting += items
    return count


def _is_usual(text: str) -> bool:
    """Return whether no character needs a lookup: much faster to find out for a large text."""
    return text.isascii() and not text.encode().translate(None, _USUAL)


def _indented(value: object, step: str, line: str = "\n") -> str:
    """Return indented JSON; `json` does this in Python too, and takes twice as long."""
    inner = line + step
    write = _WRITTEN.get
    if isinstance(value, dict) and value:
        items = [
            f"{encode_basestring(key)}: "
            f"{written(item) if (written := write(type(item))) else _indented(item, step, inner)}"
            for key, item in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(items)}{line}}}"
    if isinstance(value, list | tuple) and value:
        items = [
            written(item) if (written := write(type(item))) else _indented(item, step, inner)
            for item in value
        ]
        return f"[{inner}{f',{inner}'.join(items)}{line}]"
    return _compact(value)


def _text_escape(char: str) -> str:
    return f"\\u{{{ord(char):X}}}"


def _json_escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else json.dumps(char)[1:-1]


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code <= sys.maxunicode else match[0]
