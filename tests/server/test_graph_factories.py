"""What graph factories get: the config and the context of the run, the thread or the assistant."""

import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_engine.desk import Desk
from hitl_engine.model import Answer, Interrupt, OutcomeKind
from tests.server.conftest import on_local_server
from tests.server.processes import ROOT, Served
from tests.server.test_contract import state, thread, wait
from tests.terminal import Terminal

ADA = {"configurable": {"user": "ada"}}

by_every_factory = pytest.mark.parametrize(
    "name", ["user_factory", "session_factory", "current_factory"]
)


@by_every_factory
async def test_a_factory_gets_the_config_of_the_run(http: httpx.AsyncClient, name: str) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, name, input={}, config=ADA)
    assert asked["__interrupt__"][0]["value"] == "ada, go on?"
    done = await wait(http, thread_id, name, command={"resume": "yes"}, config=ADA)
    assert done["answer"] == "yes"


async def test_a_factory_gets_the_config_of_the_assistant(http: httpx.AsyncClient) -> None:
    body = {"graph_id": "user_factory", "config": {"configurable": {"user": "bob"}}}
    assistant = (await http.post("/assistants", json=body)).json()["assistant_id"]
    drawing = (await http.get(f"/assistants/{assistant}/graph")).json()
    assert "ask_bob" in [node["id"] for node in drawing["nodes"]]
    asked = await wait(http, await thread(http), assistant, input={})
    assert asked["__interrupt__"][0]["value"] == "bob, go on?"


@on_local_server
@by_every_factory
async def test_states_are_read_with_the_config_of_their_run(
    http: httpx.AsyncClient, name: str
) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, name, input={}, config=ADA)
    shown = await state(http, thread_id)
    assert shown["next"] == ["ask_ada"]
    assert shown["tasks"][0]["interrupts"][0]["value"] == "ada, go on?"
    history = (await http.post(f"/threads/{thread_id}/history", json={"limit": 5})).json()
    assert history[0]["next"] == ["ask_ada"]
    edit = {"values": {"answer": "by hand"}, "as_node": "ask_ada"}
    assert (await http.post(f"/threads/{thread_id}/state", json=edit)).status_code == 200
    assert (await state(http, thread_id))["values"] == {"answer": "by hand"}


@on_local_server
async def test_langgraphs_own_functions_work_in_a_factory(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "current_factory", input={}, context={"user": "ada"})
    done: dict[str, Any] = await wait(
        http, thread_id, "current_factory", command={"resume": "yes"}, context={"user": "ada"}
    )
    assert done == {"answer": "yes", "made_by": "[True, {'user': 'ada'}, True]"}


@on_local_server
@pytest.mark.parametrize(
    ("name", "why"),
    [("user_factory", "KeyError: 'user'"), ("session_factory", "is a NoneType, not a LangGraph")],
)
async def test_a_failing_factory_costs_one_reading(
    http: httpx.AsyncClient, name: str, why: str
) -> None:
    for reading in ("schemas", "graph", "subgraphs"):
        failed = await http.get(f"/assistants/{name}/{reading}")
        assert failed.status_code == 424
        assert failed.json()["detail"].startswith(f"The factory of graph '{name}' failed: ")
        assert why in failed.json()["detail"]
    thread_id = await thread(http)
    ended = await wait(http, thread_id, name, input={})
    assert why.removeprefix("KeyError: ") in ended["__error__"]["message"]
    assert (await http.get(f"/assistants/{name}")).status_code == 200


@on_local_server
async def test_a_copied_thread_is_read_with_the_config_of_the_original(
    http: httpx.AsyncClient,
) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "user_factory", input={}, config=ADA)
    copied = (await http.post(f"/threads/{thread_id}/copy")).json()["thread_id"]
    assert (await state(http, copied))["next"] == ["ask_ada"]
    done = await wait(http, copied, "user_factory", command={"resume": "yes"}, config=ADA)
    assert done["answer"] == "yes"


@on_local_server
async def test_a_question_stays_listed_after_a_run_without_config(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "user_factory", input={}, config=ADA)
    failed = await wait(http, thread_id, "user_factory", command={"resume": "yes"})
    assert failed["__error__"] == {"error": "KeyError", "message": "'user'"}
    shown = (await http.get(f"/threads/{thread_id}")).json()
    assert shown["status"] == "interrupted"
    assert [task["name"] for task in shown["tasks"]] == ["ask_ada"]
    assert (await state(http, thread_id))["next"] == ["ask_ada"]
    done = await wait(http, thread_id, "user_factory", command={"resume": "yes"}, config=ADA)
    assert done["answer"] == "yes"


@by_every_factory
async def test_a_question_is_listed_and_answered_where_the_state_cannot_be_read(
    http: httpx.AsyncClient, desk: Desk, served: Served, name: str
) -> None:
    """`langgraph dev` reads the state without the config of the run; ours with it."""
    thread_id = await thread(http)
    await wait(http, thread_id, name, input={}, config=ADA)
    listed = [item for item in (await desk.inbox()).items if item.thread_id == thread_id]
    shown = await desk.thread(thread_id)
    assert list(shown.waiting) == listed
    (item,) = shown.waiting
    assert isinstance(item, Interrupt) and item.payload == "ada, go on?"
    is_ours = served.name == "local"
    assert (item.node, bool(item.remark)) == (
        ("ask_ada", False) if is_ours else ("unknown node", True)
    )
    outcome = await desk.decide(desk.reviews.question(item), Answer("yes"), lambda _: None)
    assert outcome.kind is OutcomeKind.APPLIED, outcome
    row = (await http.get(f"/threads/{thread_id}")).json()
    assert (row["status"], row["values"]["answer"]) == ("idle", "yes")
    assert [item for item in (await desk.inbox()).items if item.thread_id == thread_id] == []


async def test_a_run_can_be_started_where_the_schema_cannot_be_read(
    http: httpx.AsyncClient, desk: Desk
) -> None:
    (graph,) = [each for each in await desk.graphs() if each.graph_id == "session_factory"]
    *_, form = [each async for each in desk.input_forms(graph)]
    assert (form.form.kind, form.nodes, form.compiled) == ("json", (), None)
    assert "424" in form.unread and "session_factory" in form.unread
    outcome = await desk.start(graph, {}, lambda _: None)
    assert outcome.error is not None and "'session_factory' is" in outcome.error


def test_the_new_run_form_without_a_schema(tmp_path: Path) -> None:
    (tmp_path / "factory.py").write_text(
        "def make(config):\n    raise KeyError(config['configurable']['user'])\n"
    )
    data = str(tmp_path / "data")
    command = [sys.executable, "-m", "hitl_tui", f"{tmp_path / 'factory.py'}:make"]
    environment = {"PYTHONPATH": str(ROOT)}
    with Terminal([*command, "--data-dir", data], columns=110, rows=30, env=environment) as console:
        console.wait_for("Nothing waits", seconds=90)
        console.press("n")
        console.wait_for("The input cannot be described")
        console.wait_for("Input, as JSON")
