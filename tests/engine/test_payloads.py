"""Conventions: what is recognised, and the exact JSON that answers it."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_engine import payloads
from hitl_engine.errors import NotTaken
from hitl_engine.fingerprint import canonical_json
from hitl_engine.forms.typed_values import read, typed_of
from hitl_engine.forms.validation import faults
from hitl_engine.model import (
    Answer,
    AnyJson,
    Approve,
    Choices,
    Choose,
    Decision,
    DecisionKind,
    Decline,
    Edit,
    Fill,
    FormToFill,
    JsonObject,
    JsonValue,
    MachineRequest,
    Questions,
    Reject,
    Replies,
    Reply,
    Respond,
    Review,
    Revise,
    TextToRevise,
    ToolCalls,
    Verdict,
    Verdicts,
)
from hitl_engine.strict_json import unwritable
from hitl_tui.text.item_summary import review_line
from tests.hidden import hidden_in
from tests.json_values import JSON

ALL = tuple(DecisionKind)

# One payload of each convention

HOOK: JsonObject = {
    "type": "hook_invocation",
    "request": {
        "protocol_version": 1,
        "invocation_id": "i-1",
        "snapshot_id": "s-1",
        "run_id": "r-1",
        "invocation": {"event": "before_tool"},
        "deadline": "2026-01-31T10:00:00Z",
    },
}
APPROVAL: JsonObject = {
    "type": "tool_approval",
    "tool_call_id": "c1",
    "name": "write_file",
    "args": {"path": "a", "size": 1},
    "description": "Tool execution requires approval",
}
SNAKE: JsonObject = {
    "action_requests": [
        {"name": "write_file", "args": {"path": "a", "n": 1}, "description": "Writes."},
        {"name": "execute_sql", "args": {"query": "DELETE"}},
    ],
    "review_configs": [
        {"action_name": "write_file", "allowed_decisions": ["approve", "edit", "reject", "respond"]},
        {"action_name": "execute_sql", "allowed_decisions": ["approve", "reject"]},
    ],
}  # fmt: skip
CAMEL: JsonObject = {
    "actionRequests": [{"name": "write_file", "args": {"someKey": 1}}],
    "reviewConfigs": [
        {"actionName": "write_file", "allowedDecisions": ["approve", "edit", "reject"]}
    ],
}
EMAIL: JsonObject = {
    "action_request": {"action": "send_email", "args": {"to": "a@example.org", "body": "Hi"}},
    "config": {
        "allow_ignore": True, "allow_respond": True, "allow_edit": True, "allow_accept": True
    },
    "description": "Please review the e-mail before it is sent.",
}  # fmt: skip
ASK: JsonObject = {
    "type": "ask_user",
    "tool_call_id": "call_7",
    "questions": [
        {
            "question": "Which database?",
            "type": "multiple_choice",
            "choices": [{"value": "postgres"}, {"value": "sqlite"}],
            "required": True,
        },
        {
            "question": "Which regions?",
            "type": "multi_select",
            "choices": [{"value": "eu"}, {"value": "us"}],
            "required": False,
        },
        {"question": "Anything else?", "type": "text", "required": False},
    ],
}
RELEASE: JsonObject = {"title": "Release funds"}
RELEASE_SCHEMA: JsonObject = {
    "type": "object",
    "title": "Approval",
    "properties": {
        "decision": {"enum": ["approve", "reject"], "type": "string", "title": "Decision"},
        "amount": {"type": "integer", "minimum": 0, "maximum": 1000, "title": "Amount"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
    },
    "required": ["decision", "amount"],
}
EXPENSE: JsonObject = {
    "formType": "expense",
    "tool": "pay",
    "title": "Pay?",
    "fields": [
        {"name": "amount", "label": "Amount", "type": "currency", "default": 10},
        {"name": "kind", "label": "Kind", "type": "select", "options": ["a", "b"]},
        {"name": "urgent", "type": "checkbox", "default": False},
        {"name": "why", "type": "textarea"},
    ],
}
PROFILE: JsonObject = {
    "question": "Is this right?",
    "fields": ["name", "age", "tags"],
    "current_values": {"name": "Ada", "age": 36, "tags": ["x"]},
}
TYPED_FIELDS: JsonObject = {
    "question": "Is this right?",
    "fields": [
        {"name": "count", "type": "integer"},
        {"name": "to", "type": "email", "required": True},
    ],
}


def approval_schema(*kinds: str) -> JsonObject:
    """The schema that langchain 1.4.7 publishes for a tool approval, measured."""
    branches: dict[str, JsonObject] = {
        "approve": {"properties": {"type": {"const": "approve"}}, "required": ["type"]},
        "edit": {
            "properties": {
                "type": {"const": "edit"},
                "edited_action": {"$ref": "#/$defs/EditedAction"},
            },
            "required": ["type", "edited_action"],
        },
        "reject": {
            "properties": {"type": {"const": "reject"}, "message": {"type": "string"}},
            "required": ["type"],
        },
        "respond": {
            "properties": {"type": {"const": "respond"}, "message": {"type": "string"}},
            "required": ["type", "message"],
        },
    }
    defs: JsonObject = {kind: {"type": "object", **branches[kind]} for kind in kinds}
    defs["EditedAction"] = {
        "type": "object",
        "properties": {"name": {"const": "write_file"}, "args": {"$ref": "#/$defs/write_file"}},
        "required": ["name", "args"],
    }
    defs["write_file"] = {
        "type": "object",
        "properties": {"path": {"type": "string"}, "size": {"type": "integer"}},
        "required": ["path", "size"],
    }
    if len(kinds) == 1:
        return {"type": "object", **branches[kinds[0]], "$defs": defs}
    return {
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds],
        "discriminator": {"propertyName": "type"},
        "$defs": defs,
    }


EVERY = approval_schema("approve", "edit", "reject", "respond")

# Recognition


@pytest.mark.parametrize(
    ("payload", "schema", "kind"),
    [
        (HOOK, None, MachineRequest),
        (APPROVAL, EVERY, ToolCalls),
        (SNAKE, None, ToolCalls),
        (CAMEL, None, ToolCalls),
        (EMAIL, None, ToolCalls),
        ([EMAIL], None, ToolCalls),
        (json.dumps([EMAIL]), None, ToolCalls),
        (json.dumps(EMAIL), None, ToolCalls),
        (ASK, None, Questions),
        (RELEASE, RELEASE_SCHEMA, FormToFill),
        ("Sure?", {"type": "boolean"}, FormToFill),
        ({"text_to_revise": "a"}, {"type": "string"}, FormToFill),
        (EXPENSE, None, FormToFill),
        (PROFILE, None, FormToFill),
        (TYPED_FIELDS, None, FormToFill),
        ({"message": "Pick one", "options": ["a", "b"]}, None, Choices),
        ({"stage": "review", "actions": ["publish", "revise"]}, None, Choices),
        ({"text_to_revise": "a"}, None, TextToRevise),
        ("What is your name?", None, TextToRevise),
        ("Do you approve this action?", None, Choices),
        ({"question": "Approve this?", "details": {}}, None, Choices),
        ({"type": "approval_request", "action": "x", "message": "y"}, None, Choices),
        ({"summary": "…", "confirm": True}, None, Choices),
        ({"query": "Who?"}, None, Choices),
        ({"query": "Who?", "limit": 1}, None, AnyJson),
        ({"pending_writes": []}, None, AnyJson),
        ({"type": "human_feedback_request", "question": "Why", "message": "m"}, None, AnyJson),
        (None, None, AnyJson),
        (3, None, AnyJson),
        ([], None, AnyJson),
        ({}, {}, AnyJson),
        ({}, {"type": "no such type"}, AnyJson),
    ],
)
def test_each_payload_is_recognised(
    payload: JsonValue, schema: JsonObject | None, kind: type[Review]
) -> None:
    review = payloads.recognise(payload, schema)
    assert type(review) is kind
    assert review.notes == ()
    assert review_line(review).strip()


@pytest.mark.parametrize(
    ("payload", "text", "prompt"),
    [
        ({"text_to_revise": "original text"}, "original text", ""),
        ({"instruction": "Review and edit", "content": "a"}, "a", "instruction: Review and edit"),
        ({"draft": "", "task": "Improve it"}, "", "task: Improve it"),
        ({"text_to_revise": "", "tags": ["é", 1]}, "", 'tags: ["é", 1]'),
        ({"type": "text_revision", "content": "a"}, "a", "type: text_revision"),
        ("What is your name?", "", "What is your name?"),
        ("", "", ""),
        ("[not JSON", "", "[not JSON"),
        ('["a list"]', "", '["a list"]'),
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
        {"text_to_revise": "a", "draft": "b"},
        {"text_to_revise": "a", "options": [1, 2]},
        {"text_to_revise": "a", "choices": []},
        {"text_to_revise": "a", "kind": "approval"},
        {"type": "approval", "content": "Delete 40 rows?"},
        {"type": "human", "content": "Hello", "id": "m1"},
        {"role": "user", "content": "Please revise this"},
        {"role": "assistant", "instruction": "Edit this", "content": "a"},
        {"content": "a", "instruction": "Review"},
        {"content": "a", "instruction": "Edit or approve this"},
        {"content": "a", "instruction": "Don't edit this"},
        {"draft": "a", "action": "send"},
        {"type": 3, "text_to_revise": "a"},
        {"message": "Pick one", "options": []},
        {"question": "What is the answer?"},
        {"question": 3},
        {"fields": ["a"]},
        {"question": "Is it right?", "fields": ["a"]},
        {"question": "Is it right?", "fields": []},
        {"question": "Is it right?", "fields": [{"name": "a", "type": "odd"}]},
        {"message": "Approve?", "action": "pay", "fields": [{"label": "a"}]},
        {"question": "Is it? " * 1000},
        [{"action_request": {}}],
    ],
)
def test_other_payloads_are_json(payload: JsonValue) -> None:
    assert payloads.recognise(payload) == AnyJson(payload)


@pytest.mark.parametrize(
    ("payload", "note"),
    [
        ({"type": "hook_invocation"}, "a hook invocation, but it holds no request"),
        ({"type": "tool_approval", "name": "x"}, "a tool approval, but it has no name or no arg"),
        ({"type": "tool_approval", "message": "Approve?"}, "a tool approval"),
        ({"action_requests": []}, "a batch of tool calls, but it holds no list of calls"),
        ({"actionRequests": "x"}, "a batch of tool calls, but it holds no list of calls"),
        ({"action_requests": [{"name": "x"}]}, "call 1 has no name or no arguments"),
        ({"action_requests": [{"name": "x", "args": {}}, "no request"]}, "call 2 has no name"),
        ({**SNAKE, **CAMEL}, "in two spellings"),
        ([{"action_request": {"action": "x"}, "config": {}}], "request 1 has no action"),
        ([EMAIL, 3], "request 2 has no action"),
        ({"type": "ask_user", "questions": []}, "holds no list of questions"),
        ({"type": "ask_user", "questions": [{"question": "?", "type": "odd"}]}, "question 1"),
        ({"formType": "x", "fields": [{"label": "L"}]}, "a name of their own"),
        ({"formType": "x", "fields": ["a", "a"]}, "a name of their own"),
    ],
)
def test_a_malformed_payload_of_a_convention_is_json_with_a_note(
    payload: JsonValue, note: str
) -> None:
    review = payloads.recognise(payload)
    assert isinstance(review, AnyJson)
    (shown,) = review.notes
    assert shown.startswith("This looks like ") and note in shown
    assert payloads.encode(payload, Answer({"any": 1})) == {"any": 1}


def test_a_malformed_approval_with_a_schema_is_a_form() -> None:
    review = payloads.recognise({"type": "tool_approval"}, EVERY)
    assert isinstance(review, FormToFill)
    assert "looks like a tool approval" in review.notes[0]


@given(JSON, JSON)
@settings(derandomize=True, max_examples=300)
def test_every_payload_is_recognised_as_something(payload: JsonValue, schema: JsonValue) -> None:
    for odd in (None, {"properties": schema}, schema if isinstance(schema, dict) else None):
        review = payloads.recognise(payload, odd)
        assert review == payloads.recognise(payload, odd)
        assert isinstance(payloads.answer_schema(payload, odd), dict)
        line = review_line(review)
        assert not hidden_in(line)


SIGNS: list[tuple[JsonObject, type[Review]]] = [
    (HOOK, MachineRequest),
    (APPROVAL, ToolCalls),
    (SNAKE, ToolCalls),
    (CAMEL, ToolCalls),
    (EMAIL, ToolCalls),
    (ASK, Questions),
    (EXPENSE, FormToFill),
    (PROFILE, FormToFill),
    (TYPED_FIELDS, FormToFill),
]


@given(st.sampled_from(SIGNS), st.lists(st.sampled_from(range(6))), JSON)
@settings(derandomize=True, max_examples=400)
def test_damaged_payloads_do_not_raise(
    sign: tuple[JsonObject, Any], steps: list[int], odd: JsonValue
) -> None:
    """One part of a valid payload is replaced by any value."""
    payload = json.loads(json.dumps(sign[0]))
    place: Any = payload
    for step in steps:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = keys[step % len(keys)]
        if not isinstance(place[key], dict | list) or step == 5:
            place[key] = odd
            break
        place = place[key]
    payloads.recognise(payload)
    assert isinstance(payloads.answer_schema(payload), dict)


@given(st.sampled_from(SIGNS), st.dictionaries(st.text(min_size=1), JSON, max_size=4))
@settings(derandomize=True)
def test_unknown_keys_do_not_change_the_convention(
    sign: tuple[JsonObject, type[Review]], extra: JsonObject
) -> None:
    payload, kind = sign
    assert (
        type(payloads.recognise({**{f"x-{key}": extra[key] for key in extra}, **payload})) is kind
    )


def test_deep_and_large_payloads_are_recognised() -> None:
    deep: JsonValue = "x"
    for _ in range(100_000):
        deep = [deep]
    large: JsonValue = {"question": "x" * 1_000_000, "rows": list(range(50_000))}
    call: JsonValue = {"type": "tool_approval", "name": "x", "args": {"deep": deep}}
    for payload in (deep, call, large):
        payloads.recognise(payload)
    assert unwritable(deep) is not None


def test_all_other_keys_of_a_payload_are_kept() -> None:
    risky: JsonValue = [{"name": "x", "args": {}, "risk": "high"}]
    odd: JsonObject = {**SNAKE, "trace": [1], "action_requests": risky}
    review = payloads.recognise(odd)
    assert isinstance(review, ToolCalls)
    assert (review.extra, review.calls[0].extra) == ({"trace": [1]}, {"risk": "high"})
    approval = payloads.recognise(APPROVAL, EVERY)
    assert isinstance(approval, ToolCalls)
    assert approval.calls[0].extra == {"tool_call_id": "c1"}
    questions = payloads.recognise(ASK)
    assert isinstance(questions, Questions)
    assert questions.extra == {"tool_call_id": "call_7"}


@pytest.mark.parametrize(
    "text",
    [
        "Do you approve this action?",
        "Approve?",
        "Please confirm: delete 40 rows?",
        "Pass 'true' to approve",
        "Return true to go on, anything else stops.",
        "Continue? (yes/no)",
        "Deploy v1.2 to production [y/N]",
        "Type 'approve' or 'reject'.",
        "Please approve the transfer.",
        "The agent wants to delete 40 rows. OK?",
        "rm -rf build - proceed?",
        "Approve this mail?\n\nHi Ada, how are you?",
        "Hi Ada, how are you?\n\nShould I send this?",
        "Do you approve sending it to Ada or Bob?",
        "Is this right or not?",
    ],
)
def test_questions_for_yes_or_no(text: str) -> None:
    review = payloads.recognise(text)
    assert isinstance(review, Choices) and not review.listed
    assert [option.answer for option in review.options[:2]] == [True, False]
    assert payloads.recognise({"question": text}).kind == "choices"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What is your name?",
        "Is it red or blue?",
        "Could you tell me your address?",
        "Do you have any feedback?",
        "Approve the plan, or give feedback.",
        "Is the plan good? What is missing?",
        "What should I send, and when?",
        "Please confirm your name.",
        "Are you sure? " * 1000,
    ],
)
def test_questions_for_words(text: str) -> None:
    assert payloads.recognise(text) == TextToRevise(text="", prompt=text)


# What is offered


def allowed(payload: JsonValue, schema: JsonObject | None = None) -> list[tuple[DecisionKind, ...]]:
    review = payloads.recognise(payload, schema)
    assert isinstance(review, ToolCalls)
    return [call.allowed for call in review.calls]


def test_tool_calls_are_paired_with_their_rules() -> None:
    assert allowed(SNAKE) == [ALL, (DecisionKind.APPROVE, DecisionKind.REJECT)]
    review = payloads.recognise(SNAKE)
    assert isinstance(review, ToolCalls)
    assert review.calls[1].why_not == "The request allows approve, reject."


def test_without_a_rule_only_a_rejection_is_offered_and_json_is_accepted() -> None:
    payload: JsonObject = {"action_requests": [{"name": "rm", "args": {}}]}
    assert allowed(payload) == [(DecisionKind.REJECT,)]
    approve: JsonValue = {"decisions": [{"type": "approve"}]}
    assert payloads.encode(payload, Answer(approve)) == approve
    with pytest.raises(NotTaken, match="does not list its allowed"):
        payloads.encode(payload, Verdicts((Approve(),)))


def test_rules_in_the_other_key_style_are_not_followed() -> None:
    mixed: JsonObject = {
        "action_requests": SNAKE["action_requests"],
        "reviewConfigs": SNAKE["review_configs"],
    }
    assert allowed(mixed) == [(DecisionKind.REJECT,)] * 2
    assert "different spelling" in payloads.recognise(mixed).notes[0]


def test_when_rules_and_calls_differ_in_number_they_are_paired_by_name() -> None:
    payload: JsonValue = {
        "action_requests": [{"name": "a", "args": {}}, {"name": "a", "args": {}}],
        "review_configs": [{"action_name": "a", "allowed_decisions": ["approve"]}],
    }
    assert allowed(payload) == [(DecisionKind.APPROVE,)] * 2


@pytest.mark.parametrize("kinds", [("approve",), ("edit",), ("approve", "reject"), ("respond",)])
def test_an_approval_offers_what_its_schema_allows(kinds: tuple[str, ...]) -> None:
    assert allowed(APPROVAL, approval_schema(*kinds)) == [tuple(map(DecisionKind, kinds))]


def test_an_approval_without_a_schema_offers_a_rejection() -> None:
    assert allowed(APPROVAL) == [(DecisionKind.REJECT,)]
    assert payloads.encode(APPROVAL, Answer({"type": "approve"})) == {"type": "approve"}


def test_the_arguments_of_an_approval_have_a_form() -> None:
    review = payloads.recognise(APPROVAL, EVERY)
    assert isinstance(review, ToolCalls)
    form = review.calls[0].form
    assert form is not None
    assert [(field.name, field.kind) for field in form.fields] == [
        ("path", "text"),
        ("size", "integer"),
    ]


def test_an_older_request_offers_what_its_config_allows_under_its_own_names() -> None:
    config: JsonObject = {"allow_accept": True, "allow_ignore": "yes", "allow_edit": False}
    assert allowed([{**EMAIL, "config": config}]) == [(DecisionKind.APPROVE,)]
    review = payloads.recognise(EMAIL)
    assert isinstance(review, ToolCalls)
    assert dict(review.calls[0].labels)[DecisionKind.REJECT] == "Ignore"


def test_several_older_requests_are_shown_and_answered_as_json_only() -> None:
    review = payloads.recognise([EMAIL, EMAIL])
    assert isinstance(review, ToolCalls)
    assert (len(review.calls), allowed([EMAIL, EMAIL])) == (2, [(), ()])
    assert "plain JSON" in review.notes[0]
    two: JsonValue = [{"type": "accept", "args": None}] * 2
    assert payloads.encode([EMAIL, EMAIL], Answer(two)) == two


# Answers

EDITED: JsonObject = {"path": "z", "n": 2}


@pytest.mark.parametrize(
    ("payload", "decision", "answer"),
    [
        ({"text_to_revise": "a"}, Revise("b"), "b"),
        ({"text_to_revise": "a"}, Revise("a"), "a"),
        ({"text_to_revise": "a"}, Answer({"ok": False}), {"ok": False}),
        ({"anything": 1}, Answer(None), None),
        ({"anything": 1}, Answer(False), False),
        ({"anything": 1}, Answer({}), {}),
        ({"anything": 1}, Revise("true"), "true"),
        ({"query": "Who?"}, Choose(0, "Ada"), {"data": "Ada"}),
        ({"message": "m", "options": ["a", "b"]}, Choose(1), "b"),
        ({"message": "m", "options": ["a", "b"]}, Revise("a"), "a"),
        ({"message": "m", "options": ["a", "a", "b"]}, Choose(1), "b"),
        ({"message": "m", "options": ["a"]}, Answer(["other"]), ["other"]),
        ({"actions": ["publish", "revise"]}, Choose(1), {"action": "revise"}),
        ({"actions": ["publish", "revise"]}, Revise("publish"), "publish"),
        ("Do you approve this action?", Choose(0), True),
        ("Do you approve this action?", Choose(1), False),
        ("Do you approve this action?", Revise("not yet"), "not yet"),
        ("Go on? (yes/no)", Choose(3), "no"),
        ({"question": "Approve this?"}, Choose(0), True),
        ({"question": "Approve this?"}, Choose(1), False),
        ({"question": "Approve this?"}, Revise("yes"), "yes"),
        ({"type": "approval_request"}, Choose(0), {"approved": True}),
        ({"type": "approval_request"}, Choose(1), {"approved": False}),
        ({"type": "approval_request"}, Choose(1, "no"), {"approved": False, "reason": "no"}),
        ({"question": "Q", "answer": "A"}, Choose(1, "n"), {"approved": False, "note": "n"}),
        ({"summary": "s", "confirm": True}, Choose(1), "reject"),
        ({"action": "send_email", "message": "Approve sending?"}, Choose(0), {"action": "approve"}),
        (
            {"question": "ok?", "tool_call": {"name": "t", "args": {"n": 1}}},
            Choose(1),
            {"action": "update", "data": {"n": 1}},
        ),
        (
            {"question": "ok?", "tool_call": {"name": "t", "args": {}}},
            Choose(2, "shorter"),
            {"action": "feedback", "data": "shorter"},
        ),
        (EMAIL, Verdicts((Approve(),)), [{"type": "accept", "args": None}]),
        ([EMAIL], Verdicts((Reject(),)), [{"type": "ignore", "args": None}]),
        (json.dumps(EMAIL), Verdicts((Respond("Shorter"),)), [{"type": "response", "args": "Shorter"}]),
        (
            EMAIL,
            Verdicts((Edit({"to": "b", "body": ""}),)),
            [{"type": "edit", "args": {"action": "send_email", "args": {"to": "b", "body": ""}}}],
        ),
        (
            EMAIL,
            Answer([{"type": "accept", "args": EMAIL["action_request"]}]),
            [{"type": "accept", "args": EMAIL["action_request"]}],
        ),
        (
            ASK,
            Replies((Reply(chosen=("sqlite",)), Reply(chosen=("eu", "us")), Reply())),
            {"answers": ["sqlite", '["eu", "us"]', ""]},
        ),
        (
            ASK,
            Replies((Reply("duckdb"), Reply("mars, moon", ("eu",)), Reply("no"))),
            {"answers": ["duckdb", '["eu", "mars, moon"]', "no"]},
        ),
        (
            ASK,
            Replies((Reply(chosen=("sqlite",)), Reply(), Reply())),
            {"answers": ["sqlite", "[]", ""]},
        ),
        (ASK, Decline(), {"status": "cancelled", "answers": ["", "", ""]}),
        (
            EXPENSE,
            Fill({"amount": 10, "kind": "a", "urgent": False}),
            {"approved": True, "values": {"amount": 10, "kind": "a", "urgent": False}},
        ),
        (EXPENSE, Decline(), {"approved": False}),
        (TYPED_FIELDS, Fill({"count": 3, "to": "a@b.c"}), {"count": 3, "to": "a@b.c"}),
        (PROFILE, Fill({"name": "Ada", "age": 37, "tags": []}), {"name": "Ada", "age": 37, "tags": []}),
        (
            HOOK,
            Answer({"protocol_version": 1, "invocation_id": "i-1", "snapshot_id": "s-1", "decision": {}}),
            {"protocol_version": 1, "invocation_id": "i-1", "snapshot_id": "s-1", "decision": {}},
        ),
        (
            SNAKE,
            Verdicts((Edit(EDITED), Reject("no deletes"))),
            {
                "decisions": [
                    {"type": "edit", "edited_action": {"name": "write_file", "args": EDITED}},
                    {"type": "reject", "message": "no deletes"},
                ]
            },
        ),
        (
            SNAKE,
            Verdicts((Edit(EDITED, name="read_file"), Approve())),
            {
                "decisions": [
                    {"type": "edit", "edited_action": {"name": "read_file", "args": EDITED}},
                    {"type": "approve"},
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
)  # fmt: skip
def test_answers_have_the_shape_of_the_convention(
    payload: JsonValue, decision: Decision, answer: JsonValue
) -> None:
    encoded = payloads.encode(payload, decision)
    assert canonical_json(encoded) == canonical_json(answer)
    to_another_tool = "read_file" in json.dumps(answer)
    if not isinstance(decision, Answer) and not to_another_tool:
        assert faults(payloads.answer_schema(payload), encoded) == ()


@pytest.mark.parametrize(
    ("verdict", "answer"),
    [
        (Approve(), {"type": "approve"}),
        (Reject("Keep it."), {"type": "reject", "message": "Keep it."}),
        (Reject(), {"type": "reject"}),
        (Respond("It exists."), {"type": "respond", "message": "It exists."}),
        (
            Edit({"path": "z", "size": 2}),
            {"type": "edit", "edited_action": {"name": "write_file", "args": {"path": "z", "size": 2}}},
        ),
    ],
)  # fmt: skip
def test_an_approval_is_answered_with_one_decision(verdict: Verdict, answer: JsonValue) -> None:
    assert payloads.encode(APPROVAL, Verdicts((verdict,)), EVERY) == answer


def test_a_schema_in_camel_case_is_answered_in_camel_case() -> None:
    schema = json.loads(json.dumps(EVERY).replace("edited_action", "editedAction"))
    answer = payloads.encode(APPROVAL, Verdicts((Edit({"path": "z", "size": 2}),)), schema)
    assert isinstance(answer, dict)
    assert answer.keys() == {"type", "editedAction"}


def test_answers_in_the_two_key_styles_differ_only_outside_the_decisions() -> None:
    snake = payloads.encode(SNAKE, Verdicts((Edit({"some_key": 1}), Approve())))
    camel_request = json.loads(
        json.dumps(SNAKE)
        .replace("action_requests", "actionRequests")
        .replace("review_configs", "reviewConfigs")
        .replace("action_name", "actionName")
        .replace("allowed_decisions", "allowedDecisions")
    )
    camel = payloads.encode(camel_request, Verdicts((Edit({"some_key": 1}), Approve())))
    assert json.dumps(snake).replace("edited_action", "editedAction") == json.dumps(camel)
    assert "drop the approved" in payloads.recognise(camel_request).notes[0]


def test_the_schema_of_an_interrupt_is_used_whatever_the_payload_is() -> None:
    schema: JsonObject = {"type": "object", "required": ["n"]}
    assert payloads.encode(SNAKE, Answer({"n": 1}), schema) == {"n": 1}
    with pytest.raises(NotTaken, match=r"\$\.n: is needed"):
        payloads.encode(SNAKE, Verdicts((Approve(), Approve())), schema)
    assert payloads.answer_schema(SNAKE, schema) == schema


# What does not fit


@pytest.mark.parametrize(
    ("payload", "decision", "words"),
    [
        (SNAKE, Verdicts((Approve(),)), "2 tool calls wait for one decision each; there are 1"),
        (SNAKE, Verdicts((Approve(), Respond("x"))), "Call 2: execute_sql allows approve, reject"),
        (SNAKE, Answer("approve"), r"\$: must be an object"),
        (SNAKE, Answer([{"type": "accept", "args": None}]), r"\$: must be an object"),
        (SNAKE, Answer({"decisions": [{"type": "approve"}]}), r"\$\.decisions: needs exactly 2 items"),
        (SNAKE, Answer({"decisions": ["approve", "approve"]}), r"\$\.decisions\[0\]"),
        (
            SNAKE,
            Answer({"decisions": [{"type": "approve"}, {"type": "respond", "message": "x"}]}),
            r'\$\.decisions\[1\]\.type: must be "approve" or "reject"; it is the text "respond"',
        ),
        (
            SNAKE,
            Answer({"decisions": [{"type": "edit", "edited_action": {"name": "x"}}] * 2}),
            r"\$\.decisions\[0\]\.edited_action",
        ),
        (
            SNAKE,
            Answer({"decisions": [{"type": "edit", "edited_action": {"name": "rm", "args": {}}},
                                  {"type": "approve"}]}),
            r'edited_action\.name: must be "write_file"; it is the text "rm"',
        ),
        (
            SNAKE,
            Answer({"decisions": [{"type": "edit", "editedAction": {"name": "write_file", "args": {}}},
                                  {"type": "approve"}]}),
            r"\$\.decisions\[0\]\.edited_action: is needed",
        ),
        (SNAKE, Answer({"decisions": [{"type": "respond"}, {"type": "approve"}]}), "message: is needed"),
        (SNAKE, Revise("yes"), "verdict"),
        (CAMEL, Verdicts((Respond("x"),)), "allows"),
        (EMAIL, Answer({"type": "accept", "args": None}), r"\$: must be a list"),
        (EMAIL, Answer([]), "exactly 1 item"),
        (EMAIL, Answer([{"type": "response", "args": 3}]), r"\$\[0\]\.args: must be a text"),
        (EMAIL, Answer([{"type": "maybe", "args": None}]), r"\$\[0\]\.type: must be"),
        (EMAIL, Verdicts((Reject("because"),)), "carries no reason"),
        ([EMAIL, EMAIL], Verdicts((Approve(), Approve())), "plain JSON"),
        ({**EMAIL, "config": {}}, Verdicts((Approve(),)), "allows nothing"),
        (ASK, Replies((Reply("x"),)), "3 questions and 1 replies"),
        (ASK, Replies((Reply(), Reply(), Reply())), r"\$\.answers\[0\]"),
        (ASK, Replies((Reply(chosen=("oracle",)), Reply(), Reply())), "not one of the choices"),
        (ASK, Replies((Reply("x", ("sqlite",)), Reply(), Reply())), "one choice only"),
        (ASK, Answer({"answers": ["a", ["eu"], ""]}), r"\$\.answers\[1\]: must be a text"),
        (ASK, Answer({"answers": ["a", "eu", ""]}), r"\$\.answers\[1\]: must match"),
        (ASK, Answer({"answers": ["a"]}), "exactly 3 items"),
        (ASK, Revise("x"), "Reply to each"),
        (EXPENSE, Fill({"amount": "10"}), r"\$\.amount: must be a number"),
        (EXPENSE, Fill({"kind": "c"}), r"\$\.kind: must be"),
        (PROFILE, Fill({"age": "36"}), r"\$\.age: must be a whole number"),
        (PROFILE, Decline(), "values of a form"),
        (TYPED_FIELDS, Fill({"count": "3", "to": "a@b.c"}), r"\$\.count: must be a whole number"),
        ({"message": "m", "options": ["a"]}, Revise("c"), 'must be "a"'),
        ({"message": "m", "options": ["a"]}, Choose(1), "none of them"),
        ({"message": "m", "options": ["a"]}, Choose(-1), "none of them"),
        ({"message": "m", "options": ["a"]}, Choose(0, "because"), "takes no text"),
        ({"query": "Who?"}, Choose(0), "needs a text"),
        ({"text_to_revise": "a"}, Verdicts((Approve(),)), "text"),
        ({"question": "Approve this?"}, Verdicts((Approve(),)), "no tool call"),
        ({"x": 1}, Verdicts((Approve(),)), "no tool call"),
        ({"x": 1}, Choose(0), "no tool call"),
        (HOOK, Verdicts((Approve(),)), "nothing for a person to decide"),
        (HOOK, Answer({"type": "approve"}), r"\$\.decision: is needed\. \(3 more\)"),
    ],
)  # fmt: skip
def test_an_invalid_answer_is_refused_with_its_path(
    payload: JsonValue, decision: Decision, words: str
) -> None:
    with pytest.raises(NotTaken, match=words):
        payloads.encode(payload, decision)


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (Verdicts((Edit({"path": "z"}),)), r"\$\.edited_action\.args\.size: is needed"),
        (Verdicts((Edit({"path": "z", "size": "1"}),)), r"args\.size: must be a whole number"),
        (Verdicts((Edit({"path": "z", "size": 1}, name="rm"),)), r'name: must be "write_file"'),
        (Answer({"decisions": [{"type": "approve"}]}), r"\$\.type: is needed"),
        (Answer({"type": "accept"}), r'\$\.type: must be "approve", "edit", "reject" or "respond"'),
        (Answer({"type": "respond"}), r"\$\.message: is needed"),
    ],
)
def test_an_approval_accepts_what_its_schema_accepts(decision: Decision, words: str) -> None:
    with pytest.raises(NotTaken, match=words) as raised:
        payloads.encode(APPROVAL, decision, EVERY)
    assert raised.value.faults


@pytest.mark.parametrize(
    ("payload", "schema", "answer", "argument"),
    [
        (APPROVAL, EVERY, {"type": "edit", "edited_action": {"name": "write_file", "args": {
            "path": "z", "size": "1"}}}, (0, ("size",))),
        (APPROVAL, EVERY, {"type": "reject", "message": 5}, None),
        (CAMEL, None, {"decisions": [{"type": "edit", "editedAction": {
            "name": "write_file", "args": []}}]}, (0, ())),
        ({"action_requests": [{"name": "a", "args": {}}] * 2}, None, {"decisions": [
            {"type": "approve"}, {"type": "edit", "edited_action": {"name": "a", "args": []}}]},
         (1, ())),
        (EMAIL, None, [{"type": "edit", "args": {"action": "send_email", "args": []}}], (0, ())),
        (RELEASE, RELEASE_SCHEMA, {"decision": "approve", "amount": "10"}, None),
    ],
)  # fmt: skip
def test_a_fault_names_its_argument(
    payload: JsonValue, schema: Any, answer: JsonValue, argument: object
) -> None:
    with pytest.raises(NotTaken) as raised:
        payloads.encode(payload, Answer(answer), schema)
    assert [fault.argument for fault in raised.value.faults] == [argument]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"decision": "approve", "amount": "10"}, "amount: must be a whole number"),
        ({"decision": "approve", "amount": 1001}, "amount: must be at most 1000"),
        ({"amount": 1}, "decision: is needed"),
        (True, "must be an object"),
    ],
)
def test_a_form_accepts_what_its_schema_accepts(value: JsonValue, words: str) -> None:
    for decision in (Fill(value), Answer(value)):
        with pytest.raises(NotTaken, match=words):
            payloads.encode(RELEASE, decision, RELEASE_SCHEMA)


def test_the_args_schema_of_a_request_is_followed() -> None:
    """Its references point into itself, although it is part of another schema."""
    schema: JsonObject = {
        "type": "object",
        "properties": {"n": {"$ref": "#/$defs/Count"}},
        "$defs": {"Count": {"type": "integer"}},
    }
    payload: JsonObject = {
        "action_requests": [{"name": "a", "args": {"n": 1}}] * 2,
        "review_configs": [{"allowed_decisions": ["edit"], "args_schema": schema}] * 2,
    }
    payloads.encode(payload, Verdicts((Edit({"n": 2}), Edit({"n": 3}))))
    with pytest.raises(NotTaken, match=r"decisions\[1\]\.edited_action\.args\.n: must be a whole"):
        payloads.encode(payload, Verdicts((Edit({"n": 2}), Edit({"n": "3"}))))


def test_a_decision_unknown_here_can_be_given_as_json() -> None:
    payload: JsonObject = {
        "action_requests": [{"name": "a", "args": {}}],
        "review_configs": [{"allowed_decisions": ["escalate", "approve"]}],
    }
    assert allowed(payload) == [(DecisionKind.APPROVE,)]
    answer: JsonValue = {"decisions": [{"type": "escalate"}]}
    assert payloads.encode(payload, Answer(answer)) == answer


# What fits, and should be confirmed


@pytest.mark.parametrize(
    ("args", "name", "cautions"),
    [
        ({"path": "a", "n": 1}, None, ()),
        ({"path": "a", "n": 2}, "write_file", ()),
        ({"path": "a"}, None, ("$.n is left out.",)),
        ({"path": "a", "n": 1, "m": 1}, None, ("$.m is added.",)),
        ({"path": "a", "n": "1"}, None, ("$.n was a whole number and is a text now.",)),
        ({"path": "a", "n": True}, None, ("$.n was a whole number and is true or false now.",)),
        ({"path": "a", "n": 1}, "rm", ("another tool runs instead, rm.",)),
    ],
)
def test_an_edit_that_changes_more_than_values_is_confirmed(
    args: JsonObject, name: str | None, cautions: tuple[str, ...]
) -> None:
    decision = Verdicts((Edit(args, name), Approve()))
    assert payloads.cautions(payloads.recognise(SNAKE), decision) == tuple(
        f"Call 1, write_file: {words}" for words in cautions
    )


@given(st.dictionaries(st.text(), JSON, max_size=4))
@settings(derandomize=True)
def test_an_edit_without_changes_has_no_caution_and_sends_the_same(args: JsonObject) -> None:
    payload: JsonObject = {
        "action_requests": [{"name": "x", "args": args}],
        "review_configs": [{"allowed_decisions": ["edit"]}],
    }
    decision = Verdicts((Edit(args),))
    assert payloads.cautions(payloads.recognise(payload), decision) == ()
    sent = payloads.encode(payload, decision)
    edited: JsonValue = {"type": "edit", "edited_action": {"name": "x", "args": args}}
    assert canonical_json(sent) == canonical_json({"decisions": [edited]})


CONFIRMED: list[tuple[JsonValue, Decision, str]] = [
    (
        "Do you approve this action?",
        Revise("no"),
        "the text “no”, which a node's `if` takes for yes",
    ),
    ("Do you approve this action?", Revise("No, not yet"), "“No, not yet”, which"),
    ("Do you approve this action?", Answer("False"), "the text “False”, which"),
    ("Do you approve this action?", Revise("yes"), "not the JSON value true"),
    ("Go on? (yes/no)", Choose(3), "the text “no”, which"),
    ("What is your name?", Revise("no"), "the text “no”, which"),
    ("How many?", Revise(" 5 "), "the text “ 5 ”, not a number"),
    ("How many?", Revise("-1.5e3"), "not a number"),
    ("Anything?", Revise("null"), "JSON null"),
    ("Pass 'true' to approve", Revise("true"), "not the JSON value true"),
    ({"type": "approval", "content": "Delete?"}, Revise("'no'."), "takes for yes"),
    ({"text_to_revise": "Dear Ada"}, Revise("Reject"), "takes for yes"),
    ({"action": "rm", "message": "Approve?"}, Choose(1), 'takes {"action": "reject"} for yes'),
    ({"actions": ["go", "cancel"]}, Choose(1), 'takes {"action": "cancel"} for yes'),
    ({"confirm": True}, Choose(1), "the text “reject”, which"),
    ({"question": "Q", "answer": "A"}, Choose(1), "for yes"),
]
UNCONFIRMED: list[tuple[JsonValue, Decision]] = [
    ("Do you approve this action?", Choose(0)),
    ("Do you approve this action?", Choose(1)),
    ("Do you approve this action?", Answer(False)),
    ("Do you approve this action?", Revise("later")),
    ("Do you approve this action?", Choose(9)),
    ("What is your name?", Revise("Ada")),
    ("What is your name?", Revise("No. 5, please")),
    ("What is your name?", Revise("")),
    ({"options": ["yes", "no"]}, Choose(1)),
    ({"options": ["yes", "no"]}, Revise("no")),
    ({"text_to_revise": "40"}, Revise("41")),
    ({"actions": ["go", "cancel"]}, Choose(0)),
    ({"anything": 1}, Answer({"approved": "no"})),
    (ASK, Replies((Reply(chosen=("sqlite",)), Reply(), Reply("no")))),
    (SNAKE, Verdicts((Respond("no"), Reject("no")))),
]


@pytest.mark.parametrize(("payload", "decision", "words"), CONFIRMED)
def test_an_answer_that_may_be_taken_for_another_is_confirmed(
    payload: JsonValue, decision: Decision, words: str
) -> None:
    payloads.encode(payload, decision)
    (caution,) = payloads.cautions(payloads.recognise(payload), decision)
    assert words in caution and caution.endswith(".")


@pytest.mark.parametrize(("payload", "decision"), UNCONFIRMED)
def test_an_answer_that_is_what_it_looks_like_is_not_confirmed(
    payload: JsonValue, decision: Decision
) -> None:
    assert payloads.cautions(payloads.recognise(payload), decision) == ()


VERDICTS: dict[str, st.SearchStrategy[Verdict]] = {
    "approve": st.builds(Approve),
    "edit": st.builds(Edit, st.dictionaries(st.text(), JSON, max_size=3)),
    "reject": st.builds(Reject, st.none() | st.text()),
    "respond": st.builds(Respond, st.text()),
}


@st.composite
def decided(draw: st.DrawFn) -> tuple[JsonObject, Verdicts]:
    """A batch of any size in either spelling, and a verdict for each call that it allows."""
    chosen = draw(st.lists(st.sampled_from(list(VERDICTS)), min_size=1, max_size=5))
    others = st.lists(st.sampled_from(list(VERDICTS)), max_size=2)
    request: JsonObject = {
        "action_requests": [
            {"name": draw(st.text()), "args": draw(st.dictionaries(st.text(), JSON, max_size=2))}
            for _ in chosen
        ],
        "review_configs": [{"allowed_decisions": [kind, *draw(others)]} for kind in chosen],
    }
    if draw(st.booleans()):
        request = {
            "actionRequests": request["action_requests"],
            "reviewConfigs": [{"allowedDecisions": [kind]} for kind in chosen],
        }
    return request, Verdicts(tuple(draw(VERDICTS[kind]) for kind in chosen))


@given(decided())
@settings(derandomize=True)
def test_the_sent_answer_fits_the_answer_schema(case: tuple[JsonObject, Verdicts]) -> None:
    """One decision for each call, in order, with its type; the same after sending it as JSON."""
    payload, decision = case
    answer = payloads.encode(payload, decision)
    assert faults(payloads.answer_schema(payload), answer) == ()
    assert canonical_json(payloads.encode(payload, Answer(json.loads(json.dumps(answer))))) == (
        canonical_json(answer)
    )
    assert isinstance(answer, dict) and isinstance(answer["decisions"], list)
    kinds = [sent["type"] for sent in answer["decisions"] if isinstance(sent, dict)]
    assert kinds == [verdict.kind for verdict in decision.verdicts]


@given(JSON)
@settings(derandomize=True)
def test_an_answer_in_json_is_sent_as_it_is(value: JsonValue) -> None:
    assert canonical_json(payloads.encode({"x": 1}, Answer(value))) == canonical_json(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"k": ["\udfff"]}, (1,)])
def test_a_value_that_json_cannot_contain_is_reported(value: Any) -> None:
    assert unwritable(value) is not None


@given(JSON)
@settings(derandomize=True)
def test_every_json_value_is_sent_as_it_is(value: JsonValue) -> None:
    assert unwritable(value) is None


def test_values_pass_through_the_fields_of_a_form() -> None:
    review = payloads.recognise(PROFILE)
    assert isinstance(review, FormToFill)
    assert [field.kind for field in review.form.fields] == ["text", "integer", "json"]
    values: JsonObject = {"name": "Ada", "age": 36, "tags": ["x"]}
    assert read(review.form, typed_of(review.form, values)).value == values
    assert {field.name: field.default for field in review.form.fields} == values
    expense = payloads.recognise(EXPENSE)
    assert isinstance(expense, FormToFill)
    odd = payloads.recognise({"fields": ["a", "b"], "current_values": {"a": None, "b": 1.5}})
    assert isinstance(odd, FormToFill)
    assert [(field.kind, field.nullable) for field in odd.form.fields] == [
        ("text", True), ("number", False)
    ]  # fmt: skip
    clash: JsonObject = {"name": "n", "type": "text", "default": 10}
    typed = payloads.recognise({"formType": "x", "fields": [clash]})
    assert isinstance(typed, FormToFill)
    assert typed.form.fields[0].kind == "integer"
    assert [field.kind for field in expense.form.fields] == [
        "number", "choice", "boolean", "long_text"
    ]  # fmt: skip


def test_every_kind_of_review_is_tested_here() -> None:
    met = {type(payloads.recognise(payload)) for payload, _ in SIGNS}
    others: tuple[JsonValue, ...] = ("", None, {"options": ["a"]})
    met |= {type(payloads.recognise(odd)) for odd in others}
    assert met == set(get_args(Review))
