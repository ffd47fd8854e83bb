"""Drawings of what arrives faster than a person can see: the first at once, then one a frame."""

import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary, ref

from textual.app import App
from textual.widget import Widget

_FRAME = 1 / 30
"""Seconds between two drawings at least: what arrives in between is drawn together."""
_REST = 2
"""No drawing begins for so many times as long as the last one took: most of the time is left for
what arrives and for keys."""


class Redraws:
    """Calls `draw`, a method of `widget`, soon after something arrived."""

    def __init__(self, widget: Widget, draw: Callable[[], None]) -> None:
        self._widget = widget
        self._draw = draw
        self._is_due = False
        """Whether something arrived that is not drawn yet."""

    def soon(self) -> None:
        """Draw at once, or when the time since the last drawing is over."""
        if not self._is_due:
            self._is_due = True
            _pace_of(self._widget.app).add(self)

    def draw(self) -> None:
        """Draw what arrived."""
        self._is_due = False
        if self._widget.is_attached:
            self._draw()


class _Pace:
    """Draws all that is due together, because the screen is painted once for all of it."""

    def __init__(self, app: App[Any]) -> None:
        self._app = ref(app)
        self._due: list[Redraws] = []
        self._next = 0.0
        """When the next drawing may begin."""
        self._is_painting = False

    def add(self, redraws: Redraws) -> None:
        """Draw this too."""
        self._due.append(redraws)
        if len(self._due) == 1 and not self._is_painting:
            self._draw_in_time()

    def _draw_in_time(self) -> None:
        if (app := self._app()) is None:
            return
        left = self._next - time.monotonic()
        if left > 0:
            app.set_timer(left, self._draw_now)
        else:
            app.call_later(self._draw_now)  # others get the same event, and draw then too

    def _draw_now(self) -> None:
        if (app := self._app()) is None:
            return
        began = time.monotonic()
        self._is_painting = True
        due, self._due = self._due, []
        for each in due:
            each.draw()
        app.call_after_refresh(self._painted, began)

    def _painted(self, began: float) -> None:
        self._is_painting = False
        now = time.monotonic()
        self._next = now + max(_FRAME, _REST * (now - began))
        if self._due:
            self._draw_in_time()


_PACES: WeakKeyDictionary[App[Any], _Pace] = WeakKeyDictionary()


def _pace_of(app: App[Any]) -> _Pace:
    if app not in _PACES:
        _PACES[app] = _Pace(app)
    return _PACES[app]
