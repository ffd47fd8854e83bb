"""Conventions: what is recognised, and the exact JSON that answers it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import payloads
from engine.errors import NotTaken
from engine.model import (
    Answer,
    AnyJson,
    Approve,
    Decision,
    DecisionKind,
    Edit,
    JsonValue,
    Reject,
    Respond,
    Revise,
    TextToRevise,
    ToolCalls,
    Verdicts,
)

ALL = tuple(DecisionKind)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)

SNAKE: JsonValue = {
    "action_requests": [
        {"name": "write_file", "args": {"path": "a", "n": 1}, "description": "Writes."},
        {"name": "execute_sql", "args": {"query": "DELETE"}},
    ],
    "review_configs": [
        {
            "action_name": "write_file",
            "allowed_decisions": ["approve", "edit", "reject", "respond"],
        },
        {"action_name": "execute_sql", "allowed_decisions": ["approve", "reject"]},
    ],
}
CAMEL: JsonValue = {
    "actionRequests": [{"name": "write_file", "args": {"someKey": 1}}],
    "reviewConfigs": [
        {"actionName": "write_file", "allowedDecisions": ["approve", "edit", "reject"]}
    ],
}


@pytest.mark.parametrize(
    ("payload", "text", "prompt"),
    [
        ({"text_to_revise": "original text"}, "original text", ""),
        ({"instruction": "Review", "content": "draft"}, "draft", "instruction: Review"),
        ({"draft": "", "action": "send"}, "", "action: send"),
        ("What is your name?", "", "What is your name?"),
        ("", "", ""),
    ],
)
def test_texts_are_recognised(payload: JsonValue, text: str, prompt: str) -> None:
    assert payloads.recognise(payload) == TextToRevise(text=text, prompt=prompt)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        True,
        0,
        [],
        {},
        {"text_to_revise": 3},
        {"content": "a", "draft": "b"},
        {"content": "a", "options": ["x", "y"]},
        {"action_requests": []},
        {"action_requests": [{"name": "x"}]},
        {"action_requests": [{"name": "x", "args": {}}, "no request"]},
    ],
)
def test_the_rest_is_json(payload: JsonValue) -> None:
    assert payloads.recognise(payload) == AnyJson(payload)


def test_tool_calls_are_paired_with_their_rules() -> None:
    review = payloads.recognise(SNAKE)
    assert isinstance(review, ToolCalls)
    assert [call.name for call in review.calls] == ["write_file", "execute_sql"]
    assert review.calls[0].allowed == ALL
    assert review.calls[1].allowed == (DecisionKind.APPROVE, DecisionKind.REJECT)


def test_without_a_rule_only_a_rejection_is_offered() -> None:
    review = payloads.recognise({"action_requests": [{"name": "rm", "args": {}}]})
    assert isinstance(review, ToolCalls)
    assert review.calls[0].allowed == (DecisionKind.REJECT,)


def test_rules_of_another_number_are_paired_by_name() -> None:
    payload: JsonValue = {
        "action_requests": [{"name": "a", "args": {}}, {"name": "a", "args": {}}],
        "review_configs": [{"action_name": "a", "allowed_decisions": ["approve"]}],
    }
    review = payloads.recognise(payload)
    assert isinstance(review, ToolCalls)
    assert [call.allowed for call in review.calls] == [(DecisionKind.APPROVE,)] * 2


@pytest.mark.parametrize(
    ("payload", "decision", "answer"),
    [
        ({"text_to_revise": "a"}, Revise("b"), "b"),
        ({"text_to_revise": "a"}, Answer({"ok": False}), {"ok": False}),
        ({"anything": 1}, Answer(None), None),
        ({"anything": 1}, Answer(False), False),
        ({"anything": 1}, Revise("true"), "true"),
        (
            SNAKE,
            Verdicts((Edit({"path": "z", "n": 2}), Reject("no deletes"))),
            {
                "decisions": [
                    {
                        "type": "edit",
                        "edited_action": {"name": "write_file", "args": {"path": "z", "n": 2}},
                    },
                    {"type": "reject", "message": "no deletes"},
                ]
            },
        ),
        (
            SNAKE,
            Verdicts((Respond("exists"), Approve())),
            {"decisions": [{"type": "respond", "message": "exists"}, {"type": "approve"}]},
        ),
        (
            CAMEL,
            Verdicts((Edit({"someKey": 2}),)),
            {
                "decisions": [
                    {"type": "edit", "editedAction": {"name": "write_file", "args": {"someKey": 2}}}
                ]
            },
        ),
        (CAMEL, Verdicts((Reject(),)), {"decisions": [{"type": "reject"}]}),
    ],
)
def test_answers_have_the_shape_of_the_convention(
    payload: JsonValue, decision: Decision, answer: JsonValue
) -> None:
    assert payloads.encode(payload, decision) == answer


@pytest.mark.parametrize(
    ("payload", "decision", "words"),
    [
        (SNAKE, Verdicts((Approve(),)), "2 tool calls wait"),
        (SNAKE, Verdicts((Approve(), Respond("x"))), r"decisions\[1\]: execute_sql allows"),
        (SNAKE, Answer("approve"), "decisions"),
        (SNAKE, Answer([{"type": "accept", "args": None}]), "decisions"),
        (SNAKE, Answer({"decisions": [{"type": "approve"}]}), "2 tool calls wait"),
        (SNAKE, Answer({"decisions": ["approve", "approve"]}), r"decisions\[0\]"),
        (
            SNAKE,
            Answer({"decisions": [{"type": "edit", "edited_action": {"name": "x"}}] * 2}),
            "edited_action",
        ),
        (SNAKE, Answer({"decisions": [{"type": "respond"}, {"type": "approve"}]}), "message"),
        (SNAKE, Revise("yes"), "verdict"),
        (CAMEL, Verdicts((Respond("x"),)), "allows"),
        ({"text_to_revise": "a"}, Verdicts((Approve(),)), "text"),
        ({"x": 1}, Verdicts((Approve(),)), "no tool call"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    payload: JsonValue, decision: Decision, words: str
) -> None:
    with pytest.raises(NotTaken, match=words):
        payloads.encode(payload, decision)


@given(JSON)
def test_recognition_is_total(payload: JsonValue) -> None:
    assert payloads.recognise(payload) == payloads.recognise(payload)
    assert payloads.encode(payload, Answer(payload)) == payload


@given(JSON.filter(lambda value: isinstance(value, dict)))
def test_unknown_keys_do_not_change_the_convention(extra: dict[str, JsonValue]) -> None:
    payload = {**extra, **SNAKE} if isinstance(SNAKE, dict) else {}
    known = {"actionRequests", "reviewConfigs"}
    if not known & extra.keys():
        assert isinstance(payloads.recognise(payload), ToolCalls)
