"""How soon a person sees what waits: the inbox as last seen, the live one, and a shell's list."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from hitl_engine.local.target import data_folder, find_target
from tests.bench.filling import fill_with_threads
from tests.bench.rows import Row, alternately, timed
from tests.server.processes import SAMPLES, running_server
from tests.terminal import Terminal

PYTHON = sys.executable
BARE = [PYTHON, "-m", "tests.bench.bare_app"]
TARGET = str(SAMPLES / "langgraph.json")
"""A project of 18 graphs."""
STARTS = 9
LISTS = 15
THREADS = 40
SEEN, LIVE = b"original text", b"newest first"
"""What waits, and what only a live list has."""


def console(folder: Path) -> Iterable[Row]:
    """From process start to what waits: as last seen, and live; over the paint of a bare app."""
    data = _filled(folder)
    command = [PYTHON, "-m", "hitl_tui", TARGET, "--data-dir", str(folder)]
    with Terminal(command, columns=120, rows=40) as first:
        first.written(LIVE, 0, 60)
        first.press("ctrl+q")
        first.wait_for_exit(30)
    _wait_for_end(data)
    starts = [_start(command, data) for _ in range(STARTS + 1)][1:]
    seen, live, floor = zip(*starts, strict=True)
    yield timed("start to the inbox as last seen / bare Textual app", seen, floor, 1.3)
    yield timed("start to the live inbox of a project / bare Textual app", live, floor, 3.0)


def shell_list(folder: Path) -> Iterable[Row]:
    """`hitl-tui list` while the local server runs, over the import of its HTTP client."""
    data = _filled(folder)
    command = [PYTHON, "-m", "hitl_tui", "list", "-t", TARGET, "--data-dir", str(folder)]
    with running_server(TARGET, data):
        ours, floor = alternately(
            LISTS, lambda: _run(command), lambda: _run([PYTHON, "-c", "import httpx"])
        )
    yield timed("hitl-tui list / python -c 'import httpx'", ours, floor, 1.5)


def _filled(folder: Path) -> Path:
    """Return the data folder of the project, with threads that wait."""
    data = data_folder(find_target(TARGET, environ={}), folder)
    data.rmdir()
    asyncio.run(fill_with_threads(data, THREADS))
    return data


def _start(command: list[str], data: Path) -> tuple[float, float, float]:
    """Return the seconds to the list as last seen, to the live one, and to the bare app."""
    with Terminal(command, columns=120, rows=40) as ours:
        live = ours.written(LIVE, 0, 60) - ours.started
        seen = ours.written(SEEN, 0) - ours.started
    _wait_for_end(data)
    with Terminal(BARE, columns=120, rows=40) as bare:
        return seen, live, bare.written(b"ready 0", 0) - bare.started


def _wait_for_end(data: Path) -> None:
    """Wait until the local server has ended: the next console would find it, and start faster."""
    try:
        pid = json.loads((data / "engine.json").read_text())["pid"]
    except FileNotFoundError:
        return
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.05)


def _run(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
