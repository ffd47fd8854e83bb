"""Reads a target: its graphs, where their code is, its environment and its settings."""

import _imp
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hitl_server.errors import BadTarget
from hitl_server.project.config_file import listed, load, section
from hitl_server.project.environment import Environment, read_environment
from hitl_server.project.http_settings import (
    HttpSettings,
    WebhookRules,
    read_http,
    read_webhooks,
)
from hitl_server.project.places import Place, is_javascript, read_place
from hitl_server.project.unused_keys import unused_keys

_AUTH_HINT = 'Write "auth": {"path": "./auth.py:auth"}.'
_AUTH_WITHOUT_EFFECT = ("disable_studio_auth", "allow_langsmith_api_keys", "openapi", "cache")
"""Keys of the `auth` section that have no effect on this server."""


@dataclass(frozen=True, slots=True)
class GraphSpec:
    """Where the code of one graph is."""

    graph_id: str
    place: Place
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ThreadTtlSettings:
    """`checkpointer.ttl`: when threads expire."""

    default_minutes: float | None = None
    """For a thread whose request names none; None for never."""
    sweep_minutes: float = 5
    """Between two searches for expired threads."""


@dataclass(frozen=True, slots=True)
class ProjectConfig:
    """The settings of a target."""

    target: str
    graphs: tuple[GraphSpec, ...]
    import_paths: tuple[Path, ...]
    """Folders that are added to the end of `sys.path`, as in `langgraph dev`."""
    unusable: dict[str, str] = field(default_factory=dict)
    """Graphs whose entry names no Python object, each with the reason."""
    environment: Environment = field(default_factory=Environment)
    remarks: tuple[str, ...] = ()
    """What a person should know about these settings: one sentence each."""
    allowed_types: tuple[tuple[str, ...], ...] = ()
    """`checkpointer.serde.allowed_msgpack_modules`: types that checkpoints may deserialize."""
    store: dict[str, Any] = field(default_factory=dict)
    """The section `store`, of which `ttl` is used, if the project has no store of its own."""
    own_store: Place | None = None
    """`store.path`: the project's own store."""
    own_checkpointer: Place | None = None
    """`checkpointer.path`: the project's own checkpointer."""
    thread_ttl: ThreadTtlSettings = ThreadTtlSettings()
    webhooks: WebhookRules = field(default_factory=WebhookRules)
    auth: Place | None = None
    """`auth.path`: the handlers for authentication and authorization."""
    http: HttpSettings = field(default_factory=HttpSettings)

    def enter(self) -> None:
        """Set the environment (without overriding anything) and the import path of this process.

        Compiled files that do not tell when they were made are compared with their source.
        """
        _imp.check_hash_based_pycs = "always"  # as the option of python, which some do not have
        self.environment.enter()
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


def _single(target: str, path: Path, attribute: str) -> ProjectConfig:
    try:
        path = path.resolve()
        found = path.is_file()
    except OSError as error:
        raise BadTarget(f"{path} cannot be read: {error.strerror}.") from None
    if not found:
        raise BadTarget(f"There is no file {path}.", hint="Give path/to/file.py:graph.")
    spec = GraphSpec(path.stem, Place(str(path), attribute or "graph"))
    return ProjectConfig(target, (spec,), (path.parent,))


def _from_config(target: str, path: Path) -> ProjectConfig:
    config = load(path)
    folder = path.resolve().parent
    graphs = config.get("graphs")
    if not isinstance(graphs, dict) or not graphs:
        raise BadTarget(
            f"{path} names no graphs.",
            hint='Add "graphs": {"name": "./file.py:graph"} to it.',
        )
    specs = {name: _spec(folder, name, entry) for name, entry in graphs.items()}
    unusable = {
        name: why for name, spec in specs.items() if (why := _why_unusable(path, name, spec))
    }
    environment = read_environment(path, config.get("env"))
    http, about_http = read_http(path, config)
    webhooks, about_webhooks = read_webhooks(path, config)
    return ProjectConfig(
        target,
        tuple(spec for name, spec in specs.items() if spec and name not in unusable),
        _import_paths(folder, config.get("dependencies")),
        unusable=unusable,
        environment=environment,
        remarks=(
            *environment.remarks,
            *_other_python(path, config.get("python_version")),
            *_missing_folders(path, config),
            *unused_keys(path, config),
            *about_http,
            *about_webhooks,
        ),
        allowed_types=_allowed_types(config),
        store=section(config, "store"),
        own_store=_own_part(path, config, "store"),
        own_checkpointer=_own_part(path, config, "checkpointer"),
        thread_ttl=_thread_ttl(path, section(config, "checkpointer", "ttl")),
        webhooks=webhooks,
        auth=_auth(path, folder, config.get("auth")),
        http=http,
    )


def _spec(folder: Path, name: str, entry: Any) -> GraphSpec | None:
    """Return the graph of an entry; None if the entry names none."""
    given = entry if isinstance(entry, dict) else {"path": entry}
    place = read_place(folder, given.get("path"))
    return GraphSpec(name, place, given.get("description")) if place else None


def _why_unusable(path: Path, name: str, spec: GraphSpec | None) -> str | None:
    if spec is None:
        return (
            f'{path}: "{name}" names no object. Write "./file.py:graph" or "package.module:graph".'
        )
    if is_javascript(spec.place.source):
        return f"{path}: {spec.place.source} is JavaScript; this server runs Python graphs only."
    return None


def _other_python(path: Path, version: Any) -> Iterator[str]:
    """Yield a remark if the project names another Python than the one that runs."""
    own = "{}.{}".format(*sys.version_info)
    if version is not None and ".".join(str(version).split(".")[:2]) != own:
        yield (
            f"{path} names Python {version}, but {sys.executable} is Python {own}. "
            f"Give one of Python {version} with --python."
        )


def _auth(path: Path, folder: Path, given: Any) -> Place | None:
    """Read the `auth` section. An unknown key could be a restriction, so it is refused."""
    if not given:
        return None
    if not isinstance(given, dict):
        raise BadTarget(f'{path}: "auth" is not an object.', hint=_AUTH_HINT)
    if unknown := sorted(given.keys() - {"path", *_AUTH_WITHOUT_EFFECT}):
        raise BadTarget(
            f'{path}: "auth" has {", ".join(unknown)}, which this server does not support.',
            hint="Not served, because access could be less restricted than intended.",
        )
    place = read_place(folder, given.get("path"))
    if place is None:
        raise BadTarget(f'{path}: "auth" has no valid "path" of the handlers.', hint=_AUTH_HINT)
    if is_javascript(place.source):
        raise BadTarget(f"{path}: {place.source} is not Python.", hint=_AUTH_HINT)
    return place


def _own_part(path: Path, config: dict[str, Any], name: str) -> Place | None:
    text = section(config, name).get("path")
    if not text:
        return None
    place = read_place(path.resolve().parent, text)
    if place is None:
        raise BadTarget(
            f"{path}: {name}.path names no object.", hint=f'Write "./{name}.py:{name}".'
        )
    return place


def _thread_ttl(path: Path, given: dict[str, Any]) -> ThreadTtlSettings:
    if given.get("strategy") not in (None, "delete"):
        raise BadTarget(
            f"{path}: checkpointer.ttl.strategy is not delete.",
            hint="This server only deletes whole threads: a checkpoint may need data of earlier ones.",
        )
    default, sweep = given.get("default_ttl"), given.get("sweep_interval_minutes", 5)
    for name, number in (("default_ttl", default), ("sweep_interval_minutes", sweep)):
        if number is not None and (not isinstance(number, int | float) or not number > 0):
            raise BadTarget(f"{path}: checkpointer.ttl.{name} is not a number above 0.")
    return ThreadTtlSettings(default, sweep)


def _import_paths(folder: Path, dependencies: Any) -> tuple[Path, ...]:
    named = dependencies if isinstance(dependencies, list) else []
    local = [(folder / str(name)).resolve() for name in named]
    return tuple(dict.fromkeys([folder, *(path for path in local if path.is_dir())]))


def _missing_folders(path: Path, config: dict[str, Any]) -> Iterator[str]:
    for name in listed(config, "dependencies"):
        if str(name).startswith((".", "/")) and not (path.resolve().parent / str(name)).is_dir():
            yield f"{path}: dependencies names {name}, which is no folder."


def _allowed_types(config: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    allowed = listed(config, "checkpointer", "serde", "allowed_msgpack_modules")
    return tuple(tuple(map(str, entry)) for entry in allowed if isinstance(entry, list))
