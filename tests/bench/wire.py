"""An HTTP client that takes almost no time, so that only the server is measured.

httpx takes as long for a small request as the server.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httptools

from tests.server.processes import Served


class Wire(asyncio.Protocol):
    """One connection that is kept, with one request at a time on it."""

    def __init__(self, head: str) -> None:
        self._head = head
        self._body = bytearray()
        self._parser = httptools.HttpResponseParser(self)
        self._answered: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    async def get(self, path: str) -> Any:
        """Return the JSON that this path answers with."""
        return await self._ask("GET", path, b"")

    async def post(self, path: str, **body: Any) -> Any:
        """Return the JSON that this path answers to `body` with."""
        return await self._ask("POST", path, json.dumps(body).encode())

    async def _ask(self, method: str, path: str, body: bytes) -> Any:
        assert self._transport is not None
        if self._transport.is_closing():
            raise ConnectionResetError("the server closed the connection: it was idle for too long")
        self._answered = asyncio.get_running_loop().create_future()
        head = f"{method} {path} HTTP/1.1\r\n{self._head}content-length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)
        await self._answered
        status = self._parser.get_status_code()
        assert status == 200, f"{method} {path}: {status} {self._body.decode()}"
        return json.loads(self._body)

    def close(self) -> None:
        """Close the connection."""
        assert self._transport is not None
        self._transport.close()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(
                error or ConnectionResetError("the server closed the connection")
            )

    # What the parser calls

    def on_message_begin(self) -> None:
        self._body.clear()

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        assert self._answered is not None
        self._answered.set_result(None)


@asynccontextmanager
async def wired(served: Served) -> AsyncIterator[Wire]:
    """A connection to a server, for the length of a block."""
    place = urlsplit(served.url)
    headers = {"host": place.netloc, "content-type": "application/json", **served.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_connection(lambda: Wire(head), place.hostname, place.port)
    try:
        yield wire
    finally:
        wire.close()
