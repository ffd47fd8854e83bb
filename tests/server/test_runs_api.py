"""Runs in the background, in batches, delayed, deleted, cancelled; on both servers."""

import asyncio
import json
from typing import Any

import httpx

from tests.json_values import Json
from tests.server.api_details import served
from tests.server.test_contract import events, row, state, thread, wait

__all__ = ["served"]


async def test_a_stateless_run_in_the_background(http: httpx.AsyncClient) -> None:
    created = await http.post("/runs", json={"assistant_id": "chain", "input": {}})
    assert created.status_code == 200
    assert created.json()["status"] in ("pending", "running")


async def test_a_batch(http: httpx.AsyncClient) -> None:
    bodies: list[Json] = [{"assistant_id": name, "input": {}} for name in ("chain", "subgraph")]
    created = await http.post("/runs/batch", json=bodies)
    assert created.status_code == 200
    assert len({run["run_id"] for run in created.json()}) == 2
    assert len({run["thread_id"] for run in created.json()}) == 2


async def test_all_events_of_langchain(http: httpx.AsyncClient) -> None:
    heard = await events(
        http, await thread(http), "chain", input={}, stream_mode=["events", "values"]
    )
    names = [payload["event"] for name, payload in heard if name == "events"]
    assert names[0] == "on_chain_start" and names[-1] == "on_chain_end"
    nodes = [
        payload["name"]
        for name, payload in heard
        if name == "events" and payload["event"] == "on_chain_start" and payload["name"] == "one"
    ]
    assert nodes
    values = [payload for name, payload in heard if name == "values"]
    assert values[-1] == {"said": ["one", "two", "three"]}


async def test_delete_a_run(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "chain", input={})
    [run] = (await http.get(f"/threads/{thread_id}/runs")).json()
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    assert (await http.delete(path)).status_code == 204
    assert (await http.get(path)).status_code == 404
    assert (await http.delete(path)).status_code == 404
    history = (await http.post(f"/threads/{thread_id}/history", json={"limit": 10})).json()
    assert history == []


async def test_rollback_deletes_checkpoints(http: httpx.AsyncClient, tmp_path: Any) -> None:
    thread_id = await thread(http)
    trace = tmp_path / "trace"
    await wait(http, thread_id, "gated_effect", input={"trace": str(trace), "seconds": 60})
    before = await state(http, thread_id)
    body = {
        "assistant_id": "gated_effect",
        "command": {"update": {"said": ["more"]}, "resume": "go"},
    }
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    async with asyncio.timeout(20):
        while not trace.exists():
            await asyncio.sleep(0.05)
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    rolled = await http.post(f"{path}/cancel?wait=true&action=rollback")
    assert rolled.status_code == 200
    async with asyncio.timeout(20):
        while (await http.get(path)).status_code != 404:
            await asyncio.sleep(0.05)
    after = await state(http, thread_id)
    assert after["checkpoint"] == before["checkpoint"]
    assert after["interrupts"] == before["interrupts"]


async def test_cancel_runs_by_id(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "slow", "input": {"steps": 40}}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    named = {"thread_id": thread_id, "run_ids": [run["run_id"]]}
    assert (await http.post("/runs/cancel", json=named)).status_code == 204
    async with asyncio.timeout(20):
        while (await row(http, thread_id))["status"] == "busy":
            await asyncio.sleep(0.05)
    again = await http.post("/runs/cancel", json=named)
    assert again.status_code == 404
    both = {"status": "all", **named}
    assert (await http.post("/runs/cancel", json=both)).status_code == 422


async def test_a_delayed_run(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "chain", "input": {}, "after_seconds": 1}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    assert run["status"] == "pending"
    joined = await http.get(f"/threads/{thread_id}/runs/{run['run_id']}/join")
    assert joined.json() == {"said": ["one", "two", "three"]}


async def test_events_of_tools_name_their_messages(http: httpx.AsyncClient) -> None:
    """AG-UI finds the message of a tool's result by its id."""
    thread_id = await thread(http)
    body = {
        "assistant_id": "tool_agent",
        "input": {"messages": [{"role": "user", "content": "What is on Monday?"}]},
        "stream_mode": ["events"],
    }
    reply = await http.post(f"/threads/{thread_id}/runs/stream", json=body)
    assert reply.headers["x-accel-buffering"] == "no"
    told = [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: ")]
    (ended,) = [each for each in told if each.get("event") == "on_tool_end"]
    shown = await state(http, thread_id)
    (message,) = [each for each in shown["values"]["messages"] if each["type"] == "tool"]
    assert ended["data"]["output"]["id"] == message["id"] is not None
    assert shown["metadata"]["thread_id"] == thread_id
