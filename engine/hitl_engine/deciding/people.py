"""People on one inbox: which threads this console has open, and which its user has claimed.

Only our own server passes it on to others; on other servers nothing is sent, and nobody is known. A
thread is open for others as long as its lease is renewed, so a killed console is gone when that ends.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from hitl_engine.errors import BadInput, Conflict, HitlError, ReadOnly, TargetError
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Claim, Person, Presence, ThreadKey

_REST = 0.5
"""Seconds after which an open thread is told: whoever only passes by is not on it."""
_RENEWED = 0.4
"""The part of a lease after which it is renewed."""
_AGAIN = 15.0
"""Seconds until the next attempt, where the server cannot be reached."""
_GOODBYE = 0.5
"""The most seconds for which the end of a console waits until the server knows of it."""


class People:
    """Tells others what this console is on; `of` returns what they are on, as of the last look."""

    def __init__(self, session: ServerSession) -> None:
        self._session = session
        self._open: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def are_told(self) -> bool:
        """Whether the server passes on who is on what."""
        return self._session.supports("presence")

    @property
    def me(self) -> Person:
        """The user, as others see them."""
        return self._session.me

    @property
    def presence(self) -> Mapping[ThreadKey, Presence]:
        """Who else is on which thread."""
        return self._session.presence

    def of(self, thread_id: str) -> Presence:
        """Return who else is on a thread."""
        return self._session.told.of(thread_id)

    def caution(self, thread_id: str) -> str:
        """Return what to confirm before a thread is answered that somebody else has claimed."""
        claim = self.of(thread_id).others_claim
        return "" if claim is None else f"{claim_words(claim)}."

    # Open threads

    def open(self, thread_id: str) -> None:
        """Tell others from now on that this console has a thread open. It returns at once."""
        session = self._session
        if thread_id in self._open or not (self.are_told and session.tells_presence):
            return
        self._open[thread_id] = asyncio.create_task(self._stay(thread_id))

    def close(self, thread_id: str) -> None:
        """Tell others that this console no longer has a thread open. It returns at once."""
        if (task := self._open.pop(thread_id, None)) is not None:
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
            task.cancel()

    async def aclose(self) -> None:
        """Tell others that this console has nothing open any more, as far as that is soon done."""
        for thread_id in tuple(self._open):
            self.close(thread_id)
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=_GOODBYE)

    async def _stay(self, thread_id: str) -> None:
        is_told = False
        try:
            await asyncio.sleep(_REST)
            while True:
                is_told = True
                await asyncio.sleep(await self._enter(thread_id))
        finally:
            if is_told:
                with suppress(TargetError):
                    told = self._session.told
                    await self._session.api.leave_thread(thread_id, told.console, self._name)

    async def _enter(self, thread_id: str) -> float:
        """Renew the lease; return the seconds until that is to be done again."""
        with suppress(TargetError):  # others just do not know
            session = self._session
            seconds = await session.api.enter_thread(thread_id, session.told.console, self._name)
            return seconds * _RENEWED
        return _AGAIN

    @property
    def _name(self) -> str:
        """The name that the server is told; empty where it knows the user."""
        me = self._session.me
        return me.name if me.named_by == "client" else ""

    # Claims

    async def claim(self, thread_id: str, *, instead_of: Claim | None = None) -> Claim:
        """Take a thread for a time; `instead_of` is the claim of another person that is taken over.

        Raises Conflict if somebody else has it, with their name; BadInput on a server that does not
        pass claims on; ReadOnly, NotThere, TargetError.
        """
        self._require_claims()
        api, told = self._session.api, self._session.told
        other = instead_of.id if instead_of is not None else ""
        try:
            told.take_claim(thread_id, await api.claim_thread(thread_id, self._name, other))
        except Conflict as error:
            raise await self._claimed(thread_id, error) from error
        claim = told.of(thread_id).claim
        assert claim is not None, "it was just taken"
        return claim

    async def release(self, thread_id: str) -> None:
        """Give a thread back that was claimed here. Raises as `claim`."""
        self._require_claims()
        try:
            await self._session.api.release_thread(thread_id, self._name)
        except Conflict as error:
            raise await self._claimed(thread_id, error) from error
        self._session.told.take_claim(thread_id, None)

    def _require_claims(self) -> None:
        if self._session.server.read_only:
            raise ReadOnly
        if not self.are_told:
            raise BadInput(
                "This server does not pass on who has claimed a thread.",
                kept="Nothing was sent.",
                hint="Only hitl-tui's own server does.",
            )

    async def _claimed(self, thread_id: str, error: HitlError) -> Conflict:
        """Return the error that tells who has claimed a thread."""
        with suppress(TargetError):
            row = await self._session.api.thread(thread_id)
            self._session.told.take_row(thread_id, row.presence, is_newest=True)
        claim = self.of(thread_id).others_claim
        return Conflict(f"{claim_words(claim)}." if claim else error.what)


def claim_words(claim: Claim) -> str:
    """Return who has claimed a thread, and since when: `ada has this since 14:02`. Untrusted."""
    return f"{claim.person.name} has this since {claim.since.astimezone():%H:%M}"
