"""Threads, on our server and on a real `langgraph dev`; and how searches use the indexes."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
from langgraph.store.memory import InMemoryStore
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import BadRequestError, ConflictError, NotFoundError

from hitl_server.project.config import read_project
from hitl_server.project.graphs import Graphs
from hitl_server.search_models import ThreadSearch
from hitl_server.storage.database import Database
from hitl_server.tables.thread_table import Threads
from tests.json_values import Json
from tests.server.api_details import served
from tests.server.conftest import on_local_server
from tests.server.differences import ours
from tests.server.processes import SAMPLES, Served, copied_project, running_server
from tests.server.test_contract import row, state, thread, wait

__all__ = ["served"]


async def search(http: httpx.AsyncClient, **body: Any) -> list[Json]:
    reply = await http.post("/threads/search", json=body)
    assert reply.status_code == 200, reply.text
    found: list[Json] = reply.json()
    return found


async def copy_of(sdk: LangGraphClient, thread_id: str) -> Json:
    """Copy a thread; return the copy, which the SDK returns but does not declare."""
    copied: Any = await sdk.threads.copy(thread_id)  # type: ignore[func-returns-value]  # see above
    return cast(Json, copied)


# Rows


async def test_new_thread(served: Served, http: httpx.AsyncClient) -> None:
    reply = await http.post("/threads", json={"metadata": {"k": 1}})
    made = reply.json()
    assert {
        *("thread_id", "created_at", "updated_at", "state_updated_at", "metadata", "status"),
        *("config", "values"),
    } <= set(made)
    assert (made["status"], made["values"], made["metadata"]) == ("idle", None, {"k": 1})
    assert ("tasks" in made) == ours(served, "rows have more fields")
    shown = await row(http, made["thread_id"])
    assert {key: shown[key] for key in made} == made


async def test_metadata_is_merged_without_a_response_body(
    http: httpx.AsyncClient, sdk: LangGraphClient
) -> None:
    thread_id = await thread(http, metadata={"a": 1})
    await sdk.threads.update(thread_id, metadata={"b": 2}, return_minimal=True)
    reply = await http.patch(
        f"/threads/{thread_id}", json={"metadata": {"c": 3}}, headers={"Prefer": "return=minimal"}
    )
    assert (reply.status_code, reply.content) == (204, b"")
    assert (await row(http, thread_id))["metadata"] == {"a": 1, "b": 2, "c": 3}


async def test_prune_threads(http: httpx.AsyncClient, sdk: LangGraphClient) -> None:
    ids = [await thread(http) for _ in range(3)]
    told = await sdk.threads.prune([*ids[:2], str(uuid4())])
    assert told == {"pruned_count": 2}
    assert [one["thread_id"] for one in await search(http, ids=ids)] == ids[2:]
    assert await sdk.threads.prune([]) == {"pruned_count": 0}
    body = {"thread_ids": ids, "strategy": "keep_latest"}
    assert (await http.post("/threads/prune", json=body)).status_code == 422
    assert (await http.get(f"/threads/{ids[2]}")).status_code == 200


# Searches


async def test_search_by_values_and_ids(http: httpx.AsyncClient) -> None:
    mark = str(uuid4())
    ids = [await thread(http, metadata={"mark": mark}) for _ in range(3)]
    for number, thread_id in enumerate(ids):
        await wait(http, thread_id, "revise", input={"some_text": f"text {number}"})
    body = {"metadata": {"mark": mark}, "values": {"some_text": "text 1"}}
    assert [one["thread_id"] for one in await search(http, **body)] == [ids[1]]
    assert (await http.post("/threads/count", json=body)).json() == 1
    by_ids = await search(http, ids=ids[:2], sort_by="thread_id", sort_order="asc")
    assert [one["thread_id"] for one in by_ids] == sorted(ids[:2])


async def test_extracted_values(http: httpx.AsyncClient, sdk: LangGraphClient) -> None:
    thread_id = await thread(http, metadata={"of": {"team": "red"}})
    await wait(http, thread_id, "chain", input={})
    paths = {
        "last": "values.said[-1]",
        "second": "values.said[1]",
        "team": "metadata.of.team",
        "waiting": "interrupts",
        "far": "values.said[9]",
        "none": "values.nope.deeper",
        "odd": "values.said[x]",
    }
    [found] = await sdk.threads.search(ids=[thread_id], select=["thread_id"], extract=paths)
    assert dict(found) == {
        "thread_id": thread_id,
        "extracted": {
            "last": "three",
            "second": "two",
            "team": "red",
            "waiting": {},
            "far": None,
            "none": None,
            "odd": None,
        },
    }
    [whole] = await search(http, ids=[thread_id], extract={"last": "values.said[-1]"})
    assert (whole["extracted"], whole["values"]["said"][-1]) == ({"last": "three"}, "three")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/threads", {"thread_id": "nonsense"}, 422),
        ("POST", "/threads", {"metadata": 5}, 422),
        ("POST", "/threads", {"if_exists": "nope"}, 422),
        ("POST", "/threads/search", {"limit": 0}, 422),
        ("POST", "/threads/search", {"offset": -1}, 422),
        ("POST", "/threads/search", {"select": ["nope"]}, 422),
        ("POST", "/threads/search", {"sort_by": "values"}, 422),
        ("POST", "/threads/search", {"extract": {"a": "status"}}, 422),
        ("POST", "/threads/search", {"extract": {"1a": "values.x"}}, 422),
        ("POST", "/threads/search", {"extract": {"values": "values.x"}}, 422),
        ("POST", "/threads/search", {"extract": {f"a{n}": "values" for n in range(11)}}, 422),
        ("POST", "/threads/count", {"status": "nope"}, 422),
        ("POST", "/threads/prune", {}, 422),
        ("POST", "/threads/prune", {"thread_ids": ["nonsense"]}, 422),
        ("POST", "/threads/prune", {"thread_ids": [], "strategy": "nope"}, 422),
        ("POST", "/threads/{no}/copy", None, 409),
        ("POST", "/threads/{no}/state", {"values": {}}, 404),
        ("POST", "/threads/{no}/state/checkpoint", {"checkpoint": {}}, 404),
        ("POST", "/threads/{no}/state/checkpoint", {}, 422),
        ("GET", "/threads/{no}/state/1ef", None, 404),
        ("GET", "/threads/{no}/history", None, 404),
        ("PATCH", "/threads/{no}", {"metadata": {}}, 404),
        ("PATCH", "/threads/nonsense", {"metadata": {}}, 422),
        ("DELETE", "/threads/nonsense", None, 422),
        ("POST", "/threads/{yes}/history", {"limit": 0}, 422),
        ("POST", "/threads/{yes}/history", {"limit": 1001}, 422),
        ("POST", "/threads/{yes}/state", {"values": {}}, 400),
        ("POST", "/threads/{yes}/state", {"values": "text"}, 422),
    ],
)
async def test_refusals(
    http: httpx.AsyncClient, method: str, path: str, body: Any, status: int
) -> None:
    path = path.replace("{no}", str(uuid4())).replace("{yes}", await thread(http))
    reply = await http.request(method, path, json=body)
    assert reply.status_code == status, reply.text
    assert isinstance(reply.json()["detail"], str)


# Expiry


@pytest.mark.parametrize("ttl", [{"ttl": 60}, {"ttl": 0.5, "strategy": "delete"}, {"ttl": -1}, {}])
async def test_a_ttl_is_taken(served: Served, http: httpx.AsyncClient, ttl: Json) -> None:
    reply = await http.post("/threads", json={"ttl": ttl})
    assert reply.status_code == 200, reply.text
    path = f"/threads/{reply.json()['thread_id']}"
    later = await http.patch(path, json={"ttl": {"ttl": 120}})
    assert later.status_code == 200, later.text
    assert "ttl" not in (await http.get(path)).json()
    shown = (await http.get(path, params={"include": "ttl"})).json()
    if ours(served, "threads expire"):
        end = datetime.now(UTC) + timedelta(minutes=120)
        assert abs(datetime.fromisoformat(shown["ttl"].pop("expires_at")) - end).seconds < 30
        assert shown["ttl"] == {"strategy": "delete", "ttl_minutes": 120}
    else:
        assert "ttl" not in shown


@pytest.mark.parametrize("ttl", [5, None, {"ttl": "x"}, {"ttl": 1, "strategy": "never"}])
async def test_a_ttl_that_is_none(http: httpx.AsyncClient, ttl: Any) -> None:
    thread_id = await thread(http)
    assert (await http.post("/threads", json={"ttl": ttl})).status_code == 422
    assert (await http.patch(f"/threads/{thread_id}", json={"ttl": ttl})).status_code == 422


async def test_only_whole_threads_expire(served: Served, http: httpx.AsyncClient) -> None:
    body = {"ttl": {"ttl": 5, "strategy": "keep_latest"}}
    reply = await http.post("/threads", json=body)
    refused = ours(served, "only whole threads expire")
    assert reply.status_code == (422 if refused else 200)


async def test_an_expired_thread_is_deleted_but_not_during_a_run(tmp_path: Path) -> None:
    config = copied_project(tmp_path / "project")
    ttl = {"default_ttl": 0.02, "sweep_interval_minutes": 0.005}
    settings = {**json.loads(config.read_text()), "checkpointer": {"ttl": ttl}}
    config.write_text(json.dumps(settings))
    with running_server(config, tmp_path / "data") as server:
        async with server.client() as client:
            lasting = (await client.post("/threads", json={"ttl": {"ttl": 60}})).json()["thread_id"]
            waiting, running = await thread(client), await thread(client)
            await wait(client, waiting, "revise", input={"some_text": "x"})
            done = await wait(client, running, "slow", input={"steps": 15})
            assert done["done"] == 15
            async with asyncio.timeout(20):
                for expired in (waiting, running):
                    while (await client.get(f"/threads/{expired}")).status_code == 200:
                        await asyncio.sleep(0.1)
            assert (await client.get(f"/threads/{waiting}/state")).status_code == 404
            assert (await client.get(f"/threads/{lasting}")).status_code == 200


# Supersteps


def superstep(*updates: Json) -> Json:
    return {"updates": list(updates)}


FIRST = superstep({"values": {"some_text": "one"}, "as_node": "__input__"})
SECOND = superstep({"values": {"some_text": "two"}, "as_node": "human_node"})


async def test_a_thread_from_supersteps(http: httpx.AsyncClient) -> None:
    body = {"metadata": {"graph_id": "revise"}, "supersteps": [FIRST, SECOND]}
    reply = await http.post("/threads", json=body)
    assert reply.status_code == 200, reply.text
    made = reply.json()
    assert (made["status"], made["values"]) == ("idle", {"some_text": "two"})
    path = f"/threads/{made['thread_id']}"
    shown = (await http.get(f"{path}/state")).json()
    assert (shown["values"], shown["next"]) == ({"some_text": "two"}, [])
    assert len((await http.post(f"{path}/history", json={"limit": 10})).json()) == 2


async def test_a_command_in_a_superstep(http: httpx.AsyncClient) -> None:
    command = {"update": {"some_text": "x"}, "goto": "human_node"}
    step = superstep({"command": command, "as_node": "__start__"})
    body = {"metadata": {"graph_id": "revise"}, "supersteps": [step]}
    made = (await http.post("/threads", json=body)).json()
    assert (made["status"], made["values"]) == ("interrupted", {"some_text": "x"})
    assert (await state(http, made["thread_id"]))["next"] == ["human_node"]
    asked = await wait(http, made["thread_id"], "revise", input=None)
    assert asked["__interrupt__"][0]["value"] == {"text_to_revise": "x"}


@pytest.mark.parametrize(
    ("metadata", "supersteps", "status", "said"),
    [
        ({}, [FIRST], 201, "was created, but there were problems updating the state: Thread "),
        ({"graph_id": "none"}, [FIRST], 201, "updating the state: Graph 'none' not found."),
        (
            {"graph_id": "revise"},
            [superstep({"values": {}, "as_node": "nobody"})],
            400,
            "Node nobody does not exist",
        ),
        ({"graph_id": "revise"}, [superstep()], 400, "No updates provided"),
        ({"graph_id": "revise"}, [{}], 422, "updates"),
        ({"graph_id": "revise"}, [superstep({"values": {}})], 422, "as_node"),
        ({"graph_id": "revise"}, "x", 422, "supersteps"),
    ],
)
async def test_supersteps_that_cannot_be_used(
    http: httpx.AsyncClient, metadata: Json, supersteps: Any, status: int, said: str
) -> None:
    reply = await http.post("/threads", json={"metadata": metadata, "supersteps": supersteps})
    assert reply.status_code == status, reply.text
    assert said in reply.json()["detail"]


# States


async def test_state_at_a_checkpoint(http: httpx.AsyncClient, sdk: LangGraphClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "chain", input={})
    past = await sdk.threads.get_history(thread_id, limit=10)
    older = past[2]["checkpoint"]
    assert await sdk.threads.get_state(thread_id, checkpoint=older) == past[2]
    by_id = await sdk.threads.get_state(thread_id, checkpoint_id=older["checkpoint_id"])
    assert (by_id["values"], by_id["next"]) == (past[2]["values"], past[2]["next"])
    pointing: Any = {"configurable": older}
    assert await sdk.threads.get_history(thread_id, limit=10, before=pointing) == past[3:]
    marked = await sdk.threads.get_history(thread_id, limit=10, metadata={"step": 1})
    assert marked == [one for one in past if (one["metadata"] or {})["step"] == 1]
    unknown = await http.get(f"/threads/{thread_id}/state/{uuid4()}")
    assert (unknown.status_code, unknown.json()["values"]) == (200, {})


async def test_history_before_a_checkpoint(served: Served, http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "chain", input={})
    path = f"/threads/{thread_id}/history"
    past = (await http.post(path, json={"limit": 10})).json()
    reply = await http.post(path, json={"limit": 10, "before": past[2]["checkpoint"]})
    if ours(served, "history before a checkpoint"):
        assert reply.json() == past[3:]
    else:
        assert reply.status_code == 500


async def test_state_inside_a_subgraph(http: httpx.AsyncClient, sdk: LangGraphClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "subgraph", input={"order": "two desks"})
    [task] = (await state(http, thread_id))["tasks"]
    inside = await sdk.threads.get_state(thread_id, checkpoint=task["checkpoint"])
    assert inside["next"] == ["ask"]
    whole = await sdk.threads.get_state(thread_id, subgraphs=True)
    nested = whole["tasks"][0]["state"]
    assert nested is not None and nested["next"] == ["ask"]
    past = await sdk.threads.get_history(thread_id, checkpoint=task["checkpoint"])
    assert past[0]["checkpoint"]["checkpoint_ns"] == task["checkpoint"]["checkpoint_ns"]


async def test_update_state_as_a_node_and_at_a_checkpoint(
    http: httpx.AsyncClient, sdk: LangGraphClient
) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "chain", input={})
    past = await sdk.threads.get_history(thread_id, limit=10)
    forked = await sdk.threads.update_state(
        thread_id, {"said": ["by hand"]}, as_node="two", checkpoint=past[2]["checkpoint"]
    )
    fork, newest = forked["checkpoint"]["checkpoint_id"], past[0]["checkpoint"]["checkpoint_id"]
    assert fork is not None and newest is not None and fork > newest
    shown = await state(http, thread_id)
    assert (shown["values"]["said"], shown["next"]) == (["one", "by hand"], ["three"])
    assert (await row(http, thread_id))["status"] == "interrupted"
    with pytest.raises(BadRequestError):
        await sdk.threads.update_state(thread_id, {}, as_node="nope")
    done = await wait(http, thread_id, "chain", input=None)
    assert done["said"] == ["one", "by hand", "three"]


async def test_a_reducer_that_rejects_an_update(served: Served, http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "chain", input={})
    reply = await http.post(f"/threads/{thread_id}/state", json={"values": {"said": 5}})
    assert reply.status_code == (400 if ours(served, "an error of a reducer is 400") else 500)
    async with served.client() as after:  # langgraph dev ends the connection after a 500
        assert (await state(after, thread_id))["values"]["said"] == ["one", "two", "three"]


async def test_a_rejected_update_keeps_the_interrupts(local_server: Served) -> None:
    async with local_server.client() as http:
        thread_id = await thread(http)
        await wait(http, thread_id, "parallel", input={"proposal": "p"})
        before = await state(http, thread_id)
        body = {"values": {"opinions": None}, "as_node": "legal"}
        reply = await http.post(f"/threads/{thread_id}/state", json=body)
        assert (reply.status_code, "TypeError" in reply.json()["detail"]) == (400, True)
        assert await state(http, thread_id) == before
        answers = {one["id"]: "yes" for one in before["interrupts"]}
        done = await wait(http, thread_id, "parallel", command={"resume": answers})
        assert len(done["opinions"]) == 2


async def test_a_thread_with_an_unknown_graph(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http, metadata={"graph_id": "nope"})
    for path in ("state", "history"):
        reply = await http.get(f"/threads/{thread_id}/{path}")
        assert (reply.status_code, "nope" in reply.json()["detail"]) == (404, True)


@pytest.mark.parametrize("graph_id", [5, None, {"a": 1}, ["chain"]])
async def test_any_value_as_graph_id_in_metadata(local_server: Served, graph_id: Any) -> None:
    async with local_server.client() as http:
        thread_id = await thread(http, metadata={"graph_id": graph_id})
        reply = await http.patch(f"/threads/{thread_id}", json={"metadata": {"a": 1}})
        assert reply.json()["metadata"] == {"graph_id": graph_id, "a": 1}
        reply = await http.get(f"/threads/{thread_id}/state")
        assert reply.status_code == (200 if graph_id is None else 404)


async def test_ids_are_checked(served: Served, http: httpx.AsyncClient) -> None:
    expected = 422 if ours(served, "ids are checked in the same way everywhere") else 400
    replies = [
        await http.post("/threads/search", json={"ids": ["nonsense"]}),
        await http.post("/threads/nonsense/copy"),
    ]
    assert [reply.status_code for reply in replies] == [expected] * 2


async def test_reserved_metadata(served: Served, http: httpx.AsyncClient) -> None:
    shown = await row(http, await thread(http, metadata={"assistant_id": "x", "k": 1}))
    if ours(served, "reserved metadata are kept"):
        assert shown["metadata"] == {"assistant_id": "x", "k": 1}
    else:
        assert shown["metadata"] == {"k": 1}


# Copies


async def test_a_copy_has_the_pending_interrupts(
    served: Served, http: httpx.AsyncClient, sdk: LangGraphClient
) -> None:
    thread_id = await thread(http, metadata={"k": 1})
    asked = await wait(http, thread_id, "parallel", input={"proposal": "p"})
    copied = await copy_of(sdk, thread_id)
    copy_id = copied["thread_id"]
    assert copy_id != thread_id
    assert copied["metadata"] == (await row(http, thread_id))["metadata"]
    shown, original = await state(http, copy_id), await state(http, thread_id)
    assert (shown["interrupts"], shown["values"]) == (original["interrupts"], original["values"])
    assert len((await http.get(f"/threads/{copy_id}/history?limit=10")).json()) == len(
        (await http.get(f"/threads/{thread_id}/history?limit=10")).json()
    )
    found = await search(http, ids=[thread_id, copy_id], status="interrupted")
    if ours(served, "a copy is interrupted like its original"):
        assert {one["thread_id"] for one in found} == {thread_id, copy_id}
        assert copied["interrupts"] == (await row(http, thread_id))["interrupts"]
    else:
        assert [one["thread_id"] for one in found] == [thread_id]

    answers = {one["id"]: "yes" for one in asked["__interrupt__"]}
    done = await wait(http, copy_id, "parallel", command={"resume": answers})
    assert len(done["opinions"]) == 2
    assert (await row(http, copy_id))["status"] == "idle"
    assert (await row(http, thread_id))["status"] == "interrupted"
    assert len((await state(http, thread_id))["interrupts"]) == 2


async def test_a_copy_has_its_own_thread_id_everywhere(local_server: Served) -> None:
    async with local_server.client() as http:
        thread_id = await thread(http)
        asked = await wait(http, thread_id, "subgraph", input={"order": "two desks"})
        copied = (await http.post(f"/threads/{thread_id}/copy")).json()
        assert thread_id not in str(copied)
        assert copied["tasks"][0]["checkpoint"]["thread_id"] == copied["thread_id"]
        answer = {"resume": {asked["__interrupt__"][0]["id"]: "Ada"}}
        done = await wait(http, copied["thread_id"], "subgraph", command=answer)
        assert done["receipt"] == "two desks, approved by Ada"
        await http.delete(f"/threads/{thread_id}")
        assert (await row(http, copied["thread_id"]))["values"] == done


async def test_a_copy_of_a_busy_thread_has_the_state_of_its_checkpoints(
    local_server: Served,
) -> None:
    async with local_server.client() as http:
        thread_id = await thread(http)
        body = {"assistant_id": "slow", "input": {"steps": 100}}
        run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
        async with asyncio.timeout(20):
            while not (await state(http, thread_id))["next"]:
                await asyncio.sleep(0.05)
        copied = (await http.post(f"/threads/{thread_id}/copy")).json()
        await http.post(f"/threads/{thread_id}/runs/{run['run_id']}/cancel?wait=true")
        shown = await state(http, copied["thread_id"])
        assert (copied["status"], copied["next"]) == ("interrupted", shown["next"])
        assert copied["values"] == shown["values"]
        assert (await http.get(f"/threads/{copied['thread_id']}/runs")).json() == []


async def test_a_copy_of_a_new_thread(http: httpx.AsyncClient, sdk: LangGraphClient) -> None:
    copied = await copy_of(sdk, await thread(http, metadata={"k": 1}))
    assert (copied["status"], copied["metadata"]) == ("idle", {"k": 1})
    assert (await state(http, copied["thread_id"]))["values"] == {}
    with pytest.raises(ConflictError):
        await sdk.threads.copy(str(uuid4()))
    with pytest.raises(NotFoundError):
        await sdk.threads.get(str(uuid4()))


# Values that cannot be stored


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b'"\\ud800"', id="half a character"),
        pytest.param(b"1" * 30, id="beyond 64 bits"),
        pytest.param(b"1" * 5000, id="beyond what Python reads"),
        pytest.param(b"[" * 500 + b"]" * 500, id="deep"),
        pytest.param(b"[" * 200_000 + b"]" * 200_000, id="far too deep"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("POST", "/threads", "metadata"),
        ("POST", "/threads/search", "metadata"),
        ("POST", "/threads/search", "values"),
        ("POST", "/threads/count", "metadata"),
        ("PATCH", "/threads/{yes}", "metadata"),
        ("POST", "/threads/{yes}/history", "metadata"),
    ],
)
async def test_values_that_cannot_be_stored_are_refused(
    local_server: Served, method: str, path: str, field: str, value: bytes
) -> None:
    async with local_server.client() as http:
        path = path.replace("{yes}", await thread(http, metadata={"graph_id": "chain"}))
        content = b'{"%s": {"k": %s}}' % (field.encode(), value)
        headers = {"content-type": "application/json"}
        reply = await http.request(method, path, content=content, headers=headers)
        assert reply.status_code in (400, 422), reply.text


async def test_null_characters_are_stored(local_server: Served) -> None:
    async with local_server.client() as http:
        metadata = {"a\0b": "c\0d"}
        thread_id = await thread(http, metadata=metadata)
        assert (await row(http, thread_id))["metadata"] == metadata
        [found] = await search(http, ids=[thread_id], metadata=metadata)
        assert found["metadata"] == metadata


# Query plans


async def plans(tmp_path: Path, **wanted: Any) -> list[str]:
    """Return the query plan of a search of threads."""
    database = await Database.open(tmp_path / "engine.sqlite")
    threads = Threads(database)
    await threads.prepare()
    said: list[str] = []
    await database._searcher.set_trace_callback(said.append)
    await threads.search(ThreadSearch(**wanted))
    rows = [row for sql in said for row in database.read(f"EXPLAIN QUERY PLAN {sql}")]
    await database.close()
    return [row["detail"] for row in rows]


@pytest.mark.parametrize("sort_by", [None, "updated_at", "created_at", "state_updated_at"])
async def test_a_page_of_interrupted_threads_uses_an_index(
    tmp_path: Path, sort_by: str | None
) -> None:
    select = ["thread_id", "status", "interrupts", "metadata", "state_updated_at"]
    [plan] = await plans(tmp_path, status="interrupted", limit=100, select=select, sort_by=sort_by)
    assert plan.startswith("SEARCH threads USING INDEX threads_by_status")


async def test_threads_by_id_use_an_index(tmp_path: Path) -> None:
    found = await plans(tmp_path, ids=[str(uuid4()) for _ in range(3)])
    assert any(plan.startswith("SEARCH threads USING INDEX") for plan in found)
    assert not any(plan.startswith("SCAN threads") for plan in found)


async def test_the_newest_checkpoint_uses_an_index(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "engine.sqlite")
    graphs = Graphs.load(read_project(f"{SAMPLES / 'revise.py'}:graph"))
    graphs.use_storage(database.saver, InMemoryStore())
    head: Any = {"configurable": {"thread_id": str(uuid4())}}
    said: list[str] = []
    async with graphs.open("revise", head) as graph:
        await graph.ainvoke({"some_text": "x"}, head)
        database._commits.connection.set_trace_callback(said.append)
        assert (await graph.aget_state(head)).interrupts
        database._commits.connection.set_trace_callback(None)
    read = [sql for sql in said if sql.lstrip().startswith("SELECT")]
    rows = [row for sql in read for row in database.read(f"EXPLAIN QUERY PLAN {sql}")]
    await database.close()
    assert [row["detail"].partition(" USING")[0] for row in rows] == [
        "SEARCH checkpoints",
        "SEARCH writes",
    ]


@on_local_server
async def test_a_goto_may_leave_out_the_input_of_its_node(http: httpx.AsyncClient) -> None:
    steps = [{"updates": [{"command": {"goto": [{"node": "human_node"}]}, "as_node": "__input__"}]}]
    made = await http.post(
        "/threads", json={"metadata": {"graph_id": "revise"}, "supersteps": steps}
    )
    assert made.status_code == 200, made.text


@pytest.mark.parametrize("goto", [{}, [{}], [{"input": 1}], [1], {"node": 1}])
@on_local_server
async def test_a_goto_that_names_no_node_is_refused(http: httpx.AsyncClient, goto: Any) -> None:
    """Also in supersteps: it is a 422, and nothing is made."""
    steps = [{"updates": [{"command": {"goto": goto}, "as_node": "human_node"}]}]
    made = await http.post(
        "/threads", json={"metadata": {"graph_id": "revise"}, "supersteps": steps}
    )
    run = {"assistant_id": "revise", "command": {"goto": goto}}
    assert [made.status_code, (await http.post("/runs/wait", json=run)).status_code] == [422, 422]
