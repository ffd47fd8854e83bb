"""From a target to a server that answers: load, open, listen, say where, serve, close."""

import asyncio
import logging
import os
import secrets
import signal
import socket
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI

from hitl_server.app import build_app
from hitl_server.data_folder import DataFolder, ServerAddress
from hitl_server.errors import BadOption, BadTarget, StartFailed
from hitl_server.identity.authentication import TokenAuthenticator
from hitl_server.identity.callers import UNNAMED_OWNER, Caller, User
from hitl_server.identity.project_auth import ProjectAuth
from hitl_server.identity.tokens import Token
from hitl_server.process import end_with_parent
from hitl_server.project.config import ProjectConfig
from hitl_server.project.graphs import Graphs
from hitl_server.routes.info import installed
from hitl_server.server_parts import ServerParts
from hitl_server.startup_report import Reporter

_KEEP_ALIVE = 75
"""Seconds that an idle connection is kept: longer than clients keep theirs (httpx: 5), so that no
request meets a connection that is being closed."""


class _Server(uvicorn.Server):
    """uvicorn, but a signal ends it and not the process: there is a database to close."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Change nothing: `handle_signals` was there first; uvicorn would raise them again."""
        yield

    def handle_signals(self) -> None:
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
    tokens: tuple[Token, ...]
    parent: int | None
    """Descriptor of a pipe; the server ends when its other end is closed."""
    clients: int | None
    """Descriptor of the file on which clients hold leases; it ends no sooner than these."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("127.0.0.1", "localhost", "::1")


OWNER = "machine-owner"
"""Who the owner of this machine is to nodes and in metadata, where the others have names, too."""


def owners_token(
    options: Options, project: ProjectConfig, *, started_by_console: bool
) -> Token | None:
    """Return a new token for the consoles of this machine's owner; None if none is asked for.

    Raises `BadTarget` for an open door, `BadOption` for a port that cannot be.
    """
    if not 0 <= options.port <= 65535:
        raise BadOption(
            f"{options.port} is no port.", hint="Give --port 1 to 65535, or 0 for any free one."
        )
    if not (options.tokens or project.auth or options.is_loopback):
        raise BadTarget(
            f"Not served on {options.host}: without a token anybody there could answer.",
            hint="Give --token or --tokens, or leave --host away.",
        )
    if options.tokens or project.auth or started_by_console:
        return Token(secrets.token_urlsafe(32))
    return None


def serve(
    options: Options,
    project: ProjectConfig,
    folder: DataFolder,
    owner: Token | None,
    report: Reporter,
) -> None:
    """Serve until told to end. Raises `StartFailed` if it does not come to that."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    listener = _listen(options)
    auth = ProjectAuth.load(project.auth) if project.auth else None
    graphs = Graphs.load(project.graphs)
    _run(_serve(options, folder, owner, report, listener, project, graphs, auth))


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
    owner: Token | None,
    report: Reporter,
    listener: socket.socket,
    project: ProjectConfig,
    graphs: Graphs,
    auth: ProjectAuth | None,
) -> None:
    parts = await ServerParts.open(project, graphs, folder.database)
    keys = _keys((owner, *options.tokens), OWNER if auth else None) if owner else None
    server = _Server(_settings(build_app(parts, keys, auth, project.pages)))
    server.handle_signals()
    loop = asyncio.get_running_loop()
    if options.parent is not None:
        end_with_parent(
            options.parent, options.clients, lambda: loop.call_soon_threadsafe(_end, server)
        )
    notice = ServerAddress(
        url=_url(options, listener),
        token=owner.secret if owner else "",
        pid=os.getpid(),
        target=options.target,
        version=installed("hitl-tui"),
        identity=parts.database.identity,
    )
    folder.write_address(notice)
    report.ready(notice, parts.graphs.broken.values())
    try:
        await server.serve(sockets=[listener])
    finally:
        folder.remove_address()
        await parts.close()


def _keys(tokens: Iterable[Token], unnamed: str | None) -> TokenAuthenticator:
    """Return the keys; who holds a token without a name is called `unnamed`, if anything."""
    names = [(token, token.name or unnamed) for token in tokens]
    return TokenAuthenticator(
        (token, Caller(User(name)) if name else UNNAMED_OWNER) for token, name in names
    )


def _settings(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="none",
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        proxy_headers=False,
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
        raise StartFailed(
            f"Port {options.port} of {options.host} cannot be used: {error.strerror}.",
            hint="Choose another one with --port, or 0 for any free one.",
        ) from error
    return listener


def _url(options: Options, listener: socket.socket) -> str:
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"http://{host}:{listener.getsockname()[1]}"
