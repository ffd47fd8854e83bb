"""Checks a target from end to end: its data folder, its journal, the way to its server, the server.

Nothing is changed, but a local server is started where none runs, and ends afterwards. A check that
fails does not hinder those that do not depend on it.
"""

import asyncio
import os
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from time import perf_counter
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from hitl_engine.configuration import NamedTarget
from hitl_engine.errors import (
    BadReply,
    Denied,
    HitlError,
    NotThere,
    NotTrusted,
    ServerRefused,
    TargetError,
    Unreachable,
)
from hitl_engine.journal.integrity import examine_journal
from hitl_engine.local.connection import Connection
from hitl_engine.local.target import RemoteServer, Target, data_folder, find_target
from hitl_engine.model import Check, CheckStatus
from hitl_engine.reading.client import LangGraphServer

_LITTLE_SPACE = 200 * 1024**2
"""Bytes that should be free for the journal and a local server."""
_SKEW = timedelta(seconds=5)
_LARGE_SKEW = timedelta(minutes=5)
_SLOW_SECONDS = 1.0
_OTHER = "{} is no LangGraph server: it lists neither graphs nor threads."
_ADDRESS = "Give the address of the server with the LangGraph Server API, with its port."


async def diagnose(
    target: NamedTarget,
    *,
    data_dir: Path | None = None,
    connect: Callable[[Target, Path], Awaitable[Connection]],
) -> tuple[Check, ...]:
    """Return the checks of a target, in the order in which they depend on each other.

    `connect` opens a connection, also if no graph can be imported.
    """
    try:
        found = find_target(target.place, environ=os.environ)
    except HitlError as error:
        return (_failed("target", error),)
    checks = [_ok("target", f"{found.label} ({_kind(found)})")]
    try:
        folder = data_folder(found, data_dir)
    except HitlError as error:
        return (*checks, _failed("data folder", error))
    checks += [_data_folder(folder), await asyncio.to_thread(_journal, folder)]
    if isinstance(found, RemoteServer):
        checks.append(_proxy(found.url, target.proxy))
    return (*checks, *await _server_checks(connect, found, folder))


async def _server_checks(
    connect: Callable[[Target, Path], Awaitable[Connection]], target: Target, folder: Path
) -> tuple[Check, ...]:
    began = perf_counter()
    try:
        connection = await connect(target, folder)
    except NotTrusted as error:
        return (_note("trust", error.what, error.hint),)
    except HitlError as error:
        return (_failed("server", error),)
    try:
        opened = perf_counter() - began
        await connection.wait_for_graphs()
        if not await _has_api(connection.api):
            return (_wrong("server", _OTHER.format(connection.server.url), _ADDRESS),)
        return (
            await _reached(connection, opened),
            _versions(connection),
            *_graphs(connection),
            *_capabilities(connection),
            *[check async for check in _permissions(connection.api)],
            await _clock(connection.api),
        )
    except TargetError as error:  # it went away meanwhile
        return (_failed("server", error),)
    finally:
        await connection.aclose()


async def _has_api(api: LangGraphServer) -> bool:
    """Whether the server has one of the two requests that every server of graphs has.

    Others may be missing: `GET /info` and the OpenAPI document are not everywhere.
    """
    for read in (api.assistants, lambda: api.search_threads({"limit": 1})):
        try:
            await read()
        except (BadReply, NotThere):
            continue
        except ServerRefused as error:
            if error.may_pass:
                return True
        except TargetError:
            return True  # the checks tell how it fails
        else:
            return True
    return False


def _kind(target: Target) -> str:
    return "a server elsewhere" if isinstance(target, RemoteServer) else "a local project"


def _data_folder(folder: Path) -> Check:
    name = "data folder"
    free = shutil.disk_usage(folder).free
    loose = [
        path.name
        for path in folder.iterdir()
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if not os.access(folder, os.W_OK):
        return _wrong(name, f"{folder} cannot be written.", "Choose another with --data-dir.")
    if free < _LITTLE_SPACE:
        found = f"{folder}; {free // 1024**2} MB are free"
        return _note(
            name, found, "Free some space: an answer is not sent if it cannot be recorded."
        )
    if loose:
        found = f"{folder}: others can read {', '.join(sorted(loose))}"
        return _note(name, found, "Make these files private: chmod 600.")
    return _ok(name, f"{folder}, private")


def _journal(folder: Path) -> Check:
    try:
        report = examine_journal(folder)
    except sqlite3.Error as error:
        return _damaged(f"it cannot be read: {error}")
    if report is None:
        return _ok("journal", "none yet; the first decision makes it")
    if report.faults:
        return _damaged("; ".join(report.faults))
    if report.changed:
        advice = "Keep it as it is, and see hitl-tui log --verify. Decisions are still recorded."
        return _wrong("journal", f"it was changed: {report.changed}", advice)
    found = f"whole; {report.decisions:,} decisions, {report.drafts:,} drafts"
    if report.without_outcome:
        found = f"{found}; {report.without_outcome:,} decisions without an outcome"
        advice = "See hitl-tui log, and look at their threads: whether they were sent is not known."
        return _note("journal", found, advice)
    return _ok("journal", found)


def _damaged(what: str) -> Check:
    advice = "Move journal.sqlite and its -wal and -shm files away; a new journal is made."
    return _wrong("journal", what, f"{advice} Nothing is sent while it cannot be written.")


def _proxy(url: str, configured: str | None) -> Check:
    parts = urlsplit(url)
    proxies = getproxies()
    used = configured or proxies.get(parts.scheme) or proxies.get("all")
    if not used:
        return _ok("proxy", "none")
    if not configured and proxy_bypass(parts.netloc.rpartition("@")[2]):
        return _ok("proxy", "one is set, and not used for this server")
    shown = urlsplit(used)
    place = f"{shown.scheme}://{shown.hostname}" + (f":{shown.port}" if shown.port else "")
    return _ok("proxy", f"through {place}")


async def _reached(connection: Connection, opened: float) -> Check:
    began = perf_counter()
    await connection.api.date()
    seconds = perf_counter() - began
    server = connection.server
    began_here = "; started for this check" if server.started_here else ""
    found = f"{server.url}: {seconds * 1000:.0f} ms a request, {opened:.1f} s to open{began_here}"
    if seconds > _SLOW_SECONDS:
        return _note("server", found, "It is slow: lists and answers take several requests.")
    return _ok("server", found)


def _versions(connection: Connection) -> Check:
    info = connection.info
    ours = version("hitl-tui")
    here = f"here hitl-tui {ours}, Python {python_version()}"
    parts = [info.name or "version", info.version or "not told"]
    langgraph = f", langgraph {info.langgraph_py_version}" if info.langgraph_py_version else ""
    found = f"{here}; there {' '.join(parts)}{langgraph}"
    if connection.server.local and info.version != ours:
        advice = "An older local server still runs: close its consoles, or press f6 in one."
        return _note("versions", found, advice)
    return _ok("versions", found)


def _graphs(connection: Connection) -> Iterator[Check]:
    server = connection.server
    for broken in server.broken:
        yield _wrong("graph", f"{broken.graph_id}: {broken.what}", "Mend its code; then press f6.")
    for remark in server.remarks:
        yield _note("project", remark)
    for changed in server.changed:
        yield _note("graph", changed.what, "Press f6 in the console to take it up.")


def _capabilities(connection: Connection) -> Iterator[Check]:
    lacks = connection.server.lacks
    if not lacks:
        yield _ok("capabilities", "all that the console uses")
    for lack in lacks:
        yield _note("capability", lack.reason)


async def _permissions(api: LangGraphServer) -> AsyncIterator[Check]:
    """Yield what may be read with the key. What may be written shows only when it is."""
    reads: Mapping[str, Callable[[], Awaitable[object]]] = {
        "graphs": api.assistants,
        "threads": lambda: api.search_threads({"limit": 1}),
        "store": lambda: api.namespaces({"limit": 1}),
    }
    key = ", ".join(api.header_names) or "no key"
    for what, read in reads.items():
        try:
            await read()
        except Denied as error:
            yield _failed(f"may read {what}", error)
        except TargetError as error:
            if what == "store":  # a server may have none
                yield _note(f"may read {what}", f"not known: {error.what}")
            else:
                yield _failed(f"may read {what}", error)
        else:
            yield _ok(f"may read {what}", f"yes, with {key}")


async def _clock(api: LangGraphServer) -> Check:
    there = await api.date()
    if there is None:
        return _note("clock", "the server does not tell its time")
    skew = there - datetime.now(UTC)
    ahead = "ahead" if skew > timedelta() else "behind"
    found = f"the server is {abs(skew).total_seconds():.0f} s {ahead}"
    if abs(skew) <= _SKEW:
        return _ok("clock", "the same on both ends, within 5 s")
    advice = "Set the clocks: how long an item has waited is shown wrongly."
    return (_wrong if abs(skew) > _LARGE_SKEW else _note)("clock", found, advice)


def _ok(name: str, found: str) -> Check:
    return Check(name, CheckStatus.OK, found)


def _note(name: str, found: str, advice: str = "") -> Check:
    return Check(name, CheckStatus.NOTE, found, advice)


def _wrong(name: str, found: str, advice: str) -> Check:
    return Check(name, CheckStatus.WRONG, found, advice)


def _failed(name: str, error: HitlError) -> Check:
    away = "Check the address, and that the server runs." if isinstance(error, Unreachable) else ""
    return _wrong(name, error.what, error.hint or away)
