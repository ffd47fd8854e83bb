"""`make bench`: each figure next to the floor, the baseline it is compared with, from one run.

Both sides are measured in turn, so that other load slows down both. The noise is the floor
measured against itself: a goal missed by less than that counts as equal.
"""

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench import (
    editing,
    first_item,
    graph_picture,
    large_inbox,
    serving,
    streaming,
    thread_views,
)
from tests.bench.answering import measure_answers, measure_steps
from tests.bench.limits import limits
from tests.bench.rows import HEAD, Row, alternately, pressed, timed
from tests.terminal import Terminal

PYTHON = sys.executable
BARE = [PYTHON, "-m", "tests.bench.bare_app"]
STARTS = 11
KEYS = 40
ITEMS = 10_000
ANSWERS = 60


def main(names: list[str]) -> None:
    """Measure everything, or only `names`, and print one table."""
    if unknown := set(names) - set(MEASURES):
        sys.exit(f"Not measured: {', '.join(unknown)}. There is: {', '.join(MEASURES)}.")
    os.environ |= {"PYTHONDONTWRITEBYTECODE": "", "HITL_TUI_TRUST": "1"}
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(HEAD)
    for name in names or MEASURES:
        with tempfile.TemporaryDirectory() as folder:
            for row in MEASURES[name](Path(folder)):
                print(row, flush=True)


def start_to_first_paint(folder: Path) -> Iterable[Row]:
    """From process start to the painted console, over the same for a bare app."""
    console = [PYTHON, "-m", "hitl_tui", "--data-dir", str(folder), "http://127.0.0.1:9"]
    ours, floor = alternately(
        STARTS, lambda: _start(console, "hitl-tui"), lambda: _start(BARE, "ready 0")
    )
    yield timed("console start to first paint / bare Textual app", ours, floor, 1.3)


def key_to_repaint(folder: Path) -> Iterable[Row]:
    """The down key in an inbox of 10,000 items, over a key in a bare app."""
    command = [PYTHON, "-m", "tests.bench.full_inbox", str(ITEMS)]
    with Terminal(command, columns=120, rows=40) as inbox, Terminal(BARE) as bare:
        inbox.wait_for(r"text number 00003")
        bare.wait_for("ready 0")
        ours, floor = alternately(
            KEYS, lambda: pressed(inbox, "down"), lambda: pressed(bare, "down")
        )
    yield timed(f"key to repaint, inbox of {ITEMS:,} / bare app", ours, floor, 1.5)


def answer(folder: Path) -> Iterable[Row]:
    """An answer through desk, client and local server, over the same resume by langgraph alone."""
    ours, floor = asyncio.run(measure_answers(folder, ANSWERS))
    yield timed("answer through the core / bare langgraph resume", ours, floor, 1.6)
    ours, floor = asyncio.run(measure_steps(folder, ANSWERS))
    yield timed("step through the core / bare langgraph step", ours, floor, 1.6)


def _start(command: list[str], pattern: str) -> float:
    with Terminal(command, columns=120, rows=40) as terminal:
        while not terminal.raw:  # a start may take longer than the pause that ends it
            terminal.read(0.02)
        terminal.settle(quiet=0.6)
        return terminal.painted(pattern, terminal.started)


MEASURES: dict[str, Callable[[Path], Iterable[Row | str]]] = {
    "paint": start_to_first_paint,
    "first": first_item.console,
    "list": first_item.shell_list,
    "key": key_to_repaint,
    "large": large_inbox.measure,
    "editor": editing.keys,
    "opening": editing.opening,
    "conversation": thread_views.conversation,
    "state": thread_views.state,
    "timeline": thread_views.timeline,
    "picture": graph_picture.picture,
    "event": streaming.event_to_repaint,
    "burst": streaming.keys_in_a_burst,
    "answer": answer,
    "runs": serving.runs,
    "search": serving.search,
    "history": serving.history,
    "start": serving.start,
    "limits": limits,
}
"""The measurements; each gets a folder of its own."""


if __name__ == "__main__":
    main(sys.argv[1:])
