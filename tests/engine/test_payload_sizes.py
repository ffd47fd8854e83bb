"""Conventions at every size, and what holds for whatever a review offers.

A golden triple is a payload, the review that it gets, and the answer to one decision.
"""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hitl_engine import payloads
from hitl_engine.errors import NotTaken
from hitl_engine.fingerprint import canonical_json
from hitl_engine.forms.typed_values import read, start_of, typed_of
from hitl_engine.forms.validation import faults
from hitl_engine.model import (
    Answer,
    AnyJson,
    Approve,
    AskedQuestion,
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
    Option,
    Questions,
    Reject,
    Replies,
    Reply,
    Respond,
    Review,
    Revise,
    TextToRevise,
    ToolCall,
    ToolCalls,
    Verdict,
    Verdicts,
)
from tests.json_values import JSON

from .test_payloads import (
    APPROVAL,
    ASK,
    CAMEL,
    EMAIL,
    EVERY,
    EXPENSE,
    HOOK,
    PROFILE,
    RELEASE,
    RELEASE_SCHEMA,
    SNAKE,
)

Asked = tuple[JsonValue, JsonObject | None]
"""A payload, and the schema of its answer."""

MANY = 200
APPROVE, REJECT = DecisionKind.APPROVE, DecisionKind.REJECT

# Golden triples: empty, one, many, and one twice


def call(name: str, args: JsonObject, *allowed: DecisionKind, **more: Any) -> ToolCall:
    why_not = f"The request allows {', '.join(allowed)}."
    return ToolCall(name, args, more.pop("description", ""), allowed, why_not, **more)


def batch(names: list[str]) -> JsonObject:
    return {
        "action_requests": [{"name": name, "args": {}} for name in names],
        "review_configs": [
            {"action_name": name, "allowed_decisions": ["approve", "reject"]} for name in names
        ],
    }


def asking(*texts: str) -> JsonObject:
    return {
        "type": "ask_user",
        "questions": [{"question": text, "type": "text"} for text in texts],
    }


NUMBERS = [str(number) for number in range(MANY)]
LISTED: JsonValue = [*NUMBERS]
SAME_ID: JsonObject = {"name": "pay", "args": {"n": 1}, "id": "call_1"}
TWICE = call("pay", {"n": 1}, APPROVE, REJECT, extra={"id": "call_1"})

GOLDEN: list[tuple[JsonValue, Review, Decision, JsonValue]] = [
    (
        {"action_requests": [{"name": "", "args": {}}], "review_configs": []},
        ToolCalls(
            (
                ToolCall(
                    name="",
                    args={},
                    description="",
                    allowed=(REJECT,),
                    why_not="The request does not list its allowed decisions; "
                    "for others, answer with plain JSON.",
                ),
            )
        ),
        Verdicts((Reject(""),)),
        {"decisions": [{"type": "reject", "message": ""}]},
    ),
    (
        batch(NUMBERS),
        ToolCalls(tuple(call(name, {}, APPROVE, REJECT) for name in NUMBERS)),
        Verdicts(tuple(Reject(name) for name in NUMBERS)),
        {"decisions": [{"type": "reject", "message": name} for name in NUMBERS]},
    ),
    (  # the same call twice, with one id: each place has a verdict of its own
        {
            "action_requests": [SAME_ID, SAME_ID],
            "review_configs": [
                {"action_name": "pay", "allowed_decisions": ["approve", "reject"]},
            ],
        },
        ToolCalls((TWICE, TWICE)),
        Verdicts((Approve(), Reject())),
        {"decisions": [{"type": "approve"}, {"type": "reject"}]},
    ),
    (
        CAMEL,
        ToolCalls(
            (call("write_file", {"someKey": 1}, APPROVE, DecisionKind.EDIT, REJECT),)
        ),
        Verdicts((Approve(),)),
        {"decisions": [{"type": "approve"}]},
    ),
    (
        {"action_request": {"action": "go", "args": {}}, "config": {"allow_accept": True}},
        ToolCalls(
            (
                ToolCall(
                    name="go",
                    args={},
                    description="",
                    allowed=(APPROVE,),
                    why_not="The request does not allow it.",
                    labels=(
                        (APPROVE, "Accept"),
                        (DecisionKind.EDIT, "Edit"),
                        (REJECT, "Ignore"),
                        (DecisionKind.RESPOND, "Respond"),
                    ),
                    takes_reason=False,
                ),
            ),
            convention="human interrupt",
        ),
        Verdicts((Approve(),)),
        [{"type": "accept", "args": None}],
    ),
    (
        {"type": "tool_approval", "name": "go", "args": {}},
        ToolCalls(
            (
                ToolCall(
                    name="go",
                    args={},
                    description="",
                    allowed=(REJECT,),
                    why_not="The request does not list its allowed decisions; "
                    "for others, answer with plain JSON.",
                ),
            ),
            convention="tool approval",
        ),
        Verdicts((Reject(),)),
        {"type": "reject"},
    ),
    (
        asking(""),
        Questions((AskedQuestion("", "text"),)),
        Replies((Reply("x"),)),
        {"answers": ["x"]},
    ),
    (
        asking(*NUMBERS),
        Questions(tuple(AskedQuestion(text, "text") for text in NUMBERS)),
        Replies(tuple(Reply(text) for text in NUMBERS)),
        {"answers": LISTED},
    ),
    (
        asking("Same?", "Same?"),
        Questions((AskedQuestion("Same?", "text"),) * 2),
        Replies((Reply("a"), Reply("b"))),
        {"answers": ["a", "b"]},
    ),
    (
        {"options": ["a"]},
        Choices((Option("a", "a"),), prompt=""),
        Choose(0),
        "a",
    ),
    (
        {"actions": LISTED, "n": 1},
        Choices(
            tuple(Option(text, {"action": text}) for text in NUMBERS), prompt="n: 1", listed=False
        ),
        Choose(MANY - 1),
        {"action": str(MANY - 1)},
    ),
    (
        {"options": ["a", "b", "a"]},
        Choices((Option("a", "a"), Option("b", "b")), prompt=""),
        Choose(1),
        "b",
    ),
    ("", TextToRevise(text="", prompt=""), Revise(""), ""),
    (
        {"text_to_revise": "é" * 100_000},
        TextToRevise(text="é" * 100_000, prompt=""),
        Revise("é" * 100_000),
        "é" * 100_000,
    ),
    (
        {"type": "approval_request"},
        Choices(
            (
                Option("Approve", {"approved": True}),
                Option("Reject", {"approved": False}, text_key="reason"),
            ),
            prompt="type: approval_request",
            listed=False,
        ),
        Choose(1, ""),
        {"approved": False, "reason": ""},
    ),
    (
        {"type": "hook_invocation", "request": {}},
        MachineRequest("", "", {"type": "hook_invocation", "request": {}}),
        Answer(
            {
                **dict.fromkeys(("protocol_version", "invocation_id", "snapshot_id")),
                "decision": {},
            }
        ),
        {
            **dict.fromkeys(("protocol_version", "invocation_id", "snapshot_id")),
            "decision": {},
        },
    ),
    ({}, AnyJson({}), Answer({}), {}),
    (LISTED, AnyJson(LISTED), Answer(LISTED), LISTED),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "review", "decision", "answer"), GOLDEN)
def test_a_payload_its_review_and_its_answer(
    payload: JsonValue, review: Review, decision: Decision, answer: JsonValue
) -> None:
    assert payloads.recognise(payload) == review
    assert canonical_json(payloads.encode(payload, decision)) == canonical_json(answer)


@pytest.mark.parametrize("count", [0, 1, MANY])
def test_a_form_of_any_length(count: int) -> None:
    names = NUMBERS[:count]
    values: JsonObject = {name: int(name) for name in names}
    profile: JsonObject = {"fields": [*names], "current_values": values}
    review = payloads.recognise(profile)
    assert isinstance(review, FormToFill)
    assert [field.name for field in review.form.fields] == names
    assert payloads.encode(profile, Fill(values)) == values
    expense: JsonObject = {"formType": "x", "fields": [{"name": name} for name in names]}
    texts: JsonObject = {name: "" for name in names}
    assert payloads.encode(expense, Fill(texts)) == {"approved": True, "values": texts}


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"action_requests": None}, "holds no list of calls"),
        ({"action_requests": {"name": "x", "args": {}}}, "holds no list of calls"),
        ({"action_requests": [{"name": 1, "args": {}}]}, "call 1 has no name or no arguments"),
        ({"action_requests": [{"name": "x", "args": []}]}, "call 1 has no name or no arguments"),
        ({"actionRequests": [{"name": "x", "args": "{}"}]}, "call 1 has no name or no arguments"),
        ({"type": "tool_approval", "name": None, "args": {}}, "no name or no arguments"),
        ({"type": "tool_approval", "name": "x", "args": "{}"}, "no name or no arguments"),
        ({"type": "hook_invocation", "request": []}, "holds no request"),
        ({"type": "ask_user", "questions": "Why?"}, "holds no list of questions"),
        ({"type": "ask_user", "questions": ["Why?"]}, "question 1 cannot be read"),
        ({"formType": "x", "fields": [{"name": 1}]}, "a name of their own"),
        ({"formType": "x", "fields": [None]}, "a name of their own"),
        ({"action_request": {"action": 1, "args": {}}, "config": {}}, "request 1 has no action"),
        ({"action_request": {"action": "x", "args": []}, "config": {}}, "request 1 has no action"),
        ({"action_request": {"action": "x", "args": {}}, "config": []}, "request 1 has no action"),
    ],
)  # fmt: skip
def test_a_wrong_type_is_reported_and_not_guessed(payload: JsonValue, why: str) -> None:
    review = payloads.recognise(payload)
    assert isinstance(review, AnyJson)
    assert why in review.notes[0]


@pytest.mark.parametrize("rule", [None, 1, "approve", [], {}, {"allowed_decisions": None}])
def test_a_rule_of_a_wrong_type_allows_only_a_rejection(rule: JsonValue) -> None:
    payload: JsonObject = {
        "action_requests": [{"name": "rm", "args": {}}],
        "review_configs": [rule],
    }
    review = payloads.recognise(payload)
    assert isinstance(review, ToolCalls)
    assert review.calls[0].allowed == (REJECT,)


# Whatever is offered

SEEDS: list[Asked] = [
    *((payload, None) for payload in (SNAKE, CAMEL, EMAIL, ASK, EXPENSE, PROFILE, HOOK)),
    (APPROVAL, EVERY),
    (RELEASE, RELEASE_SCHEMA),
    ({"message": "Pick one", "options": ["a", "b"]}, None),
    ({"stage": "review", "actions": ["publish", "revise"]}, None),
    ({"text_to_revise": "a"}, None),
    ({"question": "Approve this?"}, None),
    ({"question": "ok?", "tool_call": {"name": "t", "args": {"n": 1}}}, None),
    ({"type": "approval_request"}, None),
    ({"query": "Who?"}, None),
    ("What is your name?", None),
    ("Do you approve this action?", None),
    ({"x": 1}, None),
]
ARGS = st.dictionaries(st.text(), JSON, max_size=3)


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """A payload of any convention, as it should be or with anything somewhere inside."""
    payload, schema = draw(st.sampled_from(SEEDS))
    if draw(st.booleans()):
        return payload, schema
    spoilt = json.loads(json.dumps(payload))
    place: Any = spoilt
    while isinstance(place, dict | list) and place:
        key = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        if draw(st.booleans()) or not isinstance(place[key], dict | list):
            place[key] = draw(JSON)
            break
        place = place[key]
    return spoilt, schema


def verdict(draw: st.DrawFn, offered: ToolCall) -> Verdict:
    """One of the decisions that a call allows."""
    assume(offered.allowed)
    match draw(st.sampled_from(offered.allowed)):
        case DecisionKind.APPROVE:
            return Approve()
        case DecisionKind.EDIT:
            return Edit(draw(st.just(offered.args) | ARGS))
        case DecisionKind.REJECT:
            return Reject(draw(st.none() | st.text()))
        case DecisionKind.RESPOND:
            return Respond(draw(st.text()))


def reply(draw: st.DrawFn, question: AskedQuestion) -> Reply:
    if question.answered_by == "text" or not question.choices:
        return Reply(draw(st.text()))
    count = 1 if question.answered_by == "one choice" else len(question.choices)
    chosen = draw(st.lists(st.sampled_from(question.choices), max_size=count, unique=True))
    return Reply(chosen=tuple(chosen))


def decision_on(draw: st.DrawFn, review: Review) -> Decision:
    """A decision of the kind that its review is decided with."""
    match review:
        case ToolCalls(calls=calls):
            return Verdicts(tuple(verdict(draw, offered) for offered in calls))
        case TextToRevise():
            return Revise(draw(st.text()))
        case Choices(options=options):
            index = draw(st.integers(0, len(options) - 1))
            needs, takes = options[index].needs_text, options[index].text_key
            text = draw(st.text() if needs else st.none() | st.text()) if takes else None
            return Choose(index, text)
        case Questions(questions=questions):
            return Replies(tuple(reply(draw, question) for question in questions))
        case FormToFill(form=form, can_decline=can_decline):
            begun = read(form, start_of(form)).value
            return Decline() if can_decline and draw(st.booleans()) else Fill(begun)
        case MachineRequest() | AnyJson():
            return Answer(draw(JSON))


@st.composite
def decided(draw: st.DrawFn) -> tuple[Asked, Decision]:
    payload, schema = draw(asked())
    return (payload, schema), decision_on(draw, payloads.recognise(payload, schema))


@given(decided())
@settings(derandomize=True, max_examples=400)
def test_an_answer_is_either_accepted_or_refused(
    case: tuple[Asked, Decision],
) -> None:
    """What is sent fits its schema, and means the same when it is given as plain JSON."""
    (payload, schema), decision = case
    try:
        answer = payloads.encode(payload, decision, schema)
    except NotTaken as refused:
        assert str(refused)
        return
    assert faults(payloads.answer_schema(payload, schema), answer) == ()
    given_as_json = Answer(json.loads(json.dumps(answer)))
    again = payloads.encode(payload, given_as_json, schema)
    assert canonical_json(again) == canonical_json(answer)


@pytest.mark.parametrize(("payload", "schema"), SEEDS)
def test_some_offered_decision_is_accepted(payload: JsonValue, schema: JsonObject | None) -> None:
    """The property above would hold for a console that refuses everything."""
    given_now: dict[type[Review], Decision] = {
        MachineRequest: Answer({**HOOK_ECHO, "decision": {}}),
        Questions: Replies((Reply(chosen=("sqlite",)), Reply(), Reply())),
        TextToRevise: Revise("b"),
        AnyJson: Answer(0),
    }
    review = payloads.recognise(payload, schema)
    match review:
        case ToolCalls(calls=calls):
            decision: Decision = Verdicts((Approve(),) * len(calls))
        case Choices(options=options):
            needed = "Ada" if options[0].needs_text else None
            decision = Choose(0, needed)
        case FormToFill() if schema:
            decision = Fill({"decision": "approve", "amount": 1})
        case FormToFill(form=form):
            decision = Fill(read(form, start_of(form)).value)
        case _:
            decision = given_now[type(review)]
    answer = payloads.encode(payload, decision, schema)
    assert faults(payloads.answer_schema(payload, schema), answer) == ()


HOOK_ECHO: JsonObject = {"protocol_version": 1, "invocation_id": "i-1", "snapshot_id": "s-1"}


@given(decided(), ARGS)
@settings(derandomize=True, max_examples=200)
def test_unknown_keys_change_no_answer(case: tuple[Asked, Decision], extra: JsonObject) -> None:
    (payload, schema), decision = case
    assume(isinstance(payload, dict) and payload != {"query": "Who?"})
    assert isinstance(payload, dict)
    more = {**{f"x-{key}": value for key, value in extra.items()}, **payload}
    assert outcome(more, decision, schema) == outcome(payload, decision, schema)


def outcome(payload: JsonValue, decision: Decision, schema: JsonObject | None) -> str:
    """The answer's canonical JSON, or why there is none."""
    try:
        return canonical_json(payloads.encode(payload, decision, schema))
    except NotTaken as refused:
        return f"refused: {refused}"


# Editing nothing changes nothing


@given(ARGS, st.sampled_from(["snake", "camel", "older", "approval"]))
@settings(derandomize=True)
def test_an_edit_without_changes_sends_the_original_arguments(args: JsonObject, which: str) -> None:
    edit = Verdicts((Edit(args),))
    action: JsonObject = {"name": "x", "args": args}
    schema: JsonObject | None = None
    match which:
        case "snake":
            payload: JsonObject = {
                "action_requests": [action],
                "review_configs": [{"allowed_decisions": ["edit"]}],
            }
            sent: JsonValue = {"decisions": [{"type": "edit", "edited_action": action}]}
        case "camel":
            payload = {
                "actionRequests": [action],
                "reviewConfigs": [{"allowedDecisions": ["edit"]}],
            }
            sent = {"decisions": [{"type": "edit", "editedAction": action}]}
        case "older":
            older: JsonObject = {"action": "x", "args": args}
            payload = {"action_request": older, "config": {"allow_edit": True}}
            sent = [{"type": "edit", "args": older}]
        case _:
            payload = {"type": "tool_approval", **action}
            schema = {
                "properties": {"type": {"const": "edit"}, "edited_action": {"type": "object"}},
                "required": ["type", "edited_action"],
                "type": "object",
            }
            sent = {"type": "edit", "edited_action": action}
    assert canonical_json(payloads.encode(payload, edit, schema)) == canonical_json(sent)


@given(st.dictionaries(st.text(min_size=1), JSON, max_size=4))
@settings(derandomize=True)
def test_a_form_without_changes_sends_the_original_values(values: JsonObject) -> None:
    payload: JsonObject = {"fields": [*values], "current_values": values}
    review = payloads.recognise(payload)
    assert isinstance(review, FormToFill)
    untouched = read(review.form, start_of(review.form))
    assert untouched.faults == ()
    assert read(review.form, typed_of(review.form, values)).value == untouched.value
    assert canonical_json(payloads.encode(payload, Fill(untouched.value))) == canonical_json(values)


@given(st.text())
@settings(derandomize=True)
def test_a_text_without_changes_is_sent_as_it_was(text: str) -> None:
    payload: JsonObject = {"text_to_revise": text}
    review = payloads.recognise(payload)
    assert isinstance(review, TextToRevise)
    assert payloads.encode(payload, Revise(review.text)) == text
