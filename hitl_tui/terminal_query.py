"""What a terminal answers when it is asked what it can do."""

import os
import re
import select
import sys
import termios
import time
import tty
from dataclasses import dataclass

_SECONDS = 1.0
"""How long to wait; over a slow line an answer takes longer than typing."""
_MOUSE, _SYNCHRONIZED = "1006", "2026"
_ASK = f"\x1b[?{_MOUSE}$p\x1b[?{_SYNCHRONIZED}$p\x1bP+q4d73\x1b\\\x1b[c"
"""The modes, the capability `Ms` (writes the clipboard), and last what every terminal answers."""
_LAST = re.compile(r"\x1b\[\?([0-9;]*)c")
_CLIPBOARD = "52"
"""How terminals name it among their attributes."""


@dataclass(frozen=True, slots=True)
class TerminalAnswers:
    """What a terminal can do; None where it does not tell."""

    mouse: bool | None
    synchronized: bool | None
    """Whether it draws a frame at once."""
    clipboard: bool | None
    """Whether programs can write the clipboard (OSC 52)."""


def ask_terminal() -> TerminalAnswers | None:
    """Ask the terminal; None if there is none, or it answers nothing."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    text = _answer(sys.stdin.fileno(), sys.stdout.fileno())
    last = _LAST.search(text)
    if last is None:
        return None
    writes = "\x1bP1+r" in text or _CLIPBOARD in last[1].split(";")
    return TerminalAnswers(
        mouse=_has_mode(text, _MOUSE),
        synchronized=_has_mode(text, _SYNCHRONIZED),
        clipboard=writes or None,
    )


def _has_mode(text: str, mode: str) -> bool | None:
    found = re.search(rf"\x1b\[\?{mode};([0-4])\$y", text)
    return None if found is None else found[1] in "123"


def _answer(input: int, output: int) -> str:
    """Write the questions, and return what comes until the last answer; without echo."""
    before = termios.tcgetattr(input)
    received = b""
    deadline = time.monotonic() + _SECONDS
    try:
        tty.setcbreak(input, termios.TCSANOW)
        os.write(output, _ASK.encode())
        while (left := deadline - time.monotonic()) > 0 and not _LAST.search(
            received.decode("latin-1")
        ):
            if select.select([input], [], [], left)[0]:
                received += os.read(input, 4096)
    finally:
        termios.tcsetattr(input, termios.TCSAFLUSH, before)
    return received.decode("latin-1")
