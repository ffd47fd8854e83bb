"""Faults between the console and a server, each as a proxy or a network causes it.

A fault happens to the request that sends a decision, and perhaps to the requests after it.
"""

import asyncio
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from tests.any_server.proxy import (
    Behaviour,
    Exchange,
    cut,
    deliver_again_at_the_end,
    deliver_twice,
    pass_on,
)

AWAY = 2.0
"""Seconds for which a server is away: longer than one read is tried again."""
_LATE = 0.5
"""Seconds after which a request arrives although its client got a reply."""
_PAGE = b"<!doctype html><title>Sign in</title><h1>Please sign in</h1>"
_EVENTS = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault."""

    name: str
    run: Behaviour
    """What happens to the request that sends the decision."""
    others: Behaviour = pass_on
    """What happens to the requests after it, for `AWAY` seconds."""
    is_found: bool = True
    """Whether the server can be asked afterwards what became of the decision: "unknown" is wrong then."""


# Before the request arrives


async def _close(exchange: Exchange) -> None:
    """Close the connection."""


async def _reset(exchange: Exchange) -> None:
    exchange.reset()


async def _half_a_head(exchange: Exchange) -> None:
    exchange.client.write(b"HTTP/1.1 200 OK\r\ncontent-ty")


async def _no_http(exchange: Exchange) -> None:
    exchange.client.write(b"SSH-2.0-OpenSSH_9.9\r\n")


async def _half_closed(exchange: Exchange) -> None:
    exchange.client.write_eof()
    await asyncio.sleep(_LATE)


def _refuse(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.answer(status, body, **headers)

    return behave


# After it has arrived


def _replace(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Reply in the server's place after the run has ended."""

    async def behave(exchange: Exchange) -> None:
        await exchange.reply()
        await exchange.answer(status, body, **headers)

    return behave


def _late(status: int = 0) -> Behaviour:
    """Reply in the server's place if there is a status, and deliver the request after that."""

    async def behave(exchange: Exchange) -> None:
        if status:
            await exchange.answer(status)
        exchange.client.close()
        await asyncio.sleep(_LATE)
        await exchange.reply()

    return behave


async def _lose_reply(exchange: Exchange) -> None:
    await exchange.reply()


async def _reset_after(exchange: Exchange) -> None:
    await exchange.reply()
    exchange.reset()


async def _half_closed_after(exchange: Exchange) -> None:
    await exchange.reply()
    await _half_closed(exchange)


async def _head_only(exchange: Exchange) -> None:
    head, _ = await exchange.reply()
    exchange.client.write(head)


async def _no_last_chunk(exchange: Exchange) -> None:
    head, body = await exchange.reply()
    exchange.client.write(head + b"%x\r\n%b\r\n" % (len(body), body))


async def _wrong_chunk(exchange: Exchange) -> None:
    head, body = await exchange.reply()
    exchange.client.write(head + b"zz\r\n" + body)


async def _wait(exchange: Exchange) -> None:
    _, body = await exchange.reply()
    await asyncio.sleep(_LATE)
    await exchange.answer(200, body, content_type=_EVENTS)


async def _slow(exchange: Exchange) -> None:
    """Send a few bytes at a time."""
    _, body = await exchange.reply()
    await exchange.answer(200, content_type=_EVENTS, content_length=str(len(body)))
    for at in range(0, len(body), 29):
        exchange.client.write(body[at : at + 29])
        await asyncio.sleep(0.002)


def _changed(change: Callable[[bytes], bytes], **headers: str) -> Behaviour:
    """Change the events of the run, and send them as a whole."""

    async def behave(exchange: Exchange) -> None:
        _, body = await exchange.reply()
        await exchange.answer(200, change(body), **({"content_type": _EVENTS} | headers))

    return behave


def _events(body: bytes) -> list[bytes]:
    return re.split(rb"(?<=\n\n)|(?<=\r\n\r\n)", body)


def _twice(body: bytes) -> bytes:
    return b"".join(each * 2 for each in _events(body))


def _again(body: bytes) -> bytes:
    return body + re.sub(rb'("attempt": ?)1', rb"\g<1>2", body)


def _backwards(body: bytes) -> bytes:
    return b"".join(reversed(_events(body)))


def _in_the_middle(body: bytes) -> bytes:
    """Return the events up to the middle of the one in the middle."""
    events = _events(body)
    half = len(events) // 2
    return b"".join(events[:half]) + events[half][: len(events[half]) // 2]


def _another_run(body: bytes) -> bytes:
    """Name another run in the first event."""
    return re.sub(rb'("run_id": ?")[^"]*', rb"\g<1>" + str(uuid4()).encode(), body, count=1)


def _not_utf_8(body: bytes) -> bytes:
    return body.replace(b"data: {", b"data: {\xff\xfe", 1)


def _not_json(body: bytes) -> bytes:
    return body.replace(b"data: {", b"data: {,", 1)


def _given_twice(body: bytes) -> bytes:
    return body.replace(b"data: {", b'data: {"run_id": "x", "run_id": "y", ', 1)


def _comments(body: bytes) -> bytes:
    return b": heartbeat\r\n\r\n" * 20


def _with_a_large_event(body: bytes) -> bytes:
    return b"event: custom\ndata: " + b'"' + b"x" * 2**20 + b'"\n\n' + body


# What happens to the requests that read what became of it


async def _nothing_runs(exchange: Exchange) -> None:
    """Answer each list of runs as a cache does that was filled before the decision."""
    if re.match(rb"GET \S+/runs\?", exchange.head):
        await exchange.answer(200, b"[]", content_type="application/json")
    else:
        await pass_on(exchange)


_unavailable = _refuse(503)
_signed_out = _refuse(200, _PAGE, content_type="text/html")

FAULTS = (
    Fault("closed", _close, is_found=False),
    Fault("reset", _reset, is_found=False),
    Fault("half closed", _half_closed, is_found=False),
    Fault("half a head", _half_a_head, is_found=False),
    Fault("no HTTP", _no_http, is_found=False),
    Fault("500", _refuse(500), is_found=False),
    Fault("502", _refuse(502, _PAGE, content_type="text/html"), is_found=False),
    Fault("503", _refuse(503, retry_after="0"), is_found=False),
    Fault("504", _refuse(504), is_found=False),
    Fault("401", _refuse(401)),
    Fault("407", _refuse(407)),
    Fault("413", _refuse(413)),
    Fault("429", _refuse(429, retry_after="0")),
    Fault("redirect", _refuse(302, location="/elsewhere")),
    Fault("redirect that keeps the method", _refuse(307, location="/threads")),
    Fault("nothing in 204", _refuse(204), is_found=False),
    Fault("nothing in 200", _refuse(200), is_found=False),
    Fault("no events", _refuse(200, content_type=_EVENTS), is_found=False),
    Fault("a web page", _refuse(200, _PAGE, content_type="text/html"), is_found=False),
    Fault("other JSON", _refuse(200, b'{"ok": true}', content_type="application/json"), is_found=False),
    Fault("no gzip", _refuse(200, b"\x1f\x8bno", content_type=_EVENTS, content_encoding="gzip"), is_found=False),
    Fault("arrived, closed", _lose_reply),
    Fault("arrived, reset", _reset_after),
    Fault("arrived, half closed", _half_closed_after),
    Fault("arrived, only a head", _head_only),
    Fault("arrived, cut while it runs", cut),
    Fault("arrived, 404", _replace(404)),
    Fault("arrived, 408", _replace(408)),
    Fault("arrived, 409", _replace(409)),
    Fault("arrived, 429", _replace(429)),
    Fault("arrived, 500", _replace(500)),
    Fault("arrived, 502", _replace(502, _PAGE, content_type="text/html")),
    Fault("arrived, 503", _replace(503)),
    Fault("arrived, 504", _replace(504)),
    Fault("arrived, redirect", _replace(307, location="/threads")),
    Fault("arrived, a web page", _replace(200, _PAGE, content_type="text/html")),
    Fault("arrived, nothing", _replace(200)),
    Fault("arrived late, 504", _late(504), is_found=False),
    Fault("arrived late, 408", _late(408), is_found=False),
    Fault("arrived late, closed", _late(), is_found=False),
    Fault("arrived twice", deliver_twice),
    Fault("arrived again at the end", deliver_again_at_the_end),
    Fault("a late reply", _wait),
    Fault("slow bytes", _slow),
    Fault("no last chunk", _no_last_chunk),
    Fault("no size of a chunk", _wrong_chunk),
    Fault("half an event", _changed(_in_the_middle)),
    Fault("half an event, cut", _changed(_in_the_middle, content_length="100000")),
    Fault("each event twice", _changed(_twice)),
    Fault("all events again, as of a second attempt", _changed(_again)),
    Fault("events backwards", _changed(_backwards)),
    Fault("the id of another run", _changed(_another_run)),
    Fault("not UTF-8", _changed(_not_utf_8)),
    Fault("not JSON", _changed(_not_json)),
    Fault("a key given twice", _changed(_given_twice)),
    Fault("only comments", _changed(_comments)),
    Fault("a large event", _changed(_with_a_large_event)),
    Fault("events as text", _changed(lambda body: body, content_type="text/plain")),
    Fault("events as gzip", _changed(gzip.compress, content_encoding="gzip")),
    Fault("events that are not gzip", _changed(lambda body: body, content_encoding="gzip")),
    Fault("cut, then 503", cut, _unavailable),
    Fault("cut, then gone", cut, _close),
    Fault("cut, then a web page", cut, _signed_out),
    Fault("cut, then a list of old runs", cut, _nothing_runs),
    Fault("408, then 503", _replace(408), _unavailable),
    Fault("409, then 503", _replace(409), _unavailable),
    Fault("404, then a web page", _replace(404), _signed_out),
    Fault("408, then gone", _replace(408), _close),
    Fault("504, then 503", _replace(504), _unavailable),
)  # fmt: skip
"""All kinds."""
