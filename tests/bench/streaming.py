"""A run that is followed: from its event to the repaint, and keys while many events arrive."""

import os
import re
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.rows import Row, alternately, timed
from tests.server.processes import Served, running_server
from tests.terminal import Terminal

GRAPH = f"{Path(__file__).with_name('telling.py')}:graph"
EVENTS = 60
RATE = 5_000
"""Events a second."""
MOST_SECONDS = 120
"""How long they may take to be shown where the machine is busy."""
SECONDS = 8
KEYS_A_SECOND = 15
MARKS = (b"Search", b"Take back")
"""What the footer shows where the focus is, in turn: on the events, and on the runs."""


@dataclass(slots=True)
class Told:
    """A run in progress, which sends what it is told to."""

    thread_id: str
    pipe: int
    sent: int = 0

    def tell(self, count: int, rate: int) -> float:
        """Let it send events; return when it was told (`time.perf_counter`)."""
        self.sent += count
        when = time.perf_counter()
        os.write(self.pipe, f"{count} {rate}\n".encode())
        return when


def event_to_repaint(folder: Path) -> Iterator[Row]:
    """From an event of a run to its repaint in the console, over that in a bare widget."""
    with running_server(GRAPH, folder / "server") as served, ExitStack() as stack:
        runs = [stack.enter_context(_told(served, folder / name)) for name in ("ours", "bare")]
        console = stack.enter_context(_console(served, folder, runs[0]))
        bare = stack.enter_context(_follower("bare", served, runs[1].thread_id))
        bare.wait_for("ready")
        ours, floor = alternately(
            EVENTS, lambda: _repainted(console, runs[0]), lambda: _repainted(bare, runs[1])
        )
    yield timed("event of a run to repaint / bare widget", ours, floor, 1.5)


def keys_in_a_burst(folder: Path) -> Iterator[str]:
    """Keys while 5,000 events a second arrive, and how many of these are counted at the end."""
    with running_server(GRAPH, folder / "server") as served, ExitStack() as stack:
        run = stack.enter_context(_told(served, folder / "run"))
        console = stack.enter_context(_console(served, folder, run))
        waits: list[float] = []
        before = _counted(console)
        began = run.tell(RATE * SECONDS, RATE)
        while time.perf_counter() - began < SECONDS:
            waits.append(_moved(console, len(waits) % 2))
            console.settle(quiet=1, limit=1 / KEYS_A_SECOND)
        last = f"event-{run.sent - 1:05d}".encode()
        took = console.written(last, 0, MOST_SECONDS) - began
        console.settle(limit=2)
        counted = _counted(console) - before
    slowest = statistics.quantiles(waits, n=100)[98] * 1000
    yield f"keys while {RATE:,} events a second arrive: 99th percentile {slowest:.0f} ms, goal 50 ms"
    yield f"of {run.sent:,} events sent within {SECONDS} s, {counted:,} were counted, the last shown after {took:.1f} s"


def _repainted(terminal: Terminal, run: Told) -> float:
    terminal.settle(quiet=0.1, limit=0.3)
    mark, before = f"event-{run.sent:05d}".encode(), len(terminal.raw)
    when = run.tell(1, 1)
    return terminal.written(mark, before) - when


def _counted(console: Terminal) -> int:
    """Return how many events the console has counted, as its screen shows."""
    found = re.search(r"([\d,]+) events? seen here", console.text)
    return int(found[1].replace(",", "")) if found else 0


def _moved(terminal: Terminal, to: int) -> float:
    before = len(terminal.raw)
    when = terminal.press("tab" if to == 0 else "shift+tab")
    return terminal.written(MARKS[to], before) - when


@contextmanager
def _told(served: Served, folder: Path) -> Iterator[Told]:
    """A run that waits for lines of a pipe; it ends with the block."""
    folder.mkdir()
    os.mkfifo(path := folder / "pipe")
    with httpx.Client(base_url=served.url, headers=served.headers) as http:
        thread_id = http.post("/threads", json={}).json()["thread_id"]
        request = {
            "assistant_id": "telling",
            "input": {"pipe": str(path)},
            "stream_mode": ["tasks", "custom"],
            "stream_resumable": True,
        }
        http.post(f"/threads/{thread_id}/runs", json=request).raise_for_status()
    pipe = os.open(path, os.O_WRONLY)
    try:
        yield Told(thread_id, pipe)
    finally:
        os.close(pipe)


@contextmanager
def _console(served: Served, folder: Path, run: Told) -> Iterator[Terminal]:
    """The console with the run in view, and the focus on its runs."""
    with _follower("console", served, run.thread_id, str(folder / "data")) as terminal:
        terminal.wait_for("6 Runs")
        terminal.settle(quiet=0.5, limit=2)
        terminal.press("alt+6")
        terminal.wait_for("Take back")
        yield terminal


@contextmanager
def _follower(whose: str, served: Served, *arguments: str) -> Iterator[Terminal]:
    given = (served.url, served.headers["Authorization"], *arguments)
    command = [sys.executable, "-m", "tests.bench.follower", whose, *given]
    with Terminal(command, columns=120, rows=40) as terminal:
        yield terminal
