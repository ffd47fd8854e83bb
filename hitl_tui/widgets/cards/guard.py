"""The guard of a card: nothing can be decided before it was in view."""

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import ClassVar

from textual.widget import Widget


class Guard:
    """Lets a card be decided only after it has been drawn and in view for `SECONDS`.

    Keys that the user typed before the card appeared therefore decide nothing.
    """

    SECONDS: ClassVar[float] = 0.4
    """Longer than the interval at which a held key repeats, shorter than the time to read a card."""

    BURST_SECONDS: ClassVar[float] = 0.02
    """The same after a change that the user made on a card that could be decided.

    Longer than the time between the keys of one burst, shorter than that between two typed keys.
    """

    def __init__(self, card: Widget, changed: Callable[[], None]) -> None:
        """Guard a card; call `changed` when it can be decided, and when it no longer can."""
        self._card = card
        self._changed = changed
        self._restarts = 0
        self._armed_at = 0.0
        self._first_drawn: float | None = None
        self.after_change = False
        """Whether the card was in view for long enough, except a change that the user made there."""
        self.armed = False
        """Whether the card can be decided now."""

    @property
    def seconds(self) -> float | None:
        """How long ago the card was drawn for the first time; None if it was not yet."""
        return None if self._first_drawn is None else monotonic() - self._first_drawn

    def restart(self) -> None:
        """Wait until what the card shows now was in view for long enough."""
        self.after_change = False
        self.wait_again()

    def changing(self) -> None:
        """Let nothing be decided until the card shows a change of the user's, see `wait_again`."""
        self.after_change = self.after_change or self.armed
        self._disarm()

    def wait_again(self) -> None:
        """Wait again, for as long as the card waited before."""
        self._disarm()
        self._card.call_after_refresh(self._drawn, self._restarts)

    def refuse_older(self, pressed: float) -> None:
        """Wait again if a key was pressed (`Message.time`) before the card could be decided."""
        if self.armed and pressed < self._armed_at:
            self.wait_again()

    def disarm(self) -> None:
        """Let nothing be decided until `restart` is called, however long that takes."""
        self.after_change = False
        self._disarm()

    def _disarm(self) -> None:
        self._restarts += 1
        self._set(armed=False)

    def _drawn(self, restart: int) -> None:
        if self._first_drawn is None:
            self._first_drawn = monotonic()
        wait = min(self.SECONDS, self.BURST_SECONDS) if self.after_change else self.SECONDS
        self._card.set_timer(wait, partial(self._arm, restart))

    def _arm(self, restart: int) -> None:
        if restart == self._restarts:
            self._armed_at = monotonic()
            self._set(armed=True)

    def _set(self, *, armed: bool) -> None:
        if armed is not self.armed:
            self.armed = armed
            self._changed()
