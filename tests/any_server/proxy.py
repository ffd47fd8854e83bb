"""A proxy on loopback in front of a real server, which fails in the ways in which proxies fail."""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import httpx

from tests.server.processes import Served

_LARGE = 2**24
_KEEP_ALIVE = re.compile(rb"(?i)connection: keep-alive")
"""Each connection carries one request here."""
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass
class Exchange:
    """One request, and the connections to its client and to the server."""

    head: bytes
    body: bytes
    client: asyncio.StreamWriter
    server: httpx.URL
    delivered: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    """The connections to the server."""

    @property
    def starts_a_run(self) -> bool:
        """Whether this is the request that starts a run."""
        return bool(re.match(rb"POST \S+/runs/stream ", self.head))

    async def deliver(self) -> asyncio.StreamReader:
        """Send the request to the server; return the connection to read the reply from."""
        reader, writer = await asyncio.open_connection(
            self.server.host, self.server.port, limit=_LARGE
        )
        self.delivered.append((reader, writer))
        writer.write(_KEEP_ALIVE.sub(b"connection: close", self.head) + self.body)
        await writer.drain()
        return reader

    async def relay(self, reply: asyncio.StreamReader, *, until: bytes = b"") -> None:
        """Send the reply to the client, to its end or until its body has contained `until`."""
        head = await reply.readuntil(b"\r\n\r\n")
        self.client.write(_KEEP_ALIVE.sub(b"connection: close", head))
        length = _LENGTH.search(head)
        missing = int(length[1]) if length else None
        body = b""
        while missing != len(body) and not body.endswith(_LAST_CHUNK):
            if not (part := await reply.read(65536)):
                return
            self.client.write(part)
            await self.client.drain()
            body += part
            if until and until in body:
                return

    async def reply(self) -> tuple[bytes, bytes]:
        """Send the request to the server; return the head and the whole body of its reply.

        The body is as the server made it, without the sizes of its pieces.
        """
        reader = await self.deliver()
        head = await reader.readuntil(b"\r\n\r\n")
        if length := _LENGTH.search(head):
            return head, await reader.readexactly(int(length[1]))
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        return head, body

    async def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Reply in the server's place. An underscore in the name of a header is written as a hyphen."""
        given = {"content_length": str(len(body)), "connection": "close"} | headers
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items()]
        head = "\r\n".join((f"HTTP/1.1 {status} Proxy", *lines, "", ""))
        self.client.write(head.encode() + body)
        await self.client.drain()

    def reset(self) -> None:
        """Break the connection to the client with a reset (RST), not with an end (FIN)."""
        self.client.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.client.transport.abort()


Behaviour = Callable[[Exchange], Awaitable[None]]


async def pass_on(exchange: Exchange) -> None:
    """Do what a proxy is for."""
    await exchange.relay(await exchange.deliver())


async def deliver_twice(exchange: Exchange) -> None:
    """Send the request again although it has arrived, and pass on the second reply."""
    first = await exchange.deliver()
    await first.readuntil(b"\r\n\r\n")
    await pass_on(exchange)


async def deliver_again_at_the_end(exchange: Exchange) -> None:
    """Send the request again after the run of the first has ended."""
    first, seen = await exchange.deliver(), b""
    while not seen.endswith(_LAST_CHUNK):
        seen += await first.read(65536)
    await pass_on(exchange)


async def time_out(exchange: Exchange) -> None:
    """Answer 408 although the request has arrived."""
    reply = await exchange.deliver()
    await reply.readuntil(b"\r\n\r\n")
    await exchange.answer(408)


async def cut(exchange: Exchange) -> None:
    """Break the connection as soon as the run has begun."""
    await exchange.relay(await exchange.deliver(), until=b"event: metadata")


@dataclass
class Proxy:
    """The proxy; `served` is the server as clients see it."""

    served: Served
    runs: list[Behaviour] = field(default_factory=list)
    """What happens to the next requests that start a run, in this order; to others, nothing."""
    others: Behaviour = pass_on
    """What happens to all other requests."""
    requests: list[str] = field(default_factory=list)
    """Method and path of each request that arrived, in this order."""

    def after_the_next_run(self, others: Behaviour, run: Behaviour = pass_on) -> None:
        """Let `others` happen to all requests after the next run, to which `run` happens."""

        async def run_and_change(exchange: Exchange) -> None:
            await run(exchange)
            self.others = others

        self.runs.append(run_and_change)


@asynccontextmanager
async def proxy_of(server: Served) -> AsyncIterator[Proxy]:
    """A proxy in front of a server for the length of a block."""
    opened: set[asyncio.StreamWriter] = set()
    tasks: set[asyncio.Task[None]] = set()

    def begin(work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def read_out(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read what the server still sends, so that it does not notice the fault, and close."""
        with suppress(OSError):
            while await reader.read(65536):
                pass
        writer.close()
        opened.discard(writer)

    async def serve(reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1])) if length else b""
            proxy.requests.append(head.partition(b" HTTP/")[0].decode())
            exchange = Exchange(head, body, client, httpx.URL(server.url))
            starts = exchange.starts_a_run and proxy.runs
            try:
                await (proxy.runs.pop(0) if starts else proxy.others)(exchange)
            finally:
                for connection in exchange.delivered:
                    opened.add(connection[1])
                    begin(read_out(*connection))
        client.close()
        opened.discard(client)

    def accept(reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        if not listening.is_serving():  # it arrived while the proxy ended
            client.transport.abort()
            return
        opened.add(client)
        begin(serve(reader, client))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0, limit=_LARGE)
    host, port = listening.sockets[0].getsockname()
    proxy = Proxy(replace(server, url=f"http://{host}:{port}"))
    try:
        yield proxy
    finally:
        listening.close()
        while tasks:  # one that ends may begin others
            for task in [*tasks]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for writer in opened:
            writer.transport.abort()
