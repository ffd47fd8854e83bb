"""From a target to a server that answers: load, open, listen, say where, serve, close."""

import asyncio
import logging
import os
import secrets
import signal
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
import uvloop

from engine.errors import BadTarget, EngineFailed
from engine.server.app import build_app
from engine.server.config import Project
from engine.server.engine import Engine
from engine.server.folder import DataFolder, Notice
from engine.server.graphs import Graphs
from engine.server.process import follow_parent
from engine.server.report import Reporter
from engine.server.routes.service import installed

_KEEP_ALIVE = 75
"""Seconds that an idle connection is kept: longer than clients keep theirs (httpx: 5), so that no
request meets a connection that is being closed."""


class _Server(uvicorn.Server):
    """uvicorn, but a signal ends it and not the process: there is a database to close."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Change nothing: `heed_signals` was there first; uvicorn would raise them again."""
        yield

    def heed_signals(self) -> None:
        """Let SIGINT and SIGTERM ask for the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)


@dataclass(frozen=True, slots=True)
class Options:
    """How the server was asked to be."""

    target: str
    host: str
    port: int
    token: str | None
    parent: int | None
    """Descriptor of a pipe; the server ends when its other end is closed."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("127.0.0.1", "localhost", "::1")


def check_options(options: Options, *, started_by_console: bool) -> str | None:
    """Return the token to ask for, None for none. Raises `BadTarget` for an open door."""
    if options.token or not started_by_console and options.is_loopback:
        return options.token
    if not options.is_loopback:
        raise BadTarget(
            f"Not served on {options.host}: without a token anybody there could answer.",
            hint="Give --token, or leave --host away.",
        )
    return secrets.token_urlsafe(32)


def serve(
    options: Options, project: Project, folder: DataFolder, token: str | None, report: Reporter
) -> None:
    """Serve until told to end. Raises `EngineFailed` if it does not come to that."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    listener = _listen(options)
    graphs = Graphs.load(project.graphs)
    _run(_serve(options, folder, token, report, listener, project, graphs))


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end, whatever nodes do: `sys.exit()` in one of them would end the loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        loop = runner.get_loop()
        task = loop.create_task(main)
        while not task.done():
            try:
                loop.run_until_complete(task)
            except SystemExit:
                logging.getLogger(__name__).warning("a node called sys.exit()")
        task.result()


async def _serve(
    options: Options,
    folder: DataFolder,
    token: str | None,
    report: Reporter,
    listener: socket.socket,
    project: Project,
    graphs: Graphs,
) -> None:
    engine = await Engine.open(project, graphs, folder.database)
    server = _Server(_settings(engine, token))
    server.heed_signals()
    loop = asyncio.get_running_loop()
    if options.parent is not None:
        follow_parent(options.parent, lambda: loop.call_soon_threadsafe(_end, server))
    notice = Notice(
        _url(options, listener), token or "", os.getpid(), options.target, installed("hitl-tui")
    )
    folder.announce(notice)
    report.ready(notice, engine.database.identity, engine.graphs.broken.values())
    try:
        await server.serve(sockets=[listener])
    finally:
        folder.withdraw()
        await engine.close()


def _settings(engine: Engine, token: str | None) -> uvicorn.Config:
    return uvicorn.Config(
        build_app(engine, token),
        loop="none",
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=1,
    )


def _end(server: uvicorn.Server) -> None:
    server.should_exit = True


def _listen(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise EngineFailed(
            f"Port {options.port} of {options.host} cannot be used: {error.strerror}.",
            hint="Choose another one with --port, or 0 for any free one.",
        ) from error
    return listener


def _url(options: Options, listener: socket.socket) -> str:
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"http://{host}:{listener.getsockname()[1]}"
