"""Texts that could command a terminal or hide something are written visibly, each in its own way."""

import random
from unicodedata import category, unidata_version

from hitl_engine.characters import tables
from hitl_engine.selftest.figure import Figure, figure_of
from hitl_engine.visible import decode, visible

_PIECES = (
    "\x1b[2J", "\x1b]0;title\x07", "\x1b]52;c;aGVsbG8=\x1b\\", "\x9b31m", "\r\x1b[2K", "\x00", "\x7f",
    "\b\b\b", "\u202e", "\u2066", "\u200b", "\u200d", "\u200c", "\ufeff", "\u2028", "\u00ad", "\u034f",
    "\u115f", "\u3164", "\uffa0", "\u2800", "\u17b4", "\u180b", "\ufe0f", "\U000e0041", "\U000e0100",
    "\ud800", "\ue000", "\u0378", "[/b]", "[@click=app.quit]", "\\u{1B}", "\\u{5C}", "ls -la", " ",
    "क्ष", "می", "👩", "👧", "e\u0301", "漢",
)  # fmt: skip
_JOINERS = frozenset("\u200c\u200d")
"""Format characters that some scripts and emoji need: `visible` leaves them only there."""
_NEVER = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of characters without a picture, or with any."""
_KNOWS_UNASSIGNED = tuple(map(int, unidata_version.split("."))) >= tables.VERSION
"""Whether Python knows all characters that are shown: Python 3.11 has an older Unicode."""


def hostile_texts(count: int, seed: int) -> Figure:
    """Write as many texts by chance; none may pass unseen, and no two may look the same."""
    chance = random.Random(seed)
    texts = (hostile_text(chance) for _ in range(count))
    faults = (ascii(text) for text in texts if not _is_written_visibly(text))
    return figure_of("a hostile text is written visibly", count, faults)


def _is_written_visibly(text: str) -> bool:
    shown = visible(text)
    return is_visible(shown) and decode(shown) == text


def hostile_text(chance: random.Random) -> str:
    """Return a text of a few pieces by chance."""
    return "".join(_piece(chance) for _ in range(chance.randrange(1, 9)))


def is_visible(shown: str) -> bool:
    """Whether each character has a picture of its own, or is a joiner, a newline or a tab."""
    never = _NEVER | {"Cn"} if _KNOWS_UNASSIGNED else _NEVER
    return all(char in "\n\t" or char in _JOINERS or category(char) not in never for char in shown)


def _piece(chance: random.Random) -> str:
    if chance.random() < 0.6:
        return chance.choice(_PIECES)
    return chr(chance.choice((chance.randrange(0x250), chance.randrange(0x110000))))
