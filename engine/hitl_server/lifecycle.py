"""The life of the server: open the database, listen, import the graphs, serve, close.

Until the graphs are imported, `starting` answers. This module imports nothing that takes long.
"""

import asyncio
import gc
import logging
import os
import secrets
import signal
import socket
import traceback
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
import uvloop
from starlette.types import ASGIApp

from hitl_server.data_folder import DataFolder, ServerAddress
from hitl_server.errors import BadOption, BadTarget, ServeError, StartFailed
from hitl_server.forks import keep_port_from_forks
from hitl_server.http_protocol import LimitedProtocol
from hitl_server.identity.access import Access
from hitl_server.identity.authentication import TokenAuthenticator
from hitl_server.identity.callers import UNNAMED_OWNER, Caller, User
from hitl_server.identity.tokens import Token
from hitl_server.import_thread import in_import_thread
from hitl_server.json_types import JsonObject
from hitl_server.limits import Limits
from hitl_server.process import allow_many_connections, end_with_parent
from hitl_server.project.config import ProjectConfig
from hitl_server.server_description import LANGGRAPH_FLAGS, description, installed, own_flags
from hitl_server.standard_streams import replace_standard_streams
from hitl_server.starting import StartingApp, answers_early
from hitl_server.startup_report import Reporter
from hitl_server.storage.database import Database
from hitl_server.tables.run_table import Runs
from hitl_server.tables.thread_table import Threads

if TYPE_CHECKING:
    from hitl_server.assembly import ProjectCode, WholeServer
    from hitl_server.four_eyes.admission import FourEyes
    from hitl_server.identity.project_auth import ProjectAuth

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
    four_eyes: "FourEyes | None" = None
    """Which answers two reviewers must send."""
    by_console: bool = False
    """Whether a console started the server: then all clients need a token."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("127.0.0.1", "localhost", "::1")


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
    replace_standard_streams()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    allow_many_connections()
    listener = _listen(options)
    keep_port_from_forks(listener.getsockname()[1])
    _run(_serve(options, project, folder, owner, report, listener))


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
    project: ProjectConfig,
    folder: DataFolder,
    owner: Token | None,
    report: Reporter,
    listener: socket.socket,
) -> None:
    database = await Database.open(folder.database, project.allowed_types)
    try:
        threads, runs = Threads(database, four_eyes=options.four_eyes), Runs(database)
        await threads.prepare()
        access_with = partial(_access, options, owner)
        app = StartingApp(database, threads, access_with(None), project.http)
        server = _Server(_settings(app, project.http.limits))
        _end_with_others(server, options)
        address = _address(options, owner, listener, database.identity)
        start = _Start(project, folder, report, address, app, options.four_eyes)
        if options.by_console and answers_early(project, threads, runs):
            start.answer_lists()
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await start.until_end(serving, database, access_with)
        finally:
            server.should_exit = True
            await serving
            folder.remove_address()
    finally:
        await database.close()


@dataclass(slots=True)
class _Start:
    """The start of a server, from the first answer to the last part."""

    project: ProjectConfig
    folder: DataFolder
    report: Reporter
    address: ServerAddress
    app: StartingApp
    four_eyes: "FourEyes | None" = None
    is_early: bool = False
    """Whether lists are answered, so that the start cannot be reported as failed any more."""

    def answer_lists(self) -> None:
        """Answer lists, and tell the starter that they are."""
        self.is_early = True
        coming = (*self.project.unusable, *(spec.graph_id for spec in self.project.graphs))
        self.app.answer_lists(self._description(self.project.remarks, coming))
        self.folder.write_address(self.address)
        self.report.listening(self.address)

    async def until_end(
        self,
        serving: asyncio.Task[None],
        database: Database,
        access_with: Callable[["ProjectAuth | None"], Access],
    ) -> None:
        """Import the project's code, and serve with all parts until `serving` ends."""
        async with AsyncExitStack() as opened:
            try:
                loading = in_import_thread(partial(_load, self.project))
                either: set[asyncio.Future[Any]] = {serving, loading}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                if not loading.done():
                    return
                code = loading.result()
                from hitl_server.assembly import assembled

                whole = await opened.enter_async_context(
                    assembled(
                        code, database, self.folder.database.parent, access_with, self.four_eyes
                    )
                )
            except Exception as error:
                if not self.is_early:
                    raise
                self._tell_failure(error)
            else:
                opened.callback(self.folder.remove_address)
                self._serve_all(whole)
            if self.is_early:
                database.changes.request_reset()  # clients read `GET /info` again
            await serving

    def _serve_all(self, whole: "WholeServer") -> None:
        self.app.serve(whole.app)
        if not self.is_early:
            self.folder.write_address(self.address)
        for remark in whole.remarks:
            _log.warning("%s", remark)
        gc.freeze()  # the modules stay: no collection has to go through them again
        self.report.ready(self.address, whole.broken, whole.remarks)

    def _tell_failure(self, error: Exception) -> None:
        """Let clients know: the starter takes this server to be ready."""
        _log.error("the server can only answer lists", exc_info=error)
        why = str(error) if isinstance(error, ServeError) else f"{type(error).__name__}: {error}"
        detail = "".join(traceback.format_exception(error))
        failed = [
            {"graph_id": spec.graph_id, "what": why, "traceback": detail}
            for spec in self.project.graphs
        ]
        about = {**self._description(self.project.remarks), "graphs_broken": failed}
        self.app.fail(f"The server can only answer lists. {why}", about)

    def _description(self, remarks: tuple[str, ...], coming: Iterable[str] = ()) -> JsonObject:
        flags = LANGGRAPH_FLAGS | own_flags(four_eyes=self.four_eyes is not None)
        return description(self.address.identity, flags, remarks, coming)


def _load(project: ProjectConfig) -> "ProjectCode":
    from hitl_server.assembly import ProjectCode  # imports LangGraph

    return ProjectCode.load(project)


def _address(
    options: Options, owner: Token | None, listener: socket.socket, identity: str
) -> ServerAddress:
    return ServerAddress(
        url=_url(options, listener),
        token=owner.secret if owner else "",
        pid=os.getpid(),
        target=options.target,
        version=installed("hitl-tui"),
        identity=identity,
        by_console=options.by_console,
    )


def _end_with_others(server: _Server, options: Options) -> None:
    """End the server on a signal, and with its parent and the clients that use it."""
    server.handle_signals()
    loop = asyncio.get_running_loop()
    if options.parent is not None:
        end_with_parent(
            options.parent, options.clients, lambda: loop.call_soon_threadsafe(_end, server)
        )


def _access(options: Options, owner: Token | None, auth: "ProjectAuth | None") -> Access:
    """Return who may use the server; holders of a token without a name get one if callers have."""
    unnamed = Caller(User(OWNER)) if auth else UNNAMED_OWNER
    holders = [
        (
            token,
            Caller(User(token.name), role=token.role, is_person=True) if token.name else unnamed,
        )
        for token in options.tokens
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
