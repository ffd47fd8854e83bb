"""Escape sequences with which a program tells something: the title, and desktop notifications.

Their texts are ASCII without control characters, whatever they are made of: a sequence that a text
could end, or bytes that a terminal reads as the end of one (the last byte of `Ü` in UTF-8), would let
a payload write sequences of its own.
"""

from collections.abc import Mapping
from enum import StrEnum

_LONGEST = 200
"""Characters of a text."""
_PLAIN_TERMINALS = ("", "dumb", "linux")
"""Values of TERM for terminals that print such sequences, or wait for an end that never comes."""
_OSC_9 = ("iTerm.app", "WezTerm", "ghostty", "kitty", "WarpTerminal")
"""Values of TERM_PROGRAM."""
_OSC_777 = ("foot", "rxvt")
"""How values of TERM begin."""

SAVE_TITLE = "\x1b[22;2t"
RESTORE_TITLE = "\x1b[23;2t"


class Desktop(StrEnum):
    """How a desktop notification is made."""

    AUTO = "auto"
    OSC_9 = "osc9"
    OSC_777 = "osc777"
    NOTIFY_SEND = "notify-send"
    OFF = "off"


def takes_sequences(environ: Mapping[str, str]) -> bool:
    """Whether the terminal reads such sequences, or at least skips them."""
    return environ.get("TERM", "") not in _PLAIN_TERMINALS


def desktop_for(environ: Mapping[str, str], *, has_notify_send: bool) -> Desktop:
    """Return the way that this terminal and this machine most likely have."""
    if not takes_sequences(environ):
        return Desktop.OFF
    program, term = environ.get("TERM_PROGRAM", ""), environ.get("TERM", "")
    if program in _OSC_9 or term.startswith("xterm-kitty"):
        return Desktop.OSC_9
    if term.startswith(_OSC_777):
        return Desktop.OSC_777
    display = environ.get("WAYLAND_DISPLAY") or environ.get("DISPLAY")
    if display and has_notify_send and not environ.get("SSH_CONNECTION"):
        return Desktop.NOTIFY_SEND
    return Desktop.OSC_9  # others skip it


def title(text: str) -> str:
    """Return the sequence that sets the title of the window."""
    return f"\x1b]2;{_plain(text)}\x07"


def desktop_notification(text: str, way: Desktop) -> str:
    """Return the sequence that shows a text on the desktop; nothing for ways without one."""
    match way:
        case Desktop.OSC_9:
            # The name first: a text that begins with a digit and `;` is another command for some.
            return f"\x1b]9;hitl-tui: {_plain(text)}\x07"
        case Desktop.OSC_777:
            return f"\x1b]777;notify;hitl-tui;{_plain(text)}\x07"
        case _:
            return ""


def _plain(text: str) -> str:
    escaped = text.encode("ascii", "backslashreplace").decode("ascii")
    return "".join(char if " " <= char <= "~" else "?" for char in escaped)[:_LONGEST]
