"""Values of any type in checkpoints; and graphs and clients inside of nodes."""

import asyncio
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import ormsgpack
import pytest
from langgraph.types import Interrupt

from hitl_server.storage.checkpoint_serializer import Serializer
from hitl_server.storage.long_integers import packable
from hitl_server.storage.written_types import WrittenTypes, types_in
from tests.json_values import Json
from tests.server.conftest import on_local_server
from tests.server.processes import Served, copied_project, running_server

LOOSE = "yes 5 LOW 1180591620717411303424 ['a'] low"


async def waiting(http: httpx.AsyncClient, graph: str, given: Json | None = None) -> str:
    """Run a graph up to its question; return the thread."""
    thread_id: str = (await http.post("/threads", json={})).json()["thread_id"]
    body = {"assistant_id": graph, "input": given or {}}
    reply = await http.post(f"/threads/{thread_id}/runs/wait", json=body)
    assert "__interrupt__" in reply.json(), reply.text
    return thread_id


async def answer(http: httpx.AsyncClient, thread_id: str, graph: str, value: Any) -> Json:
    """Answer its question; return the values of the thread."""
    body = {"assistant_id": graph, "command": {"resume": value}}
    reply = await http.post(f"/threads/{thread_id}/runs/wait", json=body)
    done: Json = reply.json()
    return done


@on_local_server
async def test_objects_that_no_annotation_names(http: httpx.AsyncClient) -> None:
    thread_id = await waiting(http, "loose")
    assert (await answer(http, thread_id, "loose", "yes"))["result"] == LOOSE


async def test_objects_of_an_earlier_server(tmp_path: Path) -> None:
    config, data = copied_project(tmp_path / "project"), tmp_path / "data"
    with running_server(config, data) as served:
        async with served.client() as http:
            thread_id = await waiting(http, "loose")
        served.kill()
    with running_server(config, data) as served:
        async with served.client() as http:
            assert (await answer(http, thread_id, "loose", "yes"))["result"] == LOOSE


async def test_objects_of_another_database_are_refused_by_name(tmp_path: Path) -> None:
    config, data = copied_project(tmp_path / "project"), tmp_path / "data"
    with running_server(config, data) as served:
        async with served.client() as http:
            thread_id = await waiting(http, "loose")
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    shutil.copy(data / "engine.sqlite", other)
    with running_server(config, other) as served:
        async with served.client() as http:
            state = await http.get(f"/threads/{thread_id}/state")
            run = await answer(http, thread_id, "loose", "yes")
            row = (await http.get(f"/threads/{thread_id}")).json()
    detail = state.json()["detail"]
    assert state.status_code == 422
    assert "objects.Order" in detail and '"allowed_msgpack_modules": [["' in detail
    assert run["__error__"] == {"error": "TypesRefused", "message": detail}
    assert row["status"] == "interrupted"
    _allow_as_told(config, detail)
    with running_server(config, other) as served:
        async with served.client() as http:
            assert (await answer(http, thread_id, "loose", "yes"))["result"] == LOOSE


def _allow_as_told(config: Path, detail: str) -> None:
    """Write the line of the refusal into langgraph.json."""
    line = json.loads("{" + detail.partition("langgraph.json: ")[2] + "}")
    config.write_text(json.dumps({**json.loads(config.read_text()), **line}))


async def test_a_strange_database_runs_nothing(tmp_path: Path) -> None:
    config, data, marker = copied_project(tmp_path / "project"), tmp_path / "data", tmp_path / "it"
    with running_server(config, data) as served:
        async with served.client() as http:
            thread_id = await waiting(http, "long_integer")
    evil = ormsgpack.Ext(0, ormsgpack.packb(("os", "mkdir", str(marker))))
    with sqlite3.connect(data / "engine.sqlite") as connection:
        connection.execute(
            "UPDATE writes SET value = ?, type = 'msgpack'", (ormsgpack.packb(evil),)
        )
    connection.close()
    with running_server(config, data) as served:
        async with served.client() as http:
            state = await http.get(f"/threads/{thread_id}/state")
            await answer(http, thread_id, "long_integer", 1)
    assert (state.status_code, "os.mkdir" in state.text, marker.exists()) == (422, True, False)


async def test_an_explicit_setting_is_honoured(tmp_path: Path) -> None:
    config, data = copied_project(tmp_path / "project"), tmp_path / "data"
    with running_server(config, data, LANGGRAPH_STRICT_MSGPACK="false") as served:
        async with served.client() as http:
            thread_id = await waiting(http, "loose")
            shutil.copytree(data, tmp_path / "other")
    (tmp_path / "other" / "engine.types.json").unlink()
    with running_server(config, tmp_path / "other", LANGGRAPH_STRICT_MSGPACK="false") as served:
        async with served.client() as http:
            assert (await answer(http, thread_id, "loose", "yes"))["result"] == LOOSE


@on_local_server
@pytest.mark.parametrize("number", [2**64 - 1, 2**64, -(2**63) - 1, 2**200, [{"deep": 2**70}]])
async def test_integers_beyond_64_bits(http: httpx.AsyncClient, number: Any) -> None:
    thread_id = await waiting(http, "long_integer", {"number": number})
    row = (await http.get(f"/threads/{thread_id}")).json()
    ((asked,),) = row["interrupts"].values()
    assert asked["value"] == {"number": number}
    assert (await answer(http, thread_id, "long_integer", number))["number"] == number


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [1, {"path": object()}]}, r" \(at \['a'\]\[1\]\['path'\]\)\."),
        (Interrupt({"deep": (2**70, object())}, id="x"), r" \(at \.value\['deep'\]\[1\]\)\."),
        (object(), r"object\."),
    ],
)
def test_an_object_that_cannot_be_kept_is_named(value: Any, place: str) -> None:
    with pytest.raises(TypeError, match=rf"an object of type object{place}|type {place}"):
        Serializer().dumps_typed(value)


@on_local_server
async def test_a_graph_that_a_node_runs_synchronously(http: httpx.AsyncClient) -> None:
    thread_id = await waiting(http, "nested")
    assert await answer(http, thread_id, "nested", "yes") == {"result": "yes!!"}


async def test_clients_without_a_url_in_a_node(tmp_path: Path) -> None:
    config = copied_project(tmp_path / "project")
    for options in ((), ("--token", "a-token-that-is-long-enough")):
        with running_server(config, tmp_path / f"data{len(options)}", *options) as served:
            async with served.client() as http:
                thread_id = await waiting(http, "own_client")
                done = await answer(http, thread_id, "own_client", "yes")
                assert done == {"result": "1 idle Are we good?"}


async def test_nodes_with_event_loops_of_their_own(local_server: Served) -> None:
    """Many at once, in threads and on the event loop: none waits for another forever."""
    inside = ["inner", "inner", "stored", 1, 1, "idle", "well?"]

    async def answered(http: httpx.AsyncClient) -> list[Any]:
        thread_id = await waiting(http, "own_loops")
        asked = await answer(http, thread_id, "own_loops", "go")
        assert "__interrupt__" in asked, asked
        said: list[Any] = (await answer(http, thread_id, "own_loops", "yes"))["said"]
        return said

    async with local_server.client() as http, asyncio.timeout(60):
        ended = await asyncio.gather(*(answered(http) for _ in range(30)))
    assert ended == [["go", *inside, "yes"]] * 30


async def test_a_client_cannot_claim_to_be_a_node(local_server: Served) -> None:
    async with httpx.AsyncClient(base_url=local_server.url) as http:
        for path in ("/noauth/threads/search", "/threads/search"):
            assert (await http.post(path, json={})).status_code == 401


def test_notes_are_kept_for_their_database(tmp_path: Path) -> None:
    packed = ormsgpack.packb(
        ormsgpack.Ext(2, ormsgpack.packb(("acme", "Order", {"amount": 2**60})))
    )
    notes = WrittenTypes(tmp_path / "types.json", "one")
    notes.note(packed)
    assert types_in(packed) == notes.types == {("acme", "Order")}
    assert WrittenTypes(tmp_path / "types.json", "one").types == {("acme", "Order")}
    assert WrittenTypes(tmp_path / "types.json", "two").types == frozenset()
    (tmp_path / "types.json").write_text('{"database": "one", "ty')
    assert WrittenTypes(tmp_path / "types.json", "one").types == frozenset()


def test_values_without_long_integers_stay_as_they_are() -> None:
    value = {"a": [1, (2.5, None)], "b": True, "c": "text"}
    assert packable(value) == value
