"""The outcome of an answer: decided by proof, never only by how the run ended."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hitl_engine.deciding.outcome import (
    after_attempts,
    after_race,
    of_answer,
    of_lost_answer,
    of_reopening,
    of_run,
    of_step,
)
from hitl_engine.deciding.rivals import Race
from hitl_engine.deciding.run_sender import ObservedRun
from hitl_engine.model import (
    FirstAnswer,
    Interrupt,
    Outcome,
    OutcomeKind,
    ThreadStatus,
    TwoReviewers,
    busy_remark,
)
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.snapshot_sources import from_state
from hitl_engine.reading.wire import WireState, WireTask, WireThread

ID, OTHER = "a" * 32, "b" * 32


def snapshot(
    *, asks: str | None = None, checkpoint: str = "c1", error: str | None = None, row: str = "idle"
) -> Snapshot:
    """A thread with one task `k1` of node `ask`, which asks or does not."""
    task = {
        "id": "k1",
        "name": "ask",
        "error": error,
        "interrupts": [{"id": asks, "value": "What?"}] if asks else [],
    }
    return from_state(
        WireThread.read({"thread_id": "t", "status": row, "metadata": {"graph_id": "g"}}),
        WireState.read(
            {
                "values": {},
                "next": ["ask"] if asks else [],
                "tasks": [task] if asks else [],
                "checkpoint": {"checkpoint_id": checkpoint},
            }
        ),
    )


def question() -> Interrupt:
    (interrupt,) = snapshot(asks=ID).interrupts
    return interrupt


def observed(**known: Any) -> ObservedRun:
    return ObservedRun(run_id="r", **{"status": "success", **known})


NONE: frozenset[str] = frozenset()
NOT_PENDING: dict[str, Any] = {
    "status": "error",
    "error": "UnknownInterruptError: x",
    "error_kind": "UnknownInterruptError",
    "moved": False,
}


@pytest.mark.parametrize(
    ("run", "after", "recorded", "kind"),
    [
        # The task's own result in our run's stream is proof.
        (observed(finished={"k1": NONE}), snapshot(checkpoint="c2"), False, OutcomeKind.APPLIED),
        # The same node asks its next question: same checkpoint, another id.
        (observed(finished={"k1": {OTHER}}), snapshot(asks=OTHER), False, OutcomeKind.APPLIED),
        # A later node raised; the answer itself was taken.
        (
            observed(status="error", error="ValueError: x", finished={"k1": NONE}),
            snapshot(checkpoint="c2", row="error"),
            False,
            OutcomeKind.APPLIED,
        ),
        # The connection broke, but a checkpoint carries the decision.
        (observed(), snapshot(checkpoint="c2"), True, OutcomeKind.APPLIED),
        # The question is gone, without proof that our answer was the cause.
        (observed(), snapshot(checkpoint="c2"), False, OutcomeKind.UNKNOWN),
        # No effect: the run succeeded and asks the same again.
        (observed(finished={"k1": {ID}}), snapshot(asks=ID), False, OutcomeKind.UNKNOWN),
        # The node raised after it took the answer, or before: both look the same.
        (
            observed(status="error", error="ValueError: x"),
            snapshot(asks=ID, error="ValueError('x')"),
            False,
            OutcomeKind.UNKNOWN,
        ),
        (observed(status="interrupted"), snapshot(asks=ID), False, OutcomeKind.UNKNOWN),
        (ObservedRun(), snapshot(asks=ID), False, OutcomeKind.UNKNOWN),
        # The local server ended during the run.
        (observed(status="error", server_died=True), snapshot(asks=ID), False, OutcomeKind.UNKNOWN),
        (observed(status="error", server_died=True), snapshot(), False, OutcomeKind.UNKNOWN),
        (observed(status="error", server_died=True), snapshot(), True, OutcomeKind.APPLIED),
        # Strict resume: refused before any node ran.
        (observed(**NOT_PENDING), snapshot(asks=OTHER), False, OutcomeKind.REFUSED),
        # A node raised an error of that name: the answer may have been taken.
        (observed(**NOT_PENDING | {"ran": True}), snapshot(), False, OutcomeKind.UNKNOWN),
        (observed(**NOT_PENDING | {"moved": None}), snapshot(), False, OutcomeKind.UNKNOWN),
        (observed(**NOT_PENDING), snapshot(), True, OutcomeKind.APPLIED),
    ],
)
def test_an_outcome_needs_proof(
    run: ObservedRun, after: Snapshot, recorded: bool, kind: OutcomeKind
) -> None:
    """S20, S21, S22, S24, B6, B21: neither success nor an error shows whether it was taken."""
    assert of_answer(question(), run, after, recorded=recorded, sent={}).kind is kind


@pytest.mark.parametrize(
    ("run", "after", "recorded", "words"),
    [
        (observed(finished={"k1": NONE}), snapshot(), False, "took it and returned a result"),
        (observed(finished={"k1": {OTHER}}), snapshot(), False, "took it and asked its next"),
        (observed(), snapshot(), True, "A checkpoint of the thread carries this decision"),
        (observed(), snapshot(), False, "nothing shows that this answer"),
        (observed(finished={"k2": NONE}), snapshot(), False, "nothing shows that this answer"),
        (observed(finished={"k1": {ID}}), snapshot(), False, "nothing shows that this answer"),
        (observed(**NOT_PENDING), snapshot(asks=OTHER), False, "Another reviewer answered first"),
        (observed(), snapshot(asks=ID), False, "The run succeeded, but the same question"),
        (observed(status="interrupted"), snapshot(asks=ID), False, "The run was cancelled"),
        # It was not cancelled: its node asked again.
        (
            observed(status="interrupted", finished={"k1": {ID}}),
            snapshot(asks=ID),
            False,
            "The run succeeded, but the same question",
        ),
        (
            observed(status="interrupted", finished={"k2": {ID}}),
            snapshot(asks=ID),
            False,
            "The run was cancelled",
        ),
        (ObservedRun(), snapshot(asks=ID), False, "The server does not know the answer"),
        (observed(status="running"), snapshot(asks=ID), False, "The run is running, and"),
        (
            observed(status="running", finished={"k1": {ID}}),
            snapshot(asks=ID),
            False,
            "The run succeeded, but the same question",
        ),
        (observed(status="error"), snapshot(asks=ID), False, "The node raised an error"),
        (observed(status="error", server_died=True), snapshot(asks=ID), False, "server ended"),
    ],
)
def test_the_reason_of_an_outcome_is_what_was_seen(
    run: ObservedRun, after: Snapshot, recorded: bool, words: str
) -> None:
    assert words in of_answer(question(), run, after, recorded=recorded, sent={}).why


@pytest.mark.parametrize(
    ("run", "error"),
    [
        (observed(status="error", error="E: x"), "E: x"),
        (observed(status="error"), "The run ended in an error."),
        (observed(status="running", error="E: x"), "E: x"),
        (observed(status="running"), None),
        # A server ran it again after an error of its own.
        (observed(status="success", error="E: x"), None),
    ],
)
def test_the_error_of_a_run_is_told(run: ObservedRun, error: str | None) -> None:
    assert of_answer(question(), run, snapshot(), recorded=True, sent={}).error == error


@pytest.mark.parametrize("asks", [ID, None])
def test_a_server_that_died_is_no_error_of_the_graph(asks: str | None) -> None:
    run = observed(status="error", error="E: x", server_died=True)
    outcome = of_answer(
        question(), run, snapshot(asks=asks, error="E('x')"), recorded=False, sent={}
    )
    assert (outcome.error, outcome.stuck) == (None, False)


def test_another_question_in_its_place_is_not_the_one_that_was_answered() -> None:
    """Each of these alone makes it another one."""
    (same,) = snapshot(asks=ID).tasks
    for now in (
        snapshot(asks=ID, checkpoint="c2"),
        snapshot(asks=OTHER),
        replace(snapshot(asks=ID), tasks=(replace(same, id="k9"),)),
        replace(
            snapshot(asks=ID),
            tasks=(replace(same, interrupts=(replace(same.interrupts[0], value="Why?"),)),),
        ),
    ):
        outcome = of_answer(question(), observed(), now, recorded=False, sent={})
        assert "The question is gone" in outcome.why


@pytest.mark.parametrize(
    ("run", "asks", "recorded", "kind", "why"),
    [
        (observed(), ID, True, OutcomeKind.APPLIED, "A checkpoint of the thread carries"),
        (observed(), ID, False, OutcomeKind.UNKNOWN, "Its run ended (success), and the question s"),
        (ObservedRun(), ID, False, OutcomeKind.UNKNOWN, "no run of it, and the question still wai"),
        (ObservedRun(), None, False, OutcomeKind.UNKNOWN, "no run of it, and the question is gone"),
        (ObservedRun(), OTHER, False, OutcomeKind.UNKNOWN, "no run of it, and the question is gon"),
    ],
)
def test_a_lost_answer_is_applied_only_if_a_checkpoint_has_it(
    run: ObservedRun, asks: str | None, recorded: bool, kind: OutcomeKind, why: str
) -> None:
    outcome = of_lost_answer(ID, None, run, snapshot(asks=asks), recorded=recorded)
    assert outcome.kind is kind and why in outcome.why
    assert outcome.thread is not None and outcome.thread_id == "t"


def test_the_error_in_the_state_is_preferred() -> None:
    run = observed(status="error", error="E: An internal error occurred")
    outcome = of_answer(
        question(), run, snapshot(asks=ID, error="E('deep')"), recorded=False, sent={}
    )
    assert outcome.error == "ask: E('deep')"


def asks_beside(error: str | None) -> Snapshot:
    """A thread on which one task asks, and another one raised or has not finished."""
    (asking,) = snapshot(asks=ID).tasks
    other = WireTask.read({"id": "k2", "name": "other", "error": error})
    return replace(snapshot(asks=ID), tasks=(asking, other))


@pytest.mark.parametrize(
    ("run", "after", "kind", "why"),
    [
        (observed(), snapshot(), OutcomeKind.APPLIED, "The run ended."),
        (observed(status="error"), snapshot(), OutcomeKind.APPLIED, "The run failed."),
        (
            observed(status="interrupted"),
            snapshot(asks=ID),
            OutcomeKind.APPLIED,
            "The run stopped at a question.",
        ),
        (
            observed(status="interrupted"),
            asks_beside(None),
            OutcomeKind.UNKNOWN,
            "The run was cancelled.",
        ),
        (
            observed(status="timeout"),
            snapshot(),
            OutcomeKind.UNKNOWN,
            "The run is timeout; look again.",
        ),
        (ObservedRun(), snapshot(), OutcomeKind.UNKNOWN, "The server does not know the run"),
        (observed(server_died=True), snapshot(), OutcomeKind.UNKNOWN, "The local server ended"),
    ],
)
def test_the_status_of_a_run_is_told(
    run: ObservedRun, after: Snapshot, kind: OutcomeKind, why: str
) -> None:
    outcome = of_run(run, after)
    assert outcome.kind is kind and outcome.why.startswith(why)


def at_breakpoint(checkpoint: str = "c1", *, raised: bool = False) -> Snapshot:
    """A thread that stopped before `send`, or in it."""
    its = [{"id": "placeholder-id", "value": "Not yet."}] * 2 if raised else []
    task = WireTask.read({"id": "k1", "name": "send", "interrupts": its})
    return replace(snapshot(checkpoint=checkpoint), next=("send",), tasks=(task,))


@pytest.mark.parametrize(
    ("run", "after", "kind", "words"),
    [
        (observed(moved=False), at_breakpoint(), OutcomeKind.UNMOVED, "no node ran"),
        (
            observed(moved=False),
            at_breakpoint(raised=True),
            OutcomeKind.UNMOVED,
            "nothing moved: send ran, and stopped again",
        ),
        # It moved: a node ran, also inside a subgraph, or perhaps did; or a checkpoint is new.
        (observed(moved=True), at_breakpoint(), OutcomeKind.APPLIED, "The run ended."),
        (observed(moved=None), at_breakpoint(), OutcomeKind.APPLIED, "The run ended."),
        (observed(moved=False), at_breakpoint("c2"), OutcomeKind.APPLIED, "The run ended."),
        (observed(moved=False), snapshot(), OutcomeKind.APPLIED, "The run ended."),
        (
            observed(status="error", moved=False),
            at_breakpoint(),
            OutcomeKind.APPLIED,
            "The run failed.",
        ),
        (
            observed(status="timeout", moved=False),
            at_breakpoint(),
            OutcomeKind.UNKNOWN,
            "The run is timeout",
        ),
    ],
)
def test_a_step_that_moved_nothing_is_told(
    run: ObservedRun, after: Snapshot, kind: OutcomeKind, words: str
) -> None:
    outcome = of_step(at_breakpoint(), run, after)
    assert outcome.kind is kind and words in outcome.why


@pytest.mark.parametrize(
    ("kind", "race", "then", "words"),
    [
        (OutcomeKind.APPLIED, Race.ALONE, OutcomeKind.APPLIED, "Taken."),
        (OutcomeKind.APPLIED, Race.WON, OutcomeKind.APPLIED, "Taken. Another run began at"),
        (OutcomeKind.APPLIED, Race.LOST, OutcomeKind.UNKNOWN, "took its place"),
        # Nothing of ours ran, so nothing was replaced.
        (OutcomeKind.REFUSED, Race.LOST, OutcomeKind.REFUSED, "Taken."),
    ],
)
def test_a_run_beside_ours_is_told(
    kind: OutcomeKind, race: Race, then: OutcomeKind, words: str
) -> None:
    found = after_race(Outcome(kind, "Taken.", None, thread_id="t"), race)
    assert found.kind is then and words in found.why


@pytest.mark.parametrize(
    ("kind", "attempts", "told"),
    [
        (OutcomeKind.APPLIED, 1, 0),
        (OutcomeKind.APPLIED, 2, 1),
        (OutcomeKind.UNKNOWN, 3, 1),
        (OutcomeKind.REFUSED, 2, 0),
        (OutcomeKind.RECORDED, 2, 0),
    ],
)
def test_a_run_that_the_server_repeated_is_told(
    kind: OutcomeKind, attempts: int, told: int
) -> None:
    found = after_attempts(
        Outcome(kind, "Taken.", None, mismatches=("x",), thread_id="t"), attempts
    )
    assert found.mismatches[:1] == ("x",) and len(found.mismatches) == 1 + told
    assert all(f"{attempts} times" in each for each in found.mismatches[1:])


@pytest.mark.parametrize(
    ("run", "kind", "error"),
    [
        (observed(), OutcomeKind.APPLIED, None),
        (observed(status="error", error="E: x"), OutcomeKind.APPLIED, "E: x"),
        (observed(status="interrupted"), OutcomeKind.UNKNOWN, None),
        (observed(status="error", server_died=True), OutcomeKind.UNKNOWN, None),
        (ObservedRun(), OutcomeKind.UNKNOWN, None),
    ],
)
def test_a_run_without_an_answer(run: ObservedRun, kind: OutcomeKind, error: str | None) -> None:
    outcome = of_run(run, snapshot())
    assert (outcome.kind, outcome.error) == (kind, error)


@pytest.mark.parametrize(
    ("status", "minutes", "words"),
    [("busy", 4.5, "busy for 4 min; its worker may have died"), ("busy", 1, ""), ("idle", 9, "")],
)
def test_a_thread_that_is_busy_for_minutes_says_so(status: str, minutes: float, words: str) -> None:
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    row = WireThread(thread_id="t", status=status, updated_at=now - timedelta(minutes=minutes))
    remark = busy_remark(from_state(row, WireState()).view().busy_since, now)
    assert remark == "" if not words else words in remark


@pytest.mark.parametrize(
    ("row", "asks", "error", "status"),
    [
        ("idle", None, None, ThreadStatus.DONE),
        ("idle", ID, None, ThreadStatus.INTERRUPTED),
        ("error", ID, "E", ThreadStatus.INTERRUPTED),
        ("error", None, None, ThreadStatus.ERROR),
        ("busy", ID, None, ThreadStatus.BUSY),
    ],
)
def test_the_status_of_a_thread_comes_from_its_state(
    row: str, asks: str | None, error: str | None, status: ThreadStatus
) -> None:
    """S4, S26, S35: the status in the row can be wrong."""
    assert snapshot(row=row, asks=asks, error=error).status is status


# Answers after an error, and reopening


def erring(error: str | None) -> Interrupt:
    (interrupt,) = snapshot(asks=ID, error=error).interrupts
    return interrupt


@pytest.mark.parametrize(
    ("before", "now", "stuck"),
    [
        (None, "E('x')", False),
        ("E('x')", "E('x')", True),
        ("E('x')", "E('y')", False),
        # It was stopped because another node raised: that shows nothing about this one.
        ("CancelledError()", "CancelledError()", False),
    ],
)
def test_a_question_with_the_same_error_twice_is_stuck(
    before: str | None, now: str, stuck: bool
) -> None:
    """S27: one error is only a suspicion; three causes look the same."""
    run = observed(status="error", error="E: x")
    outcome = of_answer(erring(before), run, snapshot(asks=ID, error=now), recorded=False, sent={})
    assert (outcome.kind, outcome.stuck) == (OutcomeKind.UNKNOWN, stuck)
    assert ("stuck on an earlier answer" in outcome.why) is stuck


@pytest.mark.parametrize(
    ("run", "recorded"),
    [(observed(finished={"k1": NONE}), False), (observed(), True)],
)
def test_after_an_error_one_of_two_answers_was_taken(run: ObservedRun, recorded: bool) -> None:
    """S27: LangGraph may have kept the earlier one."""
    outcome = of_answer(erring("E('x')"), run, snapshot(), recorded=recorded, sent={})
    assert outcome.kind is OutcomeKind.UNKNOWN and "perhaps by the earlier answer" in outcome.why


def asking_otherwise() -> Snapshot:
    (task,) = snapshot(asks=OTHER, checkpoint="c2").tasks
    other = replace(task, interrupts=(replace(task.interrupts[0], value="Why?"),))
    return replace(snapshot(asks=OTHER, checkpoint="c2"), tasks=(other,))


def asked_by_another_node() -> Snapshot:
    (task,) = snapshot(asks=OTHER, checkpoint="c2").tasks
    return replace(snapshot(checkpoint="c2"), tasks=(replace(task, name="other"),))


@pytest.mark.parametrize(
    ("run", "after", "kind", "words"),
    [
        (observed(), snapshot(asks=OTHER, checkpoint="c2"), OutcomeKind.APPLIED, "same question"),
        (observed(), asking_otherwise(), OutcomeKind.APPLIED, "a different question: read it"),
        (observed(), asked_by_another_node(), OutcomeKind.UNKNOWN, "is gone, and is not asked"),
        (observed(), snapshot(asks=ID), OutcomeKind.UNKNOWN, r"did not reopen it\.$"),
        (
            observed(error="no", fault="Cut off."),
            snapshot(asks=ID),
            OutcomeKind.UNKNOWN,
            "reopen it: Cut off.",
        ),
        (observed(), at_breakpoint("c2"), OutcomeKind.UNKNOWN, "step past the breakpoint"),
        (
            observed(error="no"),
            snapshot(asks=ID, error="E"),
            OutcomeKind.UNKNOWN,
            "still waits.*: no",
        ),
        # Another question of the same checkpoint is no proof.
        (observed(), snapshot(asks=OTHER), OutcomeKind.UNKNOWN, "is gone"),
        (observed(), snapshot(checkpoint="c2"), OutcomeKind.UNKNOWN, "is gone"),
        (
            observed(status="error", error="E: x"),
            snapshot(checkpoint="c2", row="error"),
            OutcomeKind.UNKNOWN,
            "raised an error before it asked",
        ),
        (
            observed(status="error", server_died=True),
            snapshot(checkpoint="c2"),
            OutcomeKind.UNKNOWN,
            "The local server ended",
        ),
    ],
)
def test_a_question_is_reopened_if_it_is_asked_again(
    run: ObservedRun, after: Snapshot, kind: OutcomeKind, words: str
) -> None:
    """S28."""
    outcome = of_reopening(erring("E"), run, after)
    assert outcome.kind is kind
    assert re.search(words, outcome.why), outcome.why


@pytest.mark.parametrize(
    ("sent", "is_own", "status", "lost", "of_ended_program"),
    [
        ("yes", True, None, OutcomeKind.RECORDED, OutcomeKind.RECORDED),
        ("yes", False, None, OutcomeKind.RECORDED, OutcomeKind.UNKNOWN),
        ("no", True, None, OutcomeKind.UNKNOWN, OutcomeKind.UNKNOWN),
        ("yes", True, "success", OutcomeKind.UNKNOWN, OutcomeKind.UNKNOWN),
    ],
)
def test_a_lost_reply_to_the_first_of_two_answers(
    sent: str,
    is_own: bool,
    status: str | None,
    lost: OutcomeKind,
    of_ended_program: OutcomeKind,
) -> None:
    """The server has no run of it, but shows it as the first answer."""
    first = FirstAnswer("ada", None, {ID: "yes"}, "digest", is_own)
    after = replace(snapshot(asks=ID), two_reviewers=TwoReviewers(("rule",), first))
    run = ObservedRun(run_id=status and "r", status=status)
    found = of_answer(question(), run, after, recorded=False, sent={ID: sent})
    assert found.kind is lost
    assert of_lost_answer(ID, sent, run, after, recorded=False).kind is of_ended_program
