"""`make bench`: each figure beside the floor it is compared with, from one run.

Pairs are measured alternately, so that a noisy minute hits both sides. The noise is the floor
measured against itself: read a ratio that differs from its goal by less than the noise as equal.
"""

import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.answering import measure_answers
from tests.terminal import Terminal

PYTHON = sys.executable
BARE = [PYTHON, "-m", "tests.bench.bare_app"]
STARTS = 11
KEYS = 40
ITEMS = 10_000
ANSWERS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: medians in milliseconds."""

    name: str
    ours: float
    floor: float
    noise: float
    """The floor's second half over its first."""
    goal: float

    def __str__(self) -> str:
        ratio = self.ours / self.floor
        verdict = "reached" if ratio <= self.goal else "MISSED"
        return (
            f"{self.name:<52} {self.ours:8.1f} {self.floor:8.1f} {ratio:6.2f} "
            f"{self.goal:5.1f}  {verdict:<8} noise {self.noise:.2f}"
        )


def main() -> None:
    """Measure everything and print one table."""
    os.environ["PYTHONDONTWRITEBYTECODE"] = ""
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{'medians, in milliseconds':<52} {'ours':>8} {'floor':>8} {'ratio':>6} {'goal':>5}")
    with tempfile.TemporaryDirectory() as folder:
        print(start_to_first_paint(Path(folder)), flush=True)
        print(key_to_repaint(), flush=True)
        print(answer(Path(folder)), flush=True)


def start_to_first_paint(folder: Path) -> Row:
    """Process start to the painted inbox, over process start to a painted bare app."""
    console = [PYTHON, "-m", "hitl_tui", "--data-dir", str(folder), "http://127.0.0.1:9"]
    ours, floor = _alternately(
        STARTS, lambda: _start(console, "hitl-tui"), lambda: _start(BARE, "ready 0")
    )
    return _row("console start to first paint / bare Textual app", ours, floor, 1.3)


def key_to_repaint() -> Row:
    """Down in an inbox of 10,000 items, over a key in a bare app."""
    command = [PYTHON, "-m", "tests.bench.full_inbox", str(ITEMS)]
    with Terminal(command, columns=120, rows=40) as inbox, Terminal(BARE) as bare:
        inbox.wait_for(r"text number 00003")
        bare.wait_for("ready 0")
        ours, floor = _alternately(KEYS, lambda: _press(inbox), lambda: _press(bare))
    return _row(f"key to repaint, inbox of {ITEMS:,} / bare app", ours, floor, 1.5)


def answer(folder: Path) -> Row:
    """An answer through desk, client and engine, over the same resume in bare langgraph."""
    ours, floor = asyncio.run(measure_answers(folder, ANSWERS))
    return _row("answer through the desk / bare langgraph resume", ours, floor, 1.6)


def _alternately(
    count: int, ours: Callable[[], float], floor: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Measure both in turn; the first of each is not counted."""
    pairs = [(ours(), floor()) for _ in range(count + 1)][1:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _start(command: list[str], pattern: str) -> float:
    with Terminal(command, columns=120, rows=40) as terminal:
        terminal.settle(quiet=0.6)
        return terminal.painted(pattern, terminal.started)


def _press(terminal: Terminal) -> float:
    """Return the seconds from a key to the last byte of the frame that it caused."""
    terminal.settle(quiet=0.05)
    before = len(terminal.raw)
    pressed = terminal.press("down")
    while len(terminal.raw) == before:
        terminal.read(0.02)
        assert time.perf_counter() - pressed < 5, "the key changed nothing"
    terminal.settle(quiet=0.05)
    return terminal.last_byte - pressed


def _row(name: str, ours: list[float], floor: list[float], goal: float) -> Row:
    half = len(floor) // 2
    return Row(
        name,
        statistics.median(ours) * 1000,
        statistics.median(floor) * 1000,
        statistics.median(floor[half:]) / statistics.median(floor[:half]),
        goal,
    )


if __name__ == "__main__":
    main()
