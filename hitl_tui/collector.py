"""When Python's garbage collector looks for cycles: rarely at the start, and mostly in quiet moments.

A look at all that the program consists of takes longer than a frame, and Python would take one for
each few thousand objects of a burst of events or of a newly opened screen.
"""

import gc
import sys
import time

_WHILE_STARTING = (50_000, 10, 10)
"""As in `gc.set_threshold`: imports make a hundred thousand objects, and nearly all of them stay."""
_IN_USE = (2_500, 4, 50)
"""Looks at what is new take milliseconds; one at everything comes only where no moment is quiet."""
_QUIET = 1.0
"""Seconds without a key after which a person hardly notices a pause."""
_DUE = 4
"""After as many looks at what is new, the next quiet moment is used."""
_MANY_MODULES = 30


def expect_many_objects() -> None:
    """Look for cycles only now and then, until the program has started."""
    gc.set_threshold(*_WHILE_STARTING)


class Collector:
    """Looks at everything in quiet moments, and at no part of the program again and again.

    Modules are frozen, with all else that there is then: they are still freed when nothing refers to
    them, except in cycles. So what was frozen before is looked at when more modules are frozen.
    """

    def __init__(self) -> None:
        self._last_key = time.monotonic()
        self._modules = 0
        """How many were imported when they were frozen."""

    def key_pressed(self) -> None:
        """Other keys may follow soon."""
        self._last_key = time.monotonic()

    def tick(self) -> None:
        """Use this moment, if it is quiet and there is a reason. Called each second."""
        if time.monotonic() - self._last_key < _QUIET:
            return
        if len(sys.modules) >= self._modules + _MANY_MODULES:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_IN_USE)
            self._modules = len(sys.modules)
        elif gc.get_count()[2] >= _DUE:
            gc.collect()
