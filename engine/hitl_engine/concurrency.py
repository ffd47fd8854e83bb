"""Several things at once, all of which have ended afterwards."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

_Got = TypeVar("_Got")


async def together(work: Iterable[Coroutine[Any, Any, _Got]]) -> list[_Got]:
    """Do all of it at once, and return the results in their order; raise the first error.

    The others are cancelled then. `asyncio.gather` would let their requests go on, which outlive the
    connection that they use.
    """
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
