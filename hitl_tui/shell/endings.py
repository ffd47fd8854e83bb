"""What ends a command that runs until it is asked to end: a signal, or a reader that has gone."""

import asyncio
import select
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Self, TypeVar

_Item = TypeVar("_Item")
_CHECK_SECONDS = 1.0
"""Seconds between two looks at whether something still reads standard output."""
_CODES = {signal.SIGTERM: 0, signal.SIGINT: 130}


class Endings:
    """Notices SIGINT, SIGTERM and a closed standard output inside of its block.

    What is being done is finished first. A second signal cancels it.
    """

    def __init__(self) -> None:
        self.requested = asyncio.Event()
        self.exit_code = 0
        self._is_closed = False
        self._checker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        main = asyncio.current_task()
        assert main is not None, "a coroutine runs in a task"
        for number, code in _CODES.items():
            loop.add_signal_handler(number, self._request, code, main)
        self._checker = asyncio.create_task(self._check_output())
        return self

    async def __aexit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for number in _CODES:
            loop.remove_signal_handler(number)
        assert self._checker is not None, "the block was entered"
        self._checker.cancel()
        with suppress(asyncio.CancelledError):
            await self._checker

    async def until(self, items: AsyncGenerator[_Item]) -> AsyncGenerator[_Item]:
        """Yield the items until an end is requested. Raises BrokenPipeError if nobody reads them."""
        requested = asyncio.create_task(self.requested.wait())
        following: asyncio.Task[_Item] | None = None
        try:
            while not self.requested.is_set():
                following = asyncio.create_task(_next(items))
                await asyncio.wait({following, requested}, return_when=asyncio.FIRST_COMPLETED)
                if not following.done():
                    break
                try:
                    item = following.result()
                except StopAsyncIteration:
                    break
                yield item
            if self._is_closed:
                raise BrokenPipeError
        finally:
            requested.cancel()
            if following is not None and not following.done():
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following
            await items.aclose()

    async def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until an end is requested."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.requested.wait()

    def _request(self, code: int, main: asyncio.Task[object]) -> None:
        if self.requested.is_set():
            main.cancel()
        self.exit_code = code
        self.requested.set()

    async def _check_output(self) -> None:
        if sys.stdout is None:
            return
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        while not any(event & (select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0)):
            await asyncio.sleep(_CHECK_SECONDS)
        self._is_closed = True
        self.requested.set()


async def _next(items: AsyncIterator[_Item]) -> _Item:
    return await anext(items)
