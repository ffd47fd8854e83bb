"""`/threads/{thread_id}/stream`: the events of all runs of a thread, as clients of its runs get them."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.refusals import Refusal, checked_id
from hitl_server.responses import sse_response
from hitl_server.routes.run_responses import last_event_number
from hitl_server.server_parts import parts_of
from hitl_server.streams.run_stream import Event

router = APIRouter(prefix="/threads/{thread_id}", tags=["threads"], route_class=AuthorizedRoute)

_MODES = ("lifecycle", "run_modes", "state_update")


@router.get("/stream")
async def join(
    request: Request,
    thread_id: str,
    stream_modes: str = "",
    stream_mode: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """Stream the events of a thread from now on, or after `Last-Event-ID` if they are kept.

    `stream_modes` are names joined by commas: `run_modes` for all events of runs, `lifecycle` for
    their beginnings and ends, `state_update` for changes of the state that are no runs. The SDKs call
    them `stream_mode`, one parameter for each. The events of resumable runs are kept. The response
    does not end with a run, but with the connection.
    """
    given = stream_modes.split(",") if stream_modes else stream_mode or ["run_modes"]
    modes = [mode.strip() for mode in given]
    if unknown := [mode for mode in modes if mode not in _MODES]:
        raise Refusal(422, f"Invalid stream mode: {unknown[0]}")
    stream = parts_of(request).run_queue.thread_streams.open(checked_id(thread_id))
    return sse_response(_frames(stream.subscribe(last_event_number(request)), modes))


async def _frames(events: AsyncIterator[Event], modes: list[str]) -> AsyncIterator[bytes]:
    async for event in events:
        if _is_wanted(event.name, modes):
            yield event.to_sse(with_id=True)


def _is_wanted(name: str, modes: list[str]) -> bool:
    if name == "state_update":
        return "state_update" in modes
    return "run_modes" in modes or (name == "metadata" and "lifecycle" in modes)
