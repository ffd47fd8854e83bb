"""The life of the server: load the graphs, open the database, listen, serve, close."""

import asyncio
import gc
import logging
import os
import secrets
import signal
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import uvicorn
import uvloop
from starlette.types import ASGIApp

from hitl_server.app import Access, build_app
from hitl_server.custom_app import CustomApp
from hitl_server.data_folder import DataFolder, ServerAddress
from hitl_server.errors import BadOption, BadTarget, StartFailed
from hitl_server.forks import keep_port_from_forks
from hitl_server.http_protocol import LimitedProtocol
from hitl_server.identity.authentication import TokenAuthenticator
from hitl_server.identity.callers import UNNAMED_OWNER, Caller, User
from hitl_server.identity.project_auth import ProjectAuth
from hitl_server.identity.tokens import Token
from hitl_server.limits import Limits
from hitl_server.loopback import LoopbackApp, offered_to_sdk
from hitl_server.process import allow_many_connections, end_with_parent
from hitl_server.project.config import ProjectConfig
from hitl_server.project.graphs import Graphs
from hitl_server.routes.info import installed
from hitl_server.running.printed_output import collect_standard_streams
from hitl_server.server_parts import ServerParts
from hitl_server.startup_report import Reporter

_log = logging.getLogger(__name__)

_KEEP_ALIVE = 75
"""Seconds before an idle connection is closed: longer than in clients (httpx: 5), so that no request
is sent on a connection that the server is closing."""


class _Server(uvicorn.Server):
    """uvicorn, but a signal only ends the server, so that the database can be closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: uvicorn would send the signals again after its end; see `handle_signals`."""
        yield

    def handle_signals(self) -> None:
        """End the server on SIGINT and SIGTERM."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line."""

    target: str
    host: str
    port: int
    tokens: tuple[Token, ...]
    parent: int | None
    """Descriptor of a pipe; the server ends after the other end is closed."""
    clients: int | None
    """Descriptor of the file on which clients hold leases; the server ends after these."""
    by_console: bool = False
    """Whether a console started the server: then all clients need a token."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The project with its code."""

    project: ProjectConfig
    graphs: Graphs
    auth: ProjectAuth | None
    custom: CustomApp | None


OWNER = "machine-owner"
"""The name of the machine's owner for nodes and in metadata, where callers have names."""


def owners_token(options: Options, project: ProjectConfig) -> Token | None:
    """Return a new token for the consoles of this machine's owner; None if none is needed.

    Raises `BadTarget` for a public server without any authentication, `BadOption` for a bad port.
    """
    if not 0 <= options.port <= 65535:
        raise BadOption(
            f"{options.port} is no port.", hint="Give --port 1 to 65535, or 0 for any free port."
        )
    if not (options.tokens or project.auth or options.is_loopback):
        raise BadTarget(
            f"Not served on {options.host}: without a token, everyone in that network could answer.",
            hint="Give --token or --tokens, or remove --host.",
        )
    if options.tokens or project.auth or options.by_console or project.http.closed:
        return Token(secrets.token_urlsafe(32))
    return None


def serve(
    options: Options,
    project: ProjectConfig,
    folder: DataFolder,
    owner: Token | None,
    report: Reporter,
) -> None:
    """Serve until a signal or the end of the parent. Raises `StartFailed`."""
    collect_standard_streams()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    allow_many_connections()
    listener = _listen(options)
    keep_port_from_forks(listener.getsockname()[1])
    loopback = offered_to_sdk()
    auth = ProjectAuth.load(project.auth) if project.auth else None
    custom = CustomApp.load(project.http.app) if project.http.app else None
    graphs = Graphs.load(project)
    loaded = _Loaded(project, graphs, auth, custom)
    _run(_serve(options, folder, owner, report, listener, loaded, loopback))


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end, even if the project's code leaves the event loop, or stops it.

    asyncio passes SystemExit and KeyboardInterrupt on from any task; a task that waits for that one
    gets them, too.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        loop = runner.get_loop()
        task = loop.create_task(main)
        while not task.done():
            try:
                loop.run_until_complete(task)
            except (SystemExit, KeyboardInterrupt, RuntimeError) as error:
                if not task.done():
                    _log.warning("the project's code left the event loop: %r", error)
        task.result()


async def _serve(
    options: Options,
    folder: DataFolder,
    owner: Token | None,
    report: Reporter,
    listener: socket.socket,
    loaded: _Loaded,
    loopback: LoopbackApp,
) -> None:
    project, custom = loaded.project, loaded.custom
    parts = await ServerParts.open(project, loaded.graphs, folder.database)
    access = _access(options, owner, loaded.auth)
    remarks = (*project.remarks, *loaded.graphs.remarks)
    app, remarks = build_app(parts, access, project.http, custom, remarks)
    loopback.serve(app)
    server = _Server(_settings(app, project.http.limits))
    server.handle_signals()
    loop = asyncio.get_running_loop()
    if options.parent is not None:
        end_with_parent(
            options.parent, options.clients, lambda: loop.call_soon_threadsafe(_end, server)
        )
    address = ServerAddress(
        url=_url(options, listener),
        token=owner.secret if owner else "",
        pid=os.getpid(),
        target=options.target,
        version=installed("hitl-tui"),
        identity=parts.database.identity,
        by_console=options.by_console,
    )
    try:
        async with custom.lifespan() if custom else nullcontext():
            folder.write_address(address)
            for remark in remarks:
                _log.warning("%s", remark)
            gc.freeze()  # the modules stay: no collection has to go through them again
            report.ready(address, parts.graphs.broken.values(), remarks)
            await server.serve(sockets=[listener])
    finally:
        folder.remove_address()
        await parts.close()


def _access(options: Options, owner: Token | None, auth: ProjectAuth | None) -> Access:
    """Return who may use the server; holders of a token without a name get one if callers have."""
    unnamed = Caller(User(OWNER)) if auth else UNNAMED_OWNER
    holders = [
        (token, Caller(User(token.name)) if token.name else unnamed) for token in options.tokens
    ]
    if owner is not None:
        holders.append((owner, replace(unnamed, is_console=True)))
    tokens = TokenAuthenticator(holders) if holders else None
    is_configured = bool(options.tokens or auth)
    return Access(tokens, auth, is_configured, is_required=is_configured or options.by_console)


def _settings(app: ASGIApp, limits: Limits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="none",
        http=partial(LimitedProtocol, limits),  # type: ignore[arg-type]  # makes a protocol, too
        ws="auto",
        ws_max_size=limits.body_bytes,
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
            hint="Choose another port with --port, or 0 for any free port.",
        ) from error
    return listener


def _url(options: Options, listener: socket.socket) -> str:
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"http://{host}:{listener.getsockname()[1]}"
