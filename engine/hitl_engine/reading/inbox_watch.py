"""Watching the inbox: looking again when the server reports changes, or after a while."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace

from hitl_engine.errors import TargetError
from hitl_engine.model import Inbox, Interrupt, Presence, ThreadKey, TwoReviewers
from hitl_engine.reading.change_feed import ChangeFeed
from hitl_engine.reading.client import StreamEvent
from hitl_engine.reading.told_presence import ToldPresence

_LOOK_SECONDS = 1.0
"""Seconds between two looks at the inbox."""
_LONGEST_PAUSE = 15.0
"""Seconds between two attempts to reach a server."""


async def watch_inbox(
    look: Callable[[frozenset[str]], Awaitable[Inbox]],
    changes: Callable[[], AsyncIterator[StreamEvent] | None],
    recover: Callable[[], Awaitable[object]],
    told: ToldPresence,
    presence: Callable[[], Mapping[ThreadKey, Presence]],
) -> AsyncGenerator[Inbox]:
    """Yield the inbox at once, and then whenever it has changed; never raises TargetError.

    `look` reads it, given the threads that are known to have changed; `changes` opens the server's
    feed; `recover` is called after a look that failed. While the server cannot be reached the old items are
    yielded with `error` set. `told` gets who is on which thread, and `presence` returns it: that alone
    is no reason to look.
    """
    last: Inbox | None = None
    pause = _LOOK_SECONDS
    named: frozenset[str] = frozenset()
    async with ChangeFeed(changes, told) as feed:
        while True:
            try:
                inbox = await look(named)
                pause = _LOOK_SECONDS
            except TargetError as error:
                inbox = replace(last or Inbox(items=(), busy=0), error=str(error))
                pause = min(pause * 2, _LONGEST_PAUSE)
            if last is None or inbox != last or _answered(inbox) != _answered(last):
                last = inbox
                yield inbox
            if inbox.unread and inbox.error is None:
                named = frozenset()
                continue
            while (changed := await feed.wait(pause)) is None:
                inbox = replace(inbox, presence=presence())
                if inbox != last:
                    last = inbox
                    yield inbox
            named = changed
            if inbox.error is not None:
                await recover()


def _answered(inbox: Inbox) -> list[TwoReviewers | None]:
    """Return what reviewers have answered; items are equal without it."""
    return [item.two_reviewers for item in inbox.items if isinstance(item, Interrupt)]
