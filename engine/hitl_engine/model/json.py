"""JSON values, and where a value is within another one."""

import json
from dataclasses import dataclass
from typing import TypeAlias

JsonValue: TypeAlias = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject: TypeAlias = dict[str, JsonValue]
Path: TypeAlias = tuple[str | int, ...]
"""Where a value is within another one: keys and indexes, outermost first."""


def as_object(value: object) -> JsonObject:
    """Return a value of untrusted JSON if it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class ExactValue:
    """What a value of a payload really is, where its JSON is something else (NaN is null)."""

    path: Path
    value: str
    """In the words of the server, untrusted."""


def json_path(path: Path) -> str:
    """Return a path as JSONPath writes it: `$.decisions[1].message`."""
    steps = (
        f"[{step}]"
        if isinstance(step, int)
        else f".{step}"
        if step.isidentifier()
        else f"[{json.dumps(step, ensure_ascii=False)}]"
        for step in path
    )
    return "".join(("$", *steps))
