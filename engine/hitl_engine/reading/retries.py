"""Trying again what only reads, while its failure may pass and there is time left."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from hitl_engine.errors import TargetError

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0

_Read = TypeVar("_Read")


class Deadline:
    """The end of the time in which failures are forgiven; the time begins with the first of them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: float | None = None

    @property
    def has_begun(self) -> bool:
        """Whether anything has failed yet."""
        return self._ends is not None

    @property
    def left(self) -> float:
        """Seconds until the end; the first call begins the time."""
        now = asyncio.get_running_loop().time()
        if self._ends is None:
            self._ends = now + self._seconds
        return self._ends - now

    def renew(self) -> None:
        """Begin the time anew at the next failure: what was asked for has succeeded meanwhile."""
        self._ends = None


async def retried(
    read: Callable[[], Awaitable[_Read]],
    deadline: Deadline,
    *,
    passes: Callable[[TargetError], bool],
    before_again: Callable[[], Awaitable[object]] | None = None,
) -> _Read:
    """Return what `read` returns, tried again until `deadline` after errors for which `passes`.

    The pauses between two attempts double. `before_again` is called before each further attempt.
    Raises the TargetError of the last attempt. An attempt in progress is not ended at the deadline.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            return await read()
        except TargetError as error:
            if not passes(error) or deadline.left < pause:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
        if before_again is not None:
            await before_again()
