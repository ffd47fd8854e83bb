"""What the server needs of its interpreter, and the check of it before anything else is imported.

This module, `errors`, `startup_report` and `__main__` import nothing but the standard library and
run on Python 3.8 and later, so that an interpreter that is too old gets a clear sentence.
"""

from __future__ import annotations  # read by interpreters that are too old, to tell them so

import re
import shlex
import sys
from importlib import metadata
from typing import TYPE_CHECKING

from hitl_server.errors import StartFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

PYTHON = (3, 11)
"""The oldest Python that the server runs on."""

PACKAGES = {
    "aiosqlite": "0.20.0",
    "fastapi": "0.110.0",
    "httptools": "0.6.4",
    "httpx": "0.28.0",
    "jsonpath-rfc9535": "1.0.0",
    "langchain-core": "1.6.10",
    "langgraph": "1.2.20",
    "langgraph-checkpoint": "4.3.0",
    "langgraph-checkpoint-sqlite": "3.1.1",
    "langgraph-sdk": "0.4.6",
    "orjson": "3.11.5",
    "pydantic": "2.9.0",
    "python-dotenv": "1.0.0",
    "starlette": "0.36.3",
    "typing-extensions": "4.14.0",
    "uvicorn": "0.27.0",
    "uvloop": "0.21.0",
}
"""Each distribution that the server imports, and its oldest version: `local` in pyproject.toml."""

_VERSION = re.compile(r"(\d+(?:\.\d+)*)[-_.]?(a|b|c|rc|alpha|beta|pre|preview|dev)?")


def check_interpreter() -> None:
    """Raise `StartFailed` if this Python, or a package of it, is missing or too old."""
    if sys.version_info < PYTHON:
        have, need = ("{}.{}".format(*version[:2]) for version in (sys.version_info, PYTHON))
        raise StartFailed(
            f"{sys.executable} is Python {have}; the server needs Python {need} or later.",
            hint="Give another interpreter with --python.",
        )
    versions = {name: _installed(name) for name in PACKAGES}
    unfit = {
        name: version
        for name, version in versions.items()
        if version is None or _order(version) < _order(PACKAGES[name])
    }
    if unfit:
        raise StartFailed(_what(unfit), hint=f"Install them: {install_command(unfit)}")


def install_command(names: Iterable[str] = PACKAGES) -> str:
    """Return the command that installs these of `PACKAGES` for this interpreter."""
    needed = _bounds(names)
    packages = ["hitl-tui[local]"] if _local_includes(needed) else needed
    quoted = " ".join(f"'{package}'" for package in packages)
    return f"{shlex.quote(sys.executable)} -m pip install {quoted}"


def _what(unfit: dict[str, str | None]) -> str:
    """Return what is wrong in one sentence; `unfit` has None for what is not installed."""
    if not any(unfit.values()) and _local_includes(_bounds(unfit)):
        return "Running graphs on this machine needs more packages."
    lacking = [
        f"{bound} (it has {version})" if version else bound
        for bound, version in zip(_bounds(unfit), unfit.values())
    ]
    return f"{sys.executable} does not have what the server needs: {', '.join(lacking)}."


def _bounds(names: Iterable[str]) -> list[str]:
    return [f"{name}>={PACKAGES[name]}" for name in names]


def _local_includes(needed: list[str]) -> bool:
    """Whether a hitl-tui that is installed here brings these with its extra `local`."""
    try:
        lines = metadata.requires("hitl-tui") or []
    except metadata.PackageNotFoundError:
        return False
    of_extras = (line.partition(";") for line in lines if "extra ==" in line)
    return {requirement.strip() for requirement, _, _ in of_extras}.issuperset(needed)


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _order(version: str) -> tuple[list[int], bool]:
    """Return what versions are compared by: their numbers, and that a preview comes first."""
    found = _VERSION.match(version)
    if found is None:
        return [], False
    numbers = [int(number) for number in found[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers, found[2] is None
