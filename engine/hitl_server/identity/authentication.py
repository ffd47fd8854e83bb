"""The gate: who sends a request is known before anything else of it is looked at."""

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
    """Tells the holders of tokens from everybody else."""

    def __init__(self, holders: Iterable[tuple[Token, Caller]]) -> None:
        self._holders = [(token.secret.encode(), caller) for token, caller in holders]

    def holder(self, headers: Headers) -> Caller | None:
        """Return whose token a request shows (`Authorization: Bearer`, `X-Api-Key`), or None.

        It is compared with all of them, in a time that does not tell how well it fits.
        """
        bearer = headers.get(b"authorization", b"").removeprefix(b"Bearer ")
        key = headers.get(b"x-api-key", b"")
        found = None
        for secret, caller in self._holders:
            if hmac.compare_digest(bearer, secret) | hmac.compare_digest(key, secret):
                found = caller
        return found


class AuthenticationMiddleware:
    """ASGI middleware that says who the caller is (`scope["caller"]`), or refuses with 401 or 403.

    Without keys the Host header must be a loopback name: a web page that rebinds its own name to
    127.0.0.1 would otherwise reach the server from the browser of whoever looks at it.
    """

    def __init__(
        self,
        app: ASGIApp,
        keys: TokenAuthenticator | None,
        authenticate: Authenticate | None = None,
    ) -> None:
        self._app = app
        self._keys = keys
        self._authenticate = authenticate
        """Asked about everybody who has no key; raises `Refusal`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or scope["path"] == "/ok":
            await self._app(scope, receive, send)
            return
        try:
            scope["caller"] = self._known(dict(scope["headers"])) or await self._asked(scope)
        except Refusal as refusal:
            await refuse(send, refusal)
        else:
            await self._app(scope, receive, send)

    def _known(self, headers: Headers) -> Caller | None:
        if self._keys is not None:
            return self._keys.holder(headers)
        if not _is_loopback(headers):
            raise Refusal(403, "This server only answers to a loopback host name.")
        return UNNAMED_OWNER

    async def _asked(self, scope: Scope) -> Caller:
        if self._authenticate is None:
            raise Refusal(401, "missing or wrong token")
        return await self._authenticate(scope)


def _is_loopback(headers: Headers) -> bool:
    host = headers.get(b"host", b"").decode("latin-1").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _LOOPBACK


async def refuse(send: Send, refusal: Refusal) -> None:
    """Answer a request that goes no further."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": dumps(refusal.body)})
