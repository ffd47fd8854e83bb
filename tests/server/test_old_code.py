"""The code of a graph changes while the server runs: it is noticed, and told."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_engine.desk import open_desk
from tests.program import run_program
from tests.server.processes import ROOT, Served, running_server
from tests.terminal import Terminal

HELPER = "QUESTION = 'Go on?'\n"
GRAPH = """
from typing import TypedDict
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from project_helper import QUESTION

class State(TypedDict, total=False):
    answer: str

def ask(state: State) -> State:
    return {"answer": interrupt({"question": QUESTION})}

graph = StateGraph(State).add_node(ask).add_edge(START, "ask").compile()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two graphs that share a module."""
    (tmp_path / "project_helper.py").write_text(HELPER)
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(GRAPH)
    graphs = {name: f"./{name}.py:graph" for name in ("one", "two")}
    (tmp_path / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    return tmp_path


@pytest.fixture
def served(project: Path) -> Iterator[Served]:
    """A local server of this project."""
    with running_server(project / "langgraph.json", project / "data") as server:
        yield server


def changed(served: Served) -> dict[str, str]:
    """Return the graphs whose code has changed, with the sentences."""
    info = httpx.get(f"{served.url}/info", headers=served.headers).json()
    return {each["graph_id"]: each["what"] for each in info["graphs_changed"]}


def asking(served: Served, graph: str) -> str:
    with httpx.Client(base_url=served.url, headers=served.headers, timeout=30) as http:
        thread_id: str = http.post("/threads", json={}).json()["thread_id"]
        http.post(f"/threads/{thread_id}/runs/wait", json={"assistant_id": graph, "input": {}})
    return thread_id


def test_a_change_of_a_graph_and_of_a_shared_module(served: Served, project: Path) -> None:
    assert changed(served) == {}
    (project / "one.py").write_text(GRAPH + "\n")
    assert changed(served) == {
        "one": (
            "The code of graph 'one' changed since the server imported it: one.py. The server runs "
            f"the old code until it is started again; it is process {served.process.pid}."
        )
    }
    (project / "project_helper.py").unlink()
    now = changed(served)
    assert "one.py, project_helper.py" in now["one"] and ": project_helper.py." in now["two"]
    (project / "one.py").write_text(GRAPH)
    (project / "project_helper.py").write_text(HELPER)
    assert changed(served) == {}, "the same content again is no change"


def test_a_file_that_is_saved_without_a_change(served: Served, project: Path) -> None:
    os.utime(project / "one.py", (1, 1))
    assert changed(served) == {}


async def test_the_thread_tells_that_its_code_is_old(served: Served, project: Path) -> None:
    thread_id, other = asking(served, "one"), asking(served, "two")
    data = project / "journal"
    async with open_desk(served.url, data_dir=data, headers=served.headers) as desk:
        assert (await desk.thread(thread_id)).code_changed == ""
        (project / "one.py").write_text(GRAPH + "\n")
        shown = await desk.thread(thread_id)
        assert shown.code_changed.startswith("The code of graph 'one' changed since")
        assert len(shown.waiting) == 1
        assert (await desk.thread(other)).code_changed == ""
        async with aclosing(desk.watch()) as inboxes:
            (told,) = (await anext(inboxes)).code_changes
        assert told == shown.code_changed
        assert [changed.graph_id for changed in desk.server.changed] == ["one"]


def hitl_tui(project: Path, *args: str) -> Any:
    """Run a shell command on the project, while its server runs."""
    place = ("--target", str(project / "langgraph.json"), "--data-dir", str(project / "all"))
    done = run_program(*args, *place)
    done.check_returncode()
    return done


def test_console_and_commands_tell_it(project: Path) -> None:
    config, data = str(project / "langgraph.json"), str(project / "all")
    started = json.loads(hitl_tui(project, "run", "one", "--input", "{}", "--json").stdout)
    command = [sys.executable, "-m", "hitl_tui", config, "--data-dir", data]
    with Terminal(command, columns=100, rows=30, env={"PYTHONPATH": str(ROOT)}) as console:
        console.wait_for(r"Go on\?", seconds=90)
        before = hitl_tui(project, "show", started["thread_id"])
        assert (before.stderr, "  code  " in before.stdout) == ("", False)
        (project / "one.py").write_text(GRAPH + "\n")
        after = hitl_tui(project, "show", started["thread_id"])
        assert after.stderr.startswith("hitl-tui: The code of graph 'one' changed")
        assert "  code       The code of graph 'one' changed" in after.stdout
        console.press("enter")
        console.wait_for("The code of graph 'one' changed")
