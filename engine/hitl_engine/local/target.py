"""Where graphs run: a URL, a `langgraph.json`, or `file.py:graph`; and where its data is kept."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit, urlunsplit

from platformdirs import user_data_path

from hitl_engine.errors import BadTarget, JournalFailed
from hitl_engine.private_files import make_private_folder

_KEYS = ("LANGGRAPH_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
"""Environment variables that hold a key, in the order in which LangGraph's own SDK looks."""

_HINT = "Give a URL, a langgraph.json, or file.py:graph."


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """A server with the LangGraph Server API."""

    url: str
    """Without a slash at the end; may hold credentials, so show `label`."""
    label: str


@dataclass(frozen=True, slots=True)
class LocalProject:
    """Graphs on this machine, run by a server of our own."""

    spec: str
    """The absolute path of a `langgraph.json`, or absolute `file.py:graph`."""
    label: str


Target: TypeAlias = RemoteServer | LocalProject


def find_target(text: str | None, *, environ: Mapping[str, str], cwd: Path | None = None) -> Target:
    """Return the target that `text` names; without it HITL_TUI_TARGET, then `./langgraph.json`.

    Raises BadTarget.
    """
    cwd = cwd or Path()
    text = text or environ.get("HITL_TUI_TARGET")
    if not text:
        if not _is_file(cwd / "langgraph.json"):
            raise BadTarget("No target was given and there is no langgraph.json here.", hint=_HINT)
        text = "langgraph.json"
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", text):
        return _remote(text)
    if re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}(/.*)?", text):
        raise BadTarget(
            f"{text} is not a target: a URL begins with http:// or https://.",
            hint=f"Give http://{text}.",
        )
    return _project(text, cwd)


def _remote(text: str) -> RemoteServer:
    shown = re.sub(r"//[^/]*@", "//", text)  # no credentials in an error
    if not text.isprintable() or " " in text:
        raise BadTarget(
            f"{shown} is not a URL: it contains a character that is not allowed.", hint=_HINT
        )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadTarget(f"{shown} is not a URL.", hint=_HINT) from error
    if parts.scheme not in {"http", "https"} or not host:
        raise BadTarget(f"{shown} is not an http or https URL.", hint=_HINT)
    place = f"[{host}]" if ":" in host else host
    netloc = f"{place}:{port}" if port else place
    path = parts.path.rstrip("/")
    label = urlunsplit((parts.scheme, netloc, path, "", ""))
    return RemoteServer(url=urlunsplit((parts.scheme, parts.netloc, path, "", "")), label=label)


def _project(text: str, cwd: Path) -> LocalProject:
    file, colon, attribute = text.rpartition(":") if _names_graph(text) else (text, "", "")
    path = _resolved(cwd / file)
    if not _is_file(path):
        raise BadTarget(f"There is no file {path}.", hint=_HINT)
    if path.suffix == ".py":
        if not attribute:
            raise BadTarget(
                f"{path.name} is a Python file; the name of the graph is missing.",
                hint=f"Name the variable: {path.name}:graph.",
            )
        return LocalProject(spec=f"{path}:{attribute}", label=f"{path.name}:{attribute}")
    if path.suffix != ".json" or colon:
        raise BadTarget(f"{path.name} is neither a langgraph.json nor Python.", hint=_HINT)
    return LocalProject(spec=str(path), label=path.parent.name)


def _resolved(path: Path) -> Path:
    """Return the absolute path of a file; for a folder, of the `langgraph.json` in it."""
    try:
        path = path.resolve()
        return path / "langgraph.json" if path.is_dir() else path
    except OSError as error:
        raise _unreadable(path, error) from error
    except RuntimeError as error:  # a loop of links, before Python 3.13
        raise BadTarget(f"{path} cannot be read: it is a loop of links.", hint=_HINT) from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> BadTarget:
    return BadTarget(f"{path} cannot be read: {error.strerror}.", hint=_HINT)


def _names_graph(text: str) -> bool:
    return re.search(r"\.py:[^/\\]*$", text) is not None


def data_folder(target: Target, base: Path | None) -> Path:
    """Return the folder of this target's local state, made with mode 0700 where it is missing.

    One folder a project (or server) below `base`, which defaults to the user's data folder.
    Raises JournalFailed.
    """
    base = base or user_data_path("hitl-tui")
    identity = target.spec if isinstance(target, LocalProject) else target.label
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", target.label).strip("-.")[-40:] or "project"
    folder = base / f"{name}-{hashlib.sha256(os.fsencode(identity)).hexdigest()[:10]}"
    try:
        folder = folder.absolute()
        make_private_folder(folder)
    except OSError as error:
        raise JournalFailed(
            f"The data folder cannot be used: {error}.", hint="Choose another with --data-dir."
        ) from error
    return folder


def key_header(environ: Mapping[str, str], variable: str | None) -> dict[str, str]:
    """Return the header that carries the API key of the environment, or nothing.

    `variable` names the one to use; without it, the variables of LangGraph's SDK are tried.
    """
    for name in [variable] if variable else _KEYS:
        key = environ.get(name, "").strip().strip("'\"")
        if key:
            return {"x-api-key": key}
    return {}
