"""The same decision on many items: the ways in common, what is sent for each, and sending it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from hitl_engine.deciding import bulk, bulk_sender
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.model import (
    Breakpoint,
    CommonWays,
    Decision,
    Item,
    OnProgress,
    Outcome,
    PlannedDecision,
    Question,
    SameDecision,
    Waiting,
)


class SendsDecisions(Protocol):
    """Sends decisions on one thread, each once: `Desk`."""

    async def decide_all(
        self, decided: Sequence[tuple[Question, Decision]], on_progress: OnProgress
    ) -> tuple[Outcome, ...]:
        """Send decisions on several questions of one thread in one request."""

    async def step(self, breakpoint: Breakpoint, on_progress: OnProgress) -> Outcome:
        """Step past a breakpoint."""


class BulkDecisions:
    """Decides on many items at once; each item still gets a decision of its own.

    `keep_running` keeps the local server processes of the items alive until all of them are sent.
    """

    def __init__(
        self,
        reviews: Reviews,
        sender: SendsDecisions,
        keep_running: Callable[[Sequence[Item]], AbstractAsyncContextManager[None]],
    ) -> None:
        self._reviews = reviews
        self._sender = sender
        self._keep_running = keep_running

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
        return bulk.plan(items, same, self._reviews.answer_of, self._reviews.cautions)

    async def decide_each(
        self,
        planned: Sequence[PlannedDecision],
        on_progress: OnProgress,
        *,
        on_begun: Callable[[int], None],
        on_ended: Callable[[int, bulk_sender.Result], None],
        stopped: Callable[[], bool],
    ) -> None:
        """Send each decision separately: a few at once, one at a time on a thread.

        `on_begun` and `on_ended` get the index of an item; `on_ended` also gets its outcome, or the
        error for which nothing was sent. Nothing more begins once `stopped` returns True.
        """

        async def send(group: bulk.SendGroup) -> Sequence[Outcome]:
            its = [planned[index] for index in group]
            if isinstance(stop := its[0].item, Breakpoint):
                return [await self._sender.step(stop, on_progress)]
            decided = [
                (each.item, each.decision)
                for each in its
                if isinstance(each.item, Question) and each.decision is not None
            ]
            return await self._sender.decide_all(decided, on_progress)

        items = [each.item for each in planned]
        async with self._keep_running(items):
            await bulk_sender.carry_out(
                bulk.send_groups(items),
                send,
                on_begun=on_begun,
                on_ended=on_ended,
                stopped=stopped,
            )
