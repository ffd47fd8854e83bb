"""Items that stay for long, of which Python's garbage collector need not look at again and again.

A look at a hundred thousand items takes a quarter of a second, in which no key is handled. What is
frozen is still freed when nothing refers to it; only cycles of references would stay, and items have
none.
"""

import gc

_MANY = 10_000
"""Items from which on a look at them is noticed."""


class LongLivedItems:
    """Freezes the items of a large inbox, and those that were added when it has doubled."""

    def __init__(self) -> None:
        self._frozen = 0

    def keep_from_collector(self, count: int) -> None:
        """Freeze all objects, unless that was done for about as many items."""
        if count >= max(_MANY, 2 * self._frozen):
            gc.collect()
            gc.freeze()
            self._frozen = count
