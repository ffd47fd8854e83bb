"""Answers to what is no longer asked: refused, with the present state of the thread."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.json_values import Json
from tests.server.processes import Served
from tests.server.test_contract import row, state, thread, wait


@pytest.fixture
async def http(local_server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared local server."""
    async with local_server.client() as client:
        yield client


async def send(http: httpx.AsyncClient, thread_id: str, graph: str, **body: Any) -> httpx.Response:
    """Start a run and wait for it."""
    body["assistant_id"] = graph
    return await http.post(f"/threads/{thread_id}/runs/wait", json=body)


def checkpoint_fields(shown: Json) -> list[Json]:
    """Return all ways in which a request can name the checkpoint of a state."""
    checkpoint_id = shown["checkpoint"]["checkpoint_id"]
    return [
        {"checkpoint": shown["checkpoint"]},
        {"checkpoint": {"checkpoint_id": checkpoint_id}},
        {"checkpoint_id": checkpoint_id},
        {"config": {"configurable": {"checkpoint_id": checkpoint_id}}},
    ]


async def approved(http: httpx.AsyncClient, trace: Path) -> tuple[str, Json]:
    """Return a thread on which somebody has approved, and its state before that."""
    thread_id = await thread(http)
    await wait(http, thread_id, "gated_effect", input={"trace": str(trace), "seconds": 0})
    asked = await state(http, thread_id)
    await wait(http, thread_id, "gated_effect", command={"resume": "go"})
    return thread_id, asked


@pytest.mark.parametrize("way", range(4))
async def test_an_answer_at_an_older_checkpoint_runs_nothing_again(
    http: httpx.AsyncClient, tmp_path: Path, way: int
) -> None:
    thread_id, asked = await approved(http, tmp_path / "trace")
    (waiting,) = asked["interrupts"]
    at = checkpoint_fields(asked)[way]
    for resume in ("go", {waiting["id"]: "go"}):
        late = await send(http, thread_id, "gated_effect", command={"resume": resume}, **at)
        assert (late.status_code, late.json()["current"]["status"]) == (409, "idle")
    assert (tmp_path / "trace").read_text() == "go\n"
    assert len((await http.get(f"/threads/{thread_id}/runs")).json()) == 2


@pytest.mark.parametrize("way", range(4))
async def test_an_answer_at_the_newest_checkpoint(http: httpx.AsyncClient, way: int) -> None:
    thread_id = await thread(http)
    await wait(http, thread_id, "revise", input={"some_text": "x"})
    at = checkpoint_fields(await state(http, thread_id))[way]
    done = await send(http, thread_id, "revise", command={"resume": "y"}, **at)
    assert done.json() == {"some_text": "y"}


async def test_a_fork_that_is_meant(http: httpx.AsyncClient, tmp_path: Path) -> None:
    """The node runs again. LangGraph gives it the answer that the checkpoint already has."""
    thread_id, asked = await approved(http, tmp_path / "trace")
    at = {"checkpoint": asked["checkpoint"], "preconditions": {"fork": True}}
    forked = await send(http, thread_id, "gated_effect", command={"resume": "again"}, **at)
    assert forked.json()["said"] == ["go"]
    assert (tmp_path / "trace").read_text() == "go\ngo\n"


async def test_an_input_at_an_older_checkpoint_is_time_travel(
    http: httpx.AsyncClient, tmp_path: Path
) -> None:
    thread_id, asked = await approved(http, tmp_path / "trace")
    again = await send(http, thread_id, "gated_effect", input=None, checkpoint=asked["checkpoint"])
    assert again.json()["__interrupt__"][0]["value"] == "go?"


async def test_an_answer_inside_a_subgraph(http: httpx.AsyncClient) -> None:
    """The request names a checkpoint of the subgraph; that of the root graph must be the newest."""
    thread_id = await thread(http)
    await wait(http, thread_id, "subgraph", input={})
    shown = (await http.get(f"/threads/{thread_id}/state?subgraphs=true")).json()
    inner = shown["tasks"][0]["state"]["checkpoint"]
    assert inner["checkpoint_map"][""] == shown["checkpoint"]["checkpoint_id"]
    await wait(http, thread_id, "subgraph", command={"resume": "Grace"})
    late = await send(http, thread_id, "subgraph", command={"resume": "Eve"}, checkpoint=inner)
    assert late.status_code == 409


@pytest.mark.parametrize("resume", ["yes", None, False, {"some": "object"}, []])
@pytest.mark.parametrize("graph", ["chain", "breakpoints", None])
async def test_an_answer_where_nothing_is_asked(
    http: httpx.AsyncClient, graph: str | None, resume: Any
) -> None:
    """On a thread that is done, at a breakpoint, and on a new one."""
    thread_id = await thread(http)
    if graph is not None:
        await wait(http, thread_id, graph, input={})
    before = await row(http, thread_id)
    late = await send(http, thread_id, graph or "chain", command={"resume": resume})
    assert late.status_code == 409
    assert late.json()["current"].items() <= before.items()
    assert "nothing to answer" in late.json()["detail"]


async def test_a_queued_answer_where_nothing_is_asked(
    http: httpx.AsyncClient, tmp_path: Path
) -> None:
    thread_id = await thread(http)
    given = {"trace": str(tmp_path / "trace"), "seconds": 0.2}
    await wait(http, thread_id, "gated_effect", input=given)
    answer = {"command": {"resume": "go"}, "multitask_strategy": "enqueue"}
    first, second = await asyncio.gather(
        *(send(http, thread_id, "gated_effect", **answer) for _ in range(2))
    )
    assert first.json()["said"] == ["go"]
    assert second.json()["__error__"]["error"] == "NothingPending"
    assert (tmp_path / "trace").read_text() == "go\n"
