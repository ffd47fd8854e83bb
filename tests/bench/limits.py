"""Where the local server ends: what it does at most on this machine, in plain figures."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from tests.bench.cycles import served_cycles, together
from tests.bench.serving import GRAPH
from tests.server.processes import Served, running_server

CLIENTS = (1, 16, 64, 256)
CYCLES = 1024
"""Of the guide's flow for each number of clients; a cycle is a thread with two runs."""
TOO_LONG = 300
"""Seconds after which the measurement fails."""


def limits(folder: Path) -> Iterator[str]:
    """Runs a second, by the number of clients, and the size of the file for each thread."""
    data = folder / "limits"
    with running_server(GRAPH, data) as served:
        for clients in CLIENTS:
            seconds = asyncio.run(_cycles(served, clients))
            yield f"runs a second with {clients:3} clients: {2 / seconds:6.0f}"
    size = sum(file.stat().st_size for file in data.glob("engine.sqlite*"))
    yield f"size of the file for each thread: {size / len(CLIENTS) / CYCLES / 1024:.1f} KB"


async def _cycles(served: Served, clients: int) -> float:
    async with asyncio.timeout(TOO_LONG), served_cycles(served, clients) as cycles:
        await together(cycles, clients)
        return await together(cycles, CYCLES)
