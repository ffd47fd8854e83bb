"""A project's own auth handlers, on our server and on `langgraph dev`."""

import json
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from hitl_engine.local.server_process import find_or_start
from hitl_engine.model import JsonValue
from hitl_server.identity.callers import User
from hitl_server.metadata_filter import BadFilter, checked_filter, matches
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.policy.rules import RULES
from hitl_server.routes import (
    assistants,
    changes,
    event_protocol,
    presence,
    runs,
    store,
    thread_stream,
    threads,
)
from hitl_server.routes import info as service
from hitl_server.routes import stateless_runs as stateless
from tests.server.processes import (
    NotStarted,
    Served,
    guarded_project,
    langgraph_dev,
    running_server,
    start_server,
)
from tests.server.test_changes import FeedEvent, listening
from tests.server.test_contract import events, row, state, thread, wait
from tests.server.test_tokens import serving
from tests.shell.conftest import Shell

Client = Callable[[str | None], httpx.AsyncClient]
"""Creates a client with this key; with `OWNER`, that of the machine's owner."""

OWNER = "the owner's token"


@pytest.fixture(scope="module")
def guarded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server, as a console starts it, of the project that has an `auth` section."""
    config = guarded_project(tmp_path_factory.mktemp("guarded"))
    with running_server(config, tmp_path_factory.mktemp("guarded-data")) as served:
        yield served


@pytest.fixture(scope="module")
def guarded_dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A `langgraph dev` of the same project."""
    folder = tmp_path_factory.mktemp("guarded-dev")
    with langgraph_dev(folder, guarded_project(folder)) as served:
        yield served


async def clients(served: Served) -> AsyncIterator[Client]:
    async with AsyncExitStack() as stack:

        def client(key: str | None) -> httpx.AsyncClient:
            headers = served.headers if key == OWNER else {"x-api-key": key} if key else {}
            made = httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30)
            stack.push_async_callback(made.aclose)
            return made

        yield client


@pytest.fixture(params=["guarded_server", "guarded_dev"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    """Clients of each of the two servers in turn."""
    async for made in clients(request.getfixturevalue(request.param)):
        yield made


@pytest.fixture
async def ours(guarded_server: Served) -> AsyncIterator[Client]:
    """Clients of our server."""
    async for made in clients(guarded_server):
        yield made


async def reply_of(http: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
    """Return (status, detail or body) of a request."""
    reply = await http.request(method, path, json=body)
    content = reply.json() if reply.content else None
    return reply.status_code, content["detail"] if isinstance(content, dict) else content


async def named_up_to(feed: AsyncIterator[FeedEvent], thread_id: str) -> set[str]:
    """Return all threads of a feed, up to this one."""
    named: set[str] = set()
    async for _, _, changed in feed:
        named.update(changed)
        if thread_id in named:
            return named
    raise AssertionError("the feed ended")


async def test_only_the_owner_gets_what_nodes_print(ours: Client) -> None:
    ada, owner = ours("key-ada"), ours(OWNER)
    thread_id = await thread(ada)
    asked = {"input": {}, "stream_mode": "custom", "stream_printed": True}
    heard = await events(ada, thread_id, "asks", **asked, stream_resumable=True)
    [run] = (await ada.get(f"/threads/{thread_id}/runs")).json()
    assert "printed" not in dict(heard)
    for client, gets in ((ada, False), (owner, True)):
        path = f"/threads/{thread_id}/runs/{run['run_id']}/stream"
        joined = await client.get(f"{path}?stream_printed=true", headers={"last-event-id": "-1"})
        assert joined.status_code == 200 and "event: metadata" in joined.text
        assert ("looked up the caller" in joined.text) is gets


# Both servers


@pytest.mark.parametrize(
    ("key", "words"), [(None, "missing x-api-key"), ("key-nobody", "unknown key")]
)
async def test_an_unknown_caller_gets_401(client: Client, key: str | None, words: str) -> None:
    stranger = client(key)
    for method, path in (("POST", "/threads/search"), ("POST", "/runs/wait"), ("GET", "/nowhere")):
        assert await reply_of(stranger, method, path, {}) == (401, words)
    assert (await stranger.get("/ok")).status_code == 200


async def test_a_reader_cannot_start_or_delete(client: Client) -> None:
    reader = client("key-rita")
    thread_id = await thread(client("key-ada"))
    run = {"assistant_id": "asks", "input": {}}
    for path in ("/threads", f"/threads/{thread_id}/runs", f"/threads/{thread_id}/runs/stream"):
        assert await reply_of(reader, "POST", path, run) == (403, "read-only reviewer")
    assert await reply_of(reader, "POST", "/runs/wait", run) == (403, "read-only reviewer")
    assert await reply_of(reader, "DELETE", f"/threads/{thread_id}") == (403, "Forbidden")
    assert (await reader.post("/assistants/count", json={"graph_id": "made"})).json() == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("GET", "", None, "Thread with ID {} not found"),
        ("PATCH", "", {"metadata": {"owner": "bob"}}, "Not Found"),
        ("GET", "/state", None, "Thread with ID {} not found"),
        ("POST", "/state", {"values": {"answer": "mine"}}, "Thread with ID {} not found"),
        ("POST", "/state/checkpoint", {"checkpoint": {}}, "Thread with ID {} not found"),
        ("GET", "/history", None, "Thread with ID {} not found"),
        ("POST", "/history", {}, "Thread with ID {} not found"),
        ("GET", "/runs", None, "Thread with ID {} not found"),
        ("POST", "/runs", {"assistant_id": "asks"}, "Thread or assistant not found."),
        ("POST", "/runs/wait", {"assistant_id": "asks"}, "Thread or assistant not found."),
        ("POST", "/runs/stream", {"assistant_id": "asks"}, "Thread or assistant not found."),
        ("GET", "/runs/{}", None, "Thread with ID {} not found"),
        ("GET", "/runs/{}/join", None, "Thread not found"),
        ("POST", "/runs/{}/cancel", None, "No runs found to cancel."),
        ("DELETE", "/runs/{}", None, "Not Found"),
        ("DELETE", "", None, "Thread with ID {} not found"),
    ],
)
async def test_a_thread_of_another_user_is_not_found(
    client: Client, method: str, path: str, body: Any, words: str
) -> None:
    ada = client("key-ada")
    thread_id = await thread(ada)
    await wait(ada, thread_id, "asks", input={})
    before = await row(ada, thread_id)
    [run] = (await ada.get(f"/threads/{thread_id}/runs")).json()
    place = f"/threads/{thread_id}{path.format(run['run_id'])}"
    reply = await reply_of(client("key-bob"), method, place, body)
    assert reply == (404, words.format(thread_id))
    assert await row(ada, thread_id) == before


async def test_searches_return_the_callers_threads(client: Client) -> None:
    ada, bob = client("key-ada"), client("key-bob")
    mark = {"mark": str(uuid4())}
    thread_id = await thread(ada, metadata=mark)
    for user, found in ((ada, [thread_id]), (bob, []), (client("key-rita"), [])):
        listed = (await user.post("/threads/search", json={"metadata": mark})).json()
        assert [one["thread_id"] for one in listed] == found
        assert (await user.post("/threads/count", json={"metadata": mark})).json() == len(found)
    taken = {"thread_id": thread_id, "if_exists": "do_nothing"}
    reply = await reply_of(bob, "POST", "/threads", taken)
    assert reply == (409, f"Thread with ID {thread_id} already exists")


async def test_changes_of_handlers_are_stored(client: Client) -> None:
    ada = client("key-ada")
    thread_id = await thread(ada, metadata={"owner": "bob", "more": 1})
    assert (await row(ada, thread_id))["metadata"] == {"owner": "ada", "more": 1}
    made = str(uuid4())
    body = {"input": {}, "if_not_exists": "create", "metadata": {"owner": "bob"}}
    await wait(ada, made, "asks", **body)
    assert (await row(ada, made))["metadata"]["owner"] == "ada"
    [run] = (await ada.get(f"/threads/{made}/runs")).json()
    assert run["metadata"]["owner"] == "ada"
    assert (await ada.delete(f"/threads/{made}")).status_code == 204


async def test_nodes_get_the_caller(client: Client) -> None:
    ada = client("key-ada")
    forged = {"configurable": {"langgraph_auth_user_id": "boss"}}
    reply = await wait(ada, await thread(ada), "asks", input={}, config=forged)
    assert reply["who"] == {
        "id": "ada",
        "identity": "ada",
        "team": "blue",
        "permissions": ["write"],
        "runtime": "ada",
    }
    reply = await ada.post("/runs/wait", json={"assistant_id": "made", "input": {}})
    assert reply.json() == {"who": {"made for": "ada"}}


async def test_assistants_are_filtered(client: Client) -> None:
    own = {"metadata": {"created_by": "system"}}
    found = (await client("key-ada").post("/assistants/search", json=own)).json()
    assert {one["graph_id"] for one in found} == {"asks", "made"}
    bob = client("key-bob")
    assert (await bob.post("/assistants/search", json={})).json() == []
    assert (await bob.post("/assistants/count", json={})).json() == 0
    for path in ("", "/schemas", "/graph"):
        place = f"/assistants/{found[0]['assistant_id']}{path}"
        assert (await bob.get(place)).status_code == 404


async def test_an_assistant_belongs_to_its_creator(client: Client) -> None:
    ada, bob, reader = client("key-ada"), client("key-bob"), client("key-rita")
    made = await ada.post("/assistants", json={"graph_id": "asks", "metadata": {"owner": "bob"}})
    assert made.json()["metadata"] == {"owner": "ada"}
    assistant_id = made.json()["assistant_id"]
    place = f"/assistants/{assistant_id}"
    changes = (
        ("PATCH", "", {"name": "other"}),
        ("POST", "/latest", {"version": 1}),
        ("DELETE", "", None),
    )
    for method, path, body in (*changes, ("POST", "/versions", {}), ("GET", "/subgraphs", None)):
        assert (await bob.request(method, f"{place}{path}", json=body)).status_code == 404
    for method, path, body in changes:
        assert await reply_of(reader, method, f"{place}{path}", body) == (403, "read-only reviewer")
    assert (await reader.post(f"{place}/versions", json={})).status_code == 200
    again = {"graph_id": "asks", "assistant_id": assistant_id, "if_exists": "do_nothing"}
    reply = await reply_of(bob, "POST", "/assistants", again)
    assert reply == (409, f"Assistant {assistant_id} already exists")
    run = {"assistant_id": assistant_id, "input": {}}
    reply = await reply_of(bob, "POST", "/runs/wait", run)
    assert reply == (404, "Thread or assistant not found.")
    assert (await ada.post("/runs/wait", json=run)).json()["who"]["id"] == "ada"
    assert (await ada.delete(place)).status_code == 204


async def test_copy_and_prune_need_permission(client: Client) -> None:
    ada, bob, reader = client("key-ada"), client("key-bob"), client("key-rita")
    mine, his = await thread(ada), await thread(bob)
    assert (await bob.post(f"/threads/{mine}/copy")).status_code == 409
    assert await reply_of(reader, "POST", f"/threads/{mine}/copy") == (403, "read-only reviewer")
    copied = (await ada.post(f"/threads/{mine}/copy")).json()["thread_id"]
    assert (await ada.get(f"/threads/{copied}")).status_code == 200
    reply = await reply_of(bob, "POST", "/threads/prune", {"thread_ids": [his, mine]})
    assert reply == (404, "At least one thread not found or not authorized")
    assert (await bob.get(f"/threads/{his}")).status_code == 200
    reply = await reply_of(reader, "POST", "/threads/prune", {"thread_ids": [mine]})
    assert reply == (403, "Forbidden")
    pruned = await ada.post("/threads/prune", json={"thread_ids": [mine, copied]})
    assert pruned.json() == {"pruned_count": 2}


async def test_items_are_stored_below_the_callers_name(client: Client) -> None:
    ada, bob, reader = client("key-ada"), client("key-bob"), client("key-rita")
    for user, name in ((ada, "ada"), (bob, "bob")):
        item = {"namespace": ["notes"], "key": "one", "value": {"of": name}}
        assert (await user.put("/store/items", json=item)).status_code == 204
        asked = {"namespace": "notes", "key": "one"}
        found = (await user.get("/store/items", params=asked)).json()
        assert (found["namespace"], found["value"]) == ([name, "notes"], {"of": name})
        [found] = (await user.post("/store/items/search", json={"namespace_prefix": []})).json()[
            "items"
        ]
        assert found["value"] == {"of": name}
        listed = (await user.post("/store/namespaces", json={})).json()["namespaces"]
        assert [name, "notes"] in listed and {labels[0] for labels in listed} == {name}
    foreign = {"namespace": "ada.notes", "key": "one"}
    assert (await bob.get("/store/items", params=foreign)).json() is None
    item = {"namespace": ["notes"], "key": "one"}
    assert (await bob.request("DELETE", "/store/items", json=item)).status_code == 204
    assert (await ada.get("/store/items", params=asked)).json()["value"] == {"of": "ada"}
    assert (await reader.get("/store/items", params=asked)).status_code == 403
    assert (
        await reader.post("/store/items/search", json={"namespace_prefix": []})
    ).status_code == 403


# The caller in stored data


async def test_clients_cannot_set_another_identity(ours: Client) -> None:
    ada, name = ours("key-ada"), "langgraph_auth_user_id"
    thread_id = await thread(ada, metadata={name: "boss"})
    forged = {"metadata": {name: "boss"}, "config": {"metadata": {name: "boss"}}}
    for more in (forged, {"checkpoint": {name: "boss"}}, {"context": {name: "boss"}}):
        await wait(ada, thread_id, "asks", input={}, **more)
        [run, *_] = (await ada.get(f"/threads/{thread_id}/runs")).json()
        assert run["metadata"][name] == "ada"
        assert (await state(ada, thread_id))["metadata"][name] == "ada"
    edit = {"values": {"answer": "edited"}, "checkpoint": {name: "boss"}}
    assert (await ada.post(f"/threads/{thread_id}/state", json=edit)).status_code == 200
    assert (await state(ada, thread_id))["metadata"][name] == "ada"


async def test_nobody_notes_another_identity_in_rows(ours: Client) -> None:
    """Rows are read as what the server noted, also where it names who answered."""
    ada, name = ours("key-ada"), "langgraph_auth_user_id"
    thread_id = await thread(ada, metadata={name: "boss", "mine": 1})
    await ada.patch(f"/threads/{thread_id}", json={"metadata": {name: "boss"}})
    assert (await row(ada, thread_id))["metadata"] == {"owner": "ada", "mine": 1}
    made = {"graph_id": "asks", "metadata": {name: "boss"}}
    assert (await ada.post("/assistants", json=made)).json()["metadata"] == {"owner": "ada"}


async def test_the_context_of_a_run_has_no_forged_identity(ours: Client) -> None:
    ada, name = ours("key-ada"), "langgraph_auth_user_id"
    thread_id = await thread(ada)
    for forged in (
        {"context": {name: "boss", "a": 1}},
        {"config": {"configurable": {name: "boss"}}},
    ):
        await wait(ada, thread_id, "asks", input={}, **forged)
        [run, *_] = (await ada.get(f"/threads/{thread_id}/runs")).json()
        assert "boss" not in json.dumps(run)


async def test_only_the_identity_of_the_caller_is_stored(ours: Client) -> None:
    ada = ours("key-ada")
    thread_id = await thread(ada)
    body = {"assistant_id": "asks", "input": {}, "stream_mode": ["debug", "checkpoints", "tasks"]}
    stream = await ada.post(f"/threads/{thread_id}/runs/stream", json=body)
    assert "ada" in stream.text and "langgraph_auth_permissions" not in stream.text
    runs_of = await ada.get(f"/threads/{thread_id}/runs")
    assert "ada" in runs_of.text and "blue" not in runs_of.text
    read = await ada.get(f"/threads/{thread_id}/state?subgraphs=true")
    assert "langgraph_auth_permissions" not in read.text


# Only our server


async def test_the_feed_has_the_callers_threads(ours: Client) -> None:
    ada, bob = ours("key-ada"), ours("key-bob")
    async with listening(bob) as reply:
        assert (await anext(reply))[0] == "reset"
        foreign, own = await thread(ada), await thread(bob)
        assert foreign not in await named_up_to(reply, own)


async def test_a_caller_cancels_own_runs(ours: Client) -> None:
    ada, bob = ours("key-ada"), ours("key-bob")
    run = {"assistant_id": "asks", "input": {}, "after_seconds": 600}
    waiting = (await ada.post(f"/threads/{await thread(ada)}/runs", json=run)).json()
    place = f"/threads/{waiting['thread_id']}/runs/{waiting['run_id']}"
    named = {"thread_id": waiting["thread_id"], "run_ids": [waiting["run_id"]]}
    assert (await bob.post("/runs/cancel", json={"status": "all"})).status_code == 204
    assert await reply_of(bob, "POST", "/runs/cancel", named) == (404, "No runs found to cancel.")
    assert (await ada.get(place)).json()["status"] == "pending"
    assert (await ada.post("/runs/cancel", json={"status": "all"})).status_code == 204
    assert (await ada.get(f"{place}/join")).status_code == 200
    assert (await ada.get(place)).json()["status"] == "interrupted"


async def test_a_run_of_another_thread_has_no_events(ours: Client) -> None:
    ada, bob = ours("key-ada"), ours("key-bob")
    run = {"assistant_id": "asks", "input": {}, "stream_resumable": True}
    stream = await ada.post(f"/threads/{await thread(ada)}/runs/stream", json=run)
    run_id = stream.headers["content-location"].rpartition("/")[2]
    place = f"/threads/{await thread(bob)}/runs/{run_id}/stream"
    assert "go on?" not in (await bob.get(place, headers={"last-event-id": "0"})).text
    place = f"{stream.headers['content-location']}/stream"
    assert "go on?" in (await ada.get(place, headers={"last-event-id": "0"})).text


async def test_who_is_on_a_thread_is_told_only_to_those_who_see_it(ours: Client) -> None:
    """By the name of the handlers; nobody can say that they are on a thread of others."""
    ada, bob = ours("key-ada"), ours("key-bob")
    place = f"/threads/{await thread(ada)}"
    for path, sent in (("presence", {"console": "1"}), ("claim", {})):
        assert (await bob.put(f"{place}/{path}", json=sent)).status_code == 404
        told = (await ada.put(f"{place}/{path}", json={**sent, "name": "bob"})).json()
        assert (told["name"], told["named_by"]) == ("ada", "server")
    assert (await ada.get("/info")).json()["caller"] == "ada"
    async with bob.stream("GET", "/threads/changes") as feed:
        async for line in feed.aiter_lines():
            if "whole" in line:
                assert place.rpartition("/")[2] not in line
                break


async def test_idempotency_keys_are_separate_for_each_user(ours: Client) -> None:
    run = {"assistant_id": "made", "input": {}, "on_completion": "keep"}
    key = {"idempotency-key": str(uuid4())}
    reply = [
        (await ours(name).post("/runs/wait", json=run, headers=key)).json()["who"]
        for name in ("key-ada", "key-bob", "key-ada")
    ]
    assert [who["made for"] for who in reply] == ["ada", "bob", "ada"]


def test_every_route_has_a_rule() -> None:
    """A route without a rule would be closed."""
    parts = (
        *(service, assistants, changes, threads, thread_stream, event_protocol),
        *(runs, stateless, store, presence),
    )
    routes = [one for part in parts for one in part.router.routes if isinstance(one, APIRoute)]
    assert all(isinstance(one, AuthorizedRoute) for one in routes)
    assert {(method, one.path) for one in routes for method in one.methods or ()} == set(RULES)


# The owner of the machine


async def test_the_owner_may_do_everything(ours: Client) -> None:
    ada, owner = ours("key-ada"), ours(OWNER)
    thread_id = await thread(ada)
    await wait(ada, thread_id, "asks", input={})
    assert (await row(owner, thread_id))["status"] == "interrupted"
    asked = (await state(owner, thread_id))["interrupts"][0]["id"]
    reply = await wait(owner, thread_id, "asks", command={"resume": {asked: "yes"}})
    assert reply["answer"] == "yes"
    [run, first] = (await owner.get(f"/threads/{thread_id}/runs")).json()
    assert run["metadata"]["langgraph_auth_user_id"] == "machine-owner"
    assert first["metadata"]["langgraph_auth_user_id"] == "ada"
    reply = await wait(owner, await thread(owner), "asks", input={})
    assert reply["who"]["runtime"] == reply["who"]["id"] == "machine-owner"
    assert (await owner.delete(f"/threads/{thread_id}")).status_code == 204


def test_a_console_that_starts_the_server_is_its_owner(tmp_path: Path) -> None:
    """Console and shell commands start it with their own token, which no handler knows."""
    shell = Shell(str(guarded_project(tmp_path / "project")), tmp_path / "data")
    thread_id = shell.run("run", "asks", "--input", "{}")["thread_id"]
    reply = shell.run("answer", thread_id, "--value", '"yes"', "--yes")
    assert (reply["outcome"], reply["values"]["answer"]) == ("applied", "yes")
    assert reply["values"]["who"]["identity"] == "machine-owner"


async def test_a_console_has_access_to_a_served_project(tmp_path: Path) -> None:
    """The console has no token that the handlers know, but the server wrote one for it."""
    config, data = guarded_project(tmp_path / "project"), tmp_path / "data"
    with serving(str(config), "--data", str(data), "--host", "0.0.0.0") as url:
        assert httpx.post(f"{url}/threads/search", json={}).status_code == 401
        notice = data / "engine.json"
        assert stat.S_IMODE(notice.stat().st_mode) == 0o600
        found = await find_or_start(str(config), data)
        assert not found.started_here
        reply = httpx.post(f"{found.url}/threads/search", json={}, headers=found.headers)
        assert reply.status_code == 200
        await found.aclose()


# Handlers that cannot be used


@pytest.mark.parametrize(
    ("section", "code", "words"),
    [
        ({"path": "./auth_handlers.py"}, 2, 'has no valid "path"'),
        ({"disable_studio_auth": True}, 2, 'has no valid "path"'),
        ({"path": "./auth_handlers.ts:auth"}, 2, "is not Python"),
        ({"path": "./auth_handlers.py:auth", "allow": ["all"]}, 2, "has allow"),
        ("./auth_handlers.py:auth", 2, "not an object"),
        ({"path": "./auth_handlers.py:nothing"}, 5, "no attribute 'nothing'"),
        ({"path": "./auth_handlers.py:USERS"}, 5, "not a langgraph_sdk.Auth"),
        ({"path": "./missing.py:auth"}, 5, "missing.py"),
        ({"path": "./silent.py:auth"}, 5, "no handler for @auth.authenticate"),
        ({"path": "./curious.py:auth"}, 5, "has the parameter password"),
        ({"path": "./depends.py:auth"}, 5, "uses FastAPI's Depends"),
        ({"path": "./raising.py:auth"}, 5, "KeyError: 'NO_SUCH_SECRET'"),
    ],
)
def test_no_start_without_the_handlers(tmp_path: Path, section: Any, code: int, words: str) -> None:
    config = guarded_project(tmp_path)
    head = "from langgraph_sdk import Auth\nauth = Auth()\n"
    (tmp_path / "silent.py").write_text(head)
    handler = f"{head}@auth.authenticate\nasync def who"
    (tmp_path / "curious.py").write_text(f"{handler}(password): return 'me'\n")
    depends = "from typing import Annotated\nfrom fastapi import Depends\n"
    asked = "(path: Annotated[str, Depends(str)] = ''): return 'me'\n"
    (tmp_path / "depends.py").write_text(f"{depends}{handler}{asked}")
    (tmp_path / "raising.py").write_text("import os\nos.environ['NO_SUCH_SECRET']\n")
    config.write_text(json.dumps({**json.loads(config.read_text()), "auth": section}))
    with pytest.raises(NotStarted) as refused:
        start_server(config, tmp_path / "data")
    assert words in refused.value.report["what"]
    assert refused.value.code == code


FAILING = """
from langgraph_sdk import Auth

auth = Auth()

@auth.authenticate
def who(authorization: str | None, path: str, method: str, query_params: dict, scope: dict):
    assert path == scope["path"] and method in ("GET", "POST", "PATCH")
    if authorization == "fail":
        raise RuntimeError("no database")
    if authorization == "late":
        raise Auth.exceptions.HTTPException(503, "come back")
    return ["see"], authorization

@auth.on.threads.search
async def search(ctx, value):
    value["metadata"]["tenant"] = "one"
    assert ctx.permissions == ["see"], "nothing to see"

@auth.on.threads.read
async def read(ctx, value):
    return {"owner": {"$in": ["me"]}}

@auth.on.store
async def items(ctx, value):
    return {"owner": "me"}

@auth.on.threads.update
async def update(ctx, value):
    raise ValueError("a mistake")

@auth.on
async def everything_else(ctx, value):
    return ctx.user.identity == "boss" and ctx.action == "create"
"""


async def test_a_failing_handler_gives_no_access(tmp_path: Path) -> None:
    config = guarded_project(tmp_path)
    (tmp_path / "auth_handlers.py").write_text(FAILING)
    with running_server(config, tmp_path / "data") as served:
        async with httpx.AsyncClient(base_url=served.url) as http:
            http.headers["authorization"] = "fail"
            code, words = await reply_of(http, "GET", "/info")
            assert code == 500 and "no database" not in words
            http.headers["authorization"] = "late"
            assert await reply_of(http, "GET", "/info") == (503, "come back")
            http.headers["authorization"] = "somebody"
            assert await reply_of(http, "POST", "/threads", {}) == (403, "Forbidden")
            http.headers["authorization"] = "boss"
            one, other = [await thread(http, metadata={"tenant": t}) for t in ("one", "two")]
            listed = (await http.post("/threads/search", json={"metadata": {}})).json()
            assert [found["thread_id"] for found in listed] == [one]
            async with listening(http) as reply:
                await anext(reply)
                third, fourth = [
                    await thread(http, metadata={"tenant": name}) for name in ("two", "one")
                ]
                assert third not in await named_up_to(reply, fourth)
            code, words = await reply_of(http, "GET", f"/threads/{one}")
            assert code == 500 and "'owner' takes one of $eq, $contains" in words
            code, words = await reply_of(http, "PATCH", f"/threads/{other}", {"metadata": {}})
            assert code == 500 and "a mistake" not in words
            code, words = await reply_of(http, "POST", "/store/items/search", {})
            assert code == 500 and "store.search returned a filter" in words
            odd: tuple[JsonValue, ...] = ([], {"metadata": "text"})
            for body in odd:
                assert (await http.post("/threads", json=body)).status_code == 422
        log = (tmp_path / "data" / "engine.log").read_text()
        assert "no database" in log and "a mistake" in log


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({}, True),
        ({"owner": "ada"}, True),
        ({"owner": "bob"}, False),
        ({"nobody": None}, False),
        ({"owner": {"$eq": "ada"}, "size": 3}, True),
        ({"owner": {"$eq": "ada"}, "size": 4}, False),
        ({"teams": {"$contains": "red"}}, True),
        ({"teams": {"$contains": ["red", "blue"]}}, True),
        ({"teams": {"$contains": ["red", "green"]}}, False),
        ({"owner": {"$contains": "a"}}, False),
        ({"$or": [{"owner": "bob"}, {"size": 3}]}, True),
        ({"$or": [{"owner": "bob"}, {"size": 4}]}, False),
        ({"$or": [{"owner": "ada"}, {"size": 4}], "size": 4}, False),
        ({"$and": [{"owner": "ada"}, {"$or": [{"size": 4}, {"size": 3}]}]}, True),
    ],
)
def test_filters(wanted: dict[str, Any], holds: bool) -> None:
    metadata = {"owner": "ada", "size": 3, "teams": ["red", "blue"]}
    assert matches(metadata, checked_filter(wanted)) is holds


@pytest.mark.parametrize(
    "wanted",
    [
        "owner",
        {"owner": {}},
        {"owner": {"$in": ["ada"]}},
        {"owner": {"$eq": "ada", "$contains": "ada"}},
        {"$not": [{"owner": "ada"}, {"owner": "bob"}]},
        {"$or": [{"owner": "ada"}]},
        {"$and": {"owner": "ada"}},
        {"owner": object()},
        {"$or": [{}, {"$or": [{}, {"$or": [{}, {}]}]}]},
    ],
)
def test_invalid_filters_are_refused(wanted: Any) -> None:
    with pytest.raises(BadFilter):
        checked_filter(wanted)


class Account:
    """An object that an `authenticate` handler may return."""

    def __init__(self) -> None:
        self.identity = "ada"
        self.plan = "pro"
        self._secret = "hidden"

    @property
    def permissions(self) -> list[str]:
        return ["write"]


@pytest.mark.parametrize("given", ["ada", {"identity": "ada"}, Account()])
def test_users_have_the_same_interface(given: Any) -> None:
    user = User(given)
    assert user.identity == user["identity"] == user.display_name == "ada"
    assert user.is_authenticated and "_secret" not in dict(user)
    assert list(user.permissions) == (["write"] if isinstance(given, Account) else [])
    if isinstance(given, Account):
        assert user.plan == user["plan"] == "pro"


@pytest.mark.parametrize("given", [None, 3, {"name": "ada"}])
def test_a_user_needs_an_identity(given: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        User(given)
