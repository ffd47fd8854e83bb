"""The options of `answer` as decisions, and questions as they are printed; without a server."""

import argparse
from datetime import datetime
from typing import Any

import pytest

from hitl_engine import payloads
from hitl_engine.errors import BadInput, NotTaken
from hitl_engine.model import (
    Answer,
    Approve,
    Choose,
    Decision,
    Decline,
    Edit,
    Interrupt,
    Question,
    Reject,
    Reopening,
    Replies,
    Reply,
    Respond,
    Revise,
    Verdicts,
    json_path,
)
from hitl_tui.argument_parser import Parser
from hitl_tui.shell import question_output
from hitl_tui.shell.answer_options import ways
from hitl_tui.shell.command_options import add_options
from hitl_tui.shell.decision_options import decides, decision_on

CALLS = {
    "action_requests": [
        {"name": "send", "args": {"to": "a\x1b[31m"}, "description": "No harm."},
        {"name": "drop", "args": {"table": "t"}},
    ],
    "review_configs": [
        {"action_name": "send", "allowed_decisions": ["approve", "edit", "reject", "respond"]},
        {"action_name": "drop", "allowed_decisions": ["approve", "edit", "reject"]},
    ],
}
ASKS = {
    "type": "ask_user",
    "questions": [
        {"question": "Name?", "type": "text"},
        {
            "question": "Colours?",
            "type": "multi_select",
            "choices": [{"value": "red"}, {"value": "blue"}],
        },
        {"question": "More?", "type": "text", "required": False},
    ],
}


def question(payload: Any, schema: Any = None, **others: Any) -> Question:
    asked = Interrupt(
        *("t" * 36, "g", "a" * 32, payload, schema),
        **{
            "node": "ask",
            "task_id": "k",
            "namespace": "",
            "checkpoint_id": "c",
            "since": None,
            **others,
        },
    )
    return Question(asked, payloads.recognise(payload, schema), "f")


def typed(*options: str) -> argparse.Namespace:
    parser = Parser(prog="hitl-tui answer", allow_abbrev=False)
    add_options("answer", parser)
    return parser.parse_args(["thread", *options])


@pytest.mark.parametrize(
    ("payload", "options", "decision"),
    [
        ("x", ["--text=-a"], Revise("-a")),
        ("x", ["--value", "null"], Answer(None)),
        (CALLS, ["--approve"], Verdicts((Approve(), Approve()))),
        (CALLS, ["--reject"], Verdicts((Reject(), Reject()))),
        (CALLS, ["--reject", "no"], Verdicts((Reject("no"), Reject("no")))),
        (
            CALLS,
            ["--decision", "2=reject:too: late", "--decision", "1=respond:Sent=yes"],
            Verdicts((Respond("Sent=yes"), Reject("too: late"))),
        ),
        (
            CALLS,
            ["--decision", '1=edit:{"to": "b"}', "--decision", "2=reject", "--tool", "1=post"],
            Verdicts((Edit({"to": "b"}, "post"), Reject())),
        ),
        ("x", ["--choose", "2"], Choose(1)),
        ("x", ["--choose", "1:be: brief"], Choose(0, "be: brief")),
        ("x", ["--decline"], Decline()),
        (
            ASKS,
            ["--reply", "2=blue", "--reply", "1=Ada=L", "--reply", "2=red", "--reply", "2=mauve"],
            Replies((Reply("Ada=L"), Reply("mauve", ("blue", "red")), Reply())),
        ),
    ],
)
def test_options_become_a_decision(payload: Any, options: list[str], decision: Decision) -> None:
    args = typed(*options)
    assert decides(args)
    assert decision_on(question(payload), args) == decision


@pytest.mark.parametrize(
    ("payload", "options", "words", "paths"),
    [
        (CALLS, ["--decision", "2=approve"], "not decided", ["$.decisions[0]"]),
        (
            CALLS,
            ["--decision", "3=approve", "--decision", "1=approve"],
            "2 calls need",
            ["$.decisions[1]", "$.decisions[2]"],
        ),
        (
            CALLS,
            ["--decision", "1=approve", "--decision", "2=respond:x"],
            "Call 2: drop allows",
            ["$.decisions[1].type"],
        ),
        (ASKS, ["--reply", "4=x"], "no question 4", ["$.answers[3]"]),
        (ASKS, ["--reply", "1=x"], "does not fit", ["$.answers[1]"]),
        ("x", ["--reply", "1=x"], "no questions", []),
        ("x", ["--decision", "1=approve"], "no tool call", []),
        ({"confirm": 1}, ["--choose", "7"], "7 is none of them", []),
    ],
)
def test_an_invalid_answer_is_reported_with_its_path(
    payload: Any, options: list[str], words: str, paths: list[str]
) -> None:
    asked = question(payload)
    with pytest.raises(NotTaken, match=words) as refusal:
        payloads.encode(payload, decision_on(asked, typed(*options)))
    assert [json_path(fault.path) for fault in refusal.value.faults] == paths


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--decision", "approve"], "is not N=approve"),
        (["--decision", "0=approve"], "no number from 1 up"),
        (["--decision", "1=approve:x"], "is not approve, reject"),
        (["--decision", "1=edit:[]"], "as a JSON object"),
        (["--decision", "1=edit:{"], "not JSON"),
        (["--choose", "x"], "expected N or N:TEXT"),
        (["--interrupt", "a={"], "not JSON"),
        (["--text", "a", "--approve"], "not allowed with"),
    ],
)
def test_invalid_options_are_refused(options: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        typed(*options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--decision", "1=approve", "--decision", "1=reject"], "decided twice"),
        (["--decision", "1=approve", "--decision", "2=reject", "--tool", "1=x"], "keeps its tool"),
        (["--edit", "{}"], "not clear which"),
    ],
)
def test_contradictory_options_are_refused(options: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        decision_on(question(CALLS), typed(*options))


OPTIONS: dict[str, list[list[str]]] = {
    "--text": [["--text", "x"], ["--text", "a"]],
    "--value": [
        ["--value", value]
        for value in (
            '"a"',
            "{}",
            "1",
            "true",
            '{"decisions": [{"type": "reject"}, {"type": "reject"}]}',
            '{"answers": ["a", "[\\"red\\"]", ""]}',
        )
    ],
    "--choose": [["--choose", "1"], ["--choose", "2"]],
    "--approve": [["--approve"]],
    "--reject": [["--reject"]],
    "--decision": [["--decision", "1=reject", "--decision", "2=reject"]],
    "--reply": [["--reply", "1=x", "--reply", "2=red"]],
    "--decline": [["--decline"]],
}


@pytest.mark.parametrize(
    ("payload", "schema"),
    [
        ("What is your name?", None),
        ("Do you approve this action?", None),
        ({"text_to_revise": "a"}, None),
        ({"options": ["a", "b"]}, None),
        ({"actions": ["a", "b"]}, None),
        ({"type": "approval", "content": "a"}, None),
        ({"formType": "f", "fields": ["a"]}, None),
        ({"fields": ["a"], "current_values": {"a": 1}}, None),
        *(
            ("Asked", schema)
            for schema in (
                {"type": "string"},
                {"enum": ["a", "b"]},
                {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                {"type": "integer"},
                {"type": "boolean"},
                {"type": "object"},
            )
        ),
        (CALLS, None),
        (ASKS, None),
    ],
)
def test_every_way_that_is_accepted_is_printed(payload: Any, schema: Any) -> None:
    asked = question(payload, schema)
    printed = ", ".join(ways(asked.review))
    for option, examples in OPTIONS.items():
        taken = [each for each in examples if _is_taken(asked, each)]
        assert (option in printed) is bool(taken), (option, printed)


def _is_taken(asked: Question, options: list[str]) -> bool:
    try:
        decision = decision_on(asked, typed(*options))
        payloads.encode(asked.interrupt.payload, decision, asked.interrupt.response_schema)
    except NotTaken:
        return False
    return True


FORM = {"type": "object", "properties": {"n": {"type": "integer", "description": "How many"}}}


@pytest.mark.parametrize(
    ("payload", "schema", "words"),
    [
        (
            CALLS,
            None,
            ["tool calls, decided together", "1. send", "described by the agent as:", "No harm."],
        ),
        (
            CALLS,
            None,
            ["allowed    approve, edit, reject", "not        respond: The request allows"],
        ),
        (ASKS, None, ["replies to questions", "2. Colours?", "- blue", "--reply N=TEXT"]),
        ({"text_to_revise": "a\nb"}, None, ["a text, revised", "> a", "> b", "--text T"]),
        ({"confirm": "go?"}, None, ["1. Approve: sends", "takes for yes", "--choose N, --text T"]),
        ({"query": "Who?"}, None, ["--choose N[:TEXT], --text T"]),
        ({"q": 1}, FORM, ["values that fit a schema", "n (integer", "How many", "--value JSON"]),
        ({"q": 1}, None, ["anything, as JSON", "accepts    anything"]),
        (
            {"q": "rm\U000e0100 x\u3164"},
            None,
            ["contains   2 hidden characters", "rm\\udb40\\udd00"],
        ),
        ({"type": "tool_approval"}, None, ["note       This looks like a tool approval"]),
    ],
)
def test_a_question_is_printed_as_it_was_understood(
    payload: Any, schema: Any, words: list[str]
) -> None:
    asked = question(payload, schema, namespace="outer:1|inner:2", task_error="E('x')")
    reopening = Reopening(("ask",), ("beside",), "E('x')", stuck=False)
    details = question_output.QuestionDetails(
        *(asked, ("outer", "inner"), payloads.answer_schema(payload, schema), ("b" * 32,)),
        reopening=reopening,
        answered_before=datetime(2026, 1, 31, 12, 5).astimezone(),
    )
    text = "\n".join(question_output.lines(details))
    for expected in [
        *words,
        "outer ▸ inner",
        "E('x')",
        "perhaps",
        "beside",
        "b" * 32,
        "01-31 12:05",
    ]:
        assert expected in text
    assert "\x1b" not in text
    document = question_output.document(details)
    assert (document["stuck"], document["payload"]) == ("perhaps", payload)
    understood = document["understood"]
    assert isinstance(understood, dict)
    assert understood["kind"] == asked.review.kind
