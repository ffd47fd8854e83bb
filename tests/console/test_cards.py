"""The cards: what they show, what they say, and that they say it once."""

from typing import Any

import pytest
from textual import events
from textual.containers import Container
from textual.widgets import TextArea

from hitl_engine import payloads
from hitl_engine.model import (
    Answer,
    Approve,
    Choose,
    JsonValue,
    Question,
    Revise,
    Verdicts,
)
from hitl_tui.messages import Decided, Stepped, Typed
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.breakpoint_card import BreakpointCard
from hitl_tui.widgets.cards.card_for import card_for
from hitl_tui.widgets.cards.guard import Guard
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.line_input import LineInput
from tests.hidden import hidden_in

from .conftest import card_shown, heard, screen_text, settle, until
from .desk_double import interrupt, stop, tool_request
from .hostile import HOSTILE, ODD

ALL = ("approve", "edit", "reject", "respond")


def card(payload: JsonValue, typed: dict[str, Any] | None = None) -> QuestionCard:
    asked = interrupt(payload)
    question = Question(asked, payloads.recognise(payload), "print")
    return card_for(
        question, lambda q, decision: payloads.encode(q.interrupt.payload, decision), typed
    )


def decisions(said: list[Any]) -> list[object]:
    return [message.decision for message in heard(said, Decided)]


def call(
    *allowed: str, **args: JsonValue
) -> tuple[str, dict[str, JsonValue], str, tuple[str, ...]]:
    return "send", dict(args), "the story", allowed


async def shown(made: QuestionCard, pilot: Any) -> None:
    await settle(pilot)
    made.take_focus()
    await until(pilot, lambda: made.armed)


# What was on the screen

LONG = "go on?\n" + "because\n" * 100


@pytest.mark.parametrize(
    ("payload", "keys"),
    [
        ({"text_to_revise": LONG}, ()),
        ({"question": LONG, "options": ["yes", "no"]}, ("1",)),
        ({"anything": LONG.split("\n"), "else": 1}, ("ctrl+t", "ctrl+t", "y")),
    ],
    ids=["an unchanged text", "a choice", "yes to a payload"],
)
async def test_nothing_is_sent_as_it_is_before_all_was_seen(
    payload: JsonValue, keys: tuple[str, ...]
) -> None:
    made = card(payload)
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        for key in (*keys, "ctrl+s"):
            await pilot.press(key)
            await settle(pilot)
            await until(pilot, lambda: made.armed)
        assert decisions(said) == [] and "unseen: scroll through them" in str(
            made.send_bar.why.content
        )
        await pilot.press("ctrl+end", "ctrl+s")
        await settle(pilot)
        (message,) = heard(said, Decided)
        assert message.unseen > 50


async def test_a_long_text_that_was_changed_is_the_person_s_own() -> None:
    made = card({"text_to_revise": LONG})
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("x", "ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Revise(f"x{LONG}")]


LONG_LINES: dict[str, JsonValue] = {f"line {n}": n for n in range(60)}


@pytest.mark.parametrize(
    ("payload", "keys"),
    [
        ({"text_to_revise": LONG}, ("x",)),
        ({"type": "ask_user", "questions": [{"question": LONG, "type": "text"}]}, ("x",)),
        (tool_request(call(*ALL, **LONG_LINES)), ("r", "x")),
        (tool_request(call(*ALL, **LONG_LINES)), ("e",)),
    ],
    ids=["a changed text", "a reply", "a reason", "edited arguments"],
)
async def test_in_a_text_field_ctrl_end_moves_the_cursor_and_marks_nothing_as_seen(
    payload: JsonValue, keys: tuple[str, ...]
) -> None:
    made = card(payload)
    async with card_shown(made, (80, 24)) as (pilot, said):
        await shown(made, pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        await until(pilot, lambda: isinstance(pilot.app.focused, TextArea))
        field = pilot.app.focused
        assert isinstance(field, TextArea)
        await pilot.press("ctrl+home")
        assert field.cursor_location == (0, 0)
        unseen = made.part.unseen
        await pilot.press("ctrl+end")
        await settle(pilot)
        assert field.cursor_location == field.document.end != (0, 0)
        assert made.part.unseen == unseen and (unseen or made.part.TITLE == "Text")
        await pilot.press("escape", "ctrl+s")
        assert all(message.unseen == 0 for message in heard(said, Decided))


async def test_in_an_unchanged_text_ctrl_end_marks_all_as_seen_and_moves_the_cursor() -> None:
    made = card({"text_to_revise": LONG})
    async with card_shown(made, (80, 24)) as (pilot, _):
        await shown(made, pilot)
        await pilot.press("ctrl+end")
        await settle(pilot)
        field = pilot.app.focused
        assert isinstance(field, TextArea) and field.cursor_location == field.document.end
        assert made.part.unseen == 0


async def test_in_a_line_ctrl_end_moves_the_cursor_and_marks_nothing_as_seen() -> None:
    choice: JsonValue = {
        "question": LONG,
        "type": "multiple_choice",
        "choices": [{"value": "a"}],
    }
    made = card({"type": "ask_user", "tool_call_id": "c", "questions": [choice]})
    async with card_shown(made, (80, 24)) as (pilot, _):
        await shown(made, pilot)
        line = made.query_one(LineInput)
        line.focus()
        await pilot.press(*"abc", "ctrl+home")
        unseen = made.part.unseen
        assert line.cursor_position == 0 and unseen
        await pilot.press("ctrl+end")
        assert line.cursor_position == 3 and made.part.unseen == unseen
        await pilot.press("ctrl+s")
        assert "outside the text field" in str(made.send_bar.why.content)


# A draft


@pytest.mark.parametrize(
    "payload",
    [
        {"question": "Go on?", "options": ["yes", "no"]},
        {"text_to_revise": "a"},
        tool_request(call(*ALL, to="bob")),
    ],
)
async def test_another_way_to_answer_alone_is_no_draft(payload: JsonValue) -> None:
    made = card(payload)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        for _ in made.part.WAYS:
            await pilot.press("ctrl+t")
            await settle(pilot)
            made._show_typed()
        assert made.in_form and made.unposted() is None and not heard(said, Typed)
        while made.way is not Way.JSON:
            await pilot.press("ctrl+t")
        await pilot.press("7")
        await settle(pilot)
        made._show_typed()
        assert heard(said, Typed)[-1].content["json"] == "7"


# Once, and only what is allowed


async def test_sending_again_and_again_decides_once() -> None:
    made = card(tool_request(call("approve", "reject", to="bob")))
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("a", "ctrl+s", "ctrl+s", "a", "r", "ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Verdicts((Approve(),))]
        assert made.answered


@pytest.mark.usefixtures("real_guard")
async def test_keys_typed_before_it_could_be_read_decide_nothing() -> None:
    made = card(tool_request(call(*ALL)))
    async with card_shown(made) as (pilot, said):
        made.take_focus()
        await pilot.press("a", "ctrl+s", "a", "ctrl+s")
        await settle(pilot)
        assert decisions(said) == []
        await until(pilot, lambda: made.armed)
        await pilot.press("a", "ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Verdicts((Approve(),))]


async def test_a_key_that_is_held_down_sends_one_card_and_not_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Guard, "SECONDS", 60.0)
    made = card({"text_to_revise": "a"})
    async with card_shown(made) as (pilot, said):
        made.take_focus()
        await settle(pilot)
        begun: list[None] = []
        made.guard._drawn = lambda restart: begun.append(None)  # type: ignore[method-assign]  # it counts
        await pilot.press("ctrl+s", "ctrl+s", "x", "ctrl+s")
        await settle(pilot)
        assert len(begun) == 3 and not made.armed and decisions(said) == []


async def test_an_answer_can_be_sent_as_soon_as_it_is_shown_but_not_in_the_same_burst(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = card({"question": "Go on?", "options": ["yes", "no"]})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        monkeypatch.setattr(Guard, "SECONDS", 60.0)
        for key in ("1", "ctrl+s"):  # both before the first is drawn
            pilot.app.post_message(events.Key(key, None))
        await until(pilot, lambda: made.part.content()["chosen"] == 0)
        await settle(pilot)
        assert not decisions(said)
        await until(pilot, lambda: made.armed)
        await pilot.press("2")
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Choose(1)]


async def test_a_choice_does_not_shorten_the_time_before_a_card_can_be_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Guard, "SECONDS", 60.0)
    made = card({"question": "Go on?", "options": ["yes", "no"]})
    async with card_shown(made) as (pilot, said):
        made.take_focus()
        await pilot.press("1")
        await pilot.pause(5 * Guard.BURST_SECONDS)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert not made.armed and not decisions(said)


async def test_a_reopened_card_can_be_decided_again() -> None:
    made = card({"text_to_revise": "a"})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("ctrl+s")
        made.reopen()
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Revise("a"), Revise("a")]


async def test_the_button_sends_too_and_once() -> None:
    made = card({"text_to_revise": "a"})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.click("SendBar Button", times=2)
        await settle(pilot)
        assert decisions(said) == [Revise("a")]


# A text


async def test_a_text_is_loaded_changed_and_sent_as_seen() -> None:
    made = card({"text_to_revise": "old text", "why": "please"})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("end", *"!")
        await settle(pilot)
        text = screen_text(pilot.app)
        assert "why: please" in text
        assert "- old text" in text and "+ old text!" in text
        assert '"old text!"' in text
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Revise("old text!")]


async def test_the_changes_of_a_text_are_in_two_columns_where_there_is_room() -> None:
    made = card({"text_to_revise": "one\nold text"})
    async with card_shown(made, (130, 30)) as (pilot, _):
        await shown(made, pilot)
        await pilot.press("down", "end", *"!")
        await settle(pilot)
        (row,) = (line for line in screen_text(pilot.app).splitlines() if "+ old text!" in line)
        assert "- old text " in row and made.compares


async def test_a_text_with_hidden_characters_comes_back_as_it_was() -> None:
    nasty = "a\x1b[31m\u202e \\u{41} \ud800 \r end"
    made = card({"text_to_revise": nasty})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Revise(nasty)]


async def test_what_is_pasted_is_made_visible() -> None:
    from textual.events import Paste

    made = card("Your name?")
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        pilot.app.post_message(Paste("a\x1b[31m\rb\u200b"))
        await settle(pilot)
        assert "\\u{1B}[31m" in screen_text(pilot.app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Revise("a\x1b[31m\nb\u200b")]


async def test_a_question_needs_an_answer() -> None:
    made = card("Your name?")
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == []
        assert "Nothing to send yet" in screen_text(pilot.app)


async def test_any_question_takes_json_instead() -> None:
    made = card({"text_to_revise": "a"})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("ctrl+t", *"[1]")
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Answer([1])]


async def test_json_begins_with_what_the_form_would_send() -> None:
    made = card({"text_to_revise": "a"})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("end", "b", "ctrl+t")
        assert made.box.json.text == '"ab"'
        await pilot.press("right", "left", "c")  # out of the selection, into the string
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Answer("abc")]


async def test_yes_and_no_are_said_and_not_guessed() -> None:
    made = card({"what": "no known convention"})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("ctrl+t", "ctrl+t")
        assert made.way is Way.YES_NO
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "Press y or n" in screen_text(pilot.app) and not decisions(said)
        await pilot.press("n")
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Answer(False)]


async def test_true_as_text_is_a_text() -> None:
    made = card({"message": "Pick one", "options": ["a", "b"]})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("ctrl+t", *"true")
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Answer("true")]


async def test_the_payload_as_it_came_is_one_key_away() -> None:
    made = card({"text_to_revise": "old", "deep": {"key": [1, None]}})
    async with card_shown(made, (80, 40)) as (pilot, _):
        await shown(made, pilot)
        assert '"text_to_revise": "old"' not in screen_text(pilot.app)
        await pilot.press("f2")
        await settle(pilot)
        assert '"text_to_revise": "old"' in screen_text(pilot.app)
        assert made.in_form


async def test_notes_of_a_review_are_shown() -> None:
    made = card({"type": "tool_approval"})
    async with card_shown(made) as (pilot, _):
        await shown(made, pilot)
        assert "looks like a tool approval" in screen_text(pilot.app)


async def test_trying_to_send_nothing_says_why() -> None:
    made = card({"what": 1})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert made.send_bar.has_class("-emphasized") and not decisions(said)


# Any JSON


@pytest.mark.parametrize("typed", ["", "   ", "{", "tru", '{"a":1,"a":2}', "1e999", "NaN", "'a'"])
async def test_what_is_no_json_is_never_sent(typed: str) -> None:
    made = card({"x": 1})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        made.box.json.show_source(typed)
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == []
        assert made.box.json.text == typed


@pytest.mark.parametrize(
    ("typed", "value"),
    [("null", None), ('"x"', "x"), ("[true, 1.5]", [True, 1.5]), ('"\\ud800"', "\ud800")],
)
async def test_json_is_sent_as_typed(typed: str, value: JsonValue) -> None:
    made = card({"x": 1})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        made.box.json.show_source(typed)
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Answer(value)]


async def test_words_are_sent_as_a_json_string() -> None:
    made = card({"x": 1})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("ctrl+t", *"yes")
        await until(pilot, lambda: made.armed)
        assert '"yes"' in screen_text(pilot.app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Answer("yes")]


# A breakpoint


async def test_a_breakpoint_has_no_answer_and_is_stepped_past_once() -> None:
    made = BreakpointCard(stop(when="after", node="draft", next=("review", "publish")))
    async with card_shown(made) as (pilot, said):
        made.focus()
        await until(pilot, lambda: made.armed)
        text = screen_text(pilot.app)
        assert "Stopped after draft" in text and "review, publish" in text
        assert not made.query("TextArea, Input")
        await pilot.press("a", "enter", "s", "s", "ctrl+s")
        await settle(pilot)
        assert len(heard(said, Stepped)) == 1


async def test_a_step_that_died_is_told_before_the_next_one() -> None:
    made = BreakpointCard(stop(error="EngineDied: [/b] \x1b[31mthe server ended"))
    async with card_shown(made) as (pilot, _):
        await settle(pilot)
        text = " ".join(screen_text(pilot.app).split())
        assert "EngineDied: [/b]" in text and "may have run already" in text


# What was typed


@pytest.mark.parametrize(
    "payload",
    [
        {"text_to_revise": "a"},
        {"x": 1},
        tool_request(call(*ALL, to="bob"), call(*ALL)),
        {"type": "approval_request", "question": "Publish?"},
    ],
)
async def test_what_was_typed_comes_back(payload: JsonValue) -> None:
    made = card(payload)
    async with card_shown(made, (90, 30)) as (pilot, said):
        await shown(made, pilot)
        keys = {"action_requests": ["r"], "question": ["2", "tab"]}
        await pilot.press(*next((keys[key] for key in keys if key in payload), ["x"]))  # type: ignore[operator]
        await settle(pilot)
        await pilot.press(*"abc")
        await settle(pilot)
        record = heard(said, Typed)[-1].content
    again = card(payload, record)
    async with card_shown(again, (90, 30)) as (pilot, said):
        await shown(again, pilot)
        assert again.content() == record
        assert heard(said, Typed) == []


@pytest.mark.parametrize(
    "record",
    [{"text": 5, "calls": "x", "json": None, "way": 3, "yes": "x", "chosen": 7, "beside": 1}, {}],
)
@pytest.mark.parametrize(
    "payload",
    [
        {"text_to_revise": "a"},
        {"x": 1},
        tool_request(call(*ALL)),
        {"message": "?", "options": ["a"]},
        {"type": "hook_invocation", "request": {}},
    ],
)
async def test_a_broken_record_is_no_harm(payload: JsonValue, record: dict[str, Any]) -> None:
    made = card(payload, record)
    async with card_shown(made) as (pilot, _):
        await shown(made, pilot)


# Hostile payloads


@pytest.mark.usefixtures("without_net")
@pytest.mark.parametrize("size", [(40, 12), pytest.param((100, 40), marks=pytest.mark.hardening)])
async def test_hostile_payloads_are_shown_and_never_obeyed(size: tuple[int, int]) -> None:
    """Each value once, in the kinds of questions in turn; in other kinds on the other size."""
    each = enumerate((*HOSTILE, *ODD), start=size[1])
    await show_hostile([hostile_payloads(value)[number % 5] for number, value in each], size)


@pytest.mark.hardening
@pytest.mark.usefixtures("without_net")
@pytest.mark.parametrize("size", [(40, 12), (100, 40)])
async def test_all_hostile_payloads(size: tuple[int, int]) -> None:
    """Each value in each kind of question."""
    await show_hostile(
        [each for value in (*HOSTILE, *ODD) for each in hostile_payloads(value)], size
    )


async def show_hostile(payloads: list[Any], size: tuple[int, int]) -> None:
    seat = Container()
    async with card_shown(seat, size) as (pilot, _):
        for payload in payloads:
            made = card(payload)
            with pilot.app.batch_update():
                await seat.remove_children()
                await seat.mount(made)
            await pilot.pause()
            seen = screen_text(pilot.app).replace("\n", "")
            bad = hidden_in(seen)
            assert not bad, f"{payload!r} shows {bad}"
        pilot.app.export_screenshot()


def hostile_payloads(value: object) -> list[Any]:
    """Return a payload of each kind that contains a value."""
    words = value if isinstance(value, str) else repr(value)
    return [
        {"text_to_revise": words, words: words},
        {"anything": value},
        {"message": words, "options": [words, f"{words} too"]},
        {"type": "hook_invocation", "request": {"deadline": words, words: value}},
        tool_request((words, {"arg": value, words: 1}, words, ALL)),  # type: ignore[dict-item]
    ]


async def test_a_stop_in_a_node_shows_why_and_that_nothing_answers_it() -> None:
    reason = "check: too long\x1b[31m\n" + "more\n" * 30
    made = BreakpointCard(stop(when="in", node="check", next=("check",), reason=reason))
    async with card_shown(made, (100, 40)) as (pilot, said):
        await settle(pilot)
        text = screen_text(pilot.app)
        assert "Stopped in check" in text and "check: too long" in text and "\x1b" not in text
        assert "NodeInterrupt, which takes no answer" in text
        assert "runs the node again" in text
        await until(pilot, lambda: made.armed)
        await pilot.press("s")
        await settle(pilot)
        assert [message.breakpoint for message in heard(said, Stepped)] == [made.breakpoint]


# Choices, and what only programs answer


CONFIRM: JsonValue = {"type": "approval_request", "question": "Publish?"}


async def test_nothing_is_chosen_until_a_person_does() -> None:
    made = card({"message": "Which?", "options": ["small", "large"]})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("ctrl+s", "3")
        await settle(pilot)
        assert decisions(said) == []
        assert "Choose an answer" in screen_text(pilot.app)
        await pilot.press("2")
        await until(pilot, lambda: made.armed)
        assert '"large"' in screen_text(pilot.app)
        await pilot.press("ctrl+s", "ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Choose(1)]


async def test_yes_and_no_have_their_letters() -> None:
    made = card({"question": "Publish it?"})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        assert "1 y  Yes" in screen_text(pilot.app)
        await pilot.press("n")
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        assert decisions(said) == [Choose(1)]


async def test_a_bare_question_for_yes_or_no_sends_true_or_false() -> None:
    made = card("Do you approve this action?")
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        assert "Do you approve this action?" in screen_text(pilot.app)
        await pilot.press("ctrl+t", *"later", "ctrl+t", "ctrl+t", "ctrl+t", "n")
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        (decided,) = heard(said, Decided)
        assert payloads.encode("Do you approve this action?", decided.decision) is False
        assert made.content()["words"] == "later"


async def test_enter_chooses_and_does_not_send() -> None:
    made = card({"message": "Which?", "options": ["small", "large"]})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("end", "enter", "enter")
        await settle(pilot)
        assert decisions(said) == []
        assert made.content()["chosen"] == 1


async def test_an_answer_may_take_a_text() -> None:
    made = card(CONFIRM)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("2", "tab", *"not yet 1")
        await until(pilot, lambda: made.armed)
        assert '{"approved": false, "reason": "not yet 1"}' in screen_text(pilot.app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Choose(1, "not yet 1")]


async def test_a_guess_is_called_a_guess_and_any_json_is_taken() -> None:
    made = card(CONFIRM)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        assert "a guess" in screen_text(pilot.app)
        await pilot.press("ctrl+t", "ctrl+t", *"[1]")
        await until(pilot, lambda: made.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert decisions(said) == [Answer([1])]


async def test_a_program_s_request_is_never_offered_as_an_approval() -> None:
    made = card({"type": "hook_invocation", "request": {"deadline": "soon"}})
    async with card_shown(made, (100, 30)) as (pilot, said):
        await shown(made, pilot)
        await pilot.press("a", "enter", "1", "ctrl+s")
        await settle(pilot)
        assert decisions(said) == []
        assert "No person is asked" in screen_text(pilot.app)
        await pilot.press("ctrl+t", *'{"approved": true}', "ctrl+s")
        await settle(pilot)
        assert decisions(said) == []
        assert "The answer does not fit" in screen_text(pilot.app)


async def test_a_card_that_was_closed_before_it_was_mounted_does_no_harm() -> None:
    made = card({"question": "Which?", "options": ["a", "b"]})
    async with card_shown(Container()) as (pilot, _):
        around = pilot.app.query_one(Container)
        around.mount(made)
        made.remove()
        await settle(pilot)
        assert not pilot.app.query(QuestionCard)
