"""What a server cannot do is found when it is connected, with a reason for each."""

import asyncio

import httpx
import pytest

from hitl_engine.desk import Desk
from hitl_engine.model import Capability
from hitl_engine.reading import inbox as reading
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.inbox import InboxReader
from hitl_engine.reading.thread_reader import ThreadReader
from tests.any_server.steps import start
from tests.server.processes import Served

LACKS = {
    "aegra": {
        Capability.KEEP_REVIEWERS_APART,
        Capability.TELL_BREAKPOINTS,
        Capability.LIST_QUESTIONS,
    }
}


async def test_what_a_server_lacks_is_found_with_a_reason(desk: Desk, server: Served) -> None:
    lacks = {each.capability: each.reason for each in desk.server.lacks}
    assert lacks.keys() == LACKS.get(server.name, set())
    assert all(reason.startswith(("This server", "The list")) for reason in lacks.values())
    assert [desk.server.lack(each) for each in lacks] == list(lacks.values())


async def test_the_newest_threads_are_read_first(
    desk: Desk, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not more than some a second, so that a server with many threads has time for others."""
    if not desk.server.lack(Capability.LIST_QUESTIONS):
        pytest.skip("The list of threads of this server tells what waits.")
    threads = [(await start(desk, "revise", {"some_text": "x"})).thread_id for _ in range(8)]
    monkeypatch.setattr(reading, "_READS_PER_SECOND", 10.0)
    api = LangGraphServer(server.url, headers=server.headers)
    inbox = InboxReader(api, ThreadReader(api, rows_hold_runs=False), rows_hold_state=False)
    first = await inbox.look(seconds=0.35)
    found = {item.thread_id for item in first.items}
    assert found and found <= set(threads[-5:])
    assert first.unread >= 3
    monkeypatch.setattr(reading, "_READS_PER_SECOND", 100.0)
    newest = (await start(desk, "revise", {"some_text": "y"})).thread_id
    assert newest in {item.thread_id for item in (await inbox.look(seconds=0.1)).items}
    everything = await inbox.look()
    assert everything.unread == 0
    assert {item.thread_id for item in everything.items} >= {*threads, newest}
    await api.aclose()


async def test_more_graphs_than_a_page_are_listed(desk: Desk, server: Served) -> None:
    async with server.client() as http:
        made = await asyncio.gather(*(_assistant(http, number) for number in range(105)))
        try:
            listed = {graph.assistant_id for graph in await desk.graphs()}
            assert listed >= set(made)
        finally:
            for assistant_id in made:
                await http.delete(f"/assistants/{assistant_id}")


async def _assistant(http: httpx.AsyncClient, number: int) -> str:
    """Make an assistant of a graph; return its id."""
    body = {
        "graph_id": "slow",
        "name": f"number {number}",
        "config": {"recursion_limit": number + 5},
    }
    made = await http.post("/assistants", json=body)
    return str(made.json()["assistant_id"])
