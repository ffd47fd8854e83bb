"""The sections `http` and `webhooks` of `langgraph.json`.

A key that is not known could be a restriction, so it is refused, and so is a known restriction that
this server cannot keep. What only lacks an effect is a remark.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hitl_server.errors import BadTarget
from hitl_server.limits import Limits
from hitl_server.project.config_file import listed, section
from hitl_server.project.places import Place, is_javascript, read_place

PARTS = ("assistants", "threads", "runs", "store", "meta")
"""Parts of the API that `http.disable_PART` closes."""

_HTTP = {
    *("app", "middleware_order", "enable_custom_route_auth"),
    *("cors", "configurable_headers", "disable_webhooks", "limits"),
    *(f"disable_{part}" for part in PARTS),
}
_MISSING_HERE = {"disable_mcp", "disable_a2a", "disable_ui", "disable_event_streaming"}
"""These close what this server does not have."""
_NO_EFFECT = {
    "mount_prefix": "endpoints have no prefix on this server",
    "logging_headers": "this server does not log requests",
}
_CORS = {"allow_origins", "allow_origin_regex"}
_CORS_NO_EFFECT = {"expose_headers", "max_age"}
_CORS_RESTRICTIONS = {"allow_methods", "allow_headers", "allow_credentials"}
_REFUSED = "Not served, because access could be less restricted than intended."


@dataclass(frozen=True, slots=True)
class WebOrigins:
    """Web pages that may use the server from a browser, in addition to those of this machine."""

    origins: tuple[str, ...] = ()
    """`https://host:port`; `*` for all pages."""
    pattern: str | None = None
    """A regular expression for whole origins."""


@dataclass(frozen=True, slots=True)
class WebhookRules:
    """Which URLs a run may name as its webhook."""

    hosts: tuple[str, ...] = ()
    """Hosts that may be called; `*.example.com` for all below a domain."""
    require_https: bool = False
    ports: tuple[int, ...] = ()
    """Empty: all."""
    max_length: int = 2048
    loopback: bool = True
    """Whether addresses of this machine may be called if they are listed."""
    sent: bool = True
    """Whether webhooks are called at all."""


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How the server is reached, and what belongs to it beside the API."""

    app: Place | None = None
    """The project's own Starlette application."""
    guards_app: bool = False
    """Whether the routes of `app` need authentication."""
    closed: frozenset[str] = frozenset()
    """Of `PARTS`."""
    headers: tuple[str, ...] = ()
    """Names of request headers for `configurable`, with `*` for any characters."""
    hidden_headers: tuple[str, ...] = ()
    """Names that are left out, in spite of `headers`."""
    web_origins: WebOrigins = WebOrigins()
    limits: Limits = field(default_factory=Limits)


def read_http(path: Path, config: dict[str, Any]) -> tuple[HttpSettings, tuple[str, ...]]:
    """Return the settings of the section `http`, and remarks. Raises `BadTarget`."""
    http = _known_section(path, config, "http", {*_HTTP, *_MISSING_HERE, *_NO_EFFECT})
    if http.get("middleware_order") not in (None, "middleware_first"):
        raise BadTarget(
            f"{path}: this server cannot authenticate requests before the middleware of http.app.",
            hint=_REFUSED,
        )
    settings = HttpSettings(
        app=_app(path, http.get("app")),
        guards_app=bool(http.get("enable_custom_route_auth")),
        closed=frozenset(part for part in PARTS if http.get(f"disable_{part}")),
        headers=_header_names(http, "include"),
        hidden_headers=_header_names(http, "exclude"),
        web_origins=_web_origins(path, http),
        limits=_limits(path, http),
    )
    return settings, tuple(_remarks(path, http))


def read_webhooks(path: Path, config: dict[str, Any]) -> tuple[WebhookRules, tuple[str, ...]]:
    """Return the rules of the section `webhooks`, and remarks. Raises `BadTarget`."""
    webhooks = _known_section(path, config, "webhooks", {"url", "headers", "env_prefix"})
    known = {"require_https", "allowed_domains", "allowed_ports", "max_url_length"}
    url = _known_section(path, webhooks, "url", {*known, "disable_loopback"}, "webhooks.")
    rules = WebhookRules(
        hosts=tuple(str(host).lower() for host in listed(url, "allowed_domains")),
        require_https=bool(url.get("require_https")),
        ports=tuple(port for port in listed(url, "allowed_ports") if isinstance(port, int)),
        max_length=length if isinstance(length := url.get("max_url_length"), int) else 2048,
        loopback=not url.get("disable_loopback"),
        sent=not section(config, "http").get("disable_webhooks"),
    )
    names = [name for name in ("headers", "env_prefix") if webhooks.get(name)]
    remark = "has no effect: webhooks are sent without headers of the project."
    return rules, tuple(f"{path}: webhooks.{name} {remark}" for name in names)


def _known_section(
    path: Path, config: dict[str, Any], name: str, known: set[str], above: str = ""
) -> dict[str, Any]:
    """Return a section with these keys only. Raises `BadTarget`."""
    given = config.get(name) or {}
    if not isinstance(given, dict):
        raise BadTarget(f'{path}: "{above}{name}" is not an object.')
    if unknown := sorted(given.keys() - known):
        places = ", ".join(f"{above}{name}.{key}" for key in unknown)
        raise BadTarget(f"{path} has {places}, which this server does not know.", hint=_REFUSED)
    return given


def _app(path: Path, text: Any) -> Place | None:
    if not text:
        return None
    place = read_place(path.resolve().parent, text)
    if place is None or is_javascript(place.source):
        raise BadTarget(
            f"{path}: http.app names no Python object.", hint='Write "./webapp.py:app".'
        )
    return place


def _header_names(http: dict[str, Any], key: str) -> tuple[str, ...]:
    """Return the names in `includes` or `excludes`, which langgraph-api also takes without the s."""
    headers = section(http, "configurable_headers")
    names = listed(headers, f"{key}s") or listed(headers, key)
    return tuple(str(name).lower() for name in names)


def _web_origins(path: Path, http: dict[str, Any]) -> WebOrigins:
    known = {*_CORS, *_CORS_NO_EFFECT, *_CORS_RESTRICTIONS}
    cors = _known_section(path, http, "cors", known, "http.")
    for name in ("allow_methods", "allow_headers"):
        if cors.get(name) not in (None, ["*"]):
            raise BadTarget(
                f'{path}: http.cors.{name} is not ["*"]; this server does not restrict it.',
                hint=_REFUSED,
            )
    pattern = cors.get("allow_origin_regex")
    try:
        re.compile(pattern or "")
    except (re.error, TypeError) as error:
        raise BadTarget(
            f"{path}: http.cors.allow_origin_regex is not a regular expression: {error}."
        ) from None
    return WebOrigins(tuple(map(str, listed(cors, "allow_origins"))), pattern)


def _limits(path: Path, http: dict[str, Any]) -> Limits:
    """Return the limits of requests, which `langgraph dev` does not have."""
    names = {each.name for each in fields(Limits)}
    given = _known_section(path, http, "limits", names, "http.")
    endpoints = _known_section(path, given, "endpoints", set(given.get("endpoints") or ()))
    numbers = {**{name: given[name] for name in given if name != "endpoints"}, **endpoints}
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, int) or number <= 0:
            raise BadTarget(f"{path}: http.limits: {name} is not a whole number above 0.")
    return Limits(**{**given, "endpoints": endpoints})


def _remarks(path: Path, http: dict[str, Any]) -> Iterator[str]:
    for key, why in _NO_EFFECT.items():
        if http.get(key):
            yield f"{path}: http.{key} has no effect: {why}."
    cors = section(http, "cors")
    for key in sorted(_CORS_NO_EFFECT & cors.keys()):
        yield f"{path}: http.cors.{key} has no effect."
    if cors.get("allow_credentials"):
        yield f"{path}: http.cors.allow_credentials has no effect: pages send tokens, no cookies."
    for part in PARTS:
        if http.get(f"disable_{part}"):
            yield (
                f"{path}: http.disable_{part} closes {_PATHS[part]} to all clients but the consoles "
                "of this machine."
            )


_PATHS = {
    "assistants": "/assistants",
    "threads": "/threads",
    "runs": "/runs and /threads/{thread_id}/runs",
    "store": "/store",
    "meta": "/info, /docs and /openapi.json",
}
