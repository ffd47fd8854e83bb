"""The application: middleware, the routes of the API, and the project's own application."""

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from hitl_server.custom_app import CustomApp, Guard
from hitl_server.error_responses import add_error_handlers
from hitl_server.identity.access import Access
from hitl_server.identity.authentication import AuthenticationMiddleware
from hitl_server.identity.web_origins import WebOriginMiddleware
from hitl_server.policy.authorized_route import AuthorizedRoute
from hitl_server.project.http_settings import HttpSettings
from hitl_server.routes import (
    assistants,
    changes,
    event_protocol,
    info,
    not_implemented,
    presence,
    protocol_socket,
    runs,
    stateless_runs,
    store,
    thread_stream,
    threads,
)
from hitl_server.server_description import LANGGRAPH_FLAGS, OF_OUR_CHECKPOINTS, own_flags
from hitl_server.server_parts import ServerParts
from hitl_server.storage.checkpoints import CheckpointsInOurFile


def build_app(
    parts: ServerParts,
    access: Access,
    http: HttpSettings,
    custom: CustomApp | None,
    remarks: tuple[str, ...],
) -> tuple[ASGIApp, tuple[str, ...]]:
    """Return the ASGI application, and all remarks: the given ones and those about `custom`."""
    api = _build_api(parts, access, http)
    served: ASGIApp = api
    flags = LANGGRAPH_FLAGS | own_flags(four_eyes=parts.threads.four_eyes is not None)
    if not isinstance(parts.checkpoints, CheckpointsInOurFile):
        flags = {name: has for name, has in flags.items() if name not in OF_OUR_CHECKPOINTS}
    if custom is not None:
        endpoints = _endpoints(api)
        remarks = (*remarks, *custom.remarks(endpoints))
        flags = LANGGRAPH_FLAGS if custom.replaced(endpoints) else flags
        served = custom.around(api, _guard_of_custom_routes(access, http))
    api.state.flags, api.state.remarks = flags, remarks
    return WebOriginMiddleware(served, http.web_origins), remarks


def _build_api(parts: ServerParts, access: Access, http: HttpSettings) -> FastAPI:
    """Return the API with the routes that its modules have built when they were imported.

    `include_router` would build each of them once more, with the first request: half a second.
    """
    openapi = None if "meta" in http.closed else "/openapi.json"
    api = FastAPI(title="hitl-tui server", docs_url=None, redoc_url=None, openapi_url=openapi)
    api.state.parts = parts
    api.state.auth = access.auth
    api.state.http = http
    for module in (  # the routes of a request are tried in this order, so the most used come first
        *(runs, changes, event_protocol, thread_stream, threads, presence),
        *(info, assistants, stateless_runs, store),
    ):
        api.routes.extend(_authorized(module.router).routes)
    for router in (info.open_router, not_implemented.router):
        api.routes.extend(router.routes)
    api.router.add_api_websocket_route(protocol_socket.PATH, protocol_socket.connect)
    add_error_handlers(api)
    api.add_middleware(access.guard)
    return api


def _authorized(router: APIRouter) -> APIRouter:
    """Return the router if all its routes run their rules. Raises TypeError."""
    for route in router.routes:
        if not isinstance(route, AuthorizedRoute):
            raise TypeError(f"{route} runs without authorization: use AuthorizedRoute")
    return router


def _endpoints(api: FastAPI) -> list[tuple[str, str]]:
    """Return the method and the path of each endpoint."""
    paths = api.openapi()["paths"].items()
    return [(method.upper(), path) for path, operations in paths for method in operations]


def _guard_of_custom_routes(access: Access, http: HttpSettings) -> Guard | None:
    """Return what checks requests to the project's own routes; None: they are open to all.

    Where only this machine may use the server, this is also true for these routes: no web page may
    reach them by DNS rebinding.
    """
    if http.guards_app:
        return access.guard
    if access.is_configured:
        return None
    return lambda app: AuthenticationMiddleware(app, tokens=None, is_required=False)
