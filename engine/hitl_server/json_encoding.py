"""The JSON that the server sends and stores: any value that a graph puts into its state.

The rules are those of langgraph-api 0.16.7 (`serde.py`), so that a client gets the same JSON
from both servers. Values that orjson cannot write are encoded by slower code instead of failing.
"""

import json
import sys
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from math import isfinite
from pathlib import PurePath
from re import Pattern
from typing import Any
from uuid import UUID

import orjson

from hitl_server.project_code import raised

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
_MAX_INTEGER_BITS = 1_023
"""Some readers, like orjson, convert long integers to floats, which have no more bits than this."""
_AS_TEXT = (UUID, PurePath, IPv4Address, IPv4Network, IPv6Address, IPv6Network)


def dumps(value: Any) -> bytes:
    """Return `value` as JSON bytes.

    Messages and pydantic models become their fields, sets become lists, bytes become base64,
    exceptions become `{"error", "message"}`, and what has no JSON form becomes null. Lone
    surrogates become `?`; integers beyond what many JSON readers take become hexadecimal text.
    """
    try:
        return orjson.dumps(value, default=plain, option=OPTIONS)
    except TypeError:  # lone surrogates, integers beyond 64 bits, odd keys
        return json.dumps(_deep(value), ensure_ascii=False).encode()


def error_body(error: BaseException) -> dict[str, str]:
    """Return the error as clients get it: `{"error": type name, "message": text}`.

    The message is not masked, as langgraph-api does it: this server runs on the machine of the
    person who reads it.
    """
    error = raised(error)
    return {"error": type(error).__name__, "message": str(error)}


def now() -> str:
    """Return the current time as ISO 8601, in UTC, with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def plain(value: Any) -> Any:
    """Return something closer to JSON for a value that orjson does not know, or None."""
    if _is_send(value):
        return {"node": value.node, "args": value.arg}
    if not isinstance(value, type):
        for method in ("model_dump", "dict", "_asdict"):
            if callable(convert := getattr(value, method, None)):
                return convert()
    if isinstance(value, BaseException):
        return error_body(value)
    if isinstance(value, (set, frozenset, deque)):
        return list(value)
    return _plain_scalar(value)


def _is_send(value: Any) -> bool:
    """Whether it is LangGraph's `Send`; there is none before LangGraph was imported."""
    types = sys.modules.get("langgraph.types")
    return types is not None and isinstance(value, types.Send)


def _plain_scalar(value: Any) -> Any:
    match value:
        case timedelta():
            return value.total_seconds()
        case tzinfo():
            return value.tzname(None)
        case Decimal():
            whole = value.is_finite() and value == value.to_integral_value()
            return int(value) if whole else float(value)
        case bytes() | bytearray():
            return b64encode(value).decode()
        case Pattern():
            return value.pattern
    return str(value) if isinstance(value, _AS_TEXT) else None


def _deep(value: Any) -> Any:
    """Return `value` in plain JSON types at every level."""
    match value:
        case None | bool():
            return value
        case int():
            return value if value.bit_length() < _MAX_INTEGER_BITS else hex(value)
        case str():
            return value.encode("utf-8", "replace").decode()
        case float():
            return value if isfinite(value) else None
        case Enum():
            return _deep(value.value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(_deep(key)): _deep(item) for key, item in value.items()}
        case list() | tuple() if not hasattr(value, "_asdict"):
            return [_deep(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _deep(getattr(value, field.name)) for field in fields(value)}
    return _deep(plain(value))
