"""Coroutines that belong to the server's event loop, awaited from the loops that nodes start."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def on_loop(loop: asyncio.AbstractEventLoop, coroutine: Awaitable[T]) -> T:
    """Await a coroutine that must run on this event loop, from any loop."""

    async def awaited() -> T:
        return await coroutine

    if loop is asyncio.get_running_loop():
        return await coroutine
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(awaited(), loop))
