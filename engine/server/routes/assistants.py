"""`/assistants`: the graphs, their schemas and their drawings."""

from typing import Any

from fastapi import APIRouter, Request, Response

from engine.server.models import AssistantSearch
from engine.server.refusals import Refusal
from engine.server.routes.answers import answer, engine_of, page_headers
from engine.server.schemas import schemas_of

router = APIRouter(prefix="/assistants")


@router.post("/search")
async def search(request: Request, body: AssistantSearch) -> Response:
    """List assistants."""
    found = _found(request, body)
    page = found[body.offset : body.offset + body.limit]
    if body.select:
        page = [{key: row[key] for key in row if key in body.select} for row in page]
    more = len(found) > body.offset + len(page)
    return answer(page, headers=page_headers(body.offset, len(page), more))


@router.post("/count")
async def count(request: Request, body: AssistantSearch) -> Response:
    """Count assistants."""
    return answer(len(_found(request, body)))


@router.get("/{assistant_id}")
async def get(request: Request, assistant_id: str) -> Response:
    """Return one assistant, by id or by the name of its graph."""
    return answer(engine_of(request).assistants.get(assistant_id))


@router.get("/{assistant_id}/schemas")
async def schemas(request: Request, assistant_id: str) -> Response:
    """Return the JSON Schemas of input, output, state, config and context; null where none."""
    engine = engine_of(request)
    assistant = engine.assistants.get(assistant_id)
    async with engine.graphs.open(
        assistant["graph_id"], {"configurable": {}}, "assistants.read"
    ) as graph:
        return answer({"graph_id": assistant["graph_id"], **schemas_of(graph)})


@router.get("/{assistant_id}/graph")
async def drawing(request: Request, assistant_id: str, xray: str = "false") -> Response:
    """Return `{"nodes", "edges"}`; nodes with compile-time breakpoints say so in their metadata."""
    engine = engine_of(request)
    assistant = engine.assistants.get(assistant_id)
    depth = _depth(xray)
    async with engine.graphs.open(
        assistant["graph_id"], {"configurable": {}}, "assistants.read"
    ) as graph:
        drawn = (await graph.aget_graph(xray=depth)).to_json()
    for node in drawn.get("nodes", []):
        if isinstance(node.get("data"), dict):
            node["data"].pop("id", None)
    return answer(drawn)


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
