"""Presence and claims on our own server: who may tell what, what others are told, and when it ends."""

import asyncio
import json
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_server.storage import presence as presence_module
from hitl_server.storage.change_feed import ChangeFeed
from hitl_server.storage.presence import CLAIM, LEASE, Claim, Person, Presence
from tests.server.processes import SAMPLES, Served, start_server
from tests.server.test_tokens import serving

TOKENS = "ada = ada\nbob (reviewer) = bob\neve (viewer) = eve\n"
OPTIONS = (str(SAMPLES / "langgraph.json"), "--data")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The samples, served with named tokens."""
    folder = tmp_path_factory.mktemp("presence")
    file = folder / "tokens"
    file.write_text(TOKENS)
    file.chmod(0o600)
    with serving(*OPTIONS, str(folder / "data"), "--tokens", str(file)) as served:
        yield served


@pytest.fixture
def clients(url: str) -> Iterator[dict[str, httpx.Client]]:
    """A client for each token."""
    made = {
        name: httpx.Client(base_url=url, headers={"x-api-key": name}, timeout=30)
        for name in ("ada", "bob", "eve")
    }
    yield made
    for each in made.values():
        each.close()


def waiting(client: httpx.Client) -> str:
    """Return a thread that asks a question."""
    thread_id: str = client.post("/threads", json={}).json()["thread_id"]
    order = {"assistant_id": "revise", "input": {"some_text": "x"}}
    assert client.post(f"/threads/{thread_id}/runs/wait", json=order).status_code == 200
    return thread_id


def told(client: httpx.Client, thread_id: str) -> Any:
    """Return the presence in a thread object, which a search has, too."""
    found = client.get(f"/threads/{thread_id}").json().get("presence")
    for select in (None, ["thread_id", "presence"]):
        body = {"ids": [thread_id], **({"select": select} if select else {})}
        (row,) = client.post("/threads/search", json=body).json()
        assert row.get("presence") == found
    (row,) = client.post(
        "/threads/search", json={"ids": [thread_id], "select": ["thread_id"]}
    ).json()
    assert "presence" not in row
    return found


def names(presence: Any) -> list[tuple[str, ...]]:
    return [(each["name"], each["named_by"], each.get("role", "")) for each in presence["consoles"]]


def test_consoles_of_named_callers(clients: dict[str, httpx.Client]) -> None:
    """The name of the token counts, whatever the client says; viewers are told as such."""
    thread_id = waiting(clients["ada"])
    place = f"/threads/{thread_id}/presence"
    assert told(clients["ada"], thread_id) is None
    for name in ("ada", "eve"):
        sent = {"console": "1", "name": "somebody else"}
        assert clients[name].put(place, json=sent).json() == {
            "name": name,
            "named_by": "server",
            "seconds": LEASE.total_seconds(),
        }
    presence = told(clients["bob"], thread_id)
    assert names(presence) == [("ada", "server", ""), ("eve", "server", "viewer")]
    assert presence["claim"] is None
    since = presence["consoles"][0]["since"]
    clients["ada"].put(place, json={"console": "1"})
    assert told(clients["bob"], thread_id)["consoles"][0]["since"] == since
    clients["bob"].delete(place, params={"console": "1"})  # of another person
    assert len(names(told(clients["bob"], thread_id))) == 2
    for name in ("ada", "eve"):
        assert clients[name].delete(place, params={"console": "1"}).status_code == 204
    assert told(clients["bob"], thread_id) is None
    assert clients["eve"].get("/info").json()["caller"] == "eve"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"console": ""}, 422),
        ({"console": "x" * 101}, 422),
        ({"console": "x", "name": "\ud800"}, 422),
        ({"console": 1}, 422),
        ({"console": "x"}, 200),
    ],
)
def test_what_a_console_may_send(
    clients: dict[str, httpx.Client], body: dict[str, Any], status: int
) -> None:
    place = f"/threads/{waiting(clients['ada'])}/presence"
    content = json.dumps(body)
    assert clients["ada"].put(place, content=content).status_code == status
    missing = place.replace(place.split("/")[2], "00000000-0000-4000-8000-000000000000")
    assert clients["ada"].put(missing, json={"console": "x"}).status_code == 404


def test_a_claim(clients: dict[str, httpx.Client]) -> None:
    """It is taken over only knowingly, given back only by its holder, and ends with the answer."""
    ada, bob, eve = clients.values()
    thread_id = waiting(ada)
    place = f"/threads/{thread_id}/claim"
    first = ada.put(place, json={"name": "somebody else"}).json()
    assert (first["name"], first["named_by"]) == ("ada", "server")
    lasts = datetime.fromisoformat(first["until"]) - datetime.fromisoformat(first["since"])
    assert lasts == CLAIM
    assert told(bob, thread_id) == {"consoles": [], "claim": first}
    renewed = ada.put(place, json={}).json()
    assert (renewed["id"], renewed["since"]) == (first["id"], first["since"])
    for refused in (
        bob.put(place, json={}),
        bob.put(place, json={"instead_of": "another one"}),
        bob.delete(place),
    ):
        assert refused.status_code == 409
        assert refused.json() == {"detail": "ada has claimed this thread.", "claim": renewed}
    assert eve.put(place, json={}).status_code == 403
    assert eve.delete(place).status_code == 403
    taken = bob.put(place, json={"instead_of": first["id"]}).json()
    assert taken["name"] == "bob"
    assert ada.put(place, json={"instead_of": first["id"]}).status_code == 409
    assert bob.delete(place).status_code == 204
    assert told(ada, thread_id) is None
    ada.put(place, json={})
    answer = {"assistant_id": "revise", "command": {"resume": "Edited"}}
    assert bob.post(f"/threads/{thread_id}/runs/wait", json=answer).status_code == 200
    assert told(ada, thread_id) is None


def test_a_copy_and_a_deleted_thread_have_none(clients: dict[str, httpx.Client]) -> None:
    ada = clients["ada"]
    thread_id = waiting(ada)
    ada.put(f"/threads/{thread_id}/claim", json={})
    ada.put(f"/threads/{thread_id}/presence", json={"console": "1"})
    copied = ada.post(f"/threads/{thread_id}/copy").json()
    assert "presence" not in copied
    assert ada.delete(f"/threads/{thread_id}").status_code == 204
    again = ada.post("/threads", json={"thread_id": thread_id}).json()
    assert again["thread_id"] == thread_id
    assert told(ada, thread_id) is None


@asynccontextmanager
async def listening(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[Any]]:
    """Yield what the feed tells of presence."""

    async def events(lines: AsyncIterator[str]) -> AsyncGenerator[Any]:
        async for line in lines:
            if line.startswith("data: ") and "presence" in (data := json.loads(line[6:])):
                yield data

    async with (
        asyncio.timeout(30),
        client.stream("GET", "/threads/changes") as reply,
        aclosing(events(reply.aiter_lines())) as found,
    ):
        yield found


async def test_the_feed_tells_who_comes_and_goes(
    url: str, clients: dict[str, httpx.Client]
) -> None:
    """Everything once, and then what changed; a lease that is renewed is no change."""
    ada = clients["ada"]
    thread_id, other = waiting(ada), waiting(ada)
    place = f"/threads/{thread_id}/presence"
    ada.put(place, json={"console": "1"})
    async with (
        httpx.AsyncClient(base_url=url, headers={"x-api-key": "bob"}, timeout=30) as bob,
        listening(bob) as feed,
    ):
        first = await anext(feed)
        assert first["whole"]
        assert names(first["presence"][thread_id]) == [("ada", "server", "")]
        assert other not in first["presence"]
        await bob.put(place, json={"console": "2"})
        async for event in feed:
            assert not event["whole"]
            if len(now := names(event["presence"][thread_id])) == 2:
                break
        assert [name for name, *_ in now] == ["ada", "bob"]
        await bob.put(place, json={"console": "2"})
        claim = (await bob.put(f"/threads/{other}/claim", json={})).json()
        here = {"consoles": [], "claim": claim}
        assert await anext(feed) == {"presence": {other: here}, "whole": False}
        ada.delete(f"/threads/{other}")
        assert await anext(feed) == {"presence": {other: None}, "whole": False}


async def test_without_named_callers_the_client_gives_the_name(local_server: Served) -> None:
    async with local_server.client() as http:
        thread_id = (await http.post("/threads", json={})).json()["thread_id"]
        place = f"/threads/{thread_id}"
        assert (await http.get("/info")).json()["caller"] is None
        assert (await http.put(f"{place}/presence", json={"console": "1"})).status_code == 422
        sent = {"console": "1", "name": "ada"}
        entered = (await http.put(f"{place}/presence", json=sent)).json()
        assert entered["named_by"] == "client"
        assert (await http.put(f"{place}/claim", json={"name": "ada"})).status_code == 200
        assert (await http.put(f"{place}/claim", json={"name": "bob"})).status_code == 409
        assert (await http.delete(f"{place}/claim", params={"name": "ada"})).status_code == 204


async def test_a_claim_outlives_the_server(tmp_path: Path) -> None:
    """Even a killed one; what is open in a console does not."""
    target = SAMPLES / "langgraph.json"
    served = start_server(target, tmp_path)
    async with served.client() as http:
        thread_id = (await http.post("/threads", json={})).json()["thread_id"]
        claim = (await http.put(f"/threads/{thread_id}/claim", json={"name": "ada"})).json()
        sent = {"console": "1", "name": "ada"}
        await http.put(f"/threads/{thread_id}/presence", json=sent)
    served.process.send_signal(signal.SIGKILL)
    served.process.wait(10)
    served = start_server(target, tmp_path)
    try:
        async with served.client() as http:
            row = (await http.get(f"/threads/{thread_id}")).json()
            assert row["presence"] == {"consoles": [], "claim": claim}
    finally:
        served.stop()


# The times, without waiting for them


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let the clock of the module go on."""
    ahead = timedelta()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + ahead

    def go_on(by: timedelta) -> None:
        nonlocal ahead
        ahead += by

    monkeypatch.setattr(presence_module, "datetime", Clock)
    return go_on


async def test_when_leases_and_claims_end(pass_time: Callable[[timedelta], None]) -> None:
    """By asking, and by a timer that tells it to all listeners; without any, there is no timer."""
    feed = ChangeFeed()
    now = datetime.now(UTC)
    ada = Person("ada", "client")
    presence = Presence(feed, {"old": Claim(ada, now - CLAIM, now - timedelta(seconds=1))})
    assert presence.of("old") is None
    with feed.listen(0) as listener:
        presence.enter("one", "1", ada, None)
        claimed = presence.check_claim("one", ada, None)
        presence.set_claim("one", claimed)
        pass_time(LEASE - timedelta(seconds=1))
        presence.enter("one", "2", ada, None)
        pass_time(timedelta(seconds=1))
        assert [each["console"] for each in (presence.of("one") or {})["consoles"]] == ["2"]
        await asyncio.sleep(0)
        presence._tell_now()
        assert (await listener.next_changes()).presence == {"old", "one"}
        pass_time(LEASE)
        presence._end_all()
        assert presence.of("one") == {"consoles": [], "claim": claimed.to_json()}
        pass_time(CLAIM)
        presence._end_all()
        presence._tell_now()
        assert (await listener.next_changes()).presence == {"one"}
    assert not presence.threads
    assert presence._timer is None
