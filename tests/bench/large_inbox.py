"""An inbox of 100,000 items: its filter, its memory, its idle time."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.rows import Row, alternately, pressed_when_quiet, timed
from tests.terminal import Terminal

ITEMS = 100_000
TEXT = "text number 0000"
"""Typed into the filter, again and again: a first key checks all items."""
ROUNDS = 4
SETTLING, IDLE = 5, 10
"""Seconds: until the last filter has ended, and for which nothing happens."""


def measure(folder: Path) -> Iterator[Row | str]:
    """From each key to the first frame that it changes; memory; CPU time while nothing happens."""
    command = [sys.executable, "-m", "tests.bench.full_inbox", str(ITEMS)]
    bare_app = [sys.executable, "-m", "tests.bench.bare_app"]
    with Terminal(command, columns=120, rows=40) as inbox, Terminal(bare_app) as bare:
        inbox.wait_for(r"text number 00003", 120)
        bare.wait_for("ready 0")
        inbox.press("/")
        keys = iter([*TEXT, "ctrl+u"] * (ROUNDS + 1))
        ours, floor = alternately(
            ROUNDS * (len(TEXT) + 1),
            lambda: _first_frame(inbox, next(keys)),
            lambda: _first_frame(bare, "down"),
        )
        yield timed(f"filter key to frame, inbox of {ITEMS:,} / bare app", ours, floor, 10.0)
        yield f"filter key in {ITEMS:,} items, 99th percentile (goal 50): {max(ours) * 1000:6.1f} ms"
        inbox.press("ctrl+u")
        inbox.press("escape")
        inbox.wait_for(f"{ITEMS:,} waiting")
        listed = pressed_when_quiet(inbox, "f", quiet=SETTLING)
        yield f"facets of {ITEMS:,} items listed (goal 50): {(inbox.last_byte - listed) * 1000:6.1f} ms"
        inbox.wait_for(rf"{ITEMS:,} +[a-z]+:", 60)
        yield f"facets of {ITEMS:,} items counted: {inbox.last_byte - listed:6.1f} s"
        inbox.press("escape")
        yield f"memory with {ITEMS:,} items (goal 120): {_memory(inbox.pid):6.1f} MB"
        time.sleep(SETTLING)
        before = _cpu_seconds(inbox.pid)
        time.sleep(IDLE)
        idle = (_cpu_seconds(inbox.pid) - before) / IDLE
        yield f"idle CPU with {ITEMS:,} items (goal 1.0): {idle * 100:6.1f} %"


def _first_frame(inbox: Terminal, key: str) -> float:
    """Return the seconds from a key of the filter to the first output, when all is quiet before."""
    when = pressed_when_quiet(inbox, key, quiet=0.3)
    return inbox.last_byte - when


def _memory(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no memory is told")


def _cpu_seconds(pid: int) -> float:
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")
