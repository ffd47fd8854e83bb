"""The signs and frames that the program draws, and the ASCII characters that stand for them.

Each has the same width as what stands for it, so a drawn line keeps its columns. Where they are
replaced, the same characters in a payload are shown as escapes (`hide_also`): two different payloads
never look the same.
"""

import re
from collections.abc import Iterable

from hitl_engine.characters.hidden import hide_also

_SIGNS = (
    # frames, lines and bars
    ("│┃╷╵▏▎▍▌▋▊▉▐▕", "|"),
    ("─━╸╺╴╶", "-"),
    ("┆", ":"),
    ("┄", "."),
    ("═", "="),
    ("║", "!"),
    ("┌┏┐┓└┗┘┛├┤┬┴┼╭╮╰╯╔╗╚╝▙▛▜▟", "+"),
    ("▔▀", "-"),
    ("▁▂▃▄▅▆▇", "_"),
    ("█", "#"),
    # what is where, and what comes from where
    ("◀←↩↶⏴", "<"),
    ("▶→▸⏵", ">"),
    ("▷", ")"),
    ("▲↑▵", "^"),
    ("▼", "V"),
    ("▾↓▿", "v"),
    ("△", "A"),
    ("▽", "U"),
    ("▴", "'"),
    ("↺", "@"),
    # kinds and states of things
    ("●◉•▪⭑★", "*"),
    ("○◌◦◑", "o"),
    ("◷", "@"),
    ("■⊞", "#"),
    ("□⭘", "_"),
    ("▣", "@"),
    ("◆", "%"),
    ("¶", "T"),
    ("≡", "="),
    ("⋯", "."),
    ("⋮", ":"),
    ("✓", "+"),
    ("✕✗", "x"),
    ("✎", "~"),
    ("⏎⌫⌦", "~"),
    ("🔎", "/ "),
    ("\N{REPLACEMENT CHARACTER}", "?"),
)
_PUNCTUATION = (
    ("…", "~"),
    ("·", "."),
    ("–—−", "-"),
    ("×", "x"),
    ("“”", '"'),
    ("‘’", "'"),
    ("‹⟨", "<"),
    ("›⟩", ">"),
)
"""What most fonts and screen readers have: it is replaced only where the encoding lacks it."""
_KEYS = {"⏎": "enter", "⌫": "backspace", "⌦": "delete", "↑": "up", "↓": "down"}


def _table(pairs: Iterable[tuple[str, str]]) -> dict[int, str]:
    return {ord(sign): ascii_sign for signs, ascii_sign in pairs for sign in signs}


ASCII_SIGNS = _table(_SIGNS)
"""For `str.translate`: the signs alone."""
ASCII = ASCII_SIGNS | _table(_PUNCTUATION)
"""For `str.translate`: everything that the program itself writes."""


def is_utf_8(encoding: str | None) -> bool:
    """Whether this is the name of UTF-8, which has all characters."""
    return (encoding or "").lower().replace("-", "").replace("_", "") == "utf8"


def ascii_table(encoding: str | None) -> dict[int, str]:
    """Return what is replaced on a terminal with this encoding that gets ASCII signs."""
    return ASCII_SIGNS if is_utf_8(encoding) else ASCII


def escape_in_payloads(encoding: str | None) -> None:
    """Show as escapes, from now on, what payloads have of the signs, and what no byte stands for."""
    hidden = f"[{re.escape(''.join(map(chr, ascii_table(encoding))))}]"
    if not is_utf_8(encoding):
        hidden += f"|[^{re.escape(_characters_of(encoding or 'ascii'))}]"
    hide_also(re.compile(hidden))


def key_in_ascii(display: str) -> str:
    """Return the name of a key, in place of its sign."""
    return "".join(_KEYS.get(char, char) for char in display)


def _characters_of(encoding: str) -> str:
    """Return the characters of one byte; an encoding with longer ones counts as ASCII."""
    try:
        return "".join(bytes([byte]).decode(encoding, "ignore") for byte in range(256))
    except LookupError:
        return "".join(map(chr, range(128)))
