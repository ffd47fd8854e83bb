"""Texts to read: they are searched, and a value is copied from them."""

import json
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given

from hitl_engine.model import JsonObject, JsonValue, Path, json_path
from hitl_engine.visible import json_text
from hitl_tui.text.argument_lines import json_lines, lines_of, place_of_line
from hitl_tui.text.json_places import path_of_line, value_at
from hitl_tui.text.occurrences import Occurrence, occurrences
from hitl_tui.widgets.rows_pane import PaneSearchLine
from hitl_tui.widgets.tool_calls.arguments_pane import ArgumentsPane
from tests.json_values import JSON

from .conftest import Console, OpenConsole
from .desk_double import DeskDouble, interrupt, tool_request

ARGS: JsonObject = {
    "to": "bob@example.com",
    "body": "Dear Bob,\nthe meeting moved.\nTell bob's team.",
    "old_string": "a = 1\nb = 2",
    "new_string": "a = 1\nb = 3",
    "steps": [{"edits": []}, {"name": "bob", "ids": [1, 2]}],
}
CALL = ("send", ARGS, "", ("approve", "reject"))


# Without a terminal


@given(JSON)
def test_each_line_of_json_belongs_to_a_value(value: JsonValue) -> None:
    for number, line in enumerate(json_text(value).split("\n")):
        path = path_of_line(value, number)
        first, *_, last = [*json_text(value_at(value, path)).split("\n")] * 2
        shown = line.strip().removesuffix(",")
        if path and isinstance(path[-1], str):
            shown = shown.removeprefix(f"{json_text(path[-1], indent=None)}: ")
        assert shown in (first, last)


@given(JSON)
def test_every_value_has_a_line(value: JsonValue) -> None:
    height = json_text(value).count("\n") + 1
    assert {path_of_line(value, number) for number in range(height)} == set(_paths(value))


def _paths(value: JsonValue) -> Iterator[Path]:
    yield ()
    items: Iterable[tuple[str | int, JsonValue]] = ()
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
    for step, each in items:
        yield from ((step, *path) for path in _paths(each))


def test_a_text_is_found_whatever_the_case_of_its_letters() -> None:
    lines = ["Bob, bob", "", "a.b"]
    assert list(occurrences(lines, "BOB")) == [Occurrence(0, 0, 3), Occurrence(0, 5, 8)]
    assert list(occurrences(lines, ".")) == [Occurrence(2, 1, 2)]
    found = list(occurrences(["x"] * 5_000, "x"))
    assert len(found) == 5_002 and found.count(None) == 2


@pytest.mark.parametrize("columns", [0, 160])
def test_each_line_of_the_arguments_belongs_to_one_of_them(columns: int) -> None:
    lines = lines_of(ARGS, columns)
    paths = [json_path(place_of_line(lines, number, ARGS)) for number in range(len(lines))]
    assert list(dict.fromkeys(paths)) == [
        "$.to",
        "$.body",
        "$.new_string",
        "$.steps",
        "$.steps[0]",
        "$.steps[0].edits",
        "$.steps[1]",
        "$.steps[1].name",
        "$.steps[1].ids",
        "$.steps[1].ids[0]",
        "$.steps[1].ids[1]",
    ]
    assert paths.count("$.body") == 4


def test_each_line_of_the_arguments_as_json_belongs_to_a_value() -> None:
    lines = json_lines(ARGS)
    texts = [line.text for line in lines]
    number = next(n for n, text in enumerate(texts) if '"name"' in text)
    assert place_of_line(lines, number, ARGS) == ("steps", 1, "name")
    assert place_of_line(lines, 0, ARGS) == place_of_line(lines, len(lines) - 1, ARGS) == ()


def test_an_argument_inside_another_is_named_with_its_place() -> None:
    edits: JsonObject = {"edits": [{"old_str": "a", "new_str": "b", "n": 1}]}
    lines = lines_of(edits)
    assert place_of_line(lines, 0, edits) == ("edits", 0, "new_str")
    assert place_of_line(lines, len(lines) - 1, edits) == ("edits", 0, "n")


# On the screen


def marked(c: Console) -> list[str]:
    """Return the texts that are marked as matches, the selected one between brackets."""
    pane = c.app.screen.query_one(ArgumentsPane)
    grounds = pane.view.match_grounds
    return [
        f"[{segment.text}]" if segment.style.underline else segment.text
        for y in range(pane.view.size.height)
        for segment in pane.view.render_line(y)
        if segment.style is not None and segment.style.bgcolor in grounds
    ]


async def test_arguments_are_searched_and_their_values_copied(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(tool_request(CALL, ("other", {}, "", ("approve",)))))
    async with console(desk, (100, 44)) as c:
        await c.open()
        await c.press("slash", *"BOB")
        assert "match 1 of 4" in c.text and marked(c) == ["[bob]", "Bob", "bob", "bob"]
        await c.press("down", "enter")
        assert "match 2 of 4" in c.text and not c.app.screen.query(PaneSearchLine)
        await c.press("y")
        assert c.app.clipboard == ARGS["body"] and "Copied $.body." in c.text
        await c.press("n", "n", "y")
        assert "match 4 of 4" in c.text and marked(c)[-1] == "[bob]"
        assert c.app.clipboard == "bob" and "Copied $.steps[1].name." in c.text
        await c.press(*["up"] * 5, "y")
        assert json.loads(c.app.clipboard) == ARGS["steps"]
        await c.press("N", "j")
        assert "4 found" in c.text and "match 4" not in c.text
        await c.press("n", "y")
        assert "match 1 of 4" in c.text and c.app.clipboard == ARGS["to"]
        await c.press("escape")
        assert "found" not in c.text and not marked(c) and "▸ 1/2" in c.text
        await c.press("n")
        assert "▸ 2/2" in c.text


async def test_a_match_is_unfolded_and_scrolled_to(console: OpenConsole) -> None:
    args: JsonObject = {"rows": [{f"key {n}": n for n in range(20)} for _ in range(9)], "z": "zz"}
    desk = DeskDouble(interrupt(tool_request(("send", args, "", ("approve",)))))
    async with console(desk, (100, 24)) as c:
        await c.open()
        await c.press("minus", "slash", *"key 19", "enter")
        assert "match 1 of 9" in c.text and "key 19" in c.text
        await c.press("N")
        assert "match 9 of 9" in c.text
        await c.press("y")
        assert c.app.clipboard == "19" and 'Copied $.rows[8]["key 19"].' in c.text
        await c.press("slash", *"none of it", "enter")
        assert "no match" in c.text


async def test_a_payload_is_copied_whole_or_a_value_of_it(console: OpenConsole) -> None:
    payload: JsonObject = {"customer": {"name": "Ada \x1b[31m", "id": 7}, "note": "asks Ada"}
    desk = DeskDouble(interrupt(payload))
    async with console(desk) as c:
        await c.open()
        c.card.payload.focus()  # type: ignore[attr-defined]  # it is the card of a question
        await c.press("y")
        assert json.loads(c.app.clipboard) == payload and "Copied the whole text." in c.text
        await c.press("slash", *"ada", "enter", "y")
        assert c.app.clipboard == "Ada \x1b[31m" and "Copied $.customer.name." in c.text
        assert "1 control character" in c.text
        await c.press("slash", *"note", "up")
        assert "match 1 of 1" in c.text
        await c.press("escape")
        assert "match" not in c.text and c.card.payload.has_focus  # type: ignore[attr-defined]
