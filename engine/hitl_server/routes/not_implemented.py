"""Endpoints of langgraph-api that this server does not have: status 501 with an explanation."""

from fastapi import APIRouter, Request, Response

from hitl_server.responses import json_response

router = APIRouter(include_in_schema=False)

_CRONS = "This server has no crons. Start runs yourself."
_A2A = "This server has no A2A endpoint."
_MCP = "This server has no MCP endpoint."
_METRICS = "This server has no metrics."
_STORAGE = "This server does not report sizes of checkpoints. See the data folder."

NOT_IMPLEMENTED = (
    ("POST", "/runs/crons", _CRONS),
    ("POST", "/runs/crons/search", _CRONS),
    ("POST", "/runs/crons/count", _CRONS),
    ("GET", "/runs/crons/{cron_id}", _CRONS),
    ("PATCH", "/runs/crons/{cron_id}", _CRONS),
    ("DELETE", "/runs/crons/{cron_id}", _CRONS),
    ("POST", "/threads/{thread_id}/runs/crons", _CRONS),
    ("POST", "/a2a/{assistant_id}", _A2A),
    ("POST", "/mcp/", _MCP),
    ("GET", "/mcp/", _MCP),
    ("DELETE", "/mcp/", _MCP),
    ("GET", "/metrics", _METRICS),
    ("GET", "/threads/{thread_id}/storage", _STORAGE),
)
"""Methods and paths of langgraph-api 0.16.7, each with the explanation in the response."""


def _add_refusal(method: str, path: str, sentence: str) -> None:
    async def endpoint(request: Request) -> Response:
        return json_response({"detail": sentence}, 501)

    router.add_api_route(path, endpoint, methods=[method])


for _method, _path, _sentence in NOT_IMPLEMENTED:
    _add_refusal(_method, _path, _sentence)
