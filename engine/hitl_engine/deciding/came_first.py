"""What came first on a thread, and who sent it: for whoever is refused because of that."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from hitl_engine.deciding.answerers import Answerers
from hitl_engine.errors import (
    Conflict,
    HitlError,
    MovedOn,
    NoLongerWaits,
    NotTaken,
    OtherFirstAnswer,
    TargetError,
)
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    Interrupt,
    Outcome,
    OutcomeKind,
    Question,
    ReceivedAnswer,
    ThreadStatus,
)
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.wire import WireRun

_PAUSES_OF_RIVAL = (0.0, 0.1, 0.3)
"""Seconds before each look for the run that came first: it can be admitted, and not be written yet."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision is based on."""

    check: Callable[[Snapshot], object]
    """Raises what is wrong with a thread as it is now."""
    last_run: WireRun | None
    shown: Sequence[Interrupt] = ()
    """The questions that are answered."""


class CameFirst:
    """Looks for the run that came before ours, and tells whose it is."""

    def __init__(self, session: ServerSession, answerers: Answerers) -> None:
        self._session = session
        self._answerers = answerers

    async def with_rival(self, what: str, now: Snapshot, shown: Sequence[Question]) -> str:
        """Return why a thread is not as it was shown, with the name of who changed that, if known."""
        with suppress(TargetError):
            if given := await self._given([each.interrupt for each in shown], now):
                return f"{given.who} was faster: {_inside_a_sentence(what)}" if given.who else what
            if now.status is ThreadStatus.BUSY:
                run = await self._answerers.in_progress(now.thread_id)
                sender = await self._answerers.sender(run) if run else ""
                return f"{what} The run was sent by {sender}." if sender else what
        return what

    async def refusal(
        self, thread_id: str, asked: set[str], error: Conflict, basis: Basis | None
    ) -> HitlError:
        """Return the error that tells what came first on the thread, and who sent it if known.

        `asked`: the ids of the questions that were answered.
        """
        if isinstance(error, OtherFirstAnswer):
            return NoLongerWaits(error.what, hint=error.hint)
        seen = basis.last_run if basis else None
        now, run, given, sender = None, None, None, ""
        with suppress(TargetError):
            for pause in _PAUSES_OF_RIVAL:
                await asyncio.sleep(pause)
                now = await self._session.reader.snapshot(thread_id)
                if given := await self._given(basis.shown if basis else (), now):
                    sender = given.who
                    break
                if run := await self._came_first(seen, thread_id, asked):
                    sender = await self._answerers.sender(run)
                    break
        error.hint = "Look at the thread again."
        by = f", sent by {sender}" if sender else ""
        if now is not None and now.status is ThreadStatus.BUSY:
            error.what = f"Another run came first{by}, and is in progress on this thread."
            return error
        is_gone = now is not None and bool(asked) and asked.isdisjoint(now.pending_ids)
        if not (is_gone or isinstance(error, MovedOn)):
            error.detail = error.detail or error.what
            error.what = f"Another run came first{by}."
            return error
        faster = f"{sender} was faster" if sender else "Another reviewer was faster"
        changed = NoLongerWaits("The thread has changed since you decided.", hint=error.hint)
        if now is None or basis is None:
            changed.what = f"{faster}: {_inside_a_sentence(changed.what)}"
            return changed
        try:
            basis.check(now)
        except NotTaken as in_part:
            return in_part
        except NoLongerWaits as found:
            changed = found
        else:
            changed.what = f"Another run came first{by}, and the same waits again."
            return changed
        if run is not None or given is not None:
            changed.what = f"{faster}: {_inside_a_sentence(changed.what)}"
        return changed

    async def named(self, found: Outcome, asked: Interrupt, ours: str | None) -> Outcome:
        """Return the outcome of our run with the name of the user who answered first, if it is known."""
        if found.kind is not OutcomeKind.REFUSED:
            return found
        with suppress(TargetError):
            given = await self._answerers.given(asked, besides=ours)
            if given is not None and given.who:
                return replace(found, why=f"{given.who} answered first.")
        return found

    async def _given(self, shown: Sequence[Interrupt], now: Snapshot) -> ReceivedAnswer | None:
        """Return the answer to one of these questions; None if all still wait. Raises TargetError."""
        if now.status is not ThreadStatus.BUSY:
            waits = now.pending_ids
            here = now.checkpoint_id  # the row of a thread can be older than its state
            shown = [
                each
                for each in shown
                if each.interrupt_id not in waits or each.checkpoint_id != here
            ]
        for asked in shown:
            if (given := await self._answerers.given(asked)) is not None:
                return given
        return None

    async def _came_first(
        self, seen: WireRun | None, thread_id: str, asked: Collection[str]
    ) -> WireRun | None:
        if seen is None:
            return await self._answerers.in_progress(thread_id)
        return await self._answerers.first_since(seen, thread_id, asked)


def _inside_a_sentence(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
