"""The server's rows: what it costs over langgraph alone, and with more data."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.cycles import Cycle, bare_cycle, served_cycles, together
from tests.bench.filling import fill_with_checkpoints, fill_with_threads
from tests.bench.rows import Row, alternately, timed
from tests.bench.wire import wired
from tests.server.processes import SAMPLES, Served, langgraph_dev, running_server

GRAPH = f"{SAMPLES / 'revise.py'}:graph"
IMPORTS = "import langgraph.graph, uvicorn"
CYCLES, REFERENCE_CYCLES = 100, 5
CLIENTS, ROUNDS, CYCLES_A_ROUND = 16, 8, 64
READS = 100
TOO_LONG = 120
"""Seconds after which a measurement fails."""
STARTS = 9
FEW, MANY = 1_000, 100_000
SHORT, LONG = 10, 10_000
PAGE = {
    "status": "interrupted",
    "limit": 100,
    "select": ["thread_id", "status", "metadata", "updated_at", "next", "tasks"],
}

Read = Callable[[], Awaitable[Any]]


def runs(folder: Path) -> Iterator[Row]:
    """A run, a resume, and whole cycles of many clients at once."""
    (folder / "dev").mkdir()
    with running_server(GRAPH, folder / "runs") as ours, langgraph_dev(folder / "dev") as reference:
        yield from asyncio.run(_runs(folder, ours, reference))


def search(folder: Path) -> Iterator[Row]:
    """A page of waiting threads: where many wait, over where few do."""
    asyncio.run(fill_with_threads(folder / "many", MANY))
    asyncio.run(fill_with_threads(folder / "few", FEW))
    with (
        running_server(GRAPH, folder / "many") as many,
        running_server(GRAPH, folder / "few") as few,
    ):
        ours, floor = asyncio.run(_searches(many, few))
    yield timed(f"listing 100 threads of {MANY:,} / of {FEW:,}", ours, floor, 1.5)


def history(folder: Path) -> Iterator[Row]:
    """The latest state of a thread with a long history, over that of one with a short history."""
    short, long = asyncio.run(fill_with_checkpoints(folder / "history", SHORT, LONG))
    with running_server(GRAPH, folder / "history") as served:
        ours, floor = asyncio.run(_states(served, long, short))
    yield timed(f"reading a state after {LONG:,} checkpoints / {SHORT}", ours, floor, 1.0)


def start(folder: Path) -> Iterator[Row]:
    """From the start to the first response, and the memory in use then."""
    data = folder / "start"
    ours, floor = alternately(STARTS, lambda: _first_answer(data), _import)
    yield timed("server start to first response / its imports", ours, floor, 1.3)
    with running_server(GRAPH, data) as served:
        _ask(served)
        held = _memory(served.process.pid)
    for kind, bare in _memory_of_imports().items():
        yield Row(f"memory of the server / its imports, {kind}", held[kind], bare, 1, 1.5, "MB")


async def _runs(folder: Path, ours: Served, reference: Served) -> list[Row]:
    async with bare_cycle(folder) as bare, asyncio.timeout(TOO_LONG):
        async with served_cycles(reference, 1) as (other,):
            apart = [await other() for _ in range(REFERENCE_CYCLES + 1)][1:]
        async with served_cycles(ours, 1) as (client,):
            pairs = [(await client(), await bare()) for _ in range(CYCLES + 5)][5:]
        rows = [
            timed(
                f"{name} over HTTP / bare langgraph",
                [our[step] for our, _ in pairs],
                [floor[step] for _, floor in pairs],
                1.4,
                [cycle[step] for cycle in apart],
            )
            for step, name in enumerate(("run to the interrupt", "resume"))
        ]
        return [*rows, await _concurrent(ours, bare, reference)]


async def _concurrent(ours: Served, bare: Cycle, reference: Served) -> Row:
    """How long one of many concurrent cycles takes."""
    async with served_cycles(reference, CLIENTS) as others:
        apart = await together(others, 2 * CLIENTS)
    async with served_cycles(ours, CLIENTS) as clients:
        pairs = [
            (
                await together(clients, CYCLES_A_ROUND),
                await together([bare] * CLIENTS, CYCLES_A_ROUND),
            )
            for _ in range(ROUNDS)
        ]
    name = f"run and resume, {CLIENTS} clients / {CLIENTS} bare tasks"
    return timed(name, [our for our, _ in pairs], [floor for _, floor in pairs], 1 / 0.6, [apart])


async def _searches(many: Served, few: Served) -> tuple[list[float], list[float]]:
    async with wired(many) as ours, wired(few) as floor:
        return await _reads(
            lambda: ours.post("/threads/search", **PAGE),
            lambda: floor.post("/threads/search", **PAGE),
        )


async def _states(served: Served, long: str, short: str) -> tuple[list[float], list[float]]:
    async with wired(served) as wire:
        return await _reads(
            lambda: wire.get(f"/threads/{long}/state"), lambda: wire.get(f"/threads/{short}/state")
        )


async def _reads(ours: Read, floor: Read) -> tuple[list[float], list[float]]:
    async def seconds(read: Read) -> float:
        began = time.perf_counter()
        assert await read()
        return time.perf_counter() - began

    async with asyncio.timeout(TOO_LONG):
        pairs = [(await seconds(ours), await seconds(floor)) for _ in range(READS + 5)][5:]
    return [our for our, _ in pairs], [floor for _, floor in pairs]


def _first_answer(data: Path) -> float:
    began = time.perf_counter()
    with running_server(GRAPH, data) as served:
        _ask(served)
        return time.perf_counter() - began


def _import() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    return time.perf_counter() - began


def _ask(served: Served) -> None:
    connection = HTTPConnection(urlsplit(served.url).netloc)
    connection.request("GET", "/info", headers=served.headers)
    assert connection.getresponse().status == 200
    connection.close()


def _memory_of_imports() -> dict[str, float]:
    code = f"{IMPORTS}; print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        process.stdout.readline()
        held = _memory(process.pid)
        process.stdin.write(b"\n")
    return held


def _memory(pid: int) -> dict[str, float]:
    """Return the megabytes that a process uses, as RSS and as PSS."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return {kind: sizes[kind] for kind in ("Rss", "Pss")}
