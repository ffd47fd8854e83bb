"""The last filters before the terminal: for signs, and what `hitl_engine.visible` missed."""

from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from hitl_engine.characters.hidden import hidden_places, may_hide

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_LINE_ENDS = str.maketrans("\n\t", "\r\r")
"""On a drawn line, a newline or a tab is hidden too."""


class HiddenCharacterFilter(LineFilter):
    """Replaces the hidden characters of drawn lines, and keeps the width of each line.

    One without a width takes the place of the character before it or, at the start, after it.
    """

    def __init__(self, replacement: str = REPLACEMENT) -> None:
        super().__init__()
        self._replacement = replacement

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` themselves if nothing in them has to be replaced."""
        if not any(may_hide(segment.text) for segment in segments):
            return segments
        # A joiner and what needs it can have different styles.
        line = "".join(segment.text for segment in segments)
        if not (replaced := _replaced(line, self._replacement)):
            return segments
        drawn: list[Segment] = []
        start = 0
        for text, style, control in segments:
            end = start + len(text)
            shown = "".join(replaced.get(place, line[place]) for place in range(start, end))
            drawn.append(Segment(shown, style, control))
            start = end
        return drawn


class AsciiFilter(LineFilter):
    """Draws signs and frames with ASCII characters of the same width."""

    def __init__(self, table: Mapping[int, str]) -> None:
        """`table` is for `str.translate`."""
        super().__init__()
        self._table = table

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` themselves if they are ASCII."""
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [
            Segment(text.translate(self._table), style, control)
            for text, style, control in segments
        ]


def _replaced(line: str, replacement: str) -> dict[int, str]:
    """Return what is drawn instead of the characters at these offsets."""
    replaced: dict[int, str] = {}
    without_ends = line.translate(_LINE_ENDS)
    for place in hidden_places(without_ends):
        if width := cell_len(line[place]):
            replaced[place] = replacement * width
            continue
        replaced[place] = ""
        if (before := _with_width(line, range(place - 1, -1, -1))) is not None:
            replaced[before] = replacement * cell_len(line[before : place + 1])
        elif (after := _with_width(line, range(place + 1, len(line)))) is not None:
            replaced[after] = replacement * cell_len(line[after])
        else:
            replaced[place] = replacement
    return replaced


def _with_width(line: str, places: Iterable[int]) -> int | None:
    return next((place for place in places if cell_len(line[place])), None)
