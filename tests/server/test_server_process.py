"""The process of our server: access, files, targets, environment, start and end."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.server.processes import ROOT, SAMPLES, NotStarted, Served, running_server, start_server
from tests.server.test_beyond_contract import found
from tests.server.test_contract import row, state, thread, wait

CONFIG = SAMPLES / "langgraph.json"


# Access


async def test_requests_need_the_token(local_server: Served) -> None:
    token = local_server.info["token"]
    async with httpx.AsyncClient(base_url=local_server.url) as http:
        assert (await http.get("/ok")).json() == {"ok": True}
        assert (await http.get("/info")).status_code == 401
        wrong = {"Authorization": "Bearer wrong"}
        assert (await http.get("/info", headers=wrong)).status_code == 401
        for right in ({"Authorization": f"Bearer {token}"}, {"X-Api-Key": token}):
            assert (await http.get("/info", headers=right)).status_code == 200


def serve(*options: str) -> subprocess.Popen[str]:
    """Start the server as `hitl-tui serve` does."""
    return subprocess.Popen(
        [sys.executable, "-m", "hitl_server", *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_serve_for_a_person(tmp_path: Path) -> None:
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


def test_a_public_server_needs_a_token(tmp_path: Path) -> None:
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
        with running_server(CONFIG, data) as served:
            with httpx.Client(base_url=served.url, headers=served.headers) as http:
                http.post("/threads", json={})
            modes = {path.name: path.stat().st_mode & 0o777 for path in data.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) >= {"engine.sqlite", "engine.sqlite-wal", "engine.log", "engine.json"}
    assert set(modes.values()) == {0o600}
    assert data.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["engine.lock", "engine.sqlite", "engine.log"])
def test_a_symbolic_link_is_refused(tmp_path: Path, name: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    (data / name).symlink_to(elsewhere)
    with pytest.raises(NotStarted) as refused:
        start_server(CONFIG, data)
    assert refused.value.report["title"] == "The server did not start"
    assert elsewhere.read_text() == "kept"


# Bad targets


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"graphs": {"a": "./a.py:graph",}}', "line 1, column 3"),
        ('{"graphs": {}}', "names no graphs"),
        ("[]", "not a JSON object"),
        ("1" * 5000, "cannot be read"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_an_invalid_langgraph_json(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "langgraph.json").write_text(content)
    with pytest.raises(NotStarted) as refused:
        start_server(tmp_path / "langgraph.json", tmp_path / "data")
    report = refused.value.report
    assert refused.value.code == 2
    assert said in f"{report['what']} {report['hint']}"


def test_a_missing_target(tmp_path: Path) -> None:
    with pytest.raises(NotStarted) as refused:
        start_server(tmp_path / "nothing.json", tmp_path / "data")
    assert "nothing.json" in refused.value.report["what"]


async def test_broken_graphs_do_not_affect_others(tmp_path: Path) -> None:
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
    with running_server(tmp_path / "langgraph.json", tmp_path / "data") as served:
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


async def test_one_file_as_target(tmp_path: Path) -> None:
    with running_server(f"{SAMPLES / 'revise.py'}:graph", tmp_path / "data") as served:
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
    with running_server(
        tmp_path / "langgraph.json", tmp_path / "data", B_NAME="set before"
    ) as served:
        async with served.client() as http:
            told = await wait(http, await thread(http), "g", input={})
            assert told == {"told": ["from file", "set before"]}
            assert (await http.get("/assistants/g")).json()["description"] == "d"


# Start and end


def test_one_server_for_each_folder(tmp_path: Path) -> None:
    with running_server(CONFIG, tmp_path / "data") as served:
        with pytest.raises(NotStarted) as refused:
            start_server(CONFIG, tmp_path / "data")
        assert refused.value.report["already_running"] is True
        assert refused.value.report["what"] == (
            f"The server at {served.url} (process {served.process.pid}) already uses "
            f"{tmp_path / 'data'}."
        )


def test_the_server_ends_with_its_parent(tmp_path: Path) -> None:
    served = start_server(CONFIG, tmp_path / "data")
    os.close(served.parent_pipe)
    assert served.process.wait(10) == 0
    assert not (tmp_path / "data" / "engine.json").exists()


def test_the_server_ends_while_a_graph_blocks(tmp_path: Path) -> None:
    (tmp_path / "stuck.py").write_text(
        "import time\nfrom langgraph.graph import START, StateGraph\n"
        "async def node(state): time.sleep(60)\n"
        "graph = StateGraph(dict).add_node(node).add_edge(START, 'node')\n"
    )
    served = start_server(f"{tmp_path / 'stuck.py'}:graph", tmp_path / "data")
    with httpx.Client(base_url=served.url, headers=served.headers) as http:
        thread_id = http.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": "stuck", "input": {}}
        http.post(f"/threads/{thread_id}/runs", json=body)
    os.close(served.parent_pipe)
    began = time.monotonic()
    assert served.process.wait(15) is not None
    assert time.monotonic() - began < 10


async def test_nothing_is_lost_after_a_kill(tmp_path: Path) -> None:
    data, trace = tmp_path / "data", tmp_path / "trace"
    config = Path(__file__).parent / "project" / "langgraph.json"
    served = start_server(config, data)
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
    os.close(served.parent_pipe)

    with running_server(config, data) as again:
        async with again.client() as http:
            assert (await http.get("/info")).json()["identity"] == identity
            assert (await state(http, waiting))["interrupts"][0]["id"] == asked["__interrupt__"][0][
                "id"
            ]
            runs = (await http.get(f"/threads/{dying}/runs")).json()
            assert [one["status"] for one in runs] == ["error", "error", "success"]
            lost = next(one for one in runs if one["run_id"] == run["run_id"])
            assert lost["error"]["message"].startswith("The server ended")
            assert lost["metadata"]["decision"] == "9"
            assert await found(http, dying, "interrupted")
            assert not await found(http, dying, "busy")
            assert (await row(http, working))["status"] == "idle"
            assert trace.read_text() == "go\n"
            again_id = going["__interrupt__"][0]["id"]
            body = {"assistant_id": "gated_effect", "command": {"resume": {again_id: "again"}}}
            reply = await http.post(f"/threads/{dying}/runs", json=body)
            assert reply.status_code == 200


def test_a_damaged_database_is_named_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    path = tmp_path / "data" / "engine.sqlite"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(NotStarted) as refused:
        start_server(CONFIG, tmp_path / "data")
    assert refused.value.code == 5
    assert "engine.sqlite cannot be used" in refused.value.report["what"]
    assert "not replaced" in refused.value.report["hint"]
    assert path.read_bytes() == b"not a database" * 1000
