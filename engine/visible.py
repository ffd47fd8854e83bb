"""Untrusted text made visible: nothing stripped, nothing interpreted, two texts never alike.

Every character that a terminal could obey or hide becomes `\\u{HEX}`: the Unicode categories
Cc (but newline and tab), Cf, Cs, Co, Cn, Zl and Zp. A backslash that stands before `u{` is
itself written so, which makes the mapping injective and `decode(visible(x)) == x` for every x.
"""

import json
import re
import sys
import unicodedata
from functools import lru_cache

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNUSUAL = re.compile(r"[^\n\t\x20-\x7e]")
"""The characters whose category is looked up; printable ASCII is most text, and needs no look."""
_ESCAPE = re.compile(r"\\u\{([0-9A-F]{1,6})\}")


def visible(text: str) -> str:
    """Return `text` with every hidden character escaped; newlines and tabs stay."""
    return _UNUSUAL.sub(_text_escape, text.replace("\\u{", "\\u{5C}u{"))


def visible_typed(text: str) -> str:
    """Return a text that a person typed: as `visible`, but escapes in it are meant as such."""
    return _UNUSUAL.sub(_text_escape, text)


def decode(text: str) -> str:
    """Return what `visible` was given. Text typed by a person may hold escapes too."""
    return _ESCAPE.sub(_character, text)


def one_line(text: str, limit: int = 200) -> str:
    """Return `text` on one line for a list: escaped, white space folded, cut with a count."""
    line = " ".join(visible(text[: limit * 4]).split())
    if len(line) <= limit and len(text) <= limit * 4:
        return line
    return f"{line[:limit]}… ({len(text):,} characters)"


def json_text(value: object, *, indent: int | None = 2) -> str:
    """Return JSON that shows every hidden character as a JSON escape, and parses back to `value`.

    Raises ValueError for NaN and infinities, which JSON does not have.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return visible_json(text)


def visible_json(text: str) -> str:
    """Return JSON, or what a person typed as such, with a JSON escape for what is hidden in it."""
    return _UNUSUAL.sub(_json_escape, text)


@lru_cache(maxsize=4096)
def is_hidden(char: str) -> bool:
    """Say whether a terminal could obey this character, or a reader overlook it."""
    return unicodedata.category(char) in _HIDDEN


def _text_escape(match: re.Match[str]) -> str:
    char = match[0]
    return f"\\u{{{ord(char):X}}}" if is_hidden(char) else char


def _json_escape(match: re.Match[str]) -> str:
    char = match[0]
    if not is_hidden(char):
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else json.dumps(char)[1:-1]


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code <= sys.maxunicode else match[0]
