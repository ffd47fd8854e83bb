"""JSON Schema: fields of a form out of it, and answers checked against it before they are sent."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from engine.model import FieldKind, FormField, JsonObject, JsonValue

_LONG_TEXT = 200
"""From this many characters on (`maxLength`, or the default's length) a text gets an editor."""

_CLOSED: Registry[bool | Mapping[str, Any]] = Registry()
"""Knows no documents, so a schema from outside cannot make us fetch its references."""


def fields_of(schema: JsonObject | None) -> tuple[FormField, ...]:
    """Return one field for each property of an object schema; nothing where it is no object.

    A property that no simple field can hold (an object, a list, a union) is asked for as JSON.
    """
    properties = schema.get("properties") if schema else None
    if not schema or not isinstance(properties, dict):
        return ()
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return tuple(
        _field(name, _resolved(part, schema), required=name in needed)
        for name, part in properties.items()
    )


def first_fault(schema: JsonObject, value: JsonValue) -> str | None:
    """Return where and how `value` breaks `schema`, most telling fault first, or None.

    A schema that is itself broken checks nothing: it came from outside.
    """
    try:
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, registry=_CLOSED)
        error = best_match(validator.iter_errors(value))
    except (SchemaError, Unresolvable, RecursionError):
        return None
    if error is None:
        return None
    return f"{error.json_path}: {error.message}"


def _field(name: str, schema: JsonObject, *, required: bool) -> FormField:
    title = schema.get("title")
    description = schema.get("description")
    choices = schema.get("enum")
    return FormField(
        name=name,
        title=title if isinstance(title, str) else name,
        kind=_kind(schema),
        required=required,
        description=description if isinstance(description, str) else "",
        default=schema.get("default"),
        has_default="default" in schema,
        choices=tuple(choices) if isinstance(choices, list) else (),
    )


def _kind(schema: JsonObject) -> FieldKind:
    if isinstance(schema.get("enum"), list):
        return "choice"
    match schema.get("type"):
        case "string":
            return "long_text" if _is_long(schema) else "text"
        case "integer":
            return "integer"
        case "number":
            return "number"
        case "boolean":
            return "boolean"
        case _:
            return "json"


def _is_long(schema: JsonObject) -> bool:
    length, default = schema.get("maxLength"), schema.get("default")
    size = len(default) if isinstance(default, str) else 0
    return max(length if isinstance(length, int) else 0, size) >= _LONG_TEXT


def _resolved(part: JsonValue, root: JsonObject) -> JsonObject:
    """Follow a local reference, and take the other branch of `anyOf` with null."""
    schema = part if isinstance(part, dict) else {}
    branches = schema.get("anyOf")
    if isinstance(branches, list):
        others = [branch for branch in branches if branch != {"type": "null"}]
        if len(others) == 1 and isinstance(others[0], dict):
            schema = {**schema, **others[0]}
    reference = schema.get("$ref")
    definitions = root.get("$defs")
    if isinstance(reference, str) and isinstance(definitions, dict):
        target = definitions.get(reference.removeprefix("#/$defs/"))
        if isinstance(target, dict):
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema
