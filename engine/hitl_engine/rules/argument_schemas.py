"""The part of JSON Schema that a rule may use for an argument: only what certainly restricts it.

JSON Schema accepts what it does not understand: an unknown keyword, a bound for another type, a
pattern that fits anywhere in a text, a key that no property names. A rule must not accept anything
by mistake, so each of these is refused, or has to be written down.
"""

from collections.abc import Callable, Iterator, Mapping

from hitl_engine.forms.validation import is_usable, pattern_fault
from hitl_engine.model import JsonObject, JsonValue, Path

_TYPES = ("string", "integer", "number", "boolean", "null", "array", "object")
_ANY_TYPE = ("type", "const", "enum", "anyOf", "oneOf", "allOf", "title", "description")
_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength", "pattern"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "minItems", "maxItems", "uniqueItems"),
    "object": ("properties", "required", "additionalProperties"),
}
_KNOWN = (*_ANY_TYPE, *dict.fromkeys(word for words in _OF_TYPE.values() for word in words))
_PARTS = ("anyOf", "oneOf", "allOf")
_RESTRICTS = ("type", "const", "enum", *_PARTS)
_NEEDED = {"array": "items", "object": "additionalProperties"}
"""What a type without it would accept: any items, any further keys."""


def schema_faults(schema: JsonValue, place: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield where a schema is not one for a rule, and why; the why follows the name of the place."""
    found = list(_faults(schema, place))
    yield from found
    if not found and not (isinstance(schema, dict) and is_usable(narrowed(schema))):
        yield place, "is not a valid JSON Schema, or takes too long to check"


def narrowed(schema: JsonObject) -> JsonObject:
    """Return the schema with patterns that fit a whole text, from its first character to its last."""
    made: JsonObject = {}
    for word, value in schema.items():
        match word, value:
            case "pattern", str():
                made[word] = f"^(?:{value})$"
            case "items" | "additionalProperties", dict():
                made[word] = narrowed(value)
            case "properties", dict():
                made[word] = {
                    name: narrowed(part) if isinstance(part, dict) else part
                    for name, part in value.items()
                }
            case "anyOf" | "oneOf" | "allOf", list():
                made[word] = [narrowed(part) if isinstance(part, dict) else part for part in value]
            case _:
                made[word] = value
    return made


def _faults(schema: JsonValue, place: Path) -> Iterator[tuple[Path, str]]:
    if not isinstance(schema, dict):
        yield place, "must be a table with a JSON Schema"
        return
    if not any(word in schema for word in _RESTRICTS):
        yield place, f"accepts values of every type; give it one of {', '.join(_RESTRICTS)}"
    kinds = _types(schema)
    if kinds is None:
        yield (*place, "type"), f"must be one of {', '.join(_TYPES)}, or a list of them"
        return
    for word, value in schema.items():
        yield from _faults_of_word(word, value, kinds, place)
    for kind in kinds:
        needed = _NEEDED.get(kind)
        if needed is not None and needed not in schema:
            yield place, f"needs {needed}, which tells what else is accepted"


def _faults_of_word(
    word: str, value: JsonValue, kinds: tuple[str, ...], place: Path
) -> Iterator[tuple[Path, str]]:
    here = (*place, word)
    if word not in _KNOWN:
        yield here, f"is not a keyword for rules; these are: {', '.join(_KNOWN)}"
    elif word not in _ANY_TYPE and not any(word in _OF_TYPE.get(kind, ()) for kind in kinds):
        of = [kind for kind, words in _OF_TYPE.items() if word in words]
        yield here, f"has no effect without type = {' or '.join(of)}"
    elif not _SHAPES.get(word, _anything)(value):
        yield here, f"must be {_ALLOWED[word]}"
    elif word == "pattern" and isinstance(value, str) and (fault := pattern_fault(value)):
        yield here, fault
    elif word == "items" or word == "additionalProperties" and not isinstance(value, bool):
        yield from _faults(value, here)
    elif word == "properties" and isinstance(value, dict):
        for name, part in value.items():
            yield from _faults(part, (*here, name))
    elif word in _PARTS and isinstance(value, list):
        for number, part in enumerate(value):
            yield from _faults(part, (*here, number))


def _types(schema: JsonObject) -> tuple[str, ...] | None:
    """Return the types that a schema names; None if it names one that does not exist."""
    given = schema.get("type", [])
    kinds = given if isinstance(given, list) else [given]
    if "type" in schema and not kinds:
        return None
    found = tuple(kind for kind in kinds if isinstance(kind, str) and kind in _TYPES)
    return found if len(found) == len(kinds) else None


def _anything(_: JsonValue) -> bool:
    return True


def _is_count(value: JsonValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list(value: JsonValue) -> bool:
    return isinstance(value, list) and bool(value)


def _are_texts(value: JsonValue) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_SHAPES: Mapping[str, Callable[[JsonValue], bool]] = {
    **{word: _is_count for word in ("minLength", "maxLength", "minItems", "maxItems")},
    **{word: _is_number for word in _OF_TYPE["number"]},
    **{word: _is_list for word in ("enum", *_PARTS)},
    "required": _are_texts,
    "pattern": lambda value: isinstance(value, str),
    "properties": lambda value: isinstance(value, dict),
    "uniqueItems": lambda value: isinstance(value, bool),
    "additionalProperties": lambda value: isinstance(value, bool | dict),
}
_ALLOWED = {
    **{
        word: "a whole number from 0" for word in ("minLength", "maxLength", "minItems", "maxItems")
    },
    **{word: "a number" for word in _OF_TYPE["number"]},
    **{word: "a list with at least one part" for word in ("enum", *_PARTS)},
    "required": "a list of texts",
    "pattern": "a text",
    "properties": "a table with a schema for each key",
    "uniqueItems": "true or false",
    "additionalProperties": "false, true or a schema",
}
