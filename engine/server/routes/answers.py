"""How endpoints read what was asked, and answer it."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from engine.server.engine import Engine
from engine.server.refusals import Refusal, checked_id
from engine.server.wire import dumps

_Asked = TypeVar("_Asked", bound=BaseModel)


def engine_of(request: Request) -> Engine:
    """Return the engine that the application was made for."""
    engine: Engine = request.app.state.engine
    return engine


def thread_of(request: Request) -> str:
    """Return the thread that the path names. Raises a 422 if it is no UUID."""
    return checked_id(request.path_params["thread_id"])


def run_of(request: Request) -> str:
    """Return the run that the path names. Raises a 422 if it is no UUID."""
    return checked_id(request.path_params["run_id"], "run")


def query_of(request: Request, model: type[_Asked]) -> _Asked:
    """Read the query of the URL. Raises a 422."""
    return _read(model, dict(request.query_params))


async def body_of(request: Request, model: type[_Asked]) -> _Asked:
    """Read the body. Raises a 422.

    It has to be called JSON: what a browser lets a foreign web page send is called otherwise.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if media_type != "application/json":
            raise ValueError(media_type)
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refusal(422, "Invalid JSON in request body") from None
    return _read(model, body)


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return `value` as JSON."""
    return Response(dumps(value), status, headers, "application/json")


def page_headers(offset: int, count: int, more: bool) -> dict[str, str]:
    """Return the pagination headers: the next offset only where there is a next page."""
    total = {"x-pagination-total": str(offset + count + more)}
    return {**total, "x-pagination-next": str(offset + count)} if more else total


def _read(model: type[_Asked], given: Any) -> _Asked:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise Refusal(422, f"{place}: {first['msg']}") from None
