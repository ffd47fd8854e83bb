"""What a client without a token, or a graph, can do to a server, with other clients beside it.

Each attack is bounded, on loopback, and checks that the server refuses it, with little memory. The
clients beside it must all be served, none of them late.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from select import select
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import httpx

from tests.hardening.load import megabytes
from tests.json_values import Json
from tests.server.processes import SAMPLES, Served, start_server

PROJECT = Path(__file__).parent / "attacked_project"
ENDING = Path(__file__).parents[1] / "server" / "ending_project" / "ending.py"
LATE = 15.0
"""Seconds in which each request of the clients beside an attack must be answered, or four times as
many as the slowest one took before it, on a machine with other work."""
CALM = 3.0
"""Seconds before the attack."""
KINDS = ("KeyboardInterrupt", "SystemExit", "Ending", "CancelledError", "GeneratorExit")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is sent."""

    clients: int
    """Clients beside the attack."""
    connections: int
    header_bytes: int
    body_bytes: int
    rounds: int


FULL = Scale(64, 1000, 20_000_000, 1_000_000_000, 8)
SMALL = Scale(4, 100, 5_000_000, 100_000_000, 1)
Attack: TypeAlias = Callable[[Served, Scale], Awaitable[None]]


async def run_attack(folder: Path, name: str, scale: Scale) -> str:
    """Start a server, attack it beside other clients, and return a summary."""
    for source in (PROJECT, SAMPLES):
        shutil.copytree(source, folder / "project", dirs_exist_ok=True)
    shutil.copy(ENDING, folder / "project")
    shutil.copy(PROJECT / "langgraph.json", folder / "project")
    served = start_server(folder / "project" / "langgraph.json", folder / "data")
    try:
        async with _clients(served, scale.clients) as clients:
            before = megabytes(served.process.pid)
            await ATTACKS[name](served, scale)
            more = megabytes(served.process.pid) - before
        if name == "forks":
            served = await _started_after_a_kill(served)
        assert served.process.poll() is None, "the server has ended"
        assert more < 250, f"{more} MB more"
    finally:
        served.stop()
    return (
        f"{clients.served} requests beside it, the slowest {clients.slowest:.1f} s; {more} MB more"
    )


class _Clients:
    """Clients that run the guide's graph again and again; none of their requests may be late."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._stopped = asyncio.Event()
        self.served = 0
        self.slowest = 0.0
        self.late = inf

    def stop(self) -> None:
        """Let each client end its cycle."""
        self._stopped.set()

    async def work(self) -> None:
        """Run, read and answer, until stopped."""
        while not self._stopped.is_set():
            thread = await self._timed("/threads", {})
            path = f"/threads/{thread['thread_id']}/runs/wait"
            given: Json = {"some_text": "a"}
            asked = await self._timed(path, {"assistant_id": "revise", "input": given})
            answer = {"resume": {asked["__interrupt__"][0]["id"]: "b"}}
            done = await self._timed(path, {"assistant_id": "revise", "command": answer})
            assert done == {"some_text": "b"}

    async def _timed(self, path: str, body: Json) -> Any:
        began = time.monotonic()
        reply = await self._http.post(path, json=body)
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.served += 1
        assert reply.status_code == 200 and "__error__" not in reply.text, reply.text
        assert self.slowest < self.late, f"a request took {self.slowest:.1f} s"
        return reply.json()


@asynccontextmanager
async def _clients(served: Served, count: int) -> AsyncIterator[_Clients]:
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=count)
    async with httpx.AsyncClient(
        base_url=served.url, headers=served.headers, timeout=60, limits=limits
    ) as http:
        clients = _Clients(http)
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(clients.work())
            try:
                await asyncio.sleep(CALM)
                clients.late = max(LATE, 4 * clients.slowest)
                yield clients
                await asyncio.sleep(0.5)
            finally:
                clients.stop()


# From the outside, without a token


async def long_headers(served: Served, scale: Scale) -> None:
    """One header line of many megabytes, and many lines."""
    line = b"GET /ok HTTP/1.1\r\nHost: localhost\r\nX-Long: "
    many = b"GET /ok HTTP/1.1\r\n" + b"X: y\r\n" * (scale.header_bytes // 6)
    url = b"GET /ok?" + b"a" * scale.header_bytes
    for request in (line + b"a" * scale.header_bytes, many, url):
        assert b" 431 " in await _answer_to(served, request)


async def half_open_requests(served: Served, scale: Scale) -> None:
    """Connections without a request, with half of one, and with half of a body."""
    head = b"POST /threads HTTP/1.1\r\nHost: localhost\r\n"
    halves = (b"", head, head + b"Content-Length: 100\r\n\r\n{")
    answers = [
        _answer_to(served, halves[number % len(halves)]) for number in range(scale.connections)
    ]
    for number, answer in enumerate(await asyncio.gather(*answers)):
        status = b" 401 " if number % len(halves) == 2 else b" 408 "
        assert status in answer, answer


async def large_bodies(served: Served, scale: Scale) -> None:
    """Bodies beyond the limit: announced, in chunks, and without a token."""
    token = f"Authorization: {served.headers['Authorization']}\r\n"
    announced = f"Content-Length: {scale.body_bytes}\r\n"
    for path in ("/threads", "/threads/search", "/runs/wait"):
        for headers, status in (
            (token, b" 413 "),
            (token + announced, b" 413 "),
            ("", b" 401 "),
            (announced, b" 401 "),
        ):
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}"
            answer = await asyncio.to_thread(_send_body, served, head, scale.body_bytes)
            assert status in answer, answer


def _send_body(served: Served, head: str, size: int) -> bytes:
    """Send spaces as the body of a request; return the answer, which may come before the end."""
    place = urlsplit(served.url)
    is_announced = "Content-Length" in head
    part = b" " * 1_000_000
    with socket.create_connection((str(place.hostname), place.port), timeout=60) as connection:
        connection.sendall(head.encode())
        connection.sendall(b"\r\n" if is_announced else b"Transfer-Encoding: chunked\r\n\r\n")
        answer = b""
        with suppress(ConnectionError):  # closed after `body_seconds`
            for _ in range(size // len(part)):
                connection.sendall(part if is_announced else b"%x\r\n%b\r\n" % (len(part), part))
                if not answer and select([connection], [], [], 0)[0]:
                    answer = connection.recv(65536)
        return answer or connection.recv(65536)


async def nested_bodies(served: Served, scale: Scale) -> None:
    """As deep as bodies of a megabyte or two can be, and as wide."""
    wide, deep = b"[],", 100_000
    searches = {
        "/threads/search": ("select", "ids", "metadata", "extract"),
        "/assistants/search": ("select", "metadata"),
        "/store/items/search": ("filter", "namespace_prefix"),
    }
    runs = {"/runs": ("stream_mode", "interrupt_before", "input", "context")}
    async with served.client() as http:
        for fields, size in ((searches, 1_000_000), (runs, 2_000_000)):
            for path, names in fields.items():
                for name in names:
                    start = b'{"assistant_id": "revise", "%s": [' % name.encode()
                    for body in (
                        start + wide * (size // len(wide) - 100) + b"[]]}",
                        start + b"[" * deep + b"]" * deep + b"]}",
                    ):
                        reply = await http.post(path, content=body)
                        assert reply.status_code in (200, 422), reply.text


async def clients_that_do_not_read(served: Served, scale: Scale) -> None:
    """Streams of a large state whose clients read nothing."""
    body = json.dumps({"assistant_id": "large", "input": {}, "stream_mode": "values"})
    token = served.headers["Authorization"]
    head = f"POST /runs/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
    opened = []
    for _ in range(max(2, scale.clients // 10)):
        reader, writer = await _connected(served)
        writer.write(request)
        await asyncio.wait_for(reader.readuntil(b"xxxx"), 30)
        opened.append((reader, writer))
    await asyncio.sleep(_seconds("write_seconds") + 2)
    for reader, writer in opened:
        with suppress(ConnectionError):
            rest = await asyncio.wait_for(reader.read(), 10)
            assert not rest.endswith(b"0\r\n\r\n"), "it was sent to its end"
        writer.close()


# From graphs


async def endings(served: Served, scale: Scale) -> None:
    """Nodes and factories that raise what no `except Exception` catches."""
    async with served.client() as http:
        for _ in range(scale.rounds):
            for graph in ("node", "coroutine", "task", "loop", "factory"):
                for kind in KINDS:
                    given = {"kind": kind}
                    body = {"assistant_id": graph, "input": given, "context": given}
                    told = (await http.post("/runs/wait", json=body)).json()
                    assert "__error__" in told, told


async def forks(served: Served, scale: Scale) -> None:
    """Nodes that fork processes, which live longer than the server."""
    async with served.client() as http:
        for _ in range(scale.rounds):
            made = await http.post("/runs/wait", json={"assistant_id": "forking", "input": {}})
            _forked.append(made.json()["pid"])


_forked: list[int] = []
"""Processes that nodes left behind."""


async def _started_after_a_kill(served: Served) -> Served:
    """Kill the server and start it again, while the forked processes still live."""
    target, port = served.folder.parent / "project" / "langgraph.json", urlsplit(served.url).port
    try:
        served.kill()
        began = time.monotonic()
        again = start_server(target, served.folder, "--port", str(port))
        assert time.monotonic() - began < 30
        served.stop()
        return again
    finally:
        while _forked:
            os.kill(_forked.pop(), signal.SIGKILL)


ATTACKS: dict[str, Attack] = {
    "headers": long_headers,
    "half-open": half_open_requests,
    "bodies": large_bodies,
    "nesting": nested_bodies,
    "readers": clients_that_do_not_read,
    "endings": endings,
    "forks": forks,
}


def _seconds(name: str) -> int:
    limits: dict[str, int] = json.loads((PROJECT / "langgraph.json").read_text())["http"]["limits"]
    return limits[name]


async def _connected(served: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    place = urlsplit(served.url)
    return await asyncio.open_connection(place.hostname, place.port)


async def _answer_to(served: Served, request: bytes) -> bytes:
    """Send bytes; return what comes until the server closes the connection, which it must."""
    reader, writer = await _connected(served)
    answer = b""
    try:
        async with asyncio.timeout(max(map(_seconds, ("header_seconds", "body_seconds"))) + 10):
            sending = asyncio.create_task(_send(writer, request))
            with suppress(ConnectionError):
                while part := await reader.read(65536):
                    answer += part
            sending.cancel()
    finally:
        writer.close()
    return answer


async def _send(writer: asyncio.StreamWriter, request: bytes) -> None:
    with suppress(ConnectionError):
        writer.write(request)
        await writer.drain()
