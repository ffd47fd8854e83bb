"""What became of an answer, judged by what was read back and nothing else. Pure functions.

"Success" does not mean applied (a stale answer also ends well), and "error" does not mean not
applied (side effects come first). What proves that an answer was taken: a later checkpoint, a
result of the task, or another question of the same task. Where an earlier answer met an error
these prove only that one of the two was taken, for LangGraph may have kept the earlier one.
"""

from dataclasses import replace

from hitl_engine.deciding.run_sender import ObservedRun
from hitl_engine.model import Interrupt, Outcome, OutcomeKind, ThreadStatus
from hitl_engine.reading.snapshot import Snapshot

_DIED = "The engine ended while the run was under way"
_RECORDED = "A checkpoint of the thread carries this decision."
_STUCK = (
    "The same error came again: the question is stuck on an answer that it took before. "
    "Reopen it to be asked anew."
)
_ONE_OF_TWO = (
    "The question is settled, but perhaps by the earlier answer that met an error: LangGraph may "
    "have kept that one. Look at what the node did."
)


def of_answer(
    interrupt: Interrupt, observed: ObservedRun, after: Snapshot, *, recorded: bool
) -> Outcome:
    """Judge the answer to `interrupt`.

    `recorded`: a checkpoint of the thread carries the decision id, which a stale answer never
    brings about.
    """
    error = _error(observed, after)
    raised = None if observed.engine_died else error
    if observed.error_kind == "UnknownInterruptError":
        return _found(OutcomeKind.REFUSED, "Somebody else answered first.", after)
    left = next((other for other in after.interrupts if _is_same(interrupt, other)), None)
    if left is not None:
        stuck = raised is not None and _is_stuck(interrupt.task_error, left.task_error)
        why = _STUCK if stuck else _why_pending(observed, error)
        return replace(_found(OutcomeKind.UNKNOWN, why, after, raised), stuck=stuck)
    asks = observed.finished.get(interrupt.task_id)
    taken = asks is not None and interrupt.interrupt_id not in asks
    if taken or recorded:
        if interrupt.task_error is not None:
            return _found(OutcomeKind.UNKNOWN, _ONE_OF_TWO, after, error)
        what = "asks its next question" if asks else "came to a result"
        why = f"The node took it and {what}." if taken else _RECORDED
        return _found(OutcomeKind.APPLIED, why, after, error)
    why = "The question is gone, but nothing shows that it was this answer that settled it."
    return _found(OutcomeKind.UNKNOWN, why, after, raised)


def of_reopening(interrupt: Interrupt, observed: ObservedRun, after: Snapshot) -> Outcome:
    """Judge the reopening of `interrupt`: applied is what asks again, under a new id."""
    error = _error(observed, after)
    if any(_is_same(interrupt, other) for other in after.interrupts):
        said = f": {observed.error}" if observed.error else "."
        why = f"The question waits as before; the server did not reopen it{said}"
        return _found(OutcomeKind.UNKNOWN, why, after, error)
    anew = [
        other
        for other in after.interrupts
        if other.node == interrupt.node and other.checkpoint_id != interrupt.checkpoint_id
    ]
    if any(other.payload == interrupt.payload for other in anew):
        why = "The same question is asked again, under a new id."
        return _found(OutcomeKind.APPLIED, why, after, error)
    if anew:
        why = "The node asks again, but something else: read it anew."
        return _found(OutcomeKind.APPLIED, why, after, error)
    return _found(OutcomeKind.UNKNOWN, _why_not_asked(observed, after), after, error)


def of_run(observed: ObservedRun, after: Snapshot) -> Outcome:
    """Judge a run that answers nothing: a start, or a step past a breakpoint."""
    if observed.engine_died:
        why = f"{_DIED}; side effects cannot be excluded."
        return _found(OutcomeKind.UNKNOWN, why, after)
    error = _error(observed, after)
    match observed.status:
        case None:
            why = "The server has no trace of the run; side effects cannot be excluded."
            return _found(OutcomeKind.UNKNOWN, why, after, error)
        case "interrupted":
            return _found(OutcomeKind.UNKNOWN, "The run was cancelled.", after, error)
        case "error":
            return _found(OutcomeKind.APPLIED, "The graph raised.", after, error)
        case "success":
            return _found(OutcomeKind.APPLIED, "The run ended.", after)
        case status:
            return _found(OutcomeKind.UNKNOWN, f"The run is {status}; look again.", after, error)


def _found(kind: OutcomeKind, why: str, after: Snapshot, error: str | None = None) -> Outcome:
    return Outcome(kind, why, after.view(), error, thread_id=after.thread_id)


def _error(observed: ObservedRun, after: Snapshot) -> str | None:
    """The state tells more than the stream, where a server hides messages."""
    if observed.status == "error" or observed.error is not None:
        return after.error or observed.error or "The run ended in an error."
    return None


def _why_pending(observed: ObservedRun, error: str | None) -> str:
    """LangGraph stores an answer together with the error of the node that took it."""
    if observed.engine_died:
        return f"{_DIED}, and the question still waits; side effects may have happened."
    if error is not None:
        return (
            "The node raised and the question still waits: perhaps the answer is stuck. "
            "Answering again runs the node again."
        )
    if observed.status == "interrupted":
        return "The run was cancelled and the question still waits; side effects may have happened."
    if observed.status is None:
        return "The server has no trace of the answer, and the question still waits."
    if observed.status != "success":
        return f"The run is {observed.status}, and the question still waits; look again."
    return (
        "The run ended well, but the same question still waits: it was asked again, or the "
        "answer went nowhere."
    )


def _why_not_asked(observed: ObservedRun, after: Snapshot) -> str:
    forgotten = "What was answered is forgotten, but the question was not asked again"
    if observed.engine_died:
        return f"{_DIED}. {forgotten}."
    if after.status is ThreadStatus.BREAKPOINT:
        return f"{forgotten} yet: step past the breakpoint, and it is."
    if after.status is ThreadStatus.ERROR:
        return f"{forgotten}: the node raised before it asked."
    return "The question is gone, and is not asked again: perhaps somebody else answered it."


def _is_stuck(before: str | None, now: str | None) -> bool:
    """Whether the same error came twice. A node that was only stopped for another says nothing."""
    return before is not None and before == now and not before.startswith("CancelledError")


def _is_same(interrupt: Interrupt, other: Interrupt) -> bool:
    return (interrupt.checkpoint_id, interrupt.task_id, interrupt.interrupt_id) == (
        other.checkpoint_id,
        other.task_id,
        other.interrupt_id,
    ) and interrupt.payload == other.payload
