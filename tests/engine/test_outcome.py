"""The label of an answer is true: judged by proof, never by how the run ended alone."""

from typing import Any

import pytest

from engine.api.wire import WireState, WireThread
from engine.model import Interrupt, OutcomeKind, ThreadStatus
from engine.outcome import of_answer, of_run
from engine.runs import Ended
from engine.threads import Snapshot, from_state

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
        WireThread.model_validate({"thread_id": "t", "status": row, "metadata": {"graph_id": "g"}}),
        WireState.model_validate(
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


def ended(**known: Any) -> Ended:
    return Ended(run_id="r", **{"status": "success", **known})


NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("run", "after", "recorded", "kind"),
    [
        # The task's own result in our run's stream is proof.
        (ended(finished={"k1": NONE}), snapshot(checkpoint="c2"), False, OutcomeKind.APPLIED),
        # The same node asks its next question: same checkpoint, another id.
        (ended(finished={"k1": {OTHER}}), snapshot(asks=OTHER), False, OutcomeKind.APPLIED),
        # A later node raised; the answer itself was taken.
        (
            ended(status="error", error="ValueError: x", finished={"k1": NONE}),
            snapshot(checkpoint="c2", row="error"),
            False,
            OutcomeKind.APPLIED,
        ),
        # The line broke, but a checkpoint carries the decision.
        (ended(), snapshot(checkpoint="c2"), True, OutcomeKind.APPLIED),
        # The question is gone, and nothing ties that to us: a stale answer ends well too.
        (ended(), snapshot(checkpoint="c2"), False, OutcomeKind.UNKNOWN),
        # No-op: the run ended well and asks the same again.
        (ended(finished={"k1": {ID}}), snapshot(asks=ID), False, OutcomeKind.UNKNOWN),
        # The node raised after it took the answer, or before: both look alike.
        (
            ended(status="error", error="ValueError: x"),
            snapshot(asks=ID, error="ValueError('x')"),
            False,
            OutcomeKind.UNKNOWN,
        ),
        (ended(status="interrupted"), snapshot(asks=ID), False, OutcomeKind.UNKNOWN),
        (Ended(), snapshot(asks=ID), False, OutcomeKind.UNKNOWN),
        # The engine died under the run.
        (ended(status="error", engine_died=True), snapshot(asks=ID), False, OutcomeKind.UNKNOWN),
        (ended(status="error", engine_died=True), snapshot(), False, OutcomeKind.UNKNOWN),
        (ended(status="error", engine_died=True), snapshot(), True, OutcomeKind.APPLIED),
        # Strict resume: refused before anything was written.
        (
            ended(status="error", error="E", error_kind="UnknownInterruptError"),
            snapshot(asks=OTHER),
            False,
            OutcomeKind.REFUSED,
        ),
    ],
)
def test_the_label_needs_a_proof(
    run: Ended, after: Snapshot, recorded: bool, kind: OutcomeKind
) -> None:
    assert of_answer(question(), run, after, recorded=recorded).kind is kind


def test_what_the_state_says_of_an_error_is_told_first() -> None:
    run = ended(status="error", error="E: An internal error occurred")
    outcome = of_answer(question(), run, snapshot(asks=ID, error="E('deep')"), recorded=False)
    assert outcome.error == "ask: E('deep')"


@pytest.mark.parametrize(
    ("run", "kind", "error"),
    [
        (ended(), OutcomeKind.APPLIED, None),
        (ended(status="error", error="E: x"), OutcomeKind.APPLIED, "E: x"),
        (ended(status="interrupted"), OutcomeKind.UNKNOWN, None),
        (ended(status="error", engine_died=True), OutcomeKind.UNKNOWN, None),
        (Ended(), OutcomeKind.UNKNOWN, None),
    ],
)
def test_a_run_without_an_answer(run: Ended, kind: OutcomeKind, error: str | None) -> None:
    outcome = of_run(run, snapshot())
    assert (outcome.kind, outcome.error) == (kind, error)


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
def test_the_state_decides_where_a_thread_stands(
    row: str, asks: str | None, error: str | None, status: ThreadStatus
) -> None:
    assert snapshot(row=row, asks=asks, error=error).status is status
