"""Large texts: a key in them, and opening them, compared with Textual's own text area."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.rows import Row, alternately, pressed, timed
from tests.terminal import Terminal

MEGABYTE = 1_000_000
LONG_LINE = 100_000
KEYS = 10
OPENINGS = 5


def keys(folder: Path) -> Iterable[Row]:
    """A character typed at the start of a large text, over the same in a text area."""
    for kind, size, name in (
        ("text", MEGABYTE, "key in 1 MB of text / stock TextArea"),
        ("json", MEGABYTE, "key in 1 MB of JSON / stock TextArea"),
        ("line", LONG_LINE, "key in a line of 100 KB / stock TextArea"),
    ):
        with _loaded("editor", kind, size) as editor, _loaded("stock", kind, size) as stock:
            ours, floor = alternately(
                KEYS, lambda: pressed(editor, "x"), lambda: pressed(stock, "x")
            )
        yield timed(name, ours, floor, 0.2)


def opening(folder: Path) -> Iterable[Row]:
    """From the key that loads a large text to the end of its painting, over a text area."""
    for whose, kind, name in (
        ("editor", "text", "opening 1 MB of text to edit / stock TextArea"),
        ("editor", "json", "opening 1 MB of JSON to edit / stock TextArea"),
        ("view", "json", "opening 1 MB of JSON to read / stock TextArea"),
    ):
        with _loaded(whose, kind, MEGABYTE) as opened, _loaded("stock", kind, MEGABYTE) as stock:
            ours, floor = alternately(
                OPENINGS, lambda: pressed(opened, "f5"), lambda: pressed(stock, "f5")
            )
        yield timed(name, ours, floor, 1.2)


@contextmanager
def _loaded(whose: str, kind: str, size: int) -> Iterator[Terminal]:
    command = [sys.executable, "-m", "tests.bench.text_app", whose, kind, str(size)]
    with Terminal(command, columns=120, rows=40) as terminal:
        terminal.wait_for("ready")
        pressed(terminal, "f5")
        terminal.wait_for("BEGIN")
        terminal.settle(quiet=1)
        yield terminal
