"""`/ok`, `/info`, `/docs`: whether the server is there, what it is, and what it can be asked."""

from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter, Request, Response

from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.responses import json_response
from hitl_server.server_parts import parts_of

open_router = APIRouter()
router = APIRouter(route_class=AuthorizedRoute)

FLAGS = {
    "assistants": True,
    "crons": False,
    "langsmith": False,
    "strict_resume": True,
    "preconditions": True,
    "idempotency_key": True,
    "changes": True,
    "derived_status": True,
    "last_run": True,
}
"""`strict_resume`: every resume map is matched exactly. `preconditions`: a run may carry what it was
decided on. `idempotency_key`: the same request sent again is the same run. `changes`: `/threads/changes` tells
which threads change. `derived_status`: thread rows follow the
state, with `next`, `tasks`, `breakpoint` and the checkpoint beside the reference's fields.
`last_run`: `GET /threads/{id}` brings the thread's newest run."""


_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p>Bodies and answers: <a href="openapi.json">openapi.json</a></p>
<dl>
{asked}
</dl>
</body>
</html>
"""
_NOTHING_FOREIGN = {"Content-Security-Policy": "default-src 'none'"}


@open_router.get("/ok")
async def ok() -> Response:
    """Answer that the server runs; needs no token."""
    return json_response({"ok": True})


@router.get("/info")
async def info(request: Request) -> Response:
    """Return versions, capabilities, the database's identity and the graphs that are broken."""
    parts = parts_of(request)
    return json_response(
        {
            "version": installed("hitl-tui"),
            "langgraph_py_version": installed("langgraph"),
            "flags": FLAGS,
            "identity": parts.database.identity,
            "graphs_broken": [breakage.to_json() for breakage in parts.graphs.broken.values()],
        }
    )


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """List what the server can be asked: its OpenAPI document, for people, from nowhere else."""
    document = request.app.openapi()
    asked = [
        _listed(method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    page = _PAGE.format(title=escape(document["info"]["title"]), asked="\n".join(asked))
    return Response(page, headers=_NOTHING_FOREIGN, media_type="text/html")


def _listed(method: str, path: str, operation: dict[str, Any]) -> str:
    told = escape(operation.get("description", ""))
    return f"<dt><code>{method.upper()} {escape(path)}</code></dt>\n<dd>{told}</dd>"


def installed(distribution: str) -> str:
    """Return the version of an installed distribution; 0 where it runs from a bare checkout."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "0"
