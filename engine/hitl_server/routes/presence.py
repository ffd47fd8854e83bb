"""`/threads/{id}/presence` and `/claim`: which consoles have a thread open, and who has taken it.

Both only tell others: they permit and refuse nothing.
"""

from fastapi import APIRouter, Query, Request, Response

from hitl_server.body_types import LONGEST_NAME
from hitl_server.identity.callers import caller_of
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.refusals import Refusal, checked_id, no_thread
from hitl_server.request_models import ClaimBody, PresenceBody
from hitl_server.response_models import REFUSALS, Claimed, Present, ok_response
from hitl_server.responses import json_response
from hitl_server.server_parts import parts_of
from hitl_server.storage.presence import Person, write_claim

router = APIRouter(
    prefix="/threads", tags=["presence"], responses=REFUSALS, route_class=AuthorizedRoute
)


@router.put("/{thread_id}/presence", responses=ok_response(Present))
async def enter(request: Request, thread_id: str, body: PresenceBody) -> Response:
    """Tell others that a console has the thread open. Send it again before `seconds` have passed."""
    thread_id = _existing(request, thread_id)
    role = caller_of(request).role
    presence = parts_of(request).database.presence
    return json_response(
        presence.enter(thread_id, body.console, _person(request, body.name), role and str(role))
    )


@router.delete("/{thread_id}/presence", status_code=204)
async def leave(
    request: Request,
    thread_id: str,
    console: str = Query(max_length=LONGEST_NAME),
    name: str | None = Query(default=None, max_length=LONGEST_NAME),
) -> Response:
    """Tell others that a console no longer has the thread open; `name` as it was given."""
    presence = parts_of(request).database.presence
    presence.leave(checked_id(thread_id), console, _person(request, name))
    return Response(status_code=204)


@router.put("/{thread_id}/claim", responses=ok_response(Claimed))
async def claim(request: Request, thread_id: str, body: ClaimBody) -> Response:
    """Take a thread for 30 minutes, or until a run begins on it; renew it by the same request.

    If another person has it, the status is 409 and the body has their `claim`. `instead_of` with the
    id of that claim takes the thread over.
    """
    thread_id = _existing(request, thread_id)
    database = parts_of(request).database
    person = _person(request, body.name)
    async with database.write() as connection:
        taken = database.presence.check_claim(thread_id, person, body.instead_of)
        write_claim(connection, thread_id, taken)
        database.presence.set_claim(thread_id, taken)
    return json_response(taken.to_json())


@router.delete("/{thread_id}/claim", status_code=204)
async def release(
    request: Request,
    thread_id: str,
    name: str | None = Query(default=None, max_length=LONGEST_NAME),
) -> Response:
    """Give back a thread that the caller has claimed; `name` as it was given."""
    thread_id = _existing(request, thread_id)
    database = parts_of(request).database
    async with database.write() as connection:
        database.presence.check_release(thread_id, _person(request, name))
        write_claim(connection, thread_id, None)
        database.presence.set_claim(thread_id, None)
    return Response(status_code=204)


def _existing(request: Request, thread_id: str) -> str:
    """Return the id of a thread that exists. Raises `Refusal`."""
    thread_id = checked_id(thread_id)
    if parts_of(request).threads.metadata(thread_id) is None:
        raise no_thread(thread_id)
    return thread_id


def _person(request: Request, given: str | None) -> Person:
    """Return the caller: where the server knows a name, no client can give another one."""
    if (known := caller_of(request).name) is not None:
        return Person(known, "server")
    if not given:
        raise Refusal(422, "This server knows no name of the caller, so the request needs one.")
    return Person(given, "client")
