"""Answers in plain JSON: what does not fit is confirmed, and the log names the verdicts they carry."""

import json
from typing import Any

import pytest

from hitl_engine import payloads
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.model import (
    Answer,
    Approve,
    Edit,
    JsonObject,
    JsonValue,
    Reject,
    Respond,
    ToolCalls,
)
from hitl_tui.state.thread_plans import plan_of_decision

from .conftest import Shell
from .test_commands import FILLED, PAID
from .test_decisions import CALLS, question

MISFITS: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("choice", "{}", [('"nonsense"', "$"), ('"small and soon"', "$"), ("0", "$")]),
    ("revise", '{"some_text": "a"}', [('{"a": 1}', "$"), ("null", "$")]),
    (
        "form",
        "{}",
        [
            (json.dumps({"approved": "no", "values": FILLED}), "$"),
            ("{}", "$"),
            ('{"approved": true, "values": {"reason": 5}}', "$"),
        ],
    ),
]


@pytest.mark.parametrize(("graph", "given", "misfits"), MISFITS)
def test_json_that_the_question_does_not_accept_is_sent_only_with_yes(
    local_shell: Shell, graph: str, given: str, misfits: list[tuple[str, str]]
) -> None:
    started = local_shell.run("run", graph, "--input", given)
    thread, (asked,) = started["thread_id"], started["interrupts"]
    for value, path in misfits:
        for options in (["--value", value], ["--interrupt", f"{asked['id']}={value}"]):
            refused = local_shell.run("answer", thread, *options, code=4)
            assert "The answer is not what this question accepts: " in refused["error"]
            assert refused["faults"][0]["path"].startswith(path)
            assert refused["faults"][0]["why"] in refused["error"]
    told = local_shell.refused("answer", thread, "--value", misfits[0][0], code=4)
    assert "To send it anyway, add --yes." in told
    assert local_shell.run("show", thread)["asks"][0]["fingerprint"]
    sent = local_shell.raw("answer", thread, "--value", misfits[0][0], "--yes", "--json")
    assert json.loads(sent.stdout)["outcome"] != "refused"
    assert sent.returncode in (0, 7)
    answer, _ = local_shell.run("log", "--thread", thread)
    assert answer["answer"] == json.loads(misfits[0][0])


def test_json_that_the_runtime_refuses_is_not_sent_even_with_yes(local_shell: Shell) -> None:
    thread = local_shell.run("run", "typed_answer", "--input", "{}")["thread_id"]
    refused = local_shell.run("answer", thread, "--value", "{}", "--yes", code=4)
    assert "does not fit" in refused["error"]
    local_shell.run("answer", thread, "--value", json.dumps(PAID))  # others list what waits here


def test_verdicts_in_plain_json_are_named_and_counted(local_shell: Shell) -> None:
    asks = '{"messages":[{"role":"user","content":"hi"}]}'
    thread = local_shell.run("run", "tool_agent", "--input", asks)["thread_id"]
    sent = json.dumps({"decisions": [{"type": "approve"}, {"type": "reject", "message": "no"}]})
    local_shell.run("answer", thread, "--value", sent)
    assert local_shell.run("log", "--thread", thread)[0]["decision"] == "approve, reject"
    found = local_shell.run("log", "--thread", thread, "--insight")
    assert found["tools"] == {
        "execute_sql": {"calls": 1, "approved": 0},
        "send_email": {"calls": 1, "approved": 1},
    }
    printed = local_shell.raw("log", "--thread", thread, "--insight").stdout
    assert "send_email: 1 call, 100% approved" in printed

    thread = local_shell.run("run", "older_review", "--input", "{}")["thread_id"]
    local_shell.run("answer", thread, "--value", '[{"type": "accept", "args": null}]')
    assert local_shell.run("log", "--thread", thread)[0]["decision"] == "approve"
    assert local_shell.run("log", "--thread", thread, "--insight")["answers"] == 1


INBOX: JsonObject = {
    "action_request": {"action": "send", "args": {"to": "a"}},
    "config": {f"allow_{each}": True for each in ("accept", "edit", "respond", "ignore")},
}


@pytest.mark.parametrize(
    ("response", "verdicts"),
    [
        ({"type": "accept", "args": None}, (Approve(),)),
        ({"type": "accept", "args": {"action": "send", "args": {"to": "a"}}}, (Approve(),)),
        (
            {"type": "accept", "args": {"action": "send", "args": {"to": "b"}}},
            (Edit({"to": "b"}, "send"),),
        ),
        (
            {"type": "edit", "args": {"action": "send", "args": {"to": "a"}}},
            (Edit({"to": "a"}, "send"),),
        ),
        ({"type": "ignore", "args": None}, (Reject(),)),
        ({"type": "response", "args": "later"}, (Respond("later"),)),
        ({"type": "approve", "args": None}, ()),
        (None, ()),
    ],
)
def test_responses_of_the_agent_inbox_are_read_as_verdicts(response: Any, verdicts: Any) -> None:
    review = payloads.recognise(INBOX)
    assert isinstance(review, ToolCalls)
    assert payloads.verdicts_on(review, Answer([response])) == verdicts
    assert payloads.verdicts_on(review, Answer([response, response])) == ()


def test_an_edit_in_plain_json_has_the_cautions_of_any_edit() -> None:
    action: JsonValue = {"name": "send", "args": {"cc": "b"}}
    sent: JsonValue = [{"type": "edit", "edited_action": action}, {"type": "approve"}]
    assert Reviews(lambda _: "s").cautions(question(CALLS), Answer({"decisions": sent})) == (
        "Call 1, send: $.to is left out.",
        "Call 1, send: $.cc is added.",
    )


def test_the_console_asks_before_it_sends_json_that_is_not_accepted() -> None:
    reviews, asked = Reviews(lambda _: "s"), question({"options": ["a", "b"]})
    assert plan_of_decision(reviews, asked, Answer("a")) is None
    plan = plan_of_decision(reviews, asked, Answer("c"))
    assert plan is not None and plan.answer == "c"
    (caution,) = plan.cautions
    assert caution == (
        'The answer is not what this question accepts: $: must be "a" or "b"; it is the text "c".'
    )


def test_json_that_cannot_be_compared_to_the_end_is_confirmed() -> None:
    options: JsonValue = [f"option {number}" for number in range(20_000)]
    reviews, asked = Reviews(lambda _: "s"), question({"options": options})
    (caution,) = reviews.cautions(asked, Answer("option 3"))
    assert "cannot be compared with what is expected" in caution
