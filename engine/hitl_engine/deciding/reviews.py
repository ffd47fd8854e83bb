"""Questions understood: what an interrupt asks, and the JSON that a decision on it would send.

Nothing here sends a request.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from hitl_engine import payloads
from hitl_engine.deciding.answers import answer_of, resume_of
from hitl_engine.deciding.inexact import inexact_edits, inexact_notes
from hitl_engine.deciding.preconditions import (
    earlier_answer_caution,
    second_reviewer_caution,
)
from hitl_engine.deciding.repeated_calls import rejected_notes
from hitl_engine.deciding.task_groups import effect_of
from hitl_engine.errors import NotTaken
from hitl_engine.fingerprint import fingerprint, fingerprint_of
from hitl_engine.model import (
    Breakpoint,
    Decision,
    Effect,
    Fault,
    Interrupt,
    Item,
    JsonObject,
    JsonValue,
    Question,
    ThreadView,
    Waiting,
)
from hitl_engine.payloads.deadlines import deadline_of, expired_caution


class Reviews:
    """Reads questions. `identity` returns that of an item's server, a part of each fingerprint.

    `claimed` returns what to confirm where somebody else has claimed an item; mostly nothing.
    """

    def __init__(
        self, identity: Callable[[Waiting], str], claimed: Callable[[Waiting], str] = lambda _: ""
    ) -> None:
        self._identity = identity
        self.claimed = claimed

    def question(self, interrupt: Interrupt) -> Question:
        """Understand an interrupt and fingerprint it. Never fails."""
        review = payloads.recognise(interrupt.payload, interrupt.response_schema)
        notes = (*inexact_notes(interrupt), *rejected_notes(review, interrupt.rejected))
        return Question(
            interrupt=interrupt,
            review=replace(review, notes=(*notes, *review.notes)),
            fingerprint=fingerprint(self._identity(interrupt), interrupt),
        )

    def item(self, waiting: Waiting) -> Item:
        """Return what a person decides on: a question, or a breakpoint as it is. Never fails."""
        return waiting if isinstance(waiting, Breakpoint) else self.question(waiting)

    def deadline_of(self, waiting: Waiting) -> datetime | None:
        """Return when an item has to be answered, where its payload says so."""
        return (
            deadline_of(waiting.payload, waiting.since) if isinstance(waiting, Interrupt) else None
        )

    def fingerprint_of(self, waiting: Waiting) -> str:
        """Return the digest of what is shown of an item, where, and at which checkpoint."""
        return fingerprint_of(self._identity(waiting), waiting)

    def answer_of(self, question: Question, decision: Decision) -> JsonValue:
        """Return the exact JSON that `Desk.decide` would send. Raises NotTaken, with every fault."""
        return answer_of(question, decision)

    def cautions(self, question: Question, decision: Decision) -> tuple[str, ...]:
        """Return what a person should confirm before `Desk.decide`, one sentence each."""
        misfit = _misfit_caution(self._misfits(question, decision))
        others = self._other_cautions(question, decision)
        return (misfit, *others) if misfit else others

    def caution_faults(self, question: Question, decision: Decision) -> tuple[Fault, ...]:
        """Return the cautions as faults: each place that is not as expected is one of its own."""
        others = self._other_cautions(question, decision)
        return (
            *self._misfits(question, decision),
            *(Fault((), caution) for caution in others),
        )

    def _other_cautions(self, question: Question, decision: Decision) -> tuple[str, ...]:
        asked = question.interrupt
        kept = earlier_answer_caution(asked)
        alone = self._second_reviewer_caution(question, decision)
        expired = expired_caution(self.deadline_of(asked), datetime.now(UTC))
        claimed = self.claimed(asked)
        return (
            *([claimed] if claimed else []),
            *([expired] if expired else []),
            *([alone] if alone else []),
            *payloads.cautions(question.review, decision),
            *inexact_edits(question, decision),
            *([kept] if kept else []),
            *([asked.remark] if asked.may_be_lost else []),
        )

    def _misfits(self, question: Question, decision: Decision) -> tuple[Fault, ...]:
        asked = question.interrupt
        return payloads.misfits(asked.payload, decision, asked.response_schema)

    def _second_reviewer_caution(self, question: Question, decision: Decision) -> str:
        if question.interrupt.two_reviewers is None:
            return ""
        with suppress(NotTaken):  # its faults are told instead
            answer = answer_of(question, decision)
            return second_reviewer_caution(question.interrupt, answer)
        return ""

    def answer_schema(self, question: Question) -> JsonObject:
        """Return which answers a question expects, as JSON Schema; `{}` for anything."""
        asked = question.interrupt
        return payloads.answer_schema(asked.payload, asked.response_schema)

    def resume_of(
        self, waiting: Sequence[Waiting], decided: Sequence[tuple[Question, Decision]]
    ) -> JsonObject:
        """Return the exact JSON of `Desk.decide_all`: interrupt id -> answer. Raises NotTaken."""
        pending = [item for item in waiting if isinstance(item, Interrupt)]
        return resume_of(decided, pending)

    def effect(self, thread: ThreadView, answered: Sequence[Question]) -> Effect:
        """Return which nodes run when these questions of a thread are answered in one map."""
        pending = [item for item in thread.waiting if isinstance(item, Interrupt)]
        return effect_of(pending, {question.interrupt.interrupt_id for question in answered})


def _misfit_caution(misfits: Sequence[Fault]) -> str:
    """Return a caution for an answer that is not what its question expects, or nothing."""
    if not misfits:
        return ""
    more = f" ({len(misfits) - 1} more)" if len(misfits) > 1 else ""
    return f"The answer is not what this question accepts: {misfits[0]}.{more}"
