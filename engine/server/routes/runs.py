"""`/runs`: start, await, follow, list and cancel runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from engine.server.engine import Engine
from engine.server.lanes import LiveRun
from engine.server.models import RunBody
from engine.server.orders import check_order, new_id, order, strategy
from engine.server.refusals import Refusal, checked_id, no_thread
from engine.server.routes.answers import answer, engine_of
from engine.server.stream import Event, Stream
from engine.server.wire import dumps, error_body

router = APIRouter()

HEARTBEAT = 5.0
"""Seconds of silence after which something is said, so that nobody takes the line for dead."""


@router.post("/threads/{thread_id}/runs")
async def create(request: Request, thread_id: str, body: RunBody) -> Response:
    """Start a run and answer at once."""
    try:
        UUID(thread_id)
    except ValueError:
        raise Refusal(422, "Invalid thread ID") from None
    live = await _admit(request, thread_id, body)
    return answer(live.order.to_json("pending"), headers=_headers(live))


@router.post("/threads/{thread_id}/runs/wait")
async def wait(request: Request, thread_id: str, body: RunBody) -> Response:
    """Start a run and answer with what came of it."""
    live = await _admit(request, thread_id, body)
    return await _awaited(request, live, body.on_disconnect == "cancel")


@router.post("/threads/{thread_id}/runs/stream")
async def stream(request: Request, thread_id: str, body: RunBody) -> Response:
    """Start a run and answer with its events."""
    live = await _admit(request, thread_id, body)
    return _followed(live, live.stream.listen(), body.on_disconnect == "cancel")


@router.post("/runs/wait")
async def wait_stateless(request: Request, body: RunBody) -> Response:
    """Run on a thread that is gone afterwards, and answer with what came of it."""
    live = await _admit(request, None, body)
    return await _awaited(request, live, body.on_disconnect == "cancel")


@router.post("/runs/stream")
async def stream_stateless(request: Request, body: RunBody) -> Response:
    """Run on a thread that is gone afterwards, and answer with the events."""
    live = await _admit(request, None, body)
    return _followed(live, live.stream.listen(), body.on_disconnect == "cancel")


@router.get("/threads/{thread_id}/runs")
async def of_thread(
    request: Request,
    thread_id: str,
    limit: int = Query(default=10, ge=1, le=1000),
    offset: int = Query(default=0, ge=0),
    status: str | None = None,
) -> Response:
    """List a thread's runs, newest first."""
    engine = engine_of(request)
    thread_id = _existing(engine, thread_id)
    rows = engine.runs.of_thread(thread_id, limit=limit, offset=offset, status=status)
    return answer(rows)


@router.get("/threads/{thread_id}/runs/{run_id}")
async def get(request: Request, thread_id: str, run_id: str) -> Response:
    """Return one run."""
    engine = engine_of(request)
    run_id = checked_id(run_id, "run")
    row = engine.runs.get(_existing(engine, thread_id), run_id)
    if row is None:
        raise Refusal(404, f"Run with ID {run_id} not found")
    return answer(row)


@router.get("/threads/{thread_id}/runs/{run_id}/join")
async def join(
    request: Request, thread_id: str, run_id: str, cancel_on_disconnect: bool = False
) -> Response:
    """Answer with what came of a run; for one that has ended, where its thread stands now."""
    engine = engine_of(request)
    thread_id, run_id = checked_id(thread_id), checked_id(run_id, "run")
    if live := engine.lanes.find(thread_id, run_id):
        return await _awaited(request, live, cancel_on_disconnect)
    if engine.runs.get(thread_id, run_id) is None:
        error = {"error": "HTTPException", "message": "404: Run not found"}
        return answer({"__error__": error})
    return answer(engine.threads.outcome(thread_id))


@router.get("/threads/{thread_id}/runs/{run_id}/stream")
async def join_stream(
    request: Request, thread_id: str, run_id: str, cancel_on_disconnect: bool = False
) -> Response:
    """Answer with the events of a run from now on, or from `Last-Event-ID` on if it keeps them."""
    engine = engine_of(request)
    thread_id, run_id = checked_id(thread_id), checked_id(run_id, "run")
    after = _event_number(request.headers.get("last-event-id"))
    if live := engine.lanes.find(thread_id, run_id):
        return _followed(live, live.stream.listen(after), cancel_on_disconnect)
    ended = engine.lanes.remembered(run_id) or Stream()
    events = _sse(ended.listen(after), ended.resumable)
    return StreamingResponse(events, media_type="text/event-stream")


@router.post("/threads/{thread_id}/runs/{run_id}/cancel")
async def cancel(
    request: Request,
    thread_id: str,
    run_id: str,
    wait: bool = False,
    action: Literal["interrupt", "rollback"] = "interrupt",
) -> Response:
    """Cancel a run; what its nodes did so far has happened."""
    thread_id, run_id = checked_id(thread_id), checked_id(run_id, "run")
    live = engine_of(request).lanes.find(thread_id, run_id)
    if live is None:
        raise Refusal(404, "No runs found to cancel.")
    live.cancel(action)
    if not wait:
        return Response(status_code=202)
    await live.ended.wait()
    return answer({}, headers=_headers(live))


async def _admit(request: Request, thread_id: str | None, body: RunBody) -> LiveRun:
    engine = engine_of(request)
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


def _existing(engine: Engine, thread_id: str) -> str:
    thread_id = checked_id(thread_id)
    if engine.threads.metadata(thread_id) is None:
        raise no_thread(thread_id)
    return thread_id


def _headers(live: LiveRun, way: str = "join") -> dict[str, str]:
    path = f"/threads/{live.thread_id}/runs/{live.run_id}"
    return {"Location": f"{path}/{way}", "Content-Location": path}


async def _awaited(request: Request, live: LiveRun, cancel: bool) -> Response:
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


def _followed(live: LiveRun, events: AsyncIterator[Event], cancel: bool) -> Response:
    return StreamingResponse(
        _sse(events, live.stream.resumable, live if cancel else None),
        headers={**_headers(live, "stream"), "Cache-Control": "no-store"},
        media_type="text/event-stream",
    )


async def _sse(
    events: AsyncIterator[Event], with_ids: bool, cancelling: LiveRun | None = None
) -> AsyncIterator[bytes]:
    """Yield the events as they go over the wire, with a comment in every long silence."""
    following = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=HEARTBEAT)
            if not done:
                yield b": heartbeat\r\n\r\n"
                continue
            if (event := following.result()) is None:
                return
            yield event.to_sse(with_ids)
            following = asyncio.ensure_future(anext(events, None))
    finally:
        following.cancel()
        if cancelling is not None:
            cancelling.cancel("interrupt")


def _event_number(last_event_id: str | None) -> int | None:
    """Return the number in `<number>-0`; -1 and 0 mean: from the beginning."""
    if not last_event_id:
        return None
    number = last_event_id.removesuffix("-0") if last_event_id != "-1" else "0"
    return int(number) if number.isdecimal() else 0
