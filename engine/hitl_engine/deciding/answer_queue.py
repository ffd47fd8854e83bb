"""Answers and steps that are written down before they are sent, so that they can be taken back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TypeAlias

from hitl_engine.deciding.decider import Decider
from hitl_engine.errors import JournalFailed, NotTaken
from hitl_engine.journal.decisions import DecisionLog, Intent
from hitl_engine.model import Breakpoint, Decision, LogEntry, OnProgress, Outcome, Question

ToSend: TypeAlias = Sequence[tuple[Question, Decision]] | Breakpoint
"""What one request sends: answers to questions of one thread, or a step past a breakpoint."""

_LATE = timedelta(seconds=30)
"""After its time by that much, nothing is sent any more: the program hung, or was stopped."""
_POSTPONED_EACH = 10.0
"""Seconds after which the time of what waits for others before it is moved on, again and again."""


@dataclass(slots=True, eq=False)
class Queued:
    """What one request sends: it is written down, and not sent yet."""

    to_send: ToSend
    intents: tuple[Intent, ...]
    due: datetime
    begun: bool = False
    """Whether `AnswerQueue.send` was called for it, whatever came of that."""

    @property
    def is_late(self) -> bool:
        """Whether it was to be sent so long ago that it is not sent any more."""
        return datetime.now(UTC) > self.due + _LATE


class AnswerQueue:
    """Queues answers and steps, and sends or withdraws them; what is due is for its caller to know.

    What was queued and not sent by the program that queued it is never sent: `expire` withdraws it.
    What was typed stays a draft.
    """

    def __init__(self, decider: Decider, log: DecisionLog) -> None:
        self._decider = decider
        self._log = log

    async def add(self, requests: Sequence[ToSend], *, wait: timedelta) -> tuple[Queued, ...]:
        """Write down what these requests send, all or nothing; durable when this returns.

        Raises BadInput, NotTaken for answers that do not fit, and JournalFailed.
        """
        due = datetime.now(UTC) + wait
        queued: list[Queued] = []
        for each in requests:
            queued.append(Queued(each, self._intents_of(each), due))
            await asyncio.sleep(0)  # checking the answers to many questions takes long
        await self._log.queue(*chain.from_iterable(each.intents for each in queued), due=due)
        return tuple(queued)

    async def withdraw(self, queued: Sequence[Queued]) -> bool:
        """Take back what is not sent yet; False if that is not all of it. Raises JournalFailed."""
        if await self._log.withdraw(*_ids(queued)):
            return True
        if len(queued) > 1:
            for each in queued:
                await self._log.withdraw(*_ids([each]))
        return False

    @asynccontextmanager
    async def sending(self, queued: Sequence[Queued]) -> AsyncIterator[None]:
        """Keep these from becoming late while the block sends them one after the other.

        What it leaves is withdrawn. If it is cancelled, the next program does that, and tells it.
        """
        postponing = asyncio.create_task(self._postpone(queued))
        left = queued
        try:
            yield
        except asyncio.CancelledError:
            left = ()
            raise
        finally:
            postponing.cancel()
            await asyncio.gather(postponing, return_exceptions=True)
            if unsent := [each for each in left if not each.begun]:
                with suppress(JournalFailed):  # the next program withdraws them
                    await self.withdraw(unsent)

    async def send(self, queued: Queued, on_progress: OnProgress) -> tuple[Outcome, ...]:
        """Send it now, if it was not withdrawn, and if it is not too late.

        Returns an outcome for each intent. Raises as `Decider.answer` and `Decider.step`.
        """
        queued.begun = True
        if queued.is_late:
            raise NotTaken(
                "Nothing was sent: this program was stopped between your answer and its sending.",
                hint="What you typed is kept. Look at the question again, and answer.",
            )
        decided, intents = queued.to_send, queued.intents
        if isinstance(decided, Breakpoint):
            return (await self._decider.step(decided, on_progress, queued=intents),)
        return await self._decider.answer(decided, on_progress, queued=intents)

    async def expire(self) -> tuple[LogEntry, ...]:
        """Withdraw what another program queued and did not send in time; return it, oldest first.

        Raises JournalFailed.
        """
        before = datetime.now(UTC) - 2 * _LATE
        found = await self._log.overdue(before=before)
        withdrawn = [each for each in found if await self._log.withdraw(each.decision_id)]
        await self._log.forget_postponed(before=before)
        return tuple(withdrawn)

    def _intents_of(self, to_send: ToSend) -> tuple[Intent, ...]:
        if isinstance(to_send, Breakpoint):
            self._decider.require_log_reason(to_send)
            return (self._decider.intent_of_step(to_send),)
        return tuple(self._decider.intents_of(to_send))

    async def _postpone(self, queued: Sequence[Queued]) -> None:
        """Move the time of what waits, as long as this program runs without a long stop."""
        while True:
            await asyncio.sleep(_POSTPONED_EACH)
            left = [each for each in queued if not (each.begun or each.is_late)]
            due = datetime.now(UTC)
            with suppress(JournalFailed):  # what becomes late is not sent
                await self._log.postpone(*_ids(left), due=due)
                for each in left:
                    each.due = due


def _ids(queued: Sequence[Queued]) -> list[str]:
    return [intent.decision_id for each in queued for intent in each.intents]
