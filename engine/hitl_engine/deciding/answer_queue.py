"""Answers that wait a moment before they are sent, so that they can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hitl_engine.deciding.decider import Decider
from hitl_engine.errors import NotTaken
from hitl_engine.journal.decisions import DecisionLog, Intent
from hitl_engine.model import Decision, LogEntry, OnProgress, Outcome, Question

_LATE = timedelta(seconds=30)
"""After its time by that much, an answer is not sent any more: the program hung, or was stopped."""


@dataclass(frozen=True, slots=True, eq=False)
class Queued:
    """Answers to questions of one thread that are written down, and not sent yet."""

    decided: tuple[tuple[Question, Decision], ...]
    due: datetime
    intents: tuple[Intent, ...]


class AnswerQueue:
    """Queues answers, and sends or withdraws them; what is due is for its caller to know.

    An answer that was queued and not sent by the program that queued it is never sent: `expire`
    withdraws it. What was typed stays a draft.
    """

    def __init__(self, decider: Decider, log: DecisionLog) -> None:
        self._decider = decider
        self._log = log

    async def add(self, decided: Sequence[tuple[Question, Decision]], *, wait: timedelta) -> Queued:
        """Write answers to questions of one thread down; durable when this returns.

        Raises BadInput, NotTaken for answers that do not fit, and JournalFailed.
        """
        intents = self._decider.intents_of(decided)
        due = datetime.now(UTC) + wait
        await self._log.queue(*intents, due=due)
        return Queued(tuple(decided), due, tuple(intents))

    async def withdraw(self, queued: Queued) -> bool:
        """Take answers back; False if they are sent already. Raises JournalFailed."""
        return await self._log.withdraw(*(each.decision_id for each in queued.intents))

    async def send(self, queued: Queued, on_progress: OnProgress) -> tuple[Outcome, ...]:
        """Send answers now, if they were not withdrawn, and if it is not too late. Raises as `answer`."""
        if datetime.now(UTC) > queued.due + _LATE:
            raise NotTaken(
                "Nothing was sent: this program was stopped between your answer and its sending.",
                hint="What you typed is kept. Look at the question again, and answer.",
            )
        return await self._decider.answer(queued.decided, on_progress, queued=queued.intents)

    async def expire(self) -> tuple[LogEntry, ...]:
        """Withdraw what another program queued and did not send in time; return it, oldest first.

        Raises JournalFailed.
        """
        found = await self._log.overdue(before=datetime.now(UTC) - 2 * _LATE)
        return tuple([each for each in found if await self._log.withdraw(each.decision_id)])
