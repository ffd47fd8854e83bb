"""The store and the assistants of a server, looked at and changed in the shell."""

import json
from uuid import uuid4

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import BadInput, NotThere
from hitl_engine.model import JsonObject, OutcomeKind
from tests.any_server.console import Console
from tests.server.processes import Served


async def test_items_are_put_found_and_deleted(desk: Desk, server: Served) -> None:
    labels = ("suite", uuid4().hex)
    value: JsonObject = {"text": "a value", "numbers": [1, 2.5, None]}
    put = await desk.store.put(labels, "first", value)
    assert put.kind is OutcomeKind.APPLIED
    await desk.store.put((*labels, "below"), "second", {"n": 2})
    assert (await desk.store.get(labels, "first")).value == value
    if server.name != "aegra":  # it puts its users before the labels
        assert labels in await desk.store.namespaces(("suite",))
    found = await desk.store.items(labels)
    assert {(item.namespace[-1], item.key) for item in found} == {
        (labels[-1], "first"),
        ("below", "second"),
    }
    assert (await desk.store.delete(labels, "first")).kind is OutcomeKind.APPLIED
    with pytest.raises(NotThere):
        await desk.store.get(labels, "first")
    with pytest.raises(NotThere):
        await desk.store.delete(labels, "first")
    events = [(entry.event, entry.decision.split()[0]) for entry in await desk.log()]
    assert events == [("store", "delete"), ("store", "put"), ("store", "put")]


async def test_each_graph_has_an_assistant_with_a_version(desk: Desk) -> None:
    found = await desk.assistants.all()
    [revise] = [each for each in found if each.graph_id == "revise"]
    versions = await desk.assistants.versions(revise.assistant_id)
    assert versions[0].assistant_id == revise.assistant_id
    assert versions[0].version == revise.version == 1


async def test_items_come_in_pages_and_by_what_they_hold(desk: Desk, server: Served) -> None:
    labels = ("suite", uuid4().hex)
    async with server.client() as http:
        for number in range(102):
            item = {"namespace": labels, "key": f"k{number}", "value": {"even": number % 2 == 0}}
            (await http.put("/store/items", json=item)).raise_for_status()
    first = await desk.store.page(labels)
    second = await desk.store.page(labels, offset=len(first.items))
    assert (len(first.items), first.is_last) == (100, False)
    assert (len(second.items), second.is_last) == (2, True)
    assert len({item.key for item in (*first.items, *second.items)}) == 102
    even = await desk.store.page(labels, filter={"even": True})
    assert len(even.items) == 51
    assert all(item.value == {"even": True} for item in even.items)


async def test_a_version_is_made_the_latest(desk: Desk, server: Served) -> None:
    async with server.client() as http:
        made = (await http.post("/assistants", json={"graph_id": "revise"})).json()
        path = f"/assistants/{made['assistant_id']}"
        (await http.patch(path, json={"metadata": {"n": 2}})).raise_for_status()
        try:
            if server.name != "javascript":  # it compiles the graph for that, for half a minute
                schemas = await desk.assistants.schemas(made["assistant_id"])
                assert "some_text" in json.dumps(schemas["state"])
            outcome = await desk.assistants.make_latest(made["assistant_id"], 1)
            assert outcome.kind is OutcomeKind.APPLIED, outcome
            now = {each.assistant_id: each.version for each in await desk.assistants.all()}
            assert now[made["assistant_id"]] == 1
            with pytest.raises(BadInput, match="no version 9"):
                await desk.assistants.make_latest(made["assistant_id"], 9)
        finally:
            (await http.delete(path)).raise_for_status()
    [entry] = await desk.log()
    assert (entry.event, entry.outcome) == ("assistant", OutcomeKind.APPLIED)


@pytest.mark.hardening
def test_the_store_in_the_shell(console: Console) -> None:
    place = f"suite.{uuid4().hex}"
    assert console.run("store", "put", place, "k", '{"a": 1}')["outcome"] == "applied"
    assert console.run("store", "get", place, "k")["value"] == {"a": 1}
    assert "would be lost" in console.run("store", "put", place, "k", '{"a": 2}', code=4)
    assert console.run("store", "put", place, "k", '{"a": 2}', "--yes")["outcome"] == "applied"
    assert [item["key"] for item in console.run("store", "list", place)] == ["k"]
    assert "NAMESPACE KEY" in console.run("store", "get", place, code=2)
    assert console.run("store", "delete", place, "k", "--yes")["outcome"] == "applied"
    assert console.run("store", "list", place) == []
    names = [each["name"] for each in console.run("assistants")]
    assert "revise" in names
    assert console.run("assistants", "revise")[0]["version"] == 1
