"""Authentication: the server identifies the caller before it looks at the rest of a request."""

import hmac
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

from hitl_server.identity.callers import UNNAMED_OWNER, Caller
from hitl_server.identity.tokens import Token
from hitl_server.json_encoding import dumps
from hitl_server.refusals import Refusal

Headers: TypeAlias = dict[bytes, bytes]
Authenticate: TypeAlias = Callable[[Scope], Awaitable[Caller]]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class TokenAuthenticator:
    """Identifies callers by their tokens."""

    def __init__(self, holders: Iterable[tuple[Token, Caller]]) -> None:
        self._holders = [(token.secret.encode(), caller) for token, caller in holders]

    def caller(self, headers: Headers) -> Caller | None:
        """Return whose token a request has (`Authorization: Bearer` or `X-Api-Key`), or None.

        The comparison with all tokens takes the same time, whether one matches or not.
        """
        bearer = headers.get(b"authorization", b"").removeprefix(b"Bearer ")
        key = headers.get(b"x-api-key", b"")
        found = None
        for secret, caller in self._holders:
            if hmac.compare_digest(bearer, secret) | hmac.compare_digest(key, secret):
                found = caller
        return found


class AuthenticationMiddleware:
    """ASGI middleware: sets `scope["caller"]`, or refuses the request with 401 or 403.

    Requests from nodes of this process already have it (`LoopbackApp`).

    Where clients need no token, the Host header must be a loopback name. Otherwise a web page could
    reach the server from a browser on this machine by DNS rebinding.
    """

    def __init__(
        self,
        app: ASGIApp,
        tokens: TokenAuthenticator | None,
        authenticate: Authenticate | None = None,
        *,
        is_required: bool,
    ) -> None:
        self._app = app
        self._tokens = tokens
        self._authenticate = authenticate
        """Identifies callers without a token; raises `Refusal`."""
        self._is_required = is_required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan" or scope["path"] == "/ok" or "caller" in scope:
            await self._app(scope, receive, send)
            return
        try:
            scope["caller"] = self._by_token(dict(scope["headers"])) or await self._by_handler(
                scope
            )
        except Refusal as refusal:
            await refuse(scope, send, refusal)
        else:
            scope["user"] = scope["caller"].user  # `request.user` in the project's own routes
            await self._app(scope, receive, send)

    def _by_token(self, headers: Headers) -> Caller | None:
        known = self._tokens.caller(headers) if self._tokens else None
        if known is not None or self._is_required:
            return known
        if not _is_loopback(headers):
            raise Refusal(403, "This server only answers to a loopback host name.")
        return UNNAMED_OWNER

    async def _by_handler(self, scope: Scope) -> Caller:
        if self._authenticate is None:
            raise Refusal(401, "missing or wrong token")
        return await self._authenticate(scope)


def _is_loopback(headers: Headers) -> bool:
    host = headers.get(b"host", b"").decode("latin-1").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _LOOPBACK


async def refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Send a refusal as the response; a WebSocket connection is refused with 403 in any case."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": str(refusal)})
        return
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": dumps(refusal.body)})
