"""`/store`: items by namespace and key, which are not part of a thread."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Query, Request, Response
from langgraph.store.base import NOT_PROVIDED, BaseStore, Item
from pydantic import TypeAdapter, ValidationError

from hitl_server.policy.authorization import authorization_of
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.refusals import Refusal
from hitl_server.request_models import (
    ItemDelete,
    ItemKey,
    ItemPut,
    ItemSearch,
    Namespace,
    NamespaceSearch,
)
from hitl_server.response_models import REFUSALS, Found, Namespaces, ok_response
from hitl_server.response_models import Item as ItemShape
from hitl_server.responses import json_response
from hitl_server.server_parts import parts_of

router = APIRouter(prefix="/store", responses=REFUSALS, route_class=AuthorizedRoute)

_NAMESPACE = TypeAdapter(Namespace)


@router.put("/items", status_code=204)
async def put(request: Request, body: ItemPut) -> Response:
    """Store an item; an existing one under this key is replaced."""
    ttl = body.ttl if "ttl" in body.model_fields_set else NOT_PROVIDED
    await _items(request).aput(tuple(body.namespace), body.key, body.value, ttl=ttl)
    return Response(status_code=204)


@router.get("/items", responses=ok_response(ItemShape | None))
async def get(
    request: Request,
    key: ItemKey,
    namespace: str = Query(description="Labels, joined by dots."),
    refresh_ttl: bool | None = None,
) -> Response:
    """Return an item, or null if there is none."""
    scoped = authorization_of(request).namespace
    labels = _labels(namespace) if scoped is None else scoped
    item = await _items(request).aget(labels, key, refresh_ttl=refresh_ttl)
    return json_response(item and _item_json(item))


@router.delete("/items", status_code=204)
async def delete(request: Request, body: ItemDelete) -> Response:
    """Delete an item, if it exists."""
    await _items(request).adelete(tuple(body.namespace), body.key)
    return Response(status_code=204)


@router.post("/items/search", responses=ok_response(Found))
async def search(request: Request, body: ItemSearch) -> Response:
    """Return one page of the items in and below a namespace, last updated first."""
    found = await _items(request).asearch(
        tuple(body.namespace_prefix or ()),
        filter=body.filter,
        limit=body.limit,
        offset=body.offset,
        refresh_ttl=body.refresh_ttl,
    )
    return json_response({"items": [_item_json(item) for item in found]})


@router.post("/namespaces", responses=ok_response(Namespaces))
async def namespaces(request: Request, body: NamespaceSearch) -> Response:
    """Return one page of the namespaces that have items."""
    found = await _items(request).alist_namespaces(
        prefix=tuple(body.prefix) if body.prefix else None,
        suffix=tuple(body.suffix) if body.suffix else None,
        max_depth=body.max_depth,
        limit=body.limit,
        offset=body.offset,
    )
    return json_response({"namespaces": found})


def _items(request: Request) -> BaseStore:
    return parts_of(request).store.items


def _labels(namespace: str) -> tuple[str, ...]:
    try:
        return tuple(_NAMESPACE.validate_python(namespace.split(".")))
    except ValidationError as error:
        raise Refusal(422, f"namespace: {error.errors()[0]['msg']}") from None


def _item_json(item: Item) -> dict[str, Any]:
    """Return an item as JSON, with its times in UTC; SQLite's have no zone, and are in UTC."""
    times = {"created_at": _utc(item.created_at), "updated_at": _utc(item.updated_at)}
    return {**item.dict(), **times}


def _utc(time: datetime) -> str:
    return (time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)).isoformat()
