"""Drawings of what arrives faster than a person can see: the first at once, then one a frame."""

import time
from collections.abc import Callable

from textual.widget import Widget

_FRAME = 1 / 30
"""Seconds between two drawings: what arrives in between is drawn together."""


class Redraws:
    """Calls `draw`, a method of `widget`, soon after something arrived."""

    def __init__(self, widget: Widget, draw: Callable[[], None]) -> None:
        self._widget = widget
        self._draw = draw
        self._next = 0.0
        """When the frame after the last drawing begins."""
        self._is_due = False

    def soon(self) -> None:
        """Draw now, or at the end of the frame if something was drawn in it."""
        if self._is_due:
            return
        left = self._next - time.monotonic()
        if left <= 0:
            self._draw_now()
        else:
            self._is_due = True
            self._widget.set_timer(left, self._draw_now)

    def _draw_now(self) -> None:
        self._is_due = False
        self._draw()
        self._next = time.monotonic() + _FRAME
