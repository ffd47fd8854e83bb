"""Runs that were cancelled, or failed, before their graph did anything: they change nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.json_values import Json
from tests.server.processes import Served, copied_project, running_server
from tests.server.test_contract import row, thread, wait

KEPT = ("status", "error", "next", "breakpoint", "interrupts", "values", "checkpoint_id")


@pytest.fixture
async def http(local_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared local server."""
    async with local_server.client() as client:
        yield client


async def kept(http: httpx.AsyncClient, thread_id: str) -> Json:
    """Return what a run that never began must not change."""
    shown = await row(http, thread_id)
    return {field: shown[field] for field in KEPT}


async def start(http: httpx.AsyncClient, thread_id: str, graph: str, **body: Any) -> str:
    """Start a run in the background; return its id."""
    reply = await http.post(f"/threads/{thread_id}/runs", json={"assistant_id": graph, **body})
    assert reply.status_code == 200, reply.text
    run_id: str = reply.json()["run_id"]
    return run_id


async def prepared(http: httpx.AsyncClient, graph: str | None) -> str:
    """Return a thread on which this graph has run; a new one without a graph."""
    thread_id = await thread(http)
    if graph is not None:
        await wait(http, thread_id, graph, input={})
    return thread_id


@pytest.mark.parametrize("graph", [None, "breakpoints", "revise", "failing", "chain"])
@pytest.mark.parametrize("action", ["interrupt", "rollback"])
async def test_a_delayed_run_that_is_cancelled(
    http: httpx.AsyncClient, graph: str | None, action: str
) -> None:
    thread_id = await prepared(http, graph)
    before = await kept(http, thread_id)
    run_id = await start(http, thread_id, "chain", input={}, after_seconds=60)
    path = f"/threads/{thread_id}/runs/{run_id}/cancel?action={action}"
    assert (await http.post(path)).status_code == 202
    assert await kept(http, thread_id) == before


async def test_a_queued_run_that_is_cancelled(http: httpx.AsyncClient, tmp_path: Path) -> None:
    """On a new thread, whose first run is cancelled too."""
    thread_id = await thread(http)
    given = {"trace": str(tmp_path / "never")}
    runs = [await start(http, thread_id, "gated_question", input=given) for _ in range(3)]
    for run_id in reversed(runs):
        await http.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
    rows = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert [one["status"] for one in rows] == ["interrupted"] * 3
    shown = await row(http, thread_id)
    assert (shown["status"], shown["error"]) == ("interrupted", None)
    assert shown["next"] == ["node"]


async def test_runs_that_are_cancelled_before_the_first_checkpoint(
    http: httpx.AsyncClient, tmp_path: Path
) -> None:
    for delay in (0, 0, 0.001, 0.003, 0.01):
        thread_id = await thread(http)
        run_id = await start(http, thread_id, "chain", input={})
        await asyncio.sleep(delay)
        await http.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        (stored,) = (await http.get(f"/threads/{thread_id}/runs")).json()
        shown = await row(http, thread_id)
        assert stored["status"] in ("interrupted", "success")
        assert shown["status"] == ("interrupted" if shown["next"] else "idle")


async def test_cancelled_runs_of_many_threads_are_stored(http: httpx.AsyncClient) -> None:
    """When the request is answered, not later."""
    threads = [await thread(http) for _ in range(10)]
    runs = [await start(http, one, "chain", input={}, after_seconds=60) for one in threads]
    named = {"thread_id": threads[0], "run_ids": runs[:1]}
    assert (await http.post("/runs/cancel", json=named)).status_code == 204
    for thread_id, run_id in zip(threads[1:], runs[1:], strict=True):
        assert (await http.post(f"/threads/{thread_id}/runs/{run_id}/cancel")).status_code == 202
    for thread_id in threads:
        (stored,) = (await http.get(f"/threads/{thread_id}/runs")).json()
        assert (stored["status"], (await row(http, thread_id))["status"]) == ("interrupted", "idle")


async def test_a_breakpoint_outlives_a_run_that_fails_at_its_start(
    http: httpx.AsyncClient,
) -> None:
    thread_id = await prepared(http, "breakpoints")
    body = {"command": {"resume": {"0" * 32: "for another question"}}}
    before = await kept(http, thread_id)
    told = await wait(http, thread_id, "breakpoints", **body)
    assert await kept(http, thread_id) == {**before, "error": told["__error__"]}


async def test_the_run_of_a_node_that_failed_has_a_traceback(http: httpx.AsyncClient) -> None:
    thread_id = await prepared(http, "failing")
    shown = await row(http, thread_id)
    told = shown["last_run"]["error"]
    assert (told["error"], told["message"]) == ("ValueError", "kaboom")
    assert told["traceback"].splitlines()[0] == "Traceback (your code):"
    assert 'raise ValueError("kaboom")' in told["traceback"]
    assert "site-packages" not in told["traceback"] and "hitl_server" not in told["traceback"]


async def test_a_breakpoint_outlives_a_factory_that_fails(tmp_path: Path) -> None:
    config, switch = copied_project(tmp_path / "project"), tmp_path / "broken"
    (config.parent / "switched.py").write_text(
        "from pathlib import Path\nimport breakpoints\n\n"
        f"def graph():\n    if Path({str(switch)!r}).exists():\n"
        "        raise RuntimeError('no graph today')\n    return breakpoints.graph\n"
    )
    config.write_text(json.dumps({"dependencies": ["."], "graphs": {"g": "./switched.py:graph"}}))
    with running_server(config, tmp_path / "data") as served:
        async with served.client() as http:
            thread_id = await prepared(http, "g")
            before = await kept(http, thread_id)
            switch.touch()
            told = await wait(http, thread_id, "g", input=None)
            after = await kept(http, thread_id)
            assert "no graph today" in told["__error__"]["message"]
            assert after == {**before, "error": told["__error__"]}
            switch.unlink()
            await wait(http, thread_id, "g", input=None)
            assert (await row(http, thread_id))["breakpoint"]["node"] == "publish"
