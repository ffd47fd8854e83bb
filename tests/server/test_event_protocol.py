"""The event protocol: the same commands to our server and to `langgraph dev`, and their frames."""

import asyncio
import itertools
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import httpx
import pytest
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import Command
from langgraph_sdk.client import LangGraphClient
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from hitl_engine.desk import Desk
from hitl_engine.model import Interrupt, OutcomeKind, Revise
from hitl_server.streams.protocol_events import EventFilter
from hitl_server.streams.run_stream import Event
from hitl_server.streams.thread_streams import ThreadStreams
from tests.json_values import Json
from tests.server.differences import ours
from tests.server.processes import Served, guarded_project, running_server

from .conftest import on_local_server
from .test_contract import thread, wait

CHANNELS = ["values", "messages", "tools", "lifecycle", "input"]
"""Those that `langgraph dev` sends for all graphs; ours sends the others too."""
TEXT = {"some_text": "original text"}
HELLO = {"messages": [{"role": "user", "content": "hi"}]}
ENDS = ("completed", "failed", "interrupted")

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")


class Frames:
    """The frames that a client gets; `until_end` returns those up to the end of a run."""

    def __init__(self, receive: Callable[[], Awaitable[Json]]) -> None:
        self._receive = receive

    async def next(self) -> Json:
        """Return the next frame."""
        return await asyncio.wait_for(self._receive(), 20)

    async def until_end(self) -> list[Json]:
        """Return the frames up to the end of a run, and those that come at once after it."""
        found: list[Json] = []
        while not (found and _ended(found[-1])):
            found.append(await self.next())
        with suppress(TimeoutError):
            while True:
                found.append(await asyncio.wait_for(self._receive(), 0.3))
        return found


@asynccontextmanager
async def following(
    http: httpx.AsyncClient, thread_id: str, channels: list[str] = CHANNELS, **body: Any
) -> AsyncIterator[Frames]:
    """The frames of a thread over SSE."""
    frames: asyncio.Queue[Json] = asyncio.Queue()
    path = f"/threads/{thread_id}/stream/events"
    async with http.stream("POST", path, json={"channels": channels, **body}) as reply:
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/event-stream")

        async def read() -> None:
            async for line in reply.aiter_lines():
                if line.startswith("data: "):
                    frames.put_nowait(json.loads(line.removeprefix("data: ")))

        reading = asyncio.create_task(read())
        try:
            yield Frames(frames.get)
        finally:
            reading.cancel()


async def command(
    http: httpx.AsyncClient, thread_id: str, method: str, **params: Any
) -> tuple[int, Json]:
    """Send a command; return the status and the response."""
    sent = {"id": 7, "method": method, "params": params}
    reply = await http.post(f"/threads/{thread_id}/commands", json=sent)
    return reply.status_code, reply.json()


async def start(http: httpx.AsyncClient, thread_id: str, graph: str, given: Any) -> str:
    """Start a run by a command; return its id."""
    status, reply = await command(http, thread_id, "run.start", assistant_id=graph, input=given)
    assert (status, reply["type"], reply["id"]) == (200, "success", 7), reply
    return str(reply["result"]["run_id"])


def new_thread() -> str:
    """Return the id of a thread that does not exist yet, as clients make them."""
    return str(uuid4())


def of_channel(frames: list[Json], channel: str) -> list[tuple[list[str], Json]]:
    """Return (namespace, data) of the frames of a channel."""
    method = "input.requested" if channel == "input" else channel
    params = [frame["params"] for frame in frames if frame["method"] == method]
    return [(each["namespace"], each["data"]) for each in params]


def lifecycle(frames: list[Json]) -> list[str]:
    """Return what happened to the run itself."""
    return [data["event"] for place, data in of_channel(frames, "lifecycle") if not place]


def questions(frames: list[Json]) -> dict[str, Any]:
    """Return what is asked, by the ids of the interrupts."""
    return {data["interrupt_id"]: data["payload"] for _, data in of_channel(frames, "input")}


def _ended(frame: Json) -> bool:
    params = frame["params"]
    return (
        frame["method"] == "lifecycle"
        and not params["namespace"]
        and params["data"]["event"] in ENDS
    )


# The same frames


@pytest.mark.parametrize(
    ("graph", "given", "answer"),
    [
        ("revise", TEXT, "edited text"),
        ("subgraph", {}, "Grace"),
        ("tool_agent", HELLO, {"decisions": [{"type": "approve"}, {"type": "approve"}]}),
        ("breakpoints", {}, None),
        ("failing", {}, None),
    ],
)
async def test_frames_are_those_of_langgraph_dev(
    local_server: Served, langgraph_dev: Served, graph: str, given: Json, answer: Any
) -> None:
    local, dev = [
        await _frames_of(served, graph, given, answer) for served in (local_server, langgraph_dev)
    ]
    for channel in CHANNELS:
        assert _comparable(local, channel) == _comparable(dev, channel), channel


async def _frames_of(served: Served, graph: str, given: Json, answer: Any) -> list[Json]:
    """Return all frames of a run, and of a second one with the answer."""
    async with served.client() as http:
        thread_id = new_thread()
        await start(http, thread_id, graph, given)
        async with following(http, thread_id) as frames:
            found = await frames.until_end()
            if answer is not None:
                (interrupt_id,) = questions(found)
                status, reply = await command(
                    http,
                    thread_id,
                    "input.respond",
                    interrupt_id=interrupt_id,
                    response=answer,
                    namespace=of_channel(found, "input")[0][0],
                )
                assert (status, reply["type"]) == (200, "success"), reply
                found += await frames.until_end()
    return found


def _comparable(frames: list[Json], channel: str) -> list[Any]:
    """Return what must be equal: without ids of runs and tasks, and the main fields of messages.

    `langgraph dev` tells that a run was interrupted before a subgraph was; ours tells it last. It
    tells the steps of a subgraph's lifecycle in its own order, too.
    """
    found = [[place, _reduced(data)] for place, data in of_channel(_in_order(frames), channel)]
    text = _ID.sub("ID", json.dumps(found, sort_keys=True))
    reduced: list[Any] = json.loads(text)
    return sorted(reduced, key=lambda one: len(one[0])) if channel == "lifecycle" else reduced


def _in_order(frames: list[Json]) -> list[Json]:
    """Sort the frames of each step by tool call: the calls of a step run at the same time.

    Those of each call, and of everything else, stay in their order.
    """
    steps = itertools.accumulate(frame["method"] == "values" for frame in frames)
    numbered = sorted(zip(steps, frames, strict=True), key=lambda pair: (pair[0], _tool(pair[1])))
    return [frame for _, frame in numbered]


def _tool(frame: Json) -> str:
    """Return the id of the tool call that a frame is about, if it is about one."""
    place, data = frame["params"]["namespace"], frame["params"]["data"]
    if frame["method"] == "tools":
        return str(data["tool_call_id"])
    return next((part.partition(":")[2] for part in place if part.startswith("tools:")), "")


def _reduced(value: Any) -> Any:
    if isinstance(value, list):
        return [_reduced(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") in ("ai", "human", "tool") and "content" in value:
        return {name: value[name] for name in ("type", "content", "id") if value.get(name)}
    return {name: _reduced(item) for name, item in value.items()}


# What clients rely on


async def test_a_thread_is_made_by_its_first_command(http: httpx.AsyncClient) -> None:
    thread_id = new_thread()
    run_id = await start(http, thread_id, "revise", TEXT)
    async with following(http, thread_id) as frames:
        await frames.until_end()
    (run,) = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert run["run_id"] == run_id
    assert (await http.get(f"/threads/{thread_id}")).json()["status"] == "interrupted"


async def test_a_client_that_returns_gets_what_it_missed(http: httpx.AsyncClient) -> None:
    thread_id = new_thread()
    await start(http, thread_id, "revise", TEXT)
    async with following(http, thread_id) as frames:
        seen = await frames.until_end()
    numbers = [frame["seq"] for frame in seen]
    assert numbers == sorted(set(numbers))
    async with following(http, thread_id) as frames:
        again = await frames.until_end()
    assert [frame["event_id"] for frame in again] == [frame["event_id"] for frame in seen]
    async with following(http, thread_id, since=numbers[1]) as frames:
        missed = await frames.until_end()
    assert [frame["seq"] for frame in missed] == numbers[2:]


async def test_a_run_that_another_client_starts_is_followed(http: httpx.AsyncClient) -> None:
    """The console answers on the thread of an open page."""
    thread_id = new_thread()
    await start(http, thread_id, "revise", TEXT)
    async with following(http, thread_id) as frames:
        (interrupt_id,) = questions(await frames.until_end())
        body = {"assistant_id": "revise", "command": {"resume": {interrupt_id: "edited"}}}
        reply = await http.post(f"/threads/{thread_id}/runs/wait", json=body)
        assert reply.json() == {"some_text": "edited"}
        found = await frames.until_end()
    assert lifecycle(found) == ["running", "completed"]
    assert of_channel(found, "values")[-1] == ([], {"some_text": "edited"})


async def test_a_late_answer_is_refused(served: Served, http: httpx.AsyncClient) -> None:
    thread_id = new_thread()
    await start(http, thread_id, "revise", TEXT)
    async with following(http, thread_id) as frames:
        (interrupt_id,) = questions(await frames.until_end())
        answer = {"interrupt_id": interrupt_id, "namespace": []}
        await command(http, thread_id, "input.respond", **answer, response="first")
        await frames.until_end()
    status, reply = await command(http, thread_id, "input.respond", **answer, response="late")
    assert (reply["type"], reply["id"], reply["error"]) == ("error", 7, "no_such_interrupt")
    assert status == (409 if ours(served, "a refused command is 409") else 200)
    assert len((await http.get(f"/threads/{thread_id}/runs")).json()) == 2
    state = (await http.get(f"/threads/{thread_id}/state")).json()
    assert state["values"] == {"some_text": "first"}


async def test_the_console_answers_on_the_branch_of_a_page(
    desk: Desk, http: httpx.AsyncClient
) -> None:
    """The page's run has the checkpoint of the branch among its settings; the answer has not."""
    thread_id = new_thread()
    await start(http, thread_id, "revise", TEXT)
    async with following(http, thread_id) as frames:
        (interrupt_id,) = questions(await frames.until_end())
        answer = {"interrupt_id": interrupt_id, "namespace": [], "response": "first"}
        await command(http, thread_id, "input.respond", **answer)
        await frames.until_end()
        first = (await http.post(f"/threads/{thread_id}/history", json={"limit": 9})).json()[-1]
        config = {"configurable": {"checkpoint_id": first["checkpoint_id"]}}
        given = {"assistant_id": "revise", "input": {"some_text": "branch"}, "config": config}
        await command(http, thread_id, "run.start", **given)
        await frames.until_end()
    (item,) = (await desk.thread(thread_id)).waiting
    assert isinstance(item, Interrupt)
    question = desk.reviews.question(item)
    assert item.payload == {"text_to_revise": "branch"}
    outcome = await desk.decide(question, Revise("revised"), lambda _: None)
    assert outcome.kind is OutcomeKind.APPLIED
    state = (await http.get(f"/threads/{thread_id}/state")).json()
    assert (state["values"], state["next"]) == ({"some_text": "revised"}, [])
    (run, *_) = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert "checkpoint_id" not in run["kwargs"]["config"]["configurable"]
    assert "__event_streaming_v2" not in run["kwargs"]["config"]["configurable"]


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("run.start", {}, "invalid_argument"),
        ("run.start", {"assistant_id": "no such graph"}, "unknown_error"),
        ("input.respond", {}, "invalid_argument"),
        ("input.respond", {"responses": []}, "invalid_argument"),
        ("input.respond", {"responses": [{"response": 1}]}, "invalid_argument"),
        ("state.get", {}, "unknown_command"),
    ],
)
async def test_errors_of_commands(
    http: httpx.AsyncClient, method: str, params: Json, error: str
) -> None:
    status, reply = await command(http, new_thread(), method, **params)
    assert (status, reply["type"], reply["id"], reply["error"]) == (200, "error", 7, error)


@pytest.mark.parametrize("sent", [b"no json", b"[]", b'{"id": "1", "method": "run.start"}'])
async def test_malformed_commands(http: httpx.AsyncClient, sent: bytes) -> None:
    assert (await http.post(f"/threads/{new_thread()}/commands", content=sent)).status_code == 400


@pytest.mark.parametrize("channels", [None, [], ["debug"], ["custom:"], [1]])
async def test_unknown_channels(http: httpx.AsyncClient, channels: Any) -> None:
    path = f"/threads/{new_thread()}/stream/events"
    assert (await http.post(path, json={"channels": channels})).status_code == 400


async def test_the_sdk_follows_a_thread(sdk: LangGraphClient) -> None:
    async with sdk.threads.stream(assistant_id="revise") as thread:
        await thread.run.start(input=TEXT)
        async for _ in thread.values:
            pass
        assert thread.interrupted
        await thread.run.respond("edited")
        assert await thread.output == {"some_text": "edited"}


async def test_a_remote_graph_asks_and_is_answered(sdk: LangGraphClient) -> None:
    graph = RemoteGraph("revise", client=sdk)
    config: Any = {"configurable": {"thread_id": new_thread()}}
    async with await graph.astream_events(TEXT, config, version="v3") as stream:
        async for _ in stream.values:
            if await stream.interrupted():
                break
        assert await stream.interrupted()
    async with await graph.astream_events(Command(resume="edited"), config, version="v3") as stream:
        assert await stream.output() == {"some_text": "edited"}


async def test_the_stream_of_a_thread(sdk: LangGraphClient, http: httpx.AsyncClient) -> None:
    thread_id = (await sdk.threads.create())["thread_id"]
    heard = await sdk.threads.join_stream(thread_id)
    following = asyncio.create_task(_until_done(heard))
    await asyncio.sleep(0.5)
    await sdk.runs.wait(thread_id, "revise", input=TEXT)
    found = await asyncio.wait_for(following, 20)
    assert [name for name, _ in found] == ["metadata", "values", "values", "metadata"]
    assert found[1][1] == TEXT


@pytest.mark.parametrize("named", ["stream_modes", "stream_mode"])
async def test_changes_of_the_state_on_the_stream_of_a_thread(
    served: Served, http: httpx.AsyncClient, named: str
) -> None:
    """The SDKs send another name than `langgraph dev` reads."""
    if named == "stream_mode" and not ours(served, "stream_mode chooses what a thread streams"):
        return
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input=TEXT)
    path = f"/threads/{thread_id}/stream"
    async with http.stream("GET", path, params={named: "state_update"}) as reply:
        changing = asyncio.create_task(_change_later(http, thread_id))
        lines = [line async for line in _up_to_data(reply)]
        await changing
    assert [line for line in lines if line.startswith("event")] == ["event: state_update"]
    update = json.loads(lines[-1].removeprefix("data: "))
    assert update["thread_id"] == thread_id
    assert update["state"]["values"] == {"some_text": "changed"}


async def _change_later(http: httpx.AsyncClient, thread_id: str) -> None:
    await asyncio.sleep(0.5)
    change = {"values": {"some_text": "changed"}}
    assert (await http.post(f"/threads/{thread_id}/state", json=change)).status_code == 200


async def _up_to_data(reply: httpx.Response) -> AsyncIterator[str]:
    async with asyncio.timeout(20):
        async for line in reply.aiter_lines():
            yield line
            if line.startswith("data: "):
                return


async def _until_done(heard: AsyncIterator[Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    async for part in heard:
        found.append((part.event, part.data))
        if part.event == "metadata" and part.data.get("status") == "run_done":
            break
    return found


# Over a WebSocket


@asynccontextmanager
async def socket(served: Served, thread_id: str, **options: Any) -> AsyncIterator[ClientConnection]:
    """A connection for one thread."""
    url = f"{served.url.replace('http', 'ws', 1)}/threads/{thread_id}/stream/events"
    options.setdefault("additional_headers", served.headers)
    async with connect(url, **options) as connection:
        yield connection


async def said(connection: ClientConnection, method: str, **params: Any) -> tuple[Json, list[Json]]:
    """Send a command; return the response, and the events that came before it."""
    await connection.send(json.dumps({"id": 5, "method": method, "params": params}))
    events: list[Json] = []
    while (got := json.loads(await asyncio.wait_for(connection.recv(), 20)))["type"] == "event":
        events.append(got)
    return got, events


def events_of(connection: ClientConnection) -> Frames:
    """Return the events of a connection."""

    async def receive() -> Json:
        event: Json = json.loads(await connection.recv())
        return event

    return Frames(receive)


async def test_commands_and_events_on_one_connection(served: Served) -> None:
    async with socket(served, new_thread()) as connection:
        reply, _ = await said(connection, "subscription.subscribe", channels=["lifecycle", "input"])
        assert (reply["type"], reply["result"]["replayed_events"]) == ("success", 0)
        reply, early = await said(connection, "run.start", assistant_id="revise", input=TEXT)
        assert reply["type"] == "success", reply
        frames = early + await events_of(connection).until_end()
        (interrupt_id,) = questions(frames)
        answer = {"interrupt_id": interrupt_id, "namespace": [], "response": "edited"}
        reply, early = await said(connection, "input.respond", **answer)
        assert reply["type"] == "success", reply
        frames = early + await events_of(connection).until_end()
        assert lifecycle(frames) == ["running", "completed"]
        reply, _ = await said(connection, "input.respond", **answer)
        assert (reply["type"], reply["error"]) == ("error", "no_such_interrupt")
        reply, _ = await said(connection, "nonsense")
        assert (reply["type"], reply["error"]) == ("error", "unknown_command")
        await connection.send("no json")
        assert json.loads(await connection.recv())["error"] == "invalid_argument"


@on_local_server
async def test_each_event_is_sent_once_to_a_connection(served: Served) -> None:
    async with served.client() as http, socket(served, thread_id := new_thread()) as connection:
        await start(http, thread_id, "revise", TEXT)
        async with following(http, thread_id, ["lifecycle", "values"]) as frames:
            wanted = [frame["seq"] for frame in await frames.until_end()]
        _, first = await said(connection, "subscription.subscribe", channels=["lifecycle"])
        reply, second = await said(
            connection, "subscription.subscribe", channels=["lifecycle", "values"]
        )
        assert sorted(frame["seq"] for frame in first + second) == wanted
        assert reply["result"]["replayed_events"] == len(second)
        subscription = reply["result"]["subscription_id"]
        reply, _ = await said(connection, "subscription.unsubscribe", subscription_id=subscription)
        assert reply["type"] == "success"
        reply, _ = await said(connection, "subscription.unsubscribe", subscription_id=subscription)
        assert reply["error"] == "no_such_subscription"


@on_local_server
async def test_a_connection_that_returns_too_late_is_told(served: Served) -> None:
    async with served.client() as http, socket(served, thread_id := new_thread()) as connection:
        await start(http, thread_id, "revise", TEXT)
        async with following(http, thread_id, ["lifecycle"]) as frames:
            first, *rest = await frames.until_end()
        channels = {"channels": ["lifecycle"]}
        reply, got = await said(
            connection, "subscription.reconnect", **channels, since=first["seq"]
        )
        assert (reply["type"], got) == ("success", rest)
        reply, _ = await said(connection, "subscription.reconnect", **channels, since=5)
        assert (reply["error"], reply["min_available_seq"]) == ("resume_gap", first["seq"])


# Only ours


@on_local_server
async def test_of_sixteen_answers_one_is_taken(http: httpx.AsyncClient) -> None:
    thread_id = new_thread()
    await start(http, thread_id, "revise", TEXT)
    async with following(http, thread_id) as frames:
        (interrupt_id,) = questions(await frames.until_end())
    replies = await asyncio.gather(
        *(
            command(
                http, thread_id, "input.respond", interrupt_id=interrupt_id, response=str(number)
            )
            for number in range(16)
        )
    )
    assert sorted(status for status, _ in replies) == [200, *[409] * 15]
    assert {reply["error"] for status, reply in replies if status == 409} == {"no_such_interrupt"}


@on_local_server
async def test_other_channels(http: httpx.AsyncClient) -> None:
    """`langgraph dev` has these only for graphs with transformers of their own."""
    thread_id = new_thread()
    await start(http, thread_id, "slow", {"steps": 2, "seconds_per_step": 0.01})
    channels = ["values", "checkpoints", "updates", "custom", "lifecycle"]
    async with following(http, thread_id, channels) as frames:
        found = await frames.until_end()
    history = (await http.post(f"/threads/{thread_id}/history", json={"limit": 10})).json()
    steps = [(one["checkpoint_id"], one["metadata"]["step"]) for one in reversed(history)]
    assert [(data["id"], data["step"]) for _, data in of_channel(found, "checkpoints")] == steps
    assert [data["text"] for _, data in of_channel(found, "custom")] == [
        "step 1 of 2",
        "step 2 of 2",
    ]
    assert of_channel(found, "updates") == [([], {"work": {"done": 2}})]
    methods = [frame["method"] for frame in found]
    assert methods[-3:] == ["checkpoints", "values", "lifecycle"]


@on_local_server
async def test_the_result_of_a_tool_has_the_id_that_it_has_in_the_state(
    http: httpx.AsyncClient,
) -> None:
    thread_id = new_thread()
    await start(http, thread_id, "tool_agent", HELLO)
    async with following(http, thread_id, ["lifecycle", "tools", "messages"]) as frames:
        found = await frames.until_end()
    kept = (await http.get(f"/threads/{thread_id}/state")).json()["values"]["messages"]
    (result,) = (message["id"] for message in kept if message["type"] == "tool")
    ended = [data for _, data in of_channel(found, "tools") if data["event"] == "tool-finished"]
    assert [data["output"]["id"] for data in ended] == [result]
    told = [data["id"] for _, data in of_channel(found, "messages") if data.get("role") == "tool"]
    assert told == [result]


@on_local_server
async def test_a_new_branch_is_not_an_answer(http: httpx.AsyncClient) -> None:
    """While a thread asks, an input at an older checkpoint begins there."""
    thread_id = new_thread()
    await start(http, thread_id, "revise", TEXT)
    async with following(http, thread_id) as frames:
        await frames.until_end()
        first = (await http.post(f"/threads/{thread_id}/history", json={"limit": 9})).json()[-1]
        config = {"configurable": {"checkpoint_id": first["checkpoint_id"]}}
        given = {"assistant_id": "revise", "input": {"some_text": "another"}, "config": config}
        await command(http, thread_id, "run.start", **given)
        found = await frames.until_end()
    assert list(questions(found).values()) == [{"text_to_revise": "another"}]


@on_local_server
async def test_the_stream_of_a_deleted_thread_ends(http: httpx.AsyncClient) -> None:
    thread_id = new_thread()
    await start(http, thread_id, "revise", TEXT)
    path = f"/threads/{thread_id}/stream/events"
    async with http.stream("POST", path, json={"channels": ["lifecycle"]}) as reply:
        lines = reply.aiter_lines()
        while "interrupted" not in await anext(lines):
            pass
        assert (await http.delete(f"/threads/{thread_id}")).status_code == 204
        assert [line async for line in lines if line.startswith("event")] == []


@on_local_server
async def test_a_cancelled_run_is_interrupted(http: httpx.AsyncClient) -> None:
    thread_id = new_thread()
    run_id = await start(http, thread_id, "slow", {})
    async with following(http, thread_id, ["lifecycle"]) as frames:
        await http.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        assert lifecycle(await frames.until_end()) == ["running", "interrupted"]


@on_local_server
async def test_pages_of_other_sites_get_no_connection(served: Served) -> None:
    """A browser checks no origin of a WebSocket."""
    with pytest.raises(InvalidStatus, match="403"):
        async with socket(served, new_thread(), origin="https://evil.example"):
            pass
    with pytest.raises(InvalidStatus, match="403"):
        async with socket(served, new_thread(), additional_headers={}):
            pass
    async with socket(served, new_thread(), origin="http://localhost:3000"):
        pass


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Our server with the project that has an `auth` section."""
    config = guarded_project(tmp_path_factory.mktemp("guarded"))
    with running_server(config, tmp_path_factory.mktemp("guarded-data")) as served:
        yield served


async def test_the_rules_of_a_project(guarded: Served) -> None:
    """What a person may not read or run, no command and no stream shows or starts."""
    thread_id = new_thread()
    async with client_of(guarded, "key-ada") as ada, client_of(guarded, "key-bob") as bob:
        await start(ada, thread_id, "asks", {})
        async with following(ada, thread_id) as frames:
            (interrupt_id,) = questions(await frames.until_end())
        _, reply = await command(bob, thread_id, "input.respond", interrupt_id=interrupt_id)
        assert reply["type"] == "error"
        _, reply = await command(bob, thread_id, "run.start", assistant_id="asks", input={})
        assert reply["type"] == "error"
        path = f"/threads/{thread_id}/stream/events"
        assert (await bob.post(path, json={"channels": ["values"]})).status_code == 404
        assert (await bob.get(f"/threads/{thread_id}/stream")).status_code == 404
        with pytest.raises(InvalidStatus, match="403"):
            async with socket(guarded, thread_id, additional_headers={"x-api-key": "key-bob"}):
                pass
        assert len((await ada.get(f"/threads/{thread_id}/runs")).json()) == 1


def client_of(served: Served, key: str) -> httpx.AsyncClient:
    """Return a client with a key."""
    return httpx.AsyncClient(base_url=served.url, headers={"x-api-key": key}, timeout=30)


# Without a server


@pytest.mark.parametrize(
    ("wanted", "name", "wants"),
    [
        (EventFilter(frozenset({"values"})), "values", True),
        (EventFilter(frozenset({"values"})), "values|a:1|b:2", True),
        (EventFilter(frozenset({"values"})), "updates", False),
        (EventFilter(frozenset({"custom"})), "custom:progress", True),
        (EventFilter(frozenset({"custom:progress"})), "custom:progress", True),
        (EventFilter(frozenset({"custom:progress"})), "custom:other", False),
        (EventFilter(frozenset({"custom:progress"})), "custom", False),
        (EventFilter(frozenset({"values"}), (("a",),)), "values|a:1", True),
        (EventFilter(frozenset({"values"}), (("a:1",),)), "values|a:1|b:2", True),
        (EventFilter(frozenset({"values"}), (("a:2",),)), "values|a:1", False),
        (EventFilter(frozenset({"values"}), (("a",),)), "values", False),
        (EventFilter(frozenset({"values"}), (("a",),), 0), "values|a:1|b:2", False),
        (EventFilter(frozenset({"values"}), ((),), 1), "values|a:1", True),
        (EventFilter(frozenset({"values"}), ((),), 1), "values|a:1|b:2", False),
    ],
)
def test_filters(wanted: EventFilter, name: str, wants: bool) -> None:
    assert wanted.wants(Event(name, b"", 1)) is wants


async def test_streams_of_many_threads_are_bounded() -> None:
    """Those that somebody follows stay; of the others, the oldest are dropped."""
    streams = ThreadStreams()
    followed = streams.open("followed")
    heard = followed.subscribe()
    for number in range(2_000):
        streams.open(str(number)).send("values", number)
    assert streams.find("followed") is followed
    assert streams.find("1") is None
    assert streams.find("1999") is not None
    followed.send("values", "still here")
    assert (await anext(heard)).data == b'"still here"'


def test_numbers_of_a_later_process_are_higher() -> None:
    """So a client that returns after a restart gets what is new."""
    before = ThreadStreams().open("thread")
    before.send("values", 1)
    time.sleep(0.002)
    later = ThreadStreams().open("thread")
    assert later.last_number + 1 > before.last_number
