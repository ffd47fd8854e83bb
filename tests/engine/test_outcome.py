"""The outcome of an answer: decided by proof, never only by how the run ended."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hitl_engine.deciding.outcome import of_answer, of_lost_answer, of_reopening, of_run
from hitl_engine.deciding.run_sender import ObservedRun
from hitl_engine.model import (
    FirstAnswer,
    Interrupt,
    OutcomeKind,
    ThreadStatus,
    TwoReviewers,
    busy_remark,
)
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.snapshot_sources import from_state
from hitl_engine.reading.wire import WireState, WireThread

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


def test_the_error_in_the_state_is_preferred() -> None:
    run = observed(status="error", error="E: An internal error occurred")
    outcome = of_answer(
        question(), run, snapshot(asks=ID, error="E('deep')"), recorded=False, sent={}
    )
    assert outcome.error == "ask: E('deep')"


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


@pytest.mark.parametrize(
    ("run", "after", "kind", "words"),
    [
        (observed(), snapshot(asks=OTHER, checkpoint="c2"), OutcomeKind.APPLIED, "same question"),
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
