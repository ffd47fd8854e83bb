"""Checks of the terminal that the program runs in."""

import shutil
import sys
from collections.abc import Iterator, Mapping

from hitl_engine.model import Check, CheckStatus
from hitl_engine.visible import one_line
from hitl_tui.terminal_query import TerminalAnswers, ask_terminal
from hitl_tui.text.signs import is_utf_8

_SMALLEST = (40, 12)
_COMFORTABLE = (80, 24)


def check_terminal(environ: Mapping[str, str]) -> Iterator[Check]:
    """Yield the checks of the terminal."""
    yield _type(environ)
    yield _colours(environ)
    yield _encoding()
    if not sys.stdout.isatty():
        yield Check("size", CheckStatus.NOTE, "not known: standard output is not a terminal")
        return
    yield _size()
    yield from _abilities(ask_terminal(), environ)


def _type(environ: Mapping[str, str]) -> Check:
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        advice = "Run it in a terminal, or set TERM as your terminal says (xterm-256color)."
        return Check("terminal", CheckStatus.WRONG, f"TERM is {term or 'not set'}", advice)
    program = environ.get("TERM_PROGRAM", "")
    inside = "tmux" if environ.get("TMUX") else "screen" if environ.get("STY") else ""
    over = "SSH" if environ.get("SSH_CONNECTION") else ""
    parts = [one_line(part, 60) for part in (term, program, inside, over) if part]
    return Check("terminal", CheckStatus.OK, ", ".join(dict.fromkeys(parts)))


def _colours(environ: Mapping[str, str]) -> Check:
    if environ.get("NO_COLOR"):
        advice = "Unset it for colours; nothing is told by colour alone."
        return Check("colours", CheckStatus.NOTE, "none: NO_COLOR is set", advice)
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return Check("colours", CheckStatus.OK, "16.7 million")
    many = "256" if "256" in environ.get("TERM", "") else "16 or fewer"
    advice = "If your terminal has more: export COLORTERM=truecolor."
    return Check("colours", CheckStatus.NOTE, many, advice)


def _encoding() -> Check:
    encoding = (sys.stdout.encoding or "").lower()
    if is_utf_8(encoding):
        return Check("encoding", CheckStatus.OK, "UTF-8")
    advice = "Set LANG to a UTF-8 locale, such as C.UTF-8. Until then signs are drawn in ASCII."
    return Check("encoding", CheckStatus.NOTE, encoding or "none", advice)


def _size() -> Check:
    columns, rows = shutil.get_terminal_size()
    found = f"{columns} columns, {rows} rows"
    if columns < _SMALLEST[0] or rows < _SMALLEST[1]:
        advice = f"Make it larger: {_SMALLEST[0]} by {_SMALLEST[1]} is the least."
        return Check("size", CheckStatus.WRONG, found, advice)
    if columns < _COMFORTABLE[0] or rows < _COMFORTABLE[1]:
        advice = "It works; from 120 columns the question is beside the conversation."
        return Check("size", CheckStatus.NOTE, found, advice)
    return Check("size", CheckStatus.OK, found)


def _abilities(found: TerminalAnswers | None, environ: Mapping[str, str]) -> Iterator[Check]:
    if found is None:
        advice = "Mouse and clipboard may not work; every action has a key."
        yield Check("abilities", CheckStatus.NOTE, "it does not answer", advice)
        return
    yield _ability("mouse", found.mouse, "Every action has a key.")
    setting = "In tmux: set -g set-clipboard on. " if environ.get("TMUX") else ""
    advice = f"{setting}If what you copy does not arrive, select it with shift and the mouse."
    yield _ability("clipboard", found.clipboard, advice)
    yield _ability("drawing", found.synchronized, "Large changes may flicker.")


def _ability(name: str, has: bool | None, advice: str) -> Check:
    if has:
        return Check(name, CheckStatus.OK, "yes")
    return Check(name, CheckStatus.NOTE, "not told" if has is None else "no", advice)
