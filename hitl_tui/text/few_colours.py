"""Colours for terminals that have sixteen: what a theme keeps apart stays readable.

Without it, the nearest of the sixteen is drawn: muted colours all become grey, and some of them
become the colour of what is behind them.
"""

import colorsys
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

Rgb: TypeAlias = tuple[int, int, int]

_LEAST = 3.5
"""The least contrast of a text, as WCAG 2 defines it."""
_GREY = 0.12
"""Below this difference of its parts a colour has no hue that a person would name."""
_SIXTEEN = (
    *((0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0)),
    *((0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170)),
    *((85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85)),
    *((85, 85, 255), (255, 85, 255), (85, 255, 255), (255, 255, 255)),
)
"""As Rich has them: it draws each with the number that is its place here."""
_GREYS = (0, 8, 7, 15)
_HUES = (1, 3, 2, 6, 4, 5)
"""Red, yellow, green, cyan, blue, magenta: in the order of the colour circle; 8 more is brighter."""


class SixteenColours(LineFilter):
    """Draws texts in those of sixteen colours that keep their hue, and can be read on what is behind.

    What is selected has a background that differs a little from `grounds`, those of everything else;
    it differs from them in sixteen colours too.
    """

    def __init__(self, grounds: Iterable[Color]) -> None:
        super().__init__()
        self._grounds = frozenset(ground.rgb for ground in grounds)
        self._common = {_nearest(ground) for ground in self._grounds}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in sixteen colours."""
        return [
            Segment(text, self._style(style) if style is not None else None, control)
            for text, style, control in segments
        ]

    def _style(self, style: Style) -> Style:
        if style.color is None or style.bgcolor is None:
            return style
        ground = self._ground(style.bgcolor.get_truecolor())
        return style + _in_sixteen(style.color.get_truecolor(), ground)

    def _ground(self, wanted: Rgb) -> int:
        """Return the number of a background."""
        nearest = _nearest(wanted)
        if wanted in self._grounds or nearest not in self._common:
            return nearest
        return next(each for each in (8, 7, 15) if each not in self._common)


@lru_cache(maxsize=4096)
def _in_sixteen(front: Rgb, behind: int) -> Style:
    colour, ground = _SIXTEEN[_readable(front, behind)], _SIXTEEN[behind]
    return Style(color=RichColor.from_rgb(*colour), bgcolor=RichColor.from_rgb(*ground))


@lru_cache(maxsize=1024)
def _nearest(wanted: Rgb) -> int:
    return RichColor.from_rgb(*wanted).downgrade(ColorSystem.STANDARD).number or 0


def _readable(wanted: Rgb, behind: int) -> int:
    """Return the number of the colour that is most like the wanted one, and can be read."""
    numbers = [each for each in _like(wanted) if _contrast(each, behind) >= _LEAST]
    if numbers:
        return min(numbers, key=lambda each: _distance(wanted, _SIXTEEN[each]))
    return max((0, 15), key=lambda each: _contrast(each, behind))


def _like(wanted: Rgb) -> tuple[int, ...]:
    hue, _, _ = colorsys.rgb_to_hsv(*(part / 255 for part in wanted))
    if max(wanted) - min(wanted) < _GREY * 255:
        return _GREYS
    normal = _HUES[round(hue * len(_HUES)) % len(_HUES)]
    return normal, normal + 8


def _distance(one: Rgb, other: Rgb) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _contrast(one: int, other: int) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=16)
def _luminance(number: int) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _SIXTEEN[number])
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
