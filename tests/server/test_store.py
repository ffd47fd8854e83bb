"""The store, on our server and on a real `langgraph dev`, and as graphs use it."""

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient

from tests.json_values import Json
from tests.server.api_details import served
from tests.server.differences import ours
from tests.server.processes import (
    SAMPLES,
    NotStarted,
    Served,
    copied_project,
    running_server,
    start_server,
)
from tests.server.test_contract import thread, wait

__all__ = ["served"]


@pytest.fixture
def root() -> str:
    """A namespace for one test."""
    return str(uuid4())


# Items


async def test_store_replace_and_delete_an_item(sdk: LangGraphClient, root: str) -> None:
    await sdk.store.put_item([root, "notes"], "one", {"text": "a", "n": [1, None, {"x": 0.5}]})
    kept: Any = await sdk.store.get_item([root, "notes"], "one")
    assert set(kept) == {"namespace", "key", "value", "created_at", "updated_at"}
    assert (kept["namespace"], kept["key"]) == ([root, "notes"], "one")
    assert kept["value"] == {"text": "a", "n": [1, None, {"x": 0.5}]}
    for name in ("created_at", "updated_at"):
        assert datetime.fromisoformat(kept[name]).utcoffset() == timedelta(0)

    await sdk.store.put_item([root, "notes"], "one", {"text": "b"})
    assert (await sdk.store.get_item([root, "notes"], "one"))["value"] == {"text": "b"}
    await sdk.store.delete_item([root, "notes"], "one")
    assert await sdk.store.get_item([root, "notes"], "one") is None
    await sdk.store.delete_item([root, "notes"], "one")


async def test_search_items(sdk: LangGraphClient, root: str) -> None:
    for number in range(4):
        value = {"n": number, "odd": bool(number % 2), "of": {"name": f"item {number}"}}
        await sdk.store.put_item([root, "a"], f"k{number}", value)
    await sdk.store.put_item([root, "a", "below"], "deep", {"n": 9})
    await sdk.store.put_item([root, "b"], "other", {"n": 1})
    await sdk.store.put_item([f"{root}x"], "beside", {"n": 1})

    async def keys(*namespace: str, **search: Any) -> set[str]:
        found = await sdk.store.search_items(namespace, **search)
        return {item["key"] for item in found["items"]}

    assert await keys(root, "a") == {"k0", "k1", "k2", "k3", "deep"}
    assert await keys(root) == {"k0", "k1", "k2", "k3", "deep", "other"}
    assert await keys(root, filter={"n": 1}) == {"k1", "other"}
    assert await keys(root, filter={"odd": True}) == {"k1", "k3"}
    assert await keys(root, filter={"n": {"$gte": 3}}) == {"k3", "deep"}
    assert await keys(root, filter={"n": {"$gt": 0, "$lt": 3}}) == {"k1", "k2", "other"}
    assert await keys(root, filter={"n": {"$ne": 1}}, limit=100) >= {"k0", "deep"}
    assert len(await keys(root, limit=2)) == 2
    pages = [await keys(root, limit=4, offset=offset) for offset in (0, 4)]
    assert [len(page) for page in pages] == [4, 2]
    found = await sdk.store.search_items([root, "b"])
    assert set(found["items"][0]) == {
        *("namespace", "key", "value", "created_at", "updated_at", "score")
    }
    assert found["items"][0]["score"] is None


async def test_namespaces(sdk: LangGraphClient, root: str) -> None:
    for path in (["a"], ["a", "x"], ["a", "y"], ["b", "x"]):
        await sdk.store.put_item([root, *path], "k", {})

    async def below(**search: Any) -> list[list[str]]:
        found = await sdk.store.list_namespaces([root, *search.pop("prefix", [])], **search)
        return sorted(namespace[1:] for namespace in found["namespaces"])

    assert await below() == [["a"], ["a", "x"], ["a", "y"], ["b", "x"]]
    assert await below(prefix=["a"]) == [["a"], ["a", "x"], ["a", "y"]]
    assert await below(suffix=["x"]) == [["a", "x"], ["b", "x"]]
    assert await below(prefix=["*", "x"]) == [["a", "x"], ["b", "x"]]
    assert await below(max_depth=2) == [["a"], ["b"]]
    assert len(await below(limit=3)) == 3
    assert len(await below(limit=3, offset=3)) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/store/items", {"namespace": ["a"], "key": "k"}, 422),
        ("PUT", "/store/items", {"namespace": ["a"], "value": {}}, 422),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "k", "value": 5}, 422),
        ("PUT", "/store/items", {"namespace": [], "key": "k", "value": {}}, 400),
        ("PUT", "/store/items", {"namespace": ["langgraph"], "key": "k", "value": {}}, 400),
        ("PUT", "/store/items", {"namespace": ["a.b"], "key": "k", "value": {}}, 422),
        ("PUT", "/store/items", {"namespace": [""], "key": "k", "value": {}}, 422),
        ("GET", "/store/items?key=k", None, 422),
        ("GET", "/store/items?key=k&namespace=a..b", None, 422),
        ("DELETE", "/store/items", {"namespace": ["a"]}, 422),
        ("POST", "/store/items/search", {"namespace_prefix": ["a.b"]}, 422),
        ("POST", "/store/items/search", {"namespace_prefix": ["a"], "limit": "x"}, 422),
        ("POST", "/store/namespaces", {"prefix": ["a.b"]}, 422),
    ],
)
async def test_refusals(
    http: httpx.AsyncClient, method: str, path: str, body: Any, status: int
) -> None:
    reply = await http.request(method, path, json=body)
    assert reply.status_code == status, reply.text


async def test_differences_from_langgraph_dev(
    served: Served, http: httpx.AsyncClient, root: str
) -> None:
    asked = {"namespace_prefix": [root], "query": "what is like this?"}
    reply = await http.post("/store/items/search", json=asked)
    refused = ours(served, "semantic search is refused")
    assert reply.status_code == (422 if refused else 200)
    reply = await http.post("/store/items/search", json={})
    assert reply.status_code == (200 if ours(served, "a search of everything") else 500)
    async with served.client() as after:  # langgraph dev ends the connection after a 500
        reply = await after.get("/store/items?namespace=a")
        assert reply.status_code == (422 if ours(served, "keys of items are checked") else 400)
        none = {"namespace_prefix": [root], "limit": 0}
        reply = await after.post("/store/items/search", json=none)
        assert reply.status_code == (422 if ours(served, "limits of the store") else 200)


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"..": 1}},
        {"filter": {"a'b": 1}},
        {"filter": {"a": {"$like": 1}}},
        {"filter": {"a": {"b": 1}}},
        {"filter": {"a": 2**70}},
        {"filter": {"a": {"$gt": 2**70}}},
        {"filter": {"a": [1]}},
        {"offset": 2**63},
        {"limit": 1001},
        {"namespace_prefix": ["a\0b"]},
    ],
)
async def test_a_search_that_sqlite_cannot_run_breaks_nothing(
    local_server: Served, root: str, body: Json
) -> None:
    async with local_server.client() as http:
        item = {"namespace": [root], "key": "k", "value": {}}
        assert (await http.put("/store/items", json=item)).status_code == 204
        reply = await http.post("/store/items/search", json=body)
        assert reply.status_code == 422, reply.text
        assert isinstance(reply.json()["detail"], str)


@pytest.mark.parametrize(
    "more",
    [
        {"value": {"n": 2**70}},
        {"value": {"a": "\ud800"}},
        {"key": "a\0b"},
        {"key": "k" * 1001},
        {"ttl": 0},
        {"ttl": 1e300},
        {"index": ["text"]},
    ],
)
async def test_an_item_that_cannot_be_stored(local_server: Served, root: str, more: Json) -> None:
    async with local_server.client() as http:
        item = {"namespace": [root], "key": "k", "value": {}, **more}
        headers = {"content-type": "application/json"}
        reply = await http.put("/store/items", content=json.dumps(item), headers=headers)
        assert reply.status_code == 422, reply.text


# Graphs


async def test_graphs_use_the_store(
    http: httpx.AsyncClient, sdk: LangGraphClient, root: str
) -> None:
    for visits in (1, 2):
        done = await wait(http, await thread(http), "remembering", input={"who": root})
        assert done["visits"] == visits
        assert root in done["visitors"]
    kept = await sdk.store.get_item(["visits"], root)
    assert kept["value"] == {"visits": 2}
    seen = await wait(http, await thread(http), "remembering_factory", input={})
    assert root in seen["visitors"]


def test_items_are_there_after_a_restart(tmp_path: Path) -> None:
    config = copied_project(tmp_path / "project")
    item = {"namespace": ["a"], "key": "k", "value": {"n": 1}}
    with running_server(config, tmp_path / "data") as served:
        reply = httpx.put(f"{served.url}/store/items", json=item, headers=served.headers)
        assert reply.status_code == 204
        served.kill()
    file = tmp_path / "data" / "store.sqlite"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with running_server(config, tmp_path / "data") as served:
        url = f"{served.url}/store/items?namespace=a&key=k"
        assert httpx.get(url, headers=served.headers).json()["value"] == {"n": 1}


def test_a_corrupt_store_is_named_in_the_error(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "store.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(NotStarted) as failure:
        start_server(f"{SAMPLES / 'revise.py'}:graph", data)
    assert str(data / "store.sqlite") in failure.value.report["what"]
    assert (data / "store.sqlite").read_bytes() == b"no database" * 100


async def test_items_expire(tmp_path: Path) -> None:
    config = copied_project(tmp_path / "project")
    section = {"ttl": {"default_ttl": 0.01, "sweep_interval_minutes": 0.005}}
    config.write_text(json.dumps({**json.loads(config.read_text()), "store": section}))
    with running_server(config, tmp_path / "data") as served:
        async with served.client() as http:
            item = {"namespace": ["a"], "key": "passing", "value": {}}
            await http.put("/store/items", json=item)
            await http.put("/store/items", json={**item, "key": "lasting", "ttl": None})
            found: Any = 2
            while found != ["lasting"]:
                reply = await http.post("/store/items/search", json={"namespace_prefix": ["a"]})
                found = [one["key"] for one in reply.json()["items"]]
                assert "lasting" in found
