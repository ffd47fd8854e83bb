"""`/runs`: runs on new threads, one or many; and cancelling many runs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Request, Response

from hitl_server.policy.authorization import sees_thread
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.refusals import Refusal
from hitl_server.request_models import RunBody, RunsCancel
from hitl_server.responses import json_response
from hitl_server.routes.run_responses import run_headers, stream_response, wait_response
from hitl_server.routes.run_start import start_run
from hitl_server.server_parts import parts_of

router = APIRouter(prefix="/runs", tags=["stateless runs"], route_class=AuthorizedRoute)


@router.post("")
async def create(request: Request, body: RunBody) -> Response:
    """Start a run on a new thread and respond at once."""
    active = await start_run(request, None, body)
    return json_response(active.run.to_json("pending"), headers=run_headers(active))


@router.post("/wait")
async def wait(request: Request, body: RunBody) -> Response:
    """Start a run on a new thread and respond with its result."""
    active = await start_run(request, None, body)
    return await wait_response(active, body.on_disconnect == "cancel")


@router.post("/stream")
async def stream(request: Request, body: RunBody) -> Response:
    """Start a run on a new thread and respond with its events."""
    active = await start_run(request, None, body)
    return stream_response(active, 0, body.on_disconnect == "cancel")


@router.post("/batch")
async def batch(
    request: Request, bodies: Annotated[list[RunBody], Body(min_length=1, max_length=1000)]
) -> Response:
    """Start many runs, each on a new thread, and respond at once.

    A run that is refused ends the batch; the runs before it continue.
    """
    if "idempotency-key" in request.headers:
        raise Refusal(400, "A batch cannot have an Idempotency-Key, because it is many runs.")
    runs = [await start_run(request, None, body) for body in bodies]
    return json_response([active.run.to_json("pending") for active in runs])


@router.post("/cancel")
async def cancel(
    request: Request, body: RunsCancel, action: Literal["interrupt", "rollback"] = "interrupt"
) -> Response:
    """Cancel the named runs, or all runs that are pending, running, or both."""
    run_queue = parts_of(request).run_queue
    if body.status is not None:
        if body.thread_id or body.run_ids:
            raise Refusal(
                422, "When providing a 'status', 'thread_id' and 'run_ids' must be omitted."
            )
        runs = run_queue.under_way(body.status)
        seen = [active for active in runs if sees_thread(request, active.thread_id)]
        await run_queue.cancel(seen, action)
        return Response(status_code=204)
    named = (run_queue.find(str(body.thread_id), str(run_id)) for run_id in body.run_ids or ())
    found = [active for active in named if active and sees_thread(request, active.thread_id)]
    if not found:
        raise Refusal(404, "No runs found to cancel.")
    await run_queue.cancel(found, action)
    return Response(status_code=204)
