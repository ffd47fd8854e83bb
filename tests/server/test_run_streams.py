"""The events of resumable runs: kept up to a number of bytes, and a gap is told."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx

from hitl_server.streams.run_stream import Event, EventMemory, RunStream
from tests.server.processes import Served
from tests.server.test_contract import thread, wait

MEGABYTE = "x" * 1024 * 1024


async def heard(events: AsyncIterator[Event]) -> list[tuple[str, Any]]:
    """Return all events as (name, payload)."""
    return [(event.name, json.loads(event.data)) async for event in events]


async def test_the_oldest_events_of_all_runs_are_dropped_first() -> None:
    memory = EventMemory(limit=6)
    first, second = RunStream(memory), RunStream(memory)
    for number in range(4):
        first.send("first", number)
        second.send("second", number)
    first.close()
    second.close()
    assert await heard(first.subscribe(0)) == [("gap", {"first": 1, "last": 1})] + [
        ("first", number) for number in (1, 2, 3)
    ]
    assert await heard(second.subscribe(1)) == [("second", number) for number in (1, 2, 3)]
    assert await heard(first.subscribe(3)) == [("first", 3)]
    assert await heard(first.subscribe()) == []


async def test_a_run_without_any_kept_event() -> None:
    memory = EventMemory(limit=3)
    stream = RunStream(memory)
    for _ in range(5):
        stream.send("values", "longer than the memory")
    stream.close()
    assert await heard(stream.subscribe(2)) == [("gap", {"first": 3, "last": 5})]
    assert await heard(stream.subscribe(5)) == []


async def test_forgotten_events_make_room() -> None:
    memory = EventMemory(limit=4)
    streams = [RunStream(memory) for _ in range(20)]
    for stream in streams:
        for number in range(3):
            stream.send("values", number)
        stream.close()
        assert await heard(stream.subscribe(0)) == [("values", number) for number in range(3)]
        stream.forget()


async def test_a_slow_subscriber_is_disconnected_after_64_megabytes() -> None:
    stream = RunStream()
    slow = stream.subscribe()
    for _ in range(70):
        stream.send("values", MEGABYTE)
    *events, (name, error) = await heard(slow)
    assert len(events) == 63
    assert (name, error["error"]) == ("error", "TooSlow")


async def test_slow_subscribers_are_disconnected_after_256_megabytes_together() -> None:
    streams = [RunStream() for _ in range(10)]
    followed = [stream.subscribe() for stream in streams]
    for _ in range(40):
        for stream in streams:
            stream.send("values", MEGABYTE)
    counts = [len(await heard_so_far(stream, events)) for stream, events in zip(streams, followed)]
    assert max(counts) < 30 and sum(counts) < 270
    late = RunStream()
    quick = late.subscribe()
    late.send("values", MEGABYTE)
    assert await heard_so_far(late, quick) == [("values", MEGABYTE)]


async def heard_so_far(stream: RunStream, events: AsyncIterator[Event]) -> list[tuple[str, Any]]:
    """End the stream, and return all its events as (name, payload)."""
    stream.close()
    return await heard(events)


async def test_a_gap_is_told_to_a_client_that_returns(local_server: Served) -> None:
    body = {"input": {"said": [MEGABYTE]}, "stream_mode": ["values", "updates"]}
    async with local_server.client() as http:
        runs = []
        for _ in range(16):
            thread_id = await thread(http)
            await wait(http, thread_id, "chain", stream_resumable=True, **body)
            (run,) = (await http.get(f"/threads/{thread_id}/runs")).json()
            runs.append(f"/threads/{thread_id}/runs/{run['run_id']}/stream")
        oldest, newest = [await _events(http, path) for path in (runs[0], runs[-1])]
    assert oldest[0] == "gap"
    assert newest == ["metadata", "values", *["updates", "values"] * 3]


async def _events(http: httpx.AsyncClient, path: str) -> list[str]:
    reply = await http.get(path, headers={"Last-Event-ID": "0"})
    return [line[7:] for line in reply.text.splitlines() if line.startswith("event: ")]
