"""What handlers are asked about assistants."""

from uuid import UUID

from hitl_server.metadata_filter import matches
from hitl_server.policy.asking import Asking, Json, Rule, inner
from hitl_server.policy.thread_rules import delete_all
from hitl_server.policy.visibility import limit_sight
from hitl_server.refusals import assistant_exists, checked_id, no_assistant
from hitl_server.running.run_order import new_id

_FALSE = ("", "0", "false", "f", "no", "n", "off")
"""Of a query parameter that is a boolean; what it does not know as one the route refuses."""


async def search(asking: Asking) -> None:
    """Many assistants are shown or counted: those that the filter lets pass."""
    body = await asking.object()
    value: Json = {
        "graph_id": body.get("graph_id"),
        "metadata": inner(body, "metadata"),
        "limit": body.get("limit", 0),
        "offset": body.get("offset", 0),
    }
    limit_sight(asking.request, await asking.decide("assistants", "search", value))
    body["metadata"] = value.get("metadata")


async def create(asking: Asking) -> None:
    """An assistant is made; what the handler writes into its metadata stays there."""
    body = await asking.object()
    assistant_id = checked_id(str(body.get("assistant_id") or new_id()), "assistant")
    value: Json = {
        "assistant_id": UUID(assistant_id),
        "graph_id": body.get("graph_id"),
        "config": inner(body, "config"),
        "context": inner(body, "context"),
        "metadata": inner(body, "metadata"),
        "if_exists": body.get("if_exists") or "raise",
        "name": body.get("name"),
    }
    allowed = await asking.decide("assistants", "create", value)
    body |= {"assistant_id": assistant_id, "metadata": value.get("metadata")}
    existing = asking.parts.assistants.metadata(assistant_id)
    if existing is not None and not matches(existing, allowed):
        raise assistant_exists(assistant_id)


def one(action: str) -> Rule:
    """Return the rule of a route about one assistant, which has to be among those allowed."""

    async def rule(asking: Asking) -> None:
        await _about_one(asking, action, {})

    return rule


async def patch(asking: Asking) -> None:
    """An assistant is changed, and by the handler, too."""
    body = await asking.object()
    fields = ("graph_id", "config", "context", "name")
    value: Json = {
        **{name: body.get(name) for name in fields},
        "metadata": inner(body, "metadata"),
    }
    await _about_one(asking, "update", value)
    body["metadata"] = value.get("metadata")


async def choose_version(asking: Asking) -> None:
    """Another version becomes the one that runs are given."""
    body = await asking.object()
    await _about_one(asking, "update", {"version": body.get("version")})


async def delete(asking: Asking) -> None:
    """An assistant goes, and its threads with it if that was asked for."""
    assistant_id = await _about_one(asking, "delete", {})
    if asking.request.query_params.get("delete_threads", "").lower() not in _FALSE:
        await delete_all(asking, await asking.parts.assistants.threads(assistant_id))


async def _about_one(asking: Asking, action: str, value: Json) -> str:
    """Ask about the assistant that the path names; return its id."""
    assistant = asking.parts.assistants.get(asking.request.path_params["assistant_id"])
    assistant_id: str = assistant["assistant_id"]
    value["assistant_id"] = UUID(assistant_id)
    if not matches(assistant["metadata"], await asking.decide("assistants", action, value)):
        raise no_assistant(assistant_id)
    return assistant_id
