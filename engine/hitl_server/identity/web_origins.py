"""Web origins: which web pages may use this server from a browser."""

import re

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from hitl_server.identity.authentication import refuse
from hitl_server.project.http_settings import WebOrigins
from hitl_server.refusals import Refusal

_OF_THIS_MACHINE = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
_EXPOSED_HEADERS = ("Location", "Content-Location", "X-Pagination-Next", "X-Pagination-Total")


class WebOriginMiddleware:
    """ASGI middleware: CORS for pages of this machine and listed pages; others are refused.

    A browser sends some requests of any page without a preflight request (forms, plain text) and
    only hides the response from the page. So requests from other origins are refused, too, and
    their WebSocket connections, for which browsers have no such check.
    """

    def __init__(self, app: ASGIApp, origins: WebOrigins) -> None:
        self._app = app
        self._origins = origins
        self._with_cors = CORSMiddleware(
            app,
            allow_origin_regex=".*",  # the origin was checked before
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=_EXPOSED_HEADERS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        origin = _origin(scope)
        if origin is None:
            await self._app(scope, receive, send)
        elif self._allows_origin(origin):
            await self._with_cors(scope, receive, send)
        else:
            hint = 'List it in langgraph.json: "http": {"cors": {"allow_origins": [...]}}.'
            await refuse(scope, send, Refusal(403, f"This page may not use the server. {hint}"))

    def _allows_origin(self, origin: str) -> bool:
        listed = self._origins
        return (
            _OF_THIS_MACHINE.fullmatch(origin) is not None
            or origin in listed.origins
            or "*" in listed.origins
            or (listed.pattern is not None and re.fullmatch(listed.pattern, origin) is not None)
        )


def _origin(scope: Scope) -> str | None:
    if scope["type"] == "lifespan":
        return None
    for name, value in scope["headers"]:
        if name == b"origin":
            return str(value.decode("latin-1"))
    return None
