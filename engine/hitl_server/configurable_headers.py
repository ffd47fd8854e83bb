"""Request headers for `configurable`: `http.configurable_headers` of `langgraph.json`."""

import re
from collections.abc import Iterable

from starlette.requests import HTTPConnection

from hitl_server.project.http_settings import HttpSettings
from hitl_server.request_models import CheckpointConfig

_SECRET = frozenset({"authorization", "x-api-key", "x-service-key", "x-tenant-id"})
"""Never taken, as in langgraph-api: graphs and rows must not contain them."""


def configurable_headers(connection: HTTPConnection) -> dict[str, str]:
    """Return the headers that the settings name; a name may contain `*` for any characters.

    No header can steer the run: names of checkpoints and names that begin with `__` are left out.
    """
    settings: HttpSettings = connection.app.state.http
    return {
        name: value
        for name, value in connection.headers.items()
        if name not in _SECRET
        and name not in CheckpointConfig.model_fields
        and not name.startswith("__")
        and _matches(name, settings.headers)
        and not _matches(name, settings.hidden_headers)
    }


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(
        re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) for pattern in patterns
    )
