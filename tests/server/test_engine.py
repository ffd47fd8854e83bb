"""What the engine does beyond the contract: derived rows, safe answers, its own life and death."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client

from tests.server.processes import ROOT, SAMPLES, NotStarted, Served, engine, start_engine
from tests.server.test_contract import events, row, state, thread, wait

CONFIG = SAMPLES / "langgraph.json"


@pytest.fixture
async def http(engine_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared engine."""
    async with engine_server.client() as client:
        yield client


async def found(http: httpx.AsyncClient, thread_id: str, status: str) -> bool:
    """Whether a search by status finds the thread."""
    body = {"status": status, "ids": [thread_id]}
    return bool((await http.post("/threads/search", json=body)).json())


# Rows that follow the state


async def test_a_row_says_what_a_state_read_would(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "subgraph", input={})
    body = {"ids": [thread_id], "select": ["next", "tasks", "checkpoint_id", "breakpoint"]}
    [shown] = (await http.post("/threads/search", json=body)).json()
    read = await state(http, thread_id)
    assert shown["next"] == read["next"] == ["approval"]
    assert shown["checkpoint_id"] == read["checkpoint_id"]
    assert shown["breakpoint"] is None
    [task] = shown["tasks"]
    [asked], [told] = task["interrupts"], read["interrupts"]
    assert asked == {**told, "since": (await row(http, thread_id))["state_updated_at"]}
    assert task["checkpoint_ns"] == read["tasks"][0]["checkpoint"]["checkpoint_ns"]


async def test_where_a_breakpoint_stands(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    seen = []
    await wait(http, thread_id, "breakpoints", input={})
    while (await row(http, thread_id))["next"]:
        stop = (await row(http, thread_id))["breakpoint"]
        seen.append((stop["when"], stop["node"]))
        await wait(http, thread_id, "breakpoints", input=None)
    assert seen == [("after", "draft"), ("before", "publish")]
    assert (await row(http, thread_id))["breakpoint"] is None


async def test_a_breakpoint_of_a_run_outlives_a_state_edit(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "chain", input={}, interrupt_before=["three"])
    before = (await row(http, thread_id))["breakpoint"]
    assert (before["when"], before["node"]) == ("before", "three")
    await http.post(f"/threads/{thread_id}/state", json={"values": {"said": ["edited"]}})
    after = (await row(http, thread_id))["breakpoint"]
    assert (after["when"], after["node"]) == ("before", "three")


async def test_a_cancelled_step_stands_where_it_stood(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "slow", input={"steps": 100}, interrupt_before=["work"])
    body = {"assistant_id": "slow", "input": None}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    assert (await http.post(f"{path}/cancel?wait=true")).status_code == 200
    shown = await row(http, thread_id)
    assert (shown["status"], shown["next"]) == ("interrupted", ["work"])
    assert (shown["breakpoint"]["when"], shown["breakpoint"]["node"]) == ("before", "work")


async def test_a_thread_that_failed_after_an_answer_still_waits(http: httpx.AsyncClient) -> None:
    """S4, S26: a search for what waits finds it."""
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "sticky", input={})
    answer = {"resume": {asked["__interrupt__"][0]["id"]: "bad"}}
    told = await wait(http, thread_id, "sticky", command=answer)
    assert told["__error__"]["message"] == "a bad answer"
    assert await found(http, thread_id, "interrupted")
    shown = await row(http, thread_id)
    assert shown["error"] == told["__error__"]
    assert shown["tasks"][0]["error"] == "ValueError('a bad answer')"
    assert next(iter(shown["interrupts"].values()))[0]["id"] == asked["__interrupt__"][0]["id"]


async def test_a_refused_answer_leaves_the_thread_waiting(http: httpx.AsyncClient) -> None:
    """S17: and the row says so."""
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "two_questions", input={})
    first = {"resume": {asked["__interrupt__"][0]["id"]: "A"}}
    await wait(http, thread_id, "two_questions", command=first)
    told = await wait(http, thread_id, "two_questions", command=first)
    assert told["__error__"]["error"] == "UnknownInterruptError"
    assert await found(http, thread_id, "interrupted")
    [run, *_] = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert run["status"] == "error"


async def test_what_no_json_can_say_ends_no_run_in_silence(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    heard = await events(http, thread_id, "beyond_json", input={}, stream_mode="custom")
    assert ("custom", {"long": hex(10**5000), "short": 10**30}) in heard
    assert heard[-1][0] == "error"
    assert (await row(http, thread_id))["status"] == "error"
    told = await wait(http, thread_id, "chain", input={})
    assert told["said"] == ["one", "two", "three"]


# Answers


@pytest.mark.parametrize("value", [None, False, 0, "", [], "text", {"some": "object"}])
async def test_a_bare_answer_reaches_the_one_question(http: httpx.AsyncClient, value: Any) -> None:
    """S10: also what is false, and null."""
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"})
    done = await wait(http, thread_id, "revise", command={"resume": value})
    assert done == {"some_text": value}


async def test_a_bare_answer_to_two_questions_is_refused(http: httpx.AsyncClient) -> None:
    """S10, B4."""
    thread_id = await thread(http)
    await wait(http, thread_id, "parallel", input={})
    told = await wait(http, thread_id, "parallel", command={"resume": "yes"})
    assert told["__error__"]["error"] == "RuntimeError"
    assert len((await state(http, thread_id))["interrupts"]) == 2
    assert await found(http, thread_id, "interrupted")


async def test_bare_answers_do_not_queue_up(http: httpx.AsyncClient, tmp_path: Path) -> None:
    """S11: one that waited would answer a question nobody has seen."""
    thread_id = await thread(http)
    given = {"trace": str(tmp_path / "trace"), "seconds": 0.5}
    await wait(http, thread_id, "gated_effect", input=given)
    body = {"assistant_id": "gated_effect", "command": {"resume": "go"}}
    path = f"/threads/{thread_id}/runs/wait"
    replies = await asyncio.gather(*(http.post(path, json=body) for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409]


async def test_large_and_odd_values_come_back(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "revise", input={"some_text": "\u202e [/b] \x1b[31m"})
    assert asked["__interrupt__"][0]["value"]["text_to_revise"] == "\u202e [/b] \x1b[31m"
    done = await wait(http, thread_id, "revise", command={"resume": {"n": 2**60, "f": 0.1}})
    assert done["some_text"] == {"n": 2**60, "f": 0.1}


# Runs


async def test_a_run_goes_on_without_its_client(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "slow", "input": {"steps": 4, "seconds_per_step": 0.1}}
    with pytest.raises(httpx.ReadTimeout):
        await http.post(f"/threads/{thread_id}/runs/wait", json=body, timeout=0.15)
    assert (await row(http, thread_id))["status"] == "busy"
    [run] = (await http.get(f"/threads/{thread_id}/runs")).json()
    joined = await http.get(f"/threads/{thread_id}/runs/{run['run_id']}/join")
    assert joined.json()["done"] == 4


async def test_a_run_can_end_with_its_client(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {
        "assistant_id": "slow",
        "input": {"steps": 100, "seconds_per_step": 0.1},
        "on_disconnect": "cancel",
    }
    async with http.stream("POST", f"/threads/{thread_id}/runs/stream", json=body) as reply:
        await anext(reply.aiter_lines())
    async with asyncio.timeout(5):
        while (await http.get(f"/threads/{thread_id}/runs")).json()[0]["status"] != "interrupted":
            await asyncio.sleep(0.05)


async def test_enqueued_runs_take_turns(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "chain", "input": {}}
    path = f"/threads/{thread_id}/runs"
    runs = [(await http.post(path, json=body)).json() for _ in range(3)]
    for run in runs:
        await http.get(f"{path}/{run['run_id']}/join")
    assert [one["status"] for one in (await http.get(path)).json()] == ["success"] * 3
    assert (await state(http, thread_id))["values"]["said"] == ["one", "two", "three"] * 3


async def test_rollback_forgets_the_run(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "slow", "input": {"steps": 100}}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    reply = await http.post(f"{path}/cancel?wait=true&action=rollback")
    assert reply.status_code == 200
    assert (await http.get(path)).status_code == 404


async def test_a_later_run_can_take_over(http: httpx.AsyncClient) -> None:
    """S18: only where that is asked for."""
    thread_id = await thread(http)
    first = {"assistant_id": "slow", "input": {"steps": 100}}
    run = (await http.post(f"/threads/{thread_id}/runs", json=first)).json()
    given = {"steps": 1, "seconds_per_step": 0.01}
    done = await wait(http, thread_id, "slow", input=given, multitask_strategy="interrupt")
    assert done["done"] == 1
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    assert (await http.get(path)).json()["status"] == "interrupted"


async def test_a_resumable_stream_is_told_again(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    heard = await events(
        http, thread_id, "chain", input={}, stream_mode="updates", stream_resumable=True
    )
    path = f"/threads/{thread_id}/runs/{heard[0][1]['run_id']}/stream"
    again = await http.get(path, headers={"Last-Event-ID": "-1"})
    told = [line for line in again.text.splitlines() if line.startswith("event: ")]
    assert told == [f"event: {name}" for name, _ in heard]
    assert "id: 1-0" in again.text
    rest = await http.get(path, headers={"Last-Event-ID": "2-0"})
    assert rest.text.count("event: ") == len(heard) - 2


@pytest.mark.parametrize("graph", ["leaving", "leaving_async"])
async def test_a_node_cannot_end_the_engine(http: httpx.AsyncClient, graph: str) -> None:
    told = await wait(http, await thread(http), graph, input={})
    assert told["__error__"]["error"] == "SystemExit"
    assert (await http.get("/ok")).status_code == 200


async def test_deleting_a_thread_ends_its_runs(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "slow", "input": {"steps": 100}}
    await http.post(f"/threads/{thread_id}/runs", json=body)
    assert (await http.delete(f"/threads/{thread_id}")).status_code == 204
    assert (await http.get(f"/threads/{thread_id}/state")).status_code == 404


# Graphs


@pytest.mark.parametrize(
    "name",
    [
        "builder",
        "sync_factory",
        "config_factory",
        "async_factory",
        "context_factory",
        "async_context_factory",
        "full_factory",
    ],
)
async def test_every_way_to_offer_a_graph(http: httpx.AsyncClient, name: str) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, name, input={})
    assert asked["__interrupt__"][0]["value"] == "well?"
    assert (await state(http, thread_id))["next"] == ["ask"]
    done = await wait(http, thread_id, name, command={"resume": "yes"})
    assert done == {"answer": "yes", "made_by": name}


async def test_a_factory_hears_what_the_graph_is_for(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "runtime_factory", input={}, context={"tenant": "acme"})
    done = await wait(
        http, thread_id, "runtime_factory", command={"resume": "yes"}, context={"tenant": "acme"}
    )
    assert done["made_by"] == "runtime_factory for {'tenant': 'acme'}"
    drawing = (await http.get("/assistants/runtime_factory/graph")).json()
    assert "ask" in [node["id"] for node in drawing["nodes"]]


async def test_a_factory_that_takes_what_nobody_gives(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text("def make(config, runtime): ...\n")
    config = tmp_path / "langgraph.json"
    config.write_text('{"graphs": {"odd": "./odd.py:make"}}')
    with engine(config, tmp_path / "data") as served:
        async with served.client() as http:
            (broken,) = (await http.get("/info")).json()["graphs_broken"]
    assert "takes 2 arguments (config, runtime)" in broken["what"]
    assert "langgraph_sdk.runtime.ServerRuntime" in broken["what"]


async def test_state_of_the_projects_own_types(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "typed", input={"note": ""})
    shown = (await state(http, thread_id))["values"]["report"]
    assert shown == {"title": "T", "mood": "good", "place": {"name": "P"}}
    done = await wait(http, thread_id, "typed", command={"resume": "fine"})
    assert done["note"] == "fine (GOOD)"


async def test_the_schema_of_an_old_fashioned_typed_dict(http: httpx.AsyncClient) -> None:
    schemas = (await http.get("/assistants/chain/schemas")).json()
    assert set(schemas["input_schema"]["properties"]) == {"said", "trace", "seconds"}


async def test_what_graphs_print_goes_to_the_log(
    engine_server: Served, http: httpx.AsyncClient
) -> None:
    done = await wait(http, await thread(http), "noisy", input={})
    assert done == {"read": ""}
    log = (engine_server.folder / "engine.log").read_text()
    for line in (
        "printed on import",
        "printed to stdout",
        "printed to stderr",
        "written to descriptor 1",
        "echoed by a child process",
    ):
        assert line in log


async def test_the_sdk_of_langgraph(engine_server: Served) -> None:
    token = engine_server.info["token"]
    async with get_client(url=engine_server.url, api_key=token) as client:
        made = await client.threads.create()
        thread_id = made["thread_id"]
        asked: Any = await client.runs.wait(thread_id, "revise", input={"some_text": "x"})
        interrupt_id = asked["__interrupt__"][0]["id"]
        [waiting] = await client.threads.search(status="interrupted", ids=[thread_id])
        assert waiting["thread_id"] == thread_id
        said = [
            part.event
            async for part in client.runs.stream(
                thread_id, "revise", command={"resume": {interrupt_id: "y"}}, stream_mode="updates"
            )
        ]
        assert said == ["metadata", "updates"]
        assert (await client.threads.get_state(thread_id))["values"] == {"some_text": "y"}
        assert len(await client.threads.get_history(thread_id)) == 3
        assert {one["graph_id"] for one in await client.assistants.search(limit=100)} >= {"revise"}


# Who may ask


async def test_the_token(engine_server: Served) -> None:
    token = engine_server.info["token"]
    async with httpx.AsyncClient(base_url=engine_server.url) as anybody:
        assert (await anybody.get("/ok")).json() == {"ok": True}
        assert (await anybody.get("/info")).status_code == 401
        wrong = {"Authorization": "Bearer wrong"}
        assert (await anybody.get("/info", headers=wrong)).status_code == 401
        for right in ({"Authorization": f"Bearer {token}"}, {"X-Api-Key": token}):
            assert (await anybody.get("/info", headers=right)).status_code == 200


def serve(*options: str) -> subprocess.Popen[str]:
    """Start the engine as `hitl-tui serve` does, for a person."""
    return subprocess.Popen(
        [sys.executable, "-m", "hitl_server", *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_served_for_a_person(tmp_path: Path) -> None:
    with serve(str(CONFIG), "--data", str(tmp_path / "data")) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            url = line.partition(" at ")[2].split()[0]
            assert httpx.get(f"{url}/info").json()["flags"]["strict_resume"] is True
            for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example"):
                assert httpx.get(f"{url}/info", headers={"Host": host}).status_code == 403
            notice = json.loads((tmp_path / "data" / "engine.json").read_text())
            assert (notice["url"], notice["pid"]) == (url, process.pid)
        finally:
            process.terminate()
            assert process.wait(10) == 0
    assert not (tmp_path / "data" / "engine.json").exists()


def test_an_open_door_needs_a_token(tmp_path: Path) -> None:
    with serve(str(CONFIG), "--data", str(tmp_path / "data"), "--host", "0.0.0.0") as process:
        assert process.wait(20) == 2
        assert process.stderr is not None and "--token" in process.stderr.read()


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with serve(str(CONFIG), "--data", str(tmp_path / "data"), "--port", port) as process:
            assert process.wait(20) == 5
            assert process.stderr is not None and port in process.stderr.read()


# Files


def test_files_are_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    before = os.umask(0)
    try:
        with engine(CONFIG, data) as served:
            with httpx.Client(base_url=served.url, headers=served.headers) as http:
                http.post("/threads", json={})
            modes = {path.name: path.stat().st_mode & 0o777 for path in data.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) >= {"engine.sqlite", "engine.sqlite-wal", "engine.log", "engine.json"}
    assert set(modes.values()) == {0o600}
    assert data.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["engine.lock", "engine.sqlite", "engine.log"])
def test_a_planted_link_is_refused(tmp_path: Path, name: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    (data / name).symlink_to(elsewhere)
    with pytest.raises(NotStarted) as refused:
        start_engine(CONFIG, data)
    assert refused.value.report["title"] == "Engine did not start"
    assert elsewhere.read_text() == "kept"


# Bad targets


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"graphs": {"a": "./a.py:graph",}}', "line 1, column 33"),
        ('{"graphs": {}}', "names no graphs"),
        ('{"graphs": {"a": "./a.py"}}', '"./file.py:graph"'),
        ("[]", "not a JSON object"),
        ("1" * 5000, "cannot be read"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_a_bad_config(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "langgraph.json").write_text(content)
    with pytest.raises(NotStarted) as refused:
        start_engine(tmp_path / "langgraph.json", tmp_path / "data")
    report = refused.value.report
    assert refused.value.code == 2
    assert said in f"{report['what']} {report['hint']}"


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotStarted) as refused:
        start_engine(tmp_path / "nothing.json", tmp_path / "data")
    assert "nothing.json" in refused.value.report["what"]


async def test_broken_graphs_do_not_stop_the_others(tmp_path: Path) -> None:
    broken = {
        "missing": "import yamlish\n",
        "syntax": "def graph(:\n",
        "raising": "def inner():\n    raise RuntimeError('no key')\n\ninner()\n",
        "leaving": "raise SystemExit('bye')\n",
        "nothing": "graph = 7\n",
    }
    for name, text in broken.items():
        (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "fine.py").write_text((SAMPLES / "revise.py").read_text())
    graphs = {name: f"./{name}.py:graph" for name in [*broken, "fine"]}
    (tmp_path / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    with engine(tmp_path / "langgraph.json", tmp_path / "data") as served:
        async with served.client() as http:
            listed = (await http.get("/info")).json()["graphs_broken"]
            what = {one["graph_id"]: one["what"] for one in listed}
            assert set(what) == set(broken)
            assert "yamlish" in what["missing"] and sys.executable in what["missing"]
            assert "line 1" in what["syntax"]
            assert what["raising"] == "RuntimeError: no key"
            trace = {one["graph_id"]: one["traceback"] for one in listed}["raising"]
            assert "in inner" in trace and "importlib" not in trace
            body = {"assistant_id": "raising", "input": {}}
            reply = await http.post(f"/threads/{await thread(http)}/runs/wait", json=body)
            assert reply.status_code == 422
            assert "no key" in reply.json()["detail"]
            asked = await wait(http, await thread(http), "fine", input={"some_text": "x"})
            assert "__interrupt__" in asked


async def test_one_file_as_target_with_its_environment(tmp_path: Path) -> None:
    with engine(f"{SAMPLES / 'revise.py'}:graph", tmp_path / "data") as served:
        async with served.client() as http:
            [one] = (await http.post("/assistants/search", json={})).json()
            assert one["graph_id"] == "revise"


async def test_the_environment_of_a_project(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# names\nA_NAME='from file'\nexport B_NAME=b # told\n")
    (tmp_path / "helper.py").write_text(
        "import os\nnames = os.environ['A_NAME'], os.environ['B_NAME']\n"
    )
    (tmp_path / "g.py").write_text(
        "import os, helper\nfrom typing import TypedDict\n"
        "from langgraph.graph import START, StateGraph\n"
        "class S(TypedDict, total=False):\n    told: list\n"
        "graph = StateGraph(S).add_node('n', lambda s: {'told': list(helper.names)})"
        ".add_edge(START, 'n')\n"
    )
    config = {"graphs": {"g": {"path": "./g.py:graph", "description": "d"}}, "env": ".env"}
    (tmp_path / "langgraph.json").write_text(json.dumps(config))
    with engine(tmp_path / "langgraph.json", tmp_path / "data", B_NAME="set before") as served:
        async with served.client() as http:
            told = await wait(http, await thread(http), "g", input={})
            assert told == {"told": ["from file", "set before"]}
            assert (await http.get("/assistants/g")).json()["description"] == "d"


# Life and death


def test_one_engine_a_folder(tmp_path: Path) -> None:
    with engine(CONFIG, tmp_path / "data"):
        with pytest.raises(NotStarted) as refused:
            start_engine(CONFIG, tmp_path / "data")
        assert refused.value.report["already_running"] is True


def test_the_engine_ends_with_its_parent(tmp_path: Path) -> None:
    served = start_engine(CONFIG, tmp_path / "data")
    os.close(served.lifeline)
    assert served.process.wait(10) == 0
    assert not (tmp_path / "data" / "engine.json").exists()


def test_it_ends_though_a_graph_blocks_everything(tmp_path: Path) -> None:
    (tmp_path / "stuck.py").write_text(
        "import time\nfrom langgraph.graph import START, StateGraph\n"
        "async def node(state): time.sleep(60)\n"
        "graph = StateGraph(dict).add_node(node).add_edge(START, 'node')\n"
    )
    served = start_engine(f"{tmp_path / 'stuck.py'}:graph", tmp_path / "data")
    with httpx.Client(base_url=served.url, headers=served.headers) as http:
        thread_id = http.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": "stuck", "input": {}}
        http.post(f"/threads/{thread_id}/runs", json=body)
    os.close(served.lifeline)
    began = time.monotonic()
    assert served.process.wait(15) is not None
    assert time.monotonic() - began < 10


async def test_after_a_kill_nothing_is_lost_and_nothing_is_stuck(tmp_path: Path) -> None:
    data, trace = tmp_path / "data", tmp_path / "trace"
    config = Path(__file__).parent / "project" / "langgraph.json"
    served = start_engine(config, data)
    async with served.client() as http:
        waiting, dying, working = [await thread(http) for _ in range(3)]
        asked = await wait(http, waiting, "two_questions", input={})
        given = {"trace": str(trace), "seconds": 60}
        going = await wait(http, dying, "gated_effect", input=given)
        answer = {"resume": {going["__interrupt__"][0]["id"]: "go"}}
        body = {"assistant_id": "gated_effect", "command": answer, "metadata": {"decision": "9"}}
        run = (await http.post(f"/threads/{dying}/runs", json=body)).json()
        queued = {"assistant_id": "gated_effect", "input": given}
        await http.post(f"/threads/{dying}/runs", json=queued)
        async with asyncio.timeout(10):
            while not trace.exists():
                await asyncio.sleep(0.02)
        identity = (await http.get("/info")).json()["identity"]
    served.kill()
    os.close(served.lifeline)

    with engine(config, data) as again:
        async with again.client() as http:
            assert (await http.get("/info")).json()["identity"] == identity
            assert (await state(http, waiting))["interrupts"][0]["id"] == asked["__interrupt__"][0][
                "id"
            ]
            runs = (await http.get(f"/threads/{dying}/runs")).json()
            assert [one["status"] for one in runs] == ["error", "error", "success"]
            lost = next(one for one in runs if one["run_id"] == run["run_id"])
            assert lost["error"]["message"].startswith("engine died")
            assert lost["metadata"]["decision"] == "9"
            assert await found(http, dying, "interrupted")
            assert not await found(http, dying, "busy")
            assert (await row(http, working))["status"] == "idle"
            assert trace.read_text() == "go\n"
            again_id = going["__interrupt__"][0]["id"]
            body = {"assistant_id": "gated_effect", "command": {"resume": {again_id: "again"}}}
            reply = await http.post(f"/threads/{dying}/runs", json=body)
            assert reply.status_code == 200
