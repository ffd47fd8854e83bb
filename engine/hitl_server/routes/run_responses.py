"""Responses about a run: its result after its end, or its events as a stream."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from hitl_server.json_encoding import dumps, error_body
from hitl_server.project_code import calling_project
from hitl_server.responses import HEARTBEAT, sse_response
from hitl_server.running.active_run import ActiveRun
from hitl_server.streams.run_stream import Event


def run_headers(active: ActiveRun, endpoint: str = "join") -> dict[str, str]:
    """Return headers with the URL of the run, and with that to join it after a lost connection."""
    path = f"/threads/{active.thread_id}/runs/{active.run_id}"
    return {"Location": f"{path}/{endpoint}", "Content-Location": path}


async def wait_response(active: ActiveRun, cancel: bool) -> Response:
    """Respond when the run has ended; during a long run, send whitespace.

    With `cancel`, the run is cancelled if the client disconnects.
    """
    if not cancel:
        with suppress(TimeoutError):
            await asyncio.wait_for(active.ended.wait(), HEARTBEAT)
            return Response(_result(active), 200, run_headers(active), "application/json")
    return StreamingResponse(
        _wait_with_heartbeat(active, cancel),
        headers=run_headers(active),
        media_type="application/json",
    )


def stream_response(
    active: ActiveRun,
    after: int | None,
    cancel: bool,
    last_event: Callable[[], Awaitable[bytes]] | None = None,
    *,
    with_printed: bool = False,
) -> Response:
    """Respond with the events of a run from now on, or with the kept ones after number `after`.

    `with_printed`: also with what its nodes printed. `last_event` returns one more server-sent event,
    which only this client gets; or nothing.
    """
    followed = active.stream.follow(after, with_printed=with_printed)
    frames = _frames(active, followed, last_event)
    at_end = partial(active.cancel, "interrupt") if cancel else None
    return sse_response(frames, run_headers(active, "stream"), at_end)


def last_event_number(request: Request) -> int | None:
    """Return the number in `Last-Event-ID`; -1 and 0 mean from the beginning."""
    last = request.headers.get("last-event-id")
    if not last:
        return None
    at, _, number = last.partition("-")
    if not at:  # -1
        return 0
    return int(number) if number.isdecimal() and len(number) < 20 else 0


async def _frames(
    active: ActiveRun,
    followed: AsyncIterator[list[Event]],
    last_event: Callable[[], Awaitable[bytes]] | None,
) -> AsyncIterator[bytes]:
    with_ids = active.stream.resumable
    async for events in followed:
        yield b"".join(each.to_sse(with_ids) for each in events)
    if last_event is not None and (frame := await last_event()):
        yield frame


async def _wait_with_heartbeat(active: ActiveRun, cancel: bool) -> AsyncIterator[bytes]:
    try:
        while not active.ended.is_set():
            try:
                await asyncio.wait_for(active.ended.wait(), HEARTBEAT)
            except TimeoutError:
                yield b"\n"
        yield _result(active)
    finally:
        if cancel:
            active.cancel("interrupt")


def _result(active: ActiveRun) -> bytes:
    try:
        with calling_project():
            return dumps(active.result.body)
    except Exception as error:  # noqa: BLE001  a state may have values without a JSON form
        return dumps({"__error__": error_body(error)})
