"""Editing a text in the user's own editor: a private file, the command, and the result."""

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_DEFAULTS = ("nano", "vi")
"""Tried in this order if neither VISUAL nor EDITOR is set."""


@dataclass(frozen=True)
class Edited:
    """The editor was closed; `text` is what it saved."""

    text: str


@dataclass(frozen=True)
class NotEdited:
    """The editor returned no text."""

    why: str
    kept: Path | None = None
    """The file that the editor saved but that could not be read; otherwise it is deleted."""


async def run_editor(text: str, suffix: str) -> Edited | NotEdited:
    """Run the user's editor on `text` and wait for its end; it needs the terminal for itself.

    Only the user can read the file, whose name ends in `suffix`. Line ends become newlines, and a
    last one that the editor added is removed. Raises nothing: errors are in the result, because
    the caller has to restore the terminal first.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="hitl-tui-"))  # of mode 0700
    except OSError as error:
        return NotEdited(f"No file can be written for the editor: {error}.")
    file = folder / f"text{suffix}"
    done = await _edit(file, text)
    if isinstance(done, Edited) or done.kept is None:
        shutil.rmtree(folder, ignore_errors=True)
    return done


async def open_in_editor(path: Path, line: int) -> str:
    """Open a file of the user at a line, and wait for the end of the editor.

    Returns why it failed, or an empty text. Most editors of terminals take the line as `+N`.
    """
    try:
        return await _run([*editor_command(os.environ), f"+{line}", str(path)])
    except (OSError, ValueError) as error:
        return f"The editor cannot be run: {error}."


async def _edit(file: Path, text: str) -> Edited | NotEdited:
    given = text.encode()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(given)
        failure = await _run([*editor_command(os.environ), str(file)])
        left = file.read_bytes()
    except (OSError, ValueError) as error:
        return NotEdited(f"The editor cannot be run: {error}.")
    kept = None if left == given else file
    if failure:
        return NotEdited(failure, kept)
    try:
        return Edited(_as_lines(left.decode(), text))
    except UnicodeDecodeError:
        return NotEdited("The file that the editor saved is not UTF-8.", kept)


def _as_lines(left: str, given: str) -> str:
    lines = left.replace("\r\n", "\n")
    return lines if given.endswith("\n") else lines.removesuffix("\n")


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Return the command of the user's editor. Raises ValueError if there is none."""
    chosen = environ.get("VISUAL") or environ.get("EDITOR") or ""
    if command := shlex.split(chosen):
        return command
    for name in _DEFAULTS:
        if path := shutil.which(name):
            return [path]
    raise ValueError(f"neither VISUAL nor EDITOR is set, and there is no {' or '.join(_DEFAULTS)}")


async def _run(command: list[str]) -> str:
    """Run the editor in this terminal; return why it failed, or an empty text."""
    name = shlex.join(command[:-1])
    with _ignoring_interrupts():
        process = await asyncio.create_subprocess_exec(*command)
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
    if code < 0:
        return f"{name} was ended by signal {-code}."
    return f"{name} ended with exit code {code}." if code else ""


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """Ignore ctrl+c: it is for the editor, but this process receives it too."""
    # Not SIG_IGN: the editor would inherit it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
