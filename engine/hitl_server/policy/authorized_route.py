"""The route class of this server: the rule of a route runs before FastAPI reads the request.

FastAPI and the endpoint get a request whose body is the checked one: what the client sent, with
the changes of the project's handlers. No endpoint can read the body in any other form.
"""

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import Message

from hitl_server.idempotency import request_digest
from hitl_server.identity.callers import caller_of
from hitl_server.json_encoding import dumps
from hitl_server.policy.authorization import Authorization
from hitl_server.policy.authorization_request import AuthorizationRequest
from hitl_server.policy.rules import RULES
from hitl_server.project_code import calling_project
from hitl_server.refusals import Refusal, invalid_json, unreadable_body
from hitl_server.server_parts import parts_of


class AuthorizedRoute(APIRoute):
    """A route that runs its rule first. For everyone but the owner, no rule means no access."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the route behind its rule (FastAPI: "Custom APIRoute class")."""
        handle = super().get_route_handler()

        async def handle_authorized(request: Request) -> Response:
            _require_open(request, self.path)
            sent = await _sent_body(request)
            has_body = self.body_field is not None and sent
            authorization = await _ask_rule(
                request, request.method, self.path, lambda: _parsed(sent) if has_body else None
            )
            if "idempotency-key" in request.headers:
                digest = request_digest(request.url.path, sent)
                authorization = replace(authorization, request_digest=digest)
            request.state.authorization = authorization
            if authorization.body is not None:
                request = _with_body(request, authorization.body)
            elif self.body_field is not None and sent:
                request = _with_bytes(request, sent)
            with calling_project():
                return await handle(request)

        return handle_authorized


async def authorize(
    connection: HTTPConnection, method: str, path: str, body: Callable[[], Any]
) -> Authorization:
    """Return what the caller may do by the rule of a route. Raises `Refusal`."""
    _require_open(connection, path)
    return await _ask_rule(connection, method, path, body)


def _require_open(connection: HTTPConnection, path: str) -> None:
    """Refuse (404) requests to a closed part of the API, but for those of consoles."""
    closed = connection.app.state.http.closed
    if part_of_api(path) in closed and not caller_of(connection).is_console:
        raise Refusal(404, "Not Found")


async def _ask_rule(
    connection: HTTPConnection, method: str, path: str, body: Callable[[], Any]
) -> Authorization:
    auth = connection.app.state.auth
    caller = caller_of(connection)
    if auth is None or caller.is_owner:
        return Authorization()
    rule = RULES.get((method, path))
    if rule is None:
        raise Refusal(403, "This server has no rule for this request.")
    parts, places, query = parts_of(connection), connection.path_params, connection.query_params
    return await rule(AuthorizationRequest(caller, auth, parts, places, query, body()))


def part_of_api(path: str) -> str:
    """Return the part to which a route belongs: `http.disable_PART` closes it."""
    match path.split("/")[1:]:
        case ["runs", *_] | ["threads", _, "runs", *_]:
            return "runs"
        case ["assistants" | "threads" | "store" as part, *_]:
            return part
    return "meta"


async def _sent_body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        raise unreadable_body() from None


def _parsed(sent: bytes) -> Any:
    """Return the JSON of a body, or refuse it as FastAPI does."""
    try:
        return json.loads(sent)
    except json.JSONDecodeError:
        raise invalid_json() from None
    except (ValueError, RecursionError):
        raise unreadable_body() from None


def _with_body(request: Request, body: Any) -> Request:
    """Return the request with another JSON body.

    The standard library writes what it has read without loss (lone surrogates, NaN); only values
    of handlers that are not JSON need the encoder of the server.
    """
    checked = json.dumps(body, default=lambda value: orjson.loads(dumps(value))).encode()
    return _with_bytes(request, checked)


def _with_bytes(request: Request, body: bytes) -> Request:
    """Return the request with this body as JSON, whatever content type the client named.

    LangChain's web front ends send JSON as text/plain, which needs no CORS preflight. What a
    preflight would prevent, requests of other pages, `WebOriginMiddleware` refuses.
    """
    headers = [pair for pair in request.scope["headers"] if pair[0] != b"content-type"]

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    as_json = (b"content-type", b"application/json")
    return Request({**request.scope, "headers": [*headers, as_json]}, receive)
