"""What handlers are asked about the store: they narrow it by changing the namespace."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from hitl_server.policy.asking import Asking, Json, Rule
from hitl_server.policy.visibility import scope_namespace
from hitl_server.refusals import Refusal
from hitl_server.request_models import Namespace

_NAMESPACE: TypeAdapter[list[str]] = TypeAdapter(Namespace)


def one(action: str) -> Rule:
    """Return the rule of a route about one item, whose namespace the handler may change."""

    async def rule(asking: Asking) -> None:
        body = await asking.object()
        shown = ("key", "value", "index") if action == "put" else ("key",)
        value: Json = {name: body.get(name) for name in shown}
        body["namespace"] = await _scoped(asking, action, body.get("namespace"), value)

    return rule


async def get(asking: Asking) -> None:
    """An item is read; its namespace stands in the address."""
    asked = asking.request.query_params
    labels = asked.get("namespace", "").split(".")
    scope_namespace(
        asking.request, tuple(await _scoped(asking, "get", labels, {"key": asked.get("key")}))
    )


async def search(asking: Asking) -> None:
    """Items in and below a namespace are shown."""
    body = await asking.object()
    value: Json = {name: body.get(name) for name in ("filter", "limit", "offset", "query")}
    body["namespace_prefix"] = await _scoped(asking, "search", body.get("namespace_prefix"), value)
    body["filter"] = value.get("filter")


async def list_namespaces(asking: Asking) -> None:
    """Namespaces below a prefix are shown."""
    body = await asking.object()
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
