"""Standard output and standard error, which may be closed, full, or unable to encode a text."""

import io
import os
import sys
from typing import TextIO

from hitl_engine.errors import HitlError
from hitl_tui.text.signs import ASCII, escape_in_payloads, is_utf_8


class OutputFailed(HitlError):
    """The command was carried out, but its output could not be written."""

    title = "Output lost"
    exit_code = 1


def escape_unencodable() -> None:
    """Print characters that a terminal cannot encode as escapes, instead of a traceback.

    The program's own signs are printed in ASCII there.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is not None and not is_utf_8(sys.stdout.encoding):
        escape_in_payloads(sys.stdout.encoding)


def print_output(text: str) -> None:
    """Print to standard output. Raises OutputFailed, and BrokenPipeError if nothing reads it."""
    if sys.stdout is None:
        raise OutputFailed("It could not be written: standard output is closed.")
    try:
        print(_encodable(text, sys.stdout), flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        raise OutputFailed(f"It could not be written: {error.strerror}.") from error


def print_note(text: str) -> None:
    """Print to standard error, or nowhere if it is closed: `print` would use standard output."""
    if sys.stderr is not None:
        print(_encodable(text, sys.stderr), file=sys.stderr)


def discard_output() -> None:
    """Let the interpreter's last flush of standard output succeed when nothing reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _encodable(text: str, stream: TextIO | None) -> str:
    return text if stream is None or is_utf_8(stream.encoding) else text.translate(ASCII)
