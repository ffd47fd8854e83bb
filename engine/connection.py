"""The way to one server: opens it, names it, and keeps a project's engine running."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from engine import local
from engine.api.client import LangGraphServer
from engine.api.wire import WireInfo
from engine.errors import GraphBroken, NotThere, Unreachable
from engine.model import BrokenGraph, Server
from engine.target import Project, Target

_KEYS = ("LANGGRAPH_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
"""Environment variables that hold a key, in the order in which LangGraph's own SDK looks."""


class Connection:
    """A server that can be used, until `aclose`."""

    def __init__(
        self, target: Target, folder: Path, headers: Mapping[str, str], python: str | None
    ) -> None:
        self._target = target
        self._folder = folder
        self._headers = headers
        self._python = python
        self._engine: local.RunningEngine | None = None
        self.api: LangGraphServer
        self.server: Server
        self.flags: dict[str, object] = {}
        """What the server says it can do."""

    async def open(self) -> Self:
        """Find or start the server and learn who it is. Raises TargetError."""
        if isinstance(self._target, Project):
            self._engine = await local.find_or_start(
                self._target.spec, self._folder, python=self._python
            )
            self.api = LangGraphServer(
                self._engine.url, headers=self._engine.headers, through_proxy=False
            )
        else:
            self.api = LangGraphServer(self._target.url, headers=self._headers)
        try:
            await self._meet()
        except BaseException:
            await self.aclose()
            raise
        return self

    async def recover(self) -> bool:
        """Start a project's engine again if it has gone away; say whether there is a new one."""
        if self._engine is None:
            return False
        try:
            await self.api.info()
        except Unreachable:
            fresh = await Connection(self._target, self._folder, self._headers, self._python).open()
            await self.aclose()
            self._engine, self.api = fresh._engine, fresh.api
            self.server, self.flags = fresh.server, fresh.flags
            return True
        return False

    async def aclose(self) -> None:
        """Let go of the server; an engine that was started here ends."""
        await self.api.aclose()
        if self._engine is not None:
            await self._engine.aclose()

    @property
    def log(self) -> Path | None:
        """The engine's log file; None for a remote server."""
        return self._engine.log if self._engine else None

    async def _meet(self) -> None:
        info = await self._info()
        broken = tuple(
            BrokenGraph(graph.graph_id, graph.what, graph.traceback) for graph in info.graphs_broken
        )
        if broken and not await self.api.assistants():
            raise GraphBroken(
                broken[0].what,
                hint="Mend the graph and start again.",
                detail=broken[0].traceback,
            )
        self.flags = info.flags
        self.server = Server(
            label=self._target.label,
            url=self.api.url,
            local=self._engine is not None,
            version=info.version,
            identity=info.identity or self._target.label,
            broken=broken,
        )

    async def _info(self) -> WireInfo:
        try:
            return await self.api.info()
        except NotThere:
            return WireInfo()


def key_header(environ: Mapping[str, str], variable: str | None) -> dict[str, str]:
    """Return the header that carries the API key of the environment, or nothing.

    `variable` names the one to use; without it the ones of LangGraph's SDK are looked at.
    """
    for name in [variable] if variable else _KEYS:
        key = environ.get(name, "").strip().strip("'\"")
        if key:
            return {"x-api-key": key}
    return {}
