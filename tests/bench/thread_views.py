"""The views of a thread: a large conversation or state, compared with a small one."""

import asyncio
import itertools
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.filling import fill_with_checkpoints
from tests.bench.rows import Row, alternately, pressed, timed
from tests.bench.serving import GRAPH, LONG, SHORT
from tests.server.processes import Served, running_server
from tests.terminal import Terminal

OPENINGS = 9
KEYS = 40
MESSAGES = 2_000
OBJECTS = 100_000
"""About 10 MB of JSON."""
ITEMS = 10_000


def conversation(folder: Path) -> Iterable[Row]:
    """A conversation of 2,000 messages opens like one of 20, and scrolls like the inbox."""
    with _view("conversation", MESSAGES) as large, _view("conversation", 20) as small:
        yield _openings(f"opening a conversation of {MESSAGES:,} messages / of 20", large, small)
        inbox = [sys.executable, "-m", "tests.bench.full_inbox", str(ITEMS)]
        with Terminal(inbox, columns=120, rows=40) as listed:
            listed.wait_for(r"text number 00003")
            ours, floor = alternately(
                KEYS, lambda: pressed(large, "up"), lambda: pressed(listed, "down")
            )
        yield timed(f"key in that conversation / inbox of {ITEMS:,}", ours, floor, 1.5)


def state(folder: Path) -> Iterable[Row]:
    """A state of 10 MB opens like one of 2 KB."""
    with _view("state", OBJECTS) as large, _view("state", 20) as small:
        yield _openings("opening a state of 10 MB / of 2 KB", large, small)


def timeline(folder: Path) -> Iterable[Row]:
    """The history of a thread of 10,000 checkpoints opens like that of one of 10."""
    short, long = asyncio.run(fill_with_checkpoints(folder / "timeline", SHORT, LONG))
    with (
        running_server(GRAPH, folder / "timeline") as served,
        _history(served, folder, long) as large,
        _history(served, folder, short) as small,
    ):
        opened = itertools.count(2)
        ours, floor = alternately(
            OPENINGS,
            lambda: _loaded(large, f"loaded {next(opened) // 2 + 1}"),
            lambda: _loaded(small, f"loaded {next(opened) // 2 + 1}"),
        )
    yield timed(f"opening a history of {LONG:,} checkpoints / of {SHORT}", ours, floor, 1.5)


def _loaded(terminal: Terminal, shown: str) -> float:
    """Return the seconds from `f5` to the last byte of the frame that shows what was read."""
    when = terminal.press("f5")
    terminal.wait_for(shown)
    terminal.settle(quiet=0.2)
    return terminal.last_byte - when


@contextmanager
def _history(served: Served, folder: Path, thread_id: str) -> Iterator[Terminal]:
    arguments = (served.url, served.headers["Authorization"], str(folder / "journal"), thread_id)
    command = [sys.executable, "-m", "tests.bench.history_app", *arguments]
    with Terminal(command, columns=120, rows=40) as terminal:
        terminal.wait_for("ready")
        _loaded(terminal, "loaded 1")
        yield terminal


def _openings(name: str, large: Terminal, small: Terminal) -> Row:
    ours, floor = alternately(OPENINGS, lambda: pressed(large, "f5"), lambda: pressed(small, "f5"))
    return timed(name, ours, floor, 1.5)


@contextmanager
def _view(kind: str, count: int) -> Iterator[Terminal]:
    command = [sys.executable, "-m", "tests.bench.thread_app", kind, str(count)]
    with Terminal(command, columns=120, rows=40) as terminal:
        terminal.wait_for("ready")
        pressed(terminal, "f5")
        terminal.settle(quiet=0.5)
        yield terminal
