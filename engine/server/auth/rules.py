"""What the handlers of a project are asked before a route does anything; a route without a rule
is closed to everybody but the owner.

A rule stands before the route's own reading of the body: what a handler changes in the `value` it
is shown (an owner in the metadata, say) goes back into the body, and is what the route reads.
Values, actions and refusals are those of langgraph-api 0.16.7 (`langgraph_runtime_inmem/ops.py`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from engine.server.auth.callers import Caller, caller_of
from engine.server.auth.custom import ProjectAuth
from engine.server.auth.filters import Filter, matches
from engine.server.auth.sight import limit_sight, scope_namespace
from engine.server.engine import Engine
from engine.server.models import Namespace
from engine.server.orders import new_id
from engine.server.refusals import (
    Refusal,
    assistant_exists,
    checked_id,
    no_assistant,
    no_thread,
    no_thread_or_assistant,
    thread_exists,
)
from engine.server.routes.answers import engine_of

Json: TypeAlias = dict[str, Any]
Unseen: TypeAlias = Callable[[str], Refusal]

_RUN_FIELDS = (
    "input",
    "command",
    "config",
    "context",
    "stream_mode",
    "interrupt_before",
    "interrupt_after",
    "webhook",
)
"""What a handler is shown of a run, as `value["kwargs"]`."""


_NAMESPACE: TypeAdapter[list[str]] = TypeAdapter(Namespace)
_FALSE = ("", "0", "false", "f", "no", "n", "off")
"""Of a query parameter that is a boolean; what it does not know as one the route refuses."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A request whose sender has to be allowed to make it."""

    request: Request
    auth: ProjectAuth
    caller: Caller

    @property
    def engine(self) -> Engine:
        """The engine that is asked something."""
        return engine_of(self.request)

    @property
    def thread_id(self) -> str:
        """The thread that the path names."""
        return checked_id(self.request.path_params["thread_id"])

    async def decide(self, resource: str, action: str, value: Json) -> Filter | None:
        """Ask the handlers. Raises `Refusal`."""
        return await self.auth.decide(self.caller, resource, action, value)

    async def on_thread(self, action: str, **value: Any) -> Filter | None:
        """Ask about the thread that the path names."""
        return await self.decide("threads", action, {"thread_id": UUID(self.thread_id), **value})

    def require(self, allowed: Filter | None, unseen: Unseen) -> None:
        """Refuse if the thread of the path is not one of those allowed; or is not there."""
        if allowed and not matches(self.engine.threads.metadata(self.thread_id) or {}, allowed):
            raise unseen(self.thread_id)

    async def body(self) -> Any:
        """Return the body, the very object that the route is going to read."""
        try:
            return await self.request.json()
        except ValueError:
            raise _not_json() from None


Rule: TypeAlias = Callable[[Asking], Awaitable[None]]


def guard(auth: ProjectAuth) -> Callable[[Request], Awaitable[None]]:
    """Return what stands before every route: nobody but the owner passes without the handlers."""

    async def allowed(request: Request) -> None:
        caller = caller_of(request)
        if caller.is_owner:
            return
        rule = RULES.get((request.method, request.scope["route"].path))
        if rule is None:
            raise Refusal(403, "The handlers of this project cannot be asked about this.")
        await rule(Asking(request, auth, caller))

    return allowed


def _thread(action: str, unseen: Unseen = no_thread) -> Rule:
    """Return the rule of a route about one thread, which has to be among those allowed."""

    async def rule(asking: Asking) -> None:
        asking.require(await asking.on_thread(action), unseen)

    return rule


async def _create_thread(asking: Asking) -> None:
    body = _object(await asking.body())
    thread_id = checked_id(str(body.get("thread_id") or new_id()))
    value: Json = {
        "thread_id": UUID(thread_id),
        "metadata": _inner(body, "metadata"),
        "if_exists": body.get("if_exists") or "raise",
    }
    allowed = await asking.decide("threads", "create", value)
    body |= {"thread_id": thread_id, "metadata": value.get("metadata")}
    existing = asking.engine.threads.metadata(thread_id)
    if existing is not None and not matches(existing, allowed):
        raise thread_exists(thread_id)


async def _search_threads(asking: Asking) -> None:
    body = _object(await asking.body())
    value: Json = {
        "metadata": _inner(body, "metadata"),
        "values": _inner(body, "values"),
        "status": body.get("status"),
        "limit": body.get("limit", 0),
        "offset": body.get("offset", 0),
    }
    limit_sight(asking.request, await asking.decide("threads", "search", value))
    body |= {"metadata": value.get("metadata"), "values": value.get("values")}


async def _hear_changes(asking: Asking) -> None:
    value: Json = {"metadata": {}, "values": {}, "status": None, "limit": 0, "offset": 0}
    limit_sight(asking.request, await asking.decide("threads", "search", value))


async def _patch_thread(asking: Asking) -> None:
    body = _object(await asking.body())
    value: Json = {"thread_id": UUID(asking.thread_id), "metadata": _inner(body, "metadata")}
    asking.require(await asking.decide("threads", "update", value), _not_found)
    body["metadata"] = value.get("metadata")


async def _update_state(asking: Asking) -> None:
    changeable = await asking.on_thread("update")
    asking.require(await asking.on_thread("read"), no_thread)
    asking.require(changeable, lambda _: Refusal(403, "Forbidden"))


async def _list_runs(asking: Asking) -> None:
    asking.require(await asking.on_thread("read"), no_thread)
    asking.require(await asking.on_thread("search", metadata={}), no_thread)


async def _run_on_thread(asking: Asking) -> None:
    allowed = await _create_run(asking, asking.thread_id, _object(await asking.body()))
    existing = asking.engine.threads.metadata(asking.thread_id)
    if existing is not None and not matches(existing, allowed):
        raise no_thread_or_assistant()


async def _run_alone(asking: Asking) -> None:
    await _create_run(asking, None, _object(await asking.body()))


async def _run_batch(asking: Asking) -> None:
    bodies = await asking.body()
    for body in bodies if isinstance(bodies, list) else [bodies]:
        await _create_run(asking, None, _object(body))


async def _create_run(asking: Asking, thread_id: str | None, body: Json) -> Filter | None:
    assistant = asking.engine.assistants.for_run(str(body.get("assistant_id")))
    _inner(_inner(body, "config"), "configurable")
    kwargs = {name: body.get(name) for name in _RUN_FIELDS}
    value: Json = {
        "thread_id": UUID(thread_id) if thread_id else None,
        "assistant_id": UUID(assistant["assistant_id"]),
        "run_id": None,
        "status": "pending",
        "metadata": _inner(body, "metadata"),
        "prevent_insert_if_inflight": body.get("multitask_strategy") == "reject",
        "multitask_strategy": body.get("multitask_strategy") or "enqueue",
        "if_not_exists": body.get("if_not_exists") or "reject",
        "after_seconds": body.get("after_seconds") or 0,
        "kwargs": {**kwargs, "temporary": thread_id is None},
    }
    allowed = await asking.decide("threads", "create_run", value)
    if assistant["metadata"].get("created_by") != "system":
        readable = await asking.decide(
            "assistants", "read", {"assistant_id": UUID(assistant["assistant_id"])}
        )
        if not matches(assistant["metadata"], readable):
            raise no_thread_or_assistant()
    body["metadata"] = value.get("metadata")
    for name in _RUN_FIELDS:
        if name in body or value["kwargs"].get(name) is not None:
            body[name] = value["kwargs"].get(name)
    return allowed


async def _cancel_runs(asking: Asking) -> None:
    body = _object(await asking.body())
    value: Json = {
        "thread_id": body.get("thread_id"),
        "action": asking.request.query_params.get("action", "interrupt"),
        "metadata": {"run_ids": body.get("run_ids"), "status": body.get("status")},
    }
    limit_sight(asking.request, await asking.decide("threads", "update", value))


async def _search_assistants(asking: Asking) -> None:
    body = _object(await asking.body())
    value: Json = {
        "graph_id": body.get("graph_id"),
        "metadata": _inner(body, "metadata"),
        "limit": body.get("limit", 0),
        "offset": body.get("offset", 0),
    }
    limit_sight(asking.request, await asking.decide("assistants", "search", value))
    body["metadata"] = value.get("metadata")


async def _create_assistant(asking: Asking) -> None:
    body = _object(await asking.body())
    assistant_id = checked_id(str(body.get("assistant_id") or new_id()), "assistant")
    value: Json = {
        "assistant_id": UUID(assistant_id),
        "graph_id": body.get("graph_id"),
        "config": _inner(body, "config"),
        "context": _inner(body, "context"),
        "metadata": _inner(body, "metadata"),
        "if_exists": body.get("if_exists") or "raise",
        "name": body.get("name"),
    }
    allowed = await asking.decide("assistants", "create", value)
    body |= {"assistant_id": assistant_id, "metadata": value.get("metadata")}
    existing = asking.engine.assistants.metadata(assistant_id)
    if existing is not None and not matches(existing, allowed):
        raise assistant_exists(assistant_id)


def _assistant(action: str) -> Rule:
    """Return the rule of a route about one assistant, which has to be among those allowed."""

    async def rule(asking: Asking) -> None:
        await _on_assistant(asking, action, {})

    return rule


async def _patch_assistant(asking: Asking) -> None:
    body = _object(await asking.body())
    fields = ("graph_id", "config", "context", "name")
    value: Json = {
        **{name: body.get(name) for name in fields},
        "metadata": _inner(body, "metadata"),
    }
    await _on_assistant(asking, "update", value)
    body["metadata"] = value.get("metadata")


async def _choose_version(asking: Asking) -> None:
    body = _object(await asking.body())
    await _on_assistant(asking, "update", {"version": body.get("version")})


async def _delete_assistant(asking: Asking) -> None:
    assistant_id = await _on_assistant(asking, "delete", {})
    if asking.request.query_params.get("delete_threads", "").lower() not in _FALSE:
        await _delete_all(asking, await asking.engine.assistants.threads(assistant_id))


async def _on_assistant(asking: Asking, action: str, value: Json) -> str:
    """Ask about the assistant that the path names; return its id."""
    assistant = asking.engine.assistants.get(asking.request.path_params["assistant_id"])
    assistant_id: str = assistant["assistant_id"]
    value["assistant_id"] = UUID(assistant_id)
    if not matches(assistant["metadata"], await asking.decide("assistants", action, value)):
        raise no_assistant(assistant_id)
    return assistant_id


async def _prune_threads(asking: Asking) -> None:
    named = _object(await asking.body()).get("thread_ids")
    ids = named if isinstance(named, list) else []
    await _delete_all(asking, [checked_id(str(thread_id)) for thread_id in ids])


async def _delete_all(asking: Asking, thread_ids: list[str]) -> None:
    """Refuse to delete any of many threads if one of them must not be deleted."""
    for thread_id in thread_ids:
        allowed = await asking.decide("threads", "delete", {"thread_id": UUID(thread_id)})
        metadata = asking.engine.threads.metadata(thread_id)
        if allowed and not matches(metadata or {}, allowed):
            raise Refusal(404, "At least one thread not found or not authorized")


async def _copy_thread(asking: Asking) -> None:
    readable = await asking.on_thread("read")
    value: Json = {"thread_id": UUID(new_id()), "metadata": {}, "if_exists": "raise"}
    await asking.decide("threads", "create", value)
    asking.require(readable, lambda thread_id: Refusal(409, no_thread(thread_id).body["detail"]))


def _item(action: str) -> Rule:
    """Return the rule of a route about one item, whose namespace the handler may change."""

    async def rule(asking: Asking) -> None:
        body = _object(await asking.body())
        shown = ("key", "value", "index") if action == "put" else ("key",)
        value: Json = {name: body.get(name) for name in shown}
        body["namespace"] = await _scoped(asking, action, body.get("namespace"), value)

    return rule


async def _get_item(asking: Asking) -> None:
    asked = asking.request.query_params
    labels = asked.get("namespace", "").split(".")
    scope_namespace(
        asking.request, tuple(await _scoped(asking, "get", labels, {"key": asked.get("key")}))
    )


async def _search_items(asking: Asking) -> None:
    body = _object(await asking.body())
    value: Json = {name: body.get(name) for name in ("filter", "limit", "offset", "query")}
    body["namespace_prefix"] = await _scoped(asking, "search", body.get("namespace_prefix"), value)
    body["filter"] = value.get("filter")


async def _list_namespaces(asking: Asking) -> None:
    body = _object(await asking.body())
    value: Json = {name: body.get(name) for name in ("suffix", "max_depth", "limit", "offset")}
    body["prefix"] = await _scoped(asking, "list_namespaces", body.get("prefix"), value)
    body["suffix"] = value.get("suffix")


async def _scoped(asking: Asking, action: str, labels: Any, value: Json) -> list[str]:
    """Ask about a namespace; return the one that the handler leaves. Raises `Refusal`."""
    value["namespace"] = tuple(_labels(labels or []))
    allowed = await asking.decide("store", action, value)
    if allowed:
        raise Refusal(
            500,
            f"The handler of store.{action} returned a filter. Items have no metadata: let it "
            "change value['namespace'], or refuse.",
        )
    return _labels(list(value["namespace"] or ()))


def _labels(given: Any) -> list[str]:
    try:
        return _NAMESPACE.validate_python(given)
    except ValidationError as error:
        raise Refusal(422, f"namespace: {error.errors()[0]['msg']}") from None


async def _everybody(asking: Asking) -> None:
    """Let everybody pass who is known."""


def _object(given: Any) -> Json:
    if not isinstance(given, dict):
        raise _not_json()
    return given


def _inner(body: Json, name: str) -> Json:
    """Return the object under a name, the very one; where there is none, an empty one is put."""
    if body.get(name) is None:
        body[name] = {}
    inner = body[name]
    if not isinstance(inner, dict):
        raise Refusal(422, f"{name}: Input should be a valid dictionary")
    return inner


def _not_json() -> Refusal:
    return Refusal(422, "Invalid JSON in request body")


def _not_found(_: str) -> Refusal:
    return Refusal(404, "Not Found")


def _stream_of_nothing(_: str) -> Refusal:
    return Refusal(404, "Thread not found")


def _nothing_to_cancel(_: str) -> Refusal:
    return Refusal(404, "No runs found to cancel.")


RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/info"): _everybody,
    ("GET", "/docs"): _everybody,
    ("POST", "/assistants"): _create_assistant,
    ("POST", "/assistants/search"): _search_assistants,
    ("POST", "/assistants/count"): _search_assistants,
    ("GET", "/assistants/{assistant_id}"): _assistant("read"),
    ("PATCH", "/assistants/{assistant_id}"): _patch_assistant,
    ("DELETE", "/assistants/{assistant_id}"): _delete_assistant,
    ("POST", "/assistants/{assistant_id}/versions"): _assistant("read"),
    ("POST", "/assistants/{assistant_id}/latest"): _choose_version,
    ("GET", "/assistants/{assistant_id}/schemas"): _assistant("read"),
    ("GET", "/assistants/{assistant_id}/graph"): _assistant("read"),
    ("GET", "/assistants/{assistant_id}/subgraphs"): _assistant("read"),
    ("GET", "/assistants/{assistant_id}/subgraphs/{namespace}"): _assistant("read"),
    ("POST", "/threads"): _create_thread,
    ("POST", "/threads/search"): _search_threads,
    ("POST", "/threads/count"): _search_threads,
    ("POST", "/threads/prune"): _prune_threads,
    ("GET", "/threads/changes"): _hear_changes,
    ("GET", "/threads/{thread_id}"): _thread("read"),
    ("PATCH", "/threads/{thread_id}"): _patch_thread,
    ("DELETE", "/threads/{thread_id}"): _thread("delete"),
    ("POST", "/threads/{thread_id}/copy"): _copy_thread,
    ("GET", "/threads/{thread_id}/state"): _thread("read"),
    ("POST", "/threads/{thread_id}/state"): _update_state,
    ("POST", "/threads/{thread_id}/state/checkpoint"): _thread("read"),
    ("GET", "/threads/{thread_id}/state/{checkpoint_id}"): _thread("read"),
    ("GET", "/threads/{thread_id}/history"): _thread("read"),
    ("POST", "/threads/{thread_id}/history"): _thread("read"),
    ("GET", "/threads/{thread_id}/runs"): _list_runs,
    ("POST", "/threads/{thread_id}/runs"): _run_on_thread,
    ("POST", "/threads/{thread_id}/runs/wait"): _run_on_thread,
    ("POST", "/threads/{thread_id}/runs/stream"): _run_on_thread,
    ("GET", "/threads/{thread_id}/runs/{run_id}"): _thread("read"),
    ("DELETE", "/threads/{thread_id}/runs/{run_id}"): _thread("delete", _not_found),
    ("GET", "/threads/{thread_id}/runs/{run_id}/join"): _thread("read", _stream_of_nothing),
    ("GET", "/threads/{thread_id}/runs/{run_id}/stream"): _thread("read", _stream_of_nothing),
    ("POST", "/threads/{thread_id}/runs/{run_id}/cancel"): _thread("update", _nothing_to_cancel),
    ("POST", "/runs"): _run_alone,
    ("POST", "/runs/wait"): _run_alone,
    ("POST", "/runs/stream"): _run_alone,
    ("POST", "/runs/batch"): _run_batch,
    ("POST", "/runs/cancel"): _cancel_runs,
    ("PUT", "/store/items"): _item("put"),
    ("GET", "/store/items"): _get_item,
    ("DELETE", "/store/items"): _item("delete"),
    ("POST", "/store/items/search"): _search_items,
    ("POST", "/store/namespaces"): _list_namespaces,
}
"""By method and path, as the router knows it."""
