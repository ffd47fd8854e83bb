"""Paths into thread rows: `extract` of a thread search, as in langgraph-api."""

import re
from collections.abc import Mapping
from typing import Any

from hitl_server.refusals import Refusal

ROOTS = ("values", "metadata", "config", "interrupts")
"""The fields of a row that a path may begin with."""

_MAX_PATHS = 10
_ALIAS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PART = re.compile(r"\.|\[")


def check_extract_paths(paths: Mapping[str, str], fields: tuple[str, ...]) -> None:
    """Refuse (422) too many paths, invalid or taken names, and other fields than `ROOTS`."""
    if len(paths) > _MAX_PATHS:
        raise Refusal(422, f"Maximum of {_MAX_PATHS} extract paths allowed, got {len(paths)}")
    for alias, path in paths.items():
        if alias in fields or not _ALIAS.fullmatch(alias):
            raise Refusal(422, f"Extract key {alias!r} must be an identifier that is not taken")
        if root_field(path) not in ROOTS:
            raise Refusal(422, f"Extract path {path!r} must start with one of: {', '.join(ROOTS)}")


def root_field(path: str) -> str:
    """Return the field that a path begins with."""
    return _PART.split(path, maxsplit=1)[0]


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path (`values.messages[-1].content`) of a parsed row, or None."""
    found: Any = row
    for part in filter(None, _PART.split(path)):
        found = _step(found, part)
    return found


def _step(found: Any, part: str) -> Any:
    if not part.endswith("]"):
        return found.get(part) if isinstance(found, Mapping) else None
    try:
        return found[int(part[:-1])] if isinstance(found, list) else None
    except (ValueError, IndexError):
        return None
