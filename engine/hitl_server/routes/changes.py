"""`/threads/changes`: a stream of the threads that change, so that clients need not poll."""

from collections.abc import AsyncIterator, Callable
from functools import partial

from fastapi import APIRouter, Request, Response

from hitl_server.json_encoding import dumps
from hitl_server.policy.authorization import sees_thread
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.routes.run_responses import sse_response
from hitl_server.server_parts import ServerParts, parts_of

router = APIRouter(prefix="/threads", tags=["threads"], route_class=AuthorizedRoute)


@router.get("/changes")
async def changes(request: Request) -> Response:
    """Stream the threads that change: `event: change`, `data: {"threads": [id, …]}`.

    After `event: reset`, read everything again: it is the first event, and is sent when more has
    changed than is kept, and when the code of a graph has changed (see `GET /info`). With `Last-Event-ID`, the stream begins with the changes since then
    instead, if the server is still the same process.
    """
    parts = parts_of(request)
    last_event_id = request.headers.get("last-event-id", "")
    return sse_response(_change_events(parts, last_event_id, partial(sees_thread, request)))


async def _change_events(
    parts: ServerParts, last_event_id: str, sees: Callable[[str], bool]
) -> AsyncIterator[bytes]:
    feed = parts.database.changes
    process, _, number = last_event_id.partition("-")
    known = process == feed.process and number.isdecimal() and len(number) < 20
    with feed.listen(int(number) if known else None) as listener:
        while True:
            newest, reset, threads = await listener.next_changes()
            seen = list(filter(sees, threads))
            if not seen and not reset:
                continue
            name = b"reset" if reset else b"change"
            data = dumps({"threads": seen})
            place = f"{feed.process}-{newest}".encode()
            yield b"event: %s\r\nid: %s\r\ndata: %s\r\n\r\n" % (name, place, data)
