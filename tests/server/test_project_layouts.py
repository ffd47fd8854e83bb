"""Where a project's graphs can be, and what is reported of those that cannot be served."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.processes import running_server

STATE = """
from dataclasses import dataclass

@dataclass
class State:
    text: str = ""
"""
NODE = """
from ..state import State

def tell(state: State) -> dict[str, str]:
    return {"text": type(state).__module__}
"""
GRAPH = """
from langgraph.graph import START, StateGraph
from .nodes.tell import tell
from .state import State

graph = StateGraph(State).add_node(tell).add_edge(START, "tell").compile()
"""
BARE = """
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict, total=False):
    text: str

def tell(state: State) -> State:
    return {"text": __name__}

graph = StateGraph(State).add_node(tell).add_edge(START, "tell").compile()
"""
PIP = f"{sys.executable} -m pip install"


def write(folder: Path, **files: str) -> None:
    """Write files; `__` in a name is a folder, and `init` is `__init__`."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path = path.with_name(path.name.replace("init.py", "__init__.py"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def write_package(folder: Path, name: str = "rag_agent") -> None:
    """Write a package whose modules import each other relatively."""
    inside = folder / "src" / name
    write(inside, init="", nodes__init="", state=STATE, nodes__tell=NODE, graph=GRAPH)


@contextmanager
def served(folder: Path, **config: Any) -> Iterator[httpx.Client]:
    """Serve the project of a folder."""
    (folder / "langgraph.json").write_text(json.dumps(config))
    with (
        running_server(folder / "langgraph.json", folder / "data") as server,
        httpx.Client(base_url=server.url, headers=server.headers, timeout=30) as http,
    ):
        yield http


def broken(http: httpx.Client) -> dict[str, str]:
    """Return the graphs that are not served, with the reasons."""
    return {each["graph_id"]: each["what"] for each in http.get("/info").json()["graphs_broken"]}


def run(http: httpx.Client, graph: str) -> Any:
    return http.post("/runs/wait", json={"assistant_id": graph, "input": {}}).json()


@pytest.mark.parametrize(
    ("place", "dependencies", "module"),
    [
        ("./src/rag_agent/graph.py:graph", ["."], "rag_agent.state"),
        ("./src/rag_agent/graph.py:graph", ["./src"], "rag_agent.state"),
        ("rag_agent.graph:graph", ["./src"], "rag_agent.state"),
        ("src.rag_agent.graph:graph", ["."], "src.rag_agent.state"),
        ("./src/rag_agent/graph.py:graph", [".", "./src/rag_agent"], "rag_agent.state"),
    ],
)
def test_a_package_is_imported_as_a_package(
    tmp_path: Path, place: str, dependencies: list[str], module: str
) -> None:
    write_package(tmp_path)
    with served(tmp_path, dependencies=dependencies, graphs={"g": place}) as http:
        assert run(http, "g") == {"text": module}


def test_one_file_of_a_package(tmp_path: Path) -> None:
    write_package(tmp_path)
    target = f"{tmp_path / 'src' / 'rag_agent' / 'graph.py'}:graph"
    with running_server(target, tmp_path / "data") as server:
        reply = httpx.post(
            f"{server.url}/runs/wait",
            json={"assistant_id": "graph", "input": {}},
            headers=server.headers,
        )
    assert reply.json() == {"text": "rag_agent.state"}


def test_a_package_with_the_name_of_an_installed_one(tmp_path: Path) -> None:
    write(tmp_path, httpx__init="", httpx__graph=BARE)
    with served(tmp_path, graphs={"g": "./httpx/graph.py:graph"}) as http:
        assert broken(http) == {}
        assert "__httpx__graph" in run(http, "g")["text"]


def test_a_package_that_cannot_be_imported(tmp_path: Path) -> None:
    write(tmp_path, agents__init="import nowhere_to_be_found", agents__graph=BARE)
    with served(tmp_path, graphs={"g": "./agents/graph.py:graph"}) as http:
        assert run(http, "g")["text"].endswith("__agents__graph")


def test_a_relative_import_outside_of_a_package(tmp_path: Path) -> None:
    write(tmp_path, agent__graph="from .state import State\n")
    with served(tmp_path, graphs={"g": "./agent/graph.py:graph"}) as http:
        assert "Put an empty __init__.py into the folder" in broken(http)["g"]


@pytest.mark.parametrize(
    ("name", "build", "advice"),
    [
        ("rag_agent.graph", True, "Install the project there: {pip} -e {folder}"),
        (
            "rag_agent.graph",
            False,
            'rag_agent is in {folder}/src. Add this folder to "dependencies"',
        ),
        ("src.rag_agent.nothing", True, "src is in {folder}, but src.rag_agent.nothing is not."),
        ("langgraph.nothing", False, "langgraph is installed there, but not this part of it."),
        ("sklearn", True, "Install the project there: {pip} -e {folder}"),
        ("sklearn", False, "Install it there: {pip} scikit-learn"),
    ],
)
def test_what_to_do_about_a_missing_module(
    tmp_path: Path, name: str, build: bool, advice: str
) -> None:
    write_package(tmp_path)
    write(tmp_path, graph=f"import {name}\n")
    if build:
        (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n')
    with served(tmp_path, dependencies=["."], graphs={"g": "./graph.py:graph"}) as http:
        what = broken(http)["g"]
    assert advice.format(pip=PIP, folder=tmp_path) in what
    assert f"install {name.partition('.')[0]}" not in what


def test_listed_requirements_are_installed_from_their_list(tmp_path: Path) -> None:
    write(tmp_path, graph="import nowhere_to_be_found\n")
    (tmp_path / "requirements.txt").write_text("nowhere-to-be-found\n")
    with served(tmp_path, graphs={"g": "./graph.py:graph"}) as http:
        assert f"{PIP} -r {tmp_path / 'requirements.txt'}" in broken(http)["g"]


def test_one_unusable_entry_costs_that_entry(tmp_path: Path) -> None:
    write(tmp_path, good=BARE)
    graphs = {
        "good": "./good.py:graph",
        "no_name": "./good.py",
        "no_path": {"description": "nothing"},
        "number": 5,
        "script": "./agent.ts:graph",
        "no_such_name": "./good.py:grph",
    }
    with served(tmp_path, graphs=graphs) as http:
        missing = broken(http)
        assert sorted(missing) == ["no_name", "no_path", "no_such_name", "number", "script"]
        assert 'Write "./file.py:graph"' in missing["no_name"]
        assert "is JavaScript" in missing["script"]
        assert "has no attribute 'grph'" in missing["no_such_name"]
        assert run(http, "good")["text"].endswith("good")
        assert [each["graph_id"] for each in http.post("/assistants/search", json={}).json()] == [
            "good"
        ]


RUNNABLES = (
    BARE
    + """
from langchain_core.runnables import RunnableBinding, RunnableLambda
from langgraph.pregel.remote import RemoteGraph

bound = RunnableBinding(bound=graph, config={"recursion_limit": 7})
remote = RemoteGraph("agent", url="http://127.0.0.1:1")
chain = RunnableLambda(str) | RunnableLambda(len)
"""
)


def test_other_runnables_than_graphs(tmp_path: Path) -> None:
    write(tmp_path, graph=RUNNABLES)
    graphs = {name: f"./graph.py:{name}" for name in ("bound", "remote", "chain")}
    with served(tmp_path, graphs=graphs) as http:
        missing = broken(http)
        assert sorted(missing) == ["chain", "remote"]
        assert "is a RemoteGraph, which runs on another server" in missing["remote"]
        assert "is a RunnableSequence, not a LangGraph graph" in missing["chain"]
        assert run(http, "bound")["text"].endswith("graph")
