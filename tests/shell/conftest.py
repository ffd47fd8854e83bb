"""What the tests of the shell commands share: the program as a person types it, on both servers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.program import run_program
from tests.server import processes

ROOT = Path(__file__).parents[2]

SENDING = ("run", "answer", "reopen", "step", "update", "fork", "goto")


@dataclass(frozen=True)
class Shell:
    """Runs `hitl-tui` against one target."""

    target: str
    data: Path

    def run(
        self,
        command: str,
        *args: str,
        code: int = 0,
        env: dict[str, str] | None = None,
        typed: str = "",
    ) -> Any:
        """Return the JSON document that a command prints; its exit code must be `code`."""
        done = self.raw(command, *args, "--json", env=env, typed=typed)
        assert done.returncode == code, (done.args, done.stdout, done.stderr)
        return json.loads(done.stdout) if done.stdout else None

    def refused(self, command: str, *args: str, code: int) -> str:
        """Return what a command prints on standard error.

        A refused command that sends something prints its document too.
        """
        done = self.raw(command, *args, "--json")
        assert done.returncode == code, (done.stdout, done.stderr)
        assert done.stderr.startswith("hitl-tui: "), done.stderr
        assert ".." not in done.stderr.replace("...", "")
        if command in SENDING and code in (3, 4):
            document = json.loads(done.stdout)
            assert ("faults" in document) is (code == 4)
            assert document["thread_id"] in args
            assert (document["outcome"], document["values"]) == ("refused", None)
            assert document["error"] in done.stderr
        else:
            assert done.stdout == ""
        return done.stderr

    def raw(
        self, command: str, *args: str, env: dict[str, str] | None = None, typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as it is, with `typed` on its standard input."""
        place = ("--target", self.target, "--data-dir", str(self.data))
        return run_program(command, *args, *place, typed=typed, env=env)


@pytest.fixture(scope="session")
def local_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A project whose local server `hitl-tui serve` keeps running, as an open console would."""
    config = processes.copied_project(tmp_path_factory.mktemp("project"))
    data = tmp_path_factory.mktemp("data")
    serve = [sys.executable, "-m", "hitl_tui", "serve", str(config), "--port", "0"]
    with subprocess.Popen(
        [*serve, "--data-dir", str(data)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            assert "Serving" in process.stderr.readline()
            yield Shell(str(config), data)
        finally:
            process.terminate()


@pytest.fixture(
    scope="session",
    params=["local", pytest.param("langgraph dev", marks=pytest.mark.hardening)],
)
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The same commands on our local server and on a real LangGraph server."""
    if request.param == "local":
        local: Shell = request.getfixturevalue("local_shell")
        return local
    served: processes.Served = request.getfixturevalue("langgraph_dev")
    return Shell(served.url, tmp_path_factory.mktemp("remote"))
