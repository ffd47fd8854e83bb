"""What no text of others may bring onto a terminal, found in the bytes that a program wrote.

This oracle shares nothing with the program: no table of characters, no filter.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import category

_OURS = re.compile(
    r"\x1b\[(?!7777)[\d;:]*m"  # colours; hostile ones begin with the number 7777
    r"|\x1b\[(?!7777)[\d;]*[HJKABCDGX]"
    r"|\x1b\[[?>=<][\d;]*[hlupqn]|\x1b\[\?[\d;]*\$p|\x1b\[[>?]?(?!7777)[\d;]*[cnt]|\x1b\[\d* q"
    r"|\x1b_G[^\x1b]*\x1b\\|\x1b[78=>M]|\x1b\(B"
    r"|\x1b\](?:2;hitl-tui|9;hitl-tui:|22;|66;|1[01];)[ -~]{0,300}(?:\x07|\x1b\\)"
)
"""What Textual and this program write. No title or notification may have a hostile text: see `TAG`."""
TAG = re.compile(r"q[0-9a-f]{6}z")
"""Each hostile text begins with one of its own, so that it can be seen that it was drawn."""
_NO_PICTURE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_INVISIBLE = frozenset(
    chr(point)
    for first, last in (
        (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
        (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800),
        (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8),
        (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    )
    for point in range(first, last + 1)
)  # fmt: skip
"""Default_Ignorable_Code_Point of Unicode 15.0, and the blank Braille pattern."""
SEQUENCES = (
    "\x1b[7777;31m", "\x1b[7777J", "\x1b]0;owned\x07", "\x1b]52;c;ZXZpbA==\x07", "\x1b[7777;1H",
    "\x1b]8;;http://evil/\x1b\\", "\x1b[7777;6n", "\x1bc", "\x9b31m", "\x9d0;x\x9c", "\x1bPq\x1b\\",
    "\x1b_evil\x1b\\", "\x1b]9;evil\x07", "\r\x1b[7777K", "\b\b\b", "\x00", "\x07", "\x7f", "\x0e", "\x85",
)  # fmt: skip
"""What would command a terminal."""
_PLAIN = (
    "[/b]", "[@click=app.quit]", "[link=http://x]", "\\u{1B}", "${x}", "%s", "<b>", "`", "rm", "\t", "  ",
)  # fmt: skip
HIDDEN = (
    *sorted(char for char in _INVISIBLE if char < "\U000e0080"),
    *(
        "\U000e0100",
        "\U000e01ef",
        "\U000e0fff",
        "\u2028",
        "\u2029",
        "\ue000",
        "\u0378",
        "\U000f0000",
    ),
)
"""What would be drawn as nothing; a few for the hundreds of selectors and reserved characters."""


@dataclass(slots=True)
class Foreign:
    """What was found in the output of a program."""

    tags: frozenset[str]
    """The hostile texts that were drawn."""
    sequences: tuple[str, ...]
    """Characters, or sequences of them, that command a terminal and are not ours."""
    invisible: tuple[str, ...]
    """Characters without a picture that are not marked."""


def foreign_in(output: bytes) -> Foreign:
    """Look at all that a program wrote to its terminal."""
    text = output.decode(errors="surrogateescape")
    drawn = _OURS.sub("", text)
    commands = [char for char in drawn if category(char) == "Cc" and char not in "\r\n\t"]
    titles = [found for found in _OURS.findall(text) if "]" in found[:2] and TAG.search(found)]
    unseen = [
        char
        for char in drawn
        if category(char) != "Cc" and (category(char) in _NO_PICTURE or char in _INVISIBLE)
    ]
    return Foreign(
        frozenset(TAG.findall(drawn)),
        tuple(map(ascii, [*commands, *titles])),
        tuple(map(ascii, unseen)),
    )


class HostileTexts:
    """Makes texts, each with a tag of its own; a seed gives the same again."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.made = 0

    def one(self, *, without: str = "\n") -> str:
        """Return a text of a few pieces, without some characters.

        Between what is hidden there are only Latin letters, which need no joiner and no selector.
        """
        self.made += 1
        pieces = (self._piece() for _ in range(self._chance.randrange(1, 4)))
        text = f"q{self.made:06x}z" + "w".join(pieces) + "w"
        return text.translate(dict.fromkeys(map(ord, without)))

    def several(self, count: int, *, without: str = "\n") -> list[str]:
        """Return as many texts."""
        return [self.one(without=without) for _ in range(count)]

    def lines(self, count: int, *, of: int = 4) -> str:
        """Return a text with as many, a few of them in each line."""
        texts = self.several(count)
        return "\n".join(" ".join(texts[at : at + of]) for at in range(0, count, of))

    def _piece(self) -> str:
        kinds: Iterable[tuple[str, ...]] = (SEQUENCES, HIDDEN, HIDDEN, _PLAIN)
        return self._chance.choice(self._chance.choice([*kinds]))
