"""The inbox matches the state of real servers, while threads change, fail and are deleted."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_engine.desk import open_desk
from hitl_engine.model import (
    Answer,
    Breakpoint,
    Inbox,
    Interrupt,
    OutcomeKind,
    ThreadStatus,
    Waiting,
)
from hitl_engine.reading import thread_list as listing
from hitl_engine.reading.capabilities import Capabilities
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.inbox import InboxReader
from hitl_engine.reading.thread_reader import ThreadReader
from tests.server.processes import Served, copied_project, running_server, start_server
from tests.server.test_contract import row, state, thread, wait

SMALL_PAGE = 4
Intercept = Callable[[httpx.Request], Awaitable[httpx.Response | None]]


async def _nothing(request: httpx.Request) -> None:
    """Send the request unchanged."""


class Network(httpx.AsyncHTTPTransport):
    """The real network; `intercept` is called just before each request is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.intercept: Intercept = _nothing
        self.seen: list[tuple[str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((request.method, request.url.path))
        reply = await self.intercept(request)
        return reply or await super().handle_async_request(request)

    def client(self, url: str, **options: Any) -> LangGraphServer:
        """Return a client whose requests go through this network."""
        return LangGraphServer(url, **{**options, "transport": self})

    async def reply_to(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and return the complete reply."""
        reply = await super().handle_async_request(request)
        content = await reply.aread()
        await reply.aclose()
        return httpx.Response(reply.status_code, content=content)

    def fail(self, method: str, end: str, status: int) -> None:
        """Answer requests whose path ends with `end` with this status."""

        async def broken(request: httpx.Request) -> httpx.Response | None:
            if request.method == method and request.url.path.endswith(end):
                return httpx.Response(status, json={"detail": "out of order"})
            return None

        self.intercept = broken

    def restore(self) -> None:
        """Send all requests unchanged again."""
        self.intercept = _nothing


@dataclass
class Console:
    """The parts of a console that read a server, and its network."""

    network: Network
    api: LangGraphServer
    reader: ThreadReader
    inbox: InboxReader

    async def items(self, thread_id: str) -> tuple[Waiting, ...]:
        """Look, and return what waits on one thread."""
        return of(await self.inbox.look(), thread_id)


def console(served: Served, *, trusting: bool, page: int = 1000) -> Console:
    """Read a server; `trusting`: its rows contain the state, as those of our own server."""
    network = Network()
    api = LangGraphServer(served.url, headers=served.headers, transport=network)
    api.can = Capabilities(thread_page=page)
    reader = ThreadReader(api, rows_hold_runs=False)
    return Console(network, api, reader, InboxReader(api, reader, rows_hold_state=trusting))


def of(inbox: Inbox, thread_id: str) -> tuple[Waiting, ...]:
    return tuple(item for item in inbox.items if item.thread_id == thread_id)


def unreadable(inbox: Inbox) -> dict[str, str]:
    return dict(inbox.unreadable)


@pytest.fixture
async def it(served: Served) -> AsyncIterator[Console]:
    """A console that reads each server as the real console does."""
    opened = console(served, trusting=served.name == "local")
    yield opened
    await opened.api.aclose()


@pytest.fixture
async def remote(langgraph_dev: Served) -> AsyncIterator[Console]:
    """A console on a server where every state has to be read."""
    opened = console(langgraph_dev, trusting=False)
    yield opened
    await opened.api.aclose()


@pytest.fixture
async def dev(langgraph_dev: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Another client of that server."""
    async with langgraph_dev.client() as client:
        yield client


async def asking(http: httpx.AsyncClient, text: str = "x") -> str:
    """A thread on which a question waits."""
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": text})
    return thread_id


async def running(http: httpx.AsyncClient, graph: str, **body: Any) -> str:
    """A thread on which a run has just been started."""
    thread_id = await thread(http)
    reply = await http.post(f"/threads/{thread_id}/runs", json={"assistant_id": graph, **body})
    assert reply.status_code == 200, reply.text
    return thread_id


async def until_settled(http: httpx.AsyncClient, thread_id: str) -> None:
    """Wait until no run is in progress on the thread."""
    async with asyncio.timeout(30):
        while (await row(http, thread_id))["status"] == "busy":
            await asyncio.sleep(0.05)


# Deleted threads and unchanged ones


async def test_a_deleted_thread_leaves_within_two_looks(
    it: Console, http: httpx.AsyncClient
) -> None:
    kept, deleted = await asyncio.gather(asking(http), asking(http))
    assert await it.items(deleted)
    await http.delete(f"/threads/{deleted}")
    await it.inbox.look()
    assert await it.items(deleted) == ()
    assert await it.items(kept)


async def test_without_changes_no_thread_is_read(it: Console, http: httpx.AsyncClient) -> None:
    """Those of other tests whose state cannot be read are tried again at each look."""
    thread_id = await asking(http)
    await it.inbox.look()
    it.network.seen.clear()
    for _ in range(3):
        assert await it.items(thread_id)
    seen = {path for _, path in it.network.seen}
    assert seen >= {"/threads/search", "/threads/count"}
    assert not any(thread_id in path for path in seen)


async def test_a_server_without_count_is_read(it: Console, http: httpx.AsyncClient) -> None:
    it.network.fail("POST", "/threads/count", 404)
    await it.inbox.look()
    thread_id = await asking(http)
    assert await it.items(thread_id)


async def test_a_server_that_counts_differently_is_not_read_completely_every_time(
    it: Console, http: httpx.AsyncClient
) -> None:
    async def one_more(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/count"):
            return None
        return httpx.Response(200, json=(await it.network.reply_to(request)).json() + 1)

    deleted = await asking(http)
    it.network.intercept = one_more
    for _ in range(4):
        await it.inbox.look()
    it.network.seen.clear()
    for _ in range(3):
        await it.inbox.look()
    assert it.network.seen.count(("POST", "/threads/search")) == 3
    await http.delete(f"/threads/{deleted}")
    await it.inbox.look()
    assert await it.items(deleted) == ()


# Threads that cannot be read


@pytest.mark.parametrize("status", [404, 424, 500])
async def test_a_question_whose_state_cannot_be_read_is_listed_from_its_row(
    remote: Console, dev: httpx.AsyncClient, status: int
) -> None:
    thread_id = await asking(dev)
    remote.network.fail("GET", f"/{thread_id}/state", status)
    inbox = await remote.inbox.look()
    assert thread_id not in unreadable(inbox)
    [item] = of(inbox, thread_id)
    assert isinstance(item, Interrupt) and item.payload == {"text_to_revise": "x"}
    assert item.node == "unknown node" and "out of order" in item.remark
    remote.network.restore()
    [item] = await remote.items(thread_id)
    assert isinstance(item, Interrupt) and item.node == "human_node" and not item.remark


async def test_a_breakpoint_whose_state_cannot_be_read_is_reported_and_read_again(
    remote: Console, dev: httpx.AsyncClient
) -> None:
    thread_id = await thread(dev)
    await wait(dev, thread_id, "breakpoints", input={})
    remote.network.fail("GET", f"/{thread_id}/state", 500)
    inbox = await remote.inbox.look()
    assert "out of order" in unreadable(inbox)[thread_id]
    assert of(inbox, thread_id) == ()
    remote.network.restore()
    inbox = await remote.inbox.look()
    assert thread_id not in unreadable(inbox)
    assert len(of(inbox, thread_id)) == 1


@pytest.mark.parametrize(
    ("odd", "problem"),
    [({"metadata": "none"}, "metadata"), ({"next": 5, "status": ["idle"]}, "status")],
)
async def test_a_row_in_an_unknown_shape_is_reported_and_hides_no_other(
    it: Console, http: httpx.AsyncClient, odd: dict[str, Any], problem: str
) -> None:
    broken, whole = await asking(http), await asking(http)

    async def change_a_row(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/threads/search"):
            return None
        rows = (await it.network.reply_to(request)).json()
        changed = [row | odd if row["thread_id"] == broken else row for row in rows]
        return httpx.Response(200, json=changed)

    it.network.intercept = change_a_row
    inbox = await it.inbox.look()
    assert problem in unreadable(inbox)[broken]
    assert of(inbox, broken) == ()
    assert len(of(inbox, whole)) == 1
    inbox = await it.inbox.look()
    assert len(of(inbox, broken)) == 1, "the thread itself can be read"


async def test_interrupts_in_an_unknown_shape_are_read_from_the_state(
    remote: Console, dev: httpx.AsyncClient
) -> None:
    thread_id = await asking(dev)

    async def as_a_list(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/threads/search"):
            return None
        rows = (await remote.network.reply_to(request)).json()
        return httpx.Response(200, json=[row | {"interrupts": []} for row in rows])

    remote.network.intercept = as_a_list
    assert len(await remote.items(thread_id)) == 1


async def test_items_of_an_unreadable_thread_are_kept(
    remote: Console, dev: httpx.AsyncClient
) -> None:
    thread_id = await asking(dev)
    known = await remote.items(thread_id)
    remote.network.fail("GET", f"/{thread_id}/state", 500)
    await dev.patch(f"/threads/{thread_id}", json={"metadata": {"changed": True}})
    for _ in range(3):
        inbox = await remote.inbox.look()
        assert of(inbox, thread_id) == known
        assert thread_id in unreadable(inbox)
    await dev.delete(f"/threads/{thread_id}")
    inbox = await remote.inbox.look()
    assert thread_id not in unreadable(inbox)
    assert of(inbox, thread_id) == ()


async def test_a_graph_without_a_picture_costs_only_the_place_of_its_breakpoint(
    remote: Console, dev: httpx.AsyncClient
) -> None:
    thread_id = await thread(dev)
    await wait(dev, thread_id, "breakpoints", input={})
    remote.network.fail("GET", "/graph", 404)
    [item] = await remote.items(thread_id)
    assert isinstance(item, Breakpoint) and (item.when, item.node) == ("before", "polish")


async def test_a_picture_that_fails_is_read_again(remote: Console, dev: httpx.AsyncClient) -> None:
    thread_id = await thread(dev)
    await wait(dev, thread_id, "breakpoints", input={})
    remote.network.fail("GET", "/graph", 500)
    inbox = await remote.inbox.look()
    assert "out of order" in unreadable(inbox)[thread_id]
    remote.network.restore()
    [item] = await remote.items(thread_id)
    assert isinstance(item, Breakpoint) and (item.when, item.node) == ("after", "draft")


async def test_a_thread_that_does_not_answer_does_not_delay_others(
    remote: Console, dev: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hitl_engine.reading.inbox._RETRY_SECONDS", 0.5)
    hanging = await asking(dev)
    remote.network.fail("GET", f"/{hanging}/state", 500)
    await remote.inbox.look()

    async def hang(request: httpx.Request) -> None:
        if request.url.path.endswith(f"/{hanging}/state"):
            await asyncio.Event().wait()

    remote.network.intercept = hang
    other = await asking(dev)
    inbox = await remote.inbox.look()
    assert of(inbox, other)
    assert of(inbox, hanging), "from its row"


# Changes while the list is read


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few recent rows, so that a few threads need several pages of `SMALL_PAGE`."""
    monkeypatch.setattr(listing, "_RECENT", 2)


@pytest.fixture(scope="module")
def quiet_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A local server without threads of other tests."""
    config = copied_project(tmp_path_factory.mktemp("project"))
    with running_server(config, tmp_path_factory.mktemp("data")) as served:
        yield served


def is_later_page(request: httpx.Request) -> bool:
    """Whether this is a search for a page after the first."""
    return request.url.path == "/threads/search" and json.loads(request.content)["offset"] > 0


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("trusting", [True, False])
async def test_no_row_is_missed_between_two_pages(quiet_server: Served, trusting: bool) -> None:
    it = console(quiet_server, trusting=trusting, page=SMALL_PAGE)
    async with quiet_server.client() as http:
        threads = [await asking(http) for _ in range(12)]
        above = threads[-3:]

        async def delete_above(request: httpx.Request) -> None:
            while above and is_later_page(request):
                await http.delete(f"/threads/{above.pop()}")

        it.network.intercept = delete_above
        inbox = await it.inbox.look()
        assert not above
        assert {item.thread_id for item in inbox.items} >= set(threads[:-3])
    await it.api.aclose()


@pytest.mark.usefixtures("small_pages")
async def test_many_changes_between_two_looks(quiet_server: Served) -> None:
    it = console(quiet_server, trusting=True, page=SMALL_PAGE)
    async with quiet_server.client() as http:
        await it.inbox.look()
        threads = [await asking(http) for _ in range(12)]
        below, above = threads[:1], threads[-3:]

        async def change(request: httpx.Request) -> None:
            """Delete rows that were read, and move one to the top that was not."""
            while above and is_later_page(request):
                await http.delete(f"/threads/{above.pop()}")
            while below and is_later_page(request):
                await http.patch(f"/threads/{below.pop()}", json={"metadata": {"moved": True}})

        it.network.intercept = change
        await it.inbox.look()
        assert not above and not below
        inbox = await it.inbox.look()
        found = {item.thread_id for item in inbox.items}
        assert found >= set(threads[:-3])
        assert not found & set(threads[-3:])
    await it.api.aclose()


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("refuses", [False, True])
async def test_a_server_that_gives_fewer_rows_than_asked_for_is_read_to_the_end(
    quiet_server: Served, refuses: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hitl_engine.reading.capabilities.SMALL_PAGE", 3)
    it = console(quiet_server, trusting=False, page=SMALL_PAGE)

    async def at_most_three(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/threads/search"):
            return None
        search = json.loads(request.content)
        if refuses and search["limit"] > 3:
            return httpx.Response(422, json={"detail": "limit: at most 3"})
        search["limit"] = min(search["limit"], 3)
        headers = dict(quiet_server.headers)
        return await it.network.reply_to(
            httpx.Request("POST", request.url, headers=headers, json=search)
        )

    async with quiet_server.client() as http:
        asked = [await asking(http, f"text {number}") for number in range(8)]
        it.network.intercept = at_most_three
        found = {item.thread_id for item in (await it.inbox.look()).items}
        assert found >= set(asked)
    await it.api.aclose()


async def test_a_server_that_does_not_sort_is_read_to_the_end(quiet_server: Served) -> None:
    it = console(quiet_server, trusting=True)

    async def unsorted(request: httpx.Request) -> None:
        body = request.content.replace(b'"updated_at","sort_order":"desc"', b'"thread_id"')
        request.headers["content-length"] = str(len(body))
        request.stream = httpx.ByteStream(body)

    it.network.intercept = unsorted
    async with quiet_server.client() as http:
        threads = {await asking(http) for _ in range(12)}
    inbox = await it.inbox.look()
    assert {item.thread_id for item in inbox.items} >= threads
    await it.api.aclose()


async def test_a_run_that_stops_between_two_searches_is_found(
    it: Console, http: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hitl_engine.reading.thread_list._RECENT", 1)  # else one search has all
    gate = tmp_path / "gate"
    thread_id = await running(http, "gated_question", input={"trace": str(gate)})
    others_done = asyncio.Event()

    async def stop_late(request: httpx.Request) -> httpx.Response | None:
        """Answer the search for busy threads when the run has stopped, and all others before."""
        if b'"status":"busy"' in request.content:
            await others_done.wait()
            gate.touch()
            await until_settled(http, thread_id)
        if b'"status":"interrupted"' in request.content:
            reply = await it.network.reply_to(request)
            others_done.set()
            return reply
        return None

    it.network.intercept = stop_late
    [item] = await it.items(thread_id)
    assert isinstance(item, Interrupt) and item.payload == "at last?"


# Since when an item waits


async def server_time(http: httpx.AsyncClient) -> datetime:
    """The current time of the server's clock."""
    thread_id = await thread(http)
    return datetime.fromisoformat((await row(http, thread_id))["updated_at"])


async def test_a_question_waits_since_it_was_asked(
    it: Console, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    thread_id = await running(http, "gated_question", input={"trace": str(gate)})
    async with asyncio.timeout(30):
        while not (await state(http, thread_id))["next"]:
            await asyncio.sleep(0.05)
    before = await server_time(http)
    gate.touch()
    await until_settled(http, thread_id)
    [item] = await it.items(thread_id)
    assert item.since is not None and before < item.since < await server_time(http)
    await http.patch(f"/threads/{thread_id}", json={"metadata": {"changed": True}})
    assert await it.items(thread_id) == (item,)


async def test_a_second_question_has_a_time_of_its_own(
    it: Console, http: httpx.AsyncClient
) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "two_questions", input={})
    between = await server_time(http)
    answer = {asked["__interrupt__"][0]["id"]: "A"}
    await wait(http, thread_id, "two_questions", command={"resume": answer})
    [item] = await it.items(thread_id)
    assert item.since is not None and item.since > between


async def test_a_question_left_by_a_partial_answer_keeps_its_time(local_server: Served) -> None:
    it = console(local_server, trusting=True)
    async with local_server.client() as http:
        thread_id = await thread(http)
        await wait(http, thread_id, "parallel", input={"proposal": "p"})
        one, other = await it.items(thread_id)
        assert isinstance(one, Interrupt) and isinstance(other, Interrupt)
        await wait(http, thread_id, "parallel", command={"resume": {one.interrupt_id: "yes"}})
        await wait(http, thread_id, "parallel", input=None)
        [left] = await it.items(thread_id)
        assert isinstance(left, Interrupt)
        assert (left.interrupt_id, left.since) == (other.interrupt_id, other.since)
    await it.api.aclose()


async def test_a_breakpoint_waits_since_the_run_stopped(
    it: Console, http: httpx.AsyncClient
) -> None:
    thread_id = await thread(http)
    before = await server_time(http)
    await wait(http, thread_id, "breakpoints", input={})
    [first] = await it.items(thread_id)
    between = await server_time(http)
    await wait(http, thread_id, "breakpoints", input=None)
    [second] = await it.items(thread_id)
    assert first.since is not None and second.since is not None
    assert before < first.since < between < second.since


# Copied threads


async def test_a_copied_question_waits(remote: Console, dev: httpx.AsyncClient) -> None:
    origin = await asking(dev)
    copied = (await dev.post(f"/threads/{origin}/copy")).json()["thread_id"]
    fresh = await thread(dev, metadata={"graph_id": "revise"})
    inbox = await remote.inbox.look()
    [item], [original] = of(inbox, copied), of(inbox, origin)
    assert isinstance(item, Interrupt) and isinstance(original, Interrupt)
    assert (item.payload, item.interrupt_id) == (original.payload, original.interrupt_id)
    assert of(inbox, fresh) == ()
    remote.network.seen.clear()
    await remote.inbox.look()
    paths = {path for _, path in remote.network.seen}
    assert paths >= {"/threads/search", "/threads/count"}
    assert not any(each in path for path in paths for each in (origin, copied, fresh))
    await wait(dev, copied, "revise", command={"resume": {item.interrupt_id: "y"}})
    assert await remote.items(copied) == ()


# The last run and the row of a thread


async def test_the_row_of_a_thread_is_not_older_than_its_last_run(
    remote: Console, dev: httpx.AsyncClient, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    thread_id = await running(dev, "gated_question", input={"trace": str(gate)})

    async def end_late(request: httpx.Request) -> None:
        """Let the run end just before the runs are listed."""
        if request.url.path.endswith("/runs"):
            gate.touch()
            await until_settled(dev, thread_id)

    remote.network.intercept = end_late
    snapshot, run = await remote.reader.with_last_run(thread_id)
    assert run is not None and run.status == "success"
    assert snapshot.status is ThreadStatus.INTERRUPTED


# A local server that was killed


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return copied_project(tmp_path / "project")


async def kill_in_a_node(served: Served, thread_id: str, **body: Any) -> None:
    """Start a run, and kill the local server when its node sends a custom event."""
    async with served.client() as http:
        path = f"/threads/{thread_id}/runs/stream"
        async with http.stream("POST", path, json={**body, "stream_mode": "custom"}) as events:
            async for line in events.aiter_lines():
                if line == "event: custom":
                    break
            served.kill()
    served.stop()


async def test_after_a_kill_in_a_step_the_breakpoint_waits(config: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = start_server(config, data)
    async with first.client() as http:
        thread_id = await thread(http)
        given = {"steps": 20, "seconds_per_step": 0.1}
        await wait(http, thread_id, "slow", input=given, interrupt_before=["work"])
        stopped_row = await row(http, thread_id)
    again = {"assistant_id": "slow", "input": None, "interrupt_before": ["work"]}
    await kill_in_a_node(first, thread_id, **again)
    with running_server(config, data) as second:
        async with open_desk(second.url, data_dir=tmp_path / "d", headers=second.headers) as desk:
            view = await desk.thread(thread_id)
            assert view.status is ThreadStatus.BREAKPOINT
            assert view.error is not None and "The server ended" in view.error
            [item] = (await desk.inbox()).items
            assert view.waiting == (item,)
            assert isinstance(item, Breakpoint)
            assert (item.when, item.node, item.next) == ("before", "work", ("work",))
            assert (item.checkpoint_id, item.error) == (stopped_row["checkpoint_id"], view.error)
            assert item.since == datetime.fromisoformat(stopped_row["breakpoint"]["since"])
            outcome = await desk.step(item, lambda progress: None)
            assert outcome.kind is OutcomeKind.APPLIED
            assert outcome.thread is not None and outcome.thread.error is None
            assert outcome.thread.status is ThreadStatus.DONE


async def test_after_a_kill_after_a_step_no_breakpoint_waits(config: Path, tmp_path: Path) -> None:
    data, gate = tmp_path / "data", tmp_path / "gate"
    first = start_server(config, data)
    async with first.client() as http:
        thread_id = await thread(http)
        given = {"trace": str(gate)}
        await wait(http, thread_id, "one_then_gated", input=given, interrupt_before=["one"])
        path = f"/threads/{thread_id}/runs"
        await http.post(path, json={"assistant_id": "one_then_gated", "input": None})
        async with asyncio.timeout(30):
            while not (await state(http, thread_id))["values"].get("said"):
                await asyncio.sleep(0.05)
    first.kill()
    first.stop()
    with running_server(config, data) as second:
        async with open_desk(second.url, data_dir=tmp_path / "d", headers=second.headers) as desk:
            view = await desk.thread(thread_id)
            assert (view.status, view.waiting) == (ThreadStatus.ERROR, ())


async def test_after_a_kill_during_an_answer_the_question_waits(
    config: Path, tmp_path: Path
) -> None:
    data, trace = tmp_path / "data", tmp_path / "trace"
    first = start_server(config, data)
    async with first.client() as http:
        thread_id = await thread(http)
        given = {"trace": str(trace), "seconds": 1}
        asked = await wait(http, thread_id, "gated_effect", input=given)
        answer = {"resume": {asked["__interrupt__"][0]["id"]: "go"}}
        body = {"assistant_id": "gated_effect", "command": answer}
        await http.post(f"/threads/{thread_id}/runs", json=body)
        async with asyncio.timeout(30):
            while not trace.exists():
                await asyncio.sleep(0.02)
    first.kill()
    first.stop()
    with running_server(config, data) as second:
        async with open_desk(second.url, data_dir=tmp_path / "d", headers=second.headers) as desk:
            [item] = (await desk.inbox()).items
            assert isinstance(item, Interrupt) and item.payload == "go?"
            view = await desk.thread(thread_id)
            assert view.error is not None and "The server ended" in view.error
            outcome = await desk.decide(
                desk.reviews.question(item), Answer("again"), lambda progress: None
            )
            assert outcome.kind is OutcomeKind.APPLIED
    assert trace.read_text().splitlines() == ["go", "again"]
