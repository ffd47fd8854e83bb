"""Sends many decisions: a few at once, one at a time on a thread, each with its own result."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from hitl_engine.deciding.bulk import SendGroup
from hitl_engine.errors import HitlError
from hitl_engine.model import Outcome

AT_ONCE = 4
"""Requests in progress: enough to keep a server busy, few enough to stop soon."""

Result: TypeAlias = Outcome | HitlError
"""An error means that nothing was sent, or that the server refused it before taking anything."""
Send: TypeAlias = Callable[[SendGroup], Awaitable[Sequence[Outcome]]]
"""Sends what belongs together; returns an outcome for each index. Raises HitlError."""


async def carry_out(
    threads: Sequence[Sequence[SendGroup]],
    send: Send,
    *,
    on_begun: Callable[[int], None],
    on_ended: Callable[[int, Result], None],
    stopped: Callable[[], bool],
) -> None:
    """Send all groups; a refused one does not stop the others.

    `stopped` is asked before each group: once it returns True, nothing more begins. An unexpected
    exception ends its thread and is raised when all others are done; that group has no result.
    """
    few = asyncio.Semaphore(AT_ONCE)

    async def on_one_thread(groups: Sequence[SendGroup]) -> None:
        for group in groups:
            async with few:
                if stopped():
                    return
                for place in group:
                    on_begun(place)
                for place, result in zip(group, await _results(group, send), strict=True):
                    on_ended(place, result)

    ended = await asyncio.gather(*map(on_one_thread, threads), return_exceptions=True)
    for failure in ended:
        if isinstance(failure, BaseException):
            raise failure


async def _results(group: SendGroup, send: Send) -> Sequence[Result]:
    try:
        return await send(group)
    except HitlError as error:
        return [error] * len(group)
