"""The form on the screen: values keep their types, and no field is filled in by itself."""

import json
from functools import partial
from typing import Any

import pytest
from pydantic import TypeAdapter
from textual.events import Paste
from textual.pilot import Pilot

from hitl_engine.fingerprint import canonical_json
from hitl_engine.forms.schema_fields import form_of
from hitl_engine.forms.typed_values import Typed, typed_of
from hitl_engine.forms.validation import faults
from hitl_engine.model import Fault, JsonObject, JsonValue
from hitl_tui.widgets.form.field_box import FieldBox
from hitl_tui.widgets.form.form_view import FormView
from tests.engine.test_forms import (
    SHAPES,
    Cat,
    Colour,
    Dog,
    Everything,
    Inner,
    More,
    Point,
    Tree,
    schema_of,
)

from .conftest import card_shown, heard, screen_text, settle, until

ODD: list[JsonValue] = [
    None, True, 0, 1.5, "", "a\nb\t\x1b[31m\u202e", [], [1], ["1", None], {}, {"x": 1, "name": None},
    {"kind": "cat", "lives": "9"}, {"count": 3.5, "inner": 1, "tags": "no", "beside": {"a": []}},
]  # fmt: skip
FULL: list[tuple[Any, Any]] = [
    (Everything, Everything(name="n", share=0.5, inner=Inner(x=1), tags=["a", ""])),
    (More, More(pet=Dog(tricks=["sit"]), size="L", shade=Colour.RED, maybe=Inner(x=2))),
    (More, More(pet=Cat(), size=3, shade=Colour.BLUE, many=[Inner(x=1)] * 3)),
    (Tree, Tree(name="a", children=[Tree(name="b", children=[Tree(name="c")])])),
    (list[Point], [Point(n) for n in range(7)]),
]


def form(shape: Any) -> FormView:
    return FormView(form_of(schema_of(shape) if not isinstance(shape, dict) else shape))


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


# Loading and reading


@pytest.mark.parametrize("shape", SHAPES)
def test_a_loaded_value_is_read_back(shape: Any) -> None:
    made = form(shape)
    for value in ODD:
        made.load(typed_of(made.field, value))
        reading = made.reading()
        assert (canonical_json(reading.value), reading.faults) == (canonical_json(value), ())


@pytest.mark.parametrize(("shape", "value"), FULL)
async def test_the_screen_shows_what_is_loaded(shape: Any, value: Any) -> None:
    dumped = json.loads(TypeAdapter(shape).dump_json(value))
    made = form(shape)
    async with card_shown(made) as (pilot, said):
        typed = typed_of(made.field, dumped)
        made.load(typed)
        await settle(pilot)
        assert made.typed == typed
        assert made.reading().value == dumped
        assert heard(said, FormView.Changed) == []


@pytest.mark.parametrize(
    "broken",
    [7, "x", [], {"fields": 3}, {"fields": {"count": [], "colour": 9, "inner": 1}, "beside": {}}],
)
async def test_fields_that_cannot_hold_a_broken_draft_begin_with_defaults(broken: Typed) -> None:
    made = form(Everything)
    made.load(broken)
    async with card_shown(made) as (pilot, _):
        await settle(pilot)
        value = made.reading().value
        assert isinstance(value, dict)
        assert "name" not in value


# Typing


ALL_KINDS: JsonObject = {
    "properties": {
        "text": {"type": "string"},
        "count": {"type": "integer"},
        "share": {"type": "number"},
        "sure": {"type": "boolean"},
        "tone": {"enum": ["calm", "bold"]},
        "many": {"enum": list(range(20))},
        "fixed": {"const": "v1"},
        "free": {"type": "object"},
    },
    "required": ["fixed"],
}


async def test_each_kind_keeps_its_type_and_no_field_is_filled_automatically() -> None:
    made = form(ALL_KINDS)
    async with card_shown(made, (80, 50)) as (pilot, said):
        made.take_focus()
        assert made.reading().value == {"fixed": "v1"}
        await press(pilot, *"7", "enter", *"007", "enter", *"1e2", "enter", "y", "enter")
        assert "must be a whole number" in str(made.reading().faults)
        await press(pilot, "right", "space", "enter", "enter", *"17", "enter", "tab", *'{"a":1}')
        await press(pilot, *["shift+tab"] * 5, "end", "backspace", "backspace", "backspace", *"42")
        assert made.reading().value == {
            "text": "7", "count": 42, "share": 100.0, "sure": True, "tone": "bold", "many": 17,
            "fixed": "v1", "free": {"a": 1},
        }  # fmt: skip
        assert made.reading().faults == ()
        changes = heard(said, FormView.Changed)
        await press(pilot, "3")
        assert len(heard(said, FormView.Changed)) == len(changes) + 1


async def test_moving_through_the_fields_changes_nothing() -> None:
    made = form(ALL_KINDS)
    async with card_shown(made, (80, 50)) as (pilot, said):
        made.take_focus()
        await press(pilot, *["enter"] * 5, *["tab"] * 4)
        assert made.reading().value == {"fixed": "v1"}
        assert heard(said, FormView.Changed) == []


async def test_null_empty_and_left_out_are_shown_as_three_modes() -> None:
    made = form(
        {"properties": {"note": {"type": ["string", "null"]}, "name": {"type": "string"}}, "required": ["name"]}
    )  # fmt: skip
    async with card_shown(made) as (pilot, _):
        made.take_focus()
        seen = []
        for _ in range(3):
            seen.append((made.reading().value, screen_text(pilot.app).split("\n")[0].rstrip()))
            await press(pilot, "f4")
        assert seen == [
            ({}, " note  left out  f4 empty text"),
            ({"note": ""}, " note  empty text  f4 null"),
            ({"note": None}, " note  null  f4 leave out"),
        ]
        await press(pilot, *"ab")
        assert made.reading().value == {"note": "ab"}
        await press(pilot, "f4", "f4", "f4")
        assert made.reading().value == {"note": "ab"}, "what was typed is shown again"
        await press(pilot, "backspace", "backspace")
        assert made.reading().value == {}
        await press(pilot, "enter", "x", "backspace")
        assert made.reading().value == {}, "a required text is not empty by itself"
        await press(pilot, "f4")
        assert made.reading().value == {"name": ""}


async def test_yes_and_no_can_be_unset() -> None:
    made = form({"type": "boolean"})
    async with card_shown(made) as (pilot, _):
        made.take_focus()
        seen = []
        for key in ("n", "y", "y", "space", "right", "space"):
            await press(pilot, key)
            seen.append(made.typed)
        assert seen == [False, True, True, "", "", False]


async def test_items_are_added_moved_and_removed() -> None:
    made = form(list[int])
    async with card_shown(made) as (pilot, _):
        made.take_focus()
        await press(pilot, "enter", *"1", "f3", *"2", "f3", *"x", "alt+up")
        assert made.typed == ["1", "x", "2"]
        assert [str(fault) for fault in made.reading().faults] == ["$[1]: must be a whole number"]
        await press(pilot, "f5")
        assert made.typed == ["1", "2"]
        await pilot.click(
            "FieldBox ArrayBody FieldBox FieldHead", offset=(3, 0)
        )  # move the first one down
        await settle(pilot)
        assert made.typed == ["2", "1"]
        await pilot.click("FieldBox ArrayBody FieldBox FieldHead", offset=(4, 0))  # remove it
        await settle(pilot)
        await pilot.click("AddItemLine")
        await settle(pilot)
        assert made.typed == ["1", ""]


async def test_a_variant_keeps_what_was_typed_in_it() -> None:
    made = form(
        {"properties": {"pet": schema_of(Cat | Dog)}} | {"$defs": schema_of(Cat | Dog)["$defs"]}
    )
    async with card_shown(made, (80, 40)) as (pilot, _):
        made.take_focus()
        assert made.reading().value == {}
        await press(pilot, "space", "tab", "backspace", *"7")
        assert made.reading().value == {"pet": {"kind": "cat", "lives": 7}}
        await press(pilot, "shift+tab", "right", "space", "tab", "tab", "enter", *"sit")
        assert made.reading().value == {"pet": {"kind": "dog", "tricks": ["sit"]}}
        made.take_focus()
        await press(pilot, "left", "space")
        assert made.reading().value == {"pet": {"kind": "cat", "lives": 7}}
        await press(pilot, "f4")
        assert made.reading().value == {}


async def test_an_object_may_be_left_out_null_or_json() -> None:
    made = form({"properties": {"maybe": {"anyOf": [schema_of(Inner), {"type": "null"}]}}})
    async with card_shown(made) as (pilot, _):
        made.take_focus()
        seen = [made.reading().value]
        for keys in (("enter",), ("5",), ("shift+tab", "f4"), ("f4",), ("f4",), ("f4",)):
            await press(pilot, *keys)
            seen.append(made.reading().value)
        assert seen == [
            {}, {"maybe": {}}, {"maybe": {"x": 5}}, {"maybe": None}, {},
            {"maybe": {"x": 5}}, {"maybe": {"x": 5}},
        ]  # fmt: skip


# Faults


async def test_a_fault_is_shown_at_its_field_once_that_was_touched() -> None:
    schema = schema_of(Everything)
    made = FormView(form_of(schema))
    async with card_shown(made, (80, 60)) as (pilot, _):
        made.take_focus()

        def check() -> list[str]:
            reading = made.reading()
            made.show_faults(reading.and_then(faults(schema, reading.value)))
            lines = [line.strip("▁│ ") for line in screen_text(pilot.app).split("\n")]
            return [line for line in lines if line.startswith("✗")]

        assert check() == []
        await press(pilot, *["tab"] * 4, *"half")
        check()
        await settle(pilot)
        assert check() == ["✗ must be a number"]
        made.touch_all()
        check()
        await settle(pilot)
        assert check() == ["✗ is needed", "✗ must be a number", "✗ is needed"]


async def test_a_fault_outside_the_form_is_shown_at_the_field_above() -> None:
    made = form(Everything)
    async with card_shown(made, (80, 60)) as (pilot, _):
        made.touch_all()
        made.show_faults([Fault(("inner", "odd", 1), "is not known here"), Fault((), "is wrong")])
        await settle(pilot)
        text = screen_text(pilot.app)
        assert "✗ odd[1]: is not known here" in text
        assert "✗ is wrong" in text


# Untrusted and large schemas


async def test_hostile_texts_are_shown_as_visible_text() -> None:
    hostile = "[/b] \x1b[31m\u202e [@click=app.quit]x"
    schema: JsonObject = {
        "description": hostile,
        "properties": {
            hostile: {"title": hostile, "description": hostile, "type": "string", "default": hostile},
            "one": {"enum": [hostile, "b"]},
            "two": {"oneOf": [{"const": 1, "title": hostile}, {"const": 2}]},
            "three": {"const": hostile},
        },
    }  # fmt: skip
    made = form(schema)
    async with card_shown(made, (200, 50)) as (pilot, _):
        made.touch_all()
        made.show_faults([Fault((hostile,), hostile), Fault((hostile, hostile), hostile)])
        await settle(pilot)
        text = screen_text(pilot.app)
        assert "\x1b" not in text and "\u202e" not in text
        assert text.count("[/b] \\u{1B}[31m\\u{202E} [@click=app.quit]x") >= 6
        value = made.reading().value
        assert isinstance(value, dict) and value[hostile] == hostile


async def test_a_pasted_line_is_shown_escaped_and_read_back() -> None:
    made = form({"type": "string"})
    async with card_shown(made) as (pilot, _):
        made.take_focus()
        pilot.app.post_message(Paste("a\x1b[31m\r\nb\t\u200b\u202e"))
        await settle(pilot)
        assert "a\\u{1B}[31m\\u{A}b\\u{9}\\u{200B}\\u{202E}" in screen_text(pilot.app)
        assert made.reading().value == "a\x1b[31m\nb\t\u200b\u202e"


async def test_the_focused_field_is_in_view() -> None:
    made = form({"properties": {f"f{n}": {"type": "string"} for n in range(100)}})

    def in_view(box: FieldBox) -> bool:
        return made.region.contains_region(box.region)

    async with card_shown(made, (60, 12)) as (pilot, _):
        await until(pilot, lambda: len(made.query(FieldBox)) == 101)
        for n in (70, 99, 3):
            box = list(made.query(FieldBox))[n + 1]  # after the form itself
            box.take_focus()
            await until(pilot, partial(in_view, box))
            await press(pilot, "x")
            assert made.typed["fields"][f"f{n}"] == "x"  # type: ignore[index,call-overload]  # an object


async def test_a_value_that_a_field_cannot_hold_is_json_until_it_fits() -> None:
    made = form({"properties": {"count": {"type": "integer"}}})
    made.load(typed_of(made.field, {"count": "many"}))
    async with card_shown(made) as (pilot, _):
        made.take_focus()
        assert "as JSON" in screen_text(pilot.app)
        assert made.reading().value == {"count": "many"}
        await press(pilot, "f4")
        assert made.reading().value == {}, "it is not a number, but it can be left out"
        await press(pilot, *"12")
        assert made.typed == {"fields": {"count": "12"}, "beside": {}}
        await press(pilot, "f4", "f4")
        assert made.typed == {"fields": {"count": {"json": "12"}}, "beside": {}}


async def test_the_items_of_a_long_array_are_folded_and_a_key_opens_them() -> None:
    made = form(list[Inner])
    made.load(typed_of(made.field, [{"x": n} for n in range(6)]))
    async with card_shown(made) as (pilot, _):
        made.take_focus()
        await settle(pilot)
        assert '{"x": 5}' in screen_text(pilot.app)
        made.touch_all()
        made.show_faults([Fault((1, "x"), "is wrong")])
        await settle(pilot)
        assert "✗ x: is wrong" in screen_text(pilot.app), "shown at the folded item"
        await press(pilot, "tab", "enter", "tab", "7")
        assert made.reading().value == [{"x": 0}, {"x": 17}, *({"x": n} for n in range(2, 6))]
