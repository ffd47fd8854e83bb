"""`/assistants`: graphs with their settings for runs, versions, schemas and drawings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from fastapi import APIRouter, Request, Response
from langchain_core.runnables import RunnableConfig

from hitl_server.configurable_headers import configurable_headers
from hitl_server.identity.callers import caller_of
from hitl_server.ids import new_id
from hitl_server.policy.authorization import authorization_of
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.project.graph_schemas import reducers_of, schemas_of
from hitl_server.project.graphs import Graph
from hitl_server.refusals import Refusal, assistant_exists, checked_id, checked_select
from hitl_server.request_models import (
    AssistantCount,
    AssistantCreate,
    AssistantPatch,
    AssistantSearch,
    VersionChoice,
    VersionSearch,
)
from hitl_server.response_models import (
    REFUSALS,
    Assistant,
    AssistantVersion,
    Drawing,
    Schemas,
    ok_response,
)
from hitl_server.responses import json_response, page_headers
from hitl_server.server_parts import parts_of
from hitl_server.tables.assistant_table import FIELDS

router = APIRouter(prefix="/assistants", responses=REFUSALS, route_class=AuthorizedRoute)


@router.post("", responses=ok_response(Assistant))
async def create(request: Request, body: AssistantCreate) -> Response:
    """Create an assistant of a graph; only one request can create it with the same id."""
    assistants = parts_of(request).assistants
    assistant_id = str(body.assistant_id or new_id())
    made = await assistants.create(assistant_id, body)
    if made is None and body.if_exists == "do_nothing":
        made = assistants.get(assistant_id)
    if made is None:
        raise assistant_exists(assistant_id)
    return json_response(made)


@router.post("/search", responses=ok_response(list[Assistant]))
async def search(request: Request, body: AssistantSearch) -> Response:
    """Return one page of assistants, newest first."""
    checked_select(body.select, FIELDS)
    page, more = await parts_of(request).assistants.search(body, authorization_of(request).visible)
    headers = page_headers(body.offset, len(page), more)
    if body.select:
        page = [{field: row[field] for field in row if field in body.select} for row in page]
    return json_response(page, headers=headers)


@router.post("/count", responses=ok_response(int))
async def count(request: Request, body: AssistantCount) -> Response:
    """Return how many assistants there are, a bare number."""
    return json_response(
        await parts_of(request).assistants.count(body, authorization_of(request).visible)
    )


@router.get("/{assistant_id}", responses=ok_response(Assistant))
async def get(request: Request, assistant_id: str) -> Response:
    """Return one assistant, by id or by the name of its graph."""
    return json_response(parts_of(request).assistants.get(assistant_id))


@router.patch("/{assistant_id}", responses=ok_response(Assistant))
async def patch(request: Request, assistant_id: str, body: AssistantPatch) -> Response:
    """Create a new version of an assistant, which becomes the latest."""
    assistant_id = checked_id(assistant_id, "assistant")
    return json_response(await parts_of(request).assistants.patch(assistant_id, body))


@router.delete("/{assistant_id}", status_code=204)
async def delete(request: Request, assistant_id: str, delete_threads: bool = False) -> Response:
    """Cancel the runs of an assistant and delete it, with its threads if `delete_threads`."""
    assistant_id = checked_id(assistant_id, "assistant")
    await parts_of(request).delete_assistant(assistant_id, with_threads=delete_threads)
    return Response(status_code=204)


@router.post("/{assistant_id}/versions", responses=ok_response(list[AssistantVersion]))
async def versions(request: Request, assistant_id: str, body: VersionSearch) -> Response:
    """Return one page of an assistant's versions, newest first."""
    assistant_id = checked_id(assistant_id, "assistant")
    return json_response(await parts_of(request).assistants.versions(assistant_id, body))


@router.post("/{assistant_id}/latest", responses=ok_response(Assistant))
async def set_latest(request: Request, assistant_id: str, body: VersionChoice) -> Response:
    """Make another version the latest again."""
    assistant_id = checked_id(assistant_id, "assistant")
    return json_response(await parts_of(request).assistants.set_latest(assistant_id, body.version))


@router.get("/{assistant_id}/schemas", responses=ok_response(Schemas))
async def schemas(request: Request, assistant_id: str) -> Response:
    """Return the JSON Schemas of input, output, state, config and context, or null; and reducers."""
    async with _open_graph(request, assistant_id) as (graph_id, graph):
        return json_response({"graph_id": graph_id, **_schemas(graph)})


@router.get("/{assistant_id}/graph", responses=ok_response(Drawing))
async def drawing(request: Request, assistant_id: str, xray: str = "false") -> Response:
    """Return `{"nodes", "edges"}`; compile-time breakpoints are in the metadata of nodes.

    `xray` is true, false, or the number of levels of subgraphs to draw.
    """
    depth = _depth(xray)
    async with _open_graph(request, assistant_id) as (_, graph):
        drawn = (await graph.aget_graph(xray=depth)).to_json()
    for node in drawn.get("nodes", []):
        if isinstance(node.get("data"), dict):
            node["data"].pop("id", None)
    return json_response(drawn)


@router.get("/{assistant_id}/subgraphs", responses=ok_response(dict[str, Any]))
async def subgraphs(request: Request, assistant_id: str, recurse: bool = False) -> Response:
    """Return the schemas of a graph's subgraphs by namespace; of all levels if `recurse`."""
    return await _subgraphs(request, assistant_id, None, recurse)


@router.get("/{assistant_id}/subgraphs/{namespace}", responses=ok_response(dict[str, Any]))
async def subgraphs_of(
    request: Request, assistant_id: str, namespace: str, recurse: bool = False
) -> Response:
    """Return the schemas of the subgraphs at a namespace (`node` or `node|inner`)."""
    return await _subgraphs(request, assistant_id, namespace, recurse)


async def _subgraphs(
    request: Request, assistant_id: str, namespace: str | None, recurse: bool
) -> Response:
    async with _open_graph(request, assistant_id) as (_, graph):
        found = graph.aget_subgraphs(namespace=namespace, recurse=recurse)
        return json_response({name: _schemas(cast(Graph, inside)) async for name, inside in found})


def _schemas(graph: Graph) -> dict[str, Any]:
    return {**schemas_of(graph), "reducers": reducers_of(graph)}


@asynccontextmanager
async def _open_graph(request: Request, assistant_id: str) -> AsyncIterator[tuple[str, Graph]]:
    """Yield an assistant's graph id and graph; a graph factory gets the assistant's config."""
    parts = parts_of(request)
    assistant = parts.assistants.get(assistant_id)
    caller = caller_of(request)
    given = assistant["config"].get("configurable") or {}
    configurable = caller.with_identity({**given, **configurable_headers(request)})
    config = {**assistant["config"], "configurable": {**configurable, **caller.configurable}}
    async with parts.graphs.open(
        assistant["graph_id"], cast(RunnableConfig, config), "assistants.read"
    ) as graph:
        yield assistant["graph_id"], graph


def _depth(xray: str) -> int | bool:
    if xray.lower() in ("true", "false"):
        return xray.lower() == "true"
    if xray.isdecimal() and len(xray) < 10 and int(xray) > 0:
        return int(xray)
    raise Refusal(422, "Invalid xray value")
