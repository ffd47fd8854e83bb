"""A local server lists what waits before it has imported LangGraph and the graphs."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from hitl_server.project.config import read_project
from hitl_server.starting import answers_early
from hitl_server.storage.database import Database
from hitl_server.tables.run_table import Runs
from hitl_server.tables.thread_table import Threads
from tests.server.processes import Served, running_server

THREAD_ID = str(UUID(int=7))
GRAPH = """
import time
from pathlib import Path
from typing import TypedDict
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

while not (Path(__file__).parent / "go").exists():
    time.sleep(0.01)

class State(TypedDict, total=False):
    answer: str

def ask(state: State) -> State:
    return {"answer": interrupt("Go on?")}

graph = StateGraph(State).add_node(ask).add_edge(START, "ask").compile()
"""


class Project:
    """A project whose only graph is imported when the file `go` is there."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "langgraph.json"
        self.go = folder / "go"
        self.data = folder / "data"

    def ask(self) -> None:
        """Let a thread wait, and end the server."""
        self.config.parent.joinpath("one.py").write_text(GRAPH)
        self.config.write_text(json.dumps({"graphs": {"one": "./one.py:graph"}}))
        self.go.touch()
        with (
            running_server(self.config, self.data) as served,
            httpx.Client(base_url=served.url, headers=served.headers, timeout=60) as http,
        ):
            http.post("/threads", json={"thread_id": THREAD_ID})
            http.post(f"/threads/{THREAD_ID}/runs/wait", json={"assistant_id": "one", "input": {}})
        self.go.unlink()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with a thread that waits."""
    folder = tmp_path_factory.mktemp("asked")
    Project(folder).ask()
    return folder


@pytest.fixture
def project(asked: Path, tmp_path: Path) -> Project:
    """A copy of that project, which no server uses yet."""
    shutil.copytree(asked, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path)


@pytest.fixture
def starting(project: Project) -> Iterator[Served]:
    """The server of the project, which cannot import its graph yet."""
    with running_server(project.config, project.data) as served:
        yield served
        project.go.touch()


async def events(response: httpx.Response) -> AsyncIterator[str]:
    """The names of server-sent events."""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            yield line.removeprefix("event: ")


async def test_lists_come_before_the_graphs_and_all_else_waits_for_them(
    project: Project, starting: Served
) -> None:
    async with starting.client() as http, asyncio.TaskGroup() as tasks:
        early = (await http.get("/info")).json()
        assert (early["graphs_coming"], early["nodes"]) == (["one"], {})
        found = await http.post("/threads/search", json={"status": "interrupted"})
        assert [row["thread_id"] for row in found.json()] == [THREAD_ID]
        assert found.json()[0]["tasks"][0]["interrupts"][0]["value"] == "Go on?"
        assert (await http.post("/threads/count", json={})).json() == 1

        waits = [
            tasks.create_task(http.get(f"/threads/{THREAD_ID}/state")),
            tasks.create_task(http.post("/threads/search", json={"limit": 0})),
            tasks.create_task(http.post("/threads/search", json={"select": ["no field"]})),
        ]
        async with http.stream("GET", "/threads/changes") as feed:
            named = events(feed)
            assert await anext(named) == "reset"
            assert await anext(named) == "presence"
            assert not waits[0].done() and not waits[1].done()
            project.go.touch()
            assert await anext(named) == "reset"  # the graphs can be used
        late = (await http.get("/info")).json()
        assert late["graphs_coming"] == [] and "ask" in late["nodes"]["one"]
        assert late.keys() == early.keys() and late["flags"] == early["flags"]
    state, refused, misnamed = (each.result() for each in waits)
    assert state.json()["interrupts"][0]["value"] == "Go on?"
    assert (refused.status_code, misnamed.status_code) == (422, 422)


async def test_early_lists_need_the_token_and_an_origin_of_this_machine(
    project: Project, starting: Served
) -> None:
    async with httpx.AsyncClient(base_url=starting.url) as http:
        for wrong in ({}, {"Authorization": "Bearer wrong"}):
            refused = await http.post("/threads/search", json={}, headers=wrong)
            assert refused.status_code == 401
            assert (await http.get("/info", headers=wrong)).status_code == 401
        page = {**starting.headers, "Origin": "https://evil.example"}
        assert (await http.post("/threads/search", json={}, headers=page)).status_code == 403


async def test_a_start_that_fails_after_the_lists_tells_why(project: Project) -> None:
    project.go.touch()
    with running_server(project.config, project.data, LANGGRAPH_CONFIG="no JSON") as served:
        async with served.client() as http:
            refused = await http.get(f"/threads/{THREAD_ID}/state")
            assert (refused.status_code, "LANGGRAPH_CONFIG" in refused.text) == (503, True)
            [broken] = (await http.get("/info")).json()["graphs_broken"]
            assert broken["graph_id"] == "one" and "LANGGRAPH_CONFIG" in broken["what"]
            assert len((await http.post("/threads/search", json={})).json()) == 1


@pytest.mark.parametrize(
    ("status", "is_unsettled", "settings", "early"),
    [
        ("idle", False, {}, True),
        (None, False, {}, False),
        ("busy", False, {}, False),
        ("idle", True, {}, False),
        ("idle", False, {"auth": {"path": "./auth.py:auth"}}, False),
        ("idle", False, {"http": {"app": "./app.py:app"}}, False),
        ("idle", False, {"http": {"disable_threads": True}}, False),
        ("idle", False, {"store": {"path": "./own.py:store"}}, False),
        ("idle", False, {"checkpointer": {"path": "./own.py:saver"}}, False),
    ],
)
async def test_what_is_not_listed_early(
    tmp_path: Path, status: str | None, is_unsettled: bool, settings: dict[str, Any], early: bool
) -> None:
    """What a crash left open, what a project's own code decides about, and an empty list."""
    config = tmp_path / "langgraph.json"
    config.write_text(json.dumps({"graphs": {"one": "./one.py:graph"}, **settings}))
    for name in ("one", "auth", "app", "own"):
        (tmp_path / f"{name}.py").touch()
    database = await Database.open(tmp_path / "engine.sqlite")
    try:
        threads = Threads(database)
        async with database.write() as connection:
            if status is not None:
                threads.insert(connection, "a", {})
                connection.execute("UPDATE threads SET status = ?", (status,))
            if is_unsettled:
                threads.mark_stale(connection, "a")
        assert answers_early(read_project(str(config)), threads, Runs(database)) is early
    finally:
        await database.close()
