"""What the handlers are asked about the store: they restrict it by changing the namespace."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from hitl_server.json_types import JsonObject
from hitl_server.policy.authorization import Authorization
from hitl_server.policy.authorization_request import AuthorizationRequest, Rule
from hitl_server.refusals import Refusal
from hitl_server.request_models import Namespace

_NAMESPACE: TypeAdapter[list[str]] = TypeAdapter(Namespace)


def about_one(action: str) -> Rule:
    """Return the rule of a route about one item, whose namespace the handler may change."""

    async def rule(request: AuthorizationRequest) -> Authorization:
        body = request.json_object
        shown = ("key", "value", "index") if action == "put" else ("key",)
        value: JsonObject = {name: body.get(name) for name in shown}
        namespace = await _ask_about_namespace(request, action, body.get("namespace"), value)
        return Authorization(body={**body, "namespace": namespace})

    return rule


async def get(request: AuthorizationRequest) -> Authorization:
    """Ask before an item is read; its namespace is in the URL."""
    query = request.query_params
    labels = query.get("namespace", "").split(".")
    namespace = await _ask_about_namespace(request, "get", labels, {"key": query.get("key")})
    return Authorization(namespace=tuple(namespace))


async def search(request: AuthorizationRequest) -> Authorization:
    """Ask before the items in and below a namespace are listed."""
    body = request.json_object
    value: JsonObject = {name: body.get(name) for name in ("filter", "limit", "offset", "query")}
    prefix = await _ask_about_namespace(request, "search", body.get("namespace_prefix"), value)
    return Authorization(body={**body, "namespace_prefix": prefix, "filter": value.get("filter")})


async def list_namespaces(request: AuthorizationRequest) -> Authorization:
    """Ask before the namespaces below a prefix are listed."""
    body = request.json_object
    value: JsonObject = {
        name: body.get(name) for name in ("suffix", "max_depth", "limit", "offset")
    }
    prefix = await _ask_about_namespace(request, "list_namespaces", body.get("prefix"), value)
    return Authorization(body={**body, "prefix": prefix, "suffix": value.get("suffix")})


async def _ask_about_namespace(
    request: AuthorizationRequest, action: str, labels: Any, value: JsonObject
) -> list[str]:
    """Ask about a namespace; return the one that the handler leaves. Raises `Refusal`."""
    value["namespace"] = tuple(_labels(labels or []))
    if await request.ask("store", action, value):
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
