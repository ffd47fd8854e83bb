"""What the handlers are asked about assistants."""

from uuid import UUID

from hitl_server.ids import new_id
from hitl_server.json_types import JsonObject
from hitl_server.metadata_filter import matches
from hitl_server.policy.authorization import Authorization
from hitl_server.policy.authorization_request import (
    AuthorizationRequest,
    Rule,
    object_in,
)
from hitl_server.policy.thread_rules import require_deletable
from hitl_server.refusals import assistant_exists, checked_id, no_assistant

_FALSE = ("", "0", "false", "f", "no", "n", "off")
"""False as a query parameter; the route refuses what is neither of these nor true."""


async def search(request: AuthorizationRequest) -> Authorization:
    """Ask before many assistants are listed or counted: those that match the filter."""
    body = request.json_object
    value: JsonObject = {
        "graph_id": body.get("graph_id"),
        "metadata": object_in(body, "metadata"),
        "limit": body.get("limit", 0),
        "offset": body.get("offset", 0),
    }
    visible = await request.ask("assistants", "search", value)
    return Authorization(visible=visible, body={**body, "metadata": value.get("metadata")})


async def create(request: AuthorizationRequest) -> Authorization:
    """Ask before an assistant is created, with the metadata that the handler leaves."""
    body = request.json_object
    assistant_id = checked_id(str(body.get("assistant_id") or new_id()), "assistant")
    config, context = object_in(body, "config"), object_in(body, "context")
    value: JsonObject = {
        "assistant_id": UUID(assistant_id),
        "graph_id": body.get("graph_id"),
        "config": config,
        "context": context,
        "metadata": object_in(body, "metadata"),
        "if_exists": body.get("if_exists") or "raise",
        "name": body.get("name"),
    }
    visible = await request.ask("assistants", "create", value)
    existing = request.parts.assistants.metadata(assistant_id)
    if existing is not None and not matches(existing, visible):
        raise assistant_exists(assistant_id)
    metadata = value.get("metadata")
    changed = {"assistant_id": assistant_id, "metadata": metadata}
    return Authorization(body={**body, "config": config, "context": context, **changed})


def about_one(action: str) -> Rule:
    """Return the rule of a route about one assistant, which must match the handlers' filter."""

    async def rule(request: AuthorizationRequest) -> Authorization:
        await _ask_about_assistant(request, action, {})
        return Authorization()

    return rule


async def patch(request: AuthorizationRequest) -> Authorization:
    """Ask before an assistant is changed; the handler may change its metadata, too."""
    body = request.json_object
    value: JsonObject = {name: body.get(name) for name in ("graph_id", "config", "context", "name")}
    value["metadata"] = object_in(body, "metadata")
    await _ask_about_assistant(request, "update", value)
    return Authorization(body={**body, "metadata": value.get("metadata")})


async def choose_version(request: AuthorizationRequest) -> Authorization:
    """Ask before another version becomes the latest one."""
    version = request.json_object.get("version")
    await _ask_about_assistant(request, "update", {"version": version})
    return Authorization()


async def delete(request: AuthorizationRequest) -> Authorization:
    """Ask before an assistant is deleted, and for its threads if they are deleted as well."""
    assistant_id = await _ask_about_assistant(request, "delete", {})
    if request.query_params.get("delete_threads", "").lower() not in _FALSE:
        await require_deletable(request, await request.parts.assistants.threads(assistant_id))
    return Authorization()


async def _ask_about_assistant(
    request: AuthorizationRequest, action: str, value: JsonObject
) -> str:
    """Ask about the assistant in the path; return its id. Raises `Refusal`."""
    assistant = request.parts.assistants.get(request.path_params["assistant_id"])
    assistant_id: str = assistant["assistant_id"]
    value["assistant_id"] = UUID(assistant_id)
    if not matches(assistant["metadata"], await request.ask("assistants", action, value)):
        raise no_assistant(assistant_id)
    return assistant_id
