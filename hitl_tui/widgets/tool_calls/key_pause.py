"""A pause of the verdict keys: one that is held down must not decide on one call after the other."""

from collections.abc import Callable
from typing import ClassVar

from textual.timer import Timer
from textual.widget import Widget

from hitl_tui.widgets.cards.guard import Guard


class KeyPause:
    """A time in which keys do not work; it begins when a call comes into view by itself."""

    GUARDS: ClassVar[float] = 2.5
    """Its length, as a multiple of the guard.

    That is longer than the delay before a key that is held down begins to repeat.
    """

    def __init__(self, owner: Widget, on_end: Callable[[], None]) -> None:
        self._owner = owner
        self._on_end = on_end
        self._timer: Timer | None = None

    @property
    def active(self) -> bool:
        """Whether the keys do not work now."""
        return self._timer is not None

    def start(self) -> None:
        """Start the pause, or start it again from now."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._owner.set_timer(self.GUARDS * Guard.SECONDS, self.end)
        self._owner.refresh_bindings()

    def end(self) -> None:
        """End the pause: its time is over, or another key was pressed, so that none repeats."""
        if self._timer is None:
            return
        self._timer.stop()
        self._timer = None
        self._owner.refresh_bindings()
        self._on_end()
