"""Beyond the contract, for reviewers: preconditions, and one run for each key."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from hitl_engine.desk import open_desk
from hitl_engine.errors import Conflict, NoLongerWaits
from hitl_engine.model import Breakpoint, Outcome, OutcomeKind
from tests.server.processes import Served
from tests.server.test_contract import row, thread, wait


@pytest.fixture
async def http(local_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared local server."""
    async with local_server.client() as client:
        yield client


async def start(http: httpx.AsyncClient, thread_id: str, graph: str, **body: Any) -> httpx.Response:
    """Start a run and return the response with its result."""
    return await http.post(f"/threads/{thread_id}/runs/wait", json={"assistant_id": graph, **body})


# Preconditions


async def test_the_server_reports_its_checks(http: httpx.AsyncClient) -> None:
    flags = (await http.get("/info")).json()["flags"]
    assert flags["preconditions"] is flags["idempotency_key"] is flags["strict_resume"] is True


async def test_one_of_many_concurrent_steps_is_accepted(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "breakpoints", input={})
    at = {"checkpoint_id": (await row(http, thread_id))["checkpoint_id"], "interrupt_ids": []}
    replies = await asyncio.gather(
        *(start(http, thread_id, "breakpoints", input=None, preconditions=at) for _ in range(8))
    )
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 7
    assert (await row(http, thread_id))["breakpoint"]["node"] == "publish"


async def test_one_of_several_reviewers_steps_past_a_breakpoint(
    http: httpx.AsyncClient, local_server: Served, tmp_path: Path
) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "breakpoints", input={})
    async with open_desk(local_server.url, data_dir=tmp_path, headers=local_server.headers) as desk:
        [seen] = (await desk.thread(thread_id)).waiting
        assert isinstance(seen, Breakpoint)
        steps = (desk.step(seen, lambda _: None) for _ in range(6))
        done = await asyncio.gather(*steps, return_exceptions=True)
    taken = [one for one in done if isinstance(one, Outcome)]
    assert [one.kind for one in taken] == [OutcomeKind.APPLIED]
    refused = [one for one in done if isinstance(one, NoLongerWaits | Conflict)]
    assert len(refused) == 5
    assert (await row(http, thread_id))["next"] == ["publish"]


async def test_a_refusal_contains_the_current_state(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "two_questions", input={})
    first = asked["__interrupt__"][0]["id"]
    seen = {
        "checkpoint_id": (await row(http, thread_id))["checkpoint_id"],
        "interrupt_ids": [first],
    }
    answer = {"resume": {first: "A"}}
    taken = await start(http, thread_id, "two_questions", command=answer, preconditions=seen)
    [second] = taken.json()["__interrupt__"]
    refused = await start(http, thread_id, "two_questions", command=answer, preconditions=seen)
    assert refused.status_code == 409
    current = refused.json()["current"]
    assert [one["id"] for one in next(iter(current["interrupts"].values()))] == [second["id"]]
    assert current["status"] == "interrupted"
    assert len((await http.get(f"/threads/{thread_id}/runs")).json()) == 2


async def test_preconditions_of_a_breakpoint_do_not_fit_a_question(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"})
    at = {"checkpoint_id": (await row(http, thread_id))["checkpoint_id"], "interrupt_ids": []}
    assert (await start(http, thread_id, "revise", preconditions=at)).status_code == 409


async def test_a_queued_run_cannot_have_preconditions(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "slow", "input": {"steps": 20}}
    await http.post(f"/threads/{thread_id}/runs", json=body)
    body = {"multitask_strategy": "enqueue", "preconditions": {"interrupt_ids": []}}
    assert (await start(http, thread_id, "slow", **body)).status_code == 409


async def test_a_state_that_changed_is_not_overwritten(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "breakpoints", input={})
    seen = {"checkpoint_id": (await row(http, thread_id))["checkpoint_id"], "interrupt_ids": []}

    async def write(text: str) -> int:
        body = {"values": {"text": text}, "as_node": "draft", "preconditions": seen}
        return (await http.post(f"/threads/{thread_id}/state", json=body)).status_code

    written = await asyncio.gather(*(write(text) for text in "abcdef"))
    assert sorted(written) == [200] + [409] * 5
    assert (await row(http, thread_id))["values"]["text"] == "abcdef"[written.index(200)]


async def test_a_question_that_was_not_seen_is_not_removed(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"})
    before = await row(http, thread_id)
    body = {
        "values": {"some_text": "y"},
        "preconditions": {"checkpoint_id": before["checkpoint_id"], "interrupt_ids": []},
    }
    assert (await http.post(f"/threads/{thread_id}/state", json=body)).status_code == 409
    assert await row(http, thread_id) == before


# Idempotency keys


async def test_repeated_requests_with_one_key_start_one_run(
    http: httpx.AsyncClient, tmp_path: Path
) -> None:
    thread_id = await thread(http)
    trace = tmp_path / "trace"
    asked = await wait(http, thread_id, "gated_effect", input={"trace": str(trace), "seconds": 0.5})
    body = {
        "assistant_id": "gated_effect",
        "command": {"resume": {asked["__interrupt__"][0]["id"]: "go"}},
        "multitask_strategy": "reject",
    }
    key = {"idempotency-key": str(uuid4())}

    async def send() -> httpx.Response:
        return await http.post(f"/threads/{thread_id}/runs/wait", json=body, headers=key)

    replies = [*await asyncio.gather(*(send() for _ in range(8))), await send()]
    assert [reply.status_code for reply in replies] == [200] * 9, replies[-1].text
    assert len({reply.headers["content-location"] for reply in replies}) == 1
    assert all(reply.json()["said"] == ["go"] for reply in replies)
    assert trace.read_text().splitlines() == ["go"]
    created = await http.post(f"/threads/{thread_id}/runs", json=body, headers=key)
    assert created.headers["content-location"] == replies[0].headers["content-location"]
    streamed = await http.post(f"/threads/{thread_id}/runs/stream", json=body, headers=key)
    assert streamed.status_code == 200


async def test_a_key_belongs_to_its_request(http: httpx.AsyncClient) -> None:
    key = {"idempotency-key": str(uuid4())}
    body = {"assistant_id": "chain", "input": {}}
    path = f"/threads/{await thread(http)}/runs/wait"
    assert (await http.post(path, json=body, headers=key)).status_code == 200
    other = {**body, "input": {"said": ["other"]}}
    assert (await http.post(path, json=other, headers=key)).status_code == 422
    assert (await http.post("/runs/wait", json=body, headers=key)).status_code == 422


async def test_the_key_of_a_refused_request_can_be_used_again(http: httpx.AsyncClient) -> None:
    key = {"idempotency-key": str(uuid4())}
    thread_id = str(uuid4())
    path = f"/threads/{thread_id}/runs/wait"
    body = {"assistant_id": "chain", "input": {}}
    assert (await http.post(path, json=body, headers=key)).status_code == 404
    await thread(http, thread_id=thread_id)
    assert (await http.post(path, json=body, headers=key)).status_code == 200


# Webhooks


async def test_a_webhook_gets_the_result_of_a_run(http: httpx.AsyncClient) -> None:
    bodies: asyncio.Queue[bytes] = asyncio.Queue()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await bodies.put(await reader.readexactly(size))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        thread_id = await thread(http)
        await wait(http, thread_id, "chain", input={}, webhook=url)
        async with asyncio.timeout(20):
            result = httpx.Response(200, content=await bodies.get()).json()
    assert result["thread_id"] == thread_id
    assert result["status"] == "success"
    assert result["values"] == {"said": ["one", "two", "three"]}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://[::1]/",
        "file:///etc/passwd",
        "//x",
        "\x00",
        "ftp://127.0.0.1/",
    ],
)
async def test_other_hosts_are_not_called(http: httpx.AsyncClient, url: str) -> None:
    reply = await start(http, await thread(http), "chain", input={}, webhook=url)
    assert reply.status_code == 422


async def test_a_failing_webhook_does_not_affect_the_run(http: httpx.AsyncClient) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        result = await wait(http, await thread(http), "chain", input={}, webhook=url)
    assert result == {"said": ["one", "two", "three"]}
