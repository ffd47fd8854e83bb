"""`/assistants`: the graphs, their schemas and their drawings."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.server.models import AssistantSearch
from engine.server.refusals import Refusal
from engine.server.routes.answers import answer, body_of, engine_of, page_headers
from engine.server.schemas import schemas_of


async def search(request: Request) -> Response:
    """List assistants."""
    body = await body_of(request, AssistantSearch)
    found = _found(request, body)
    page = found[body.offset : body.offset + body.limit]
    if body.select:
        page = [{key: row[key] for key in row if key in body.select} for row in page]
    more = len(found) > body.offset + len(page)
    return answer(page, headers=page_headers(body.offset, len(page), more))


async def count(request: Request) -> Response:
    """Count assistants."""
    return answer(len(_found(request, await body_of(request, AssistantSearch))))


async def get(request: Request) -> Response:
    """Return one assistant, by id or by the name of its graph."""
    return answer(_assistant(request))


async def schemas(request: Request) -> Response:
    """Return the JSON Schemas of input, output, state, config and context; null where none."""
    assistant = _assistant(request)
    async with engine_of(request).graphs.open(assistant["graph_id"], {"configurable": {}}) as graph:
        return answer({"graph_id": assistant["graph_id"], **schemas_of(graph)})


async def drawing(request: Request) -> Response:
    """Return `{"nodes", "edges"}`; nodes with compile-time breakpoints say so in their metadata."""
    assistant = _assistant(request)
    depth = _depth(request.query_params.get("xray", "false"))
    async with engine_of(request).graphs.open(assistant["graph_id"], {"configurable": {}}) as graph:
        drawn = (await graph.aget_graph(xray=depth)).to_json()
    for node in drawn.get("nodes", []):
        if isinstance(node.get("data"), dict):
            node["data"].pop("id", None)
    return answer(drawn)


def _assistant(request: Request) -> dict[str, Any]:
    return engine_of(request).assistants.get(request.path_params["assistant_id"])


def _found(request: Request, body: AssistantSearch) -> list[dict[str, Any]]:
    wanted = (body.metadata or {}).items()
    return [
        row
        for row in engine_of(request).assistants.rows
        if body.graph_id in (None, row["graph_id"])
        and (body.name or "").casefold() in row["name"].casefold()
        and wanted <= row["metadata"].items()
    ]


def _depth(xray: str) -> int | bool:
    if xray.lower() in ("true", "false"):
        return xray.lower() == "true"
    if xray.isdecimal() and int(xray) > 0:
        return int(xray)
    raise Refusal(422, "Invalid xray value")


ROUTES = (
    Route("/assistants/search", search, methods=["POST"]),
    Route("/assistants/count", count, methods=["POST"]),
    Route("/assistants/{assistant_id}", get),
    Route("/assistants/{assistant_id}/schemas", schemas),
    Route("/assistants/{assistant_id}/graph", drawing),
)
