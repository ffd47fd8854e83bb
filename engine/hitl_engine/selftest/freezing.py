"""Schemas and values that are made to freeze: each is checked, or left unchecked, at once."""

import random
from collections.abc import Callable
from time import thread_time

from hitl_engine import payloads
from hitl_engine.forms import validation
from hitl_engine.model import JsonObject, JsonValue
from hitl_engine.selftest.figure import Figure, figure_of

_MOST_SECONDS = 0.5
"""Of this thread's CPU time: other programs on the machine do not count."""
_Kind = Callable[[int], tuple[JsonObject, JsonValue]]
"""Makes a schema of a size from 1 to 100, and a value to check."""


def freezing_schemas(count: int, seed: int) -> Figure:
    """Read and check as many schemas by chance; count those that take longer than half a second."""
    chance = random.Random(seed)
    took = [
        (_seconds(*kind(chance.randrange(1, 101))), kind)
        for kind in (_KINDS[number % len(_KINDS)] for number in range(count))
    ]
    faults = (
        kind.__name__.removeprefix("_").replace("_", " ")
        for seconds, kind in took
        if seconds > _MOST_SECONDS
    )
    longest = max(seconds for seconds, _ in took)
    measured = f"at most {longest * 1000:.0f} ms"
    return figure_of("a schema does not freeze", count, faults, measured)


def _seconds(schema: JsonObject, value: JsonValue) -> float:
    """Return how long it takes to read a schema, and to check a value against it."""
    began = thread_time()
    payloads.recognise({"question": "?"}, schema)
    validation.faults(schema, value)
    return thread_time() - began


def _references_that_double(size: int) -> tuple[JsonObject, JsonValue]:
    definitions: dict[str, JsonValue] = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]}
        for n in range(size)
    }
    last: JsonValue = {"type": "string"}
    return {"$defs": {**definitions, f"d{size}": last}, "$ref": "#/$defs/d0"}, "text"


def _a_long_pattern(size: int) -> tuple[JsonObject, JsonValue]:
    return {"type": "string", "pattern": "a" * (size * 10_000)}, "a"


def _a_pattern_that_repeats(size: int) -> tuple[JsonObject, JsonValue]:
    return {"type": "string", "pattern": "(a?){50}" * size + "$"}, "a" * size


def _a_pattern_that_goes_back(size: int) -> tuple[JsonObject, JsonValue]:
    return {"type": "string", "pattern": "^(a+)+$"}, "a" * (size * 100) + "!"


def _many_fields(size: int) -> tuple[JsonObject, JsonValue]:
    fields: dict[str, JsonValue] = {f"f{n}": {"type": "string"} for n in range(size * 100)}
    return {"type": "object", "properties": fields}, {}


def _a_large_enum(size: int) -> tuple[JsonObject, JsonValue]:
    return {"enum": list(range(size * 2_000))}, -1


def _unique_objects(size: int) -> tuple[JsonObject, JsonValue]:
    return {"uniqueItems": True}, [{"a": n} for n in range(size * 200)]


def _multiples_of_long_numbers(size: int) -> tuple[JsonObject, JsonValue]:
    return {"multipleOf": 10 ** (size * 4)}, 1.5


def _deep_nesting(size: int) -> tuple[JsonObject, JsonValue]:
    schema: JsonObject = {"type": "string"}
    value: JsonValue = 0
    for _ in range(size):
        schema, value = {"items": schema}, [value]
    return schema, value


def _many_alternatives(size: int) -> tuple[JsonObject, JsonValue]:
    return {"items": {"anyOf": [{"const": n} for n in range(size * 5)]}}, [-1] * (size * 20)


_KINDS: tuple[_Kind, ...] = (
    _references_that_double, _a_long_pattern, _a_pattern_that_repeats, _a_pattern_that_goes_back,
    _many_fields, _a_large_enum, _unique_objects, _multiples_of_long_numbers, _deep_nesting,
    _many_alternatives,
)  # fmt: skip
