"""A program in a real pseudo-terminal: keys in, bytes out, and the screen that they draw.

Each chunk of bytes gets a timestamp when it arrives and goes to the emulator later, so that no
measurement includes the emulator's own time. Queries are answered as a modern terminal does.
"""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "ctrl+end": "\x1b[1;5F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "backspace": "\x7f",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f11": "\x1b[23~",
}
_REPLIES = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
)
_UNREADABLE = re.compile(
    rb"\x1b[_P^X][^\x1b\x07]*(?:\x1b\\|\x07)|\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[[0-9;?]*\$[pqryz]"
)
"""Sequences that pyte would print instead of interpreting."""


def readable(output: bytes) -> bytes:
    """Return output without the sequences that pyte would print."""
    return _UNREADABLE.sub(b"", output)


def key_bytes(name: str) -> bytes:
    """Return what a terminal sends: for a key of `KEYS`, `ctrl+x`, `alt+x`, or plain text."""
    if name in KEYS:
        return KEYS[name].encode()
    if re.fullmatch(r"alt\+.", name):
        return b"\x1b" + name[-1].encode()
    if re.fullmatch(r"ctrl\+[a-z]", name):
        return bytes([ord(name[-1]) & 0x1F])
    return name.encode()


class Terminal:
    """One program in a terminal of `columns` by `rows`; a context manager that ends it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.started = time.perf_counter()
        self.raw = bytearray()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._fed = 0
        self._stamps: list[tuple[int, float]] = []
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            for name in ("COLUMNS", "LINES"):  # they describe the terminal that the tests run in
                environ.pop(name, None)
            os.execvpe(command[0], list(command), {**environ, **(env or {})})
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)
        os.set_blocking(self._master, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            error.add_note(f"the screen was:\n{self.text}")
        self.kill()

    @property
    def text(self) -> str:
        """The current screen, one line per row, without trailing blanks."""
        fresh = bytes(self.raw[self._fed :])
        self._fed = len(self.raw)
        self._stream.feed(readable(fresh))
        return "\n".join(line.rstrip() for line in self._screen.display)

    def key_colour(self, key: str) -> str | None:
        """The colour of a key (`s Step`) in the lowest row that shows it; None if no row does."""
        for number, row in reversed(list(enumerate(self.text.splitlines()))):
            if key in row:
                return str(self._screen.buffer[number][row.index(key)].fg)
        return None

    @property
    def last_byte(self) -> float:
        """When the newest chunk arrived, in seconds of `time.perf_counter`."""
        return self._stamps[-1][1]

    def press(self, *names: str) -> float:
        """Press keys one after the other; return the time of the last (`time.perf_counter`)."""
        for name in names:
            when = time.perf_counter()
            os.write(self._master, key_bytes(name))
        return when

    def press_together(self, *names: str) -> None:
        """Press keys so fast that they arrive at once, as over a slow line."""
        os.write(self._master, b"".join(map(key_bytes, names)))

    def read(self, seconds: float) -> bool:
        """Read the output that arrives within `seconds`; return whether there was any."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            chunk = os.read(self._master, 65536)
        except BlockingIOError:
            return False
        except OSError:  # the program has ended
            time.sleep(seconds)
            return False
        self._stamps.append((len(self.raw), time.perf_counter()))
        self.raw += chunk
        asked = (
            (found.start(), reply) for query, reply in _REPLIES for found in query.finditer(chunk)
        )
        for _, reply in sorted(asked):  # a terminal answers in the order in which it is asked
            os.write(self._master, reply)
        return bool(chunk)

    def settle(self, quiet: float = 0.15, limit: float = 10) -> None:
        """Read until no output has arrived for `quiet` seconds, at most for `limit` seconds."""
        deadline = time.monotonic() + limit
        while self.read(quiet) and time.monotonic() < deadline:
            pass

    def wait_for(self, pattern: str, seconds: float = 30) -> str:
        """Read until the screen shows `pattern`; return the screen. Raises AssertionError."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            assert time.monotonic() < deadline, f"{pattern!r} did not appear in {seconds} s"
            self.read(0.05)
        return self.text

    def painted(self, pattern: str, since: float) -> float:
        """Return the seconds from `since` to the chunk that first made the screen show `pattern`.

        Feeds the emulator chunk by chunk, so call it when the screen no longer changes. Raises
        AssertionError.
        """
        fed = self._fed
        bounds = [(start, when) for start, when in self._stamps if start >= fed]
        for number, (start, when) in enumerate(bounds):
            end = bounds[number + 1][0] if number + 1 < len(bounds) else len(self.raw)
            self._stream.feed(readable(bytes(self.raw[start:end])))
            self._fed = end
            if re.search(pattern, "\n".join(self._screen.display)):
                return when - since
        raise AssertionError(f"{pattern!r} was never painted")

    def written(self, mark: bytes, after: int, seconds: float = 30) -> float:
        """Read until `mark` is in the output after `after` bytes; return when it arrived.

        In seconds of `time.perf_counter`. Raises AssertionError.
        """
        deadline = time.monotonic() + seconds
        while (found := self.raw.find(mark, after)) < 0:
            assert time.monotonic() < deadline, f"{mark!r} was not written in {seconds} s"
            self.read(0.02)
        chunk = bisect_left(self._stamps, (found + len(mark),)) - 1
        return self._stamps[chunk][1]

    def wait_for_exit(self, seconds: float = 10) -> int:
        """Wait until the program has ended; return its exit code. Raises AssertionError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                while self.read(0.05):  # what it printed last
                    pass
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"still running after {seconds} s")

    def kill(self) -> None:
        """Kill the program, if it is still running."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0
        with contextlib.suppress(OSError):
            os.close(self._master)
