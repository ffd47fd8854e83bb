"""`/runs`: start, await, follow, list and cancel runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from engine.server.engine import Engine
from engine.server.lanes import LiveRun
from engine.server.models import Cancelling, Joining, RunBody, RunList
from engine.server.orders import check_order, new_id, order, strategy
from engine.server.refusals import Refusal, no_thread
from engine.server.routes.answers import answer, body_of, engine_of, query_of, run_of, thread_of
from engine.server.routes.following import HEARTBEAT, Following
from engine.server.stream import Stream
from engine.server.wire import dumps, error_body


async def create(request: Request) -> Response:
    """Start a run and answer at once."""
    try:
        UUID(request.path_params["thread_id"])
    except ValueError:
        raise Refusal(422, "Invalid thread ID") from None
    live = await _admit(request, await body_of(request, RunBody))
    return answer(live.order.to_json("pending"), headers=_headers(live))


async def wait(request: Request) -> Response:
    """Start a run and answer with what came of it; without a thread, on one that goes with it."""
    body = await body_of(request, RunBody)
    live = await _admit(request, body)
    return await _awaited(live, body.on_disconnect == "cancel")


async def stream(request: Request) -> Response:
    """Start a run and answer with its events; without a thread, on one that goes with it."""
    body = await body_of(request, RunBody)
    live = await _admit(request, body)
    return _followed(live, None, body.on_disconnect == "cancel")


async def of_thread(request: Request) -> Response:
    """List a thread's runs, newest first."""
    engine = engine_of(request)
    thread_id = _existing(engine, request)
    query = query_of(request, RunList)
    rows = engine.runs.of_thread(
        thread_id, limit=query.limit, offset=query.offset, status=query.status
    )
    return answer(rows)


async def get(request: Request) -> Response:
    """Return one run."""
    engine = engine_of(request)
    run_id = run_of(request)
    row = engine.runs.get(_existing(engine, request), run_id)
    if row is None:
        raise Refusal(404, f"Run with ID {run_id} not found")
    return answer(row)


async def join(request: Request) -> Response:
    """Answer with what came of a run; for one that has ended, where its thread stands now."""
    engine = engine_of(request)
    thread_id, run_id = thread_of(request), run_of(request)
    if live := engine.lanes.find(thread_id, run_id):
        return await _awaited(live, query_of(request, Joining).cancel_on_disconnect)
    if engine.runs.get(thread_id, run_id) is None:
        error = {"error": "HTTPException", "message": "404: Run not found"}
        return answer({"__error__": error})
    return answer(engine.threads.outcome(thread_id))


async def join_stream(request: Request) -> Response:
    """Answer with the events of a run from now on, or from `Last-Event-ID` on if it keeps them."""
    engine = engine_of(request)
    thread_id, run_id = thread_of(request), run_of(request)
    cancel = query_of(request, Joining).cancel_on_disconnect
    after = _event_number(request.headers.get("last-event-id"))
    if live := engine.lanes.find(thread_id, run_id):
        return _followed(live, after, cancel)
    ended = engine.lanes.remembered(run_id) or Stream()
    ended.close()
    return Following(ended, after=after)


async def cancel(request: Request) -> Response:
    """Cancel a run; what its nodes did so far has happened."""
    query = query_of(request, Cancelling)
    live = engine_of(request).lanes.find(thread_of(request), run_of(request))
    if live is None:
        raise Refusal(404, "No runs found to cancel.")
    live.cancel(query.action)
    if not query.wait:
        return Response(status_code=202)
    await live.ended.wait()
    return answer({}, headers=_headers(live))


async def _admit(request: Request, body: RunBody) -> LiveRun:
    engine = engine_of(request)
    thread_id = request.path_params.get("thread_id")
    check_order(body, stateless=thread_id is None)
    assistant = engine.assistants.for_run(body.assistant_id)
    live = LiveRun(
        new_id(),
        _thread_id(thread_id) if thread_id else new_id(),
        Stream(resumable=body.stream_resumable),
        temporary=thread_id is None and body.on_completion == "delete",
    )
    await engine.lanes.admit(
        live,
        assistant,
        partial(order, body, live.run_id, live.thread_id, assistant),
        strategy=strategy(body),
        create=thread_id is None or body.if_not_exists == "create",
    )
    return live


def _thread_id(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise Refusal(400, "badly formed hexadecimal UUID string") from None


def _existing(engine: Engine, request: Request) -> str:
    thread_id = thread_of(request)
    if engine.threads.metadata(thread_id) is None:
        raise no_thread(thread_id)
    return thread_id


def _headers(live: LiveRun, way: str = "join") -> dict[str, str]:
    path = f"/threads/{live.thread_id}/runs/{live.run_id}"
    return {"Location": f"{path}/{way}", "Content-Location": path}


async def _awaited(live: LiveRun, cancel: bool) -> Response:
    """Answer when the run has ended; a run that takes its time gets whitespace meanwhile."""
    if not cancel:
        with suppress(TimeoutError):
            await asyncio.wait_for(live.ended.wait(), HEARTBEAT)
            return Response(_result(live), 200, _headers(live), "application/json")
    return StreamingResponse(
        _patiently(live, cancel), headers=_headers(live), media_type="application/json"
    )


async def _patiently(live: LiveRun, cancel: bool) -> AsyncIterator[bytes]:
    try:
        while not live.ended.is_set():
            try:
                await asyncio.wait_for(live.ended.wait(), HEARTBEAT)
            except TimeoutError:
                yield b"\n"
        yield _result(live)
    finally:
        if cancel:
            live.cancel("interrupt")


def _result(live: LiveRun) -> bytes:
    try:
        return dumps(live.result.body)
    except Exception as error:  # noqa: BLE001  a state may hold what no JSON can say
        return dumps({"__error__": error_body(error)})


def _followed(live: LiveRun, after: int | None, cancel: bool) -> Response:
    return Following(
        live.stream,
        after=after,
        headers={**_headers(live, "stream"), "Cache-Control": "no-store"},
        left=partial(live.cancel, "interrupt") if cancel else None,
    )


def _event_number(last_event_id: str | None) -> int | None:
    """Return the number in `<number>-0`; -1 and 0 mean: from the beginning."""
    if not last_event_id:
        return None
    number = last_event_id.removesuffix("-0") if last_event_id != "-1" else "0"
    return int(number) if number.isdecimal() else 0


ROUTES = (
    Route("/threads/{thread_id}/runs", create, methods=["POST"]),
    Route("/threads/{thread_id}/runs", of_thread),
    Route("/threads/{thread_id}/runs/wait", wait, methods=["POST"]),
    Route("/threads/{thread_id}/runs/stream", stream, methods=["POST"]),
    Route("/threads/{thread_id}/runs/{run_id}", get),
    Route("/threads/{thread_id}/runs/{run_id}/join", join),
    Route("/threads/{thread_id}/runs/{run_id}/stream", join_stream),
    Route("/threads/{thread_id}/runs/{run_id}/cancel", cancel, methods=["POST"]),
    Route("/runs/wait", wait, methods=["POST"]),
    Route("/runs/stream", stream, methods=["POST"]),
)
