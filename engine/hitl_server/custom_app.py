"""The project's own Starlette application, `http.app` of `langgraph.json`, around the API.

As in `langgraph dev`, its middleware sees all requests, and its routes come before those of the API,
but for a few that stay those of the server. Its routes need no authentication, unless
`http.enable_custom_route_auth` is set.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from hitl_server.errors import StartFailed
from hitl_server.project.import_errors import needed_by_server
from hitl_server.project.places import Place
from hitl_server.project_code import calling_project, raised

Guard: TypeAlias = Callable[[ASGIApp], ASGIApp]
Endpoints: TypeAlias = Iterable[tuple[str, str]]
"""(method, path with `{names}`)."""

_OURS = ("/ok", "/info", "/metrics", "/docs", "/openapi.json")
"""Paths that the project's routes cannot replace: consoles and tools need them to know the server."""
_SOME_ID = str(UUID(int=0))
_log = logging.getLogger(__name__)


class CustomApp:
    """The application of a project; `around` adds the API to it, once."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        self._own_routes: tuple[BaseRoute, ...] = tuple(app.routes)
        self._state: Mapping[str, Any] = {}

    @classmethod
    def load(cls, place: Place) -> "CustomApp":
        """Import the application. Raises `StartFailed`: its routes could be what is asked for."""
        with needed_by_server(
            f"The application of the project, {place},",
            "http.app",
            'Correct it, or remove "app" from "http" in langgraph.json.',
        ):
            found = place.load()
            if not isinstance(found, Starlette):
                raise TypeError(f"it is a {type(found).__name__}, not a Starlette application")
            return cls(found)

    def replaced(self, endpoints: Endpoints) -> list[str]:
        """Return those endpoints of the API that a route of the project replaces."""
        return [f"{method} {path}" for method, path in endpoints if self._has(method, path)]

    def remarks(self, endpoints: Endpoints) -> tuple[str, ...]:
        """Return what a person should know about the application."""
        found = []
        if self._app.user_middleware:
            found.append("The middleware of http.app sees all requests, and can change them.")
        if replaced := self.replaced(endpoints):
            found.append(
                f"Routes of http.app replace {', '.join(replaced[:5])}{' …' * (len(replaced) > 5)}. "
                "What this server promises beyond the LangGraph Server API does not hold, and is "
                "not listed by /info."
            )
        if any(isinstance(route, WebSocketRoute) for route in self._own_routes):
            found.append("The WebSocket routes of http.app are not served.")
        return tuple(found)

    def around(self, api: ASGIApp, guard: Guard | None) -> ASGIApp:
        """Return the application with the API in it; `guard` checks requests to its own routes."""
        if guard is not None:
            for route in self._own_routes:
                if isinstance(route, Route | Mount):
                    route.app = guard(route.app)
        ours = [Route(path, api) for path in _OURS]
        own = [route for route in self._own_routes if not isinstance(route, WebSocketRoute)]
        self._app.router.routes[:] = [*ours, *own, Mount("", api)]
        return self._with_state

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Run the start and the end of the application. Raises `StartFailed`."""
        context = self._app.router.lifespan_context(self._app)
        try:
            with calling_project():
                self._state = (await context.__aenter__()) or {}
        except Exception as error:
            raise StartFailed(
                f"The lifespan of http.app failed: {type(raised(error)).__name__}: {raised(error)}.",
                hint="Correct it, then start again.",
            ) from error
        try:
            yield
        finally:
            await self._end(context)

    async def _end(self, context: AbstractAsyncContextManager[Any]) -> None:
        """Run the end of the lifespan; the server ends whatever it raises."""
        try:
            with calling_project():
                await context.__aexit__(None, None, None)
        except Exception as error:  # noqa: BLE001  user code
            _log.error("the lifespan of http.app failed at its end", exc_info=raised(error))

    async def _with_state(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with the state that the lifespan yielded, as ASGI servers do."""
        await self._app({**scope, "state": dict(self._state)}, receive, send)

    def _has(self, method: str, path: str) -> bool:
        filled = "/".join(_SOME_ID if "{" in part else part for part in path.split("/"))
        scope = {"type": "http", "method": method, "path": filled, "root_path": "", "headers": []}
        return path not in _OURS and any(
            route.matches(scope)[0] is Match.FULL for route in self._own_routes
        )
