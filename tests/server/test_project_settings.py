"""The sections `http`, `webhooks`, `checkpointer` and `store` of `langgraph.json`, and other keys."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_engine.local.server_child import serve_command
from hitl_engine.local.server_process import find_or_start
from hitl_server.errors import BadTarget
from hitl_server.policy.authorized_route import part_of_api
from hitl_server.policy.rules import RULES
from hitl_server.project.config import read_project
from hitl_server.project.http_settings import PARTS
from hitl_server.refusals import Refusal
from hitl_server.running.webhooks import Webhooks
from tests.server.processes import ROOT, NotStarted, running_server, start_server
from tests.terminal import Terminal

GRAPH = """
from typing import TypedDict
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from langgraph.types import interrupt

class State(TypedDict, total=False):
    answer: str
    user: str

def ask(state: State, config: RunnableConfig, *, store: BaseStore) -> State:
    answer = interrupt({"question": "Go on?"})
    store.put(("answers",), "last", {"answer": answer})
    return {"answer": answer, "user": config["configurable"].get("x-user-id", "nobody")}

builder = StateGraph(State).add_node(ask).add_edge(START, "ask")
graph = builder.compile(checkpointer=InMemorySaver(), store=InMemoryStore())

def named(config: RunnableConfig):
    user = config["configurable"].get("x-user-id", "nobody")
    return StateGraph(State).add_node(f"of_{user}", ask).add_edge(START, f"of_{user}")
"""
WEBAPP = """
from contextlib import asynccontextmanager
from fastapi import FastAPI, Request

@asynccontextmanager
async def lifespan(app):
    app.state.ready = True
    yield {"yielded": 7}

app = FastAPI(lifespan=lifespan)

@app.middleware("http")
async def stamp(request: Request, call_next):
    response = await call_next(request)
    response.headers["x-stamped"] = "yes"
    return response

@app.get("/health")
async def health(request: Request):
    return {"ready": app.state.ready, "yielded": request.state.yielded}

@app.get("/me")
async def me(request: Request):
    return {"user": request.user and request.user["identity"]}

@app.post("/slack/approve")
async def approve():
    return {"text": "taken"}

plain = FastAPI()

@plain.get("/threads/{thread_id}")
async def replaced(thread_id: str):
    return {"thread_id": "mine"}

@plain.get("/info")
async def own_info():
    return {"version": "mine"}

@asynccontextmanager
async def failing(app):
    raise RuntimeError("no database")
    yield

broken = FastAPI(lifespan=failing)
not_an_app = 5
"""


def write(folder: Path, **sections: Any) -> Path:
    (folder / "graph.py").write_text(GRAPH)
    (folder / "webapp.py").write_text(WEBAPP)
    graphs = {"graph": "./graph.py:graph", "named": "./graph.py:named"}
    path = folder / "langgraph.json"
    path.write_text(json.dumps({"graphs": graphs, **sections}))
    return path


@contextmanager
def served(folder: Path, *options: str, **sections: Any) -> Iterator[httpx.Client]:
    """A client with the token of the server's console, of a project with these sections."""
    with (
        running_server(write(folder, **sections), folder / "data", *options) as server,
        httpx.Client(base_url=server.url, headers=server.headers, timeout=30) as http,
    ):
        yield http


def without_token(http: httpx.Client) -> httpx.Client:
    return httpx.Client(base_url=http.base_url, timeout=30)


def asking(http: httpx.Client, **headers: str) -> str:
    """A thread on which the graph asks, of a run with these headers."""
    thread_id: str = http.post("/threads", json={}).json()["thread_id"]
    body = {"assistant_id": "graph", "input": {}}
    asked = http.post(f"/threads/{thread_id}/runs/wait", json=body, headers=headers).json()
    assert asked["__interrupt__"][0]["value"] == {"question": "Go on?"}
    return thread_id


# The project's own application


def test_routes_middleware_and_lifespan_are_served(tmp_path: Path) -> None:
    with served(tmp_path, http={"app": "./webapp.py:app"}) as http:
        with without_token(http) as stranger:
            assert stranger.get("/health").json() == {"ready": True, "yielded": 7}
            assert stranger.post("/slack/approve", json={}).json() == {"text": "taken"}
            assert stranger.get("/info").status_code == 401, "the API still needs the token"
            assert stranger.get("/health", headers={"host": "evil.example"}).status_code == 403
            page = {"origin": "https://evil.example"}
            assert stranger.post("/slack/approve", json={}, headers=page).status_code == 403
        info = http.get("/info")
        assert info.headers["x-stamped"] == "yes"
        assert info.json()["flags"]["preconditions"] is True
        assert "The middleware of http.app sees all requests" in str(info.json()["remarks"])
        thread_id = asking(http)
        body = {"assistant_id": "graph", "command": {"resume": "yes"}, "stream_mode": "values"}
        with http.stream("POST", f"/threads/{thread_id}/runs/stream", json=body) as stream:
            events = [line for line in stream.iter_lines() if line.startswith("event: ")]
        assert events[0] == "event: metadata" and events[-1] == "event: values"


def test_where_clients_have_tokens_custom_routes_are_open_to_any_host(tmp_path: Path) -> None:
    token = ("--token", "a-secret-of-clients")
    with (
        served(tmp_path, *token, http={"app": "./webapp.py:app"}) as http,
        without_token(http) as stranger,
    ):
        tunnel = {"host": "tunnel.example"}
        assert stranger.get("/health", headers=tunnel).status_code == 200
        assert stranger.get("/info", headers=tunnel).status_code == 401


def test_custom_routes_with_authentication(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("ada = a-long-random-secret\n")
    tokens.chmod(0o600)
    section = {"app": "./webapp.py:app", "enable_custom_route_auth": True}
    with (
        served(tmp_path, "--tokens", str(tokens), http=section) as http,
        without_token(http) as stranger,
    ):
        assert stranger.get("/health").status_code == 401
        ada = {"x-api-key": "a-long-random-secret"}
        assert stranger.get("/me", headers=ada).json() == {"user": "ada"}


def test_a_route_that_replaces_an_endpoint_ends_our_promises(tmp_path: Path) -> None:
    with served(tmp_path, http={"app": "./webapp.py:plain"}) as http:
        assert http.get("/threads/x").json() == {"thread_id": "mine"}
        info = http.get("/info").json()
        assert info["flags"] == {"assistants": True, "crons": False, "langsmith": False}
        assert "GET /threads/{thread_id}. What this server promises" in str(info["remarks"])


@pytest.mark.parametrize(
    ("app", "words"),
    [
        ("./webapp.py:broken", "The lifespan of http.app failed: RuntimeError: no database."),
        ("./webapp.py:not_an_app", "it is a int, not a Starlette application"),
        ("./webapp.py:nothing", "has no attribute 'nothing'"),
        ("./missing.py:app", "FileNotFoundError"),
    ],
)
def test_an_application_that_cannot_be_used_stops_the_start(
    tmp_path: Path, app: str, words: str
) -> None:
    with pytest.raises(NotStarted) as refused:
        start_server(write(tmp_path, http={"app": app}), tmp_path / "data")
    assert words in refused.value.report["what"]
    assert refused.value.code == 5


# Parts of the API, and headers


def test_closed_parts(tmp_path: Path) -> None:
    section = {f"disable_{part}": True for part in ("assistants", "store", "runs", "meta")}
    with served(tmp_path, "--token", "a-secret-of-clients", http=section) as http:
        closed = (
            ("POST", "/assistants/search"),
            ("POST", "/store/items/search"),
            ("POST", "/runs/wait"),
            ("POST", "/threads/11111111-1111-1111-1111-111111111111/runs"),
            ("GET", "/info"),
            ("GET", "/docs"),
            ("GET", "/openapi.json"),
        )
        key = {"x-api-key": "a-secret-of-clients"}
        with without_token(http) as client:
            for method, path in closed:
                reply = client.request(method, path, headers=key, json={})
                assert (reply.status_code, reply.json()["detail"]) == (404, "Not Found"), path
            assert client.post("/threads/search", headers=key, json={}).status_code == 200
            assert client.get("/ok").status_code == 200
        remarks = " ".join(http.get("/info").json()["remarks"])
        assert "http.disable_store closes /store" in remarks
        asking(http)  # the consoles for which the server was started are not affected


async def test_consoles_use_closed_parts_of_a_server_without_tokens(tmp_path: Path) -> None:
    parts = ("meta", "assistants", "threads")
    path = write(tmp_path, http={f"disable_{part}": True for part in parts})
    command = serve_command(str(path), tmp_path / "data")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while not (line := process.stderr.readline()).startswith("Serving"):
            assert line, "the server ended"
        console = await find_or_start(str(path), tmp_path / "data")
        assert console.pid == process.pid
        async with httpx.AsyncClient(base_url=console.url) as http:
            for headers, status in ((console.headers, 200), ({}, 404)):
                assert (await http.get("/info", headers=headers)).status_code == status
                found = await http.post("/threads/search", json={}, headers=headers)
                assert found.status_code == status
            assert (await http.post("/store/items/search", json={})).status_code == 200
            evil = await http.get("/ok-not", headers={"host": "evil.example"})
            assert evil.status_code == 403
        await console.aclose()
        process.terminate()


def test_each_endpoint_belongs_to_a_part() -> None:
    parts = {path: part_of_api(path) for _, path in RULES}
    assert set(parts.values()) == {*PARTS}
    for path, part in parts.items():
        assert (part == "runs") == ("/runs" in path), path
        assert part in ("runs", "meta") or path.startswith(f"/{part}"), path


def test_the_limits_of_requests(tmp_path: Path) -> None:
    limits = {"body_bytes": 1000, "search_bytes": 100, "endpoints": {"POST /threads/count": 200}}
    long, longer, longest = ({"metadata": {"a": "x" * size}} for size in (90, 180, 990))
    with served(tmp_path, http={"limits": limits}) as http:
        for path, taken, refused in (
            ("/threads", longer, longest),
            ("/threads/search", {}, long),
            ("/threads/count", long, longer),
        ):
            assert http.post(path, json=taken).status_code == 200
            reply = http.post(path, json=refused)
            assert (reply.status_code, "http.limits" in reply.json()["detail"]) == (413, True)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"body_bytes": "many"}, "body_bytes is not a whole number"),
        ({"endpoints": {"POST /threads": 0}}, "POST /threads is not a whole number"),
        ({"bodies": 1}, "http.limits.bodies"),
    ],
)
def test_a_limit_that_cannot_be_used(tmp_path: Path, limits: dict[str, Any], said: str) -> None:
    with pytest.raises(BadTarget, match=said):
        read_project(str(write(tmp_path, http={"limits": limits})))


@pytest.mark.parametrize(
    ("ttl", "said"),
    [
        ({"strategy": "keep_latest"}, "strategy is not delete"),
        ({"default_ttl": 0}, "default_ttl is"),
    ],
)
def test_an_expiry_that_cannot_be_used(tmp_path: Path, ttl: dict[str, Any], said: str) -> None:
    with pytest.raises(BadTarget, match=said):
        read_project(str(write(tmp_path, checkpointer={"ttl": ttl})))


def test_configs_of_graphs_in_the_environment(tmp_path: Path) -> None:
    config = {"tags": ["mine"], "configurable": {"x-user-id": "ada"}}
    project = write(tmp_path)
    for value, user in ((config, "ada"), ({}, "nobody")):
        given = json.dumps({"graph": value})
        with (
            running_server(project, tmp_path / "data", LANGGRAPH_CONFIG=given) as server,
            httpx.Client(base_url=server.url, headers=server.headers, timeout=30) as http,
        ):
            assert http.get("/assistants/graph").json()["config"] == value
            thread_id = http.post("/threads", json={}).json()["thread_id"]
            path = f"/threads/{thread_id}/runs/wait"
            http.post(path, json={"assistant_id": "graph", "input": {}})
            answer = {"assistant_id": "graph", "command": {"resume": "yes"}}
            assert http.post(path, json=answer).json()["user"] == user


def test_configs_that_are_no_json(tmp_path: Path) -> None:
    with pytest.raises(NotStarted) as refused:
        start_server(write(tmp_path), tmp_path / "data", LANGGRAPH_CONFIG="[]")
    assert "LANGGRAPH_CONFIG" in refused.value.report["what"]


def test_headers_become_configurable(tmp_path: Path) -> None:
    section = {"configurable_headers": {"includes": ["x-user-*", "*key"], "excludes": ["*secret*"]}}
    with served(tmp_path, http=section) as http:
        sent = {"x-user-id": "ada", "x-user-secret": "1", "x-api-key": "2", "x-other": "3"}
        thread_id = asking(http, **sent)
        kwargs = http.get(f"/threads/{thread_id}/runs").json()[0]["kwargs"]
        assert kwargs["config"]["configurable"].keys() & sent.keys() == {"x-user-id"}
        assert kwargs["context"] == {}
        body = {"assistant_id": "graph", "command": {"resume": "yes"}}
        done = http.post(
            f"/threads/{thread_id}/runs/wait", json=body, headers={"x-user-id": "bob"}
        ).json()
        assert done == {"answer": "yes", "user": "bob"}
        drawing = http.get("/assistants/named/graph", headers={"x-user-id": "ada"}).json()
        assert "of_ada" in [node["id"] for node in drawing["nodes"]]


def test_no_header_names_the_caller_or_a_checkpoint(tmp_path: Path) -> None:
    with served(tmp_path, http={"configurable_headers": {"includes": ["*"]}}) as http:
        forged = {"langgraph_auth_user_id": "boss", "checkpoint_id": "x", "__pregel_resume": "x"}
        thread_id = asking(http, **forged)
        kwargs = http.get(f"/threads/{thread_id}/runs").json()[0]["kwargs"]
        assert not kwargs["config"]["configurable"].keys() & {*forged, "authorization"}


# Storage of the project


def test_storage_that_was_compiled_into_a_graph_is_replaced(tmp_path: Path) -> None:
    with served(tmp_path) as http:
        thread_id = asking(http)
        body = {"assistant_id": "graph", "command": {"resume": "yes"}}
        http.post(f"/threads/{thread_id}/runs/wait", json=body)
        assert http.get("/store/items?key=last&namespace=answers").json()["value"] == {
            "answer": "yes"
        }
        (remark,) = http.get("/info").json()["remarks"]
        assert remark.startswith("Graph 'graph' was compiled with InMemorySaver and InMemoryStore;")


STORES = """
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from langgraph.store.memory import InMemoryStore

here = Path(__file__).parent
store = InMemoryStore()
def made(): return InMemoryStore()
async def awaited(): return InMemoryStore()

@asynccontextmanager
async def entered():
    yield InMemoryStore()
    (here / "ended").write_text("yes")

@contextmanager
def failing():
    raise RuntimeError("no such database")
    yield

not_a_store = 5
"""


@pytest.mark.parametrize("name", ["store", "made", "awaited", "entered"])
def test_a_projects_own_store_is_used(tmp_path: Path, name: str) -> None:
    (tmp_path / "stores.py").write_text(STORES)
    with served(tmp_path, store={"path": f"./stores.py:{name}"}) as http:
        thread_id = asking(http)
        body = {"assistant_id": "graph", "command": {"resume": "yes"}}
        http.post(f"/threads/{thread_id}/runs/wait", json=body)
        item = http.get("/store/items?key=last&namespace=answers").json()
        assert item["value"] == {"answer": "yes"}
        assert item["created_at"].endswith("+00:00")
        found = http.post("/store/items/search", json={"namespace_prefix": ["answers"]}).json()
        assert [each["key"] for each in found["items"]] == ["last"]
        remarks = http.get("/info").json()["remarks"]
        assert any("items are in the store of store.path" in remark for remark in remarks)
    assert not (tmp_path / "data" / "store.sqlite").exists()
    assert (tmp_path / "ended").exists() == (name == "entered")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("failing", "RuntimeError: no such database"),
        ("not_a_store", "it is a int, not a langgraph BaseStore"),
        ("nothing", "has no attribute 'nothing'"),
    ],
)
def test_a_store_that_cannot_be_used_stops_the_start(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "stores.py").write_text(STORES)
    with pytest.raises(NotStarted) as refused:
        start_server(write(tmp_path, store={"path": f"./stores.py:{name}"}), tmp_path / "data")
    assert words in refused.value.report["what"]


# The project's own checkpointer

CHECKPOINTERS = """
from contextlib import asynccontextmanager
from pathlib import Path
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

here = Path(__file__).parent
saver = InMemorySaver()
async def awaited(): return InMemorySaver()

@asynccontextmanager
async def sqlite():
    async with AsyncSqliteSaver.from_conn_string(str(here / "own.sqlite")) as saver:
        yield saver
    (here / "ended").write_text("yes")

class Able(InMemorySaver):
    async def acopy_thread(self, source, target):
        for name in (self.storage, self.writes, self.blobs):
            for key in [key for key in name if key == source or key[0] == source]:
                name[target if key == source else (target, *key[1:])] = name[key]
    async def adelete_for_runs(self, run_ids):
        (here / "deleted").write_text(" ".join(run_ids))

able = Able()
no_saver = 5
"""


def with_checkpointer(folder: Path, name: str) -> AbstractContextManager[httpx.Client]:
    """A client of a project with this checkpointer."""
    (folder / "checkpointers.py").write_text(CHECKPOINTERS)
    return served(folder, checkpointer={"path": f"./checkpointers.py:{name}"})


@pytest.mark.parametrize("name", ["saver", "awaited", "sqlite", "able"])
def test_a_projects_own_checkpointer_is_used(tmp_path: Path, name: str) -> None:
    with with_checkpointer(tmp_path, name) as http:
        thread_id = asking(http)
        assert http.get(f"/threads/{thread_id}").json()["status"] == "interrupted"
        body = {"assistant_id": "graph", "command": {"resume": "yes"}}
        done = http.post(f"/threads/{thread_id}/runs/wait", json=body).json()
        assert done == {"answer": "yes", "user": "nobody"}
        assert http.get(f"/threads/{thread_id}/state").json()["values"] == done
        assert len(http.post(f"/threads/{thread_id}/history", json={"limit": 9}).json()) == 3
        update = {"values": {"answer": "no"}}
        assert http.post(f"/threads/{thread_id}/state", json=update).status_code == 200
        info = http.get("/info").json()
        assert http.delete(f"/threads/{thread_id}").status_code == 204
        assert http.get(f"/threads/{thread_id}/state").status_code == 404
    assert any("checkpointer of checkpointer.path" in remark for remark in info["remarks"])
    assert not {"preconditions", "derived_status", "refuses_late_answers"} & info["flags"].keys()
    assert info["flags"]["strict_resume"]
    with sqlite3.connect(tmp_path / "data" / "engine.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM checkpoints").fetchone() == (0,)
    connection.close()
    assert (tmp_path / "ended").exists() == (name == "sqlite")


def test_checkpoints_of_a_projects_own_checkpointer_outlive_the_server(tmp_path: Path) -> None:
    with with_checkpointer(tmp_path, "sqlite") as http:
        thread_id = asking(http)
    with with_checkpointer(tmp_path, "sqlite") as http:
        body = {"assistant_id": "graph", "command": {"resume": "later"}}
        done = http.post(f"/threads/{thread_id}/runs/wait", json=body).json()
    assert done["answer"] == "later"


def test_what_a_checkpointer_cannot_do_is_refused_before_anything_changes(tmp_path: Path) -> None:
    with with_checkpointer(tmp_path, "saver") as http:
        thread_id = asking(http)
        (run,) = http.get(f"/threads/{thread_id}/runs").json()
        rollback = {"assistant_id": "graph", "input": {}, "multitask_strategy": "rollback"}
        for reply in (
            http.post(f"/threads/{thread_id}/copy"),
            http.delete(f"/threads/{thread_id}/runs/{run['run_id']}"),
            http.post(f"/threads/{thread_id}/runs/wait", json=rollback),
        ):
            assert reply.status_code == 501
            assert "InMemorySaver, has no a" in reply.json()["detail"]
        assert http.get(f"/threads/{thread_id}/runs").json() == [run]
        assert len(http.post("/threads/search", json={}).json()) == 1


def test_what_a_checkpointer_can_do_is_done_with_it(tmp_path: Path) -> None:
    with with_checkpointer(tmp_path, "able") as http:
        thread_id = asking(http)
        copy_id = http.post(f"/threads/{thread_id}/copy").json()["thread_id"]
        state = http.get(f"/threads/{copy_id}/state").json()
        assert [each["value"] for each in state["interrupts"]] == [{"question": "Go on?"}]
        (run,) = http.get(f"/threads/{thread_id}/runs").json()
        assert http.delete(f"/threads/{thread_id}/runs/{run['run_id']}").status_code == 204
    assert (tmp_path / "deleted").read_text() == run["run_id"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_saver", "it is a int, not a langgraph BaseCheckpointSaver"),
        ("nothing", "has no attribute 'nothing'"),
    ],
)
def test_a_checkpointer_that_cannot_be_used_stops_the_start(
    tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "checkpointers.py").write_text(CHECKPOINTERS)
    config = write(tmp_path, checkpointer={"path": f"./checkpointers.py:{name}"})
    with pytest.raises(NotStarted) as refused:
        start_server(config, tmp_path / "data")
    assert words in refused.value.report["what"]


# Other keys


def test_each_key_without_effect_is_a_remark(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        checkpointer={
            "path": "./cp.py:make",
            "ttl": {"sweep_limit": 5},
            "serde": {"pickle_fallback": True},
        },
        store={"index": {}, "ttl": {"default_ttl": 5}},
        http={"mount_prefix": "/api", "logging_headers": {}, "cors": {"max_age": 5}},
        webhooks={"env_prefix": "WH_", "headers": {"a": "b"}},
        python_version="3.99",
        api_version="0.4",
        image_distro="wolfi",
        ui={"agent": "./ui.tsx"},
        surprise=True,
        auth={"path": "./auth.py:auth", "cache": {}, "disable_studio_auth": True},
        dependencies=[".", "./missing", "langchain_openai"],
    )
    remarks = read_project(str(path)).remarks
    keys = (
        *("checkpointer.ttl.sweep_limit", "checkpointer.serde.pickle_fallback"),
        *("store.index", "http.mount_prefix", "http.cors.max_age"),
        *("webhooks.env_prefix", "webhooks.headers", "api_version", "image_distro", "ui"),
        *("surprise", "auth.cache"),
    )
    for key in keys:
        assert sum(f" {key} has no effect" in remark for remark in remarks) == 1, key
    assert sum("names Python 3.99, but" in remark for remark in remarks) == 1
    assert sum("./missing, which is no folder" in remark for remark in remarks) == 1
    assert sum("the checkpointer of checkpointer.path" in remark for remark in remarks) == 1
    assert len(remarks) == len(keys) + 3


def test_a_project_with_usual_keys_has_no_remarks(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        **{"$schema": "https://langgra.ph/schema.json"},
        dependencies=["."],
        python_version="{}.{}.{}".format(*sys.version_info),
        http={"cors": {"allow_origins": ["*"], "allow_methods": ["*"]}, "disable_mcp": True},
        store={"ttl": {"default_ttl": 5}},
    )
    assert read_project(str(path)).remarks == ()


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"http": {"disable_everything": True}}, "http.disable_everything"),
        ({"http": {"middleware_order": "auth_first"}}, "before the middleware of http.app"),
        ({"http": {"cors": {"allow_methods": ["GET"]}}}, "http.cors.allow_methods"),
        ({"http": {"app": "./webapp.ts:app"}}, "http.app names no Python object"),
        ({"http": []}, None),
        ({"http": 5}, '"http" is not an object'),
        ({"webhooks": {"url": {"only_mondays": True}}}, "webhooks.url.only_mondays"),
        ({"Auth": {}}, 'Is it meant as "auth"'),
        ({"atuh": {"path": "./auth.py:auth"}}, 'Is it meant as "auth"'),
        ({"authentication": {}}, 'Is it meant as "auth"'),
        ({"htpp": {"disable_store": True}}, 'Is it meant as "http"'),
        ({"store": True}, '"store" is not an object'),
        ({"encryption": {"path": "./crypt.py:encryption"}}, "has encryption"),
    ],
)
def test_a_restriction_that_cannot_be_kept_is_refused(
    tmp_path: Path, sections: dict[str, Any], words: str | None
) -> None:
    path = write(tmp_path, **sections)
    if words is None:
        assert read_project(str(path)).remarks == ()
        return
    with pytest.raises(BadTarget) as refused:
        read_project(str(path))
    assert words in refused.value.what


@pytest.mark.parametrize(
    ("policy", "url", "permitted"),
    [
        ({}, "http://127.0.0.1:8000/hook", False),
        ({"allowed_domains": ["localhost"]}, "http://localhost/hook", True),
        ({"allowed_domains": ["localhost"]}, "http://127.0.0.1/hook", False),
        (
            {"allowed_domains": ["localhost"], "disable_loopback": True},
            "http://localhost/hook",
            False,
        ),
        ({"allowed_domains": ["hooks.example.com"]}, "http://hooks.example.com/x", True),
        (
            {"allowed_domains": ["hooks.example.com"], "require_https": True},
            "http://hooks.example.com/x",
            False,
        ),
        (
            {"allowed_domains": ["*.example.com"], "require_https": True},
            "https://a.example.com",
            True,
        ),
        (
            {"allowed_domains": ["127.0.0.1"], "allowed_ports": [443]},
            "http://127.0.0.1:8000/hook",
            False,
        ),
        (
            {"allowed_domains": ["127.0.0.1"], "allowed_ports": [8000]},
            "http://127.0.0.1:8000/hook",
            True,
        ),
        (
            {"allowed_domains": ["127.0.0.1"], "max_url_length": 20},
            "http://127.0.0.1:8000/hook",
            False,
        ),
    ],
)
async def test_rules_of_webhooks(
    tmp_path: Path, policy: dict[str, Any], url: str, permitted: bool
) -> None:
    webhooks = Webhooks(read_project(str(write(tmp_path, webhooks={"url": policy}))).webhooks)
    if permitted:
        webhooks.check(url)
    else:
        with pytest.raises(Refusal):
            webhooks.check(url)


def test_people_get_the_remarks(tmp_path: Path) -> None:
    path = write(tmp_path, python_version="3.99", ui={"agent": "./ui.tsx"})
    data = ("--data-dir", str(tmp_path / "data"))
    command = [sys.executable, "-m", "hitl_tui", "graphs", "--target", str(path), *data]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "names Python 3.99, but" in printed.stderr
    assert "ui has no effect: this server has no user interface." in printed.stderr
    command = [sys.executable, "-m", "hitl_tui", "run", "graph", "--input", "{}", *data]
    run = subprocess.run(
        [*command, "--target", str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert "names Python 3.99, but" in run.stderr and "names Python" not in run.stdout
    serve = [sys.executable, "-m", "hitl_tui", "serve", str(path), "--port", "0", *data]
    with subprocess.Popen(serve, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(4)]
        process.terminate()
    assert [line.split(" ")[0] for line in lines] == ["Note:", "Note:", "Note:", "Serving"]
    log = next((tmp_path / "data").glob("*/engine.log")).read_text()
    assert "names Python 3.99, but" in log


def test_the_console_shows_the_remarks(tmp_path: Path) -> None:
    path = write(tmp_path, image_distro="wolfi", ui={"agent": "./ui.tsx"})
    command = [sys.executable, "-m", "hitl_tui", str(path), "--data-dir", str(tmp_path / "data")]
    with Terminal(command, columns=120, rows=30, env={"PYTHONPATH": str(ROOT)}) as console:
        console.wait_for("image_distro has no", seconds=90)
        console.wait_for("And 2 more")
