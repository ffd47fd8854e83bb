"""The desks of several targets as one: what the inbox needs, with each item going to its own target.

Every item names its target, and this is the only place that chooses a desk by that name. The desk
itself then refuses an item of another target, so a mistake here sends nothing.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta

from hitl_engine.deciding.answer_queue import Queued, ToSend
from hitl_engine.deciding.bulk_decisions import BulkDecisions
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.desk import Desk
from hitl_engine.errors import HitlError, Unreachable
from hitl_engine.model import (
    Breakpoint,
    Decision,
    Draft,
    Item,
    JsonObject,
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
        self.reviews = Reviews(
            lambda waiting: self.of(waiting).server.identity,
            self._claimed,
        )
        """What is asked; an item can be understood while its target is not reached."""
        self.bulk = BulkDecisions(self.reviews, self)
        """The same decision on many items, of several targets too."""

    def _claimed(self, waiting: Waiting) -> str:
        """Return what to confirm where somebody else has claimed an item, as far as that is known."""
        desk = self._find(waiting.target)
        return "" if desk is None else desk.people.caution(waiting.thread_id)

    def of(self, item: Item | Waiting) -> Desk:
        """Return the desk of an item's target. Raises Unreachable if it is not open."""
        return self._named(_waiting(item).target)

    def _named(self, target: str) -> Desk:
        desk = self._find(target)
        if desk is None:
            raise Unreachable(f"The target {target} is not connected.", sent=False)
        return desk

    def missing_log_reason(self, item: Item, decision: Decision | None) -> str:
        """Return why a decision needs another reason for the log, as its target's `log_reasons`.

        Empty if it needs none, or its target is not open: then it is not sent.
        """
        desk = self._find(_waiting(item).target)
        return "" if desk is None else desk.log_reasons.missing(item, decision)

    async def queue(
        self, requests: Sequence[ToSend], *, wait: timedelta
    ) -> tuple[Queued | HitlError, ...]:
        """Write down what these requests send, as `Desk.queue`; those of one target all or none.

        Each request gets the error for which it is not sent, if its target refuses it.
        """
        queued: dict[int, Queued | HitlError] = {}
        for target, places in _by_target(map(_item_of, requests)).items():
            try:
                its = await self._named(target).queue([requests[n] for n in places], wait=wait)
                queued |= zip(places, its, strict=True)
            except HitlError as error:
                queued |= dict.fromkeys(places, error)
        return tuple(queued[place] for place in range(len(requests)))

    async def withdraw(self, queued: Sequence[Queued]) -> bool:
        """Take back what is not sent yet, as `Desk.withdraw`. Also raises Unreachable."""
        withdrawn = [
            await self._named(target).withdraw([queued[place] for place in places])
            for target, places in _by_target(_item_of(each.to_send) for each in queued).items()
        ]
        return all(withdrawn)

    @asynccontextmanager
    async def sending(self, queued: Sequence[Queued]) -> AsyncIterator[None]:
        """Make sure that the block can send these one after the other, as `Desk.sending`.

        What goes to a target that is not open any more is refused later, and the rest is sent.
        """
        async with AsyncExitStack() as stack:
            for target, places in _by_target(_item_of(each.to_send) for each in queued).items():
                with suppress(Unreachable):
                    sending = self._named(target).sending([queued[place] for place in places])
                    await stack.enter_async_context(sending)
            yield

    async def send_queued(self, queued: Queued, on_progress: OnProgress) -> tuple[Outcome, ...]:
        """Send what one request sends, as `Desk.send_queued`. Also raises Unreachable."""
        item = _item_of(queued.to_send)
        return await self.of(item).send_queued(queued, _of_target(item, on_progress))

    async def drafts(self, items: Iterable[Item]) -> tuple[Draft | None, ...]:
        """Return the draft of each item; breakpoints have none. Raises JournalFailed, Unreachable."""
        return tuple(
            [
                await self.of(item).drafts.find(item) if isinstance(item, Question) else None
                for item in items
            ]
        )

    async def save_drafts(self, typed: Sequence[tuple[Question, JsonObject]]) -> None:
        """Keep what was decided on several questions as drafts; durable when this returns.

        Raises JournalFailed, Unreachable.
        """
        for target, places in _by_target(question for question, _ in typed).items():
            await self._named(target).drafts.save_all([typed[place] for place in places])


def _item_of(to_send: ToSend) -> Item:
    """Return the breakpoint, or the first question."""
    return to_send if isinstance(to_send, Breakpoint) else to_send[0][0]


def _by_target(items: Iterable[Item]) -> dict[str, list[int]]:
    """Return the places of the items of each target."""
    by_target: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        by_target.setdefault(_waiting(item).target, []).append(place)
    return by_target


def _waiting(item: Item | Waiting) -> Waiting:
    return item.interrupt if isinstance(item, Question) else item


def _of_target(item: Item | Waiting, on_progress: OnProgress) -> OnProgress:
    """Return a function that gets the progress of a run, with the target of the item in it."""
    target = _waiting(item).target

    def progressed(progress: Progress) -> None:
        on_progress(replace(progress, target=target))

    return progressed
