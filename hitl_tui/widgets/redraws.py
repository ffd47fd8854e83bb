"""Drawings of what arrives faster than a person can see: the first at once, then one a frame."""

import time
from collections.abc import Callable

from textual.widget import Widget

_FRAME = 1 / 30
"""Seconds between two drawings at least: what arrives in between is drawn together."""


class Redraws:
    """Calls `draw`, a method of `widget`, soon after something arrived.

    After a drawing it waits for as long as that took, so that half of the time is left for what
    arrives and for keys.
    """

    def __init__(self, widget: Widget, draw: Callable[[], None]) -> None:
        self._widget = widget
        self._draw = draw
        self._began = 0.0
        self._next = 0.0
        """When the next drawing may begin."""
        self._is_painting = False
        self._is_due = False
        """Whether something arrived that is not drawn yet."""

    def soon(self) -> None:
        """Draw now, or when the time since the last drawing is over."""
        if self._is_due:
            return
        self._is_due = True
        if not self._is_painting:
            self._draw_in_time()

    def _draw_in_time(self) -> None:
        left = self._next - time.monotonic()
        if left > 0:
            self._widget.set_timer(left, self._draw_now)
        else:
            self._draw_now()

    def _draw_now(self) -> None:
        self._began = time.monotonic()
        self._is_due, self._is_painting = False, True
        self._draw()
        self._widget.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self._is_painting = False
        now = time.monotonic()
        self._next = now + max(_FRAME, now - self._began)
        if self._is_due:
            self._draw_in_time()
