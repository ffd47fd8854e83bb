"""A form for a value without a schema: each part gets a field of its current type.

Types stay: a whole number can only become another whole number. Null, empty, mixed or large parts
are asked for as JSON, because their type is not known.
"""

from collections.abc import Iterable
from dataclasses import replace

from hitl_engine.model import FieldKind, FormField, JsonObject, JsonValue

_LONG_TEXT = 80
"""From this many characters on, or with a line end, a text gets an editor."""
_DEEPEST = 4
"""Values nested deeper are asked for as JSON."""
_MOST_PARTS = 60
"""Objects and lists with more parts are asked for as JSON."""
_UNKNOWN = "It is not known what is allowed here."
_MIXED = "Its items are of different kinds."
_LARGE = "It is too large for a form."


def form_of_value(value: JsonValue) -> FormField:
    """Return a field without a name that holds `value`, and values like it."""
    return replace(_field(value, "", 0), required=True)


def _field(value: JsonValue, name: str, depth: int) -> FormField:
    match value:
        case str():
            long = len(value) >= _LONG_TEXT or "\n" in value
            return _simple(name, "long_text" if long else "text")
        case bool():
            return _simple(name, "boolean")
        case int():
            return _simple(name, "integer")
        case float():
            return _simple(name, "number")
        case None:
            return _as_json(name, _UNKNOWN)
        case dict() | list() if not value:
            return _as_json(name, _UNKNOWN)
        case dict() | list() if depth >= _DEEPEST or len(value) > _MOST_PARTS:
            return _as_json(name, _LARGE)
        case dict():
            return _object(value, name, depth)
        case list():
            item = _of_all(_field(each, "", depth + 1) for each in value)
            if item is None:
                return _as_json(name, _MIXED)
            return replace(_simple(name, "list"), item=item)


def _object(value: JsonObject, name: str, depth: int) -> FormField:
    fields = tuple(_field(each, key, depth + 1) for key, each in value.items())
    return replace(_simple(name, "object"), fields=fields)


def _simple(name: str, kind: FieldKind) -> FormField:
    return FormField(name=name, title=name, kind=kind, required=False)


def _as_json(name: str, why: str) -> FormField:
    return replace(_simple(name, "json"), beyond=why)


def _of_all(fields: Iterable[FormField]) -> FormField | None:
    """Return the one field that can hold the values of all of these, if there is one."""
    first, *others = fields
    found: FormField | None = first
    for other in others:
        found = _of_both(found, other) if found is not None else None
    return found


_WIDER: dict[frozenset[str], FieldKind] = {
    frozenset({"text", "long_text"}): "long_text",
    frozenset({"integer", "number"}): "number",
}


def _of_both(one: FormField, other: FormField) -> FormField | None:
    if one == other:
        return one
    if one.kind == other.kind == "object":
        names = [field.name for field in one.fields]
        if names != [field.name for field in other.fields]:
            return None
        fields = [_of_both(*pair) for pair in zip(one.fields, other.fields, strict=True)]
        known = tuple(field for field in fields if field is not None)
        return replace(one, fields=known) if len(known) == len(fields) else None
    if one.kind == other.kind == "list" and one.item is not None and other.item is not None:
        item = _of_both(one.item, other.item)
        return replace(one, item=item) if item is not None else None
    wider = _WIDER.get(frozenset({one.kind, other.kind}))
    return replace(one, kind=wider) if wider else None
