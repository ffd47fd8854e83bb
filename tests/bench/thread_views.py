"""The views of a thread: a large conversation or state, compared with a small one."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.rows import Row, alternately, pressed, timed
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
