"""Find or start the engine server of a project on this machine.

The server is a child process with an interpreter of its own choosing; this module talks to it
through two pipes (one says when it is ready, the other ends it when we end) and a file.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import httpx

from engine.errors import BadTarget, EngineFailed

Json: TypeAlias = dict[str, Any]

_ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 10.0
"""Seconds to wait for a server that another console is starting, or for ours to end."""


@dataclass(slots=True)
class RunningEngine:
    """A server that answers."""

    url: str
    token: str
    pid: int
    identity: str
    log: Path
    """Where everything goes that its graphs print."""
    started_here: bool
    _process: Process | None = field(default=None, repr=False)
    _lifeline: int = field(default=-1, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What lets us in; a server that a person started on loopback may ask for nothing."""
        return _headers(self.token)

    async def aclose(self) -> None:
        """End the server if this process started it; a server that was found is left alone."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
        if self._process is not None:
            await _ended(self._process)
            self._process = None


async def find_or_start(
    target: str, folder: Path, *, python: str | None = None, timeout: float = 60
) -> RunningEngine:
    """Return the running engine of `folder`, or start one that lives as long as this process.

    `target` is an absolute `langgraph.json` or `file.py:graph`; `python` an interpreter other
    than this one. Raises `BadTarget`, and `EngineFailed` with the server's own words.
    """
    try:
        async with asyncio.timeout(timeout + _PATIENCE):
            return await _found_or_started(target, folder, python, timeout)
    except TimeoutError:
        raise EngineFailed(
            f"Another engine holds {folder / 'engine.lock'} and does not answer.",
            hint="End it, then try again.",
        ) from None


async def _found_or_started(
    target: str, folder: Path, python: str | None, timeout: float
) -> RunningEngine:
    if found := await _found(target, folder):
        return found
    while True:
        process, lifeline, report = await _spawn(target, folder, python)
        try:
            told = await _first_line(process, report, timeout)
        except BaseException:
            os.close(lifeline)
            await _ended(process)
            raise
        if ready := told.get("ready"):
            return _ours(ready, folder, process, lifeline)
        os.close(lifeline)
        words = await _ended(process)
        failed = told.get("failed") or {}
        if not failed.get("already_running"):
            raise _error(failed, words, folder, python)
        if found := await _awaited(target, folder):
            return found


def serve_command(
    target: str,
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tokens: Path | None = None,
    python: str | None = None,
) -> list[str]:
    """Return the command that serves a target by itself, for `os.execvpe` with `environment()`."""
    command = [*_command(target, folder, python), "--host", host, "--port", str(port)]
    return [*command, "--tokens", str(tokens)] if tokens else command


def environment(python: str | None = None) -> dict[str, str]:
    """Return the environment for the server.

    The same interpreter finds the package where we found it. Another one has to have its own:
    ours may be built for a different Python.
    """
    if python is not None and os.path.abspath(python) != os.path.abspath(sys.executable):
        return dict(os.environ)
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{_ROOT}{os.pathsep}{known}" if known else str(_ROOT)}


def _command(target: str, folder: Path, python: str | None) -> list[str]:
    return [python or sys.executable, "-P", "-m", "engine.server", target, "--data", str(folder)]


async def _spawn(target: str, folder: Path, python: str | None) -> tuple[Process, int, int]:
    """Start a server; return it, our end of its lifeline, and the pipe on which it reports."""
    theirs, lifeline = os.pipe()
    report, their_report = os.pipe()
    pipes = ["--parent-fd", str(theirs), "--report-fd", str(their_report)]
    try:
        process = await asyncio.create_subprocess_exec(
            *_command(target, folder, python),
            *pipes,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
            env=environment(python),
            pass_fds=(theirs, their_report),
            start_new_session=True,
        )
    except OSError as error:
        os.close(lifeline)
        os.close(report)
        raise EngineFailed(
            f"{python or sys.executable} cannot be run: {error.strerror}.",
            hint="Give the path of a Python interpreter with --python.",
        ) from error
    finally:
        os.close(theirs)
        os.close(their_report)
    return process, lifeline, report


async def _first_line(process: Process, report: int, timeout: float) -> Json:
    """Return what the server reports; empty if it ended without a word."""
    reader = asyncio.StreamReader(limit=1024 * 1024)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(report, "rb", buffering=0)
    )
    try:
        async with asyncio.timeout(timeout):
            line = await reader.readline()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise EngineFailed(
            f"The engine was not ready after {timeout:.0f} seconds and was ended.",
            hint="A graph that takes long to import can be the reason.",
        ) from None
    finally:
        transport.close()
    told: Json = json.loads(line) if line else {}
    return told


def _ours(ready: Json, folder: Path, process: Process, lifeline: int) -> RunningEngine:
    return RunningEngine(
        url=ready["url"],
        token=ready["token"],
        pid=ready["pid"],
        identity=ready["identity"],
        log=folder / "engine.log",
        started_here=True,
        _process=process,
        _lifeline=lifeline,
    )


async def _awaited(target: str, folder: Path) -> RunningEngine | None:
    """Wait for the server that another console is starting; None if it never answers."""
    for _ in range(int(_PATIENCE / 0.1)):
        if found := await _found(target, folder):
            return found
        await asyncio.sleep(0.1)
    return None


async def _found(target: str, folder: Path) -> RunningEngine | None:
    """Return the server that `engine.json` names, if it answers and serves this target."""
    try:
        notice = json.loads((folder / "engine.json").read_text(encoding="utf-8"))
        url, token, pid = str(notice["url"]), str(notice["token"]), int(notice["pid"])
        if notice["target"] != target:
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    try:
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            reply = await client.get(f"{url}/info", headers=_headers(token))
        identity = str(reply.raise_for_status().json()["identity"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return RunningEngine(url, token, pid, identity, folder / "engine.log", started_here=False)


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


async def _ended(process: Process) -> str:
    """Wait for the server's end, hasten it if need be, and return what it wrote to stderr."""
    try:
        async with asyncio.timeout(_PATIENCE):
            _, words = await process.communicate()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        _, words = await process.communicate()
    return words.decode(errors="replace").strip()


def _error(failed: Json, words: str, folder: Path, python: str | None) -> EngineFailed | BadTarget:
    """Return the server's failure as an error of ours, in its own words."""
    if failed:
        kind = BadTarget if failed.get("exit_code") == BadTarget.exit_code else EngineFailed
        return kind(failed["what"], hint=failed["hint"], detail=failed["detail"])
    interpreter = python or sys.executable
    if missing := re.search(r"No module named '?([\w.]+)", words):
        return EngineFailed(
            f"{interpreter} has no module {missing[1]}.",
            hint=f"Install hitl-tui there: {interpreter} -m pip install hitl-tui",
            detail=words,
        )
    return EngineFailed(
        "The engine ended before it was ready.",
        hint=f"See {folder / 'engine.log'}.",
        detail=words or _tail(folder / "engine.log"),
    )


def _tail(log: Path) -> str:
    try:
        return log.read_bytes()[-4000:].decode(errors="replace")
    except OSError:
        return ""
