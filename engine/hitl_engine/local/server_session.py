"""The server in use: its client and its readers, replaced together when another server takes over."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace

from hitl_engine.configuration.header_variables import HeaderVariable
from hitl_engine.errors import HitlError, NotTrusted, Unreachable
from hitl_engine.local.connection import Connection
from hitl_engine.model import Inbox, Person, Presence, Server, ThreadKey
from hitl_engine.reading.client import LangGraphServer, StreamEvent
from hitl_engine.reading.inbox import InboxReader
from hitl_engine.reading.thread_reader import ThreadReader
from hitl_engine.reading.told_presence import ToldPresence

_SOON = 1.0
"""Seconds after which a look shows what it has found, and the next one goes on."""


class ServerSession:
    """Reads the server that a connection currently uses.

    A local server process that ended is started again: `api`, `reader` and `inbox` are then replaced.
    """

    api: LangGraphServer
    reader: ThreadReader
    inbox: InboxReader

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.told = ToldPresence(lambda: self.me)
        """Who else is on which thread."""
        self._use(connection.api)

    @property
    def server(self) -> Server:
        """Which server this is."""
        return self._connection.server

    @property
    def refused_code(self) -> NotTrusted | None:
        """Why a local server that has ended was not started again; None if that is not so."""
        return self._connection.refused_code

    @property
    def me(self) -> Person:
        """The user of this program, as the server knows them."""
        return self._connection.me

    @property
    def name_to_tell(self) -> str:
        """The configured name of the user, for a server that knows no name of theirs; else empty."""
        return self._connection.name_to_tell

    @property
    def tells_presence(self) -> bool:
        """Whether others may know which threads are open here."""
        return self._connection.tells_presence

    @property
    def header_variables(self) -> tuple[HeaderVariable, ...]:
        """In which environment variables copied code finds the headers of each request."""
        return self._connection.header_variables

    @property
    def presence(self) -> dict[ThreadKey, Presence]:
        """Who else is on which thread, as the inbox has it."""
        name = self.server.name
        return {(name, thread_id): each for thread_id, each in self.told.threads.items()}

    def supports(self, flag: str) -> bool:
        """Whether the server lists this ability in `GET /info`."""
        return bool(self._connection.info.flags.get(flag))

    def changes(self) -> AsyncIterator[StreamEvent] | None:
        """Return the server's feed of changes; None where it has none."""
        return self.api.changes() if self.supports("changes") else None

    @asynccontextmanager
    async def keep_running(self) -> AsyncIterator[None]:
        """Keep a local server process until the block ends, even if its starter quits."""
        async with self._connection.keep_running():
            self._follow_connection()
            yield

    async def recover(self) -> LangGraphServer:
        """Start a local server process again if it has ended; return the client to use now.

        Raises nothing: the next request raises if the server cannot be reached.
        """
        with suppress(HitlError):
            await self._connection.recover()
        self._follow_connection()
        return self.api

    async def look(self, changed: frozenset[str]) -> Inbox:
        """Return what waits, as far as it is soon read, given the threads known to have changed.

        If none is named, something else may have changed: the code of the graphs. Raises TargetError.
        """
        try:
            if not changed:
                await self._refresh()
            inbox = await self.inbox.look(changed, seconds=_SOON)
        except Unreachable:
            if self.refused_code is None:
                raise
            raise self.refused_code.with_traceback(None) from None
        told = tuple(each.what for each in self.server.changed)
        return replace(inbox, code_changes=told, coming=self.server.coming, presence=self.presence)

    async def restart(self, *, by_itself: bool = False) -> None:
        """Start the local server again, with the code as it is now; see `Connection.restart`."""
        try:
            await self._connection.restart(by_itself=by_itself)
        finally:
            self._follow_connection()

    def log_text(self, limit: int) -> str | None:
        """Return the last `limit` bytes of the local server's log; None for a remote server."""
        path = self._connection.log
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - limit))
                return file.read().decode(errors="replace")
        except OSError as error:
            return f"The log {path} cannot be read: {error}."

    def release_when_idle(self) -> None:
        """Keep a local server process only while `keep_running` from now on."""
        self._connection.release_when_idle()

    async def wait_for_graphs(self) -> None:
        """Wait until a local server that has just started has imported its graphs.

        Raises TargetError.
        """
        with self._following_graphs():
            await self._connection.wait_for_graphs()

    async def _refresh(self) -> None:
        """Read again how the server describes itself."""
        with self._following_graphs():
            await self._connection.refresh()

    @contextmanager
    def _following_graphs(self) -> Iterator[None]:
        """Read all threads again once the graphs are imported: some may wait at nodes that are gone."""
        coming = self.server.coming
        yield
        if coming and not self.server.coming:
            self._use(self.api)

    def _follow_connection(self) -> None:
        if self.api is not self._connection.api:
            self._use(self._connection.api)

    def _use(self, api: LangGraphServer) -> None:
        self.api = api
        nodes = self._connection.info.nodes
        self.reader = ThreadReader(
            api,
            rows_hold_runs=self.supports("last_run"),
            nodes=nodes,
            target=self.server.name,
            caller=self._connection.info.caller or "",
            told=self.told,
        )
        self.inbox = InboxReader(
            api,
            self.reader,
            rows_hold_state=self.supports("derived_status"),
            four_eyes=self.supports("four_eyes"),
            rows_hold_presence=self.supports("presence"),
        )
