"""What a local project would run: read from its `langgraph.json`, as `hitl_server` reads it.

Nothing of the project is imported. What is in doubt counts as code.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from hitl_engine.code_to_run import ProjectCode
from hitl_engine.errors import BadTarget, NotTrusted
from hitl_engine.local.code_files import MOST, UNCHECKED_HINT, CodeFiles, read_checked

if TYPE_CHECKING:
    from hitl_engine.model import JsonObject

_Named = TypeVar("_Named")

_CONFIGURATION = "settings"
_NOT_PYTHON = (".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".tsx", ".jsx")
"""The server runs none of these."""
_VARIABLE = re.compile(
    r"^(?=[^\S\n]*+(?:export[^\S\n]++)?(?:'([^']++)'|([^=#\s]++))[^\S\n]*+=)", re.MULTILINE
)
"""A name in an env file, as python-dotenv reads it.

A line of a longer value may look like one, and so one name may overlap others.
"""


def read_code(spec: str) -> ProjectCode:
    """Return what a project would run now; `spec` is that of a `LocalProject`.

    Raises BadTarget for a `langgraph.json` that cannot be read, and NotTrusted for what cannot be
    checked.
    """
    path, colon, _ = spec.rpartition(":")
    if colon and path.endswith(".py"):
        return _code_of_file(spec, Path(path))
    return _code_of_project(spec, Path(spec))


def _code_of_file(spec: str, path: Path) -> ProjectCode:
    files = CodeFiles()
    files.import_paths = (path.parent,)
    files.add_python(path, f"graph {path.stem}")
    return ProjectCode(spec, str(path.parent), files.files, helpers=files.helpers)


def _code_of_project(spec: str, path: Path) -> ProjectCode:
    folder = path.parent
    files = CodeFiles()
    content = files.add(path, _CONFIGURATION)
    if problem := files.files[0].problem:
        raise BadTarget(f"{path} cannot be read: {problem}.")
    config = _parsed(path, content)
    files.import_paths = _import_paths(folder, config.get("dependencies"))
    modules = []
    for use, place in _few(_places(config), "objects"):
        source, _, attribute = place.rpartition(":")
        if not source or not attribute or Path(source).suffix in _NOT_PYTHON:
            continue
        if "/" in source or source.endswith(".py"):
            files.add_python(_resolved(folder / source), use)
        elif not files.add_module(source, use):
            modules.append(f"{source} ({use})")
    env_file, variables = _variables(folder, config.get("env"))
    return ProjectCode(
        spec,
        str(folder),
        files.files,
        env_file=env_file,
        variables=variables,
        modules=tuple(modules),
        helpers=files.helpers,
    )


def _parsed(path: Path, content: bytes) -> "JsonObject":
    try:
        config = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadTarget(
            f"{path} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.",
            hint="Correct that line.",
        ) from None
    except (ValueError, RecursionError) as error:
        raise BadTarget(f"{path} cannot be read: {error}.") from None
    if not isinstance(config, dict):
        raise BadTarget(f"{path} is not a JSON object.", hint="See the LangGraph CLI reference.")
    return config


def _places(config: Any) -> Iterator[tuple[str, str]]:
    """Yield what the file names to be imported: its use, and its place."""
    graphs = config.get("graphs")
    for name, entry in graphs.items() if isinstance(graphs, dict) else ():
        yield from _place(f"graph {name}", entry.get("path") if isinstance(entry, dict) else entry)
    for section, key, use in (
        ("auth", "path", "auth"),
        ("http", "app", "http.app"),
        ("store", "path", "store"),
        ("checkpointer", "path", "checkpointer"),
    ):
        given = config.get(section)
        yield from _place(use, given.get(key) if isinstance(given, dict) else None)


def _place(use: str, place: Any) -> Iterator[tuple[str, str]]:
    if isinstance(place, str):
        yield use, place


def _import_paths(folder: Path, dependencies: Any) -> tuple[Path, ...]:
    named = _few(dependencies if isinstance(dependencies, list) else (), "dependencies")
    return tuple(dict.fromkeys([folder, *(_resolved(folder / str(name)) for name in named)]))


def _few(named: Iterable[_Named], what: str) -> tuple[_Named, ...]:
    """Return what is named. Raises NotTrusted for more than a person looks at."""
    found = tuple(islice(named, MOST + 1))
    if len(found) > MOST:
        raise NotTrusted(f"The project names more than {MOST} {what}.", hint=UNCHECKED_HINT)
    return found


def _resolved(path: Path) -> Path:
    """Return the path with its links resolved; as it is, if that cannot be."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()


def _variables(folder: Path, env: Any) -> tuple[str, tuple[str, ...]]:
    """Return the path of the env file, if one is named, and the names that `env` sets."""
    names: set[str]
    env_file = ""
    match env:
        case str() if env:
            path = _resolved(folder / env)
            env_file = str(path)
            names = names_in(read_checked(path)[0])
        case dict():
            names = set(env)
        case list():
            names = {each.partition("=")[0] for each in env if isinstance(each, str)}
        case _:
            names = set()
    return env_file, _few(sorted(names), "variables")


def names_in(content: bytes) -> set[str]:
    """Return the names of all variables that an env file sets, and perhaps more."""
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return {quoted or bare for quoted, bare in _VARIABLE.findall(text)}
