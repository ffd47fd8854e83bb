"""Web pages: which of them may use this server from somebody's browser."""

import re

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from hitl_server.identity.authentication import refuse
from hitl_server.project.config import WebOrigins
from hitl_server.refusals import Refusal

_OF_THIS_MACHINE = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
_READABLE = ("Location", "Content-Location", "X-Pagination-Next", "X-Pagination-Total")


class WebOriginMiddleware:
    """ASGI middleware: pages of this machine and listed ones pass, with CORS; others do not.

    A browser sends some requests of any page without asking first (a form, a plain text), and
    only keeps the answer from it. So a request that names a foreign origin is refused itself.
    """

    def __init__(self, app: ASGIApp, pages: WebOrigins) -> None:
        self._app = app
        self._pages = pages
        self._shared = CORSMiddleware(
            app,
            allow_origin_regex=".*",  # whoever comes here has been let in by name
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=_READABLE,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        origin = _origin(scope)
        if origin is None:
            await self._app(scope, receive, send)
        elif self._allows_origin(origin):
            await self._shared(scope, receive, send)
        else:
            hint = 'List it in langgraph.json: "http": {"cors": {"allow_origins": [...]}}.'
            await refuse(send, Refusal(403, f"This page may not use the server. {hint}"))

    def _allows_origin(self, origin: str) -> bool:
        pages = self._pages
        return (
            _OF_THIS_MACHINE.fullmatch(origin) is not None
            or origin in pages.origins
            or "*" in pages.origins
            or (pages.pattern is not None and re.fullmatch(pages.pattern, origin) is not None)
        )


def _origin(scope: Scope) -> str | None:
    if scope["type"] != "http":
        return None
    for name, value in scope["headers"]:
        if name == b"origin":
            return str(value.decode("latin-1"))
    return None
