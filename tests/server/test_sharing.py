"""One local server with many clients: it ends with its starter, but not while others use it."""

import asyncio
import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import LocalServerFailed
from hitl_engine.local.server_child import serve_command
from hitl_engine.local.server_process import find_or_start
from hitl_engine.local.target import data_folder, find_target
from hitl_engine.model import Answer, Interrupt, JsonObject, OutcomeKind, Progress, ThreadStatus
from tests.server.processes import ROOT, start_server
from tests.server.test_local import answers

GRAPH = """
import asyncio
from pathlib import Path
from typing import TypedDict
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

class State(TypedDict, total=False):
    folder: str
    asks: bool
    done: bool

async def work(state):
    if state.get("asks"):
        interrupt("Work?")
    folder = Path(state["folder"])
    with (folder / "begun").open("a") as begun:
        begun.write("x")
    while not (folder / "go").exists():
        await asyncio.sleep(0.05)
    return {"done": True}

graph = StateGraph(State).add_node(work).add_edge(START, "work").compile()
"""

STARTER = """
import asyncio, pathlib, sys
from hitl_engine.local.server_process import find_or_start

async def main():
    server = await find_or_start(sys.argv[1], pathlib.Path(sys.argv[2]))
    print(server.url, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.aclose()

asyncio.run(main())
"""


class Project:
    """A graph whose node runs until `go`, with its own data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begun = folder / "begun"
        """Contains one letter for each start of the node."""
        (folder / "worker.py").write_text(GRAPH)
        self.target = f"{folder / 'worker.py'}:graph"
        self.data = data_folder(find_target(self.target, environ={}, cwd=folder), folder / "data")

    def starter(self) -> "Starter":
        """Start a local server from another process."""
        return Starter(self)

    def shell(self, *args: str) -> subprocess.Popen[str]:
        """Start a shell command on it."""
        place = ["--target", self.target, "--data-dir", str(self.folder / "data"), "--json"]
        return subprocess.Popen(
            [sys.executable, "-m", "hitl_tui", *args, *place],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def shell_at_work(self) -> subprocess.Popen[str]:
        """Start a run from the shell; return when its node has started."""
        command = self.shell("run", "worker", "--input", json.dumps({"folder": str(self.folder)}))
        eventually(self.begun.exists)
        return command

    def desk(self) -> AbstractAsyncContextManager[Desk]:
        """Open its desk in this process."""
        return open_desk(self.target, data_dir=self.folder / "data")

    def go(self) -> None:
        """Let the node end."""
        (self.folder / "go").touch()

    def is_free(self) -> bool:
        """Whether no local server is registered in the data folder."""
        return not (self.data / "engine.json").exists()


class Starter:
    """A process that starts a local server, and keeps it until its own end."""

    def __init__(self, project: Project) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", STARTER, project.target, str(project.data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url

    def end(self, way: str) -> None:
        """End it normally or with a kill; the local server continues if others use it."""
        if way == "killed":
            self.process.kill()
        self.process.communicate()
        assert self.process.returncode == (-signal.SIGKILL if way == "killed" else 0)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.go()  # so that no node keeps running


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.05)


def ignore(progress: Progress) -> None:
    """Ignore the progress."""


@asynccontextmanager
async def watching(desk: Desk) -> AsyncIterator[None]:
    """Watch the inbox during a block, as a console does."""
    seen = asyncio.Event()

    async def watch() -> None:
        async for _ in desk.watch():
            seen.set()

    task = asyncio.create_task(watch())
    await seen.wait()
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("way", ["ended", "killed"])
def test_a_shell_command_continues_after_the_starter_of_its_server_ended(
    project: Project, way: str
) -> None:
    starter = project.starter()
    command = project.shell_at_work()
    starter.end(way)
    time.sleep(1)  # time for a local server to end, if it were going to
    late = project.shell("list")
    out, err = late.communicate()
    assert (late.returncode, json.loads(out)) == (0, []), err
    assert answers(starter.url)
    project.go()
    out, err = command.communicate()
    assert (command.returncode, json.loads(out)["values"]["done"]) == (0, True), err
    assert project.begun.read_text() == "x"
    eventually(lambda: not answers(starter.url))


async def test_a_console_keeps_the_local_server_running_during_its_run(project: Project) -> None:
    starter = await asyncio.to_thread(project.starter)
    async with project.desk() as desk, watching(desk):
        (graph,) = await desk.graphs()
        run = asyncio.create_task(desk.start(graph, {"folder": str(project.folder)}, ignore))
        await asyncio.to_thread(eventually, project.begun.exists)
        await asyncio.to_thread(starter.end, "ended")
        project.go()
        outcome = await run
        assert outcome.thread is not None
        assert outcome.thread.status is ThreadStatus.DONE
        await asyncio.to_thread(eventually, lambda: not answers(starter.url))
        again = await desk.start(graph, {"folder": str(project.folder)}, ignore)
        assert again.kind is OutcomeKind.APPLIED  # on a new local server
    assert project.is_free()


async def test_an_idle_console_does_not_keep_the_local_server_running(project: Project) -> None:
    starter = await asyncio.to_thread(project.starter)
    async with project.desk() as desk, watching(desk):
        await asyncio.to_thread(starter.end, "ended")
        assert not answers(starter.url)


@pytest.mark.parametrize("clients", [8, pytest.param(24, marks=pytest.mark.hardening)])
async def test_a_local_server_does_not_end_while_clients_use_it(
    project: Project, clients: int
) -> None:
    """Each comes a sixth of a second after the one before, on average."""
    chance = random.Random(20261123)

    async def use() -> bool:
        await asyncio.sleep(chance.uniform(0, clients / 6))
        server = await find_or_start(project.target, project.data)
        async with httpx.AsyncClient(headers=server.headers) as http:
            for _ in range(3):
                await asyncio.sleep(chance.uniform(0, 0.7))
                assert (await http.get(f"{server.url}/info", timeout=30)).is_success
        started_here = server.started_here
        await server.aclose()
        return started_here

    users = await asyncio.gather(*(use() for _ in range(clients)))
    assert set(users) == {True, False}
    await asyncio.to_thread(eventually, project.is_free)


def test_overlapping_shell_commands(project: Project) -> None:
    chance = random.Random(20261123)
    commands = []
    for _ in range(8):
        time.sleep(chance.uniform(0, 0.8))
        commands.append(project.shell("list"))
    for command in commands:
        out, err = command.communicate()
        assert (command.returncode, out.strip()) == (0, "[]"), err


async def test_leases_are_private_and_not_inherited(project: Project) -> None:
    server = await find_or_start(project.target, project.data)
    found = await find_or_start(project.target, project.data)
    assert not found.started_here
    clients = project.data / "engine.clients"
    assert stat.S_IMODE(clients.stat().st_mode) == 0o600
    child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        await found.aclose()
        await server.aclose()
        assert not answers(server.url)
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize(
    ("end", "asks"),
    [
        (signal.SIGKILL, True),
        (signal.SIGTERM, False),
        pytest.param(signal.SIGKILL, False, marks=pytest.mark.hardening),
        pytest.param(signal.SIGTERM, True, marks=pytest.mark.hardening),
    ],
)
async def test_a_local_server_that_ends_during_a_run(
    project: Project, end: signal.Signals, asks: bool
) -> None:
    """The next server lists the run; what the node did is unknown, and nothing is sent again."""
    async with project.desk() as desk:
        (graph,) = await desk.graphs()
        given: JsonObject = {"folder": str(project.folder), "asks": asks}
        deciding = desk.start(graph, given, ignore)
        if asks:
            asked = await deciding
            assert asked.thread is not None
            (interrupt,) = asked.thread.waiting
            assert isinstance(interrupt, Interrupt)
            deciding = desk.decide(desk.reviews.question(interrupt), Answer(True), ignore)
        run = asyncio.create_task(deciding)
        await asyncio.to_thread(eventually, project.begun.exists)
        os.kill(json.loads((project.data / "engine.json").read_text())["pid"], end)
        outcome = await run
        assert (outcome.kind, outcome.error) == (OutcomeKind.UNKNOWN, None)
        assert outcome.why.startswith("The local server ended while the run was in progress")
        assert outcome.thread is not None
        expected = ThreadStatus.INTERRUPTED if asks else ThreadStatus.ERROR
        assert outcome.thread.status is expected
        assert project.begun.read_text() == "x"
        (entry, *_) = await desk.log()
        assert entry.outcome is OutcomeKind.UNKNOWN


def test_ctrl_c_during_a_run_ends_the_local_server_too(project: Project) -> None:
    command = project.shell_at_work()
    url = json.loads((project.data / "engine.json").read_text())["url"]
    command.send_signal(signal.SIGINT)
    command.communicate(timeout=60)
    assert not answers(url)
    assert project.is_free()
    after = project.shell("list")
    assert json.loads(after.communicate()[0]) == []


def test_ctrl_c_while_a_graph_is_imported(project: Project) -> None:
    """The local server ends at SIGTERM, although the import does not; it need not be killed."""
    (project.folder / "worker.py").write_text(
        "import os, time\n"
        f"open({str(project.begun)!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    command = project.shell_at_work()
    eventually(lambda: bool(project.begun.read_text()))
    command.send_signal(signal.SIGINT)
    command.communicate(timeout=60)
    log = (project.data / "engine.log").read_text()
    eventually(lambda: not Path(f"/proc/{project.begun.read_text()}").exists())
    assert "Traceback" not in log
    assert (project.data / "engine.sqlite").exists()
    assert not (project.data / "engine.sqlite-wal").exists(), "the database was not closed"


async def test_a_local_server_that_serves_something_else(project: Project, tmp_path: Path) -> None:
    served = await asyncio.to_thread(start_server, project.target, project.data)
    try:
        with pytest.raises(LocalServerFailed, match=r"worker\.py:graph") as refused:
            await find_or_start(str(tmp_path / "langgraph.json"), project.data)
        assert f"The local server at {served.url}, which uses " in refused.value.what
    finally:
        await asyncio.to_thread(served.stop)


async def test_a_local_server_that_does_not_answer(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hitl_engine.local.server_process._PATIENCE", 0.5)
    served = await asyncio.to_thread(start_server, project.target, project.data)
    served.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(LocalServerFailed, match="does not answer") as refused:
            await find_or_start(project.target, project.data, timeout=3)
        there = f"The local server at {served.url} (process {served.process.pid}) holds "
        assert refused.value.what.startswith(there)
    finally:
        served.process.send_signal(signal.SIGCONT)
        await asyncio.to_thread(served.stop)


async def test_a_stale_address_of_another_server_is_ignored(
    project: Project, tmp_path: Path
) -> None:
    """A fixed port without a token, as with `hitl-tui serve`, which another project uses now."""
    command = serve_command(project.target, tmp_path / "other")
    other = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert other.stderr is not None
        assert "Serving" in await asyncio.to_thread(other.stderr.readline)
        notice = json.loads((tmp_path / "other" / "engine.json").read_text())
        before = {**notice, "identity": "of a database that was here before"}
        (project.data / "engine.json").write_text(json.dumps(before))
        server = await find_or_start(project.target, project.data)
        assert server.started_here and server.url != notice["url"]
        await server.aclose()
    finally:
        other.terminate()
        await asyncio.to_thread(other.communicate)


@pytest.mark.parametrize("port", [99999, -1])
def test_an_invalid_port(project: Project, port: int) -> None:
    done = subprocess.run(
        serve_command(project.target, project.data, port=port),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"{port} is no port.")
    assert len(done.stderr.splitlines()) == 1
