"""Work that is done at once has all ended when the result, or the first error, is there."""

import asyncio

import pytest

from hitl_engine.concurrency import together


async def test_results_come_in_their_order() -> None:
    async def late(number: int) -> int:
        await asyncio.sleep((3 - number) / 1000)
        return number

    assert await together(map(late, range(4))) == [0, 1, 2, 3]


@pytest.mark.parametrize("cancelled", [False, True])
async def test_nothing_goes_on_after_an_error_or_the_end(cancelled: bool) -> None:
    ended: list[str] = []

    async def forever(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # as a connection that is closed
            ended.append(name)

    async def fails() -> None:
        await asyncio.sleep(0)
        if not cancelled:
            raise ValueError("first")
        await asyncio.Event().wait()

    work = asyncio.create_task(together([forever("a"), fails(), forever("b")]))
    if cancelled:
        await asyncio.sleep(0.01)
        work.cancel()
    with pytest.raises(asyncio.CancelledError if cancelled else ValueError):
        await work
    assert sorted(ended) == ["a", "b"]
