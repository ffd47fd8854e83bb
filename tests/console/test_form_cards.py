"""The cards for forms and for questions: what they send, what they refuse, what they keep."""

import json
from typing import Any

import pytest

from hitl_engine import payloads
from hitl_engine.model import Answer, Decline, Fill, JsonObject, JsonValue, Question, Replies, Reply
from hitl_tui.messages import Decided, Typed
from hitl_tui.widgets.cards.card_for import card_for
from hitl_tui.widgets.cards.question_box import QuestionBox
from hitl_tui.widgets.cards.question_card import QuestionCard
from sample_graphs.ask_user import QUESTIONS
from sample_graphs.typed_answer import Approval

from .conftest import card_shown, heard, screen_text, settle, until
from .desk_double import interrupt

EXPENSE: JsonObject = {
    "formType": "expense",
    "title": "Pay this expense?",
    "fields": [
        {"name": "amount", "label": "Amount", "type": "currency", "default": 10},
        {"name": "urgent", "label": "Urgent", "type": "checkbox"},
        {"name": "reason", "label": "Reason", "type": "text", "required": True},
    ],
}
RELEASE: JsonObject = {"title": "Release funds", "requested": 750}
ASK: JsonObject = {"type": "ask_user", "tool_call_id": "call_1", "questions": list(QUESTIONS)}


def card(
    payload: JsonValue, schema: JsonObject | None = None, typed: JsonObject | None = None
) -> QuestionCard:
    question = Question(
        interrupt(payload, response_schema=schema), payloads.recognise(payload, schema), "print"
    )
    return card_for(
        question,
        lambda q, decision: payloads.encode(
            q.interrupt.payload, decision, q.interrupt.response_schema
        ),
        typed,
    )


async def shown(made: QuestionCard, pilot: Any) -> None:
    await settle(pilot)
    made.take_focus()
    await until(pilot, lambda: made.armed)


async def press(pilot: Any, *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


async def sent(made: QuestionCard, pilot: Any, said: list[Any]) -> list[object]:
    await until(pilot, lambda: made.armed)
    await press(pilot, "ctrl+s")
    return [message.decision for message in heard(said, Decided)]


# Forms


async def test_a_form_is_filled_in_field_by_field() -> None:
    made = card(EXPENSE)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        assert "title: Pay this expense?" in screen_text(pilot.app)
        await press(pilot, "backspace", *"2.5", "enter", "tab", *"lunch")
        assert '"values": {"amount": 12.5, "reason": "lunch"}' in screen_text(pilot.app)
        assert await sent(made, pilot, said) == [Fill({"amount": 12.5, "reason": "lunch"})]


async def test_whoever_sends_too_early_sees_what_is_wrong_at_each_field() -> None:
    made = card(RELEASE, Approval.model_json_schema())
    async with card_shown(made, (80, 40)) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "tab", *"1001")
        text = screen_text(pilot.app)
        assert "✗ must be at most 1000" in text
        assert "✗ is needed" not in text, "what nobody touched is not wrong yet"
        assert await sent(made, pilot, said) == []
        assert screen_text(pilot.app).count("✗ is needed") == 2
        await press(pilot, "space", "tab", *["backspace"] * 4, *"700", "tab", "right", "space")
        assert "✗" not in screen_text(pilot.app)
        value: JsonValue = {
            "decision": "approve", "amount": 700, "payment": {"by": "cash", "notes": [50, 20]},
            "due": None, "note": None,
        }  # fmt: skip
        assert await sent(made, pilot, said) == [Fill(value)]


async def test_whoever_sends_too_early_is_taken_to_the_first_fault_by_its_name() -> None:
    made = card(RELEASE, Approval.model_json_schema())
    async with card_shown(made, (80, 40)) as (pilot, said):
        await shown(made, pilot)
        assert "Decision: is needed. (2 more)" in screen_text(pilot.app)
        await press(pilot, "space", "tab", *"7", "tab", "right", "space", "tab", "tab", "x")
        assert "Payment ▸ Notes ▸ 1: must be a whole number." in screen_text(pilot.app)
        await press(pilot, "tab", "tab", "tab", *"2026")
        assert await sent(made, pilot, said) == []
        await press(pilot, *["backspace"] * 9, "9")
        assert "Due: must be a date" in screen_text(pilot.app)
        assert await sent(made, pilot, said) == []
        await press(pilot, "f4")
        value: JsonValue = {
            "decision": "approve", "amount": 7, "payment": {"by": "cash", "notes": [9, 20]},
            "due": None, "note": None,
        }  # fmt: skip
        assert await sent(made, pilot, said) == [Fill(value)]


@pytest.mark.parametrize(
    ("schema", "keys", "value"),
    [
        ({"type": "boolean"}, "n", False),
        ({"type": "integer", "minimum": 3}, "42", 42),
        ({"type": "string"}, "42", "42"),
        ({"type": "array", "items": {"type": "integer"}}, ["enter", "7"], [7]),
        ({"enum": ["a", 1, None]}, ["right", "space"], 1),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, '{"a":1}', {"a": 1}),
        ({"const": "only"}, [], "only"),
    ],
)
async def test_an_answer_need_not_be_an_object(
    schema: JsonObject, keys: list[str], value: JsonValue
) -> None:
    made = card({"q": "?"}, schema)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        if "items" not in schema and "const" not in schema:
            assert await sent(made, pilot, said) == [], "nothing is answered unasked"
        await press(pilot, *keys)
        assert await sent(made, pilot, said) == [Fill(value)]


async def test_json_is_checked_while_one_types() -> None:
    schema: JsonObject = {"type": "object", "additionalProperties": {"type": "integer"}}
    made = card({"q": "?"}, schema)
    async with card_shown(made) as (pilot, _):
        await shown(made, pilot)
        assert "Its keys can be anything." in screen_text(pilot.app)
        await press(pilot, *'{"a":"1"')
        assert "✗ is not JSON yet" in screen_text(pilot.app)
        await press(pilot, *',"b":"2"}')
        text = screen_text(pilot.app)
        assert '✗ a: must be a whole number; it is the text "1"' in text
        assert '✗ b: must be a whole number; it is the text "2"' in text


async def test_declining_is_a_decision_that_one_sees_before_it_is_sent() -> None:
    made = card(EXPENSE)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "f9")
        assert '{"approved": false}' in screen_text(pilot.app)
        await press(pilot, "f9")
        assert "Nothing to send yet" in screen_text(pilot.app)
        await pilot.click("DeclineLine")
        assert await sent(made, pilot, said) == [Decline()]


async def test_a_form_without_a_word_for_it_cannot_be_declined() -> None:
    made = card(RELEASE, Approval.model_json_schema())
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "f9")
        assert await sent(made, pilot, said) == []
        assert "decline" not in screen_text(pilot.app)


async def test_a_draft_comes_back_as_it_was_typed() -> None:
    made = card(EXPENSE)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "x", "enter", "y", "f9")
        kept = heard(said, Typed)[-1].content
    again = card(EXPENSE, typed=json.loads(json.dumps(kept)))
    async with card_shown(again) as (pilot, said):
        await shown(again, pilot)
        assert again.content() == kept
        assert heard(said, Typed) == []
        await press(pilot, "f9", "backspace", "tab", "tab", "r")
        value: JsonValue = {"amount": 10, "urgent": True, "reason": "r"}
        assert await sent(again, pilot, said) == [Fill(value)]


@pytest.mark.parametrize(
    "typed", [{"form": 7, "declined": "x"}, {"form": {"fields": {"amount": [], "urgent": 3}, "beside": {}}}]
)  # fmt: skip
async def test_a_broken_draft_is_left_aside(typed: JsonObject) -> None:
    made = card(EXPENSE, typed=typed)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        assert await sent(made, pilot, said) == []
        assert "Nothing to send yet" in screen_text(pilot.app)


async def test_a_form_can_be_answered_with_json() -> None:
    made = card(RELEASE, {"type": "integer"})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "7", "ctrl+t")
        assert made.box.json.text == "7", "JSON begins with what stands in the form"
        await press(pilot, "8")
        assert await sent(made, pilot, said) == [Answer(8)]


# Questions


async def test_each_question_gets_a_reply_by_keys() -> None:
    made = card(ASK)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "2", "enter", "enter", "1", "down", "down", "space", "enter", *"Mars")
        await press(pilot, "enter", *"no")
        replies = (Reply("", ("SQLite",)), Reply("Mars", ("Europe", "America")), Reply("no"))
        assert '["Europe", "America", "Mars"]' in screen_text(pilot.app).replace("\\", "")
        assert await sent(made, pilot, said) == [Replies(replies)]


async def test_what_needs_a_reply_is_said_at_its_question() -> None:
    made = card(ASK)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        assert "✗" not in screen_text(pilot.app)
        assert await sent(made, pilot, said) == []
        assert "✗ needs a reply" in screen_text(pilot.app)
        await press(pilot, "1", "enter", "x")
        assert "✗ takes one choice or your own words, not both" in screen_text(pilot.app)
        await press(pilot, "shift+tab", "1")
        expected = Replies((Reply("x"), Reply(), Reply()))
        assert await sent(made, pilot, said) == [expected]


async def test_replies_come_back_and_can_all_be_declined() -> None:
    made = card(ASK)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, "1", "tab", "tab", "2", "tab", *"own")
        kept = heard(said, Typed)[-1].content
    again = card(ASK, typed=json.loads(json.dumps(kept)))
    async with card_shown(again) as (pilot, said):
        await shown(again, pilot)
        assert again.content() == kept
        await press(pilot, "f9")
        assert '"status": "cancelled"' in screen_text(pilot.app)
        assert await sent(again, pilot, said) == [Decline()]


@pytest.mark.parametrize(
    "typed", [{"replies": 3}, {"replies": [{"picked": [9, "x", None], "text": 7}, 1, None]}]
)
async def test_broken_replies_are_left_aside(typed: JsonObject) -> None:
    made = card(ASK, typed=typed)
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        assert await sent(made, pilot, said) == []


async def test_twenty_questions_and_hostile_ones_fit() -> None:
    hostile = "[/b] \x1b[31m\u202e [@click=app.quit]x"
    asked: list[JsonValue] = [
        {"question": hostile, "type": "multiple_choice", "choices": [{"value": hostile}, {"value": f"{n}"}]}
        for n in range(20)
    ]  # fmt: skip
    reply: JsonValue = {"text": "", "picked": [0]}
    replies: list[JsonValue] = [*[reply] * 19, None]
    made = card({"type": "ask_user", "questions": asked}, typed={"replies": replies})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        text = screen_text(pilot.app)
        assert "\x1b" not in text and "\u202e" not in text and "[/b] \\u{1B}[31m" in text
        assert await sent(made, pilot, said) == []
        box = made.query(QuestionBox)[19]
        box.first.focus()
        await until(pilot, lambda: made.region.contains_region(box.region))
        await press(pilot, "1", "ctrl+end")
        assert await sent(made, pilot, said) == [Replies((Reply("", (hostile,)),) * 20)]


# What was not on the screen


async def test_a_form_is_sent_only_after_all_that_is_asked_was_on_the_screen() -> None:
    asked: JsonObject = {f"line {n}": n for n in range(30)}
    made = card(
        asked, {"type": "object", "properties": {"ok": {"type": "boolean", "default": True}}}
    )
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        assert await sent(made, pilot, said) == []
        assert "rows of what is asked unseen" in screen_text(pilot.app)
        await press(pilot, "ctrl+end")
        assert "line 29: 29" in screen_text(pilot.app)
        assert await sent(made, pilot, said) == [Fill({"ok": True})]
        assert heard(said, Decided)[0].unseen > 0


async def test_replies_are_sent_only_after_every_question_was_on_the_screen() -> None:
    questions: list[JsonValue] = [
        {"question": "Why? " * 20 if n else "First?", "type": "text", "required": not n}
        for n in range(12)
    ]
    made = card({"type": "ask_user", "tool_call_id": "c", "questions": questions})
    async with card_shown(made) as (pilot, said):
        await shown(made, pilot)
        await press(pilot, *"so")
        assert await sent(made, pilot, said) == []
        assert "rows of what is asked unseen" in screen_text(pilot.app)
        for _ in questions[1:]:
            await press(pilot, "tab")
        ((replies,),) = [await sent(made, pilot, said)]
        assert isinstance(replies, Replies) and replies.replies[0].text == "so"
