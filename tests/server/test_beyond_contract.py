"""What our server promises beyond the contract: rows, answers, runs and graphs."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client

from tests.server.processes import SAMPLES, Served, running_server
from tests.server.test_contract import events, row, state, thread, wait

CONFIG = SAMPLES / "langgraph.json"


@pytest.fixture
async def http(local_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared local server."""
    async with local_server.client() as client:
        yield client


async def found(http: httpx.AsyncClient, thread_id: str, status: str) -> bool:
    """Whether a search by status finds the thread."""
    body = {"status": status, "ids": [thread_id]}
    return bool((await http.post("/threads/search", json=body)).json())


# Rows that follow the state


async def test_a_row_equals_the_state(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "subgraph", input={})
    body = {"ids": [thread_id], "select": ["next", "tasks", "checkpoint_id", "breakpoint"]}
    [shown] = (await http.post("/threads/search", json=body)).json()
    read = await state(http, thread_id)
    assert shown["next"] == read["next"] == ["approval"]
    assert shown["checkpoint_id"] == read["checkpoint_id"]
    assert shown["breakpoint"] is None
    [task] = shown["tasks"]
    [asked], [told] = task["interrupts"], read["interrupts"]
    assert asked == {**told, "since": (await row(http, thread_id))["state_updated_at"]}
    assert task["checkpoint_ns"] == read["tasks"][0]["checkpoint"]["checkpoint_ns"]


async def test_the_breakpoint_of_a_row(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    seen = []
    await wait(http, thread_id, "breakpoints", input={})
    while (await row(http, thread_id))["next"]:
        stop = (await row(http, thread_id))["breakpoint"]
        seen.append((stop["when"], stop["node"]))
        await wait(http, thread_id, "breakpoints", input=None)
    assert seen == [("after", "draft"), ("before", "publish")]
    assert (await row(http, thread_id))["breakpoint"] is None


async def test_a_breakpoint_of_a_run_is_kept_after_a_state_edit(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "chain", input={}, interrupt_before=["three"])
    before = (await row(http, thread_id))["breakpoint"]
    assert (before["when"], before["node"]) == ("before", "three")
    await http.post(f"/threads/{thread_id}/state", json={"values": {"said": ["edited"]}})
    after = (await row(http, thread_id))["breakpoint"]
    assert (after["when"], after["node"]) == ("before", "three")


async def test_a_cancelled_step_keeps_its_breakpoint(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "slow", input={"steps": 100}, interrupt_before=["work"])
    body = {"assistant_id": "slow", "input": None}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    assert (await http.post(f"{path}/cancel?wait=true")).status_code == 200
    shown = await row(http, thread_id)
    assert (shown["status"], shown["next"]) == ("interrupted", ["work"])
    assert (shown["breakpoint"]["when"], shown["breakpoint"]["node"]) == ("before", "work")


async def test_a_step_cancelled_before_it_began_keeps_its_breakpoint(
    http: httpx.AsyncClient,
) -> None:
    """Its state was not read again: the row keeps what it had, without an error."""
    thread_id = await thread(http)
    await wait(http, thread_id, "slow", input={"steps": 100}, interrupt_before=["work"])
    body = {"assistant_id": "slow", "input": None, "after_seconds": 600}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    assert (await http.post(f"{path}/cancel?wait=true")).status_code == 200
    shown = await row(http, thread_id)
    assert (shown["status"], shown["next"]) == ("interrupted", ["work"])
    assert (shown["breakpoint"]["when"], shown["breakpoint"]["node"]) == ("before", "work")
    assert shown["error"] is None


async def test_a_thread_that_failed_after_an_answer_is_interrupted(http: httpx.AsyncClient) -> None:
    """A search for interrupted threads finds it."""
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "sticky", input={})
    answer = {"resume": {asked["__interrupt__"][0]["id"]: "bad"}}
    told = await wait(http, thread_id, "sticky", command=answer)
    assert told["__error__"]["message"] == "a bad answer"
    assert await found(http, thread_id, "interrupted")
    shown = await row(http, thread_id)
    assert shown["error"] == told["__error__"]
    assert shown["tasks"][0]["error"] == "ValueError('a bad answer')"
    assert next(iter(shown["interrupts"].values()))[0]["id"] == asked["__interrupt__"][0]["id"]


async def test_a_refused_answer_keeps_the_interrupt(http: httpx.AsyncClient) -> None:
    """The row is still interrupted."""
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "two_questions", input={})
    first = {"resume": {asked["__interrupt__"][0]["id"]: "A"}}
    await wait(http, thread_id, "two_questions", command=first)
    told = await wait(http, thread_id, "two_questions", command=first)
    assert told["__error__"]["error"] == "UnknownInterruptError"
    assert await found(http, thread_id, "interrupted")
    [run, *_] = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert run["status"] == "error"


async def test_a_result_without_a_json_form(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    heard = await events(http, thread_id, "beyond_json", input={}, stream_mode="custom")
    assert ("custom", {"long": hex(10**5000), "short": 10**30}) in heard
    assert heard[-1][1]["error"] == "RecursionError"
    assert (await row(http, thread_id))["status"] == "idle"


# Answers


@pytest.mark.parametrize("value", [None, False, 0, "", [], "text", {"some": "object"}])
async def test_an_answer_without_id_reaches_the_one_interrupt(
    http: httpx.AsyncClient, value: Any
) -> None:
    """Also false values and null."""
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"})
    done = await wait(http, thread_id, "revise", command={"resume": value})
    assert done == {"some_text": value}


NULLS = {"resume": None, "update": None, "goto": None}


@pytest.mark.parametrize(
    "command", [NULLS, {"resume": None}, {"resume": None, "goto": None}, {"update": None}, {}]
)
async def test_a_command_of_nulls_next_to_an_input_is_no_command(
    http: httpx.AsyncClient, command: dict[str, None]
) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"})
    asked = await wait(http, thread_id, "revise", input={"some_text": "new"}, command=command)
    assert asked["__interrupt__"][0]["value"] == {"text_to_revise": "new"}


@pytest.mark.parametrize(
    ("graph", "next", "command"),
    [
        ("parallel", ["finance", "legal"], {"update": {}}),
        ("parallel", ["finance", "legal"], {"goto": []}),
        ("parallel", ["finance", "legal"], {"resume": None}),
        ("breakpoints", ["publish"], {"update": {}}),
        ("breakpoints", ["publish"], {"goto": []}),
    ],
)
async def test_a_command_without_effect_is_a_run_without_input(
    http: httpx.AsyncClient, graph: str, next: list[str], command: dict[str, Any]
) -> None:
    """It answers neither of two questions, and steps past a breakpoint."""
    thread_id = await thread(http)
    await wait(http, thread_id, graph, input={})
    before = await state(http, thread_id)
    assert "__error__" not in await wait(http, thread_id, graph, command=command)
    after = await state(http, thread_id)
    assert sorted(after["next"]) == next
    assert len(after["interrupts"]) == len(before["interrupts"])


async def test_a_null_resume_next_to_an_update_answers_nothing(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"})
    command = {"resume": None, "update": {"some_text": "edited"}}
    asked = await wait(http, thread_id, "revise", command=command)
    assert asked["__interrupt__"][0]["value"] == {"text_to_revise": "edited"}


async def test_an_answer_without_id_to_two_interrupts_is_refused(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "parallel", input={})
    told = await wait(http, thread_id, "parallel", command={"resume": "yes"})
    assert told["__error__"]["error"] == "RuntimeError"
    assert len((await state(http, thread_id))["interrupts"]) == 2
    assert await found(http, thread_id, "interrupted")


async def test_answers_are_not_queued(http: httpx.AsyncClient, tmp_path: Path) -> None:
    """A queued answer could answer an interrupt that its sender has not seen."""
    thread_id = await thread(http)
    given = {"trace": str(tmp_path / "trace"), "seconds": 0.5}
    await wait(http, thread_id, "gated_effect", input=given)
    body = {"assistant_id": "gated_effect", "command": {"resume": "go"}}
    path = f"/threads/{thread_id}/runs/wait"
    replies = await asyncio.gather(*(http.post(path, json=body) for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409]


async def test_large_and_unusual_values(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "revise", input={"some_text": "\u202e [/b] \x1b[31m"})
    assert asked["__interrupt__"][0]["value"]["text_to_revise"] == "\u202e [/b] \x1b[31m"
    done = await wait(http, thread_id, "revise", command={"resume": {"n": 2**60, "f": 0.1}})
    assert done["some_text"] == {"n": 2**60, "f": 0.1}


# Runs


async def test_a_run_continues_without_its_client(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "slow", "input": {"steps": 4, "seconds_per_step": 0.1}}
    with pytest.raises(httpx.ReadTimeout):
        await http.post(f"/threads/{thread_id}/runs/wait", json=body, timeout=0.15)
    assert (await row(http, thread_id))["status"] == "busy"
    [run] = (await http.get(f"/threads/{thread_id}/runs")).json()
    joined = await http.get(f"/threads/{thread_id}/runs/{run['run_id']}/join")
    assert joined.json()["done"] == 4


async def test_a_run_can_be_cancelled_with_its_client(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {
        "assistant_id": "slow",
        "input": {"steps": 100, "seconds_per_step": 0.1},
        "on_disconnect": "cancel",
    }
    async with http.stream("POST", f"/threads/{thread_id}/runs/stream", json=body) as reply:
        await anext(reply.aiter_lines())
    async with asyncio.timeout(5):
        while (await http.get(f"/threads/{thread_id}/runs")).json()[0]["status"] != "interrupted":
            await asyncio.sleep(0.05)


async def test_runs_of_a_thread_run_one_after_the_other(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "chain", "input": {}}
    path = f"/threads/{thread_id}/runs"
    runs = [(await http.post(path, json=body)).json() for _ in range(3)]
    for run in runs:
        await http.get(f"{path}/{run['run_id']}/join")
    assert [one["status"] for one in (await http.get(path)).json()] == ["success"] * 3
    assert (await state(http, thread_id))["values"]["said"] == ["one", "two", "three"] * 3


async def test_rollback_deletes_the_run(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "slow", "input": {"steps": 100}}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    reply = await http.post(f"{path}/cancel?wait=true&action=rollback")
    assert reply.status_code == 200
    assert (await http.get(path)).status_code == 404


async def test_a_later_run_can_interrupt(http: httpx.AsyncClient) -> None:
    """Only with the strategy `interrupt`."""
    thread_id = await thread(http)
    first = {"assistant_id": "slow", "input": {"steps": 100}}
    run = (await http.post(f"/threads/{thread_id}/runs", json=first)).json()
    given = {"steps": 1, "seconds_per_step": 0.01}
    done = await wait(http, thread_id, "slow", input=given, multitask_strategy="interrupt")
    assert done["done"] == 1
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    assert (await http.get(path)).json()["status"] == "interrupted"


async def test_a_resumable_stream_is_repeated(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    heard = await events(
        http, thread_id, "chain", input={}, stream_mode="updates", stream_resumable=True
    )
    path = f"/threads/{thread_id}/runs/{heard[0][1]['run_id']}/stream"
    again = await http.get(path, headers={"Last-Event-ID": "-1"})
    told = [line for line in again.text.splitlines() if line.startswith("event: ")]
    assert told == [f"event: {name}" for name, _ in heard]
    ids = [line.removeprefix("id: ") for line in again.text.splitlines() if line.startswith("id: ")]
    assert [each.partition("-")[2] for each in ids] == [str(n + 1) for n in range(len(heard))]
    assert all(abs(time.time() - int(each.partition("-")[0]) / 1000) < 60 for each in ids)
    rest = await http.get(path, headers={"Last-Event-ID": ids[1]})
    assert rest.text.count("event: ") == len(heard) - 2


@pytest.mark.parametrize("graph", ["leaving", "leaving_async"])
async def test_a_node_cannot_end_the_server(http: httpx.AsyncClient, graph: str) -> None:
    told = await wait(http, await thread(http), graph, input={})
    assert told["__error__"]["error"] == "SystemExit"
    assert (await http.get("/ok")).status_code == 200


async def test_deleting_a_thread_cancels_its_runs(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "slow", "input": {"steps": 100}}
    await http.post(f"/threads/{thread_id}/runs", json=body)
    assert (await http.delete(f"/threads/{thread_id}")).status_code == 204
    assert (await http.get(f"/threads/{thread_id}/state")).status_code == 404


# Graphs


@pytest.mark.parametrize(
    "name",
    [
        "builder",
        "sync_factory",
        "config_factory",
        "async_factory",
        "context_factory",
        "async_context_factory",
        "full_factory",
    ],
)
async def test_every_kind_of_graph_factory(http: httpx.AsyncClient, name: str) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, name, input={})
    assert asked["__interrupt__"][0]["value"] == "well?"
    assert (await state(http, thread_id))["next"] == ["ask"]
    done = await wait(http, thread_id, name, command={"resume": "yes"})
    assert done == {"answer": "yes", "made_by": name}


async def test_a_factory_gets_the_purpose_of_the_graph(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "runtime_factory", input={}, context={"tenant": "acme"})
    done = await wait(
        http, thread_id, "runtime_factory", command={"resume": "yes"}, context={"tenant": "acme"}
    )
    assert done["made_by"] == "runtime_factory for {'tenant': 'acme'}"
    drawing = (await http.get("/assistants/runtime_factory/graph")).json()
    assert "ask" in [node["id"] for node in drawing["nodes"]]


async def test_a_factory_with_unknown_arguments(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text("def make(config, runtime): ...\n")
    config = tmp_path / "langgraph.json"
    config.write_text('{"graphs": {"odd": "./odd.py:make"}}')
    with running_server(config, tmp_path / "data") as served:
        async with served.client() as http:
            (broken,) = (await http.get("/info")).json()["graphs_broken"]
    assert "takes 2 arguments (config, runtime)" in broken["what"]
    assert "langgraph_sdk.runtime.ServerRuntime" in broken["what"]


async def test_state_with_types_of_the_project(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "typed", input={"note": ""})
    shown = (await state(http, thread_id))["values"]["report"]
    assert shown == {"title": "T", "mood": "good", "place": {"name": "P"}}
    done = await wait(http, thread_id, "typed", command={"resume": "fine"})
    assert done["note"] == "fine (GOOD)"


async def test_schemas_of_typing_typed_dict(http: httpx.AsyncClient) -> None:
    schemas = (await http.get("/assistants/chain/schemas")).json()
    assert set(schemas["input_schema"]["properties"]) == {"said", "trace", "seconds"}


async def test_how_each_key_of_the_state_takes_a_write(http: httpx.AsyncClient) -> None:
    async def reducers(graph: str) -> Any:
        return (await http.get(f"/assistants/{graph}/schemas")).json()["reducers"]

    assert await reducers("breakpoints") == {"text": None, "log": "other"}
    assert (await reducers("tool_agent"))["messages"] == "messages"


async def test_output_of_graphs_goes_to_the_log(
    local_server: Served, http: httpx.AsyncClient
) -> None:
    done = await wait(http, await thread(http), "noisy", input={})
    assert done == {"read": ""}
    log = (local_server.folder / "engine.log").read_text()
    for line in (
        "printed on import",
        "printed to stdout",
        "printed to stderr",
        "written to descriptor 1",
        "echoed by a child process",
    ):
        assert line in log


async def test_langgraphs_sdk(local_server: Served) -> None:
    token = local_server.info["token"]
    async with get_client(url=local_server.url, api_key=token) as client:
        made = await client.threads.create()
        thread_id = made["thread_id"]
        asked: Any = await client.runs.wait(thread_id, "revise", input={"some_text": "x"})
        interrupt_id = asked["__interrupt__"][0]["id"]
        [waiting] = await client.threads.search(status="interrupted", ids=[thread_id])
        assert waiting["thread_id"] == thread_id
        said = [
            part.event
            async for part in client.runs.stream(
                thread_id, "revise", command={"resume": {interrupt_id: "y"}}, stream_mode="updates"
            )
        ]
        assert said == ["metadata", "updates"]
        assert (await client.threads.get_state(thread_id))["values"] == {"some_text": "y"}
        assert len(await client.threads.get_history(thread_id)) == 3
        assert {one["graph_id"] for one in await client.assistants.search(limit=100)} >= {"revise"}
