"""Helpers for what endpoints return."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.responses import Response, StreamingResponse

from hitl_server.json_encoding import dumps

HEARTBEAT = 5.0
"""Seconds without data after which a heartbeat is sent, so that no client closes the connection."""
_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Of a stream: no proxy may keep it, nor collect it before it passes it on (nginx)."""


def json_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return `value` as JSON, without the detours of response models."""
    return Response(dumps(value), status, headers, "application/json")


def page_headers(offset: int, count: int, more: bool) -> dict[str, str]:
    """Return the pagination headers: the next offset only where there is a next page."""
    total = {"x-pagination-total": str(offset + count + more)}
    return {**total, "x-pagination-next": str(offset + count)} if more else total


def sse_response(
    frames: AsyncIterator[bytes],
    headers: Mapping[str, str] | None = None,
    at_end: Callable[[], object] | None = None,
) -> Response:
    """Respond with server-sent events; `at_end` is called when they end or the client disconnects."""
    return StreamingResponse(
        _with_heartbeat(frames, at_end),
        headers={**(headers or {}), **_STREAM_HEADERS},
        media_type="text/event-stream",
    )


async def _with_heartbeat(
    frames: AsyncIterator[bytes], at_end: Callable[[], object] | None
) -> AsyncIterator[bytes]:
    """Yield the server-sent events, with a heartbeat when none is sent for long."""
    following = asyncio.ensure_future(anext(frames, None))
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=HEARTBEAT)
            if not done:
                yield b": heartbeat\r\n\r\n"
                continue
            if (frame := following.result()) is None:
                return
            yield frame
            following = asyncio.ensure_future(anext(frames, None))
    finally:
        following.cancel()
        if at_end is not None:
            at_end()
