"""Schemas and values made to freeze: nothing raises, and each check ends soon."""

import time
from typing import Any

import pytest

from hitl_engine import payloads
from hitl_engine.errors import NotTaken
from hitl_engine.forms.schema_fields import form_of
from hitl_engine.forms.validation import costs_too_much, faults, is_usable
from hitl_engine.model import Answer, AnyJson, FormToFill, JsonObject, JsonValue

HUGE = 10**400
MOST_SECONDS = 2.0
"""For a machine with other work; alone, each takes less than half a second."""


def doubled(depth: int, leaf: JsonObject) -> JsonObject:
    """References of which each is followed twice: 2 ** depth checks."""
    definitions: dict[str, JsonValue] = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]}
        for n in range(depth)
    }
    return {"$defs": {**definitions, f"d{depth}": leaf}, "$ref": "#/$defs/d0"}


TOO_MUCH: dict[str, JsonObject] = {
    "doubled references": doubled(40, {"type": "string"}),
    "a pattern of a megabyte": {"pattern": "a" * 1_000_000},
    "a pattern that repeats": {"type": "string", "pattern": "(a?){50}" * 200},
    "a long pattern of keys": {"patternProperties": {"a" * 2_000: {"type": "string"}}},
    "ten thousand fields": {
        "type": "object",
        "properties": {f"f{n}": {"type": "string"} for n in range(10_000)},
    },
    "an enum of 200,000": {"enum": list(range(200_000))},
    "a long description": {"type": "string", "description": "a" * 1_000_000},
}
CHECKED: dict[str, tuple[JsonObject, Any, bool]] = {
    "a multiple of 400 digits": ({"multipleOf": HUGE}, 1.5, False),
    "400 digits as a multiple": ({"multipleOf": 1e-300}, HUGE, True),
    "400 digits of 400 digits": ({"multipleOf": HUGE}, 3 * HUGE, True),
    "decimal fractions": ({"multipleOf": 0.1}, 0.3, True),
    "a minimum of 400 digits": ({"minimum": HUGE}, 1.5, False),
    "20,000 unique objects": ({"uniqueItems": True}, [{"a": n} for n in range(20_000)], True),
    "two equal objects": ({"uniqueItems": True}, [{"a": 1}, {"b": 0}, {"a": 1.0}], False),
    "true is not one": ({"uniqueItems": True}, [1, True], True),
    "an enum of 5,000": ({"enum": list(range(5_000))}, -1, False),
}


@pytest.mark.parametrize("schema", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_schema_that_costs_too_much_is_not_used_and_that_is_said(schema: JsonObject) -> None:
    began = time.perf_counter()
    assert costs_too_much(schema) and not is_usable(schema)
    assert faults(schema, {"a": "b"}) == ()
    review = payloads.recognise({"q": 1}, schema)
    assert isinstance(review, AnyJson)
    assert "would take too long" in review.notes[0]
    assert time.perf_counter() - began < MOST_SECONDS


@pytest.mark.parametrize(("schema", "value", "fits"), CHECKED.values(), ids=CHECKED)
def test_hostile_numbers_and_lists_are_checked(
    schema: JsonObject, value: JsonValue, fits: bool
) -> None:
    began = time.perf_counter()
    found = faults(schema, value)
    assert (found == ()) is fits
    assert all(len(str(fault)) < 2_000 for fault in found)
    assert time.perf_counter() - began < MOST_SECONDS


def test_a_value_that_costs_too_much_is_not_checked() -> None:
    schema: JsonObject = {"items": {"allOf": [{"type": "string"}] * 50}}
    assert is_usable(schema)
    assert faults(schema, ["a"] * 10_000) == ()


def test_an_ordinary_schema_is_checked_as_before() -> None:
    schema: JsonObject = {
        "type": "object",
        "properties": {f"f{n}": {"type": "string", "maxLength": 9} for n in range(300)},
    }
    assert is_usable(schema)
    review = payloads.recognise({"q": 1}, schema)
    assert isinstance(review, FormToFill) and review.notes == ()
    with pytest.raises(NotTaken):
        payloads.encode({"q": 1}, Answer({"f1": 1}), schema)


def test_a_form_has_no_more_fields_than_a_person_fills_in() -> None:
    part: JsonObject = {"properties": {f"f{n}": {"type": "string"} for n in range(400)}}
    form = form_of({"properties": {f"o{n}": part for n in range(20)}})
    assert sum(len(each.fields) for each in form.fields) <= 500
    assert form.fields[-1].beyond == "There are too many fields."
