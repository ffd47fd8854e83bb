"""Who may talk to the server: whoever has the token; without one, whoever is on this machine."""

import hmac
from typing import TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

from engine.server.wire import dumps

Headers: TypeAlias = dict[bytes, bytes]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Gate:
    """ASGI middleware that lets a request pass or answers it with 401 or 403.

    Without a token the Host header must be a loopback name: a web page that rebinds its own
    name to 127.0.0.1 would otherwise reach the server from the browser of whoever looks at it.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = token.encode() if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or scope["path"] == "/ok":
            await self._app(scope, receive, send)
            return
        headers: Headers = dict(scope["headers"])
        if self._token is None and not _is_loopback(headers):
            await _refuse(send, 403, "This server only answers to a loopback host name.")
        elif self._token is not None and not _has_token(headers, self._token):
            await _refuse(send, 401, "missing or wrong token")
        else:
            await self._app(scope, receive, send)


def _is_loopback(headers: Headers) -> bool:
    host = headers.get(b"host", b"").decode("latin-1").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _LOOPBACK


def _has_token(headers: Headers, token: bytes) -> bool:
    bearer = headers.get(b"authorization", b"").removeprefix(b"Bearer ")
    key = headers.get(b"x-api-key", b"")
    return hmac.compare_digest(bearer, token) | hmac.compare_digest(key, token)


async def _refuse(send: Send, status: int, detail: str) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": dumps({"detail": detail})})
