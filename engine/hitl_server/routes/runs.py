"""`/threads/{thread_id}/runs`: start, await, stream, list, cancel and delete runs of a thread."""

from functools import partial
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hitl_server.identity.callers import caller_of
from hitl_server.json_encoding import dumps
from hitl_server.policy.authorized_route import AuthorizedRoute, authorize
from hitl_server.project_code import calling_project
from hitl_server.refusals import Refusal, checked_id, no_run, no_thread
from hitl_server.request_models import RunBody
from hitl_server.responses import json_response
from hitl_server.routes.run_responses import (
    last_event_number,
    run_headers,
    stream_response,
    wait_response,
)
from hitl_server.routes.run_start import start_run
from hitl_server.server_parts import ServerParts, parts_of
from hitl_server.streams.run_stream import sse_frame

router = APIRouter(prefix="/threads/{thread_id}/runs", tags=["runs"], route_class=AuthorizedRoute)


@router.post("")
async def create(request: Request, thread_id: str, body: RunBody) -> Response:
    """Start a run and respond at once."""
    try:
        UUID(thread_id)
    except ValueError:
        raise Refusal(422, "Invalid thread ID") from None
    active = await start_run(request, thread_id, body)
    return json_response(active.run.to_json("pending"), headers=run_headers(active))


@router.post("/wait")
async def wait(request: Request, thread_id: str, body: RunBody) -> Response:
    """Start a run and respond with its result."""
    active = await start_run(request, thread_id, body)
    return await wait_response(active, body.on_disconnect == "cancel")


@router.post("/stream")
async def stream(request: Request, thread_id: str, body: RunBody) -> Response:
    """Start a run and respond with its events."""
    active = await start_run(request, thread_id, body)
    last_event = partial(_thread_event, request, active.thread_id) if body.stream_thread else None
    return stream_response(
        active,
        0,
        body.on_disconnect == "cancel",
        last_event,
        with_printed=_gets_printed(request, body.stream_printed),
    )


@router.get("")
async def of_thread(
    request: Request,
    thread_id: str,
    limit: int = Query(default=10, ge=1, le=1000),
    offset: int = Query(default=0, ge=0, lt=2**63),
    status: str | None = None,
) -> Response:
    """Return a thread's runs, newest first."""
    parts = parts_of(request)
    thread_id = _existing(parts, thread_id)
    return json_response(parts.runs.of_thread(thread_id, limit=limit, offset=offset, status=status))


@router.get("/{run_id}")
async def get(request: Request, thread_id: str, run_id: str) -> Response:
    """Return one run."""
    parts = parts_of(request)
    run_id = checked_id(run_id, "run")
    row = parts.runs.get(_existing(parts, thread_id), run_id)
    if row is None:
        raise no_run(run_id)
    return json_response(row)


@router.delete("/{run_id}")
async def delete(request: Request, thread_id: str, run_id: str) -> Response:
    """Delete a run that has ended, and the checkpoints that it wrote."""
    parts = parts_of(request)
    run_id = checked_id(run_id, "run")
    await parts.run_queue.delete_run(_existing(parts, thread_id), run_id)
    return Response(status_code=204)


@router.get("/{run_id}/join")
async def join(
    request: Request, thread_id: str, run_id: str, cancel_on_disconnect: bool = False
) -> Response:
    """Respond with the result of a run; after its end, with the present state of its thread."""
    parts = parts_of(request)
    thread_id, run_id = checked_id(thread_id), checked_id(run_id, "run")
    if active := parts.run_queue.find(thread_id, run_id):
        return await wait_response(active, cancel_on_disconnect)
    if parts.runs.get(thread_id, run_id) is None:
        error = {"error": "HTTPException", "message": "404: Run not found"}
        return json_response({"__error__": error})
    return json_response(parts.threads.run_result(thread_id))


@router.get("/{run_id}/stream")
async def join_stream(
    request: Request,
    thread_id: str,
    run_id: str,
    cancel_on_disconnect: bool = False,
    stream_printed: bool = False,
) -> Response:
    """Respond with the events of a run from now on, or after `Last-Event-ID` if they are kept."""
    run_queue = parts_of(request).run_queue
    thread_id, run_id = checked_id(thread_id), checked_id(run_id, "run")
    active = run_queue.find(thread_id, run_id) or run_queue.ended_run(thread_id, run_id)
    return stream_response(
        active,
        last_event_number(request),
        cancel_on_disconnect,
        with_printed=_gets_printed(request, stream_printed),
    )


@router.post("/{run_id}/cancel")
async def cancel(
    request: Request,
    thread_id: str,
    run_id: str,
    wait: bool = False,
    action: Literal["interrupt", "rollback"] = "interrupt",
) -> Response:
    """Cancel a run. What its nodes have already done is not undone."""
    thread_id, run_id = checked_id(thread_id), checked_id(run_id, "run")
    run_queue = parts_of(request).run_queue
    active = run_queue.find(thread_id, run_id)
    if active is None:
        raise Refusal(404, "No runs found to cancel.")
    await run_queue.cancel([active], action)
    if not wait:
        return Response(status_code=202)
    await active.ended.wait()
    return json_response({}, headers=run_headers(active))


@router.post("/{run_id}/pause")
async def pause(request: Request, thread_id: str, run_id: str) -> Response:
    """Stop a run before its next step; nodes that run now end first.

    The thread is then at a breakpoint before its next node. langgraph-api has no such request.
    """
    thread_id, run_id = checked_id(thread_id), checked_id(run_id, "run")
    active = parts_of(request).run_queue.find(thread_id, run_id)
    if active is None:
        raise Refusal(404, "No run found to pause.")
    active.pause()
    return Response(status_code=202)


def _gets_printed(request: Request, asked: bool) -> bool:
    """Whether a client that asked gets what nodes printed: only those whom no handler restricts.

    It may have anything in it, as the log of the server has, which other users never see.
    """
    return asked and caller_of(request).is_owner


async def _thread_event(request: Request, thread_id: str) -> bytes:
    """Return the row of a thread as the last event of a run; none for whom may not read it."""
    try:
        with calling_project():
            await authorize(request, "GET", "/threads/{thread_id}", None)
    except Exception:  # noqa: BLE001  a handler of the project may raise anything
        return b""
    row = parts_of(request).thread_with_last_run(thread_id)
    return b"" if row is None else sse_frame("thread", dumps(row))


def _existing(parts: ServerParts, thread_id: str) -> str:
    thread_id = checked_id(thread_id)
    if parts.threads.metadata(thread_id) is None:
        raise no_thread(thread_id)
    return thread_id
