"""Many clients write in one commit: what one of them does wrong costs the others nothing."""

import asyncio
import json
import random
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_server.storage.database import Database
from tests.server.processes import Served

SEED = 20261129
RUNS = 40


def nested(depth: int) -> Any:
    """Return a list in a list, `depth` times."""
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


BAD: tuple[dict[str, Any], ...] = (
    {"input": {"some_text": nested(500)}},
    {"input": {}, "metadata": {"deep": nested(500)}},
    {"input": {}, "config": {"configurable": {"deep": nested(500)}}},
    {"input": {}, "context": {"deep": nested(500)}},
    {"command": {"resume": nested(500)}},
    {"command": {"update": {"some_text": nested(500)}}},
    {"input": {"some_text": 2**70}},
    {"input": {}, "metadata": {"long": 10**400, "lone": "\ud800"}},
)
"""Bodies of runs that a server cannot store or run."""


async def test_good_runs_among_bad_requests(local_server: Served) -> None:
    print("seed", SEED)
    chance = random.Random(SEED)
    async with local_server.client() as http:
        bad = [_bad(http, chance) for _ in range(RUNS)]
        *ended, refused = await asyncio.gather(
            *(_good(http) for _ in range(RUNS)), asyncio.gather(*bad)
        )
    assert {tuple(end) for end in ended} == {("interrupted", "success", 1)}
    assert max(refused) < 500


async def _good(http: httpx.AsyncClient) -> list[Any]:
    """Run a graph up to its question; return how thread and run are stored then."""
    thread_id = (await http.post("/threads", json={})).json()["thread_id"]
    body = {"assistant_id": "revise", "input": {"some_text": "good"}}
    (await http.post(f"/threads/{thread_id}/runs/wait", json=body)).raise_for_status()
    row = (await http.get(f"/threads/{thread_id}")).json()
    (run,) = (await http.get(f"/threads/{thread_id}/runs")).json()
    state = (await http.get(f"/threads/{thread_id}/state")).json()
    return [row["status"], run["status"], len(state["tasks"])]


async def _bad(http: httpx.AsyncClient, chance: random.Random) -> int:
    thread_id = (await http.post("/threads", json={})).json()["thread_id"]
    await asyncio.sleep(chance.random() / 5)
    body = json.dumps({"assistant_id": "revise", **chance.choice(BAD)})
    headers = {"Content-Type": "application/json"}
    reply = await http.post(f"/threads/{thread_id}/runs/wait", content=body, headers=headers)
    return reply.status_code


@pytest.mark.parametrize("body", BAD[:6])
async def test_what_is_nested_too_deeply_is_refused(
    local_server: Served, body: dict[str, Any]
) -> None:
    async with local_server.client() as http:
        thread_id = (await http.post("/threads", json={})).json()["thread_id"]
        reply = await http.post(
            f"/threads/{thread_id}/runs/wait", json={"assistant_id": "revise", **body}
        )
        assert (reply.status_code, "nested too deeply" in reply.json()["detail"]) == (422, True)
        assert (await http.get(f"/threads/{thread_id}/runs")).json() == []
        assert (await http.get(f"/threads/{thread_id}")).json()["status"] == "idle"


async def test_a_block_that_raises_takes_back_its_own_changes_only(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "state.db")

    async def keep(key: str) -> None:
        async with database.write() as connection:
            connection.execute("INSERT INTO meta VALUES (?, 'kept')", (key,))

    async def fail(key: str) -> None:
        async with database.write() as connection:
            connection.execute("INSERT INTO meta VALUES (?, 'lost')", (key,))
            raise ValueError(key)

    try:
        results = await asyncio.gather(
            keep("a"), fail("b"), keep("c"), fail("a"), return_exceptions=True
        )
        kept = database.read("SELECT key FROM meta WHERE value IN ('kept', 'lost') ORDER BY key")
    finally:
        await database.close()
    assert [type(result) for result in results] == [
        type(None),
        ValueError,
        type(None),
        sqlite3.IntegrityError,
    ]
    assert [row["key"] for row in kept] == ["a", "c"]
    assert database.failed_commits == 0
