"""The desks of several targets as one: what the inbox needs, with each item going to its own target.

Every item names its target, and this is the only place that chooses a desk by that name. The desk
itself then refuses an item of another target, so a mistake here sends nothing.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace

from hitl_engine.deciding.bulk_decisions import BulkDecisions
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.desk import Desk
from hitl_engine.errors import TargetError, Unreachable
from hitl_engine.model import (
    Breakpoint,
    Decision,
    Draft,
    Item,
    OnProgress,
    Outcome,
    Progress,
    Question,
    Waiting,
)


class Desks:
    """Understands and decides on the items of all targets.

    `find` returns the desk of a target by the name that its items carry, or None while it is not
    open.
    """

    def __init__(self, find: Callable[[str], Desk | None]) -> None:
        self._find = find
        self.reviews = Reviews(lambda waiting: self.of(waiting).server.identity)
        """What is asked; an item can be understood while its target is not reached."""
        self.bulk = BulkDecisions(self.reviews, self, self._keep_running)
        """The same decision on many items, of several targets too."""

    def of(self, item: Item | Waiting) -> Desk:
        """Return the desk of an item's target. Raises Unreachable if it is not open."""
        target = _waiting(item).target
        desk = self._find(target)
        if desk is None:
            raise Unreachable(f"The target {target} is not connected.", sent=False)
        return desk

    async def decide_all(
        self, decided: Sequence[tuple[Question, Decision]], on_progress: OnProgress
    ) -> tuple[Outcome, ...]:
        """Send decisions on several questions of one thread in one request, as `Desk.decide_all`."""
        first = decided[0][0]
        return await self.of(first).decide_all(decided, _of_target(first, on_progress))

    async def step(self, breakpoint: Breakpoint, on_progress: OnProgress) -> Outcome:
        """Step past a breakpoint, as `Desk.step`."""
        return await self.of(breakpoint).step(breakpoint, _of_target(breakpoint, on_progress))

    async def drafts(self, items: Iterable[Item]) -> tuple[Draft | None, ...]:
        """Return the draft of each item; breakpoints have none. Raises JournalFailed, Unreachable."""
        return tuple(
            [
                await self.of(item).drafts.find(item) if isinstance(item, Question) else None
                for item in items
            ]
        )

    @asynccontextmanager
    async def _keep_running(self, items: Sequence[Item]) -> AsyncIterator[None]:
        """Keep the local servers of these items' targets until the block ends.

        What goes to a target that is not reached is refused later, and the rest is sent.
        """
        targets = {_waiting(item).target: item for item in items}
        async with AsyncExitStack() as stack:
            for item in targets.values():
                with suppress(TargetError):
                    await stack.enter_async_context(self.of(item).keep_running())
            yield


def _waiting(item: Item | Waiting) -> Waiting:
    return item.interrupt if isinstance(item, Question) else item


def _of_target(item: Item | Waiting, on_progress: OnProgress) -> OnProgress:
    """Return a function that gets the progress of a run, with the target of the item in it."""
    target = _waiting(item).target

    def progressed(progress: Progress) -> None:
        on_progress(replace(progress, target=target))

    return progressed
