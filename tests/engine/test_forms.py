"""Forms from JSON Schema: their fields, what was typed in them, and the check before sending."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

import pytest
from hypothesis import given, settings
from langchain_core.messages import AnyMessage
from pydantic import BaseModel, Field, TypeAdapter
from typing_extensions import TypedDict

from hitl_engine.fingerprint import canonical_json
from hitl_engine.forms.schema_fields import form_of, form_of_input
from hitl_engine.forms.typed_values import ReadResult, left_out, read, start_of, typed_of
from hitl_engine.forms.validation import faults
from hitl_engine.model import Fault, FormField, Graph, InputForm, JsonObject, JsonValue
from tests.json_values import JSON


class Inner(BaseModel):
    x: int


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    tricks: list[str] = []


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Tree(BaseModel):
    name: str
    children: list["Tree"] = []


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


class More(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    size: int | str
    shade: Colour
    maybe: Inner | None = None
    many: list[Inner] = Field(default=[], max_length=3)
    free: dict[str, int] = {}
    pair: tuple[int, str] = (1, "a")
    day: date | None = None
    bounded: Annotated[int, Field(ge=0, lt=10)] = 1
    code: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    anything: Any = None


@dataclass
class Point:
    x: int
    label: str = "here"


class Options(TypedDict):
    fast: bool
    level: NotRequired[int]


SHAPES: list[Any] = [
    Everything, More, Point, Options, Tree, bool, str, int, float, list[int], list[Point],
    Literal["a", "b"], int | None, dict[str, int], tuple[int, str], Any, Cat | Dog, Colour,
    Annotated[Cat | Dog, Field(discriminator="kind")],
]  # fmt: skip


def schema_of(shape: Any) -> JsonObject:
    return TypeAdapter(shape).json_schema()


def drawn(shape: Any) -> dict[str, FormField]:
    return {field.name: field for field in form_of(schema_of(shape)).fields}


# Forms


def test_each_type_gets_its_field() -> None:
    fields = drawn(More)
    assert {name: field.kind for name, field in fields.items()} == {
        "pet": "variants",
        "size": "variants",
        "shade": "choice",
        "maybe": "object",
        "many": "list",
        "free": "json",
        "pair": "json",
        "day": "text",
        "bounded": "integer",
        "code": "text",
        "anything": "json",
    }
    assert (fields["maybe"].nullable, fields["many"].nullable) == (True, False)
    assert fields["bounded"].hints == ("at least 0", "less than 10")
    assert fields["code"].hints == ("matching ^[a-z]+$",)
    assert fields["day"].hints == ("a date, as 2026-01-31",)
    assert fields["many"].hints == ("at most 3 items",)
    assert fields["many"].item is not None
    assert [inner.name for inner in fields["many"].item.fields] == ["x"]
    assert fields["free"].beyond == "Its keys can be anything."


def test_a_discriminator_is_a_choice_of_variants() -> None:
    cat, dog = drawn(More)["pet"].variants
    assert (cat.tag, cat.tags, dog.tags) == ("kind", ("cat",), ("dog",))
    assert [field.kind for field in cat.field.fields] == ["fixed", "integer"]
    number, text = drawn(More)["size"].variants
    assert (number.field.kind, text.field.kind) == ("integer", "text")
    assert (number.field.title, text.field.title) == ("whole number", "text")


@pytest.mark.parametrize(
    ("shape", "kind", "nullable"),
    [
        (bool, "boolean", False),
        (str, "text", False),
        (int | None, "integer", True),
        (list[int], "list", False),
        (Point, "object", False),
        (Options, "object", False),
        (Literal["a"], "fixed", False),
        (Any, "json", False),
        (None, "fixed", False),
        (dict[str, int], "json", False),
    ],
)
def test_a_whole_schema_has_a_form(shape: Any, kind: str, nullable: bool) -> None:
    form = form_of(schema_of(shape))
    assert (form.kind, form.nullable) == (kind, nullable)
    assert bool(form.beyond) == (kind == "json")


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": ["string", "null"]}, "text"),
        ({"type": ["string", "null"], "enum": ["a", None]}, "choice"),
        ({"type": ["integer", "string"]}, "variants"),
        ({"oneOf": [{"const": 1, "title": "One"}, {"const": 2}]}, "choice"),
        ({"allOf": [{"type": "string"}]}, "text"),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "boolean"}}}, "boolean"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "json"),
        ({"anyOf": []}, "json"),
        ({"$ref": "https://example.com/schema"}, "json"),
        ({"$ref": "#"}, "json"),
        ({"type": "array", "items": {"type": "integer"}, "prefixItems": []}, "json"),
        ({"enum": []}, "json"),
        ({"properties": {"a": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, "object"),
        (
            {"properties": {"a": {}}, "oneOf": [{"properties": {"b": {}}}, {"type": "null"}]},
            "object",
        ),
        ({"properties": {"a": {}}, "oneOf": [{"properties": {}}, {"properties": {}}]}, "json"),
        ({"type": 3, "properties": [], "required": "x", "anyOf": 1}, "json"),
    ],
)
def test_schemas_written_by_hand(schema: JsonObject, kind: str) -> None:
    assert form_of(schema).kind == kind


def test_combined_schemas_are_one_form() -> None:
    schema: JsonObject = {
        "allOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}],
        "properties": {"c": {"type": "boolean"}},
        "$defs": {
            "A": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            "B": {"properties": {"b": {"type": "integer"}}, "required": ["b"]},
        },
    }
    fields = {field.name: (field.kind, field.required) for field in form_of(schema).fields}
    assert fields == {"a": ("text", True), "b": ("integer", True), "c": ("boolean", False)}


def test_choices_have_the_names_that_the_schema_gives() -> None:
    form = form_of({"oneOf": [{"const": 1, "title": "One"}, {"const": 2}]})
    assert (form.choices, form.labels) == ((1, 2), ("One", "2"))


def test_a_recursive_schema_is_asked_for_as_json() -> None:
    children = drawn(Tree)["children"]
    assert children.item is not None
    assert children.item.kind == "json"
    assert "refers to itself" in children.item.beyond


def test_of_the_messages_of_a_chat_one_text_is_asked_for() -> None:
    class Chat(TypedDict):
        messages: list[AnyMessage]
        topic: str

    fields = {field.name: field for field in form_of_input(schema_of(Chat)).fields}
    assert (fields["messages"].kind, fields["topic"].kind) == ("long_text", "text")
    assert (fields["messages"].is_chat, fields["topic"].is_chat) == (True, False)
    assert form_of_input({}).kind == "json"


def test_messages_that_javascript_marks_are_asked_for_as_one_text() -> None:
    messages: JsonObject = {"langgraph_type": "messages", "description": "A list of messages"}
    form = form_of_input({"type": "object", "properties": {"messages": messages, "other": {}}})
    assert [(field.kind, field.is_chat) for field in form.fields] == [
        ("long_text", True),
        ("json", False),
    ]


@pytest.mark.parametrize(
    ("name", "items", "is_chat"),
    [
        ("messages", {"items": {}}, True),
        ("messages", {}, True),
        ("messages", {"items": {"type": "object", "additionalProperties": True}}, True),
        ("messages", {"items": {"type": "string"}}, False),
        ("lines", {"items": {}}, False),
    ],
)
def test_a_list_that_is_called_messages_is_a_chat(
    name: str, items: JsonObject, is_chat: bool
) -> None:
    """`messages: Annotated[list, add_messages]`, as LangGraph's guide writes it."""
    form = form_of_input({"type": "object", "properties": {name: {"type": "array", **items}}})
    assert [field.is_chat for field in form.fields] == [is_chat]


def test_a_text_in_place_of_messages_is_sent_as_one_message() -> None:
    class Chat(TypedDict):
        messages: list[AnyMessage]
        topic: str

    form = InputForm(Graph("a", "g", "g"), form_of_input(schema_of(Chat)), ())
    entered: JsonObject = {"messages": "hi", "topic": "cats"}
    sent: JsonObject = {"messages": [{"role": "user", "content": "hi"}], "topic": "cats"}
    assert (form.as_input(entered), form.as_entered(sent)) == (sent, entered)
    others: list[JsonValue] = [
        {"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]},
        {"messages": [{"role": "user", "content": "a", "name": "Ada"}]},
        {"messages": []},
        {"topic": "x"},
        [1],
        None,
    ]
    for other in others:
        assert form.as_input(form.as_entered(other)) == form.as_entered(other) == other


def test_a_schema_that_doubles_at_each_level_gets_its_form_in_time() -> None:
    levels: JsonObject = {
        f"l{n}": {"properties": {side: {"$ref": f"#/$defs/l{n + 1}"} for side in "ab"}}
        for n in range(60)
    }
    assert form_of({"$ref": "#/$defs/l0", "$defs": levels}).kind == "object"


# What was typed


@pytest.mark.parametrize("shape", SHAPES)
@given(value=JSON)
@settings(derandomize=True, max_examples=60)
def test_a_form_without_changes_returns_the_same_value(shape: Any, value: JsonValue) -> None:
    form = form_of(schema_of(shape))
    reading = read(form, typed_of(form, value))
    assert (canonical_json(reading.value), reading.faults) == (canonical_json(value), ())


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Everything, Everything(name="n", share=0.5, inner=Inner(x=1))),
        (More, More(pet=Dog(tricks=["sit"]), size="L", shade=Colour.RED, maybe=Inner(x=2))),
        (More, More(pet=Cat(), size=3, shade=Colour.BLUE, many=[Inner(x=1)])),
        (Tree, Tree(name="a", children=[Tree(name="b", children=[Tree(name="c")])])),
        (list[int], [1, 2]),
        (Point, Point(1)),
        (Options, {"fast": True}),
    ],
)
def test_a_value_that_a_form_accepts_is_accepted_by_its_model(shape: Any, value: Any) -> None:
    """The value is read into the fields of the form and back, and stays the same."""
    dumped = json.loads(TypeAdapter(shape).dump_json(value))
    form = form_of(schema_of(shape))
    typed = typed_of(form, dumped)
    assert not (isinstance(typed, dict) and "json" in typed)
    assert read(form, typed) == ReadResult(dumped, ())
    assert faults(schema_of(shape), dumped) == ()
    assert TypeAdapter(shape).validate_python(dumped) == value


@given(JSON, JSON)
@settings(derandomize=True)
def test_making_and_checking_a_form_never_fail(schema: JsonValue, value: JsonValue) -> None:
    odd: JsonObject = {
        "properties": {"a": schema},
        "anyOf": schema,
        "items": schema,
        "type": schema,
    }
    for part in (odd, {"properties": schema}, {"properties": {"a": schema}, "required": schema}):
        form = form_of(part)
        assert form == form_of(part)
        reading = read(form, typed_of(form, value))
        assert (canonical_json(reading.value), reading.faults) == (canonical_json(value), ())
        assert faults(part, value) == faults(part, value)


def typed_in(**fields: JsonValue) -> JsonValue:
    return {"fields": fields, "beside": {}}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (typed_in(fast=True, level="7"), {"fast": True, "level": 7}),
        (typed_in(fast=False), {"fast": False}),
        (typed_in(fast=True, level=""), {"fast": True}),
        ({"json": '{"fast": true, "other": "7"}'}, {"fast": True, "other": "7"}),
        ({"fields": {"fast": True}, "beside": {"x": None}}, {"fast": True, "x": None}),
    ],
)
def test_typed_text_becomes_typed_values(typed: JsonValue, value: JsonValue) -> None:
    assert read(form_of(schema_of(Options)), typed) == ReadResult(value, ())


def test_an_invalid_entry_is_reported_at_its_field() -> None:
    schema = schema_of(Everything)
    typed = typed_in(
        count="3.5", share="half", sure=None, inner=typed_in(x=""), tags=["a", {"json": "x"}],
        essay="e" * 5001,
    )  # fmt: skip
    reading = read(form_of(schema), typed)
    assert reading.value == {"essay": "e" * 5001, "inner": {}, "tags": ["a", None]}
    assert [str(fault) for fault in reading.and_then(faults(schema, reading.value))] == [
        "$.count: must be a whole number",
        "$.share: must be a number",
        "$.sure: cannot be null",
        "$.tags[1]: is not JSON yet: Line 1, column 1: a value is expected here",
        "$.essay: takes at most 5000 characters; there are 5001",
        "$.inner.x: is needed",
        "$.name: is needed",
    ]


def test_a_missing_required_value_is_found_without_a_schema() -> None:
    form = form_of(schema_of(Everything))
    typed = typed_in(name="", share="", inner=typed_in())
    assert [str(fault) for fault in left_out(form, typed)] == [
        "$.share: is needed",
        "$.inner.x: is needed",
    ]
    more = form_of(schema_of(More))
    typed = typed_in(pet={"variant": 0, "typed": typed_in()}, size=None, many=[typed_in()])
    assert [str(fault) for fault in left_out(more, typed)] == [
        "$.shade: is needed",
        "$.many[0].x: is needed",
    ]


def test_an_empty_text_is_a_text_and_null_is_null() -> None:
    form = form_of(schema_of(Everything))
    typed = typed_in(name="", note=None, share="1", inner=typed_in(x="2"))
    assert read(form, typed).value == {"name": "", "note": None, "share": 1, "inner": {"x": 2}}


def test_a_form_begins_with_defaults_and_without_a_choice() -> None:
    form = form_of(schema_of(Everything))
    begun = start_of(form)
    assert isinstance(begun, dict) and isinstance(begun["fields"], dict)
    assert begun["fields"]["count"] == "3"
    assert begun["fields"]["colour"] == 0
    assert begun["fields"]["note"] is None
    assert begun["fields"]["inner"] == {"fields": {}, "beside": {}}
    assert "name" not in begun["fields"]
    assert start_of(form_of({"type": "boolean"})) == ""
    assert read(form_of({"type": "boolean"}), "").faults == (Fault((), "is needed"),)


# The check before sending

DECISION: JsonObject = {
    "type": "object",
    "properties": {
        "decision": {"enum": ["approve", "reject"]},
        "amount": {"type": "integer", "minimum": 0},
    },
    "required": ["decision", "amount"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"decision": "approve", "amount": 10}, []),
        (
            {"decision": "maybe", "amount": 10},
            ['$.decision: must be "approve" or "reject"; it is the text "maybe"'],
        ),
        (
            {"decision": "approve", "amount": "10"},
            ['$.amount: must be a whole number; it is the text "10"'],
        ),
        ({"amount": -1}, ["$.amount: must be at least 0; it is -1", "$.decision: is needed"]),
        (None, ["$: must be an object; it is null"]),
        ({"decision": "approve", "amount": 1, "x y": 1}, ['$["x y"]: is not a known key']),
    ],
)
def test_a_fault_has_its_path_and_plain_words(value: JsonValue, words: list[str]) -> None:
    assert [str(fault) for fault in faults(DECISION, value)] == words


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"minItems": 2, "maxItems": 2}, [1], "$: needs exactly 2 items; there are 1"),
        ({"maxLength": 2}, "abc", "$: takes at most 2 characters; there are 3"),
        ({"pattern": "^a+$"}, "b", '$: must match the pattern "^a+$"; it is the text "b"'),
        ({"format": "date"}, "tomorrow", '$: must be a date, as 2026-01-31; it is the text "tomorrow"'),
        ({"const": 1}, True, "$: must be 1; it is true"),
        ({"uniqueItems": True}, [1, 1], "$: contains the same item twice"),
        ({"items": {"type": "integer"}}, [1, "2"], '$[1]: must be a whole number; it is the text "2"'),
        ({"properties": {"a": {"not": {}}}}, {"a": 1}, "$.a: is not accepted here: the number 1"),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            1.5,
            "$: fits none of the accepted shapes; it is the number 1.5",
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 3}]},
            1,
            "$: must be at least 3; it is 1",
        ),
    ],
)  # fmt: skip
def test_rules_are_described_in_plain_words(
    schema: JsonObject, value: JsonValue, words: str
) -> None:
    assert [str(fault) for fault in faults(schema, value)] == [words]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"kind": "cat", "lives": "9"}, '$.lives: must be a whole number; it is the text "9"'),
        ({"kind": "cow"}, '$.kind: must be "cat" or "dog"; it is the text "cow"'),
    ],
)
def test_in_a_union_the_intended_variant_is_checked(value: JsonValue, words: str) -> None:
    schema = schema_of(Annotated[Cat | Dog, Field(discriminator="kind")])
    assert [str(fault) for fault in faults(schema, value)] == [words]


def test_a_tag_that_is_both_a_const_and_an_enum_is_named_once() -> None:
    """Pydantic before 2.10 writes a `Literal` so."""
    branches: list[JsonValue] = [
        {"properties": {"kind": {"const": kind, "enum": [kind]}}} for kind in ("cat", "dog")
    ]
    [fault] = faults({"oneOf": branches}, {"kind": "cow"})
    assert fault.words == 'must be "cat" or "dog"; it is the text "cow"'


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (datetime, "2026-01-31T10:00:00Z", "2026-01-31"),
        (datetime, "2026-01-31T10:00:00", "soon"),
        (date, "2026-01-31", "2026-02-31"),
        (UUID, "0b0e4b1c-5b1a-4c1e-8a58-2f4b6a3f0a11", "0b0e"),
    ],
)
def test_formats_are_checked(kind: Any, good: str, bad: str) -> None:
    assert faults(schema_of(kind), good) == ()
    assert faults(schema_of(kind), bad) != ()
    assert TypeAdapter(kind).validate_python(good)


def test_with_a_broken_schema_no_value_is_a_fault() -> None:
    assert faults({"type": "no such type"}, 1) == ()
    assert faults({"$ref": "#/$defs/missing"}, 1) == ()
    assert faults({"$ref": "#"}, 1) == ()
    assert faults({"pattern": "(?=a)"}, "b") == ()


def test_an_untrusted_pattern_cannot_block_the_console() -> None:
    long = "a" * 5_000 + "!"
    (fault,) = faults({"pattern": "^(a+)+$"}, long)
    assert fault == Fault((), fault.words)
    by_key: JsonObject = {
        "patternProperties": {"^(a+)+$": {"type": "integer"}},
        "additionalProperties": False,
    }
    assert [str(each) for each in faults(by_key, {"aa": 1, "aaa": "1"})] == [
        '$.aaa: must be a whole number; it is the text "1"'
    ]
    assert [each.words for each in faults(by_key, {long: 1})] == ["is not a known key"]
