"""Attempts to send what was not on the screen, or was there for a moment only."""

from typing import Any

import pytest

from hitl_engine.model import Approve, Choose, Fill, JsonObject, JsonValue, Verdicts
from hitl_tui.messages import Decided
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.widgets.cards.choice_part import ChoicePart
from hitl_tui.widgets.form.field_box import FieldBox
from hitl_tui.widgets.tool_calls.arguments_pane import ArgumentsPane
from hitl_tui.widgets.tool_calls.tool_calls_part import ToolCallsPart

from .conftest import OpenConsole, card_shown, heard, screen_text, settle, until
from .desk_double import DeskDouble, interrupt, tool_request
from .test_form_cards import card, press, sent, shown

ALL = ("approve", "edit", "reject", "respond")
SIZES = [(40, 12), (80, 24), (120, 40)]


def form_of(**defaults: JsonValue) -> JsonObject:
    """Return the schema of an object whose properties have these defaults."""
    properties: JsonObject = {key: {"default": value} for key, value in defaults.items()}
    for each in properties.values():
        assert isinstance(each, dict)
        each["type"] = "string" if isinstance(each["default"], str) else "object"
    return {"type": "object", "properties": properties}


def message_of(said: list[Any]) -> Decided:
    (message,) = heard(said, Decided)
    return message


# Forms: a field that is not in view has a default, which is sent as it is


@pytest.mark.parametrize("size", SIZES)
async def test_a_default_that_was_not_in_view_is_not_sent(size: tuple[int, int]) -> None:
    defaults: dict[str, JsonValue] = {f"field {n}": f"value {n}" for n in range(40)}
    made = card({"q": "?"}, form_of(**defaults))
    async with card_shown(made, size) as (pilot, said):
        await shown(made, pilot)
        await until(pilot, lambda: len(made.query(FieldBox)) == 41)
        assert await sent(made, pilot, said) == []
        assert "rows of the form unseen" in str(made.send_bar.why.content)
        seen = screen_text(pilot.app)
        for _ in range(39):
            await pilot.press("tab")
            await settle(pilot)
            seen += screen_text(pilot.app)
        await until(pilot, lambda: not made.part.unseen)
        assert all(f"value {n} " in seen for n in range(40))
        assert await sent(made, pilot, said) == [Fill({**defaults})]
        assert message_of(said).unseen == 0


LONG_TEXT = " ".join(f"word{n}" for n in range(24))
TALL_TEXT = "\n".join(f"line {n}" for n in range(60))
MANY: JsonObject = {
    "type": "object",
    "properties": {
        f"part {n}": {
            "type": "object",
            "properties": {"how": {"type": "string", "default": f"rm -rf /{n}"}},
            "default": {"how": f"rm -rf /{n}"},
        }
        for n in range(31)
    },
}


@pytest.mark.parametrize(
    "schema",
    [form_of(line=LONG_TEXT * 1), form_of(text=TALL_TEXT), MANY],
    ids=["a line that is wider", "a text that is higher", "folded"],
)
async def test_a_value_of_which_a_part_was_not_in_view_is_not_sent(schema: JsonObject) -> None:
    made = card({"q": "?"}, schema)
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        assert await sent(made, pilot, said) == []
        assert "of the form unseen" in str(made.send_bar.why.content)
        made.body.focus()
        await press(pilot, "ctrl+end")
        assert len(await sent(made, pilot, said)) == 1
        assert message_of(said).unseen > 0


async def test_a_long_line_is_sent_after_it_was_scrolled_through() -> None:
    made = card({"q": "?"}, form_of(line=LONG_TEXT))
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "home")
        for _ in LONG_TEXT:
            await pilot.press("right")
            await pilot.pause()
        assert await sent(made, pilot, said) == [Fill({"line": LONG_TEXT})]
        assert message_of(said).unseen == 0


async def test_a_text_of_one_s_own_is_seen_however_long_it_is() -> None:
    made = card({"q": "?"}, {"type": "object", "properties": {"line": {"type": "string"}}})
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, *("x" * 100))
        assert await sent(made, pilot, said) == [Fill({"line": "x" * 100})]


# Tool calls


async def test_an_edit_of_one_argument_does_not_let_others_run_unseen() -> None:
    args: JsonObject = {f"argument {n}": f"value {n}" for n in range(60)}
    made = card(tool_request(("send", args, "", ALL)))
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "e")
        assert "unseen: scroll through them" in screen_text(pilot.app)
        await press(pilot, "x", "ctrl+s")
        assert heard(said, Decided) == []
        await press(pilot, "ctrl+end", "e")
        assert isinstance(made.part, ToolCallsPart) and made.part.answer.verdict == "edit"


# A label that is longer than a list shows


async def test_a_choice_is_shown_to_its_last_word() -> None:
    label = "keep everything " * 30 + "but delete the database"
    made = card({"question": "Which?", "options": [label, "none"]})
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        assert "delete the database" in screen_text(pilot.app)
        await press(pilot, "1")
        assert await sent(made, pilot, said) == [Choose(0, None)]


# What covers the card


async def test_rows_below_a_modal_are_unseen(console: OpenConsole) -> None:
    args: dict[str, JsonValue] = {f"argument {n}": n for n in range(25)}
    desk = DeskDouble(interrupt(tool_request(("send", args, "", ALL))))
    async with console(desk, (80, 20)) as c:
        await c.open()
        assert c.part.unseen > 0
        part = c.part
        c.app.push_screen(TextModal(ModalText("Above", "", detail="more\n" * 99)))
        await c.pilot.resize_terminal(80, 50)
        await settle(c.pilot)
        assert part.unseen > 0
        await c.press("escape")
        await until(c.pilot, lambda: not c.part.unseen)


# The last rows have to be in view for as long as a new card


@pytest.mark.usefixtures("real_guard")
async def test_rows_that_came_into_view_a_moment_ago_are_not_approved() -> None:
    args: JsonObject = {f"argument {n}": n for n in range(30)}
    made = card(tool_request(("send", args, "", ALL)))
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        made.query_one(ArgumentsPane).focus()
        for _ in range(4):
            await pilot.press("pagedown")
        await until(pilot, lambda: not made.part.unseen)
        await pilot.press("a", "ctrl+s")
        await settle(pilot)
        assert heard(said, Decided) == [], "nobody read it"
        await until(pilot, lambda: made.armed)
        await press(pilot, "a", "ctrl+s")
        assert message_of(said).decision == Verdicts((Approve(),))


@pytest.mark.usefixtures("real_guard")
async def test_an_answer_is_not_sent_while_its_question_just_came_into_view() -> None:
    asked: JsonObject = {"question": "Go on?\n" * 25, "options": ["yes", "no"]}
    made = card(asked)
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "y")
        await until(pilot, lambda: made.armed)
        assert isinstance(made.part, ChoicePart)
        made.part.asked.focus()
        for _ in range(3):
            await pilot.press("pagedown")
        await until(pilot, lambda: not made.part.unseen)
        await press(pilot, "ctrl+s")
        assert heard(said, Decided) == [], "nobody read it"
        await until(pilot, lambda: made.armed)
        await press(pilot, "ctrl+s")
        assert len(heard(said, Decided)) == 1
