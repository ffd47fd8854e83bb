"""The contract of the Server API, on our server and on a real `langgraph dev`."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.json_values import Json


async def thread(http: httpx.AsyncClient, **body: Any) -> str:
    reply = await http.post("/threads", json=body)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["thread_id"])


async def wait(http: httpx.AsyncClient, thread_id: str, graph: str, **body: Any) -> Any:
    reply = await http.post(f"/threads/{thread_id}/runs/wait", json={"assistant_id": graph, **body})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def state(http: httpx.AsyncClient, thread_id: str) -> Json:
    reply = await http.get(f"/threads/{thread_id}/state")
    assert reply.status_code == 200, reply.text
    shown: Json = reply.json()
    return shown


async def row(http: httpx.AsyncClient, thread_id: str) -> Json:
    shown: Json = (await http.get(f"/threads/{thread_id}")).json()
    return shown


async def events(
    http: httpx.AsyncClient, thread_id: str, graph: str, **body: Any
) -> list[tuple[str, Any]]:
    heard: list[tuple[str, Any]] = []
    name = ""
    path = f"/threads/{thread_id}/runs/stream"
    async with http.stream("POST", path, json={"assistant_id": graph, **body}) as reply:
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/event-stream")
        async for line in reply.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                heard.append((name, httpx.Response(200, content=line[6:].encode()).json()))
    return heard


# The example of the guide


async def test_a_text_is_revised(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "revise", input={"some_text": "original text"})
    assert asked["some_text"] == "original text"
    [interrupt] = asked["__interrupt__"]
    assert interrupt["value"] == {"text_to_revise": "original text"}
    assert interrupt["response_schema"] is None
    assert len(interrupt["id"]) == 32

    shown = await state(http, thread_id)
    assert shown["next"] == ["human_node"]
    assert shown["interrupts"] == [{"id": interrupt["id"], "value": interrupt["value"]}]
    [task] = shown["tasks"]
    assert set(task) == {
        *("id", "name", "path", "error", "interrupts", "checkpoint", "state", "result")
    }

    waiting = await row(http, thread_id)
    assert waiting["status"] == "interrupted"
    assert waiting["interrupts"] == {task["id"]: shown["interrupts"]}
    assert waiting["metadata"]["graph_id"] == "revise"

    done = await wait(http, thread_id, "revise", command={"resume": "Edited text"})
    assert done == {"some_text": "Edited text"}
    ended = await row(http, thread_id)
    assert (ended["status"], ended["interrupts"]) == ("idle", {})
    assert ended["values"] == {"some_text": "Edited text"}


async def test_a_run_with_an_interrupt_is_a_success(http: httpx.AsyncClient) -> None:
    """So the status `success` does not mean that an interrupt was answered."""
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"}, metadata={"decision": "7"})
    [run] = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert run["status"] == "success"
    assert run["metadata"]["decision"] == "7"
    assert run["kwargs"]["input"] == {"some_text": "x"}
    again = (await http.get(f"/threads/{thread_id}/runs/{run['run_id']}")).json()
    assert again["run_id"] == run["run_id"]


async def test_checkpoints_have_the_metadata_of_the_run(http: httpx.AsyncClient) -> None:
    """So a decision can be found without its run."""
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"}, metadata={"decision": "7"})
    await wait(http, thread_id, "revise", command={"resume": "y"}, metadata={"decision": "8"})
    body = {"limit": 10, "metadata": {"decision": "8"}}
    past = (await http.post(f"/threads/{thread_id}/history", json=body)).json()
    assert [shown["values"]["some_text"] for shown in past] == ["y"]
    runs = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert past[0]["metadata"]["run_id"] == runs[0]["run_id"]


async def test_an_answer_by_id(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "revise", input={"some_text": "x"})
    interrupt_id = asked["__interrupt__"][0]["id"]
    for_it: Json = {interrupt_id: {}}
    assert await wait(http, thread_id, "revise", command={"resume": for_it}) == {"some_text": {}}


# Several interrupts


async def test_results_of_parallel_interrupts_have_no_values(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "parallel", input={"proposal": "p"})
    assert set(asked) == {"__interrupt__"}
    assert len(asked["__interrupt__"]) == 2
    one, other = (interrupt["id"] for interrupt in asked["__interrupt__"])
    still = await wait(http, thread_id, "parallel", command={"resume": {one: "yes"}})
    assert [interrupt["id"] for interrupt in still["__interrupt__"]] == [other]
    done = await wait(http, thread_id, "parallel", command={"resume": {other: "no"}})
    assert sorted(done["opinions"]) == ["finance: no", "legal: yes"] or sorted(
        done["opinions"]
    ) == ["finance: yes", "legal: no"]


async def test_an_interrupt_inside_a_subgraph(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "subgraph", input={"order": "two desks"})
    [interrupt] = asked["__interrupt__"]
    shown = await state(http, thread_id)
    [task] = shown["tasks"]
    assert task["name"] == "approval"
    assert task["checkpoint"]["checkpoint_ns"].startswith("approval:")
    nested = (await http.get(f"/threads/{thread_id}/state?subgraphs=true")).json()
    assert nested["tasks"][0]["state"]["next"] == ["ask"]
    done = await wait(http, thread_id, "subgraph", command={"resume": {interrupt["id"]: "Grace"}})
    assert done["receipt"] == "two desks, approved by Grace"


async def test_a_tool_call_waits(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    message = {"role": "user", "content": "Prepare my Monday."}
    asked = await wait(http, thread_id, "tool_agent", input={"messages": [message]})
    [interrupt] = asked["__interrupt__"]
    requests = interrupt["value"]["action_requests"]
    assert [request["name"] for request in requests] == ["send_email", "execute_sql"]
    assert asked["messages"][0]["type"] == "human"
    decisions = [{"type": "approve"}, {"type": "reject", "message": "no"}]
    answer = {interrupt["id"]: {"decisions": decisions}}
    done = await wait(http, thread_id, "tool_agent", command={"resume": answer})
    assert "execute_sql: not done" in done["messages"][-1]["content"]
    assert "send_email: done" in done["messages"][-1]["content"]


# Breakpoints


async def test_breakpoints_of_the_graph(http: httpx.AsyncClient) -> None:
    """A breakpoint is no interrupt."""
    thread_id = await thread(http)
    stopped = await wait(http, thread_id, "breakpoints", input={})
    assert "__interrupt__" not in stopped
    assert (await state(http, thread_id))["next"] == ["polish"]
    waiting = await row(http, thread_id)
    assert (waiting["status"], waiting["interrupts"]) == ("interrupted", {})
    await wait(http, thread_id, "breakpoints", input=None)
    assert (await state(http, thread_id))["next"] == ["publish"]
    done = await wait(http, thread_id, "breakpoints", input=None)
    assert done["log"][-1] == "announced"
    assert (await row(http, thread_id))["status"] == "idle"


async def test_breakpoints_of_a_run(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "chain", input={}, interrupt_before=["two"])
    assert (await state(http, thread_id))["next"] == ["two"]
    await wait(http, thread_id, "chain", input=None, interrupt_after=["two"])
    assert (await state(http, thread_id))["next"] == ["three"]
    done = await wait(http, thread_id, "chain", input=None)
    assert done["said"] == ["one", "two", "three"]


async def test_breakpoints_at_all_nodes(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    seen = []
    await wait(http, thread_id, "chain", input={}, interrupt_before="*")
    while following := (await state(http, thread_id))["next"]:
        seen += following
        await wait(http, thread_id, "chain", interrupt_before="*")
    assert seen == ["one", "two", "three"]


async def test_the_drawing_marks_breakpoints(http: httpx.AsyncClient) -> None:
    [assistant] = (await http.post("/assistants/search", json={"graph_id": "breakpoints"})).json()
    path = f"/assistants/{assistant['assistant_id']}"
    drawing = (await http.get(f"{path}/graph")).json()
    marks = {node["id"]: node.get("metadata", {}).get("__interrupt") for node in drawing["nodes"]}
    assert (marks["draft"], marks["publish"], marks["polish"]) == ("after", "before", None)
    schemas = (await http.get(f"{path}/schemas")).json()
    assert "text" in schemas["input_schema"]["properties"]
    assert schemas["graph_id"] == "breakpoints"


# Streams


async def test_the_names_of_events(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    heard = await events(
        http, thread_id, "chain", input={}, stream_mode=["values", "updates", "tasks"]
    )
    names = [name for name, _ in heard]
    assert names[0] == "metadata"
    assert {"run_id", "attempt"} <= set(heard[0][1])
    assert set(names[1:]) == {"values", "updates", "tasks"}
    assert ("updates", {"two": {"said": ["two"]}}) in heard
    assert heard[-1] == ("values", {"said": ["one", "two", "three"]})


async def test_custom_events(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    given = {"steps": 2, "seconds_per_step": 0.01}
    heard = await events(http, thread_id, "slow", input=given, stream_mode="custom")
    assert heard[1:] == [
        ("custom", {"progress": 0.5, "text": "step 1 of 2"}),
        ("custom", {"progress": 1.0, "text": "step 2 of 2"}),
    ]


async def test_events_of_subgraphs_have_their_namespace(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    heard = await events(
        http,
        thread_id,
        "subgraph",
        input={"order": "o"},
        stream_mode=["updates"],
        stream_subgraphs=True,
    )
    interrupts = [name for name, data in heard if "__interrupt__" in data]
    assert sorted(name.partition(":")[0] for name in interrupts) == ["updates", "updates|approval"]


async def test_an_interrupt_in_the_stream(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    heard = await events(
        http, thread_id, "revise", input={"some_text": "x"}, stream_mode=["values", "updates"]
    )
    told = {name: data["__interrupt__"] for name, data in heard if "__interrupt__" in data}
    assert set(told) == {"values", "updates"}
    assert told["values"][0]["value"] == {"text_to_revise": "x"}


async def test_an_error_in_the_stream(http: httpx.AsyncClient) -> None:
    heard = await events(http, await thread(http), "failing", input={})
    assert heard[-1] == ("error", {"error": "ValueError", "message": "kaboom"})


@pytest.mark.parametrize("mode", ["messages", "messages-tuple"])
async def test_messages(http: httpx.AsyncClient, mode: str) -> None:
    message = {"role": "user", "content": "Prepare my Monday."}
    heard = await events(
        http, await thread(http), "tool_agent", input={"messages": [message]}, stream_mode=mode
    )
    names = {name for name, _ in heard[1:]}
    if mode == "messages-tuple":
        assert names == {"messages"}
    else:
        assert {"messages/metadata", "messages/complete"} <= names


# Errors


async def test_a_graph_that_raises(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    told = await wait(http, thread_id, "failing", input={})
    assert told == {"__error__": {"error": "ValueError", "message": "kaboom"}}
    failed = await row(http, thread_id)
    assert (failed["status"], failed["error"]) == ("error", told["__error__"])
    [task] = (await state(http, thread_id))["tasks"]
    assert task["error"] == "ValueError('kaboom')"
    [run] = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert run["status"] == "error"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("GET", "/threads/{no}", None, 404, "Thread with ID {no} not found"),
        ("GET", "/threads/{no}/state", None, 404, "Thread with ID {no} not found"),
        ("POST", "/threads/{no}/history", {}, 404, "Thread with ID {no} not found"),
        ("GET", "/threads/{no}/runs", None, 404, "Thread with ID {no} not found"),
        ("DELETE", "/threads/{no}", None, 404, "Thread with ID {no} not found"),
        ("GET", "/threads/nonsense", None, 422, "Invalid thread ID: must be a UUID"),
        (
            *("POST", "/threads/{no}/runs/wait", {"assistant_id": "revise", "input": {}}),
            *(404, "Thread or assistant not found."),
        ),
        (
            *("POST", "/threads/{yes}/runs", {"assistant_id": "{no}", "input": {}}),
            *(404, "Thread or assistant not found."),
        ),
        (
            *("POST", "/threads/nonsense/runs", {"assistant_id": "revise", "input": {}}),
            *(422, "Invalid thread ID"),
        ),
        (
            *("POST", "/threads/nonsense/runs/wait", {"assistant_id": "revise", "input": {}}),
            *(400, "badly formed hexadecimal UUID string"),
        ),
        (
            *("POST", "/runs/wait", {"assistant_id": "revise", "command": {"resume": 1}}),
            *(400, "You must provide a thread_id when resuming."),
        ),
        ("POST", "/threads/{yes}/runs/{no}/cancel", None, 404, "No runs found to cancel."),
        ("GET", "/threads/{yes}/runs/{no}", None, 404, None),
        ("POST", "/threads", {"thread_id": "{yes}"}, 409, "Thread with ID {yes} already exists"),
        ("POST", "/threads/search", {"status": ["idle", "busy"]}, 422, None),
        ("POST", "/threads/search", {"limit": 1001}, 422, None),
    ],
)
async def test_refusals(
    http: httpx.AsyncClient, method: str, path: str, body: Any, status: int, detail: str | None
) -> None:
    names = {"no": str(uuid4()), "yes": await thread(http)}

    def named(text: str) -> str:
        return text.replace("{no}", names["no"]).replace("{yes}", names["yes"])

    if isinstance(body, dict):
        body = {
            key: named(value) if isinstance(value, str) else value for key, value in body.items()
        }
    reply = await http.request(method, named(path), json=body)
    assert reply.status_code == status, reply.text
    if detail is not None:
        assert reply.json() == {"detail": named(detail)}


async def test_an_unknown_graph_is_named(http: httpx.AsyncClient) -> None:
    body = {"assistant_id": "nope", "input": {}}
    reply = await http.post(f"/threads/{await thread(http)}/runs/wait", json=body)
    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("Invalid assistant: 'nope'. Must be either:")


async def test_an_invalid_json_body(http: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    reply = await http.post("/threads/search", content=b"{nope", headers=headers)
    assert (reply.status_code, reply.json()) == (422, {"detail": "Invalid JSON in request body"})


# Concurrent requests


async def test_one_of_sixteen_answers_is_accepted(http: httpx.AsyncClient, tmp_path: Any) -> None:
    """The others are refused, and answer nothing else."""
    thread_id = await thread(http)
    trace = tmp_path / "trace"
    asked = await wait(http, thread_id, "gated_effect", input={"trace": str(trace), "seconds": 1.5})
    interrupt_id = asked["__interrupt__"][0]["id"]

    async def answer(number: int) -> int:
        body = {
            "assistant_id": "gated_effect",
            "command": {"resume": {interrupt_id: number}},
            "multitask_strategy": "reject",
        }
        return (await http.post(f"/threads/{thread_id}/runs/wait", json=body)).status_code

    statuses = await asyncio.gather(*(answer(number) for number in range(16)))
    assert sorted(statuses) == [200] + [409] * 15
    assert len(trace.read_text().splitlines()) == 1


async def test_concurrent_requests_create_one_thread(http: httpx.AsyncClient) -> None:
    body = {"thread_id": str(uuid4()), "if_exists": "raise"}
    replies = await asyncio.gather(*(http.post("/threads", json=body) for _ in range(16)))
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 15
    again = await http.post("/threads", json={**body, "if_exists": "do_nothing"})
    assert again.json()["thread_id"] == body["thread_id"]


async def test_an_old_interrupt_id_is_refused_in_strict_mode(http: httpx.AsyncClient) -> None:
    """Otherwise it would answer the next interrupt of the node."""
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "two_questions", input={})
    strict = {"configurable": {"__pregel_strict_resume": True}}
    first = {"resume": {asked["__interrupt__"][0]["id"]: "A"}}
    after = await wait(http, thread_id, "two_questions", command=first, config=strict)
    assert after["__interrupt__"][0]["value"] == {"question": 2}
    told = await wait(http, thread_id, "two_questions", command=first, config=strict)
    assert told["__error__"]["error"] == "UnknownInterruptError"
    assert (await state(http, thread_id))["interrupts"][0]["value"] == {"question": 2}


# Rows


async def test_search_by_status_and_metadata(http: httpx.AsyncClient) -> None:
    mark = str(uuid4())
    ids = [await thread(http, metadata={"mark": mark, "nested": {"n": n}}) for n in range(3)]
    await wait(http, ids[1], "revise", input={"some_text": "x"})
    body: Json = {"metadata": {"mark": mark}}
    found = (await http.post("/threads/search", json={**body, "status": "interrupted"})).json()
    assert [one["thread_id"] for one in found] == [ids[1]]
    page = await http.post("/threads/search", json={**body, "limit": 2})
    assert len(page.json()) == 2
    assert page.headers["x-pagination-next"] == "2"
    rest = await http.post("/threads/search", json={**body, "limit": 2, "offset": 2})
    assert len(rest.json()) == 1
    assert "x-pagination-next" not in rest.headers
    assert (await http.post("/threads/count", json=body)).json() == 3
    nested = {"metadata": {"nested": {"n": 2}, "mark": mark}}
    found = (await http.post("/threads/search", json={**nested, "select": ["thread_id"]})).json()
    assert found == [{"thread_id": ids[2]}]
    body |= {"sort_by": "created_at", "sort_order": "asc"}
    found = (await http.post("/threads/search", json=body)).json()
    assert [one["thread_id"] for one in found] == ids


async def test_metadata_is_merged(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http, metadata={"a": 1, "b": {"c": 1}})
    changed = await http.patch(f"/threads/{thread_id}", json={"metadata": {"b": 2, "n": None}})
    assert changed.json()["metadata"] == {"a": 1, "b": 2, "n": None}
    assert (await http.delete(f"/threads/{thread_id}")).status_code == 204
    assert (await http.get(f"/threads/{thread_id}")).status_code == 404


async def test_a_state_edit_replaces_the_interrupt(http: httpx.AsyncClient) -> None:
    """The old id is no longer pending, and was not answered."""
    thread_id = await thread(http)
    asked = await wait(http, thread_id, "revise", input={"some_text": "x"})
    edit = {"values": {"some_text": "edited"}}
    reply = await http.post(f"/threads/{thread_id}/state", json=edit)
    assert reply.json()["checkpoint"]["checkpoint_id"]
    shown = await state(http, thread_id)
    assert (shown["interrupts"], shown["next"]) == ([], ["human_node"])
    edited = await row(http, thread_id)
    assert (edited["status"], edited["interrupts"]) == ("interrupted", {})
    again = await wait(http, thread_id, "revise", input=None)
    assert again["__interrupt__"][0]["value"] == {"text_to_revise": "edited"}
    assert again["__interrupt__"][0]["id"] != asked["__interrupt__"][0]["id"]


async def test_history_and_older_states(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "chain", input={})
    past = (await http.post(f"/threads/{thread_id}/history", json={"limit": 10})).json()
    assert [shown["next"] for shown in past] == [[], ["three"], ["two"], ["one"], ["__start__"]]
    assert len((await http.get(f"/threads/{thread_id}/history")).json()) == 1
    older = past[2]["checkpoint"]["checkpoint_id"]
    shown = (await http.get(f"/threads/{thread_id}/state/{older}")).json()
    assert shown["values"] == {"said": ["one"]}
    path = f"/threads/{thread_id}/history?limit=10&before={older}"
    before = (await http.get(path)).json()
    assert [shown["next"] for shown in before] == [["one"], ["__start__"]]


# Runs in the background


async def test_create_then_join(http: httpx.AsyncClient) -> None:
    thread_id = await thread(http)
    body = {"assistant_id": "chain", "input": {}}
    created = await http.post(f"/threads/{thread_id}/runs", json=body)
    run = created.json()
    assert run["status"] in ("pending", "running")
    assert created.headers["content-location"] == f"/threads/{thread_id}/runs/{run['run_id']}"
    joined = await http.get(f"/threads/{thread_id}/runs/{run['run_id']}/join")
    assert joined.json() == {"said": ["one", "two", "three"]}


async def test_cancel(http: httpx.AsyncClient, tmp_path: Any) -> None:
    thread_id = await thread(http)
    trace = tmp_path / "trace"
    asked = await wait(http, thread_id, "gated_effect", input={"trace": str(trace), "seconds": 60})
    answer = {"resume": {asked["__interrupt__"][0]["id"]: "go"}}
    body = {"assistant_id": "gated_effect", "command": answer}
    run = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()
    async with asyncio.timeout(20):
        while not trace.exists():
            await asyncio.sleep(0.05)
    assert (await row(http, thread_id))["status"] == "busy"
    busy = await http.post(f"/threads/{thread_id}/state", json={"values": {"said": []}})
    assert busy.status_code == 409
    path = f"/threads/{thread_id}/runs/{run['run_id']}"
    assert (await http.post(f"{path}/cancel?wait=true")).status_code == 200
    assert (await http.get(path)).json()["status"] == "interrupted"
    assert (await state(http, thread_id))["interrupts"] == [
        {key: asked["__interrupt__"][0][key] for key in ("id", "value")}
    ]
    assert (await row(http, thread_id))["status"] == "interrupted"


async def test_configurable_and_context(http: httpx.AsyncClient) -> None:
    """A run without them does not get those of an earlier run."""
    config = {"configurable": {"tenant": "t1"}}
    told = await wait(http, await thread(http), "tenant", input={}, config=config)
    assert told == {"said": ["t1"]}
    told = await wait(http, await thread(http), "tenant", input={}, context={"tenant": "t2"})
    assert told == {"said": ["t2"]}
    body = {"assistant_id": "tenant", "input": {}, "context": {"tenant": "t2"}, "config": config}
    reply = await http.post(f"/threads/{await thread(http)}/runs/wait", json=body)
    assert reply.status_code == 400


async def test_context_of_a_type(http: httpx.AsyncClient) -> None:
    given = {"tenant": "t1", "unknown": 7}
    told = await wait(http, await thread(http), "scheduled", input={}, context=given)
    assert told == {"said": ["t1", 1]}


async def test_a_run_without_a_thread(http: httpx.AsyncClient) -> None:
    reply = await http.post("/runs/wait", json={"assistant_id": "chain", "input": {}})
    assert reply.json() == {"said": ["one", "two", "three"]}


async def test_a_run_can_create_its_thread(http: httpx.AsyncClient) -> None:
    thread_id = str(uuid4())
    told = await wait(http, thread_id, "chain", input={}, if_not_exists="create")
    assert told == {"said": ["one", "two", "three"]}
    assert (await row(http, thread_id))["status"] == "idle"
