"""What handlers are asked about threads."""

from uuid import UUID

from hitl_server.metadata_filter import checked, matches
from hitl_server.policy.asking import Asking, Json, Rule, Unseen, inner
from hitl_server.policy.visibility import limit_sight
from hitl_server.refusals import Refusal, checked_id, no_thread, thread_exists
from hitl_server.running.run_order import new_id


def one(action: str, unseen: Unseen = no_thread) -> Rule:
    """Return the rule of a route about one thread, which has to be among those allowed."""

    async def rule(asking: Asking) -> None:
        asking.require(await asking.on_thread(action), unseen)

    return rule


async def create(asking: Asking) -> None:
    """A thread is made; what the handler writes into its metadata stays there."""
    body = await asking.object()
    thread_id = checked_id(str(body.get("thread_id") or new_id()))
    value: Json = {
        "thread_id": UUID(thread_id),
        "metadata": inner(body, "metadata"),
        "if_exists": body.get("if_exists") or "raise",
    }
    allowed = await asking.decide("threads", "create", value)
    body |= {"thread_id": thread_id, "metadata": value.get("metadata")}
    existing = asking.parts.threads.metadata(thread_id)
    if existing is not None and not matches(existing, allowed):
        raise thread_exists(thread_id)


async def search(asking: Asking) -> None:
    """Many threads are shown or counted: those that the filter lets pass."""
    body = await asking.object()
    value: Json = {
        "metadata": inner(body, "metadata"),
        "values": inner(body, "values"),
        "status": body.get("status"),
        "limit": body.get("limit", 0),
        "offset": body.get("offset", 0),
    }
    limit_sight(asking.request, await asking.decide("threads", "search", value))
    body |= {"metadata": value.get("metadata"), "values": value.get("values")}


async def hear_changes(asking: Asking) -> None:
    """Like a search for everything, for as long as somebody listens."""
    value: Json = {"metadata": {}, "values": {}, "status": None, "limit": 0, "offset": 0}
    allowed = await asking.decide("threads", "search", value)
    limit_sight(asking.request, checked({**value["metadata"], **(allowed or {})}))


async def patch(asking: Asking) -> None:
    """Metadata are changed, and by the handler, too."""
    body = await asking.object()
    value: Json = {"thread_id": UUID(asking.thread_id), "metadata": inner(body, "metadata")}
    asking.require(await asking.decide("threads", "update", value), not_found)
    body["metadata"] = value.get("metadata")


async def update_state(asking: Asking) -> None:
    """Who may not read the thread does not learn that it is there."""
    changeable = await asking.on_thread("update")
    asking.require(await asking.on_thread("read"), no_thread)
    asking.require(changeable, lambda _: Refusal(403, "Forbidden"))


async def prune(asking: Asking) -> None:
    """All of them have to be threads that the caller may delete."""
    named = (await asking.object()).get("thread_ids")
    ids = named if isinstance(named, list) else []
    await delete_all(asking, [checked_id(str(thread_id)) for thread_id in ids])


async def delete_all(asking: Asking, thread_ids: list[str]) -> None:
    """Refuse to delete any of many threads if one of them must not be deleted."""
    for thread_id in thread_ids:
        allowed = await asking.decide("threads", "delete", {"thread_id": UUID(thread_id)})
        metadata = asking.parts.threads.metadata(thread_id)
        if allowed and not matches(metadata or {}, allowed):
            raise Refusal(404, "At least one thread not found or not authorized")


async def copy(asking: Asking) -> None:
    """The original is read, and a thread is made."""
    readable = await asking.on_thread("read")
    value: Json = {"thread_id": UUID(new_id()), "metadata": {}, "if_exists": "raise"}
    await asking.decide("threads", "create", value)
    asking.require(readable, lambda thread_id: Refusal(409, no_thread(thread_id).body["detail"]))


def not_found(_: str) -> Refusal:
    """The refusal that says least."""
    return Refusal(404, "Not Found")
