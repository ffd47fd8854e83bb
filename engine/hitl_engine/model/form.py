"""Forms: their fields, and the faults of what was filled in."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from hitl_engine.model.json import JsonValue, Path, json_path


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value does not fit, and where."""

    path: Path
    words: str
    """Follows the path in a sentence: `must be a whole number; it is the text "10"`."""
    argument: tuple[int, Path] | None = None
    """For a fault in edited arguments: the index of the call, from 0, and the path in them."""

    def __str__(self) -> str:
        return f"{json_path(self.path)}: {self.words}"


FieldKind: TypeAlias = Literal[
    "text",
    "long_text",
    "integer",
    "number",
    "boolean",
    "choice",
    "fixed",
    "object",
    "list",
    "variants",
    "json",
]


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form made from a JSON Schema; an entire schema is a field without a name."""

    name: str
    title: str
    kind: FieldKind
    required: bool
    description: str = ""
    default: JsonValue = None
    has_default: bool = False
    nullable: bool = False
    """Whether the value may also be null."""
    choices: tuple[JsonValue, ...] = ()
    """Of a choice; the one value of a fixed field."""
    labels: tuple[str, ...] = ()
    """The names of the choices, if the schema has them; otherwise their JSON is shown."""
    hints: tuple[str, ...] = ()
    """What is expected, in words: `at least 0`, `a date, as 2026-01-31`."""
    fields: tuple["FormField", ...] = ()
    """Of an object."""
    item: "FormField | None" = None
    """Of a list: the field of each item."""
    is_chat: bool = False
    """Whether the value is a list of messages, for which the text of one is entered."""
    variants: tuple["Variant", ...] = ()
    beyond: str = ""
    """For the kind `json`: why no other field can hold the value."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the shapes that a value may have, and how to recognise it."""

    field: FormField
    types: tuple[str, ...]
    """JSON types (`string`, `integer`, …) of its values."""
    tag: str = ""
    """The property whose value shows which variant it is, if there is one."""
    tags: tuple[JsonValue, ...] = ()
    """The values of that property in this variant."""
