"""Words, hosts and keys that look like others: which they are, and what they resemble.

- A word with Latin letters and letters of a script whose letters look like them (UTS 39, section 5:
  mixed scripts). Words in one script are ordinary, except as a part of a host.
- A host with letters that look like Latin ones, or in Punycode (RFC 3492).
- Keys of one object that differ, and are equal in Unicode's normal form C.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache

from hitl_engine.characters import tables

_WORD = re.compile(r"[^\W\d_]+")
_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,30}://(?:[^\s/?#@]{0,256}@)?|@)([\w.-]{1,253})")
_PUNYCODE = re.compile(r"(?<![\w-])xn--[a-z0-9-]{1,59}", re.IGNORECASE)
_MOST = 20
"""So many are told."""
_LATIN = dict(
    zip(
        "асеорхуіјѕԁһԛԝӏүАВЕКМНОРСТХЅІЈҮ" + "οανικρυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "օոսհզցՕՍ" + "ⲟⲣⲥᏴᎪᎬᏟᏚᎢ",
        "aceopxyijsdhqwlyABEKMHOPCTXSIJY" + "oavikpuABEZHIKMNOPTYX" + "onuhqgOU" + "opcBAECST",
        strict=True,
    )
)
"""Letters of other scripts that look like a Latin one (confusables.txt of UTS 39, the main ones)."""


def misleading_parts(value: object) -> tuple[str, ...]:
    """Return a sentence for each misleading part of a text, or of the texts and keys in JSON.

    At most 20 are returned. The sentences contain parts of the value as they are.
    """
    found: dict[str, None] = {}
    for sentence in _in_value(value):
        found[sentence] = None
        if len(found) == _MOST:
            break
    return tuple(found)


def misleading_words(text: str) -> Iterator[tuple[int, int]]:
    """Return where words with letters of several scripts, and hosts that look like others, are."""
    if "--" in text:
        yield from (match.span() for match in _PUNYCODE.finditer(text))
    if text.isascii():
        return
    yield from (match.span(1) for match in _HOST.finditer(text) if _is_deceptive(match[1]))
    yield from (match.span() for match in _WORD.finditer(text) if _is_mixed(match[0]))


def _in_value(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield from _in_text(text)
            case dict() as items:
                yield from _equal_keys(list(items))
                waiting += [*items, *items.values()]
            case list() | tuple() as items:
                waiting += items


def _in_text(text: str) -> Iterator[str]:
    for match in _PUNYCODE.finditer(text) if "--" in text else ():
        yield f"“{match[0]}” is the host name “{_decoded(match[0])}” in Punycode."
    if text.isascii():
        return
    for match in _HOST.finditer(text):
        if _is_deceptive(host := match[1]):
            latin = _as_latin(host)
            yield f"The host “{host}” resembles “{latin}”: it has letters of {_scripts_in(host)}."
    for match in _WORD.finditer(text):
        word = match[0]
        if _is_mixed(word):
            yield f"“{word}” resembles “{_as_latin(word)}”: it has letters of {_scripts_in(word)}."


def _equal_keys(keys: list[str]) -> Iterator[str]:
    if all(isinstance(key, str) and key.isascii() for key in keys):
        return
    normal: dict[str, str] = {}
    for key in keys:
        other = normal.setdefault(unicodedata.normalize("NFC", key), key)
        if other != key:
            yield (
                f"Two keys look the same, “{key}”, and differ in how their letters are composed"
                f" ({len(other)} and {len(key)} characters)."
            )


def _decoded(label: str) -> str:
    try:
        return label[4:].encode().decode("punycode")
    except UnicodeError:
        return "?"


def _as_latin(word: str) -> str:
    """Return what a word looks like: look-alikes as Latin letters, also wide and styled letters."""
    return "".join(_LATIN.get(char, char) for char in unicodedata.normalize("NFKC", word))


def _is_deceptive(host: str) -> bool:
    return not host.isascii() and _as_latin(host).isascii()


def _is_mixed(word: str) -> bool:
    if word.isascii():
        return False
    scripts = {_script(char) for char in word} - {""}
    return "Latin" in scripts and len(scripts) > 1 and any(char in _LATIN for char in word)


def _scripts_in(word: str) -> str:
    return " and ".join(sorted({_script(char) for char in word} - {""})) or "other styles"


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    """Return the script of a letter, of those whose letters look alike; else nothing."""
    for name, (firsts, lasts) in _scripts().items():
        index = bisect_right(firsts, ord(char)) - 1
        if index >= 0 and ord(char) <= lasts[index]:
            return name
    return ""


@cache
def _scripts() -> dict[str, tuple[list[int], list[int]]]:
    found: dict[str, tuple[list[int], list[int]]] = {}
    for name, table in tables.SCRIPTS.items():
        ends = [each.partition("-") for each in table.split()]
        firsts = [int(first, 16) for first, _, _ in ends]
        found[name] = firsts, [int(last or first, 16) for first, _, last in ends]
    return found
