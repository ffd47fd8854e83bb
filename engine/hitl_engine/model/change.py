"""Places of a JSON value: those that changed, and those that an expression finds."""

from dataclasses import dataclass
from enum import StrEnum

from hitl_engine.model.json import JsonValue, Path


class ChangeKind(StrEnum):
    """How a place changed."""

    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Change:
    """A place of a JSON value that changed."""

    path: Path
    """Where it is in the value afterwards; if it was removed, where it was before."""
    kind: ChangeKind
    before: JsonValue = None
    """None if it was added."""
    after: JsonValue = None
    """None if it was removed."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What an expression of JSONPath finds in a value."""

    expression: str
    found: tuple[tuple[Path, JsonValue], ...] = ()
    """Each place with its value."""
    problem: str = ""
    """Why it cannot be read, if so."""
