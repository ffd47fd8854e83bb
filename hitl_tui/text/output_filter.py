"""The last filter before the terminal, for characters that `hitl_engine.visible` missed."""

import unicodedata

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class UnprintableFilter(LineFilter):
    """Replaces control, format, surrogate, private-use and unassigned characters in drawn lines.

    `str.isprintable` is false for exactly these and for separators, which are kept.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` themselves if nothing in them has to be replaced."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [Segment(_printable(text), style, control) for text, style, control in segments]


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(_printable_character(char) for char in text)


def _printable_character(char: str) -> str:
    if char.isprintable() or unicodedata.category(char) == "Zs":
        return char
    return REPLACEMENT * cell_len(char)  # the layout counted this width
