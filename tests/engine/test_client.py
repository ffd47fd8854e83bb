"""The client with failing servers: every fault becomes one of our errors, with a clear message."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress

import httpx
import pytest

from hitl_engine.errors import (
    BadInput,
    BadReply,
    BadTarget,
    Conflict,
    Denied,
    HitlError,
    NotThere,
    ServerRefused,
    TargetError,
    Unreachable,
)
from hitl_engine.reading import client
from hitl_engine.reading.capabilities import Capabilities
from hitl_engine.reading.client import LangGraphServer, StreamEvent
from hitl_engine.reading.wire import WireInterrupt, WireTask, WireThread, error_text

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
        (answering(422, "Thread is already running a task. Wait for it"), Conflict, "running"),
        (
            answering(400, '{"message":"Cannot resume: thread is not in interrupted state"}'),
            Conflict,
            "resume",
        ),
        (answering(422, '{"detail":"Invalid JSON"}'), ServerRefused, "422 to GET /info"),
        (
            answering(422, '{"detail":[{"loc":["body","limit"],"msg":"At most 100"}]}'),
            ServerRefused,
            "GET /info: body.limit: At most 100.",
        ),
        (answering(500, ""), ServerRefused, "no reason given"),
        (answering(307, "", location="http://evil/"), ServerRefused, "not followed"),
        (answering(200, "<html>", **{"content-type": "text/html"}), BadReply, "a web page"),
        (answering(200, ""), BadReply, "no JSON"),
        (answering(200, "[" * 100_000), BadReply, "no JSON"),
        (answering(200, '{"a": [{"b": 1, "c": 2, "b": 3}]}'), BadReply, "a key twice: b"),
        (answering(200, "[1]"), BadReply, "not what a LangGraph server sends"),
    ],
)
async def test_faults_are_mapped(handler: Handler, error: type[HitlError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        await server(handler).info()
    assert "secret" not in str(caught.value) + caught.value.detail


@pytest.mark.parametrize(
    ("fault", "sent", "words"),
    [
        (httpx.ConnectError("refused"), False, "cannot be reached: refused."),
        (httpx.ConnectTimeout("slow"), False, "cannot be reached: no connection in time."),
        (httpx.ReadError("reset."), True, "The connection to http://host:1 broke: reset."),
        (httpx.ReadError(""), True, "broke: ReadError."),
        (httpx.ReadTimeout(""), True, "did not answer in time."),
        (httpx.RemoteProtocolError("cut"), True, "broke: cut."),
    ],
)
async def test_an_error_contains_whether_the_request_was_sent(
    fault: httpx.HTTPError, sent: bool, words: str
) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise fault

    with pytest.raises(Unreachable) as caught:
        await server(handler).info()
    assert str(caught.value).endswith(words)
    assert caught.value.sent is sent
    assert "secret" not in str(caught.value)


async def test_a_count_is_a_number() -> None:
    assert await server(answering(200, "7")).count_threads({}) == 7
    with pytest.raises(BadReply, match="not what a LangGraph server sends"):
        await server(answering(200, "[7]")).count_threads({})


async def test_a_reply_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "REPLY_BYTES", 1000)
    with pytest.raises(BadReply, match="larger than"):
        await server(answering(200, "x" * 1001)).info()


async def test_a_redirect_is_not_followed() -> None:
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


async def test_printed_lines_are_asked_for_only_where_the_server_has_them() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.params))
        return streaming()(request)

    for capabilities in (Capabilities(), Capabilities(streams_printed=True)):
        api = server(handler)
        api.can = capabilities
        assert [event async for event in api.join_stream("t", "r")] == []
    assert asked == ["", "stream_printed=true"]


async def test_events_are_read_from_chunks_of_any_size() -> None:
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
async def test_a_reply_that_is_not_an_event_stream_is_an_error(
    handler: Handler, error: type[HitlError]
) -> None:
    with pytest.raises(error):
        await events(handler)


def test_older_interrupts_get_the_id_that_langgraph_gave_them() -> None:
    old = WireInterrupt.read(
        {"value": 1, "resumable": True, "ns": ["human_node:abc"], "when": "during"}
    )
    assert (old.value, len(old.id)) == (1, 32)
    again = WireInterrupt.read({"value": 2, "ns": ["human_node:abc"]})
    assert again.id == old.id
    assert WireInterrupt.read({"value": 1, "interrupt_id": "x"}).id == "x"
    assert WireInterrupt.read({"value": 1, "id": "y", "new": 3}).id == "y"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("ValueError('x')", "ValueError('x')"),
        ('{"message":"not a number","name":"Error"}', "Error: not a number"),
        ({"error": "ValueError", "message": "x"}, "ValueError: x"),
        ({"message": "x"}, "{'message': 'x'}"),
        ("{broken", "{broken"),
    ],
)
def test_an_error_is_put_into_words(sent: object, words: str) -> None:
    assert error_text(sent) == words
    assert WireTask.read({"id": "k", "name": "n", "error": sent}).error == words


def test_null_counts_as_missing() -> None:
    row = WireThread.read({"thread_id": "t", "metadata": None, "next": None})
    assert (row.metadata, row.next, row.graph_id) == ({}, (), "")


@pytest.mark.parametrize("endless", [b"data: " + b"x" * 5000, b"data: 1\n" * 500])
async def test_an_event_that_is_too_large_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, endless: bytes
) -> None:
    monkeypatch.setattr(client, "REPLY_BYTES", 1000)
    api = server(streaming(b"event: a\ndata: 1\n\n", endless))
    received = []
    with pytest.raises(BadReply, match="event larger than"):
        async for event in api.stream_run("t", {}, idempotency_key="d"):
            received.append(event)
    assert received == [StreamEvent("a", (), 1)]


async def test_the_size_limit_applies_to_each_event_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "REPLY_BYTES", 100)
    assert len(await events(streaming(*[b"event: a\ndata: 1\n\n", b": heartbeat\n\n"] * 50))) == 50


async def test_a_stream_that_does_not_begin_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("this event is never set")

    monkeypatch.setattr(client, "BEGIN_SECONDS", 0.01)
    api = LangGraphServer("http://host", headers={}, transport=httpx.MockTransport(silent))
    with pytest.raises(Unreachable, match="did not answer in time") as caught:
        async for _ in api.stream_run("t", {}, idempotency_key="d"):
            pass
    assert caught.value.sent


async def test_a_refused_key_tells_nothing_of_how_runs_go_on() -> None:
    """Or a step would be sent in a way that the server refuses, after a key was valid again."""
    replies = iter([401, 404, 422, 404])
    api = server(lambda request: httpx.Response(next(replies)))
    with pytest.raises(Denied):
        await api.goes_on()
    assert await api.goes_on() == "with a checkpoint"


@asynccontextmanager
async def closing_idle_connections() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers the first request of a connection, and closes it at the next one."""
    received: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError):
            for answer in (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", b""):
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                received.append(head.split(b" HTTP")[0])
                writer.write(answer)
                await writer.drain()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        host, port = listening.sockets[0].getsockname()
        yield f"http://{host}:{port}", received


async def test_a_read_request_is_sent_again_after_the_server_closed_the_connection() -> None:
    async with closing_idle_connections() as (url, received):
        api = LangGraphServer(url, headers={}, through_proxy=False)
        assert await api.search_threads({}) == ()
        assert await api.runs("t", limit=1) == ()
        await api.aclose()
    assert received == [b"POST /threads/search", *[b"GET /threads/t/runs?limit=2"] * 2]


@pytest.mark.parametrize("order", [1, -1])
async def test_the_newest_runs_come_first_in_whatever_order_they_are_listed(order: int) -> None:
    rows = [
        {
            "run_id": str(minute),
            "thread_id": "t",
            "assistant_id": "a",
            "status": "success",
            "created_at": f"2026-11-29T12:{minute:02}:00Z",
        }
        for minute in range(30)
    ][::order]

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=rows[: int(request.url.params["limit"])])

    api = server(handler)
    assert [run.run_id for run in await api.runs("t", limit=1)] == ["29"]
    assert [run.run_id for run in await api.runs("t", limit=3)] == ["29", "28", "27"]


def failing(times: int, fault: int | httpx.HTTPError) -> tuple[Handler, list[str]]:
    """A server that fails several times and then answers, and the paths that it was asked for."""
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if len(asked) > times:
            return httpx.Response(200, json=[])
        if isinstance(fault, httpx.HTTPError):
            raise fault
        return httpx.Response(fault, text="Internal Server Error")

    return handler, asked


@pytest.mark.parametrize("fault", [500, 503, 429, httpx.ReadError("reset"), httpx.ReadTimeout("")])
async def test_a_read_request_is_sent_again_after_a_failure_that_may_pass(
    fault: int | httpx.HTTPError,
) -> None:
    handler, asked = failing(3, fault)
    assert await server(handler).history("t", limit=1) == ()
    assert asked == ["/threads/t/history"] * 4


@pytest.mark.parametrize("fault", [501, 422, httpx.ConnectError("refused")])
async def test_a_read_request_is_not_sent_again_after_a_failure_that_stays(
    fault: int | httpx.HTTPError,
) -> None:
    handler, asked = failing(1, fault)
    with pytest.raises(TargetError):
        await server(handler).runs("t", limit=1)
    assert len(asked) == 1


async def test_a_request_that_writes_is_not_sent_again_after_a_failure() -> None:
    handler, asked = failing(1, 503)
    with pytest.raises(ServerRefused):
        await server(handler).update_state("t", None, as_node="n")
    assert len(asked) == 1


async def test_a_request_that_starts_something_is_never_sent_twice() -> None:
    async with closing_idle_connections() as (url, received):
        api = LangGraphServer(url, headers={}, through_proxy=False)
        for start in (
            lambda: api.create_thread({}),
            lambda: anext(aiter(api.stream_run("t", {}, idempotency_key="d"))),
        ):
            await api.search_threads({})
            with pytest.raises(Unreachable, match="broke") as caught:
                await start()
            assert caught.value.sent
        await api.aclose()
    search = b"POST /threads/search"
    assert received == [search, b"POST /threads", search, b"POST /threads/t/runs/stream"]


@pytest.mark.parametrize("value", ["Grüße", "a\nb", "a\x00b", "\udcff", "\N{SNOWMAN}"])
def test_a_header_that_cannot_be_sent_is_named_and_not_shown(value: str) -> None:
    with pytest.raises(BadInput, match="x-secret") as caught:
        LangGraphServer("http://host", headers={"x-secret": value})
    assert value not in str(caught.value)
    with pytest.raises(BadInput):
        LangGraphServer("http://host", headers={f"x{value}": "a"})


def test_a_url_that_httpx_does_not_accept() -> None:
    with pytest.raises(BadTarget, match="not a URL"):
        LangGraphServer("http://\u2488.example", headers={})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTP_PROXY", "garbage://x:1"),
        ("HTTPS_PROXY", "http://[::1"),
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem"),
    ],
)
def test_a_bad_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(TargetError, match=variable):
        LangGraphServer("https://host", headers={})
    LangGraphServer("https://host", headers={}, through_proxy=False)


async def test_an_id_that_no_url_can_contain() -> None:
    with pytest.raises(Unreachable, match="cannot be written") as caught:
        await server(answering(200, "{}")).thread("a\x00b")
    assert not caught.value.sent


@pytest.mark.parametrize(("status", "connections"), [(424, 1), (500, 2), (503, 2)])
async def test_a_connection_is_not_used_again_after_a_failure(
    status: int, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`langgraph dev` resets it after a 500: an answer that is sent on it would be lost."""
    monkeypatch.setattr(client, "AGAIN_SECONDS", 0)
    made: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.append(writer)
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                failed = b"/state" in head
                body = b"failed" if failed else b"{}"
                line = f"HTTP/1.1 {status if failed else 200} X\r\ncontent-length: {len(body)}\r\n"
                writer.write(line.encode() + b"\r\n" + body)

    async with await asyncio.start_server(answer, "127.0.0.1") as listening:
        host, port = listening.sockets[0].getsockname()
        api = LangGraphServer(f"http://{host}:{port}", headers={}, through_proxy=False)
        with pytest.raises(ServerRefused, match="failed"):
            await api.state("t")
        await api.info()
        await api.aclose()
        for writer in made:
            writer.close()
    assert len(made) == connections
