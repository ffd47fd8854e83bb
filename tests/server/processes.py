"""Real servers as child processes: `hitl_server`, `langgraph dev`, Aegra, the JavaScript server."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.program import Forked, Passed, start_local_server
from tests.server.ports import free_port
from tests.server.postgres import postgres

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_graphs"
PROJECT = Path(__file__).parent / "project"
GUARDED = Path(__file__).parent / "auth_project"
JAVASCRIPT = ROOT / "tests" / "any_server" / "javascript"
"""Twins of some graphs in TypeScript, and the packages that serve them."""
COMMON_GRAPHS = (
    *("revise", "parallel", "subgraph", "breakpoints", "tool_agent", "stuck", "slow"),
    *("sent_five", "gated_effect"),
)
"""The graphs of the console suite; each also has a twin in TypeScript."""
OF_PYTHON = ("decided_everywhere", "decided_twice")
"""Those of its graphs that have none, because they call a function of ours."""
_START_SECONDS = 120
"""On a busy machine, Aegra and `langgraph dev` import for a minute."""


@dataclass(slots=True)
class Served:
    """A running LangGraph server."""

    name: str
    url: str
    headers: dict[str, str]
    process: subprocess.Popen[bytes] | Forked
    folder: Path
    info: dict[str, Any] = field(default_factory=dict)
    parent_pipe: int = -1

    def client(self) -> httpx.AsyncClient:
        """Return an HTTP client for this server; the caller closes it."""
        return httpx.AsyncClient(base_url=self.url, headers=self.headers, timeout=30)

    def kill(self) -> None:
        """Kill the process, as a power cut would."""
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        """Close the pipe of the parent, and wait for the end of the server."""
        if self.parent_pipe >= 0:
            os.close(self.parent_pipe)
            self.parent_pipe = -1
        _end(self.process)


def copied_project(folder: Path) -> Path:
    """Copy the sample graphs and the graphs of these tests; return their langgraph.json."""
    for source in (SAMPLES, PROJECT):
        shutil.copytree(source, folder, dirs_exist_ok=True)
    graphs = {
        name: place
        for source in (SAMPLES, PROJECT)
        for name, place in json.loads((source / "langgraph.json").read_text())["graphs"].items()
    }
    config = folder / "langgraph.json"
    webhooks = {"url": {"allowed_domains": ["127.0.0.1"]}}
    config.write_text(json.dumps({"dependencies": ["."], "graphs": graphs, "webhooks": webhooks}))
    return config


def common_project(folder: Path, *, also: Sequence[str] = ()) -> Path:
    """Copy the graphs that every kind of server can serve, and others; return their langgraph.json."""
    config = copied_project(folder)
    graphs = json.loads(config.read_text())["graphs"]
    common = {name: graphs[name] for name in (*COMMON_GRAPHS, *also)}
    config.write_text(json.dumps({"dependencies": ["."], "graphs": common}))
    return config


def common_project_with_keys(folder: Path) -> Path:
    """Copy the same graphs, with handlers that know the users by their keys."""
    config = common_project(folder)
    shutil.copy(ROOT / "tests" / "any_server" / "auth_handlers.py", folder)
    section = {"path": "./auth_handlers.py:auth", "disable_studio_auth": True}
    config.write_text(json.dumps({**json.loads(config.read_text()), "auth": section}))
    return config


def guarded_project(folder: Path) -> Path:
    """Copy the project that has an `auth` section; return its langgraph.json."""
    shutil.copytree(GUARDED, folder, dirs_exist_ok=True)
    return folder / "langgraph.json"


def start_server(target: Path | str, data: Path, *options: str, **environment: str) -> Served:
    """Start a server like a console does. Raises `NotStarted` with its report."""
    server_end, parent_pipe = os.pipe()
    report, report_end = os.pipe()
    given = (str(target), "--data", str(data), *options)
    process: subprocess.Popen[bytes] | Forked
    if environment:  # what a module reads when it is imported
        ends = ("--parent-fd", str(server_end), "--report-fd", str(report_end))
        process = subprocess.Popen(
            [sys.executable, "-m", "hitl_server", *given, *ends],
            cwd=ROOT,
            pass_fds=(server_end, report_end),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **environment},
        )
    else:
        process = start_local_server(given, Passed(server_end), Passed(report_end))
    os.close(server_end)
    os.close(report_end)
    with os.fdopen(report, "rb") as pipe:
        line = pipe.readline()
    reported = json.loads(line) if line else {}
    if "ready" not in reported:
        os.close(parent_pipe)
        raise NotStarted(reported.get("failed", {}), process.wait(30))
    ready = reported["ready"]
    headers = {"Authorization": f"Bearer {ready['token']}"}
    return Served("local", ready["url"], headers, process, data, ready, parent_pipe)


class NotStarted(Exception):
    """The server did not start; `report` is its JSON, `code` its exit code."""

    def __init__(self, report: dict[str, Any], code: int) -> None:
        super().__init__(f"exit code {code}: {report}")
        self.report = report
        self.code = code


@contextmanager
def running_server(
    target: Path | str, data: Path, *options: str, **environment: str
) -> Iterator[Served]:
    """A server for the length of a block."""
    served = start_server(target, data, *options, **environment)
    try:
        yield served
    finally:
        served.stop()


@contextmanager
def langgraph_dev(
    folder: Path, config: Path | None = None, port: int | None = None
) -> Iterator[Served]:
    """A quiet, offline `langgraph dev` for the length of a block, which may write to `folder`.

    It keeps its data there, and the next one goes on with them.
    """
    config = config or copied_project(folder)
    port = port or free_port()
    command = Path(sys.executable).with_name("langgraph")
    if not command.exists():
        pytest.skip("langgraph-cli[inmem] is not installed")
    options = ("--no-browser", "--no-reload", "--host", "127.0.0.1", "--port", str(port))
    url = f"http://127.0.0.1:{port}"
    with _logged(
        "langgraph dev",
        [str(command), "dev", "--config", str(config), *options],
        folder / "dev.log",
        ready=f"{url}/ok",
        cwd=folder,
        LANGGRAPH_NO_VERSION_CHECK="true",
        LANGGRAPH_CLI_NO_ANALYTICS="1",
        LANGSMITH_TRACING="false",
        LOG_LEVEL="WARNING",
    ) as process:
        yield Served("langgraph dev", url, {}, process, folder)


@contextmanager
def aegra(folder: Path, config: Path | None = None) -> Iterator[Served]:
    """An Aegra on a PostgreSQL of its own for the length of a block, which may write to `folder`.

    It calls the graph factories of a project without a config when it starts, and does not start if
    one fails.
    """
    config = config or common_project(folder, also=OF_PYTHON)
    with postgres() as database, aegra_worker(folder, config, database.url) as served:
        yield served


@contextmanager
def aegra_worker(
    folder: Path, config: Path, database_url: str, port: int | None = None
) -> Iterator[Served]:
    """One process of Aegra on a database, which keeps its data."""
    python = ROOT / ".servers" / "aegra" / "bin" / "python"
    if not (python.parents[1] / ".installed").exists():
        pytest.skip("Aegra is not installed (`make .servers/aegra/.installed`)")
    url = f"http://127.0.0.1:{port or free_port()}"
    name = f"aegra-{url.rpartition(':')[2]}"
    settings = folder / f"{name}.json"
    settings.write_text(config.read_text())  # Aegra reads the format of langgraph.json
    with _logged(
        "Aegra",
        [
            *(str(python), "-m", "uvicorn", "aegra_api.main:app"),
            *("--host", "127.0.0.1", "--port", url.rpartition(":")[2]),
        ],
        folder / f"{name}.log",
        ready=f"{url}/health",
        cwd=config.parent,
        AEGRA_CONFIG=str(settings),
        PYTHONPATH=str(ROOT / "engine"),  # for what nodes call; its environment has nothing of ours
        DATABASE_URL=database_url,
        REDIS_BROKER_ENABLED="false",
        LOG_LEVEL="WARNING",
    ) as process:
        yield Served("aegra", url, {}, process, folder)


@contextmanager
def javascript_server(
    folder: Path, port: int | None = None, *, keys: bool = False
) -> Iterator[Served]:
    """The quiet, offline JavaScript server for the length of a block, which may write to `folder`.

    It keeps its data there, and the next one goes on with them. `keys`: it knows users by their
    keys, as `common_project_with_keys` does. Its command starts the process that serves as a grandchild; here that process is our child.
    """
    node = shutil.which("node")
    packages = JAVASCRIPT / "node_modules"
    if node is None or not (packages / "@langchain" / "langgraph-api").is_dir():
        pytest.skip(f"The JavaScript server is not installed (`make {packages.relative_to(ROOT)}`)")
    for source in (*JAVASCRIPT.glob("*.ts"), *JAVASCRIPT.glob("*.json")):
        shutil.copy(source, folder)
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(packages)
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    server = packages / "@langchain" / "langgraph-api" / "dist"
    options: dict[str, Any] = {
        "port": port,
        "host": "127.0.0.1",
        "nWorkers": 10,
        "cwd": str(folder),
        "graphs": json.loads((folder / "langgraph.json").read_text())["graphs"],
    }
    if keys:
        options["auth"] = {"path": "./auth.ts:auth", "disable_studio_auth": True}
    with _logged(
        "The JavaScript server",
        [
            *(node, "--import", str(packages / "tsx" / "dist" / "esm" / "index.mjs")),
            *("--import", str(server / "preload.mjs"), str(server / "cli" / "entrypoint.mjs")),
            *("0", json.dumps(options)),
        ],
        folder / "javascript.log",
        ready=f"{url}/info",  # needs no key
        cwd=folder,
        NODE_ENV="development",
        LANGGRAPH_API_URL=url,
        LANGSMITH_TRACING="false",
    ) as process:
        yield Served("javascript", url, {}, process, folder)


@contextmanager
def _logged(
    name: str, command: list[str], log: Path, *, ready: str, cwd: Path, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A server for the length of a block, from when it answers at the URL `ready`."""
    with logged_process(command, log, cwd=cwd, **environment) as process:
        _await_ready(name, ready, process, log)
        yield process


@contextmanager
def logged_process(
    command: list[str], log: Path, *, cwd: Path, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A program for the length of a block, which writes what it prints to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
        )
    try:
        yield process
    finally:
        _end(process)


def _await_ready(name: str, url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"{name} did not start:\n{log.read_text()[-4000:]}")


def _end(process: subprocess.Popen[bytes] | Forked) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
