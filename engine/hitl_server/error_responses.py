"""Errors of requests as JSON responses."""

import logging
import sqlite3

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from langgraph.errors import InvalidUpdateError
from starlette.exceptions import HTTPException

from hitl_server.project.graphs import FactoryFailed, GraphIsBroken
from hitl_server.project_code import raised
from hitl_server.refusals import Refusal, invalid_json
from hitl_server.responses import json_response
from hitl_server.storage.checkpoint_serializer import TypesRefused

_log = logging.getLogger(__name__)


def add_error_handlers(app: FastAPI) -> None:
    """Make the application respond with JSON to each kind of error."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _refused_by_router)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(GraphIsBroken, _broken_graph)
    app.add_exception_handler(FactoryFailed, _factory_failed)
    app.add_exception_handler(TypesRefused, _types_refused)
    for kind in (InvalidUpdateError, ValueError):
        app.add_exception_handler(kind, _bad_value)
    app.add_exception_handler(sqlite3.Error, _database_failed)
    app.add_exception_handler(Exception, _failed)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return json_response(error.body, error.status)


async def _refused_by_router(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return json_response({"detail": error.detail}, error.status_code)


async def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid" or first["loc"] == ("body",):
        refusal = invalid_json()
        return json_response(refusal.body, refusal.status)
    place = ".".join(str(part) for part in first["loc"][1:])
    return json_response({"detail": f"{place}: {first['msg']}"}, 422)


async def _broken_graph(request: Request, error: Exception) -> Response:
    assert isinstance(error, GraphIsBroken)
    return json_response({"detail": f"{error}\n{error.failure.traceback}"}, 422)


async def _factory_failed(request: Request, error: Exception) -> Response:
    return json_response({"detail": str(error)}, 424)


async def _types_refused(request: Request, error: Exception) -> Response:
    return json_response({"detail": str(error)}, 422)


async def _bad_value(request: Request, error: Exception) -> Response:
    return json_response({"detail": str(error)}, 400)


async def _database_failed(request: Request, error: Exception) -> Response:
    _log.error("database", exc_info=error)
    return json_response({"detail": f"The server's database failed: {error}"}, 503)


async def _failed(request: Request, error: Exception) -> Response:
    cause = raised(error)
    return json_response({"detail": f"{type(cause).__name__}: {cause}"}, 500)
