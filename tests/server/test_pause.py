"""A run is paused before its next step, on our own server, and goes on as from a breakpoint."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from hitl_engine.desk import open_desk
from hitl_engine.errors import BadInput, NoLongerWaits
from hitl_engine.model import OutcomeKind, ThreadStatus
from tests.json_values import Json
from tests.server.processes import Served, running_server

GRAPHS = """
import asyncio
from operator import add
from pathlib import Path
from typing import Annotated, TypedDict
from langgraph.graph import START, StateGraph

FOLDER = Path(__file__).parent

class State(TypedDict, total=False):
    ran: Annotated[list[str], add]

async def first(state: State) -> State:
    (FOLDER / "begun").touch()
    while not (FOLDER / "go").exists():
        await asyncio.sleep(0.02)
    return {"ran": ["first"]}

def second(state: State) -> State:
    return {"ran": ["second"]}

steps = StateGraph(State).add_sequence([first, second]).add_edge(START, "first").compile()
last = StateGraph(State).add_node(first).add_edge(START, "first").compile()
outer = StateGraph(State).add_node("inside", steps).add_edge(START, "inside").compile()
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A server of graphs whose first node waits for a file."""
    (tmp_path / "graphs.py").write_text(GRAPHS)
    graphs = {name: f"./graphs.py:{name}" for name in ("steps", "outer", "last")}
    (tmp_path / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    with running_server(tmp_path / "langgraph.json", tmp_path / "data") as server:
        yield server


@pytest.fixture
async def http(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that server."""
    async with served.client() as client:
        yield client


async def begun(http: httpx.AsyncClient, graph: str, folder: Path) -> tuple[str, str]:
    """Start a run; return its thread and its path when its first node runs."""
    thread_id = (await http.post("/threads", json={})).json()["thread_id"]
    body: Json = {"assistant_id": graph, "input": {}}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    async with asyncio.timeout(20):
        while not (folder / "begun").exists():
            await asyncio.sleep(0.02)
    return thread_id, f"/threads/{thread_id}/runs/{run['run_id']}"


@pytest.mark.parametrize("graph, stopped_at", [("steps", "second"), ("outer", "inside")])
async def test_a_run_stops_before_its_next_step_and_goes_on(
    http: httpx.AsyncClient, tmp_path: Path, graph: str, stopped_at: str
) -> None:
    thread_id, run = await begun(http, graph, tmp_path)
    assert (await http.post(f"{run}/pause")).status_code == 202
    (tmp_path / "go").touch()
    await http.get(f"{run}/join")
    thread = (await http.get(f"/threads/{thread_id}")).json()
    assert (thread["status"], thread["next"]) == ("interrupted", [stopped_at])
    assert {"when": "before", "node": stopped_at}.items() <= thread["breakpoint"].items()
    assert (await http.get(run)).json()["status"] == "success"
    body: Json = {"assistant_id": graph, "input": None}
    values = (await http.post(f"/threads/{thread_id}/runs/wait", json=body)).json()
    assert values == {"ran": ["first", "second"]}, "no node ran twice"


async def test_a_run_in_its_last_step_ends(http: httpx.AsyncClient, tmp_path: Path) -> None:
    body: Json = {"assistant_id": "steps", "input": {}}
    (tmp_path / "go").touch()
    thread_id = (await http.post("/threads", json={})).json()["thread_id"]
    await http.post(f"/threads/{thread_id}/runs/wait", json=body)
    [run] = (await http.get(f"/threads/{thread_id}/runs")).json()
    refused = await http.post(f"/threads/{thread_id}/runs/{run['run_id']}/pause")
    assert (refused.status_code, refused.json()["detail"]) == (404, "No run found to pause.")


async def test_the_desk_pauses_and_a_step_goes_on(
    served: Served, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    thread_id, _ = await begun(http, "steps", tmp_path)
    async with open_desk(served.url, data_dir=tmp_path / "journal", headers=served.headers) as desk:
        assert desk.runs.can_pause
        pausing = asyncio.create_task(desk.runs.pause(thread_id))
        await asyncio.sleep(0.2)
        (tmp_path / "go").touch()
        outcome = await pausing
        assert (outcome.kind, outcome.why) == (OutcomeKind.APPLIED, "The run has stopped.")
        stop = (await desk.thread(thread_id)).stop
        assert stop is not None and (stop.when, stop.node) == ("before", "second")
        stepped = await desk.step(stop, lambda _: None)
        assert stepped.thread is not None and stepped.thread.status is ThreadStatus.DONE
        assert [entry.event for entry in await desk.log()] == ["step", "pause"]

        (tmp_path / "go").unlink()
        (tmp_path / "begun").unlink()
        last_id, _ = await begun(http, "last", tmp_path)
        pausing = asyncio.create_task(desk.runs.pause(last_id))
        await asyncio.sleep(0.2)
        (tmp_path / "go").touch()
        assert (await pausing).why == "The run came to its end before it could stop."
        with pytest.raises(NoLongerWaits, match="No run is in progress"):
            await desk.runs.pause(thread_id)


async def test_a_server_that_cannot_pause_is_told(langgraph_dev: Served, tmp_path: Path) -> None:
    async with open_desk(
        langgraph_dev.url, data_dir=tmp_path, headers=langgraph_dev.headers
    ) as desk:
        assert not desk.runs.can_pause
        with pytest.raises(BadInput, match="cannot pause a run"):
            await desk.runs.pause("any thread")
