"""What standing rules say about calls: what they name, and nothing that looks similar."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_engine.deciding.reviews import Reviews
from hitl_engine.model import (
    Approve,
    ArgumentTest,
    ExactArgument,
    ExactValue,
    FittingArgument,
    Interrupt,
    JsonObject,
    JsonValue,
    Question,
    Reject,
    Rule,
    RuleAction,
    Ruling,
    Verdicts,
)
from hitl_engine.rules.matching import Situation, ruling_of
from hitl_engine.rules.rule_file import parse_rules
from tests.json_values import JSON

NOW = datetime(2026, 11, 30, tzinfo=UTC)
REVIEWS = Reviews(lambda _: "server")
FILE = """
[[rule]]
name = "small"
do = "approve"
graph = "shop"
tool = "refund"
until = 2026-12-24T18:00:00Z
limit = 3
arguments.order = "4711"
arguments.amount.schema = { type = "integer", minimum = 1, maximum = 50 }

[[rule]]
name = "no-shell"
do = "reject"
graph = "shop"
tool = "shell"
until = 2026-12-24T18:00:00Z
message = "Ask for a tool."
"""
SMALL, NO_SHELL = parse_rules(FILE, Path("rules.toml"))
REFUND: JsonObject = {"name": "refund", "args": {"order": "4711", "amount": 20}}
SHELL: JsonObject = {"name": "shell", "args": {"command": "ls"}}
LARGE: JsonObject = {"name": "refund", "args": {"order": "4711", "amount": 51}}
BOTH = ("approve", "reject")


def asking(*calls: JsonObject, allowed: Sequence[str] = BOTH, **others: Any) -> Question:
    """Return a question of LangChain's middleware about these calls."""
    configs: list[JsonValue] = [
        {"action_name": call["name"], "allowed_decisions": [*allowed]} for call in calls
    ]
    payload: JsonObject = {"action_requests": [*calls], "review_configs": configs}
    return of(others.pop("payload", payload), **others)


def of(payload: JsonValue, **others: Any) -> Question:
    interrupt = Interrupt(
        thread_id="t",
        graph_id="shop",
        interrupt_id="i",
        payload=payload,
        response_schema=None,
        node="n",
        task_id="k",
        namespace="",
        checkpoint_id="c",
        since=NOW,
    )
    return REVIEWS.question(replace(interrupt, **others))


def ruling(
    *questions: Question,
    rules: Sequence[Rule] = (SMALL, NO_SHELL),
    now: datetime = NOW,
    used: Mapping[str, int] | None = None,
    target: str = "",
) -> Ruling:
    situation = Situation(now, frozenset({target}), used or {}, REVIEWS.cautions)
    return ruling_of(rules, questions, situation)


def call(name: str, args: Mapping[str, Any]) -> JsonObject:
    return {"name": name, "args": {**args}}


def refund(amount: JsonValue) -> JsonObject:
    return call("refund", {"order": "4711", "amount": amount})


def fitting(schema: JsonObject) -> Rule:
    """Return the rule with another schema for the amount."""
    tests: dict[str, ArgumentTest] = {
        "order": ExactArgument("4711"),
        "amount": FittingArgument(schema),
    }
    return replace(SMALL, arguments=tests)


def exactly(name: str, do: str, tool: str, arguments: Mapping[str, Any]) -> Rule:
    """Return a rule that names these arguments."""
    tests = {key: ExactArgument(value) for key, value in arguments.items()}
    base = SMALL if do == "approve" else NO_SHELL
    return replace(base, name=name, digest=name, tool=tool, arguments=tests, limit=100)


def test_a_call_that_a_rule_names_is_approved() -> None:
    found = ruling(asking(REFUND))
    assert (found.action, found.decisions) == (RuleAction.APPROVE, (Verdicts((Approve(),)),))
    assert [(use.rule.name, use.calls) for use in found.uses[0]] == [("small", 1)]


@pytest.mark.parametrize(
    "similar",
    [
        {"name": "refund", "args": {"order": "4711"}},
        {"name": "refund", "args": {"order": "4711", "amount": 20, "note": ""}},
        {"name": "refund", "args": {"order": "4711 ", "amount": 20}},
        {"name": "refund", "args": {"order": 4711, "amount": 20}},
        {"name": "refund", "args": {"order": "4711", "amount": 0}},
        {"name": "refund", "args": {"order": "4711", "amount": 51}},
        {"name": "refund", "args": {"order": "4711", "amount": 20.5}},
        {"name": "refund", "args": {"order": "4711", "amount": True}},
        {"name": "refund", "args": {"order": "4711", "amount": "20"}},
        {"name": "refund", "args": {"order": "4711", "amount": None}},
        {"name": "refund", "args": {"order": "4711", "Amount": 20}},
        {"name": "Refund", "args": {"order": "4711", "amount": 20}},
        {"name": "refund ", "args": {"order": "4711", "amount": 20}},
    ],
)
def test_what_looks_similar_is_left(similar: JsonObject) -> None:
    assert ruling(asking(similar)) == Ruling()


def test_another_graph_target_or_time_is_left() -> None:
    asked = asking(REFUND)
    assert ruling(asking(REFUND, graph_id="shop2")) == Ruling()
    only = replace(SMALL, target="prod")
    assert ruling(asked, rules=[only], target="test") == Ruling()
    assert ruling(asked, rules=[only], target="prod").action is RuleAction.APPROVE
    only = replace(SMALL, target="https://agents.example/")
    assert ruling(asked, rules=[only], target="https://agents.example").action is not None
    assert ruling(asked, now=SMALL.until) == Ruling()
    assert ruling(asked, now=SMALL.until - timedelta(seconds=1)).action is RuleAction.APPROVE


@pytest.mark.parametrize(
    ("value", "other"),
    [(1, 1.0), (1, True), (0, False), (0.0, -0.0), ("é", "e\u0301"), ([1], [1.0]), ({}, [])],
)
def test_an_exact_value_is_the_same_json(value: JsonValue, other: JsonValue) -> None:
    rule = exactly("r", "approve", "refund", {"x": value})
    assert ruling(asking(call("refund", {"x": value})), rules=[rule]).action is RuleAction.APPROVE
    assert ruling(asking(call("refund", {"x": other})), rules=[rule]) == Ruling()


def test_a_pattern_fits_the_whole_text() -> None:
    rule = fitting({"type": "string", "pattern": "a|bc"})

    def approved(text: str) -> bool:
        return ruling(asking(refund(text)), rules=[rule]).action is RuleAction.APPROVE

    assert [text for text in ("a", "bc", "ab", "ac", "abc", "xa", "a\n", "") if approved(text)] == [
        *("a", "bc")
    ]


def test_a_check_that_is_not_finished_approves_nothing() -> None:
    deep: JsonValue = 1
    for _ in range(5):
        deep = [deep] * 12
    nested: JsonObject = {"type": "integer"}
    for _ in range(5):
        nested = {"type": "array", "items": nested}
    assert ruling(asking(refund(1)), rules=[fitting({"type": "integer"})]).action is not None
    assert ruling(asking(refund(deep)), rules=[fitting(nested)]) == Ruling()


def test_a_rule_that_rejects_wins() -> None:
    found = ruling(asking(REFUND, SHELL))
    told = Reject("Rejected by rule no-shell. Ask for a tool.")
    assert (found.action, found.decisions) == (RuleAction.REJECT, (Verdicts((told, told)),))
    assert [rule.name for rule in found.rules] == ["no-shell"]
    together = ruling(asking(REFUND), asking(SHELL, interrupt_id="j"))
    assert together.decisions == (Verdicts((told,)), Verdicts((told,)))
    assert [[(use.rule.name, use.calls) for use in uses] for uses in together.uses] == [
        [("no-shell", 0)],
        [("no-shell", 1)],
    ]


def test_one_call_that_does_not_match_leaves_all() -> None:
    found = ruling(asking(REFUND, LARGE))
    assert (found.action, found.decisions) == (None, ())
    assert found.why == "rule small matches a part of it, and no rule its call of refund."
    assert ruling(asking(REFUND), asking(LARGE, interrupt_id="j")).action is None
    assert ruling(asking(REFUND), of("a text", interrupt_id="j")).action is None


def test_each_call_counts_against_the_limit() -> None:
    assert ruling(asking(REFUND, REFUND, REFUND)).action is RuleAction.APPROVE
    assert "limit is reached" in ruling(asking(*[REFUND] * 4)).why
    assert ruling(asking(REFUND), used={SMALL.digest: 2}).action is RuleAction.APPROVE
    assert "limit is reached" in ruling(asking(REFUND, REFUND), used={SMALL.digest: 2}).why
    another = replace(SMALL, name="more", digest="more")
    found = ruling(asking(*[REFUND] * 5), rules=[SMALL, another])
    assert [(use.rule.name, use.calls) for use in found.uses[0]] == [("small", 3), ("more", 2)]
    spent = replace(NO_SHELL, limit=1)
    assert "limit is reached" in ruling(asking(SHELL), rules=[spent], used={spent.digest: 1}).why


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (asking({**REFUND, "description": "a\u200bb"}), "invisible"),
        (asking({**REFUND, "description": "p\u0430ypal"}), "looks like something else"),
        (asking(REFUND, exact_values=(ExactValue(("x",), "NaN"),)), "JSON cannot carry"),
        (asking({**REFUND, "account": "prod"}), "more than tools and arguments: account"),
        (asking(REFUND, remark="Its node is gone."), "Its node is gone."),
        (asking(REFUND, may_be_lost=True, remark="Lost?"), "a person has to confirm it: Lost?"),
        (asking(REFUND, task_error="ValueError"), "earlier answer caused an error"),
        (
            asking(REFUND, allowed=["reject"]),
            "refund does not allow that: The request allows reject",
        ),
        (
            of(
                {
                    "type": "tool_approval",
                    "tool_call_id": "1",
                    **REFUND,
                    "description": "",
                    "deadline": "2026-11-29T00:00:00Z",
                },
                response_schema={"oneOf": [{"properties": {"type": {"const": "approve"}}}]},
            ),
            "a person has to confirm it: The deadline of this question passed",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_person_would_be_told_is_left_to_them(question: Question, why: str) -> None:
    found = ruling(question)
    assert found.action is None
    assert why in found.why


def test_other_conventions_of_tool_calls() -> None:
    older: list[JsonValue] = [
        {
            "action_request": {"action": "refund", "args": REFUND["args"]},
            "config": {"allow_accept": True, "allow_ignore": True},
        }
    ]
    assert ruling(of(older)).action is RuleAction.APPROVE
    shell = json.dumps(older).replace("refund", "shell")
    assert ruling(of(shell)).decisions == (Verdicts((Reject(None),)),), "a JSON text is one too"
    twice = json.dumps(older).replace('"amount": 20', '"amount": 20, "amount": 20')
    assert ruling(of(twice)) == Ruling()
    alone: JsonObject = {"type": "tool_approval", "tool_call_id": "1", **REFUND, "description": ""}
    schema: JsonObject = {
        "type": "object",
        "properties": {"type": {"const": "approve"}},
    }
    assert ruling(of(alone, response_schema=schema)).action is RuleAction.APPROVE
    for text in ("refund 4711", {"name": "refund", "args": REFUND["args"]}, None):
        assert ruling(of(text)) == Ruling()


# Properties

ARGUMENTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([0, 1, "x"]), max_size=4)
CALLS = st.lists(st.tuples(st.sampled_from(["refund", "shell"]), ARGUMENTS), min_size=1, max_size=4)


RULES = st.lists(
    st.tuples(
        st.sampled_from(["approve", "reject"]),
        st.sampled_from(["refund", "shell"]),
        ARGUMENTS,
    ),
    max_size=6,
)


@given(calls=CALLS, written=RULES, all_approved=st.booleans())
def test_nothing_is_decided_that_no_rule_names(
    calls: list[tuple[str, dict[str, Any]]],
    written: list[tuple[str, str, dict[str, Any]]],
    all_approved: bool,
) -> None:
    """Compared with the definition: equal tool and equal arguments, for every call."""
    if all_approved:
        written = [*written, *(("approve", *call) for call in calls)]
    rules = [exactly(f"r{n}", *each) for n, each in enumerate(written)]
    found = ruling(asking(*(call(*each) for each in calls)), rules=rules)
    approved = [("approve", *call) in written for call in calls]
    rejected = [("reject", *call) in written for call in calls]
    if any(rejected):
        assert found.action is RuleAction.REJECT
        (verdicts,) = found.decisions
        assert isinstance(verdicts, Verdicts)
        assert {type(each) for each in verdicts.verdicts} == {Reject}
        assert len(verdicts.verdicts) == len(calls)
        assert all(rule.do is RuleAction.REJECT for rule in found.rules)
    elif all(approved):
        assert found.action is RuleAction.APPROVE
        assert sum(use.calls for use in found.uses[0]) == len(calls)
    else:
        assert (found.action, found.decisions, found.uses) == (None, (), ())


@given(named=ARGUMENTS, extra=st.sampled_from("ghij"), value=JSON)
def test_an_argument_that_is_not_named_does_not_match(
    named: dict[str, Any], extra: str, value: JsonValue
) -> None:
    rule = exactly("r", "approve", "refund", named)
    assert ruling(asking(call("refund", {**named, extra: value})), rules=[rule]) == Ruling()
    for name in named:
        fewer = {key: each for key, each in named.items() if key != name}
        assert ruling(asking(call("refund", fewer)), rules=[rule]) == Ruling()


@given(payload=JSON)
def test_no_payload_makes_it_fail(payload: JsonValue) -> None:
    anything = exactly("r", "approve", "refund", {})
    assert ruling(of(payload), rules=[anything, NO_SHELL]).action is None
