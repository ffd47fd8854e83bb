"""What became of a run, an answer, a step or a reopening, as the result of its command."""

from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace

from hitl_engine.errors import HitlError, NoLongerWaits, NotTaken
from hitl_engine.model import (
    Decision,
    Fault,
    JsonObject,
    JsonValue,
    Outcome,
    OutcomeKind,
    Question,
    Reopening,
    json_path,
    mismatches_of,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.error_output import error_line
from hitl_tui.shell.expectations import AnotherWaits
from hitl_tui.shell.thread_output import FingerprintOf, waiting_documents

EXIT_REFUSED = 3
EXIT_UNKNOWN = 6
EXIT_RUN_FAILED = 7
EXIT_RECORDED = 12

_SENDING_COMMANDS = ("run", "answer", "step", "reopen", "update", "fork", "goto")


def outcome_result(outcome: Outcome, fingerprint_of: FingerprintOf) -> CommandResult:
    """Return what became of a run or a step."""
    return _result(outcome, fingerprint_of, {})


def answer_result(
    decided: Sequence[tuple[Question, Decision]],
    outcomes: Sequence[Outcome],
    fingerprint_of: FingerprintOf,
) -> CommandResult:
    """Return what became of answers that were sent together, an outcome for each."""
    answers: list[JsonValue] = [
        _answer_document(question, outcome)
        for (question, _), outcome in zip(decided, outcomes, strict=True)
    ]
    mismatches = mismatches_of(outcomes)
    overall = replace(_least_certain(outcomes), mismatches=mismatches)
    return _result(overall, fingerprint_of, {"answers": answers})


def reopen_result(
    outcome: Outcome, reopening: Reopening, fingerprint_of: FingerprintOf
) -> CommandResult:
    """Return what became of a reopening, and what it was going to do."""
    return _result(outcome, fingerprint_of, {"reopening": asdict(reopening)})


def act_result(outcome: Outcome) -> CommandResult:
    """Return what became of a request that changed a thread and started no run."""
    document: JsonObject = {
        "thread_id": outcome.thread_id,
        "outcome": outcome.kind.value,
        "why": outcome.why,
    }
    return CommandResult(document, (one_line(outcome.why, 2000),), (), _exit_code(outcome))


def interrupted_result(thread_id: str) -> CommandResult:
    """Return the document of a run that was sent and not awaited."""
    what = "You interrupted the command before the run ended, so the outcome is unknown."
    document = _unread_document(thread_id, OutcomeKind.UNKNOWN, what)
    hint = f"It is in the journal. To see its state: hitl-tui show {thread_id}"
    note = error_line("Interrupted", f"{what} {hint}")
    return CommandResult(document, (json_text(document),), (note,), EXIT_UNKNOWN)


def refusal_document(error: HitlError, args: Namespace) -> JsonValue:
    """Return the document of a command that was refused before it sent anything, or None."""
    refused = error.exit_code in (NoLongerWaits.exit_code, NotTaken.exit_code)
    if not refused or args.command not in _SENDING_COMMANDS:
        return None
    document = _unread_document(args.thread, OutcomeKind.REFUSED, error.what)
    if isinstance(error, AnotherWaits):
        document |= error.waiting
    if isinstance(error, NotTaken):
        document["faults"] = _fault_documents(error)
    return document


def _result(outcome: Outcome, fingerprint_of: FingerprintOf, extra: JsonObject) -> CommandResult:
    """Return one document, for programs and for people; `extra` is what a command adds to it."""
    document = {**_document(outcome, fingerprint_of), **extra}
    notes = tuple(_notes(outcome))
    return CommandResult(document, (json_text(document),), notes, _exit_code(outcome))


def _document(outcome: Outcome, fingerprint_of: FingerprintOf) -> JsonObject:
    thread = outcome.thread
    return {
        **_unread_document(outcome.thread_id, outcome.kind, outcome.error),
        "status": "error" if outcome.error else thread.status.value if thread else None,
        "values": thread.values if thread else None,
        **waiting_documents(thread.waiting if thread else (), fingerprint_of),
        "next": list(thread.next) if thread else [],
        "divergences": list(outcome.mismatches),
        **({"otherwise": list(outcome.otherwise)} if outcome.otherwise else {}),
    }


def _unread_document(thread_id: str | None, kind: OutcomeKind, error: str | None) -> JsonObject:
    """Return the document of an outcome whose thread was not read."""
    return {
        "thread_id": thread_id,
        "outcome": kind.value,
        "status": None,
        "values": None,
        "interrupts": [],
        "breakpoint": None,
        "next": [],
        "divergences": [],
        "error": error,
    }


def _answer_document(question: Question, outcome: Outcome) -> JsonObject:
    return {
        "interrupt_id": question.interrupt.interrupt_id,
        "outcome": outcome.kind.value,
        "why": outcome.why,
        "stuck": outcome.stuck,
        "divergences": list(outcome.mismatches),
    }


def _fault_documents(error: NotTaken) -> list[JsonValue]:
    faults: Iterable[Fault] = error.faults or (Fault((), error.what),)
    return [{"path": json_path(fault.path), "why": fault.words} for fault in faults]


def _notes(outcome: Outcome) -> Iterator[str]:
    if outcome.kind is not OutcomeKind.APPLIED:
        yield error_line(outcome.kind.capitalize(), outcome.why)
    if outcome.error:
        yield error_line("The run failed", outcome.error)
    for each in outcome.mismatches:
        yield error_line("Not as decided", each)
    for each in outcome.otherwise:
        yield error_line("Not as written", each)


def _exit_code(outcome: Outcome) -> int:
    match outcome:
        case Outcome(error=str()):
            return EXIT_RUN_FAILED
        case Outcome(kind=OutcomeKind.APPLIED):
            return 0
        case Outcome(kind=OutcomeKind.RECORDED):
            return EXIT_RECORDED
        case Outcome(kind=OutcomeKind.REFUSED | OutcomeKind.UNMOVED):
            return EXIT_REFUSED
        case _:
            return EXIT_UNKNOWN


def _least_certain(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome that describes all of them: applied only if every one was."""
    order = (
        OutcomeKind.UNKNOWN,
        OutcomeKind.REFUSED,
        OutcomeKind.UNMOVED,
        OutcomeKind.RECORDED,
        OutcomeKind.APPLIED,
    )
    return min(outcomes, key=lambda outcome: order.index(outcome.kind))
