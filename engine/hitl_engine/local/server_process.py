"""Find or start the local server of a project on this machine.

The server is a child process with an interpreter of its own choosing; this module talks to it
through two pipes (on one the server reports when it is ready, the other ends it when we end) and
two files: one contains the server's URL, on the other clients hold leases.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

from hitl_engine.errors import BadTarget, HitlError, LocalServerFailed, TargetError
from hitl_engine.local.leases import Lease, LeaseFile
from hitl_engine.local.server_code import server_command
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.wire import WireInfo

Json: TypeAlias = dict[str, Any]

_PATIENCE = 10.0
"""Seconds to wait for our server to end; and for that of another client, after the start timeout."""
_REPLY_SECONDS = 2.0
"""For a server that is running already to describe itself."""
_PAUSE = 0.1
_LOOKS = 10
"""For a server that another console starts or ends, before a start is tried again."""


class RunningServer:
    """A server that answers."""

    def __init__(self, notice: Json, folder: Path, child: "_Child | None" = None) -> None:
        self.url = str(notice["url"])
        self.token = str(notice["token"])
        self.pid = int(notice["pid"])
        self.identity = str(notice["identity"])
        self.info: WireInfo | None = None
        """How it described itself when it was found; None if it was started here."""
        self.by_console = child is not None or bool(notice.get("by_console"))
        """Whether a console started it, which starts it again."""
        self.log = folder / "engine.log"
        """The file to which its graphs print."""
        self._child = child
        self._lease = Lease(folder)

    @property
    def started_here(self) -> bool:
        """Whether it ends with this process."""
        return self._child is not None

    @property
    def headers(self) -> dict[str, str]:
        """The token as a header; a server that a person started on loopback may need none."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def hold(self) -> bool:
        """Keep it from ending with the console that started it; False if it is about to end."""
        return self.started_here or self._lease.take()

    def release(self) -> None:
        """Let it end with the console that started it."""
        self._lease.release()

    async def end(self) -> None:
        """End the server although clients use it, and wait until it has ended.

        Raises LocalServerFailed if it does not end.
        """
        child, self._child = self._child, None
        if child is not None:
            await child.end()
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(_PATIENCE):
                while await _answers(self):
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            raise LocalServerFailed(
                f"The local server at {self.url} (process {self.pid}) does not end.",
                hint="End it, then try again.",
            ) from None

    async def aclose(self) -> None:
        """Let go of the server. One that was started here ends, as soon as no client uses it."""
        self.release()
        child, self._child = self._child, None
        if child is not None:
            await child.let_go()


@dataclass(frozen=True, slots=True)
class _Child:
    """A server that this process started, and what ends it."""

    process: subprocess.Popen[bytes]
    lifeline: int
    """Our end of a pipe: the server ends when it is closed."""
    lease_file: LeaseFile
    words: IO[bytes]
    """What it wrote to stderr, before it wrote to its log."""

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
        deadline = loop.time() + _PATIENCE
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


async def find_or_start(
    target: str,
    folder: Path,
    *,
    python: str | None = None,
    timeout: float = 60,
    before_start: Callable[[], None] = lambda: None,
) -> RunningServer:
    """Return the running server of `folder`, held, or start one that runs as long as this process.

    `target` is an absolute `langgraph.json` or `file.py:graph`; `python` an interpreter other
    than this one. `before_start` is called in a thread just before one is started, and prevents
    that by raising. Raises what it raises, `BadTarget`, and `LocalServerFailed` with the server's
    message.
    """
    try:
        async with asyncio.timeout(timeout + _PATIENCE):
            server = await _found(target, folder)
            while server is None:
                await asyncio.to_thread(before_start)
                server = await _started(target, folder, python, timeout) or await _awaited(
                    target, folder
                )
            return server
    except TimeoutError:
        raise LocalServerFailed(
            f"{_other_server(folder)} holds {folder / 'engine.lock'} and does not answer.",
            hint="End it, then try again.",
        ) from None


async def _started(
    target: str, folder: Path, python: str | None, timeout: float
) -> RunningServer | None:
    """Start a server; None if another one holds the folder."""
    child, report = _spawn(target, folder, python)
    try:
        reported = await _first_line(child, report, timeout)
    except BaseException:
        await child.let_go()
        raise
    if ready := reported.get("ready"):
        return RunningServer(ready, folder, child)
    words = await child.end()
    failed = reported.get("failed") or {}
    if failed.get("already_running"):
        return None
    raise _error(failed, words, folder)


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


def _spawn(target: str, folder: Path, python: str | None) -> tuple[_Child, int]:
    """Start a server; return it, and the pipe on which it reports."""
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
    return _Child(process, lifeline, lease_file, words), report


async def _first_line(child: _Child, report: int, timeout: float) -> Json:
    """Return what the server reports; empty if it ended without a report."""
    reader = asyncio.StreamReader(limit=1024 * 1024)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(report, "rb", buffering=0)
    )
    try:
        async with asyncio.timeout(timeout):
            line = await reader.readline()
    except TimeoutError:
        child.kill()
        raise LocalServerFailed(
            f"The local server was not ready after {timeout:.0f} seconds and was ended.",
            hint="A graph that takes long to import can be the reason.",
        ) from None
    finally:
        transport.close()
    reported: Json = json.loads(line) if line else {}
    return reported


async def _awaited(target: str, folder: Path) -> RunningServer | None:
    """Wait a little for the server that another console starts; None if there is none yet."""
    for _ in range(_LOOKS):
        await asyncio.sleep(_PAUSE)
        if found := await _found(target, folder):
            return found
    return None


async def _found(target: str, folder: Path) -> RunningServer | None:
    """Return the server that `engine.json` names, held, if it answers and is not about to end.

    Raises `LocalServerFailed` if it serves something else.
    """
    try:
        notice = json.loads((folder / "engine.json").read_text(encoding="utf-8"))
        server, serves = RunningServer(notice, folder), str(notice["target"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    with contextlib.ExitStack() as unless_found:
        unless_found.callback(server.release)
        if not (server.hold() and await _answers(server)):
            return None
        if serves != target:
            raise LocalServerFailed(
                f"The local server at {server.url}, which uses {folder}, serves {serves}.",
                hint="End it, or choose another folder with --data-dir.",
            )
        unless_found.pop_all()
    return server


def _other_server(folder: Path) -> str:
    """Return in words which server holds the folder; `engine.lock` has its process id."""
    try:
        notice = json.loads((folder / "engine.json").read_text(encoding="utf-8"))
        return f"The local server at {notice['url']} (process {notice['pid']})"
    except (OSError, ValueError, KeyError, TypeError):
        pass
    try:
        return f"Another local server (process {(folder / 'engine.lock').read_text()})"
    except (OSError, ValueError):
        return "Another local server"


async def _answers(server: RunningServer) -> bool:
    """Whether the server at this URL is the one of the notice, and not a later one."""
    try:
        api = LangGraphServer(server.url, headers=server.headers, through_proxy=False)
    except HitlError:
        return False  # the notice was edited
    try:
        async with asyncio.timeout(_REPLY_SECONDS):
            server.info = await api.info()
    except (TargetError, TimeoutError):
        return False
    finally:
        await api.aclose()
    return server.info.identity == server.identity


def _error(failed: Json, words: str, folder: Path) -> LocalServerFailed | BadTarget:
    """Return the server's failure as one of our errors, with the server's message."""
    if failed:
        kind = BadTarget if failed.get("exit_code") == BadTarget.exit_code else LocalServerFailed
        return kind(failed["what"], hint=failed["hint"], detail=failed["detail"])
    return LocalServerFailed(
        "The local server ended before it was ready.",
        hint=f"See {folder / 'engine.log'}.",
        detail=words or _tail(folder / "engine.log"),
    )


def _tail(log: Path) -> str:
    try:
        return log.read_bytes()[-4000:].decode(errors="replace")
    except OSError:
        return ""
