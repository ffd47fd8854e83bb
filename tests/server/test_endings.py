"""Whatever the code of a project raises ends its run or its request, and nothing else."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.json_values import Json
from tests.server.processes import NotStarted, Served, running_server, start_server

PROJECT = Path(__file__).parent / "ending_project"
KINDS = ("KeyboardInterrupt", "SystemExit", "Ending", "CancelledError", "GeneratorExit")
PLACES = ("node", "coroutine", "task", "reducer", "store", "loop")
FACTORIES = ("factory", "closing_factory")


@pytest.fixture(scope="module")
def ending_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of graphs that raise what no `except Exception` catches."""
    with running_server(PROJECT / "langgraph.json", tmp_path_factory.mktemp("data")) as served:
        yield served
        log = (served.folder / "engine.log").read_text()
        assert "never retrieved" not in log
    assert served.process.returncode == 0


@pytest.fixture
async def http(ending_server: Served) -> httpx.AsyncClient:
    """A client, as the owner of the server."""
    return ending_server.client()


def body_for(graph: str, kind: str) -> Json:
    """Return the body of a run in which this kind of exception is raised."""
    if graph in FACTORIES:
        return {"assistant_id": graph, "input": {"kind": kind}, "context": {"kind": kind}}
    return {"assistant_id": graph, "input": {"kind": kind}, "stream_mode": ["values", "custom"]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("graph", PLACES + FACTORIES)
async def test_it_ends_its_run_alone(http: httpx.AsyncClient, graph: str, kind: str) -> None:
    async with http:
        thread_id = (await http.post("/threads", json={})).json()["thread_id"]
        path = f"/threads/{thread_id}"
        told = (await http.post(f"{path}/runs/wait", json=body_for(graph, kind))).json()
        name = told["__error__"]["error"]
        if kind == "GeneratorExit":  # of which Python makes another error in a coroutine
            assert name in (kind, "RuntimeError")
        else:
            assert name.endswith(kind), told  # LangGraph has a NodeCancelledError
        streamed = (await http.post(f"{path}/runs/stream", json=body_for(graph, kind))).text
        assert f'event: error\r\ndata: {{"error":"{name}"' in streamed
        row = (await http.get(path)).json()
        assert (row["status"], row["error"]["error"]) == ("error", name)
        runs = (await http.get(f"{path}/runs")).json()
        assert [run["status"] for run in runs] == ["error", "error"]
        assert runs[0]["error"]["error"] == name


@pytest.mark.parametrize("kind", KINDS)
async def test_an_event_that_cannot_be_encoded(http: httpx.AsyncClient, kind: str) -> None:
    """How a run ends does not depend on whether a client listens."""
    async with http:
        thread_id = (await http.post("/threads", json={})).json()["thread_id"]
        path = f"/threads/{thread_id}"
        body = body_for("writer", kind)
        assert (await http.post(f"{path}/runs/wait", json=body)).json()["kind"] == kind
        streamed = (await http.post(f"{path}/runs/stream", json=body)).text
        assert f'event: custom\r\ndata: {{"error":"{kind}"' in streamed
        assert "event: error" not in streamed
        assert (await http.get(path)).json()["status"] == "idle"


@pytest.mark.parametrize("kind", KINDS)
async def test_it_ends_its_request_alone(ending_server: Served, kind: str) -> None:
    async with httpx.AsyncClient(base_url=ending_server.url) as http:
        assert (await http.get(f"/own/{kind}")).status_code == 500
        refused = await http.get("/info", headers={"X-Authenticate": kind})
        assert refused.status_code == 500 and "authenticate failed" in refused.json()["detail"]
        made = (await http.post("/threads", json={})).json()
        refused = await http.get(f"/threads/{made['thread_id']}")
        assert refused.status_code == 500 and "threads.read failed" in refused.json()["detail"]
        assert (await http.get("/ok")).status_code == 200


async def test_a_module_that_is_interrupted_is_not_served(http: httpx.AsyncClient) -> None:
    async with http:
        (broken,) = (await http.get("/info")).json()["graphs_broken"]
    assert broken["graph_id"] == "import_interrupted"
    assert "KeyboardInterrupt" in broken["what"]


@pytest.mark.parametrize("kind", ["KeyboardInterrupt", "CancelledError"])
@pytest.mark.parametrize("place", ["import", "lifespan"])
def test_it_is_told_at_the_start(tmp_path: Path, place: str, kind: str) -> None:
    """Of what the server needs; without a word, nobody would know what to correct."""
    shutil.copytree(PROJECT, tmp_path, dirs_exist_ok=True)
    module = tmp_path / "ending.py"
    text = module.read_text()
    if place == "import":
        text += f"\nend({kind!r})\n"
    else:
        text = text.replace("    yield\n", f"    end({kind!r})\n    yield\n")
    module.write_text(text)
    with pytest.raises(NotStarted) as told:
        start_server(tmp_path / "langgraph.json", tmp_path / "data")
    assert told.value.code == 5
    assert kind in json.dumps(told.value.report)
