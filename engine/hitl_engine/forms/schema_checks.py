"""Checks values against a JSON Schema (draft 2020-12); faults have a path and plain words.

Schemas are untrusted: nothing is fetched for them, their patterns run in linear time, and a check
has a budget of work. A schema that is invalid, or costs more, checks nothing.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from datetime import date, datetime, time
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from jsonschema_specifications import (  # type: ignore[import-untyped]  # it has no marker
    REGISTRY as SPECIFICATIONS,
)
from pydantic_core import SchemaError as PatternError
from pydantic_core import SchemaValidator, core_schema
from referencing import Registry
from referencing.exceptions import Unresolvable

from hitl_engine.fingerprint import canonical_json
from hitl_engine.forms.schema_fields import FORMATS, TYPES
from hitl_engine.model import Fault, JsonObject, JsonValue, Path

_CLOSED: Registry[bool | Mapping[str, Any]] = Registry()
"""Contains no documents, so an untrusted schema cannot make us fetch its references."""


_MOST_VALUES = 10_000
_MOST_CHARACTERS = 200_000
"""What a schema that is checked can contain."""
_LONGEST_PATTERN = 1_000
_MOST_STEPS = 12_000
"""Keywords that one check can look at: two tenths of a second."""
_DEARER = {"$ref": 12, "$dynamicRef": 12}
"""Keywords that count as several steps: a reference is looked up, which takes as long as these."""
_MOST_NAMED = 50
"""Values of an `enum` that a fault names."""


class TooMuchWork(Exception):
    """A check would take longer than a person waits."""


class _Unusable(Enum):
    """Why a schema checks nothing."""

    BROKEN = "it is not a valid schema"
    TOO_MUCH = "checking takes too long"


_steps: ContextVar[int] = ContextVar("_steps", default=0)


def faults(schema: JsonObject, value: JsonValue) -> tuple[Fault, ...]:
    """Return every fault of `value`, in the order of their places.

    There are none if `schema` is broken, or if the check takes too much work.
    """
    validator = _checker_of(schema)
    if isinstance(validator, _Unusable):
        return ()
    try:
        found = _found(validator, value)
    except (Unresolvable, RecursionError, TooMuchWork):
        return ()
    # Steps of one parent are all keys or all places, so any two paths compare.
    return tuple(sorted(found, key=lambda fault: (fault.path, fault.words)))


def fits(schema: JsonObject, value: JsonValue) -> bool:
    """Return whether `value` was checked to the end and has no fault: a doubt counts as a fault."""
    validator = _checker_of(schema)
    if not schema or isinstance(validator, _Unusable):
        return False
    _steps.set(0)
    try:
        return next(validator.iter_errors(value), None) is None
    except (Unresolvable, RecursionError, TooMuchWork, ArithmeticError, ValueError):
        return False


def pattern_fault(pattern: str) -> str:
    """Return why texts cannot be compared with this pattern, as the end of a sentence; else nothing."""
    if len(pattern) > _LONGEST_PATTERN:
        return f"has more than {_LONGEST_PATTERN:,} characters"
    try:
        for each in (pattern, f"^(?:{pattern})$"):  # `a)|(b` is one only between brackets
            SchemaValidator(core_schema.str_schema(pattern=each, regex_engine="rust-regex"))
    except PatternError:
        return "is not a pattern that can be checked in linear time (no look-around, no references)"
    return ""


def is_usable(schema: JsonObject) -> bool:
    """Return whether `schema` is a valid schema and checks anything."""
    return bool(schema) and not isinstance(_checker_of(schema), _Unusable)


def costs_too_much(schema: JsonObject) -> bool:
    """Return whether `schema` is not used because its checks would take too long."""
    return _checker_of(schema) is _Unusable.TOO_MUCH


def _found(validator: Validator, value: JsonValue) -> set[Fault]:
    _steps.set(0)
    return {
        _fault(telling) for error in validator.iter_errors(value) for telling in _telling(error)
    }


def _checker_of(schema: JsonObject) -> Validator | _Unusable:
    if _is_large(schema):
        return _Unusable.TOO_MUCH
    try:
        return _validator(canonical_json(schema))
    except RecursionError:
        return _Unusable.BROKEN


@lru_cache(maxsize=128)
def _validator(schema: str) -> Validator | _Unusable:
    read = json.loads(schema)
    _steps.set(0)
    try:
        if next(_METASCHEMA.iter_errors(read), None) is not None:
            return _Unusable.BROKEN
        made: Validator = _Checker(read, registry=_CLOSED, format_checker=_FORMATS)
        _found(made, None)  # references that double at each step cost too much with any value
    except TooMuchWork:
        return _Unusable.TOO_MUCH
    except Unresolvable:
        pass  # at most the parts with this reference check nothing
    return made


def _is_large(schema: JsonObject) -> bool:
    """Return whether a schema has more values or characters than are looked at."""
    waiting: list[JsonValue] = [schema]
    values = characters = 0
    while waiting and values <= _MOST_VALUES and characters <= _MOST_CHARACTERS:
        values += 1
        match waiting.pop():
            case str() as text:
                characters += len(text)
            case dict() as items:
                characters += sum(map(len, items))
                waiting += items.values()
            case list() as items:
                waiting += items
    return bool(waiting) or values > _MOST_VALUES or characters > _MOST_CHARACTERS


# Checks that differ from jsonschema's own

Check: TypeAlias = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


def _counted(check: Check, steps: int = 1) -> Check:
    """Return a check that counts as so many steps. It raises TooMuchWork after the last one."""

    def counted(validator: Any, limit: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        _take_steps(steps)
        yield from check(validator, limit, value, schema) or ()

    return counted


def _take_steps(count: int) -> None:
    steps = _steps.get() + count
    _steps.set(steps)
    if steps > _MOST_STEPS:
        raise TooMuchWork


def _multiple_of(
    validator: Validator, factor: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    """Compare exactly what JSON writes: a float has a limit, and 0.3 is a multiple of 0.1."""
    if validator.is_type(value, "number") and Fraction(str(value)) % Fraction(str(factor)):
        yield ValidationError("is no multiple")


def _unique_items(
    validator: Validator, wanted: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    """Compare the JSON of the items: each with all others would take too long."""
    if not wanted or not validator.is_type(value, "array"):
        return
    if len({canonical_json(_comparable(item)) for item in value}) < len(value):
        yield ValidationError("has equal items")


def _comparable(value: JsonValue) -> JsonValue:
    """Return a value whose JSON is equal to that of all equal values: 1.0 equals 1."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_comparable(each) for each in value]
        case dict():
            return {key: _comparable(each) for key, each in value.items()}
        case _:
            return value


def _required(
    validator: Validator, needed: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    """Place the fault at the missing field, where a person looks for it."""
    if validator.is_type(value, "object"):
        for name in needed:
            if name not in value:
                yield ValidationError("is needed", path=(name,))


def _pattern(
    validator: Validator, pattern: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    if validator.is_type(value, "string") and not _matcher(pattern)(value):
        yield ValidationError("does not match")


def _pattern_properties(
    validator: Any, patterns: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    if validator.is_type(value, "object"):
        for pattern, part in patterns.items():
            for key in filter(_matcher(pattern), value):
                yield from validator.descend(value[key], part, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, others: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    """Place the fault at the unexpected key."""
    if not validator.is_type(value, "object"):
        return
    matchers = [_matcher(pattern) for pattern in schema.get("patternProperties", {})]
    for key in value:
        if key in schema.get("properties", {}) or any(matches(key) for matches in matchers):
            continue
        if others is False:
            yield ValidationError("is not a known key", path=(key,))
        else:
            yield from validator.descend(value[key], others, path=key)


@lru_cache(maxsize=128)
def _matcher(pattern: str) -> Callable[[str], bool]:
    """Return a search in linear time, unlike `re`; patterns that it does not support match anything.

    Raises TooMuchWork for a long pattern: to compile it takes long too.
    """
    if len(pattern) > _LONGEST_PATTERN:
        raise TooMuchWork
    try:
        search = SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))
    except PatternError:
        return lambda text: True
    return search.isinstance_python


_Checker = extend(  # type: ignore[no-untyped-call]  # the stubs of jsonschema lack it
    Draft202012Validator,
    {
        name: _counted(check, _DEARER.get(name, 1))
        for name, check in {
            **Draft202012Validator.VALIDATORS,
            "required": _required,
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
            "multipleOf": _multiple_of,
            "uniqueItems": _unique_items,
        }.items()
    },
)
_META_FORMATS = FormatChecker(formats=())


@_META_FORMATS.checks("regex", raises=re.error)
def _is_regex(value: object) -> bool:
    if isinstance(value, str):
        if len(value) > _LONGEST_PATTERN:
            raise TooMuchWork
        re.compile(value)
    return True


_MetaChecker = extend(  # type: ignore[no-untyped-call]  # the stubs of jsonschema lack it
    Draft202012Validator,
    {name: _counted(check) for name, check in Draft202012Validator.VALIDATORS.items()},
)


def _flat_metaschema() -> JsonObject:
    """Return the metaschema as one document, without references from one vocabulary to another.

    With them, each part of a schema is looked at by eight schemas, which takes several times as long.
    """
    whole = Draft202012Validator.META_SCHEMA
    vocabularies = [urljoin(whole["$id"], part["$ref"]) for part in whole["allOf"]]
    parts = [whole, *map(SPECIFICATIONS.contents, vocabularies)]
    flat = {
        "type": whole["type"],
        **{
            name: {key: value for part in parts for key, value in part.get(name, {}).items()}
            for name in ("properties", "$defs")
        },
    }
    text = json.dumps(flat).replace('"$dynamicRef": "#meta"', '"$ref": "#"')
    made: JsonObject = json.loads(re.sub(r'"meta/[a-z-]+#', '"#', text))
    return made


_METASCHEMA: Validator = _MetaChecker(_flat_metaschema(), format_checker=_META_FORMATS)
_FORMATS = FormatChecker(formats=("email", "ipv4", "ipv6", "uuid"))


@_FORMATS.checks("date-time", raises=ValueError)
def _is_datetime(value: object) -> bool:
    """An offset is optional: runtimes accept that, and we must not be stricter than they are."""
    return not isinstance(value, str) or bool(datetime.fromisoformat(value)) and len(value) > 10


@_FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@_FORMATS.checks("time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or time.fromisoformat(value) is not None


@_FORMATS.checks("uri", raises=ValueError)
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


# The most useful fault of a union


def _telling(error: ValidationError) -> Iterator[ValidationError]:
    """Return the errors of the branch of a union that was meant, if that is clear."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    if error.validator not in ("oneOf", "anyOf") or not branches:
        yield error
        return
    meant = [errors for errors in branches.values() if not any(map(_is_of_another, errors))]
    tags = [inner for errors in branches.values() for inner in errors if _is_tag(inner)]
    if len(meant) == 1:
        for inner in meant[0]:
            yield from _telling(inner)
    elif not meant and tags and len({tuple(inner.path) for inner in tags}) == 1:
        yield _one_of(tags)
    else:
        yield next(_lacking_in_all(list(branches.values())), error)


def _lacking_in_all(branches: list[list[ValidationError]]) -> Iterator[ValidationError]:
    """Yield what every branch requires and the value lacks: mostly the tag."""
    for error in branches[0]:
        lacks = error.validator == "required"
        if lacks and all(any(each.path == error.path for each in errors) for errors in branches):
            yield error


def _is_tag(error: ValidationError) -> bool:
    return error.validator in ("const", "enum") and len(error.relative_path) == 1


def _is_of_another(error: ValidationError) -> bool:
    """Return whether a branch failed at its tag or its type, which differ between branches."""
    return (
        _is_tag(error)
        or not error.relative_path
        and error.validator
        in (
            "type",
            "const",
            "enum",
        )
    )


def _one_of(tags: list[ValidationError]) -> ValidationError:
    """Return one error in the place of one for each branch: which tags there are."""
    taken: dict[str, Any] = {}  # older pydantic writes a tag as "const" and as "enum"
    for tag in tags:
        limit: Any = tag.validator_value
        values = limit if tag.validator == "enum" else [limit]
        taken.update((canonical_json(value), value) for value in values)
    first = tags[0]
    first.validator, first.validator_value = "enum", list(taken.values())
    return first


# In words

_LONGEST = 60
"""The most characters of a value in a fault; the whole value is shown next to it."""


def _fault(error: ValidationError) -> Fault:
    path: Path = tuple(error.absolute_path)
    return Fault(path, _words(error))


def _words(error: ValidationError) -> str:
    limit: Any = error.validator_value
    value: Any = error.instance
    match error.validator:
        case "required":
            return "is needed"
        case "type":
            kinds = limit if isinstance(limit, list) else [limit]
            return f"must be {_or([TYPES.get(kind, str(kind)) for kind in kinds])}; it is {described(value)}"
        case "enum":
            return f"must be {_or(_named(limit))}; it is {described(value)}"
        case "const":
            return f"must be {_shown(limit)}; it is {described(value)}"
        case "minimum":
            return f"must be at least {_shown(limit)}; it is {_shown(value)}"
        case "maximum":
            return f"must be at most {_shown(limit)}; it is {_shown(value)}"
        case "exclusiveMinimum":
            return f"must be more than {_shown(limit)}; it is {_shown(value)}"
        case "exclusiveMaximum":
            return f"must be less than {_shown(limit)}; it is {_shown(value)}"
        case "multipleOf":
            return f"must be a multiple of {_shown(limit)}; it is {_shown(value)}"
        case "minLength":
            return f"needs at least {_count(limit, 'character')}; there are {len(value)}"
        case "maxLength":
            return f"takes at most {_count(limit, 'character')}; there are {len(value)}"
        case "minItems":
            return f"needs {_exactly(error, 'maxItems')}{_count(limit, 'item')}; there are {len(value)}"
        case "maxItems":
            return f"takes {_exactly(error, 'minItems')}{_count(limit, 'item')}; there are {len(value)}"
        case "uniqueItems":
            return "contains the same item twice"
        case "pattern":
            return f"must match the pattern {_shown(limit)}; it is {described(value)}"
        case "format":
            return f"must be {FORMATS.get(limit, limit)}; it is {described(value)}"
        case "additionalProperties":
            return "is not a known key"
        case "oneOf" | "anyOf":
            return f"fits none of the accepted shapes; it is {described(value)}"
        case _:
            return f"is not accepted here: {described(value)}"


def _exactly(error: ValidationError, other: str) -> str:
    if isinstance(error.schema, dict) and error.schema.get(other) == error.validator_value:
        return "exactly "
    return "at least " if other == "maxItems" else "at most "


def described(value: JsonValue) -> str:
    """Return a short description of a value, with its type."""
    match value:
        case bool() | None:
            return _shown(value)
        case str():
            return f"the text {_shown(value)}"
        case int() | float():
            return f"the number {_shown(value)}"
        case list():
            return f"a list of {_count(len(value), 'item')}"
        case _:
            return f"an object with {_count(len(value), 'key')}"


def _shown(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _named(values: list[JsonValue]) -> list[str]:
    words = [_shown(each) for each in values[:_MOST_NAMED]]
    more = len(values) - len(words)
    return [*words, f"one of {more:,} more"] if more else words


def _or(words: list[str]) -> str:
    *others, last = words or ["nothing"]
    return f"{', '.join(others)} or {last}" if others else last


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
