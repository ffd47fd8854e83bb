"""Which characters of a text a terminal could interpret, or a reader overlook.

These are control, format, private-use and unassigned characters, lone surrogates, and everything
that Unicode lets a program draw as nothing (Default_Ignorable_Code_Point, and the blank Braille
pattern). Ordinary text of several scripts and emoji contain some of them; these are not hidden where
Unicode's rules say that the text needs them:

- joiners, U+200C and U+200D: RFC 5892, appendix A (after a virama, between letters that would join),
  before a virama (the Unicode Standard, chapter 12), and between pictographs (UTS 51);
- variation selectors: after what has such a variation (StandardizedVariants.txt, UTS 51), and after
  ideographs (UTS 37); Mongolian ones after Mongolian letters;
- tags: in the flags that UTS 51 recommends.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from hitl_engine.characters import tables

_NON_JOINER, _JOINER = "\u200c", "\u200d"
_TEXT_STYLE, _EMOJI_STYLE = "\ufe0e", "\ufe0f"
_KEYCAP = "\u20e3"
_MONGOLIAN_SELECTORS = "\u180b\u180c\u180d\u180f"
_VOWEL_SEPARATOR = "\u180e"
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_ATTACHED = frozenset(
    chr(point)
    for first, last in (
        (0x180B, 0x180F),
        (0x200C, 0x200D),
        (0xFE00, 0xFE0F),
        (0xE0020, 0xE007F),
        (0xE0100, 0xE01EF),
    )
    for point in range(first, last + 1)
)
"""Joiners, variation selectors and tags: what can belong to the character before it."""
_also_hidden: re.Pattern[str] | None = None
"""What the terminal cannot show; see `hide_also`."""
_CONTEXT = 8
"""Characters on each side that are looked at: ordinary text has fewer marks between two letters."""


def hidden_places(text: str) -> Iterator[int]:
    """Return the offsets of the hidden characters; newlines and tabs are not hidden."""
    if not may_hide(text):
        return
    for match in _suspects().finditer(text):
        if is_hidden(text, match.start()):
            yield match.start()


def replace_hidden(text: str, by: Callable[[str], str]) -> str:
    """Return `text` with each hidden character replaced by what `by` returns for it."""

    def replacement(match: re.Match[str]) -> str:
        return by(match[0]) if is_hidden(text, match.start()) else match[0]

    return _suspects().sub(replacement, text)


def hide_also(also: re.Pattern[str] | None) -> None:
    """Count more characters as hidden from now on: those that the terminal cannot show.

    `also` matches one character at a time; None takes an earlier one back.
    """
    global _also_hidden
    _also_hidden = also
    _suspects.cache_clear()


def is_hidden(text: str, place: int) -> bool:
    """Return whether the character at this offset is hidden."""
    char = text[place]
    if _also_hidden is not None and _also_hidden.match(char):
        return True
    if char not in _ATTACHED:
        return _in_table("HIDDEN", char)
    before = text[max(0, place - _CONTEXT) : place]
    return not _is_needed(before, char, text[place + 1 : place + 1 + _CONTEXT])


def may_hide(text: str) -> bool:
    """Return whether a text can contain hidden characters: much faster to find out.

    Python's own properties of characters do for ASCII only: its Unicode can be newer than the tables.
    """
    if text.isascii() and text.isprintable() and _also_hidden is None:
        return False
    return _suspects().search(text) is not None


def keeps_together(text: str, place: int) -> bool:
    """Return whether a cut at this offset would take a joiner or selector from what needs it."""
    return text[place] in _ATTACHED or text[place - 1] in (_NON_JOINER, _JOINER)


# What text needs


@lru_cache(maxsize=8192)
def _is_needed(before: str, char: str, after: str) -> bool:
    """Return whether ordinary text needs `char` between these texts."""
    if char in (_NON_JOINER, _JOINER):
        joins = _parts_letters if char == _NON_JOINER else _joins_pictographs
        return _joins_syllable(before, after) or joins(before, after)
    base = before[-1:]
    if char in (_TEXT_STYLE, _EMOJI_STYLE) and _is("EMOJI_OR_TEXT", base):
        return not base.isascii() or after[:1] == _KEYCAP
    if char == _VOWEL_SEPARATOR:
        letters = before.rstrip(_MONGOLIAN_SELECTORS)
        return _is("MONGOLIAN", letters[-1:]) and _is("MONGOLIAN", after[:1])
    if char in _MONGOLIAN_SELECTORS:
        return _is("MONGOLIAN", base)
    if "\ufe00" <= char <= "\ufe0f":
        return base != "" and base in _standardized().get(char, ())
    if "\U000e0100" <= char <= "\U000e01ef":
        return _is("IDEOGRAPHS", base)
    return any(
        before.endswith(flag[:place]) and after.startswith(flag[place + 1 :])
        for flag in _flags()
        for place in range(1, len(flag))
        if flag[place] == char
    )


def _joins_syllable(before: str, after: str) -> bool:
    base = before[-1:]
    return _is("VIRAMAS", base) or (_is("VIRAMAS", after[:1]) and base.isalpha())


def _parts_letters(before: str, after: str) -> bool:
    """Return whether the letters on both sides, without their marks, would join."""
    left = next((char for char in reversed(before) if not _is("TRANSPARENT", char)), "")
    right = next((char for char in after if not _is("TRANSPARENT", char)), "")
    return _is("JOINS_NEXT", left) and _is("JOINS_PREVIOUS", right)


def _joins_pictographs(before: str, after: str) -> bool:
    styled = before[-1:] == _EMOJI_STYLE or before[-1:] in _SKIN_TONES
    left = before[-2:-1] if styled else before[-1:]
    return _is("PICTOGRAPHS", left) and _is("PICTOGRAPHS", after[:1])


# The tables; most texts are ASCII, and need none of them


def _is(table: str, char: str) -> bool:
    return char != "" and _in_table(table, char)


@lru_cache(maxsize=8192)
def _in_table(table: str, char: str) -> bool:
    firsts, lasts = _ends(table)
    index = bisect_right(firsts, ord(char)) - 1
    return index >= 0 and ord(char) <= lasts[index]


@cache
def _ends(table: str) -> tuple[list[int], list[int]]:
    ranges = _ranges(getattr(tables, table))
    return [first for first, _ in ranges], [last for _, last in ranges]


def _ranges(table: str) -> list[tuple[int, int]]:
    ends = (each.partition("-") for each in table.split())
    return [(int(first, 16), int(last or first, 16)) for first, _, last in ends]


@cache
def _suspects() -> re.Pattern[str]:
    """Return what finds all hidden characters; some of those that it finds are not hidden.

    Beyond U+FFFF it finds every character: Python compiles a class of low code points to a table,
    and compares each character with one range of high code points after the other.
    """
    ranges = [(first, last) for first, last in _ranges(tables.HIDDEN) if last <= 0xFFFF]
    also = f"|{_also_hidden.pattern}" if _also_hidden is not None else ""
    return re.compile(f"[{_class(ranges)}\U00010000-\U0010ffff]{also}")


def _class(ranges: list[tuple[int, int]]) -> str:
    return "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in ranges)


@cache
def _standardized() -> dict[str, frozenset[str]]:
    return {
        chr(int(selector, 16)): frozenset(
            chr(each) for first, last in _ranges(bases) for each in range(first, last + 1)
        )
        for selector, bases in tables.STANDARDIZED.items()
    }


@cache
def _flags() -> tuple[str, ...]:
    return tuple(
        "".join(chr(int(each, 16)) for each in points.split())
        for points in tables.TAGGED_FLAGS.values()
    )
