"""Reads a target: its graphs, where their code is, its environment and its settings."""

import json
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hitl_server.errors import BadTarget

_AUTH_HINT = 'Write "auth": {"path": "./auth.py:auth"}.'
_AUTH_WITHOUT_EFFECT = ("disable_studio_auth", "allow_langsmith_api_keys", "openapi", "cache")
"""Keys of the `auth` section that have no effect on this server."""
_JAVASCRIPT = (".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".tsx", ".jsx")
_ENV_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$")


@dataclass(frozen=True, slots=True)
class GraphSpec:
    """Where the code of one graph is."""

    graph_id: str
    source: str
    """An absolute path of a Python file, or a dotted module name."""
    attribute: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class AuthSpec:
    """Where the code of a project's `langgraph_sdk.Auth` is."""

    source: str
    """An absolute path of a Python file, or a dotted module name."""
    attribute: str


@dataclass(frozen=True, slots=True)
class WebOrigins:
    """Web pages that may use the server from a browser, in addition to those of this machine."""

    origins: tuple[str, ...] = ()
    """`https://host:port`; `*` for all pages."""
    pattern: str | None = None
    """A regular expression for whole origins."""


@dataclass(frozen=True, slots=True)
class ProjectConfig:
    """The settings of a target."""

    target: str
    graphs: tuple[GraphSpec, ...]
    import_paths: tuple[Path, ...]
    """Folders that are added to the end of `sys.path`, as in `langgraph dev`."""
    environment: dict[str, str] = field(default_factory=dict)
    allowed_types: tuple[tuple[str, ...], ...] = ()
    """`checkpointer.serde.allowed_msgpack_modules`: types that checkpoints may deserialize."""
    store: dict[str, Any] = field(default_factory=dict)
    """The section `store`, of which only `ttl` is used."""
    webhook_hosts: tuple[str, ...] = ()
    """`webhooks.url.allowed_domains`: hosts for webhooks, in addition to this machine."""
    auth: AuthSpec | None = None
    """`auth.path`: the handlers for authentication and authorization."""
    web_origins: WebOrigins = WebOrigins()
    """`http.cors`: `allow_origins` and `allow_origin_regex`."""

    def enter(self) -> None:
        """Set the environment (without overriding anything) and the import path of this process."""
        for name, value in self.environment.items():
            os.environ.setdefault(name, value)
        for path in self.import_paths:
            if str(path) not in sys.path:
                sys.path.append(str(path))


def read_project(target: str) -> ProjectConfig:
    """Read a `langgraph.json`, or `path/to/file.py:graph`. No user code runs.

    Raises `BadTarget` with the fault and its place.
    """
    path, separator, attribute = target.rpartition(":")
    if separator and path.endswith(".py"):
        return _single(target, Path(path), attribute)
    return _from_config(target, Path(target))


def is_file(source: str) -> bool:
    """Whether a source is a path of a file, not the name of a module."""
    return "/" in source or source.endswith(".py")


def _single(target: str, path: Path, attribute: str) -> ProjectConfig:
    try:
        path = path.resolve()
        found = path.is_file()
    except OSError as error:
        raise BadTarget(f"{path} cannot be read: {error.strerror}.") from None
    if not found:
        raise BadTarget(f"There is no file {path}.", hint="Give path/to/file.py:graph.")
    spec = GraphSpec(path.stem, str(path), attribute or "graph")
    return ProjectConfig(target, (spec,), (path.parent,))


def _from_config(target: str, path: Path) -> ProjectConfig:
    config = _load(path)
    folder = path.resolve().parent
    graphs = config.get("graphs")
    if not isinstance(graphs, dict) or not graphs:
        raise BadTarget(
            f"{path} names no graphs.",
            hint='Add "graphs": {"name": "./file.py:graph"} to it.',
        )
    return ProjectConfig(
        target,
        tuple(_spec(path, folder, name, entry) for name, entry in graphs.items()),
        _import_paths(folder, config.get("dependencies")),
        _environment(folder, config.get("env")),
        _allowed_types(config),
        store if isinstance(store := config.get("store"), dict) else {},
        tuple(map(str, _listed(config, "webhooks", "url", "allowed_domains"))),
        _auth(path, folder, config.get("auth")),
        _web_origins(path, config),
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = "Give the path of a langgraph.json, or path/to/file.py:graph."
        raise BadTarget(f"There is no file {path}.", hint=hint) from None
    except json.JSONDecodeError as error:
        raise BadTarget(
            f"{path} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.",
            hint="Correct that line.",
        ) from None
    except OSError as error:
        raise BadTarget(f"{path} cannot be read: {error.strerror}.") from None
    except (
        ValueError,
        RecursionError,
    ) as error:  # not UTF-8, a number that is too long, or nested too deeply
        raise BadTarget(f"{path} cannot be read: {error}.") from None
    if not isinstance(config, dict):
        raise BadTarget(f"{path} is not a JSON object.", hint="See the LangGraph CLI reference.")
    return config


def _spec(path: Path, folder: Path, name: str, entry: Any) -> GraphSpec:
    place = entry.get("path") if isinstance(entry, dict) else entry
    source, separator, attribute = str(place or "").rpartition(":")
    if not isinstance(place, str) or not separator or not source or not attribute:
        raise BadTarget(
            f'{path}: graph "{name}" has no valid "path".',
            hint='Write "./file.py:graph" or "package.module:graph".',
        )
    if is_file(source):
        source = str((folder / source).resolve())
    description = entry.get("description") if isinstance(entry, dict) else None
    return GraphSpec(name, source, attribute, description)


def _auth(path: Path, folder: Path, section: Any) -> AuthSpec | None:
    """Read the `auth` section. An unknown key could be a restriction, so it is refused."""
    if not section:
        return None
    if not isinstance(section, dict):
        raise BadTarget(f'{path}: "auth" is not an object.', hint=_AUTH_HINT)
    if unknown := sorted(section.keys() - {"path", *_AUTH_WITHOUT_EFFECT}):
        raise BadTarget(
            f'{path}: "auth" has {", ".join(unknown)}, which this server does not support.',
            hint="Not served, because access could be less restricted than intended.",
        )
    place = section.get("path")
    source, separator, attribute = str(place or "").rpartition(":")
    if not isinstance(place, str) or not separator or not source or not attribute:
        raise BadTarget(f'{path}: "auth" has no valid "path" of the handlers.', hint=_AUTH_HINT)
    if Path(source).suffix in _JAVASCRIPT:
        raise BadTarget(f"{path}: {source} is not Python.", hint=_AUTH_HINT)
    spec = AuthSpec(source, attribute)
    return AuthSpec(str((folder / source).resolve()), attribute) if is_file(source) else spec


def _import_paths(folder: Path, dependencies: Any) -> tuple[Path, ...]:
    named = dependencies if isinstance(dependencies, list) else []
    local = [(folder / str(name)).resolve() for name in named]
    return tuple(dict.fromkeys([folder, *(path for path in local if path.is_dir())]))


def _environment(folder: Path, env: Any) -> dict[str, str]:
    if isinstance(env, dict):
        return {str(name): str(value) for name, value in env.items()}
    if not isinstance(env, str) or not env:
        return {}
    try:
        lines = (folder / env).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadTarget(f"The env file {folder / env} cannot be read: {error}.") from None
    pairs = (_ENV_LINE.match(line) for line in lines if not line.lstrip().startswith("#"))
    return {pair[1]: _unquoted(pair[2]) for pair in pairs if pair}


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.split(r"\s+#", value, maxsplit=1)[0]


def _allowed_types(config: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    allowed = _listed(config, "checkpointer", "serde", "allowed_msgpack_modules")
    return tuple(tuple(map(str, entry)) for entry in allowed if isinstance(entry, list))


def _web_origins(path: Path, config: dict[str, Any]) -> WebOrigins:
    http = config.get("http")
    cors = http.get("cors") if isinstance(http, dict) else None
    pattern = cors.get("allow_origin_regex") if isinstance(cors, dict) else None
    try:
        re.compile(pattern or "")
    except (re.error, TypeError) as error:
        raise BadTarget(
            f"{path}: http.cors.allow_origin_regex is not a regular expression: {error}."
        ) from None
    return WebOrigins(tuple(map(str, _listed(config, "http", "cors", "allow_origins"))), pattern)


def _listed(config: Any, *path: str) -> list[Any]:
    """Return the list at a path of keys; an empty one if there is none."""
    for key in path:
        config = config.get(key) if isinstance(config, dict) else None
    return config if isinstance(config, list) else []
