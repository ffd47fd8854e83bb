"""Assistants, on our server and on a real `langgraph dev`."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import ConflictError, NotFoundError

from tests.json_values import Json
from tests.server.api_details import served
from tests.server.differences import ours
from tests.server.processes import Served, copied_project, running_server
from tests.server.test_contract import row, thread, wait

__all__ = ["served"]


async def own(http: httpx.AsyncClient, graph_id: str) -> Json:
    """Return the default assistant of a graph."""
    body = {"graph_id": graph_id, "metadata": {"created_by": "system"}}
    [assistant] = (await http.post("/assistants/search", json=body)).json()
    return dict(assistant)


# Creating and changing


async def test_create_an_assistant(sdk: LangGraphClient) -> None:
    made = await sdk.assistants.create(
        "tenant",
        context={"tenant": "acme"},
        metadata={"team": "red"},
        name="For Acme",
        description="as Acme wants it",
    )
    assert set(made) == {
        *("assistant_id", "graph_id", "config", "context", "metadata", "name", "description"),
        *("version", "created_at", "updated_at"),
    }
    assert made["config"] == {"configurable": {"tenant": "acme"}}
    assert made["context"] == {"tenant": "acme"}
    assert (made["version"], made["metadata"]) == (1, {"team": "red"})
    assert (made["name"], made["description"]) == ("For Acme", "as Acme wants it")
    assert await sdk.assistants.get(made["assistant_id"]) == made


async def test_an_assistant_without_a_name(sdk: LangGraphClient) -> None:
    made = await sdk.assistants.create("chain")
    assert (made["name"], made["description"]) == ("Untitled", None)
    assert (made["config"], made["context"], made["metadata"]) == ({}, {}, {})


async def test_configurable_becomes_context(sdk: LangGraphClient) -> None:
    config: Any = {"configurable": {"tenant": "t"}, "tags": ["x"], "recursion_limit": 7}
    made = await sdk.assistants.create("tenant", config=config)
    assert (made["config"], made["context"]) == (config, {"tenant": "t"})


async def test_concurrent_requests_create_one_assistant(http: httpx.AsyncClient) -> None:
    body = {"graph_id": "chain", "assistant_id": str(uuid4())}
    replies = await asyncio.gather(*(http.post("/assistants", json=body) for _ in range(8)))
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 7
    again = await http.post("/assistants", json={**body, "if_exists": "do_nothing", "name": "x"})
    assert (again.status_code, again.json()["name"]) == (200, "Untitled")


async def test_a_change_creates_a_version(sdk: LangGraphClient) -> None:
    made = await sdk.assistants.create(
        "tenant", context={"tenant": "a"}, metadata={"k": 1, "l": 1}, name="one"
    )
    assistant_id = made["assistant_id"]
    changed = await sdk.assistants.update(
        assistant_id, context={"tenant": "b"}, metadata={"k": 2}, name="two"
    )
    assert (changed["version"], changed["name"]) == (2, "two")
    assert changed["metadata"] == {"k": 2, "l": 1}
    assert changed["config"] == {"configurable": {"tenant": "b"}}
    assert changed["created_at"] == made["created_at"]
    assert changed["updated_at"] > made["updated_at"]
    third = await sdk.assistants.update(assistant_id, description="now with words")
    assert (third["version"], third["name"], third["context"]) == (3, "two", {"tenant": "b"})


async def test_list_and_choose_versions(
    served: Served, http: httpx.AsyncClient, sdk: LangGraphClient
) -> None:
    made = await sdk.assistants.create("chain", metadata={"n": 1}, name="one")
    assistant_id = made["assistant_id"]
    await sdk.assistants.update(assistant_id, metadata={"n": 2}, name="two")
    listed: Any = await sdk.assistants.get_versions(assistant_id)
    assert [(one["version"], one["name"]) for one in listed] == [(2, "two"), (1, "one")]
    assert set(listed[0]) == {
        *("assistant_id", "graph_id", "config", "context", "metadata", "name", "description"),
        *("version", "created_at"),
    }
    page: Any = await sdk.assistants.get_versions(assistant_id, limit=1, offset=1)
    assert [one["version"] for one in page] == [1]
    beyond = await http.post(f"/assistants/{assistant_id}/versions", json={"offset": 7})
    assert beyond.status_code == (200 if ours(served, "a page of versions may be empty") else 404)
    some: Any = await sdk.assistants.get_versions(assistant_id, metadata={"n": 2})
    assert [one["version"] for one in some] == [2]

    older = await sdk.assistants.set_latest(assistant_id, 1)
    assert (older["version"], older["name"], older["metadata"]) == (1, "one", {"n": 1})
    assert (await sdk.assistants.get(assistant_id))["version"] == 1
    newest = await sdk.assistants.update(assistant_id, name="three")
    assert (newest["version"], newest["metadata"]) == (3, {"n": 1})


async def test_a_chosen_version_has_all_its_fields(served: Served, sdk: LangGraphClient) -> None:
    made = await sdk.assistants.create("tenant", context={"tenant": "a"})
    await sdk.assistants.update(made["assistant_id"], graph_id="chain", context={"tenant": "b"})
    older = await sdk.assistants.set_latest(made["assistant_id"], 1)
    if ours(served, "latest is a whole version"):
        assert (older["graph_id"], older["context"]) == ("tenant", {"tenant": "a"})
    else:
        assert (older["graph_id"], older["context"]) == ("chain", {"tenant": "b"})


# Searching


async def test_search_assistants(http: httpx.AsyncClient) -> None:
    mark = str(uuid4())
    for name, graph_id in (("Beta", "chain"), ("alpha", "tenant"), ("Gamma", "chain")):
        body = {"graph_id": graph_id, "name": name, "metadata": {"mark": mark, "in": {"n": name}}}
        assert (await http.post("/assistants", json=body)).status_code == 200

    async def names(**search: Any) -> list[str]:
        body = {"metadata": {"mark": mark}, **search}
        reply = await http.post("/assistants/search", json=body)
        return [found["name"] for found in reply.json()]

    assert await names() == ["Gamma", "alpha", "Beta"]
    assert await names(sort_by="name", sort_order="asc") == ["alpha", "Beta", "Gamma"]
    assert await names(sort_by="graph_id", sort_order="desc", limit=1) == ["alpha"]
    assert await names(graph_id="chain") == ["Gamma", "Beta"]
    assert await names(name="ALPH") == ["alpha"]
    assert await names(metadata={"mark": mark, "in": {"n": "Beta"}}) == ["Beta"]
    two: Json = {"metadata": {"mark": mark}, "limit": 2, "select": ["name", "version"]}
    page = await http.post("/assistants/search", json=two)
    assert page.json() == [{"name": "Gamma", "version": 1}, {"name": "alpha", "version": 1}]
    assert (page.headers["x-pagination-next"], page.headers["x-pagination-total"]) == ("2", "3")
    rest = await http.post("/assistants/search", json={**two, "offset": 2})
    assert (len(rest.json()), "x-pagination-next" in rest.headers) == (1, False)
    counted = await http.post("/assistants/count", json={"metadata": {"mark": mark}})
    assert counted.json() == 3


async def test_every_graph_has_a_default_assistant(served: Served, http: httpx.AsyncClient) -> None:
    assistant = await own(http, "chain")
    assert assistant["metadata"] == {"created_by": "system"}
    assert (assistant["name"], assistant["version"]) == ("chain", 1)
    by_name = await http.get("/assistants/chain")
    if ours(served, "a default assistant can be named by its graph"):
        assert by_name.json() == assistant
    else:
        assert by_name.status_code == 422
    assert (await http.get("/assistants/chain/graph")).status_code == 200


# Graphs


async def test_drawing_and_schemas_of_a_subgraph(served: Served, http: httpx.AsyncClient) -> None:
    path = f"/assistants/{(await own(http, 'subgraph'))['assistant_id']}"
    whole = (await http.get(f"{path}/graph")).json()
    inside = (await http.get(f"{path}/graph", params={"xray": "true"})).json()
    assert "approval" in {node["id"] for node in whole["nodes"]}
    assert "approval:ask" in {node["id"] for node in inside["nodes"]}
    assert (await http.get(f"{path}/graph", params={"xray": "1"})).json() == inside

    found = (await http.get(f"{path}/subgraphs")).json()
    assert set(found) == {"approval"}
    assert set(found["approval"]) == {
        *("input_schema", "output_schema", "state_schema", "config_schema", "context_schema"),
        *(["reducers"] if ours(served, "reducers of subgraphs") else []),
    }
    assert (await http.get(f"{path}/subgraphs?recurse=true")).json() == found
    assert (await http.get(f"{path}/subgraphs/approval")).json() == found
    assert (await http.get(f"{path}/subgraphs/nope")).json() == {}


async def test_schemas(served: Served, http: httpx.AsyncClient) -> None:
    path = f"/assistants/{(await own(http, 'scheduled'))['assistant_id']}"
    schemas = (await http.get(f"{path}/schemas")).json()
    assert set(schemas["context_schema"]["properties"]) == {"tenant", "level"}
    assert "said" in schemas["state_schema"]["properties"]
    if ours(served, "schemas of typing.TypedDict"):
        assert "said" in schemas["input_schema"]["properties"]


# Runs


async def test_runs_get_the_settings_of_their_assistant(
    served: Served, http: httpx.AsyncClient, sdk: LangGraphClient
) -> None:
    for graph_id, said in (("tenant", ["acme"]), ("scheduled", ["acme", 7])):
        made = await sdk.assistants.create(graph_id, context={"tenant": "acme", "level": 7})
        assistant_id = made["assistant_id"]
        assert await wait(http, await thread(http), assistant_id, input={}) == {"said": said}
        given = {"tenant": "other"}
        told = await wait(http, await thread(http), assistant_id, input={}, context=given)
        assert told == {"said": ["other", *said[1:]]}
        await sdk.assistants.update(assistant_id, context={"tenant": "new", "level": 7})
        told = await wait(http, await thread(http), assistant_id, input={})
        assert told == {"said": ["new", *said[1:]]}
        if ours(served, "latest is a whole version"):
            await sdk.assistants.set_latest(assistant_id, 1)
            assert await wait(http, await thread(http), assistant_id, input={}) == {"said": said}


async def test_runs_use_the_config_of_their_assistant(
    http: httpx.AsyncClient, sdk: LangGraphClient
) -> None:
    config: Any = {"recursion_limit": 2}
    made = await sdk.assistants.create("chain", config=config, metadata={"team": "red"})
    thread_id = await thread(http)
    told = await wait(http, thread_id, made["assistant_id"], input={})
    assert told["__error__"]["error"] == "GraphRecursionError"
    [run] = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert (run["assistant_id"], run["metadata"]["team"]) == (made["assistant_id"], "red")
    more = {"recursion_limit": 9}
    told = await wait(http, await thread(http), made["assistant_id"], input={}, config=more)
    assert told == {"said": ["one", "two", "three"]}


# Deleting


async def test_delete_an_assistant_with_its_versions(sdk: LangGraphClient) -> None:
    made = await sdk.assistants.create("chain")
    await sdk.assistants.update(made["assistant_id"], name="two")
    await sdk.assistants.delete(made["assistant_id"])
    for gone in (sdk.assistants.get, sdk.assistants.get_versions, sdk.assistants.delete):
        with pytest.raises(NotFoundError):
            await gone(made["assistant_id"])
    again = await sdk.assistants.create("chain", assistant_id=made["assistant_id"])
    assert again["version"] == 1


async def test_threads_are_deleted_with_their_assistant(
    http: httpx.AsyncClient, sdk: LangGraphClient
) -> None:
    made = await sdk.assistants.create("revise")
    assistant_id = made["assistant_id"]
    gone, other = await thread(http), await thread(http)
    await wait(http, gone, assistant_id, input={"some_text": "x"})
    await wait(http, other, "revise", input={"some_text": "x"})
    await sdk.assistants.delete(assistant_id, delete_threads=True)
    assert (await http.get(f"/threads/{gone}")).status_code == 404
    assert (await http.get(f"/threads/{other}")).status_code == 200


async def test_threads_are_kept_without_their_assistant(
    http: httpx.AsyncClient, sdk: LangGraphClient
) -> None:
    made = await sdk.assistants.create("slow")
    thread_id = await thread(http)
    body = {"assistant_id": made["assistant_id"], "input": {"steps": 100}}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    await sdk.assistants.delete(made["assistant_id"])
    async with asyncio.timeout(20):
        while (await row(http, thread_id))["status"] == "busy":
            await asyncio.sleep(0.05)
    ended = await http.get(f"/threads/{thread_id}/runs/{run['run_id']}")
    assert ended.json()["status"] == "interrupted"


async def test_a_default_assistant_cannot_be_deleted(local_server: Served) -> None:
    assert ours(local_server, "a default assistant cannot be deleted")
    async with (
        local_server.client() as http,
        get_client(url=local_server.url, headers=local_server.headers) as sdk,
    ):
        assistant_id = (await own(http, "chain"))["assistant_id"]
        with pytest.raises(ConflictError):
            await sdk.assistants.delete(assistant_id)
        assert (await http.get(f"/assistants/{assistant_id}")).status_code == 200


# Refusals


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/assistants", {}, 422),
        ("POST", "/assistants", {"graph_id": "nope"}, 404),
        ("POST", "/assistants", {"graph_id": "chain", "assistant_id": "nonsense"}, 422),
        ("POST", "/assistants", {"graph_id": "chain", "config": {"tags": 5}}, 422),
        ("POST", "/assistants", {"graph_id": "chain", "if_exists": "nope"}, 422),
        (
            *("POST", "/assistants"),
            {"graph_id": "chain", "config": {"configurable": {"a": 1}}, "context": {"a": 1}},
            400,
        ),
        ("POST", "/assistants/search", {"graph_id": "nope"}, 404),
        ("POST", "/assistants/search", {"limit": 0}, 422),
        ("POST", "/assistants/search", {"offset": -1}, 422),
        ("POST", "/assistants/search", {"sort_by": "config"}, 422),
        ("POST", "/assistants/search", {"select": ["nope"]}, 422),
        ("POST", "/assistants/count", {"graph_id": "nope"}, 404),
        ("GET", "/assistants/nonsense", None, 422),
        ("GET", "/assistants/{no}", None, 404),
        ("GET", "/assistants/{no}/graph", None, 404),
        ("GET", "/assistants/{no}/schemas", None, 404),
        ("GET", "/assistants/{no}/subgraphs", None, 404),
        ("GET", "/assistants/nonsense/graph", None, 422),
        ("GET", "/assistants/chain/graph?xray=0", None, 422),
        ("GET", "/assistants/chain/graph?xray=some", None, 422),
        ("PATCH", "/assistants/{no}", {"name": "x"}, 404),
        ("PATCH", "/assistants/nonsense", {"name": "x"}, 422),
        ("DELETE", "/assistants/{no}", None, 404),
        ("DELETE", "/assistants/nonsense", None, 422),
        ("POST", "/assistants/{no}/versions", {}, 404),
        ("POST", "/assistants/{no}/latest", {"version": 1}, 404),
    ],
)
async def test_refusals(
    http: httpx.AsyncClient, method: str, path: str, body: Any, status: int
) -> None:
    reply = await http.request(method, path.replace("{no}", str(uuid4())), json=body)
    assert reply.status_code == status, reply.text
    assert isinstance(reply.json()["detail"], str)


async def test_an_unknown_version(http: httpx.AsyncClient, sdk: LangGraphClient) -> None:
    made = await sdk.assistants.create("chain")
    with pytest.raises(NotFoundError):
        await sdk.assistants.set_latest(made["assistant_id"], 7)
    reply = await http.patch(f"/assistants/{made['assistant_id']}", json={"graph_id": "nope"})
    assert reply.status_code == 404
    assert await sdk.assistants.get(made["assistant_id"]) == made


# Restarts


def client(served: Served) -> httpx.Client:
    """Return a client that needs no event loop; the caller closes it."""
    return httpx.Client(base_url=served.url, headers=served.headers)


def test_assistants_are_there_after_a_restart(tmp_path: Path) -> None:
    config = copied_project(tmp_path / "project")
    with running_server(config, tmp_path / "data") as served, client(served) as http:
        made = http.post("/assistants", json={"graph_id": "chain", "name": "one"}).json()
        path = f"/assistants/{made['assistant_id']}"
        changed = http.patch(path, json={"name": "two"}).json()
        own_before = http.get("/assistants/chain").json()
    with running_server(config, tmp_path / "data") as served, client(served) as http:
        assert http.get(path).json() == changed
        assert len(http.post(f"{path}/versions", json={}).json()) == 2
        assert http.get("/assistants/chain").json() == own_before


def test_assistants_of_removed_graphs_are_hidden(tmp_path: Path) -> None:
    config = copied_project(tmp_path / "project")
    with running_server(config, tmp_path / "data") as served, client(served) as http:
        made = http.post("/assistants", json={"graph_id": "chain"}).json()
    target = f"{tmp_path / 'project' / 'revise.py'}:graph"
    with running_server(target, tmp_path / "data") as served, client(served) as http:
        assert http.get(f"/assistants/{made['assistant_id']}").status_code == 404
        assert [found["graph_id"] for found in http.post("/assistants/search", json={}).json()] == [
            "revise"
        ]
        assert http.post("/assistants/count", json={}).json() == 1
