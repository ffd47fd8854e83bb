"""The process of a local server, as a child of this one; nothing here waits for what it does.

The console imports this before everything else of the core, to start the server early.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hitl_engine.errors import LocalServerFailed
from hitl_engine.local.leases import LeaseFile
from hitl_engine.local.server_code import server_command

PATIENCE = 10.0
"""Seconds to wait for our server to end."""


@dataclass(frozen=True, slots=True)
class ServerChild:
    """A server that this process started, and what ends it."""

    process: subprocess.Popen[bytes]
    lifeline: int
    """Our end of a pipe: the server ends when it is closed."""
    lease_file: LeaseFile
    words: IO[bytes]
    """What it wrote to stderr, before it wrote to its log."""
    report: int
    """The pipe on which it reports that it is ready, or why not."""

    async def let_go(self) -> None:
        """End the server; one that other clients use ends by itself after them."""
        if self.process.poll() is None and not self.lease_file.refuse_new():
            os.close(self.lifeline)
            self._close_files()
            threading.Thread(target=self.process.wait, daemon=True, name="reaper").start()
        else:
            await self.end()

    async def end(self) -> str:
        """End the server, by force if need be, and return what it wrote to stderr."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        try:
            os.close(self.lifeline)
            self.process.terminate()
            while self.process.poll() is None:
                if loop.time() > deadline:
                    self.kill()
                await asyncio.sleep(0.02)
            self.words.seek(0)
            return self.words.read().decode(errors="replace").strip()
        finally:
            self._close_files()

    def kill(self) -> None:
        """End it at once, and whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _close_files(self) -> None:
        self.lease_file.close()
        self.words.close()


def serve_command(
    target: str,
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tokens: Path | None = None,
    four_eyes: Path | None = None,
    python: str | None = None,
) -> list[str]:
    """Return the command that serves a target by itself. Raises `LocalServerFailed`."""
    command = [*_command(target, folder, python), "--host", host, "--port", str(port)]
    files = {"--tokens": tokens, "--four-eyes": four_eyes}
    return [*command, *(part for name, file in files.items() if file for part in (name, str(file)))]


def _command(target: str, folder: Path, python: str | None) -> list[str]:
    command = server_command(python or sys.executable, folder)
    return [*command, target, "--data", str(folder)]


def spawn(target: str, folder: Path, python: str | None) -> ServerChild:
    """Start a server, which ends with this process. Raises `LocalServerFailed`."""
    command = _command(target, folder, python)
    lease_file = LeaseFile(folder)
    theirs, lifeline = os.pipe()
    report, their_report = os.pipe()
    words = tempfile.TemporaryFile()  # noqa: SIM115  closed with the child
    inherited = {
        "--parent-fd": theirs,
        "--report-fd": their_report,
        "--clients-fd": lease_file.descriptor,
    }
    try:
        process = subprocess.Popen(
            [*command, *(word for option, fd in inherited.items() for word in (option, str(fd)))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=words,
            pass_fds=tuple(inherited.values()),
            start_new_session=True,
        )
    except OSError as error:
        os.close(lifeline)
        os.close(report)
        lease_file.close()
        words.close()
        raise LocalServerFailed(
            f"{python or sys.executable} cannot be run: {error.strerror}.",
            hint="Give the path of a Python interpreter with --python.",
        ) from error
    finally:
        os.close(theirs)
        os.close(their_report)
    return ServerChild(process, lifeline, lease_file, words, report)
