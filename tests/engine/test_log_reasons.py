"""Which decisions need a reason for the log, by their tools, their graph and what is decided."""

from pathlib import Path
from typing import Any

import pytest

from hitl_engine import payloads
from hitl_engine.configuration import LogReasonSettings, chosen_target
from hitl_engine.configuration.config_file import parse
from hitl_engine.deciding.log_reasons import LogReasons
from hitl_engine.errors import ReasonMissing
from hitl_engine.model import (
    Answer,
    Approve,
    Breakpoint,
    Choose,
    Decision,
    Edit,
    Interrupt,
    Question,
    Reject,
    RunningCall,
    Verdict,
    Verdicts,
)

CALLS = {
    "action_requests": [
        {"name": "send_money", "args": {"amount": 5}},
        {"name": "look.up", "args": {}},
    ],
    "review_configs": [
        {"action_name": name, "allowed_decisions": ["approve", "edit", "reject"]}
        for name in ("send_money", "look.up")
    ],
}


def question(payload: Any = CALLS, reason: str = "", **others: Any) -> Question:
    asked = Interrupt(
        *("t" * 36, "pay_out", "a" * 32, payload, None, "ask", "k", "", "c", None), **others
    )
    return Question(asked, payloads.recognise(payload, None), "f", log_reason=reason)


def both(first: Verdict, second: Verdict) -> Verdicts:
    return Verdicts((first, second))


APPROVED = both(Approve(), Approve())
AS_JSON = Answer({"decisions": [{"type": "reject", "message": "no"}, {"type": "approve"}]})


@pytest.mark.parametrize(
    ("settings", "decision", "needs"),
    [
        (LogReasonSettings(), APPROVED, ""),
        (LogReasonSettings(decisions=("approve",)), APPROVED, ""),
        (LogReasonSettings(tools=("send_money",)), APPROVED, "send_money"),
        (LogReasonSettings(tools=("send_*", "look*")), APPROVED, "send_money, look.up"),
        (LogReasonSettings(tools=("*up",)), APPROVED, "look.up"),
        (LogReasonSettings(tools=("send", "look?up", "money")), APPROVED, ""),
        (
            LogReasonSettings(tools=("look.up",), decisions=("reject",)),
            both(Reject("no"), Approve()),
            "",
        ),
        (LogReasonSettings(tools=("send*",), decisions=("reject",)), AS_JSON, "send_money"),
        (LogReasonSettings(tools=("send*",), decisions=("approve",)), AS_JSON, ""),
        # what is decided cannot be read from this JSON, so it may be any of them
        (LogReasonSettings(tools=("send*",), decisions=("edit",)), Answer("ok"), "send_money"),
        (LogReasonSettings(graphs=("pay*",), decisions=("edit",)), Answer("ok"), "graph pay_out"),
        (
            LogReasonSettings(tools=("delete",)),
            both(Approve(), Edit({}, "delete")),
            "delete",
        ),
        (LogReasonSettings(graphs=("pay*",)), APPROVED, "the graph pay_out"),
        (LogReasonSettings(graphs=("*",), decisions=("reject", "step")), APPROVED, ""),
    ],
)
def test_what_needs_a_reason(settings: LogReasonSettings, decision: Decision, needs: str) -> None:
    reasons = LogReasons(settings)
    missing = reasons.missing(question(), decision)
    assert (
        (needs in missing and "reason or ticket for the log" in missing) if needs else not missing
    )
    assert reasons.missing(question(reason=" PAY-1 "), decision) == ""
    if needs:
        with pytest.raises(ReasonMissing) as refused:
            reasons.require([(question(reason=" \t"), decision)])
        assert (refused.value.exit_code, "Nothing was sent" in str(refused.value)) == (4, True)


def test_other_answers_and_what_a_tool_asks_itself() -> None:
    reasons = LogReasons(LogReasonSettings(tools=("send*",), decisions=("answer",)))
    asked = question({"question": "Sure?", "options": ["yes", "no"]})
    assert reasons.missing(asked, Choose(0)) == ""
    inside = question({"question": "Sure?"}, tool_call=RunningCall("send_money", {}))
    assert "send_money" in reasons.missing(inside, Answer(True))


def test_a_step_needs_the_reason_of_its_graph() -> None:
    stop = Breakpoint("t", "pay_out", "before", "send", ("send",), "c", None)
    assert LogReasons(LogReasonSettings(tools=("*",))).missing(stop, None) == ""
    assert LogReasons(LogReasonSettings(graphs=("pay_out",), decisions=("approve",))).missing(
        stop, None
    ) == ("")
    reasons = LogReasons(LogReasonSettings(graphs=("pay_out",), decisions=("step",)))
    assert "A step in the graph pay_out" in reasons.missing(stop, None)
    assert reasons.missing(question(), APPROVED) == ""


def test_a_reason_that_cannot_be_kept_is_refused_also_where_none_is_needed() -> None:
    reasons = LogReasons(LogReasonSettings())
    assert "2,000 characters" in reasons.missing(question(reason="x" * 2001), APPROVED)
    assert "surrogate" in reasons.missing(question(reason="a\ud800"), APPROVED)


def test_hostile_names_are_compared_fast_and_cut() -> None:
    long = "a" * 300_000
    request = {"action_requests": [{"name": f"{long}{n}", "args": {}} for n in range(9)]}
    asked = question(request)
    decision = Verdicts((Approve(),) * 9)
    assert LogReasons(LogReasonSettings(tools=("*a*a*a*b*a",))).missing(asked, decision) == ""
    why = LogReasons(LogReasonSettings(tools=("a*a*",))).missing(asked, decision)
    assert "and 6 more needs" in why and len(why) < 300
    for name, pattern in (("aba", "ab*ba"), ("ab", "a*b*b"), ("ab", "b*")):
        assert LogReasons(LogReasonSettings(graphs=(pattern,))).missing_for_step(name) == ""
    for name, pattern in (("abba", "ab*ba"), ("ab", "a**b"), ("", "*"), ("a\nb", "a*b")):
        assert LogReasons(LogReasonSettings(graphs=(pattern,))).missing_for_step(name)


def test_the_run_carries_reasons_only_if_configured() -> None:
    assert LogReasons(LogReasonSettings()).in_run({}, ["a"]) == {}
    told = LogReasons(LogReasonSettings(on_server=True))
    request = told.in_run({"metadata": {"k": 1}}, ["a", "", "b", "a"])
    assert request == {"metadata": {"k": 1, "hitl_log_reason": "a; b"}}
    assert told.in_run({}, [""]) == {}


def test_a_target_has_its_own_settings(tmp_path: Path) -> None:
    text = """
    [log_reasons]
    tools = ["send_money", "delete_*"]
    decisions = ["approve"]
    [targets.work]
    url = "http://work"
    [targets.live]
    url = "http://live"
    log_reasons = { tools = [], graphs = ["pay"], on_server = true }
    """
    file = parse(text, tmp_path / "config.toml")

    def of(target: str) -> LogReasonSettings:
        found = chosen_target(file, target, {}, tmp_path)
        assert found is not None
        return found.log_reasons

    everywhere = LogReasonSettings(tools=("send_money", "delete_*"), decisions=("approve",))
    assert of("work") == of("http://elsewhere") == everywhere
    assert of("live") == LogReasonSettings((), ("pay",), ("approve",), on_server=True)
