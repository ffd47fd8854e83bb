"""The event protocol: `/threads/{thread_id}/stream/events` and `/threads/{thread_id}/commands`.

A client follows a thread, not a run: it gets the events of all its runs, whoever starts them.
"""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response

from hitl_server.json_types import JsonObject
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.policy.sent_body import json_of
from hitl_server.refusals import Refusal, checked_id
from hitl_server.responses import json_response, sse_response
from hitl_server.routes.protocol_commands import (
    RUN_COMMANDS,
    SOCKET_COMMANDS,
    Command,
    CommandFailed,
    start_by_command,
    unknown_command,
)
from hitl_server.routes.protocol_filters import filter_of, number_in
from hitl_server.server_parts import parts_of
from hitl_server.streams.protocol_events import EventFilter, envelope, method_of
from hitl_server.streams.run_stream import Event

router = APIRouter(
    prefix="/threads/{thread_id}", tags=["event protocol"], route_class=AuthorizedRoute
)


@router.post("/stream/events")
async def follow(request: Request, thread_id: str) -> Response:
    """Stream the events of a thread, which may not exist yet: the kept ones, then those to come.

    The body is `{"channels": [...], "namespaces": [[...]], "depth": n, "since": seq}`. The response
    does not end with a run, but with the connection.
    """
    body = await _json(request)
    wanted = filter_of(body)
    since = number_in(body, "since")
    stream = parts_of(request).run_queue.protocol_streams.open(checked_id(thread_id))
    return sse_response(_frames(stream.subscribe(since or 0), wanted))


@router.post("/commands")
async def command(request: Request, thread_id: str) -> Response:
    """Carry out one command: start a run, or answer questions."""
    sent = await _json(request)
    try:
        given = Command.parse(sent)
        return json_response(await _carry_out(request, checked_id(thread_id), given))
    except CommandFailed as failure:
        command_id = sent.get("id") if isinstance(sent, dict) else None
        return json_response(failure.response(command_id), failure.status)


async def _carry_out(request: Request, thread_id: str, given: Command) -> JsonObject:
    if given.method in RUN_COMMANDS:
        return await start_by_command(request, thread_id, given)
    if given.method in SOCKET_COMMANDS:
        raise CommandFailed("not_supported", f"{given.method} is for WebSocket connections.")
    raise unknown_command(given)


async def _frames(events: AsyncIterator[Event], wanted: EventFilter) -> AsyncIterator[bytes]:
    """Yield the wanted events as server-sent events."""
    async for event in events:
        if wanted.wants(event):
            method, data = method_of(event).encode(), envelope(event)
            yield b"event: %s\r\ndata: %s\r\nid: %d\r\n\r\n" % (method, data, event.number)


async def _json(request: Request) -> Any:
    try:
        return await json_of(request)
    except Refusal:
        raise Refusal(400, "Invalid JSON body") from None
