"""`/threads`: rows, state and history."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Query, Request, Response
from langchain_core.runnables import RunnableConfig
from langgraph.types import StateUpdate

from hitl_server.configurable_headers import configurable_headers
from hitl_server.extract_paths import check_extract_paths
from hitl_server.identity.callers import caller_of
from hitl_server.ids import new_id
from hitl_server.json_types import JsonObject
from hitl_server.policy.authorization import authorization_of
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.project.graphs import FactoryFailed, GraphIsBroken
from hitl_server.refusals import (
    Refusal,
    checked_id,
    checked_select,
    no_graph,
    no_such_graph,
    no_thread,
    thread_exists,
)
from hitl_server.request_models import (
    Before,
    HistorySearch,
    StateAt,
    StateBody,
    SuperstepUpdate,
    ThreadCreate,
    ThreadPatch,
    ThreadPrune,
)
from hitl_server.response_models import (
    REFUSALS,
    Pruned,
    Thread,
    ThreadState,
    ThreadUpdate,
    ok_response,
)
from hitl_server.responses import json_response, page_headers
from hitl_server.running.execution import command_of
from hitl_server.search_models import ThreadCount, ThreadSearch
from hitl_server.server_parts import ServerParts, parts_of
from hitl_server.state_columns import RequiredState
from hitl_server.tables.thread_table import COLUMNS
from hitl_server.thread_state import EMPTY_STATE, snapshot_json

_PROBLEMS = "there were problems updating the state"
_NOTHING_REQUIRED = RequiredState()

router = APIRouter(prefix="/threads", responses=REFUSALS, route_class=AuthorizedRoute)


@router.post("", responses=ok_response(Thread))
async def create(request: Request, body: ThreadCreate) -> Response:
    """Create a thread; only one request can create it with the same id.

    With `supersteps`, its state gets what nodes wrote in each step. If that is refused, the thread
    exists, and the status is 201, as with langgraph-api.
    """
    threads = parts_of(request).threads
    thread_id = str(body.thread_id or new_id())
    row = await threads.create(thread_id, body.metadata or {}, body.ttl.ttl)
    if row is None and body.if_exists != "do_nothing":
        raise thread_exists(thread_id)
    if body.supersteps:
        steps = [list(map(_step_update, each.updates)) for each in body.supersteps]
        try:
            await _change_state(request, thread_id, {"checkpoint_ns": ""}, steps)
        except Refusal as refusal:
            if refusal.__cause__ is not None:  # what the graph raised
                raise
            raise Refusal(
                201, f"Thread {thread_id} was created, but {_PROBLEMS}: {refusal}"
            ) from None
        row = None  # the steps have changed it
    return json_response(row or threads.get(thread_id))


@router.post("/search", responses=ok_response(list[Thread]))
async def search(request: Request, body: ThreadSearch) -> Response:
    """Return one page of threads, last updated first."""
    checked_select(body.select, COLUMNS)
    check_extract_paths(body.extract or {}, COLUMNS)
    rows, more = await parts_of(request).threads.search(body, authorization_of(request).visible)
    return json_response(rows, headers=page_headers(body.offset, len(rows), more))


@router.post("/count", responses=ok_response(int))
async def count(request: Request, body: ThreadCount) -> Response:
    """Return how many threads there are, a bare number."""
    return json_response(
        await parts_of(request).threads.count(body, authorization_of(request).visible)
    )


@router.post("/prune", responses=ok_response(Pruned))
async def prune(request: Request, body: ThreadPrune) -> Response:
    """Delete many threads; ids that do not exist are ignored."""
    if body.strategy == "keep_latest":
        raise Refusal(
            422,
            "keep_latest is not supported: a checkpoint may need data of earlier ones.",
        )
    parts = parts_of(request)
    ids = [str(thread_id) for thread_id in body.thread_ids]
    for thread_id in ids:  # all of them, before the first is deleted
        parts.threads.refuse_protected(thread_id)
    deleted = [await parts.run_queue.delete_thread(thread_id) for thread_id in ids]
    return json_response({"pruned_count": sum(deleted)})


@router.get("/{thread_id}", responses=ok_response(Thread))
async def get(request: Request, thread_id: str, include: str = "") -> Response:
    """Return one thread, with its newest run; with `include=ttl`, also when it expires."""
    parts = parts_of(request)
    thread_id = checked_id(thread_id)
    whole = parts.thread_with_last_run(thread_id)
    if whole is None:
        raise no_thread(thread_id)
    if "ttl" in map(str.strip, include.split(",")) and (
        ttl := parts.threads.ttls.of_thread(thread_id)
    ):
        whole["ttl"] = ttl
    return json_response(whole)


@router.patch("/{thread_id}", responses=ok_response(Thread))
async def patch(request: Request, thread_id: str, body: ThreadPatch) -> Response:
    """Merge metadata into a thread's; with `Prefer: return=minimal`, the response has no body."""
    threads = parts_of(request).threads
    thread_id = checked_id(thread_id)
    if not await threads.patch(thread_id, body.metadata or {}, body.ttl.ttl):
        raise Refusal(404, "Not Found")
    if request.headers.get("prefer") == "return=minimal":
        return Response(status_code=204)
    return json_response(threads.get(thread_id))


@router.delete("/{thread_id}", status_code=204)
async def delete(request: Request, thread_id: str) -> Response:
    """Delete a thread with its runs and checkpoints."""
    thread_id = checked_id(thread_id)
    if not await parts_of(request).run_queue.delete_thread(thread_id):
        raise no_thread(thread_id)
    return Response(status_code=204)


@router.post("/{thread_id}/copy", responses=ok_response(Thread))
async def copy(request: Request, thread_id: str) -> Response:
    """Copy a thread with its checkpoints and pending interrupts."""
    parts = parts_of(request)
    thread_id, copy_id = checked_id(thread_id), new_id()
    if not await parts.copy_thread(thread_id, copy_id):
        raise Refusal(409, f"Thread with ID {thread_id} not found")
    return json_response(parts.threads.get(copy_id))


@router.get("/{thread_id}/state", responses=ok_response(ThreadState))
async def state(request: Request, thread_id: str, subgraphs: bool = False) -> Response:
    """Return the state of a thread at its newest checkpoint."""
    return await _state(request, thread_id, {}, subgraphs)


@router.post("/{thread_id}/state/checkpoint", responses=ok_response(ThreadState))
async def state_of_checkpoint(request: Request, thread_id: str, body: StateAt) -> Response:
    """Return the state at a checkpoint, which may be one of a subgraph."""
    return await _state(request, thread_id, body.checkpoint.configurable(), body.subgraphs)


@router.get("/{thread_id}/state/{checkpoint_id}", responses=ok_response(ThreadState))
async def state_at(
    request: Request, thread_id: str, checkpoint_id: str, subgraphs: bool = False
) -> Response:
    """Return the state at a checkpoint of the root graph."""
    return await _state(request, thread_id, {"checkpoint_id": checkpoint_id}, subgraphs)


@router.post("/{thread_id}/state", responses=ok_response(ThreadUpdate))
async def update_state(request: Request, thread_id: str, body: StateBody) -> Response:
    """Write into a thread's state like a node. This removes pending interrupts."""
    at = {"checkpoint_id": body.checkpoint_id} if body.checkpoint_id else {}
    at |= body.checkpoint.configurable() if body.checkpoint else {}
    values: Any = body.values
    steps = [[StateUpdate(values, body.as_node)]]
    changed = await _change_state(
        request,
        checked_id(thread_id),
        {"checkpoint_ns": "", **at},
        steps,
        body.required_state,
        metadata={"as_node": body.as_node} if body.as_node else {},
    )
    return json_response(
        {"checkpoint": changed, "configurable": changed, "checkpoint_id": changed["checkpoint_id"]}
    )


@router.get("/{thread_id}/history", responses=ok_response(list[ThreadState]))
async def history(
    request: Request,
    thread_id: str,
    limit: int = Query(default=1, ge=1, le=1000),
    before: str | None = None,
) -> Response:
    """Return the thread's past states, newest first."""
    return await _history(request, thread_id, HistorySearch(limit=limit, before=before))


@router.post("/{thread_id}/history", responses=ok_response(list[ThreadState]))
async def search_history(request: Request, thread_id: str, body: HistorySearch) -> Response:
    """Return the thread's past states, newest first, filtered by checkpoint metadata."""
    return await _history(request, thread_id, body)


async def _change_state(
    request: Request,
    thread_id: str,
    at: dict[str, Any],
    steps: Sequence[Sequence[StateUpdate]],
    required: RequiredState = _NOTHING_REQUIRED,
    *,
    metadata: Mapping[str, str] | None = None,
) -> JsonObject:
    """Write into a thread's state; return the `configurable` of the new checkpoint.

    `metadata` becomes part of that of the checkpoint.
    """
    parts = parts_of(request)
    graph_id = _graph_id(parts, thread_id)
    if graph_id is None:
        raise no_graph(thread_id)
    config = _config(request, thread_id, at)
    config["metadata"] = {**config.get("metadata", {}), **(metadata or {})}
    try:
        return await parts.run_queue.change_state(thread_id, graph_id, config, steps, required)
    except (Refusal, GraphIsBroken, FactoryFailed, sqlite3.Error):
        raise
    except Exception as error:  # reducers are user code and may raise anything
        raise Refusal(400, f"{type(error).__name__}: {error}") from error


def _step_update(given: SuperstepUpdate) -> StateUpdate:
    command = given.command.model_dump(exclude_none=True) if given.command else {}
    values: Any = command_of(command) if command else given.values
    return StateUpdate(values, given.as_node)


async def _state(request: Request, thread_id: str, at: dict[str, Any], subgraphs: bool) -> Response:
    parts = parts_of(request)
    thread_id = checked_id(thread_id)
    graph_id = _graph_id(parts, thread_id)
    if graph_id is None:
        return json_response(EMPTY_STATE)
    config = _config(request, thread_id, at)
    reading = parts.state_sync.factory_config(graph_id, thread_id, config)
    async with parts.graphs.open(graph_id, reading) as graph:
        snapshot = await graph.aget_state(config, subgraphs=subgraphs)
    await parts.database.flush()
    return json_response(snapshot_json(snapshot))


async def _history(request: Request, thread_id: str, search: HistorySearch) -> Response:
    parts = parts_of(request)
    thread_id = checked_id(thread_id)
    graph_id = _graph_id(parts, thread_id)
    if graph_id is None:
        return json_response([])
    at = search.checkpoint.configurable() if search.checkpoint else {}
    config = _config(request, thread_id, {"checkpoint_ns": "", **at})
    reading = parts.state_sync.factory_config(graph_id, thread_id, config)
    async with parts.graphs.open(graph_id, reading) as graph:
        states = graph.aget_state_history(
            config,
            limit=search.limit,
            filter=search.metadata,
            before=_before(search.before),
        )
        shown = [snapshot_json(state) async for state in states]
    await parts.database.flush()
    return json_response(shown)


def _graph_id(parts: ServerParts, thread_id: str) -> str | None:
    """Return the graph of a thread; None without any run.

    Raises `Refusal` (404) if the thread or its graph does not exist.
    """
    metadata = parts.threads.metadata(thread_id)
    if metadata is None:
        raise no_thread(thread_id)
    graph_id = metadata.get("graph_id")
    if graph_id is None:
        return None
    if graph_id not in [*parts.graphs.loaded, *parts.graphs.broken]:
        raise no_such_graph(graph_id, parts.graphs.loaded)
    return str(graph_id)


def _before(given: str | Before | None) -> RunnableConfig | None:
    """Return the config of the checkpoint before which to begin, from any of its three forms."""
    if isinstance(given, Before):
        given = (given.configurable_ or given).checkpoint_id
    return {"configurable": {"checkpoint_id": given}} if given else None


def _config(request: Request, thread_id: str, at: dict[str, Any]) -> RunnableConfig:
    caller = caller_of(request)
    given = caller.with_identity({**configurable_headers(request), **at})
    return {"configurable": {**given, **caller.configurable, "thread_id": thread_id}}
