"""`/ok`, `/info` and `/docs`: whether the server runs, its capabilities, its endpoints."""

from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter, Request, Response

from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.project.graphs import Graphs
from hitl_server.responses import json_response
from hitl_server.server_parts import parts_of

open_router = APIRouter()
router = APIRouter(route_class=AuthorizedRoute)

LANGGRAPH_FLAGS = {"assistants": True, "crons": False, "langsmith": False}
OWN_FLAGS = {
    "strict_resume": True,
    "refuses_late_answers": True,
    "preconditions": True,
    "state_preconditions": True,
    "exact_preconditions": True,
    "stream_thread": True,
    "stream_printed": True,
    "idempotency_key": True,
    "changes": True,
    "derived_status": True,
    "last_run": True,
    "pause": True,
    "reducers": True,
}
"""`strict_resume`: all ids of a resume map must be pending. `refuses_late_answers`: an answer at an
older checkpoint, or where nothing is pending, is refused. `preconditions`: a run may contain the
state that it was decided on, and with `state_preconditions` also a change of the state;
`exact_preconditions`: this state may contain the digests of payloads and the newest run, so that a
client need not read the thread again before it sends. `stream_thread`: the stream of a run may end
with the row of its thread, so that a client need not read that either. `stream_printed`: it may have
what nodes printed. `idempotency_key`: the same
request sent again starts no second run. `changes`: `/threads/changes` streams which threads change.
`derived_status`: thread rows follow the state, and have `next`, `tasks`, `breakpoint` and the
checkpoint in addition to langgraph-api. `last_run`: `GET /threads/{id}` includes the thread's newest
run. `reducers`: the schemas of an assistant tell how each key of the state takes a write. `pause`:
`POST …/runs/{run_id}/pause` stops a run before its next step."""
OF_OUR_CHECKPOINTS = {
    *("refuses_late_answers", "preconditions", "state_preconditions", "exact_preconditions"),
    "derived_status",
}
"""What depends on rows that always equal the checkpoints: other programs can write into a
checkpointer of the project."""


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
    """Return versions, capabilities, the database's identity, broken graphs and remarks."""
    parts = parts_of(request)
    return json_response(
        {
            "version": installed("hitl-tui"),
            "langgraph_py_version": installed("langgraph"),
            "flags": request.app.state.flags,
            "identity": parts.database.identity,
            "nodes": parts.graphs.nodes,
            "graphs_broken": [failure.to_json() for failure in parts.graphs.broken.values()],
            "graphs_changed": _changed(parts.graphs),
            "remarks": list(request.app.state.remarks),
        }
    )


def _changed(graphs: Graphs) -> list[dict[str, str]]:
    return [{"graph_id": name, "what": what} for name, what in graphs.code_changes().items()]


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


def installed(distribution: str) -> str:
    """Return the version of an installed distribution; 0 if it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "0"
