"""Helpers for what endpoints return."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from hitl_server.json_encoding import dumps


def json_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return `value` as JSON, without the detours of response models."""
    return Response(dumps(value), status, headers, "application/json")


def page_headers(offset: int, count: int, more: bool) -> dict[str, str]:
    """Return the pagination headers: the next offset only where there is a next page."""
    total = {"x-pagination-total": str(offset + count + more)}
    return {**total, "x-pagination-next": str(offset + count)} if more else total
