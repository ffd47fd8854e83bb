"""What an install makes importable, and what it can run: from a wheel, and from a checkout.

Each test makes a virtual environment of its own, with packages from the index.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_server.requirements import PACKAGES
from tests.server.processes import Served
from tests.terminal import Terminal

from .conftest import ROOT, run, uv

FILES = {
    "langgraph.json": '{"dependencies": ["."], "graphs": {"agent": "./agent.py:graph"}}',
    "engine/__init__.py": "",
    "engine/motor.py": 'NAME = "their engine"\n',
    "sample_graphs/__init__.py": 'NAME = "their samples"\n',
    "tests/helpers.py": 'NAME = "their tests"\n',  # a namespace package: every other `tests` wins
    "agent.py": """\
from engine import motor
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from sample_graphs import NAME
from tests import helpers
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    answer: str


def ask(state: State) -> State:
    return {"answer": interrupt({"text_to_revise": f"{motor.NAME}, {NAME}, {helpers.NAME}"})}


graph = StateGraph(State).add_node(ask).add_edge(START, "ask").compile()
""",
}
"""A project with packages whose names are those of folders in our repository."""
TEXT = "their engine, their samples, their tests"


@dataclass(frozen=True)
class Environment:
    """A virtual environment, and what its programs print."""

    folder: Path

    @property
    def python(self) -> str:
        """The path of its interpreter."""
        return str(self.folder / "venv" / "bin" / "python")

    @property
    def program(self) -> str:
        """The path of its `hitl-tui`."""
        return str(Path(self.python).with_name("hitl-tui"))

    def install(self, *packages: str) -> None:
        """Install packages. Skips the test where there is no index."""
        uv("venv", "--python", sys.executable, str(self.folder / "venv"))
        uv("pip", "install", "--python", self.python, *packages)

    def imports(self, module: str) -> bool:
        """Whether a program in an empty folder can import a module."""
        empty = self.folder / "empty"
        empty.mkdir(exist_ok=True)
        return run([self.python, "-c", f"import {module}"], cwd=empty).returncode == 0

    def shell(self, *args: str, target: Path | str) -> Any:
        """Return the JSON document of a command that must succeed."""
        done = self.raw(*args, "--json", target=target)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def raw(self, *args: str, target: Path | str) -> subprocess.CompletedProcess[str]:
        """Run a command on a target, with data of this environment."""
        options = ("--target", str(target), "--data-dir", str(self.folder / "data"))
        return run([self.program, *args, *options], cwd=self.folder)

    def console(self, target: Path | str, *options: str) -> Terminal:
        """Open the console on a target."""
        data = ("--data-dir", str(self.folder / "data"))
        return Terminal([self.program, str(target), *data, *options])


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An environment that has nothing yet."""
    return Environment(tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The langgraph.json of the project of `FILES`."""
    for name, text in FILES.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "project" / "langgraph.json"


@contextmanager
def serving(environment: Environment, project: Path) -> Iterator[str]:
    """Run `hitl-tui serve` in the folder of the project; yield its URL."""
    data = ("--data-dir", str(environment.folder / "data of serve"))
    with subprocess.Popen(
        [environment.program, "serve", "--port", "0", *data],
        cwd=project.parent,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert line.startswith("Serving"), line + process.stderr.read()
            yield line.partition(" at ")[2].split()[0]
        finally:
            process.terminate()
            process.wait(10)


def assert_runs(environment: Environment, project: Path) -> None:
    """Check that shell, console and `serve` run a project that has an `engine` of its own."""
    started = environment.shell("run", "agent", "--input", "{}", target=project)
    shown = environment.shell("show", started["thread_id"], target=project)
    assert TEXT in json.dumps(shown)
    with environment.console(project) as terminal:
        terminal.wait_for("1 waiting")
        terminal.press("enter")
        terminal.wait_for(TEXT)
    with serving(environment, project) as url:
        reply = httpx.post(f"{url}/runs/wait", json={"assistant_id": "agent", "input": {}})
        assert TEXT in reply.text


def assert_nothing_generic(environment: Environment) -> None:
    """Check that only packages with names of our own can be imported."""
    ours = ("hitl_tui", "hitl_engine", "hitl_server")
    assert [name for name in ours if not environment.imports(name)] == []
    generic = ("engine", "sample_graphs", "tests", "screenshots", "hatch_build", "noxfile")
    assert [name for name in generic if environment.imports(name)] == []


def assert_samples(environment: Environment) -> None:
    """Check that `hitl-tui demo` finds every sample graph, and can import it."""
    code = "from hitl_tui.demo import TARGET; print(TARGET)"
    target = run([environment.python, "-c", code], cwd=environment.folder).stdout.strip()
    graphs = environment.shell("graphs", target=target)
    config = json.loads((ROOT / "sample_graphs" / "langgraph.json").read_text())
    assert {graph["graph_id"] for graph in graphs} == set(config["graphs"])


@pytest.mark.hardening
def test_a_wheel_with_what_runs_graphs(environment: Environment, wheel: str, project: Path) -> None:
    environment.install(f"{wheel}[local]")
    assert_nothing_generic(environment)
    assert_runs(environment, project)
    assert_samples(environment)


@pytest.mark.hardening
def test_an_editable_install(environment: Environment, project: Path) -> None:
    environment.install("--editable", f"{ROOT}[local]")
    assert_nothing_generic(environment)
    assert_runs(environment, project)
    assert_samples(environment)


def test_a_base_install_opens_a_remote_server(
    environment: Environment, wheel: str, project: Path, local_server: Served
) -> None:
    environment.install(wheel)
    assert_nothing_generic(environment)
    heavy = ("langgraph", "langchain_core", "langgraph_sdk", "fastapi", "uvicorn")
    assert [name for name in heavy if environment.imports(name)] == []

    key = ("--header", f"Authorization: {local_server.headers['Authorization']}")
    listed = environment.shell("graphs", *key, target=local_server.url)
    assert "revise" in {graph["graph_id"] for graph in listed}
    with environment.console(local_server.url, *key) as terminal:
        terminal.wait_for(local_server.url.removeprefix("http://"))
        terminal.wait_for(r"waiting")

    refused = environment.raw("list", target=project)
    assert refused.returncode == 5
    assert "Running graphs on this machine needs more packages." in refused.stderr
    assert f"{environment.python} -m pip install 'hitl-tui[local]'" in refused.stderr


@pytest.mark.hardening
def test_a_base_install_runs_graphs_with_another_interpreter(
    environment: Environment, wheel: str, project: Path
) -> None:
    """It needs only what `hitl_server` imports; the console brings that package."""
    environment.install(wheel)
    theirs = Environment(environment.folder / "theirs")
    theirs.install(*needed_by_the_server())
    assert not theirs.imports("hitl_tui") and not theirs.imports("textual")
    options = ("--python", theirs.python)
    started = environment.shell("run", "agent", "--input", "{}", *options, target=project)
    shown = environment.shell("show", started["thread_id"], *options, target=project)
    assert TEXT in json.dumps(shown)

    uv("pip", "uninstall", "--python", theirs.python, "orjson", "uvloop")
    refused = environment.raw("list", *options, target=project)
    assert refused.returncode == 5
    assert f"{theirs.python} does not have what the server needs: orjson>=" in refused.stderr
    assert ", uvloop>=" in refused.stderr


def needed_by_the_server() -> list[str]:
    """The requirements of `hitl_server`, as its own check lists them."""
    return [f"{name}>={bound}" for name, bound in PACKAGES.items()]


def test_a_python_that_is_too_old(environment: Environment, project: Path) -> None:
    old = old_python()
    refused = run(
        [sys.executable, "-m", "hitl_tui", "list", "--target", str(project), "--python", old]
        + ["--data-dir", str(environment.folder / "data")],
        cwd=ROOT,
    )
    assert refused.returncode == 5
    assert f"{old} is Python 3.10; the server needs Python 3.11 or later." in refused.stderr


def old_python() -> str:
    """The path of a Python 3.10, from PATH or pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    places = [*pyenv.glob("versions/3.10.*/bin/python"), shutil.which("python3.10")]
    for place in filter(None, places):
        code = "import sys; print(sys.executable if sys.version_info[:2] == (3, 10) else '')"
        found = run([str(place), "-c", code], cwd=Path("/")).stdout.strip()
        if found:
            return found
    pytest.skip("there is no Python 3.10 on this machine")
