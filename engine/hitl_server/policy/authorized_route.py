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
from starlette.requests import HTTPConnection

from hitl_server.idempotency import request_digest
from hitl_server.identity.callers import caller_of
from hitl_server.json_encoding import dumps
from hitl_server.policy.authorization import Authorization
from hitl_server.policy.authorization_request import AuthorizationRequest
from hitl_server.policy.roles import require_role
from hitl_server.policy.rules import RULES
from hitl_server.policy.sent_body import beside_the_loop, parsed, read_body
from hitl_server.project_code import calling_project
from hitl_server.refusals import Refusal
from hitl_server.server_parts import parts_of


class AuthorizedRoute(APIRoute):
    """A route that runs its rule first. For everyone but the owner, no rule means no access."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the route behind its rule (FastAPI: "Custom APIRoute class")."""
        handle = super().get_route_handler()

        async def handle_authorized(request: Request) -> Response:
            _require_open(request, self.path)
            limits = request.app.state.http.limits
            sent = await read_body(request, limits.of_body(request.method, self.path))
            body = await parsed(sent) if self.body_field is not None and sent else None
            authorization = await _ask_rule(request, request.method, self.path, body)
            if "idempotency-key" in request.headers:
                digest = request_digest(request.url.path, sent)
                authorization = replace(authorization, request_digest=digest)
            request.state.authorization = authorization
            if (checked := authorization.body) is not None:
                body = await beside_the_loop(len(sent), lambda: _as_json(checked))
            request = _CheckedRequest(request, sent, body)
            with calling_project():
                return await handle(request)

        return handle_authorized


async def authorize(connection: HTTPConnection, method: str, path: str, body: Any) -> Authorization:
    """Return what the caller may do by the rule of a route. Raises `Refusal`."""
    _require_open(connection, path)
    return await _ask_rule(connection, method, path, body)


def _require_open(connection: HTTPConnection, path: str) -> None:
    """Refuse (404) requests to a closed part of the API, but for those of consoles."""
    closed = connection.app.state.http.closed
    if part_of_api(path) in closed and not caller_of(connection).is_console:
        raise Refusal(404, "Not Found")


async def _ask_rule(connection: HTTPConnection, method: str, path: str, body: Any) -> Authorization:
    auth = connection.app.state.auth
    caller = caller_of(connection)
    if caller.role is not None:
        require_role(caller.role, connection, method, path, body)
    if auth is None or caller.is_owner:
        return Authorization()
    rule = RULES.get((method, path))
    if rule is None:
        raise Refusal(403, "This server has no rule for this request.")
    parts, places, query = parts_of(connection), connection.path_params, connection.query_params
    return await rule(AuthorizationRequest(caller, auth, parts, places, query, body))


def part_of_api(path: str) -> str:
    """Return the part to which a route belongs: `http.disable_PART` closes it."""
    match path.split("/")[1:]:
        case ["runs", *_] | ["threads", _, "runs", *_]:
            return "runs"
        case ["assistants" | "threads" | "store" as part, *_]:
            return part
    return "meta"


def _as_json(value: Any) -> Any:
    """Return a body with the changes of handlers as JSON; they may have put other values into it.

    The standard library writes what it has read without loss (lone surrogates, NaN); only values
    of handlers that are not JSON need the encoder of the server.
    """
    return json.loads(json.dumps(value, default=lambda each: orjson.loads(dumps(each))))


class _CheckedRequest(Request):
    """A request whose body was read and parsed, as JSON whatever content type the client named.

    LangChain's web front ends send JSON as text/plain, which needs no CORS preflight. What a
    preflight would prevent, requests of other pages, `WebOriginMiddleware` refuses.
    """

    def __init__(self, request: Request, sent: bytes, value: Any) -> None:
        headers = [pair for pair in request.scope["headers"] if pair[0] != b"content-type"]
        as_json = (b"content-type", b"application/json")
        super().__init__({**request.scope, "headers": [*headers, as_json]}, request.receive)
        self._sent, self._value = sent, value

    async def body(self) -> bytes:
        """Return the bytes that the client sent."""
        return self._sent

    async def json(self) -> Any:
        """Return the checked body."""
        return self._value
