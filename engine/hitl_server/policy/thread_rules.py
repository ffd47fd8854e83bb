"""What the handlers are asked about threads."""

from uuid import UUID

from hitl_server.ids import new_id
from hitl_server.json_types import JsonObject
from hitl_server.metadata_filter import checked_filter, matches
from hitl_server.policy.authorization import Authorization
from hitl_server.policy.authorization_request import (
    AuthorizationRequest,
    NotFound,
    Rule,
    object_in,
)
from hitl_server.refusals import Refusal, checked_id, no_thread, thread_exists


def about_one(action: str, not_found: NotFound = no_thread) -> Rule:
    """Return the rule of a route about one thread, which must match the handlers' filter."""

    async def rule(request: AuthorizationRequest) -> Authorization:
        request.require_thread(await request.ask_about_thread(action), not_found)
        return Authorization()

    return rule


async def create(request: AuthorizationRequest) -> Authorization:
    """Ask before a thread is created, with the metadata that the handler leaves."""
    body = request.json_object
    thread_id = checked_id(str(body.get("thread_id") or new_id()))
    value: JsonObject = {
        "thread_id": UUID(thread_id),
        "metadata": object_in(body, "metadata"),
        "if_exists": body.get("if_exists") or "raise",
    }
    visible = await request.ask("threads", "create", value)
    existing = request.parts.threads.metadata(thread_id)
    if existing is not None and not matches(existing, visible):
        raise thread_exists(thread_id)
    changed = {"thread_id": thread_id, "metadata": value.get("metadata")}
    if body.get("supersteps"):
        changeable = await request.ask("threads", "update", {"thread_id": UUID(thread_id)})
        if not matches(existing or value.get("metadata") or {}, changeable):
            raise Refusal(403, "Forbidden")
    return Authorization(body={**body, **changed})


async def search(request: AuthorizationRequest) -> Authorization:
    """Ask before many threads are listed or counted: those that match the filter."""
    body = request.json_object
    value: JsonObject = {
        "metadata": object_in(body, "metadata"),
        "values": object_in(body, "values"),
        "status": body.get("status"),
        "limit": body.get("limit", 0),
        "offset": body.get("offset", 0),
    }
    visible = await request.ask("threads", "search", value)
    changed = {"metadata": value.get("metadata"), "values": value.get("values")}
    return Authorization(visible=visible, body={**body, **changed})


async def watch_changes(request: AuthorizationRequest) -> Authorization:
    """Ask as for a search of all threads; what it allows holds as long as the stream is open."""
    value: JsonObject = {"metadata": {}, "values": {}, "status": None, "limit": 0, "offset": 0}
    visible = await request.ask("threads", "search", value)
    return Authorization(visible=checked_filter({**value["metadata"], **(visible or {})}))


async def patch(request: AuthorizationRequest) -> Authorization:
    """Ask before the metadata of a thread are changed; the handler may change them, too."""
    body = request.json_object
    value: JsonObject = {
        "thread_id": UUID(request.thread_id),
        "metadata": object_in(body, "metadata"),
    }
    request.require_thread(await request.ask("threads", "update", value), not_found)
    return Authorization(body={**body, "metadata": value.get("metadata")})


async def update_state(request: AuthorizationRequest) -> Authorization:
    """Ask for "update" and "read": without "read", a caller does not learn that it exists."""
    changeable = await request.ask_about_thread("update")
    request.require_thread(await request.ask_about_thread("read"), no_thread)
    request.require_thread(changeable, lambda _: Refusal(403, "Forbidden"))
    return Authorization()


async def prune(request: AuthorizationRequest) -> Authorization:
    """Ask before many threads are deleted; the caller must be allowed to delete each of them."""
    named = request.json_object.get("thread_ids")
    ids = named if isinstance(named, list) else []
    await require_deletable(request, [checked_id(str(thread_id)) for thread_id in ids])
    return Authorization()


async def require_deletable(request: AuthorizationRequest, thread_ids: list[str]) -> None:
    """Refuse to delete any of many threads if the caller may not delete one of them."""
    for thread_id in thread_ids:
        visible = await request.ask("threads", "delete", {"thread_id": UUID(thread_id)})
        metadata = request.parts.threads.metadata(thread_id)
        if visible and not matches(metadata or {}, visible):
            raise Refusal(404, "At least one thread not found or not authorized")


async def copy(request: AuthorizationRequest) -> Authorization:
    """Ask to read the original, and to create a thread."""
    readable = await request.ask_about_thread("read")
    value: JsonObject = {"thread_id": UUID(new_id()), "metadata": {}, "if_exists": "raise"}
    await request.ask("threads", "create", value)
    request.require_thread(
        readable, lambda thread_id: Refusal(409, no_thread(thread_id).body["detail"])
    )
    return Authorization()


def not_found(_: str) -> Refusal:
    """Return the shortest refusal of langgraph-api, which does not name the thread."""
    return Refusal(404, "Not Found")
