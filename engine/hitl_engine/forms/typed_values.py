"""What was typed in a form, and the JSON it means: `read` it, or begin with `typed_of` a value.

`Typed` is JSON, so that a draft can keep it. It follows the fields:

    text, long_text          the text
    integer, number, json    the JSON as typed; blank: nothing yet
    boolean                  true or false
    choice                   the index of the choice
    fixed                    true
    object                   {"fields": {name: typed}, "beside": {key: value}}; what is left out
                             is absent, and `beside` holds keys that the form does not know
    list                     [typed, …]
    variants                 {"variant": index, "typed": typed}
    any of them              null for null; {"json": text} for a value given as JSON

Reading changes no type, and `read(field, typed_of(field, value))` is `value`, whatever it is.
Whether the value fits the schema is judged afterwards, by `hitl_engine.forms.validation`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hitl_engine.fingerprint import canonical_json
from hitl_engine.forms.schema_fields import json_type
from hitl_engine.model import Fault, FormField, JsonObject, JsonValue, Path, Variant
from hitl_engine.strict_json import JsonProblem, read_json

Typed: TypeAlias = JsonValue


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What was typed, read as far as it can be."""

    value: JsonValue
    """Without the fields that could not be read; null where a list or the whole form could not."""
    faults: tuple[Fault, ...]
    """What could not be read, each at its place, in the order of the form."""

    def and_then(self, found: Iterable[Fault]) -> tuple[Fault, ...]:
        """Return all faults: what could not be read, then what was `found` in the rest."""
        unread = [fault.path for fault in self.faults]
        rest = (fault for fault in found if not any(fault.path[: len(p)] == p for p in unread))
        return (*self.faults, *rest)


def read(field: FormField, typed: Typed) -> ReadResult:
    """Read what was typed. The check against the schema finds required fields that were left out."""
    reader = _Reader()
    value = reader.value(field, typed, ())
    return ReadResult(value, tuple(reader.faults))


def typed_of(field: FormField, value: JsonValue) -> Typed:
    """Return what a person would have typed for `value`; as JSON if the field cannot hold it."""
    match field.kind, value:
        case _, None if field.nullable:
            return None
        case (("text" | "long_text"), str()):
            return value
        case "integer", int() if not isinstance(value, bool):
            return str(value)
        case "number", int() | float() if not isinstance(value, bool):
            return json.dumps(value)
        case "boolean", bool():
            return value
        case "choice", _ if (index := _index(field.choices, value)) is not None:
            return index
        case "fixed", _ if _index(field.choices, value) is not None:
            return True
        case "object", dict():
            return _typed_object(field, value)
        case "list", list() if field.item is not None:
            return [typed_of(field.item, item) for item in value]
        case "variants", _ if (index := _variant(field.variants, value)) is not None:
            return {"variant": index, "typed": typed_of(field.variants[index].field, value)}
        case "json", _:
            return _source(value)
        case _:
            return {"json": _source(value)}


def start_of(field: FormField) -> Typed:
    """Return the initial state of a form: defaults and fixed values; nothing else is chosen."""
    if field.has_default:
        return typed_of(field, field.default)
    match field.kind:
        case "fixed":
            return True
        case "object":
            begun: JsonObject = {
                inner.name: start_of(inner)
                for inner in field.fields
                if inner.has_default or inner.kind in ("fixed", "object") and inner.required
            }
            return {"fields": begun, "beside": {}}
        case "list":
            return []
        case _:
            return ""


def left_out(field: FormField, typed: Typed, path: Path = ()) -> Iterator[Fault]:
    """Yield the required fields that are left out, for forms without a schema."""
    match field.kind, typed:
        case "object", {"fields": dict(given)}:
            for inner in field.fields:
                place = (*path, inner.name)
                if inner.name in given and not _is_blank(inner, given[inner.name]):
                    yield from left_out(inner, given[inner.name], place)
                elif inner.required:
                    yield Fault(place, _NEEDED)
        case "list", list() if field.item is not None:
            for place_in_list, each in enumerate(typed):
                yield from left_out(field.item, each, (*path, place_in_list))
        case "variants", {"variant": int(index), "typed": inner_typed}:
            yield from left_out(field.variants[index].field, inner_typed, path)


def _typed_object(field: FormField, value: JsonObject) -> Typed:
    known = {inner.name: inner for inner in field.fields}
    return {
        "fields": {key: typed_of(known[key], each) for key, each in value.items() if key in known},
        "beside": {key: each for key, each in value.items() if key not in known},
    }


def _index(choices: tuple[JsonValue, ...], value: JsonValue) -> int | None:
    """Return the index of a value; `True` is not `1`."""
    sought = canonical_json(value)
    return next((i for i, each in enumerate(choices) if canonical_json(each) == sought), None)


def _variant(variants: tuple[Variant, ...], value: JsonValue) -> int | None:
    return next((i for i, variant in enumerate(variants) if _has_shape(variant, value)), None)


def _has_shape(variant: Variant, value: JsonValue) -> bool:
    if variant.tag:
        return (
            isinstance(value, dict)
            and variant.tag in value
            and _index(variant.tags, value[variant.tag]) is not None
        )
    kind = json_type(value)
    return kind in variant.types or (kind == "integer" and "number" in variant.types)


def _source(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


_NEEDED = "is needed"


class _Reader:
    """Reads one form; collects what is wrong."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def value(self, field: FormField, typed: Typed, path: Path) -> JsonValue:
        """Return the value, or None with a fault."""
        match field.kind, typed:
            case _, None:
                return None if field.nullable else self._fault(path, "cannot be null")
            case _, {"json": str(text)}:
                return self._json(text, path)
            case (("text" | "long_text"), str()):
                return typed
            case (("integer" | "number"), str()):
                return self._number(field, typed, path)
            case "json", str():
                return self._json(typed, path)
            case "boolean", bool():
                return typed
            case "choice", int(index) if _is_place(index, field.choices):
                return field.choices[index]
            case "fixed", True:
                return field.choices[0]
            case "object", {"fields": dict(given), "beside": dict(beside)}:
                return {**self._fields(field, given, path), **beside}
            case "list", list() if field.item is not None:
                return [self.value(field.item, each, (*path, i)) for i, each in enumerate(typed)]
            case "variants", {"variant": int(index), "typed": inner} if _is_place(
                index, field.variants
            ):
                return self.value(field.variants[index].field, inner, path)
            case _:
                return self._fault(path, _NEEDED)

    def _fields(self, field: FormField, given: JsonObject, path: Path) -> JsonObject:
        values: JsonObject = {}
        for inner in field.fields:
            if inner.name not in given or _is_blank(inner, given[inner.name]):
                continue
            found = len(self.faults)
            place = (*path, inner.name)
            value = self.value(inner, given[inner.name], place)
            if not any(fault.path == place for fault in self.faults[found:]):
                values[inner.name] = value
        return values

    def _number(self, field: FormField, text: str, path: Path) -> JsonValue:
        wanted = "must be a whole number" if field.kind == "integer" else "must be a number"
        try:
            value = read_json(text.strip())
        except JsonProblem:
            return self._fault(path, wanted if text.strip() else _NEEDED)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._fault(path, wanted)
        if field.kind == "integer" and isinstance(value, float):
            return self._fault(path, wanted)
        return value

    def _json(self, text: str, path: Path) -> JsonValue:
        if not text.strip():
            return self._fault(path, _NEEDED)
        try:
            return read_json(text)
        except JsonProblem as problem:
            return self._fault(path, f"is not JSON yet: {problem}")

    def _fault(self, path: Path, words: str) -> JsonValue:
        self.faults.append(Fault(path, words))
        return None


def _is_place(index: int, choices: Sequence[object]) -> bool:
    return not isinstance(index, bool) and 0 <= index < len(choices)


def _is_blank(field: FormField, typed: Typed) -> bool:
    """A blank number or blank JSON is left out; an empty text is a text."""
    return field.kind in ("integer", "number", "json") and typed == ""
