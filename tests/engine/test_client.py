"""The client in bad weather: every fault of a server becomes an error of ours, in words."""

import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from engine.api import client
from engine.api.client import LangGraphServer, StreamEvent
from engine.api.wire import WireInterrupt, WireThread
from engine.errors import (
    BadReply,
    Conflict,
    Denied,
    HitlError,
    NotThere,
    ServerRefused,
    Unreachable,
)

Handler = Callable[[httpx.Request], httpx.Response]


def server(handler: Handler) -> LangGraphServer:
    return LangGraphServer(
        "http://user:secret@host:1",
        headers={"x-api-key": "k"},
        transport=httpx.MockTransport(handler),
    )


def answering(status: int, body: str, **headers: str) -> Handler:
    return lambda request: httpx.Response(status, text=body, headers=headers)


@pytest.mark.parametrize(
    ("handler", "error", "words"),
    [
        (answering(401, '{"detail":"missing x-api-key"}'), Denied, "missing x-api-key"),
        (answering(403, '{"detail":"read-only reviewer"}'), Denied, "read-only reviewer"),
        (answering(404, "Not Found"), NotThere, "Not Found"),
        (answering(409, '{"detail":"Thread is already running a task."}'), Conflict, "running"),
        (answering(422, '{"detail":"Invalid JSON"}'), ServerRefused, "422 to GET /info"),
        (answering(500, ""), ServerRefused, "no reason given"),
        (answering(307, "", location="http://evil/"), ServerRefused, "not followed"),
        (answering(200, "<html>", **{"content-type": "text/html"}), BadReply, "a web page"),
        (answering(200, ""), BadReply, "no JSON"),
        (answering(200, "[" * 100_000), BadReply, "no JSON"),
        (answering(200, "[1]"), BadReply, "not what a LangGraph server sends"),
    ],
)
async def test_faults_are_mapped(handler: Handler, error: type[HitlError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        await server(handler).info()
    assert "secret" not in str(caught.value) + caught.value.detail


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("slow"), False),
        (httpx.ReadError("reset"), True),
        (httpx.ReadTimeout(""), True),
        (httpx.RemoteProtocolError("cut"), True),
    ],
)
async def test_it_is_known_whether_anything_was_sent(fault: httpx.HTTPError, sent: bool) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise fault

    with pytest.raises(Unreachable) as caught:
        await server(handler).info()
    assert caught.value.sent is sent
    assert "secret" not in str(caught.value)


async def test_a_count_is_a_number() -> None:
    assert await server(answering(200, "7")).count_threads({}) == 7
    with pytest.raises(BadReply, match="not what a LangGraph server sends"):
        await server(answering(200, "[7]")).count_threads({})


async def test_a_reply_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "REPLY_BYTES", 1000)
    with pytest.raises(BadReply, match="larger than"):
        await server(answering(200, "x" * 1001)).info()


async def test_a_redirect_carries_nothing_to_another_host() -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url.host))
        return httpx.Response(307, headers={"location": "http://evil/info"})

    with pytest.raises(ServerRefused):
        await server(handler).info()
    assert seen == ["host"]


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def streaming(*parts: bytes) -> Handler:
    headers = {"content-type": "text/event-stream"}
    return lambda request: httpx.Response(200, headers=headers, content=chunks(*parts))


async def events(handler: Handler) -> list[StreamEvent]:
    stream = server(handler).stream_run("t", {}, idempotency_key="d")
    return [event async for event in stream]


async def test_events_are_read_across_any_cut() -> None:
    data = json.dumps({"name": "Grüße", "id": "1"}, ensure_ascii=False).encode()
    whole = b": heartbeat\n\nevent: tasks|sub:1|inner:2\r\ndata: " + data + b"\r\n\r\n"
    expected = [StreamEvent("tasks", ("sub:1", "inner:2"), {"name": "Grüße", "id": "1"})]
    assert await events(streaming(whole)) == expected
    assert await events(streaming(*(bytes([byte]) for byte in whole))) == expected


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (answering(409, '{"detail":"busy"}'), Conflict),
        (answering(200, "{}", **{"content-type": "application/json"}), BadReply),
        (streaming(b"event: tasks\ndata: {broken\n\n"), BadReply),
    ],
)
async def test_a_stream_that_is_none_is_an_error(handler: Handler, error: type[HitlError]) -> None:
    with pytest.raises(error):
        await events(handler)


def test_older_interrupts_get_the_id_that_langgraph_gave_them() -> None:
    old = WireInterrupt.model_validate(
        {"value": 1, "resumable": True, "ns": ["human_node:abc"], "when": "during"}
    )
    assert (old.value, len(old.id)) == (1, 32)
    again = WireInterrupt.model_validate({"value": 2, "ns": ["human_node:abc"]})
    assert again.id == old.id
    assert WireInterrupt.model_validate({"value": 1, "interrupt_id": "x"}).id == "x"
    assert WireInterrupt.model_validate({"value": 1, "id": "y", "new": 3}).id == "y"


def test_null_is_taken_for_missing() -> None:
    row = WireThread.model_validate({"thread_id": "t", "metadata": None, "next": None})
    assert (row.metadata, row.next, row.graph_id) == ({}, (), "")
