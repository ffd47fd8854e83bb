"""The guide's cycle (create, run, state, resume), by a server and by bare langgraph."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from sample_graphs.revise import graph as revise
from tests.bench.wire import Wire, wired
from tests.server.processes import Served

ORIGINAL, EDITED = {"some_text": "original text"}, {"some_text": "Edited text"}
ASKED = {"text_to_revise": "original text"}

Cycle: TypeAlias = Callable[[], Awaitable[tuple[float, float]]]
"""Runs one cycle; returns the seconds of the run and those of the resume."""


@asynccontextmanager
async def bare_cycle(folder: Path) -> AsyncIterator[Cycle]:
    """The limit: langgraph alone, with the same kind of saver on the same disk."""
    async with AsyncSqliteSaver.from_conn_string(str(folder / "bare.sqlite")) as saver:
        graph = revise.copy(update={"checkpointer": saver})

        async def cycle() -> tuple[float, float]:
            config: Any = {"configurable": {"thread_id": str(uuid4())}}
            began = time.perf_counter()
            stopped = await graph.ainvoke(ORIGINAL, config)
            run = time.perf_counter() - began
            assert stopped["__interrupt__"][0].value == ASKED
            (waiting,) = (await graph.aget_state(config)).interrupts
            began = time.perf_counter()
            done = await graph.ainvoke(Command(resume={waiting.id: "Edited text"}), config)
            resume = time.perf_counter() - began
            assert done == EDITED
            return run, resume

        yield cycle


@asynccontextmanager
async def served_cycles(served: Served, clients: int) -> AsyncIterator[list[Cycle]]:
    """One cycle for each client; each has its own connection."""
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(wired(served)) for _ in range(clients)]
        yield [_cycle_of(wire) for wire in wires]


def _cycle_of(wire: Wire) -> Cycle:
    async def cycle() -> tuple[float, float]:
        thread_id = (await wire.post("/threads"))["thread_id"]
        path = f"/threads/{thread_id}/runs/wait"
        began = time.perf_counter()
        stopped = await wire.post(path, assistant_id="revise", input=ORIGINAL)
        run = time.perf_counter() - began
        assert stopped["__interrupt__"][0]["value"] == ASKED
        (waiting,) = (await wire.get(f"/threads/{thread_id}/state"))["interrupts"]
        command = {"resume": {waiting["id"]: "Edited text"}}
        began = time.perf_counter()
        done = await wire.post(path, assistant_id="revise", command=command)
        resume = time.perf_counter() - began
        assert done == EDITED
        return run, resume

    return cycle


async def together(cycles: list[Cycle], count: int) -> float:
    """Run cycles at the same time, `count` in total; return the seconds per cycle."""
    left = iter(range(count))

    async def work(cycle: Cycle) -> None:
        for _ in left:
            await cycle()

    began = time.perf_counter()
    await asyncio.gather(*map(work, cycles))
    return (time.perf_counter() - began) / count
