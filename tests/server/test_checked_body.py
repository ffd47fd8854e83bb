"""Routes read only the body that the project's handlers have seen and changed."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from langgraph_sdk import Auth

from hitl_server import routes
from hitl_server.app import build_app
from hitl_server.identity.access import Access
from hitl_server.identity.callers import Caller, User
from hitl_server.identity.project_auth import ProjectAuth
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.policy.rules import RULES
from hitl_server.project.http_settings import HttpSettings
from hitl_server.refusals import Refusal
from hitl_server.responses import json_response
from hitl_server.routes import (
    assistants,
    changes,
    info,
    runs,
    stateless_runs,
    store,
    threads,
)

ASSISTANT = {"assistant_id": str(uuid4()), "metadata": {"created_by": "system"}}
THREAD_ID = str(uuid4())
RUN = {"assistant_id": "asks", "input": {"sent": 1}, "metadata": {"sent": 1}}
RUN_CHANGED = {
    "input": "changed",
    "metadata": {"sent": 1, "changed": True},
    "config": {"configurable": {"changed": True}},
}
METADATA = {"metadata": {"sent": 1}}
METADATA_CHANGED = {"metadata": {"sent": 1, "changed": True}}

BODIES: dict[tuple[str, str], tuple[Any, Any]] = {
    ("POST", "/assistants"): ({"graph_id": "asks", **METADATA}, METADATA_CHANGED),
    ("POST", "/assistants/search"): (METADATA, METADATA_CHANGED),
    ("POST", "/assistants/count"): (METADATA, METADATA_CHANGED),
    ("PATCH", "/assistants/{assistant_id}"): (METADATA, METADATA_CHANGED),
    ("POST", "/assistants/{assistant_id}/versions"): (METADATA, METADATA),
    ("POST", "/assistants/{assistant_id}/latest"): ({"version": 1}, {"version": 1}),
    ("POST", "/threads"): (METADATA, METADATA_CHANGED),
    ("POST", "/threads/search"): (METADATA, {**METADATA_CHANGED, "values": {"changed": True}}),
    ("POST", "/threads/count"): (METADATA, {**METADATA_CHANGED, "values": {"changed": True}}),
    ("POST", "/threads/prune"): ({"thread_ids": [THREAD_ID]}, {"thread_ids": [THREAD_ID]}),
    ("PATCH", "/threads/{thread_id}"): (METADATA, METADATA_CHANGED),
    ("POST", "/threads/{thread_id}/state"): ({"values": {}}, {"values": {}}),
    ("POST", "/threads/{thread_id}/state/checkpoint"): ({"checkpoint": {}}, {"checkpoint": {}}),
    ("POST", "/threads/{thread_id}/history"): ({"limit": 2}, {"limit": 2}),
    ("POST", "/threads/{thread_id}/runs"): (RUN, RUN_CHANGED),
    ("POST", "/threads/{thread_id}/runs/wait"): (RUN, RUN_CHANGED),
    ("POST", "/threads/{thread_id}/runs/stream"): (RUN, RUN_CHANGED),
    ("POST", "/runs"): (RUN, RUN_CHANGED),
    ("POST", "/runs/wait"): (RUN, RUN_CHANGED),
    ("POST", "/runs/stream"): (RUN, RUN_CHANGED),
    ("POST", "/runs/batch"): ([RUN, RUN], [RUN_CHANGED, RUN_CHANGED]),
    ("POST", "/runs/cancel"): ({"run_ids": []}, {"run_ids": [THREAD_ID]}),
    ("PUT", "/store/items"): (
        {"namespace": ["sent"], "key": "one", "value": {}},
        {"namespace": ["changed", "sent"], "key": "one", "value": {"changed": True}},
    ),
    ("DELETE", "/store/items"): (
        {"namespace": ["sent"], "key": "one"},
        {"namespace": ["changed", "sent"], "key": "one"},
    ),
    ("POST", "/store/items/search"): (
        {"namespace_prefix": ["sent"]},
        {"namespace_prefix": ["changed", "sent"], "filter": {"changed": True}},
    ),
    ("POST", "/store/namespaces"): (
        {"prefix": ["sent"]},
        {"prefix": ["changed", "sent"], "suffix": ["changed"]},
    ),
}
"""What a client sends to each route with a body, and what the route must find in it.

Where both are equal, the handlers do not get the body, as with langgraph-api.
"""


async def change(ctx: Any, value: Any) -> None:
    """Change what a handler gets, by setting values and in place."""
    if isinstance(value.get("metadata"), dict):
        value["metadata"]["changed"] = True
        if value["metadata"].get("run_ids") == []:
            value["metadata"]["run_ids"].append(THREAD_ID)
    if "kwargs" in value:
        value["kwargs"]["input"] = "changed"
        value["kwargs"]["config"]["configurable"]["changed"] = True
    if "values" in value:
        value["values"] = {"changed": True}
    if isinstance(value.get("value"), dict):
        value["value"]["changed"] = True
    if ctx.resource == "store":
        value["namespace"] = ("changed", *value["namespace"])
        for name, new in (("filter", {"changed": True}), ("suffix", ["changed"])):
            if name in value:
                value[name] = new


def routes_with_body() -> dict[tuple[str, str], APIRoute]:
    return {
        (method, route.path): route
        for module in (
            assistants,
            runs,
            stateless_runs,
            store,
            threads,
            changes,
            info,
        )
        for route in module.router.routes
        if isinstance(route, APIRoute) and route.body_field is not None
        for method in route.methods or ()
    }


def reading(model: Any) -> Any:
    """Return an endpoint that reads its body in both ways: as the model, and from the request."""

    async def endpoint(request: Request, body: Any) -> Response:
        bodies = body if isinstance(body, list) else [body]
        models = [one.model_dump(mode="json") for one in bodies]
        model = models if isinstance(body, list) else models[0]
        return json_response({"model": model, "request": await request.json()})

    endpoint.__annotations__["body"] = model
    return endpoint


def served(router: APIRouter, *, owner: bool = False) -> httpx.AsyncClient:
    """Return a client of an application with these routes, for a caller that handlers know."""
    auth = Auth()

    @auth.authenticate
    async def authenticate() -> str:
        return "ada"

    auth.on(change)
    app = FastAPI()
    app.include_router(router)
    app.state.auth = ProjectAuth(auth)
    app.state.http = HttpSettings()
    app.state.parts = SimpleNamespace(
        threads=SimpleNamespace(metadata=lambda thread_id: None),
        assistants=SimpleNamespace(
            get=lambda name: ASSISTANT,
            for_run=lambda name: ASSISTANT,
            metadata=lambda assistant_id: None,
        ),
    )

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return json_response(error.body, error.status)

    app.add_exception_handler(Refusal, refused)

    async def with_caller(scope: Any, receive: Any, send: Any) -> None:
        scope["caller"] = Caller(User("ada"), is_owner=owner)
        await app(scope, receive, send)

    transport = httpx.ASGITransport(with_caller)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


def covered(found: Any, expected: Any) -> Any:
    """Return of `found` only what `expected` has keys for, at every level."""
    if isinstance(expected, dict):
        return {key: covered(found[key], expected[key]) for key in expected}
    if isinstance(expected, list) and isinstance(found, list):
        assert len(found) == len(expected)
        return [covered(one, other) for one, other in zip(found, expected, strict=True)]
    return found


def test_every_route_with_a_body_is_listed_here() -> None:
    assert routes_with_body().keys() == BODIES.keys()
    assert BODIES.keys() <= RULES.keys()


@pytest.mark.parametrize(("method", "path"), BODIES)
async def test_a_route_reads_the_body_that_the_handler_left(method: str, path: str) -> None:
    field = routes_with_body()[method, path].body_field
    assert field is not None
    router = APIRouter(route_class=AuthorizedRoute)
    model = field.field_info.annotation
    router.add_api_route(path, reading(model), methods=[method])
    sent, expected = BODIES[method, path]
    place = path.format(assistant_id=ASSISTANT["assistant_id"], thread_id=THREAD_ID)
    async with served(router) as http:
        found = (await http.request(method, place, json=sent)).json()
    for body in (found["model"], found["request"]):
        assert covered(body, expected) == expected


@pytest.mark.parametrize(
    "text",
    ['{"metadata": {"a": NaN}}', '{"metadata": {"a": "\\ud800", "b": 36893488147419103232}}'],
)
async def test_the_checked_body_loses_no_values(text: str) -> None:
    """Values that many JSON libraries cannot write reach the route as the client sent them."""
    seen: list[Any] = []

    async def endpoint(request: Request, body: dict[str, Any]) -> Response:
        seen.append(await request.json())
        return json_response({})

    router = APIRouter(route_class=AuthorizedRoute)
    router.add_api_route("/threads/{thread_id}", endpoint, methods=["PATCH"])
    for owner in (True, False):
        async with served(router, owner=owner) as http:
            await http.patch(f"/threads/{THREAD_ID}", content=text)
    sent, checked = seen
    assert checked["metadata"].pop("changed") is True
    assert repr(checked) == repr(sent)


def test_an_application_refuses_routes_without_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    router = APIRouter()
    router.add_api_route("/threads", lambda: None)
    monkeypatch.setattr(threads, "router", router)
    parts: Any = SimpleNamespace()
    with pytest.raises(TypeError, match="runs without authorization"):
        build_app(
            parts,
            Access(None, None, is_configured=False, is_required=False),
            HttpSettings(),
            None,
            (),
        )


def _calls() -> Iterator[tuple[Path, ast.Attribute]]:
    for path in sorted(Path(str(routes.__file__)).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield path, node


def test_no_route_module_reads_the_body() -> None:
    """Endpoints take it as a model: what they read is validated as well as checked."""
    readers = {"body", "json", "stream", "form", "receive", "scope"}
    for path, node in _calls():
        assert isinstance(node.value, ast.Name)
        if node.value.id == "request":
            assert node.attr not in readers, f"{path.name}:{node.lineno}"
