"""Keys that decide on one call after the other: one that is held down must not decide on them all."""

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget


class RestingKeys:
    """Keys that are dead for a while, until they have rested."""

    def __init__(self, owner: Widget, on_rested: Callable[[], None]) -> None:
        self._owner = owner
        self._on_rested = on_rested
        self._timer: Timer | None = None

    @property
    def rested(self) -> bool:
        """Whether no key can still be held down."""
        return self._timer is None

    def rest(self, seconds: float) -> None:
        """Be dead for so long, from now on."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._owner.set_timer(seconds, self.wake)
        self._owner.refresh_bindings()

    def wake(self) -> None:
        """They have rested; or another key was pressed, which ends the repeating of the first."""
        if self._timer is None:
            return
        self._timer.stop()
        self._timer = None
        self._owner.refresh_bindings()
        self._on_rested()
