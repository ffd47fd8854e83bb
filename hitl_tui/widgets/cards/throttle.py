"""Work that follows each key: at once if it is short, else after a pause."""

from collections.abc import Callable
from time import monotonic

from textual.timer import Timer
from textual.widget import Widget

_AT_ONCE = 64 * 1024
"""Up to this many characters the work is done at each key."""
_PAUSE, _LONGEST_PAUSE = 0.3, 0.6
"""Seconds; with the pause before a draft is written they are less than one."""


class Throttle:
    """Does the work at once if there is little; else so seldom that it takes a third of the time."""

    def __init__(self, owner: Widget, work: Callable[[], None]) -> None:
        self._owner = owner
        self._work = work
        self._timer: Timer | None = None
        self._duration = 0.0
        """Seconds that the work took last."""

    def request(self, characters: int) -> None:
        """Do the work for this many characters, now or soon."""
        if characters <= _AT_ONCE:
            self._do()
        elif self._timer is None:
            pause = min(max(_PAUSE, 3 * self._duration), _LONGEST_PAUSE)
            self._timer = self._owner.set_timer(pause, self._do)

    def _do(self) -> None:
        self._timer = None
        begin = monotonic()
        self._work()
        self._duration = monotonic() - begin
