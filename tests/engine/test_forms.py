"""Forms from JSON Schema, and the check before sending."""

from typing import Literal

import pytest
from pydantic import BaseModel, Field

from engine.forms import fields_of, first_fault
from engine.model import JsonObject, JsonValue


class Inner(BaseModel):
    x: int


class Everything(BaseModel):
    name: str
    note: str | None = None
    essay: str = Field(default="", max_length=5000, description="As long as you like")
    count: int = 3
    share: float
    sure: bool = False
    colour: Literal["red", "blue"] = "red"
    inner: Inner
    tags: list[str] = []


def test_each_type_gets_its_field() -> None:
    fields = {field.name: field for field in fields_of(Everything.model_json_schema())}
    assert {name: field.kind for name, field in fields.items()} == {
        "name": "text",
        "note": "text",
        "essay": "long_text",
        "count": "integer",
        "share": "number",
        "sure": "boolean",
        "colour": "choice",
        "inner": "json",
        "tags": "json",
    }
    assert [name for name, field in fields.items() if field.required] == ["name", "share", "inner"]
    assert fields["colour"].choices == ("red", "blue")
    assert fields["essay"].description == "As long as you like"
    assert (fields["count"].default, fields["count"].has_default) == (3, True)
    assert not fields["name"].has_default


@pytest.mark.parametrize("schema", [None, {}, {"type": "string"}, {"properties": 3}])
def test_what_is_no_object_has_no_fields(schema: JsonObject | None) -> None:
    assert fields_of(schema) == ()


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"decision": "approve", "amount": 10}, None),
        ({"decision": "maybe", "amount": 10}, "$.decision: 'maybe' is not one of"),
        ({"decision": "approve", "amount": "10"}, "$.amount: '10' is not of type 'integer'"),
        ({"amount": 1}, "$: 'decision' is a required property"),
        (None, "$: None is not of type 'object'"),
    ],
)
def test_a_fault_names_its_place(value: JsonValue, fault: str | None) -> None:
    schema: JsonObject = {
        "type": "object",
        "properties": {
            "decision": {"enum": ["approve", "reject"]},
            "amount": {"type": "integer", "minimum": 0},
        },
        "required": ["decision", "amount"],
    }
    found = first_fault(schema, value)
    assert found == fault or (found is not None and fault is not None and found.startswith(fault))


def test_a_broken_schema_checks_nothing() -> None:
    assert first_fault({"type": "no such type"}, 1) is None
    assert first_fault({"$ref": "#/$defs/missing"}, 1) is None
