"""What a LangGraph server has and this one leaves out: 501, and a sentence."""

from fastapi import APIRouter, Request, Response

from hitl_server.responses import json_response

router = APIRouter(include_in_schema=False)

_CRONS = "Crons are left out of this server: start runs yourself."
_A2A = "A2A is left out of this server."
_MCP = "MCP is left out of this server."
_METRICS = "Metrics are left out of this server."
_STORAGE = "Sizes of checkpoints are left out of this server: see the data folder."
_THREAD_STREAM = "Streams of a whole thread are left out: follow its runs, or /threads/changes."
_COMMANDS = "The event protocol is left out of this server: use /threads/{thread_id}/runs/stream."

ABSENT = (
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
    ("GET", "/threads/{thread_id}/stream", _THREAD_STREAM),
    ("POST", "/threads/{thread_id}/stream/events", _COMMANDS),
    ("POST", "/threads/{thread_id}/commands", _COMMANDS),
)
"""Methods and paths of langgraph-api 0.16.7, each with the sentence it is answered with."""


def _leave_out(method: str, path: str, sentence: str) -> None:
    async def endpoint(request: Request) -> Response:
        return json_response({"detail": sentence}, 501)

    router.add_api_route(path, endpoint, methods=[method])


for _method, _path, _sentence in ABSENT:
    _leave_out(_method, _path, _sentence)
