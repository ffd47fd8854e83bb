"""The events of an inbox, each told once: written down when they are noticed, then told.

A reader that starts again gets what happened meanwhile: what waits is compared with what was known.
"""

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Mapping,
    Sequence,
)
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hitl_engine.concurrency import together
from hitl_engine.deciding.answerers import Answerers
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.errors import NotThere, TargetError
from hitl_engine.journal.event_log import EventLog, ItemKey, item_key
from hitl_engine.model import (
    Inbox,
    InboxEvent,
    InboxEventKind,
    Interrupt,
    RuledAnswer,
    ThreadStatus,
    ThreadView,
    Waiting,
)
from hitl_engine.watching.inbox_changes import KnownItems
from hitl_engine.watching.ruled_items import LOOK_SECONDS, RuledItems

_BATCH = 100
"""Events told together."""
_READERS = 8
"""Ends of items that are looked up at one time."""
_AGAIN_SECONDS = 1.0
"""After so long, an item whose end is not clear yet is looked up again."""
_ENDING = timedelta(seconds=10)
"""So long the end of an item is waited for that rules answered, before a reader is told all."""
_LONGEST_SECONDS = 3600.0
"""The longest wait: a clock may be set while we wait for a deadline."""


class InboxEvents:
    """The events of one inbox for one reader."""

    def __init__(
        self,
        log: EventLog,
        reviews: Reviews,
        answerers: Answerers,
        read_thread: Callable[[str], Awaitable[ThreadView]],
        watch: Callable[[], AsyncGenerator[Inbox]],
        ruled: RuledItems | None = None,
    ) -> None:
        """`ruled`: what standing rules answer while the inbox is followed."""
        self._log = log
        self._ruled = ruled
        self._watch = watch
        self._answerers = answerers
        self._read_thread = read_thread
        self._known = KnownItems(reviews.fingerprint_of, reviews.deadline_of)
        self._ruled_at = _now()
        """When an answer by rules ended last."""
        self._unclear = False
        """Whether items are missing whose end is not known yet."""

    async def told(self, event: InboxEvent) -> None:
        """Write down that this event and all before it were told. Raises JournalFailed."""
        await self._log.set_told(self._log.number_of(event.cursor))

    async def follow(
        self,
        *,
        since: str | None = None,
        from_now: bool = False,
        ahead: timedelta = timedelta(),
        once: bool = False,
        on_error: Callable[[str], None] = lambda _: None,
        on_fault: Callable[[str], None] = lambda _: None,
    ) -> AsyncGenerator[tuple[InboxEvent, ...]]:
        """Yield the events that were not told yet, some at a time, and then new ones as they come.

        `since` is a cursor: everything after it is told, even if it was told before. `from_now`:
        what waits already is not told. `ahead`: how long before a deadline it is told. `once`: end
        when everything was told. `on_error` is told why the inbox cannot be read, and gets an empty
        text when it can be again; so is `on_fault`, of the file of standing rules. Raises BadInput for
        an unknown cursor, JournalFailed.
        """
        if since is not None:
            await self._log.go_to(since)
        self._known.take_all([event async for event in self._log.waiting()])
        error = fault = ""
        async with aclosing(self._looks(ahead)) as looks:
            async for inbox in looks:
                if (inbox.error or "") != error:
                    error = inbox.error or ""
                    on_error(error)
                await self._notice(inbox, ahead)
                if self._ruled is not None and self._ruled.fault != fault:
                    fault = self._ruled.fault
                    on_fault(fault)
                is_complete = not (inbox.error or inbox.unread)
                if from_now:
                    await self._log.set_told(await self._log.newest())
                    from_now = not is_complete
                async for events in self._untold():
                    yield events
                await self._log.tidy()
                is_ruling = self._is_ending or (self._ruled is not None and self._ruled.tasks)
                if once and is_complete and not self._unclear and not is_ruling:
                    return

    async def _looks(self, ahead: timedelta) -> AsyncGenerator[Inbox]:
        """Yield each inbox, and the last one again when time alone makes something happen."""
        inboxes = self._watch()
        following = asyncio.ensure_future(anext(inboxes))
        last: Inbox | None = None
        try:
            while True:
                wait = self._known.until_due(_now(), ahead)
                limits = [
                    wait,
                    _AGAIN_SECONDS if self._unclear or self._is_ending else None,
                    _LONGEST_SECONDS,
                ]
                seconds = min(limit for limit in limits if limit is not None)
                await self._until_news(following, seconds if last else None)
                if following.done():
                    last = following.result()
                    following = asyncio.ensure_future(anext(inboxes))
                assert last is not None, "the first inbox is waited for"
                yield last
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            await inboxes.aclose()

    async def _until_news(self, following: "asyncio.Future[Inbox]", seconds: float | None) -> None:
        """Wait for the next inbox, for an answer by rules, or for other rules; at most so long."""
        if self._ruled is None or seconds is None:
            await asyncio.wait({following}, timeout=seconds)
            return
        while seconds > 0:
            pause = min(seconds, LOOK_SECONDS)
            awaited: set[asyncio.Future[Any]] = {following, *self._ruled.tasks}
            done, _ = await asyncio.wait(
                awaited,
                timeout=pause,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if done or self._ruled.has_news:
                return
            seconds -= pause

    async def _notice(self, inbox: Inbox, ahead: timedelta) -> None:
        """Write down what happened up to this look."""
        await self._add(self._by_rules())
        missing = [item for item in self._known.missing(inbox) if not self._is_answering(item)]
        endings = await self._endings(missing)
        self._unclear = len(endings) < len(missing)
        fresh = self._known.fresh(inbox, _now())
        left = await self._chosen(inbox, {item_key(event.item) for event in fresh})
        await self._add(await self._ruled_before([event.item for event in endings]))
        await self._add([*endings, *(self._as_ruled(event, left) for event in fresh)])
        await self._add(self._left(inbox, left))
        await self._add(self._known.due(_now(), ahead))
        if self._ruled is not None:
            self._ruled.start()  # after it is on disk which items these are

    # Standing rules

    def _by_rules(self) -> list[InboxEvent]:
        """Return what came of the answers by rules that have ended."""
        ended = self._ruled.ended() if self._ruled is not None else []
        self._ruled_at = _now() if ended else self._ruled_at
        return [
            InboxEvent(
                InboxEventKind.RULED if answer.rules else InboxEventKind.WAITING,
                item,
                _now(),
                answer=answer,
            )
            for item, answer in ended
            if answer.rules or item_key(item) in self._known.matched
        ]

    async def _ruled_before(self, ended: Sequence[Waiting]) -> list[InboxEvent]:
        """Return what an earlier watch did by rules and did not tell, of items that ended since."""
        if self._ruled is None:
            return []
        unsure = [item for item in ended if item_key(item) in self._known.matched]
        answers = [(item, await self._ruled.sent_before(item)) for item in unsure]
        return [
            InboxEvent(InboxEventKind.RULED, item, _now(), answer=answer)
            for item, answer in answers
            if answer is not None
        ]

    async def _chosen(self, inbox: Inbox, fresh: Collection[ItemKey]) -> Mapping[ItemKey, str]:
        """Let the rules choose what they answer; return why they leave others to a person."""
        if self._ruled is None or inbox.error is not None:
            return {}
        ruled = self._known.ruled.keys() - fresh
        return await self._ruled.choose(
            [item for item in inbox.items if item_key(item) not in ruled] if ruled else inbox.items
        )

    def _as_ruled(self, event: InboxEvent, left: Mapping[ItemKey, str]) -> InboxEvent:
        """Return the event of an item that is new, with what the rules say about it."""
        if self._is_answering(event.item):
            return replace(event, kind=InboxEventKind.MATCHED)
        why = left.get(item_key(event.item), "")
        return replace(event, answer=RuledAnswer(why=why)) if why else event

    def _left(self, inbox: Inbox, left: Mapping[ItemKey, str]) -> list[InboxEvent]:
        """Return that items wait for a person which an earlier watch was about to answer by rules."""
        matched = self._known.matched
        why_not = (self._ruled.fault if self._ruled else "") or "no rule matches it now."
        items = [item for item in inbox.items if item_key(item) in matched] if matched else []
        return [
            InboxEvent(
                InboxEventKind.WAITING,
                item,
                _now(),
                answer=RuledAnswer(why=left.get(item_key(item), why_not)),
            )
            for item in items
            if not self._is_answering(item)
        ]

    @property
    def _is_ending(self) -> bool:
        """Whether rules answered an item just now whose end is not told yet."""
        return self._known.is_ending and _now() - self._ruled_at < _ENDING

    def _is_answering(self, item: Waiting) -> bool:
        return self._ruled is not None and self._ruled.is_answering(item)

    async def _add(self, events: Sequence[InboxEvent]) -> None:
        if events:
            await self._log.add(events)
            self._known.take_all(events)

    async def _untold(self) -> AsyncIterator[tuple[InboxEvent, ...]]:
        number = self._log.told
        while events := await self._log.after(number, limit=_BATCH):
            yield events
            number = self._log.number_of(events[-1].cursor)

    async def _endings(self, missing: Sequence[Waiting]) -> list[InboxEvent]:
        """Return an event for each item that no longer waits, as far as its end is clear."""
        slots = asyncio.Semaphore(_READERS)

        async def one(item: Waiting) -> InboxEvent | None:
            async with slots:
                try:
                    return await self._ending(item)
                except TargetError:
                    return None

        found = await together(one(item) for item in missing)
        return [event for event in found if event is not None]

    async def _ending(self, item: Waiting) -> InboxEvent | None:
        """Return how an item ended; None if it is not clear yet. Raises TargetError."""
        try:
            thread = await self._read_thread(item.thread_id)
        except NotThere:
            return InboxEvent(InboxEventKind.GONE, item, _now(), thread_status="deleted")
        if item_key(item) in {item_key(waiting) for waiting in thread.waiting}:
            return None  # the next look finds it again
        status = thread.status.value
        by = await self._answerers.of(item) if isinstance(item, Interrupt) else None
        if by is not None:
            return InboxEvent(InboxEventKind.ANSWERED, item, _now(), by=by, thread_status=status)
        if isinstance(item, Interrupt) and thread.status is ThreadStatus.BUSY:
            return None  # some servers tell only afterwards what a run answered
        return InboxEvent(InboxEventKind.GONE, item, _now(), thread_status=status)


def _now() -> datetime:
    return datetime.now(UTC)
