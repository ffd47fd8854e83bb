"""Forms for values without a schema: they keep the value exactly."""

import json

import pytest
from hypothesis import given

from hitl_engine.forms.inferred_fields import form_of_value
from hitl_engine.forms.typed_values import read, typed_of
from hitl_engine.model import JsonObject, JsonValue
from tests.json_values import JSON


@given(JSON)
def test_a_form_without_changes_returns_the_same_value(value: JsonValue) -> None:
    field = form_of_value(value)
    reading = read(field, typed_of(field, value))
    assert reading.faults == ()
    assert json.dumps(reading.value) == json.dumps(value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("a", "text"),
        ("a\nb", "long_text"),
        (True, "boolean"),
        (1, "integer"),
        (1.0, "number"),
        (None, "json"),
        ({}, "json"),
        ([], "json"),
        ([1, "a"], "json"),
        ([1, True], "json"),
        ([{"a": 1}, {"b": 1}], "json"),
        ([1, 2.5], "list"),
        ([{"a": "x"}, {"a": "y\nz"}], "list"),
        ({"a": 1}, "object"),
        ({str(n): n for n in range(100)}, "json"),
    ],
)
def test_each_value_gets_the_field_of_its_type(value: JsonValue, kind: str) -> None:
    assert form_of_value(value).kind == kind


def test_a_whole_number_stays_a_whole_number() -> None:
    field = form_of_value({"amount": 5})
    typed: JsonObject = {"fields": {"amount": "5.5"}, "beside": {}}
    assert [str(fault) for fault in read(field, typed).faults] == [
        "$.amount: must be a whole number"
    ]


def test_deeply_nested_values_are_json() -> None:
    value: JsonValue = 1
    for _ in range(300):
        value = {"a": value}
    field = form_of_value(value)
    assert json.dumps(read(field, typed_of(field, value)).value) == json.dumps(value)
