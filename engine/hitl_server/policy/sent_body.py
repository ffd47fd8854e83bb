"""The body of a request: read up to the limit of its endpoint, and parsed.

A large body is parsed in a thread, one at a time, so that other requests are served between the
steps.
"""

import asyncio
import gc
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from hitl_server.refusals import deep_body, invalid_json, large_body, unreadable_body

T = TypeVar("T")

_LARGE = 256 * 1024
"""Bytes from which on a body is parsed in a thread."""
_MAX_DEPTH = 500
_parsers = ThreadPoolExecutor(1, "bodies")


async def read_body(request: Request, limit: int) -> bytes:
    """Return the bytes of a body. Raises `Refusal`: 413 if there are more than `limit`."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise large_body(limit)
    parts, size = [], 0
    try:
        async for part in request.stream():
            parts.append(part)
            size += len(part)
            if size > limit:
                raise large_body(limit)
    except ClientDisconnect:
        raise unreadable_body() from None
    return b"".join(parts)


async def parsed(sent: bytes) -> Any:
    """Return the JSON of a body. Raises `Refusal`."""
    return await beside_the_loop(len(sent), lambda: _parsed(sent))


async def json_of(request: Request) -> Any:
    """Return the JSON of a request whose route has no model of its body. Raises `Refusal`."""
    return await parsed(await request.body())


async def beside_the_loop(size: int, work: Callable[[], T]) -> T:
    """Do work on `size` bytes: in a thread if they are many, so that it holds up nobody."""
    if size < _LARGE:
        return work()
    return await asyncio.get_running_loop().run_in_executor(_parsers, work)


def _parsed(sent: bytes) -> Any:
    try:
        return _without_collections(lambda: _loaded(sent))
    except json.JSONDecodeError:
        raise invalid_json() from None
    except RecursionError:
        raise deep_body(_MAX_DEPTH) from None
    except ValueError:
        raise unreadable_body() from None


def _loaded(sent: bytes) -> Any:
    value = json.loads(sent)
    if sent.count(b"[") + sent.count(b"{") > _MAX_DEPTH and _is_deeper(value, _MAX_DEPTH):
        raise deep_body(_MAX_DEPTH)
    return value


def _without_collections(work: Callable[[], T]) -> T:
    """Do work that makes many objects, which would start Python's garbage collector all the time.

    A body of two million lists takes a tenth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return work()
    finally:
        if was_enabled:
            gc.enable()


def _is_deeper(value: Any, limit: int) -> bool:
    """Whether lists and objects are nested deeper. Parsers differ in how deep they can go."""
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return False
    return True
