"""Many threads and many clients at once; every thread is checked at the end."""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

import httpx

from tests.json_values import Json
from tests.server.processes import SAMPLES, running_server

THREADS, CLIENTS = 10_000, 64
LEFT_WAITING = 0.1
"""Share of the threads that are not answered."""
TOO_LONG = 900
"""Time limit in seconds."""
PAGE = 1000


async def run_under_load(folder: Path, seed: int, threads: int = THREADS) -> str:
    """Create, run, read and resume `threads` threads, with `CLIENTS` clients at once.

    Return a summary. Raises `AssertionError` for an error, or for anything that is missing.
    """
    chance = random.Random(seed)
    names = [f"{chance.getrandbits(128):032x}" for _ in range(threads)]
    waiting = set(chance.sample(names, int(threads * LEFT_WAITING)))
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    with running_server(f"{SAMPLES / 'revise.py'}:graph", folder / "data") as served:
        async with (
            asyncio.timeout(TOO_LONG),
            httpx.AsyncClient(
                base_url=served.url, headers=served.headers, timeout=60, limits=limits
            ) as http,
        ):
            began = asyncio.get_running_loop().time()
            left = iter(names)
            async with asyncio.TaskGroup() as clients:
                for _ in range(CLIENTS):
                    clients.create_task(_client(http, left, waiting))
            seconds = asyncio.get_running_loop().time() - began
            await _check_all(http, names, waiting)
        log = (folder / "data" / "engine.log").read_text()
        assert not log, log
        held = megabytes(served.process.pid)
    return f"{threads} threads, {threads / seconds:.0f} cycles a second, {held} MB held at the end"


async def _client(http: httpx.AsyncClient, left: Any, waiting: set[str]) -> None:
    for name in left:
        metadata = {"name": name}
        thread = await _result_of(http.post("/threads", json={"metadata": metadata}))
        path = f"/threads/{thread['thread_id']}"
        body: Json = {"assistant_id": "revise", "input": {"some_text": name}}
        stopped = await _result_of(http.post(f"{path}/runs/wait", json=body))
        assert stopped["__interrupt__"][0]["value"] == {"text_to_revise": name}, stopped
        state = await _result_of(http.get(f"{path}/state"))
        (asked,) = state["interrupts"]
        assert state["next"] == ["human_node"], state
        if name not in waiting:
            body = {"assistant_id": "revise", "command": {"resume": {asked["id"]: f"{name}!"}}}
            done = await _result_of(http.post(f"{path}/runs/wait", json=body))
            assert done == {"some_text": f"{name}!"}, done


async def _result_of(request: Any) -> Any:
    reply = await request
    assert reply.status_code == 200, f"{reply.request.url}: {reply.status_code} {reply.text}"
    return reply.json()


async def _check_all(http: httpx.AsyncClient, names: list[str], waiting: set[str]) -> None:
    """Check that every thread has the state of its client, and as many runs as it started."""
    for status, count in (
        ("busy", 0),
        ("error", 0),
        ("interrupted", len(waiting)),
        ("idle", len(names) - len(waiting)),
    ):
        found = await _result_of(http.post("/threads/count", json={"status": status}))
        assert found == count, f"{found} threads are {status}, not {count}"
    rows: list[Json] = []
    while len(rows) < len(names):
        search = {"limit": PAGE, "offset": len(rows), "sort_by": "created_at"}
        page = await _result_of(http.post("/threads/search", json=search))
        assert page, f"{len(rows)} of {len(names)} threads were found"
        rows += page
    assert {row["metadata"]["name"] for row in rows} == set(names)
    for row in rows:
        name = row["metadata"]["name"]
        text = name if name in waiting else f"{name}!"
        assert row["values"] == {"some_text": text}, row
        runs = await _result_of(http.get(f"/threads/{row['thread_id']}/runs"))
        assert [run["status"] for run in runs] == ["success"] * (1 if name in waiting else 2), runs


def megabytes(pid: int) -> int:
    """Return the memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
