"""What became of an answer, judged by what was read back and nothing else. Pure functions.

"Success" does not mean applied (the run of a stale answer also succeeds), and "error" does not mean not
applied (side effects come first). What proves that an answer was taken: a later checkpoint, a
result of the task, or another question of the same task. If an earlier answer caused an
error, these prove only that one of the two was taken: LangGraph may have kept the earlier one.
"""

from dataclasses import replace

from hitl_engine.deciding.rivals import Race
from hitl_engine.deciding.run_sender import ObservedRun
from hitl_engine.fingerprint import canonical_json
from hitl_engine.model import (
    Interrupt,
    JsonObject,
    JsonValue,
    Outcome,
    OutcomeKind,
    ThreadStatus,
)
from hitl_engine.reading.snapshot import Snapshot

_DIED = "The local server ended while the run was in progress"
_RECORDED = "A checkpoint of the thread carries this decision."
_FIRST_OF_TWO = (
    "The server has this as the first of two answers; a second reviewer must send the same."
)
_UNMOVED = (
    "The run ended, but nothing moved: no node ran, and the thread is at the same breakpoint. Its "
    "code may have changed since it stopped here."
)
_STUCK = (
    "The same error happened again: the question is stuck on an earlier answer. "
    "Reopen it to answer it again."
)
_ONE_OF_TWO = (
    "The question is answered, but perhaps by the earlier answer that caused an error: LangGraph "
    "may have kept that one. Look at what the node did."
)
_REPLACED = (
    "Another run began at the same moment and took its place: the node ran for both, and the thread "
    "has the result of the other one."
)
_REPLACED_ANOTHER = "Another run began at the same moment: the node ran for that one too, and its result was replaced."


def of_answer(
    interrupt: Interrupt,
    observed: ObservedRun,
    after: Snapshot,
    *,
    recorded: bool,
    sent: JsonObject,
) -> Outcome:
    """Judge the answer to `interrupt`.

    `recorded`: a checkpoint of the thread carries the decision id, which never
    happens with a stale answer. `sent`: the answers to all interrupts.
    """
    error = _error(observed, after)
    raised = None if observed.server_died else error
    if observed.was_refused and not recorded:
        return _found(OutcomeKind.REFUSED, "Another reviewer answered first.", after)
    left = next((other for other in after.interrupts if _is_same(interrupt, other)), None)
    if left is not None and observed.run_id is None and _is_first_answer(left, sent):
        return _found(OutcomeKind.RECORDED, _FIRST_OF_TWO, after)
    if left is not None:
        stuck = raised is not None and _is_stuck(interrupt.task_error, left.task_error)
        again = interrupt.interrupt_id in observed.finished.get(interrupt.task_id, ())
        why = _STUCK if stuck else _why_pending(observed, error, asked_again=again)
        return replace(_found(OutcomeKind.UNKNOWN, why, after, raised), stuck=stuck)
    asks = observed.finished.get(interrupt.task_id)
    taken = asks is not None and interrupt.interrupt_id not in asks
    if taken or recorded:
        if interrupt.task_error is not None:
            return _found(OutcomeKind.UNKNOWN, _ONE_OF_TWO, after, error)
        what = "asked its next question" if asks else "returned a result"
        why = f"The node took it and {what}." if taken else _RECORDED
        return _found(OutcomeKind.APPLIED, why, after, error)
    why = "The question is gone, but nothing shows that this answer was the one that was taken."
    return _found(OutcomeKind.UNKNOWN, why, after, raised)


def of_lost_answer(
    interrupt_id: str, sent: JsonValue, observed: ObservedRun, after: Snapshot, *, recorded: bool
) -> Outcome:
    """Judge an answer of a program that ended before it saw what became of it.

    Only a checkpoint proves that it was taken, and nothing that it was not: its run may have been
    deleted.
    """
    if recorded:
        return _found(OutcomeKind.APPLIED, _RECORDED, after)
    asked = [each for each in after.interrupts if each.interrupt_id == interrupt_id]
    if observed.status is None and any(_is_own_first_answer(each, sent) for each in asked):
        return _found(OutcomeKind.RECORDED, _FIRST_OF_TWO, after)
    ended = (
        f"Its run ended ({observed.status})" if observed.status else "The server has no run of it"
    )
    waits = "still waits: look at it again" if interrupt_id in after.pending_ids else "is gone"
    return _found(OutcomeKind.UNKNOWN, f"{ended}, and the question {waits}.", after)


def not_seen(why: str, thread_id: str) -> Outcome:
    """Return the outcome of something that left nothing to look at."""
    return Outcome(OutcomeKind.UNKNOWN, why, None, thread_id=thread_id)


def of_reopening(interrupt: Interrupt, observed: ObservedRun, after: Snapshot) -> Outcome:
    """Judge the reopening of `interrupt`: applied if the node asks again, under a new id."""
    error = _error(observed, after)
    if any(_is_same(interrupt, other) for other in after.interrupts):
        failure = observed.fault or observed.error
        reason = f": {failure}" if failure else "."
        why = f"The question still waits; the server did not reopen it{reason}"
        return _found(OutcomeKind.UNKNOWN, why, after, error)
    asked_again = [
        other
        for other in after.interrupts
        if other.node == interrupt.node and other.checkpoint_id != interrupt.checkpoint_id
    ]
    if any(other.payload == interrupt.payload for other in asked_again):
        why = "The same question is asked again, under a new id."
        return _found(OutcomeKind.APPLIED, why, after, error)
    if asked_again:
        why = "The node asks again, but a different question: read it first."
        return _found(OutcomeKind.APPLIED, why, after, error)
    return _found(OutcomeKind.UNKNOWN, _why_not_asked(observed, after), after, error)


def of_step(before: Snapshot, observed: ObservedRun, after: Snapshot) -> Outcome:
    """Judge a step past a breakpoint: LangGraph may end the run without running any node.

    Inside a subgraph a step leaves the checkpoint of the thread as it is: tasks that finish count.
    """
    found = of_run(observed, after)
    is_there = after.checkpoint_id == before.checkpoint_id and observed.moved is False
    if (
        found.kind is OutcomeKind.APPLIED
        and observed.status != "error"
        and is_there
        and after.status is ThreadStatus.BREAKPOINT
    ):
        again = ", ".join(dict.fromkeys(node for node, _ in after.raised))
        why = f"The run ended, but nothing moved: {again} ran, and stopped again."
        return replace(found, kind=OutcomeKind.UNMOVED, why=why if again else _UNMOVED)
    return found


def of_run(observed: ObservedRun, after: Snapshot) -> Outcome:
    """Judge a run that answers nothing."""
    if observed.server_died:
        why = f"{_DIED}; side effects are possible."
        return _found(OutcomeKind.UNKNOWN, why, after)
    error = _error(observed, after)
    match observed.status:
        case None:
            why = "The server does not know the run; side effects are possible."
            return _found(OutcomeKind.UNKNOWN, why, after, error)
        case "interrupted" if after.all_ask:
            return _found(OutcomeKind.APPLIED, "The run stopped at a question.", after)
        case "interrupted":
            return _found(OutcomeKind.UNKNOWN, "The run was cancelled.", after, error)
        case "error":
            return _found(OutcomeKind.APPLIED, "The run failed.", after, error)
        case "success":
            return _found(OutcomeKind.APPLIED, "The run ended.", after)
        case status:
            return _found(OutcomeKind.UNKNOWN, f"The run is {status}; look again.", after, error)


def after_race(found: Outcome, race: Race) -> Outcome:
    """Add to an outcome what became of the run beside another one that began at the same checkpoint."""
    match race:
        case Race.WON:
            return replace(found, why=f"{found.why} {_REPLACED_ANOTHER}")
        case Race.LOST if found.kind is not OutcomeKind.REFUSED:
            return replace(found, kind=OutcomeKind.UNKNOWN, why=_REPLACED)
        case _:
            return found


def after_attempts(found: Outcome, attempts: int) -> Outcome:
    """Add to an outcome that the server ran the run again by itself, if it did."""
    if attempts < 2 or found.kind in (OutcomeKind.REFUSED, OutcomeKind.RECORDED):
        return found
    again = f"The server ran this {attempts} times: nodes that ran before may have acted each time."
    return replace(found, mismatches=(*found.mismatches, again))


def _found(kind: OutcomeKind, why: str, after: Snapshot, error: str | None = None) -> Outcome:
    return Outcome(kind, why, after.view(), error, thread_id=after.thread_id)


def _error(observed: ObservedRun, after: Snapshot) -> str | None:
    """Prefer the error in the state: some servers hide messages in the stream.

    After an error of its own a server may run the run again, elsewhere: then it did not fail.
    """
    if observed.status == "success":
        return None
    if observed.status == "error" or observed.error is not None:
        return after.error or observed.error or "The run ended in an error."
    return None


def _why_pending(observed: ObservedRun, error: str | None, *, asked_again: bool) -> str:
    """LangGraph stores an answer together with the error of the node that took it."""
    if observed.server_died:
        return f"{_DIED}, and the question still waits; side effects may have happened."
    if error is not None:
        return (
            "The node raised an error and the question still waits: the answer may be stuck. "
            "Answering again runs the node again."
        )
    if observed.status == "interrupted" and not asked_again:
        return "The run was cancelled and the question still waits; side effects may have happened."
    if observed.status is None:
        return "The server does not know the answer, and the question still waits."
    if observed.status != "success" and not asked_again:
        return f"The run is {observed.status}, and the question still waits; look again."
    return (
        "The run succeeded, but the same question still waits: it was asked again, or the "
        "answer was ignored."
    )


def _why_not_asked(observed: ObservedRun, after: Snapshot) -> str:
    forgotten = "The answers are forgotten, but the question was not asked again"
    if observed.server_died:
        return f"{_DIED}. {forgotten}."
    if after.status is ThreadStatus.BREAKPOINT:
        return f"{forgotten} yet: step past the breakpoint to reach it."
    if after.status is ThreadStatus.ERROR:
        return f"{forgotten}: the node raised an error before it asked."
    return "The question is gone, and is not asked again: another reviewer may have answered it."


def _is_stuck(before: str | None, now: str | None) -> bool:
    """Whether the same error happened twice. A node cancelled because of another one does not count."""
    return before is not None and before == now and not before.startswith("CancelledError")


def _is_first_answer(asked: Interrupt, sent: JsonObject) -> bool:
    """Whether the first answer that the server has recorded is the one that was sent."""
    first = asked.two_reviewers.first if asked.two_reviewers else None
    return first is not None and canonical_json(first.answers) == canonical_json(sent)


def _is_own_first_answer(asked: Interrupt, sent: JsonValue) -> bool:
    """Whether the server has this answer of this user as the first of two."""
    first = asked.two_reviewers.first if asked.two_reviewers else None
    if first is None or not first.is_own:
        return False
    return canonical_json(first.to(asked.interrupt_id)) == canonical_json(sent)


def _is_same(interrupt: Interrupt, other: Interrupt) -> bool:
    return (interrupt.checkpoint_id, interrupt.task_id, interrupt.interrupt_id) == (
        other.checkpoint_id,
        other.task_id,
        other.interrupt_id,
    ) and interrupt.payload == other.payload
