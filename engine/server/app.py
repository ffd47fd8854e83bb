"""The application: routes, refusals as JSON, and the gate in front of it all."""

import logging
import sqlite3

from langgraph.errors import InvalidUpdateError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from engine.server.auth import Gate
from engine.server.engine import Engine
from engine.server.graphs import GraphIsBroken
from engine.server.refusals import Refusal
from engine.server.routes import assistants, runs, service, threads
from engine.server.routes.answers import answer

_log = logging.getLogger(__name__)


def build_app(engine: Engine, token: str | None) -> Starlette:
    """Return the ASGI application over an open engine."""
    app = Starlette(
        routes=[*service.ROUTES, *assistants.ROUTES, *threads.ROUTES, *runs.ROUTES],
        middleware=[Middleware(Gate, token=token)],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _refused_by_router,
            GraphIsBroken: _broken,
            InvalidUpdateError: _bad_value,
            ValueError: _bad_value,
            sqlite3.Error: _not_written,
            Exception: _failed,
        },
    )
    app.state.engine = engine
    return app


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return answer({"detail": error.detail}, error.status)


async def _refused_by_router(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return answer({"detail": error.detail}, error.status_code)


async def _broken(request: Request, error: Exception) -> Response:
    assert isinstance(error, GraphIsBroken)
    return answer({"detail": f"{error}\n{error.breakage.traceback}"}, 422)


async def _bad_value(request: Request, error: Exception) -> Response:
    return answer({"detail": str(error)}, 400)


async def _not_written(request: Request, error: Exception) -> Response:
    _log.error("database", exc_info=error)
    return answer({"detail": f"The engine's database failed: {error}"}, 503)


async def _failed(request: Request, error: Exception) -> Response:
    return answer({"detail": f"{type(error).__name__}: {error}"}, 500)
