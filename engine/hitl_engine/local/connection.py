"""The connection to one server: opens it, names it, and keeps a project's local server running."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from hitl_engine.configuration import NamedTarget
from hitl_engine.configuration.credentials import key_of_sdk
from hitl_engine.configuration.header_variables import HeaderVariable, header_variables
from hitl_engine.errors import (
    BadInput,
    GraphBroken,
    HitlError,
    NotThere,
    NotTrusted,
    Unreachable,
)
from hitl_engine.local import server_process
from hitl_engine.local.server_child import ServerChild
from hitl_engine.local.target import LocalProject, RemoteServer, Target
from hitl_engine.local.trust import ProjectTrust
from hitl_engine.model import BrokenGraph, ChangedGraph, Person, Server
from hitl_engine.reading.capabilities import Capabilities, capabilities_of
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.wire import WireInfo
from hitl_engine.user_name import user_name

if TYPE_CHECKING:
    import httpx

_SILENCE = 20.0
"""Our own server sends a heartbeat every 5 s."""
_OURS = "last_run"
"""A flag that only our own server has; it can do everything."""
_ASK_FOR_KEY = "To run it as it is now, press f6 in the console, or start again."


class Connection:
    """A server that can be used, until `aclose`."""

    def __init__(
        self,
        target: Target,
        settings: NamedTarget,
        folder: Path,
        headers: Mapping[str, str],
        refuses: Callable[[], HitlError] | None = None,
        *,
        trusts_code: bool = False,
        early: Callable[[], ServerChild | None] | None = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
    ) -> None:
        """`trusts_code`: a local project may be run though nobody has agreed to its code.

        `early` waits for a server of a local project that was started already, and returns it once.
        `transport` replaces the network for a remote server.
        """
        self._target = target
        self._settings = settings
        self._folder = folder
        self._headers = headers
        self._refuses = refuses
        self._trusts_code = trusts_code
        self._early = early
        self._transport = transport
        self._local_server: server_process.RunningServer | None = None
        self._recovering = asyncio.Lock()
        self._releases_when_idle = False
        self._users = 0
        self.api: LangGraphServer
        self.server: Server
        self.info = WireInfo()
        """How the server describes itself."""
        self.refused_code: NotTrusted | None = None
        """Why a local server that has ended was not started again; None if that is not so."""

    async def open(self, *, needs_graph: bool = True) -> Self:
        """Find or start the server and read its identity.

        Raises TargetError: GraphBroken if no graph can be used, unless `needs_graph` is false.
        """
        try:
            await self._connect(needs_graph)
        except Unreachable:
            if isinstance(self._target, RemoteServer):
                raise
            await self._connect(
                needs_graph
            )  # another process ended the local server just after it was found
        return self

    @property
    def me(self) -> Person:
        """The user: by the name that the server knows; else as configured, or as the system has it."""
        if self.info.caller:
            return Person(self.info.caller, "server")
        return Person(self._settings.reviewer or user_name(), "client")

    @property
    def name_to_tell(self) -> str:
        """The configured name of the user, for a server that knows no name of theirs; else empty."""
        return "" if self.info.caller else self._settings.reviewer

    @property
    def tells_presence(self) -> bool:
        """Whether others may know which threads are open here."""
        return self._settings.presence and not self.server.read_only

    def release_when_idle(self) -> None:
        """From now on keep a project's local server only while `keep_running`, not all the time.

        For a client that stays open, and calls `recover` when the local server has ended.
        """
        self._releases_when_idle = True
        self._release_if_idle()

    @asynccontextmanager
    async def keep_running(self) -> AsyncIterator[None]:
        """Keep a project's local server until the block ends.

        One that ended with its starter, or is about to, is replaced first. Raises TargetError.
        """
        self._users += 1
        try:
            if self._releases_when_idle:
                await self.recover()
            yield
        finally:
            self._users -= 1
            self._release_if_idle()

    async def recover(self) -> None:
        """Find or start a project's local server again if it has ended; `api` is then a new client.

        Raises TargetError: NotTrusted if the code has changed meanwhile; then it can be taken up.
        """
        async with self._recovering:
            if self._local_server is None or await self._is_there(self._local_server):
                return
            try:
                await self._replace(self._local_server)
            except NotTrusted as error:
                changed = ChangedGraph(graph_id="", what=error.what)
                self.server = replace(self.server, changed=(changed,))
                self.refused_code = NotTrusted(
                    f"The local server has ended. {error.what}",
                    hint=_ASK_FOR_KEY,
                    code=error.code,
                )
                raise self.refused_code from error

    async def restart(self, *, by_itself: bool = False) -> None:
        """End a project's local server and start it again, with the code as it is now.

        Whoever asks for this agrees to run that code, unless it is done `by_itself`. Raises BadInput
        for a server that no console started, NotTrusted, TargetError.
        """
        server = self._local_server
        if server is None or not server.by_console:
            raise BadInput(
                f"{self.server.label} is a server that no console started.",
                hint="Start it again where it was started.",
            )
        async with self._recovering:
            if self._local_server is server:
                await self._agree(by_itself)
                if server.started_here or await self._is_there(server):
                    server.hold()
                    await server.end()
                await self._replace(server)
        await self.wait_for_graphs()  # only then it is known whether the code can be imported

    async def _agree(self, by_itself: bool) -> None:
        """Keep that a person agrees to the code; without a person, raise NotTrusted if nobody has."""
        if not by_itself:
            await asyncio.to_thread(self._trust.agree)
            return
        try:
            await asyncio.to_thread(self._trust.check)
        except NotTrusted as error:
            raise NotTrusted(error.what, hint=_ASK_FOR_KEY, code=error.code) from error

    async def _replace(self, gone: server_process.RunningServer) -> None:
        """Find or start another local server in the place of one that has ended."""
        fresh = Connection(
            self._target,
            self._settings,
            self._folder,
            self._headers,
            self._refuses,
            trusts_code=self._trusts_code,
        )
        await fresh.open(needs_graph=False)  # graphs may be mended while a console is open
        old = self.api
        self._local_server, self.api = fresh._local_server, fresh.api
        self.server, self.info, self.refused_code = fresh.server, fresh.info, None
        self._release_if_idle()
        await old.aclose()
        await gone.aclose()

    async def wait_for_graphs(self) -> None:
        """Wait until a project's local server has imported its graphs. Raises TargetError."""
        if self.server.coming:
            await self.api.assistants()  # the server answers this only then
            await self.refresh()

    async def refresh(self) -> None:
        """Read again how a server of ours describes itself: its code may change. Raises TargetError."""
        if self.info.flags.get(_OURS):
            self._describe(await self._info())

    async def aclose(self) -> None:
        """Let go of the server; a local server that was started here ends."""
        await self.api.aclose()
        if self._local_server is not None:
            await self._local_server.aclose()

    @property
    def header_variables(self) -> tuple[HeaderVariable, ...]:
        """In which environment variables copied code finds the headers of each request."""
        target, names = self._settings, self.api.header_names
        if self._local_server is not None:
            return header_variables(NamedTarget(None), names, {}, is_ours=True)
        is_ours = not target.name and bool(self.info.flags.get(_OURS))
        return header_variables(target, names, os.environ, is_ours=is_ours)

    @property
    def log(self) -> Path | None:
        """The local server's log file; None for a remote server."""
        return self._local_server.log if self._local_server else None

    async def _connect(self, needs_graph: bool) -> None:
        if isinstance(self._target, LocalProject):
            early = await asyncio.to_thread(self._early) if self._early else None
            self._local_server = await server_process.find_or_start(
                self._target.spec,
                self._folder,
                python=self._settings.python,
                before_start=self._trust.check,
                early=early,
            )
            self.api = LangGraphServer(
                self._local_server.url,
                headers=self._local_server.headers,
                through_proxy=False,
                refuses=self._refuses,
            )
        else:
            self.api = LangGraphServer(
                self._target.url,
                headers=self._headers,
                proxy=self._settings.proxy,
                ca=self._settings.ca,
                refuses=self._refuses,
                transport=self._transport,
            )
        try:
            await self._use_server(needs_graph=needs_graph)
        except BaseException:
            await self.aclose()
            raise

    @property
    def _trust(self) -> ProjectTrust:
        assert isinstance(self._target, LocalProject), "a server elsewhere runs no code here"
        return ProjectTrust(self._target.spec, always=self._trusts_code)

    async def _is_there(self, server: server_process.RunningServer) -> bool:
        if not server.hold():  # first, so that a local server that replies cannot end afterwards
            return False
        try:
            await self.api.info()
        except Unreachable:
            return False
        finally:
            self._release_if_idle()
        return True

    def _release_if_idle(self) -> None:
        """Release the local server if nothing uses it."""
        if self._local_server is not None and self._releases_when_idle and not self._users:
            self._local_server.release()

    async def _use_server(self, *, needs_graph: bool) -> None:
        found = self._local_server and self._local_server.info
        info = found or await self._info()
        if needs_graph and info.graphs_broken and not await self.api.assistants():
            first = info.graphs_broken[0]
            raise GraphBroken(
                first.what, hint="Fix the graph and start again.", detail=first.traceback
            )
        if info.flags.get(_OURS):
            self.api.can = Capabilities(
                goes_on="with nothing",
                streams_printed=bool(info.flags.get("stream_printed")),
                silence=_SILENCE,
            )
        else:
            self.api.can = capabilities_of(info, await self.api.description())
        self._describe(info)

    def _describe(self, info: WireInfo) -> None:
        self.info = info
        self.server = Server(
            label=self._target.label,
            url=self.api.url,
            local=self._local_server is not None,
            started_here=self._local_server is not None and self._local_server.started_here,
            version=info.version,
            identity=info.identity or self._target.label,
            broken=tuple(
                BrokenGraph(graph.graph_id, graph.what, graph.traceback)
                for graph in info.graphs_broken
            ),
            remarks=info.remarks,
            changed=tuple(
                ChangedGraph(graph.graph_id, graph.what) for graph in info.graphs_changed
            ),
            coming=info.graphs_coming,
            lacks=self.api.can.lacks,
            name=self._settings.name,
            colour=self._settings.colour,
            read_only=info.read_only or self._settings.why_read_only,
            production=self._settings.production,
        )

    async def _info(self) -> WireInfo:
        try:
            return await self.api.info()
        except NotThere:
            return WireInfo()


async def key_header(target: NamedTarget, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the header that carries the target's API key, or nothing. Raises BadInput.

    For a URL from the command line, the variables of LangGraph's SDK are tried. A configured target
    gets only the key that it names: those variables hold the key of one server, not of each.
    """
    if target.key is not None:
        key = await target.key.read(environ)
    elif target.name:
        key = ""
    else:
        key = key_of_sdk(environ)
    if not key:
        return {}
    bearer = target.key_header == "authorization"
    return {target.key_header: f"Bearer {key}" if bearer else key}
