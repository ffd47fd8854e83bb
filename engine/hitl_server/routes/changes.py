"""`/threads/changes`: a stream of the threads that change, so that clients need not poll."""

from functools import partial

from fastapi import APIRouter, Request, Response

from hitl_server.policy.authorization import sees_thread
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.responses import sse_response
from hitl_server.server_parts import parts_of
from hitl_server.storage.change_feed import change_events

router = APIRouter(prefix="/threads", tags=["threads"], route_class=AuthorizedRoute)


@router.get("/changes")
async def changes(request: Request) -> Response:
    """Stream the threads that change: `event: change`, `data: {"threads": [id, …]}`.

    After `event: reset`, read everything again: it is the first event, and is sent when more has
    changed than is kept, and when the code of a graph has changed (see `GET /info`). With `Last-Event-ID`, the stream begins with the changes since then
    instead, if the server is still the same process.

    `event: presence`, `data: {"presence": {id: object or null}, "whole": …}` tells who has which
    threads open, or has claimed them: once all of them (`whole`), then those that changed. null means
    nobody. The object is that of `GET /threads/{thread_id}`.
    """
    database = parts_of(request).database
    last_event_id = request.headers.get("last-event-id", "")
    sees = partial(sees_thread, request)
    return sse_response(change_events(database.changes, database.presence, last_event_id, sees))
