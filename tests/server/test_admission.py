"""Two runs of a thread at one moment: what is told to the one that is refused."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.json_values import Json
from tests.server.processes import Served

THREADS = 40
"""At once, so that commits take time."""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Json]:
    """The body of a run that goes on until the end of the test."""
    gate = tmp_path / "gate"
    yield {
        "assistant_id": "gated_question",
        "input": {"trace": str(gate)},
        "multitask_strategy": "reject",
    }
    gate.touch()


async def both(http: httpx.AsyncClient, first: Json, second: Json) -> tuple[list[int], str]:
    """Send two runs on a new thread; return their statuses, and the thread."""
    thread = (await http.post("/threads", json={})).json()["thread_id"]

    async def send(body: Json) -> int:
        reply = await http.post(f"/threads/{thread}/runs", json=body)
        if reply.status_code == 409:
            listed = (await http.get(f"/threads/{thread}/runs")).json()
            assert listed or "preconditions" in body, "the run that came first cannot be read"
        return reply.status_code

    return list(await asyncio.gather(send(first), send(second))), thread


async def test_the_run_that_came_first_can_be_read_by_whoever_is_refused(
    local_server: Served, run: Json
) -> None:
    async with local_server.client() as http:
        sent = await asyncio.gather(*(both(http, run, run) for _ in range(THREADS)))
    assert {tuple(sorted(statuses)) for statuses, _ in sent} == {(200, 409)}


@pytest.mark.parametrize("stale_first", [True, False])
async def test_no_run_is_refused_because_of_one_that_is_refused(
    local_server: Served, run: Json, stale_first: bool
) -> None:
    stale = {**run, "preconditions": {"checkpoint_id": "an-older-one"}}
    bodies = (stale, run) if stale_first else (run, stale)
    async with local_server.client() as http:
        sent = await asyncio.gather(*(both(http, *bodies) for _ in range(THREADS)))
    assert {tuple(sorted(statuses)) for statuses, _ in sent} == {(200, 409)}
