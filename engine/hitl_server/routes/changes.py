"""`/threads/changes`: a stream of the threads that change, so that clients need not poll."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from hitl_server.json_encoding import dumps
from hitl_server.policy.authorization import sees_thread
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.routes.run_responses import HEARTBEAT, STREAM_HEADERS
from hitl_server.server_parts import ServerParts, parts_of

router = APIRouter(prefix="/threads", tags=["threads"], route_class=AuthorizedRoute)


@router.get("/changes")
async def changes(request: Request) -> Response:
    """Stream the threads that change: `event: change`, `data: {"threads": [id, …]}`.

    After `event: reset`, read everything again: it is the first event, and is sent when more has
    changed than is kept. With `Last-Event-ID`, the stream begins with the changes since then
    instead, if the server is still the same process.
    """
    parts = parts_of(request)
    return StreamingResponse(
        _change_events(
            parts, request.headers.get("last-event-id", ""), partial(sees_thread, request)
        ),
        headers=STREAM_HEADERS,
        media_type="text/event-stream",
    )


async def _change_events(
    parts: ServerParts, last_event_id: str, sees: Callable[[str], bool]
) -> AsyncIterator[bytes]:
    feed = parts.database.changes
    process, _, number = last_event_id.partition("-")
    known = process == feed.process and number.isdecimal() and len(number) < 20
    with feed.listen(int(number) if known else None) as listener:
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    newest, reset, threads = await listener.next_changes()
                    seen = list(filter(sees, threads))
            except TimeoutError:
                seen, reset = [], False
            if not seen and not reset:
                yield b": heartbeat\r\n\r\n"
                continue
            name = b"reset" if reset else b"change"
            data = dumps({"threads": seen})
            place = f"{feed.process}-{newest}".encode()
            yield b"event: %s\r\nid: %s\r\ndata: %s\r\n\r\n" % (name, place, data)
