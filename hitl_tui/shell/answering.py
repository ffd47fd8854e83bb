"""What `hitl-tui answer` sends: the options checked, the questions found, the cautions confirmed."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hitl_engine.errors import BadInput, NotConfirmed, ReasonMissing
from hitl_engine.model import Answer, Breakpoint, Decision, Fault, Item, Question, ThreadView
from hitl_tui.shell.decision_options import ABSENT, decides, decision_on
from hitl_tui.shell.expectations import expected_item, require_expected, require_waiting
from hitl_tui.shell.lookup import find_interrupt

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


def check_answer_options(args: Namespace) -> None:
    """Refuse options that are neither one answer nor an answer for each interrupt."""
    bare = [interrupt_id for interrupt_id, value in args.interrupt if value is ABSENT]
    one = decides(args)
    if one and len(args.interrupt) > len(bare):
        what = "--interrupt ID=JSON already contains an answer."
    elif one and len(bare) > 1:
        what = "This is one answer for several interrupts."
    elif not one and (bare or not args.interrupt):
        what = "No answer was given."
    else:
        return
    raise BadInput(what, kept="Nothing was sent.", hint="See hitl-tui answer --help.")


def decisions(desk: "Desk", thread: ThreadView, args: Namespace) -> list[tuple[Question, Decision]]:
    """Return the questions that the options answer, each with its decision.

    Raises NoLongerWaits, also where something else waits than `--expect` names; BadInput, NotTaken.
    """
    require_waiting(desk, thread, args.expect)
    decided = [
        (replace(question, log_reason=args.log_reason or ""), decision)
        for question, decision in _decided(desk, thread, args)
    ]
    require_expected(desk, thread, [question.interrupt for question, _ in decided], args.expect)
    _require_log_reason(desk, decided)
    return decided


def with_log_reason(desk: "Desk", stop: Breakpoint, args: Namespace) -> Breakpoint:
    """Return a breakpoint with the reason to step past it. Raises ReasonMissing."""
    stop = replace(stop, log_reason=args.log_reason or "")
    _require_log_reason(desk, [(stop, None)])
    return stop


def _require_log_reason(desk: "Desk", decided: Sequence[tuple[Item, Decision | None]]) -> None:
    try:
        desk.log_reasons.require(decided)
    except ReasonMissing as missing:
        missing.hint = "Add --log-reason TEXT."
        raise


def require_confirmation(cautions: Sequence[str], args: Namespace) -> None:
    """Raise NotConfirmed unless `--yes` was given, or there is nothing to confirm."""
    if cautions and not args.yes:
        raise NotConfirmed(
            " ".join(cautions),
            hint="To send it anyway, add --yes.",
            faults=tuple(Fault((), caution) for caution in cautions),
        )


def require_confirmed_answers(
    desk: "Desk", decided: Sequence[tuple[Question, Decision]], args: Namespace, *, claimed: str
) -> None:
    """Raise NotConfirmed for cautions, except that a thread is `claimed`; see `require_unclaimed`.

    The faults of several answers are under the ids of their questions.
    """
    reviews, several = desk.reviews, len(decided) > 1
    try:
        require_confirmation(
            [
                caution
                for question, decision in decided
                for caution in reviews.cautions(question, decision)
                if caution != claimed
            ],
            args,
        )
    except NotConfirmed as refusal:
        refusal.faults = tuple(
            replace(fault, path=(question.interrupt.interrupt_id, *fault.path))
            if several
            else fault
            for question, decision in decided
            for fault in reviews.caution_faults(question, decision)
            if fault.words != claimed
        )
        raise


def require_unclaimed(desk: "Desk", thread: ThreadView, args: Namespace) -> str:
    """Raise NotConfirmed if somebody else has claimed a thread, unless `--even-if-claimed` was given.

    Returns the sentence that tells who has it; empty if nobody has.
    """
    claimed = desk.people.caution(thread.thread_id)
    if claimed and not args.even_if_claimed:
        raise NotConfirmed(
            claimed,
            hint="To send it anyway, add --even-if-claimed.",
            faults=(Fault((), claimed),),
        )
    return claimed


def _decided(
    desk: "Desk", thread: ThreadView, args: Namespace
) -> Iterator[tuple[Question, Decision]]:
    if decides(args):
        named = args.interrupt[0][0] if args.interrupt else expected_item(desk, thread, args.expect)
        question = desk.reviews.question(find_interrupt(desk, thread, named))
        yield question, decision_on(question, args)
    else:
        for interrupt_id, value in args.interrupt:
            yield desk.reviews.question(find_interrupt(desk, thread, interrupt_id)), Answer(value)
