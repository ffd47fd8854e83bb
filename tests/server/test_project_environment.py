"""The environment of a project's code: `env` of `langgraph.json`."""

import json
from pathlib import Path
from typing import Any

import pytest

from hitl_server.errors import BadTarget
from hitl_server.project.config import ProjectConfig, read_project
from tests.server.processes import NotStarted, running_server, start_server

LINES = """
ONE=one
QUOTED="two words"
SINGLE='$NOT_EXPANDED'
HASH=abc#def # a remark
KEY="-----BEGIN-----
MIIE
-----END-----"
JSON={"a": "b"}
export EXPORTED=yes
REFERS=${ONE}/sub
EMPTY=
 SPACED = padded
ESCAPED="line\\nbreak"
"""
READ = {
    "ONE": "one",
    "QUOTED": "two words",
    "SINGLE": "$NOT_EXPANDED",
    "HASH": "abc#def",
    "KEY": "-----BEGIN-----\nMIIE\n-----END-----",
    "JSON": '{"a": "b"}',
    "EXPORTED": "yes",
    "REFERS": "one/sub",
    "EMPTY": "",
    "SPACED": "padded",
    "ESCAPED": "line\nbreak",
}
GRAPH = """
import os
from typing import TypedDict
from langgraph.graph import START, StateGraph

AT_IMPORT = os.environ.get("ONE")

class State(TypedDict, total=False):
    seen: list[str]

def tell(state: State) -> State:
    return {"seen": [AT_IMPORT, os.environ.get("KEY")]}

graph = StateGraph(State).add_node(tell).add_edge(START, "tell").compile()
"""


def read(folder: Path, env: Any, file: bytes = b"") -> ProjectConfig:
    (folder / ".env").write_bytes(file)
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": {"g": "./graph.py:graph"}, "env": env}))
    return read_project(str(config))


@pytest.mark.parametrize("path", [".env", "./.env", "sub/../.env"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_read_as_python_dotenv_reads_it(tmp_path: Path, path: str, start: bytes) -> None:
    project = read(tmp_path, path, start + LINES.lstrip().encode())
    assert project.environment.values == READ
    assert project.remarks == ()


def test_the_end_of_lines_on_windows(tmp_path: Path) -> None:
    assert read(tmp_path, ".env", b"A=1\r\nB=2\r\n").environment.values == {"A": "1", "B": "2"}


def test_other_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(tmp_path, {"A": "x", "EMPTY": "", "N": 5}).environment.values == {
        "A": "x",
        "EMPTY": "",
        "N": "5",
    }
    assert read(tmp_path, "").environment.values == {}
    monkeypatch.setenv("THERE", "x")
    project = read(tmp_path, ["THERE", "NOT_THERE", "GIVEN=a=b"])
    assert project.environment.values == {"GIVEN": "a=b"}
    assert len(project.remarks) == 1 and project.remarks[0].endswith("not set: NOT_THERE.")


def test_a_missing_file_is_a_remark(tmp_path: Path) -> None:
    project = read(tmp_path, "./missing.env")
    assert project.remarks == (
        f"There is no env file {tmp_path / 'missing.env'}, so none of its variables is set.",
    )


@pytest.mark.parametrize(
    ("env", "file", "words"),
    [
        (".env", b"A=1\n= lost\n", "in line 2"),
        (".env", b"A='1\n", "in line 1"),
        (".env", b"\xff\xfe", "cannot be read"),
        (".", b"", "cannot be read"),
        ({"A": None}, b"", '"A" in "env" is null'),
        ({"A": {"b": 1}}, b"", '"A" in "env" is dict'),
        ({"A": True}, b"", '"A" in "env" is bool'),
        ({"": "x"}, b"", "which is no name"),
        ([5], b"", "which is no name"),
        (7, b"", '"env" is a int'),
    ],
)
def test_what_is_not_understood_is_refused(
    tmp_path: Path, env: Any, file: bytes, words: str
) -> None:
    with pytest.raises(BadTarget) as refused:
        read(tmp_path, env, file)
    assert words in refused.value.what


async def test_a_graph_has_the_variables_when_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "graph.py").write_text(GRAPH)
    read(tmp_path, ".env", LINES.encode())
    with running_server(tmp_path / "langgraph.json", tmp_path / "data") as served:
        async with served.client() as http:
            run = await http.post("/runs/wait", json={"assistant_id": "g", "input": {}})
    assert run.json() == {"seen": ["one", READ["KEY"]]}


def test_a_file_with_a_fault_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "graph.py").write_text(GRAPH)
    (tmp_path / ".env").write_text("SECRET='hidden\n")
    config = tmp_path / "langgraph.json"
    config.write_text('{"graphs": {"g": "./graph.py:graph"}, "env": ".env"}')
    with pytest.raises(NotStarted) as refused:
        start_server(config, tmp_path / "data")
    assert refused.value.code == 2
    assert "cannot be understood in line 1" in refused.value.report["what"]
    assert "hidden" not in str(refused.value.report)
