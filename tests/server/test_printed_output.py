"""What nodes print reaches the clients of their run that ask for it, line by line."""

import time
from typing import Any

import httpx

from hitl_engine.desk import Desk
from hitl_engine.model import Progress
from tests.server.conftest import on_local_server
from tests.server.test_contract import events, thread

pytestmark = on_local_server


def printed(heard: list[tuple[str, Any]]) -> list[Any]:
    return [payload for name, payload in heard if name == "printed"]


async def test_each_line_comes_with_its_node_and_the_order_of_the_run_is_kept(
    http: httpx.AsyncClient,
) -> None:
    thread_id = await thread(http)
    heard = await events(
        http,
        thread_id,
        "printing",
        input={"lines": 2},
        stream_mode=["tasks"],
        stream_subgraphs=True,
        stream_resumable=True,
        stream_printed=True,
    )
    lines = printed(heard)
    of_thread = [line for line in lines if line["node"] == "in_a_thread"][:-1]
    assert [(line["stream"], line["text"].split(" WARNING ")[-1]) for line in of_thread] == [
        ("stdout", "in a thread"),
        ("stderr", "a warning"),
        ("stderr", "all of it"),
    ]
    of_loop = [line for line in lines if line["node"] == "in_the_loop"]
    assert [line["text"] for line in of_loop] == ["before the pause", "after the pause"]
    assert of_loop[0]["at"] < of_loop[1]["at"]
    [inside] = [line for line in lines if line["node"] == "inner"]
    assert inside["text"] == "inside" and inside["namespace"][0].startswith("subgraph:")
    assert [line["text"] for line in lines if line["node"] == "many"] == ["line 0", "line 1"]
    assert (lines[-1]["text"], lines[-1]["node"]) == ("no end", "in_a_thread"), (
        "a line without an end comes at the end of the run"
    )
    assert "of no run" not in str(lines)
    order = [
        payload["name"] + (" starts" if "input" in payload else " ends")
        if name.startswith("tasks")
        else payload["text"]
        for name, payload in heard
        if name.startswith("tasks") or name == "printed"
    ]
    assert order[-5:-1] == ["many starts", "line 0", "line 1", "many ends"]
    assert order.index("in_the_loop starts") < order.index("before the pause")
    assert order.index("after the pause") < order.index("in_the_loop ends")
    [run] = (await http.get(f"/threads/{thread_id}/runs")).json()
    joined = await joined_events(http, thread_id, run["run_id"], stream_printed=True)
    assert printed(joined) == lines
    assert printed(await joined_events(http, thread_id, run["run_id"])) == []


async def joined_events(
    http: httpx.AsyncClient, thread_id: str, run_id: str, **params: Any
) -> list[tuple[str, Any]]:
    reply = await http.get(
        f"/threads/{thread_id}/runs/{run_id}/stream",
        params=params,
        headers={"last-event-id": "-1"},
    )
    fields = [line.partition(": ")[::2] for line in reply.text.splitlines()]
    names = [value for field, value in fields if field == "event"]
    data = [httpx.Response(200, text=value).json() for field, value in fields if field == "data"]
    return list(zip(names, data, strict=True))


async def test_the_desk_tells_it_as_progress(desk: Desk) -> None:
    [graph] = [each for each in await desk.graphs() if each.graph_id == "printing"]
    seen: list[Progress] = []
    began = time.time()
    await desk.start(graph, {"lines": 1}, seen.append)
    lines = {each.node: each for each in seen if each.kind == "printed" and each.detail}
    assert lines["subgraph ▸ inner"].detail == "inside"
    assert lines["many"].detail == "line 0"
    assert began <= lines["many"].at <= time.time()


async def test_a_client_that_does_not_ask_gets_nothing_of_it(http: httpx.AsyncClient) -> None:
    heard = await events(http, await thread(http), "printing", input={}, stream_mode=["updates"])
    assert {name for name, _ in heard} == {"metadata", "updates"}


async def test_a_run_that_prints_much_says_so(http: httpx.AsyncClient) -> None:
    heard = await events(
        http,
        await thread(http),
        "printing",
        input={"lines": 20_000},
        stream_mode=["updates"],
        stream_printed=True,
    )
    lines = printed(heard)
    assert len(lines) == 5_001
    assert lines[-1]["text"] == "This run printed more. The server's log has all of it."
    assert heard[-1][0] == "updates", "the run goes on, and its other events come"
