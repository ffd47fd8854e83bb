"""A text in a person's own editor: a private file, their command, and what came back."""

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

_KNOWN = ("nano", "vi")
"""What is tried when nobody says which editor is theirs."""


@dataclass(frozen=True)
class Edited:
    """The editor was closed; `text` is what it left."""

    text: str


@dataclass(frozen=True)
class NotEdited:
    """Nothing came back."""

    why: str
    kept: Path | None = None
    """Where something was saved that could not be taken; else the file is gone."""


async def edit_elsewhere(text: str, suffix: str) -> Edited | NotEdited:
    """Let a person edit `text`, and wait until they have; the terminal has to be theirs meanwhile.

    The file is theirs alone, its name ends in `suffix`. A last line end that an editor adds is
    left out, and line ends are newlines. Nothing is raised: whoever gave the terminal away has
    to take it back first.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="hitl-tui-"))  # of mode 0700
    except OSError as error:
        return NotEdited(f"No file can be written for it: {error}.")
    file = folder / f"text{suffix}"
    done = await _edit(file, text)
    if isinstance(done, Edited) or done.kept is None:
        shutil.rmtree(folder, ignore_errors=True)
    return done


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
        return NotEdited("What the editor saved is not UTF-8.", kept)


def _as_lines(left: str, given: str) -> str:
    lines = left.replace("\r\n", "\n")
    return lines if given.endswith("\n") else lines.removesuffix("\n")


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Return the command of a person's editor. Raises ValueError when there is none."""
    chosen = environ.get("VISUAL") or environ.get("EDITOR") or ""
    if command := shlex.split(chosen):
        return command
    for name in _KNOWN:
        if path := shutil.which(name):
            return [path]
    raise ValueError(f"neither VISUAL nor EDITOR is set, and there is no {' or '.join(_KNOWN)}")


async def _run(command: list[str]) -> str:
    """Run the editor in this terminal; return why it failed, or nothing."""
    name = shlex.join(command[:-1])
    with _deaf_to_interrupts():
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
def _deaf_to_interrupts() -> Iterator[None]:
    """ctrl+c in the editor is meant for the editor; it reaches us too, as we share the terminal."""
    # Not SIG_IGN: the editor would inherit it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
