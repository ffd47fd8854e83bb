"""The same decision on many items: the ways in common, what is sent for each, and sending it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from hitl_engine.deciding import bulk, bulk_sender
from hitl_engine.deciding.answer_queue import Queued, ToSend
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.errors import HitlError
from hitl_engine.model import (
    Breakpoint,
    CommonWays,
    Item,
    OnProgress,
    Outcome,
    PlannedDecision,
    Question,
    SameDecision,
    Waiting,
)


class SendsQueued(Protocol):
    """Writes decisions on threads down, and sends each once: `Desk`."""

    async def queue(
        self, requests: Sequence[ToSend], *, wait: timedelta
    ) -> tuple[Queued | HitlError, ...]:
        """Write down what these requests send after `wait`; return why, for one that cannot be."""

    async def withdraw(self, queued: Sequence[Queued]) -> bool:
        """Take back what is not sent yet."""

    def sending(self, queued: Sequence[Queued]) -> AbstractAsyncContextManager[None]:
        """Make sure that the block can send these one after the other, however long that takes."""

    async def send_queued(self, queued: Queued, on_progress: OnProgress) -> tuple[Outcome, ...]:
        """Send what one request sends."""


@dataclass(frozen=True, slots=True, eq=False)
class QueuedBulk:
    """Decisions on many items that are written down, and not sent yet."""

    threads: tuple[tuple[bulk.SendGroup, ...], ...]
    """What is sent to each thread, one group after the other."""
    groups: Mapping[bulk.SendGroup, Queued | HitlError]
    """An error is why nothing is sent for a group."""

    @property
    def queued(self) -> list[Queued]:
        """What is sent, without what cannot be."""
        return [each for each in self.groups.values() if isinstance(each, Queued)]


class BulkDecisions:
    """Decides on many items at once; each item still gets a decision of its own."""

    def __init__(self, reviews: Reviews, sender: SendsQueued) -> None:
        self._reviews = reviews
        self._sender = sender

    def same_kind(self, chosen: Waiting, others: Iterable[Waiting]) -> tuple[Waiting, ...]:
        """Return those of `others` that ask the same kind of thing and take the same answers.

        Stuck questions and requests of programs belong to no kind.
        """
        item = self._reviews.item
        found = bulk.same_kind(item(chosen), map(item, others))
        return tuple(each.interrupt if isinstance(each, Question) else each for each in found)

    def common_ways(self, items: Sequence[Item]) -> CommonWays:
        """Return the ways to decide that all items take, and which item prevents each other way."""
        return bulk.common_ways(items)

    def plan(self, items: Sequence[Item], same: SameDecision) -> tuple[PlannedDecision, ...]:
        """Return exactly what is sent for each item when the same is decided for all of them."""
        planned = bulk.plan(items, same, self._reviews.answer_of, self._reviews.cautions)
        return tuple(map(self._with_claim, planned))

    def _with_claim(self, planned: PlannedDecision) -> PlannedDecision:
        """Add to a step that somebody else has claimed its item; a question has that already."""
        if not isinstance(planned.item, Breakpoint) or planned.fault:
            return planned
        claimed = self._reviews.claimed(planned.item)
        cautions = (*([claimed] if claimed else []), *planned.cautions)
        return replace(planned, cautions=cautions)

    async def queue(self, planned: Sequence[PlannedDecision], *, wait: timedelta) -> QueuedBulk:
        """Write all decisions down, to be sent by `send` after `wait`; durable when this returns.

        Until then they can be withdrawn. If this program ends before, they are never sent.
        """
        threads = bulk.send_groups([each.item for each in planned])
        groups = [group for thread in threads for group in thread]
        requests = [_to_send([planned[place] for place in group]) for group in groups]
        queued = await self._sender.queue(requests, wait=wait)
        return QueuedBulk(threads, dict(zip(groups, queued, strict=True)))

    async def withdraw(self, queued: QueuedBulk) -> None:
        """Take all decisions back that are not sent yet. Raises JournalFailed, Unreachable."""
        await self._sender.withdraw(queued.queued)

    async def send(
        self,
        queued: QueuedBulk,
        on_progress: OnProgress,
        *,
        on_begun: Callable[[int], None],
        on_ended: Callable[[int, bulk_sender.Result], None],
        stopped: Callable[[], bool],
    ) -> None:
        """Send each decision separately: a few at once, one at a time on a thread.

        `on_begun` and `on_ended` get the index of an item; `on_ended` also gets its outcome, or the
        error for which nothing was sent. Nothing more begins once `stopped` returns True; what was
        not begun is withdrawn.
        """

        async def send(group: bulk.SendGroup) -> Sequence[Outcome]:
            request = queued.groups[group]
            if isinstance(request, HitlError):
                raise request
            return await self._sender.send_queued(request, on_progress)

        async with self._sender.sending(queued.queued):
            await bulk_sender.carry_out(
                queued.threads,
                send,
                on_begun=on_begun,
                on_ended=on_ended,
                stopped=stopped,
            )


def _to_send(planned: Sequence[PlannedDecision]) -> ToSend:
    """Return what one request sends: these decisions belong to one thread."""
    if isinstance(stop := planned[0].item, Breakpoint):
        return stop
    return [
        (each.item, each.decision)
        for each in planned
        if isinstance(each.item, Question) and each.decision is not None
    ]
