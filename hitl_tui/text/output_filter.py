"""The second net: whatever slipped past `hitl_engine.visible` is stopped as lines are drawn."""

import unicodedata

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class NoControls(LineFilter):
    """Replaces control, format, surrogate, private and unassigned characters in drawn lines.

    `str.isprintable` is false for exactly these and for separators; separators stay.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` themselves when nothing in them has to be replaced."""
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
    return REPLACEMENT * cell_len(char)  # the row keeps the width it was laid out with
