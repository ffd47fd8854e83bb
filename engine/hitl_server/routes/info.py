"""`/ok`, `/info` and `/docs`: whether the server runs, its capabilities, its endpoints."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response

from hitl_server.identity.callers import caller_of
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.responses import json_response
from hitl_server.server_description import description
from hitl_server.server_parts import parts_of

open_router = APIRouter()
router = APIRouter(route_class=AuthorizedRoute)

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p>Bodies and responses: <a href="openapi.json">openapi.json</a></p>
<dl>
{endpoints}
</dl>
</body>
</html>
"""
_OWN_CONTENT_ONLY = {"Content-Security-Policy": "default-src 'none'"}


@open_router.get("/ok")
async def ok() -> Response:
    """Return `{"ok": true}` while the server runs. Needs no token."""
    return json_response({"ok": True})


@router.get("/info")
async def info(request: Request) -> Response:
    """Return versions, capabilities, the database's identity, broken graphs and remarks.

    `caller` is the name of the caller, where the server knows it, or null.
    `graphs_coming` names the graphs that are still being imported: until it is empty, the server
    answers lists, and all other requests wait.
    """
    parts, state = parts_of(request), request.app.state
    graphs = parts.graphs
    return json_response(
        {
            **description(parts.database.identity, state.flags, state.remarks),
            "caller": caller_of(request).name,
            "nodes": graphs.nodes,
            "graphs_broken": [failure.to_json() for failure in graphs.broken.values()],
            "graphs_changed": [
                {"graph_id": name, "what": what} for name, what in graphs.code_changes().items()
            ],
        }
    )


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """List the endpoints: the OpenAPI document for people, without content from other servers."""
    document = request.app.openapi()
    endpoints = [
        _listed(method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    page = _PAGE.format(title=escape(document["info"]["title"]), endpoints="\n".join(endpoints))
    return Response(page, headers=_OWN_CONTENT_ONLY, media_type="text/html")


def _listed(method: str, path: str, operation: dict[str, Any]) -> str:
    description = escape(operation.get("description", ""))
    return f"<dt><code>{method.upper()} {escape(path)}</code></dt>\n<dd>{description}</dd>"
