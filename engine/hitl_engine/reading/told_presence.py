"""Who is on which thread, as a server told it last: with the rows of threads, or in its feed.

Only our own server tells it (flag `presence`). While its feed is followed, the feed alone counts: a
row may be older than an event that came before it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from hitl_engine.errors import BadReply
from hitl_engine.model import NOBODY, Claim, OpenConsole, Person, Presence, in_utc

_ODD = (KeyError, TypeError, ValueError, OverflowError, AttributeError)
"""What reading an object in another shape raises."""


class ToldPresence:
    """What a server told of each thread. `me` returns the person who reads it."""

    def __init__(self, me: Callable[[], Person]) -> None:
        self._me = me
        self.console = uuid4().hex
        """The id of this console."""
        self.threads: Mapping[str, Presence] = {}
        """The threads on which somebody else is, or that are claimed; another object if it changes."""
        self._is_followed = False

    def of(self, thread_id: str) -> Presence:
        """Return who is on a thread."""
        return self.threads.get(thread_id, NOBODY)

    def take_event(self, data: Any) -> None:
        """Take an event of the feed: `{"presence": {thread: object or null}, "whole": bool}`."""
        match data:
            case {"presence": dict(told), "whole": bool(whole)}:
                self._is_followed = True
                self._keep(
                    {thread: self._presence(each) for thread, each in told.items()}, whole=whole
                )

    def feed_ended(self) -> None:
        """The feed is not followed any more: rows count again."""
        self._is_followed = False

    def take_row(self, thread_id: str, told: Any, *, is_newest: bool = False) -> None:
        """Take what the row of a thread has; None: nobody is there.

        `is_newest`: no event of the feed can be newer.
        """
        is_known = told is None and thread_id not in self.threads
        if not is_known and (is_newest or not self._is_followed):
            self._keep({thread_id: self._presence(told)})

    def take_claim(self, thread_id: str, told: Any) -> None:
        """Take the claim that this console has just made or given back; None: there is none.

        Raises BadReply if its shape is not known.
        """
        try:
            claim = _claim(told)
        except _ODD as error:
            raise BadReply("The server did not tell the claim as it should.") from error
        self._keep({thread_id: self._read(self.of(thread_id).consoles, claim)})

    def _keep(self, told: Mapping[str, Presence], *, whole: bool = False) -> None:
        merged = {**({} if whole else self.threads), **told}
        threads = {thread: each for thread, each in merged.items() if each != NOBODY}
        if threads != self.threads:
            self.threads = threads

    def _presence(self, told: Any) -> Presence:
        """Return what one object tells; nothing, if its shape is not known."""
        try:
            return self._read(map(_console, told["consoles"]), _claim(told["claim"]))
        except _ODD:
            return NOBODY

    def _read(self, consoles: Iterable[OpenConsole], claim: Claim | None) -> Presence:
        others = tuple(each for each in consoles if each.console != self.console)
        return Presence(others, claim, claim is not None and claim.person == self._me())


def _person(told: Mapping[str, Any]) -> Person:
    return Person(str(told["name"]), "server" if told["named_by"] == "server" else "client")


def _console(told: Mapping[str, Any]) -> OpenConsole:
    role = str(told.get("role") or "")
    return OpenConsole(str(told["console"]), _person(told), _time(told["since"]), role)


def _claim(told: Mapping[str, Any] | None) -> Claim | None:
    if told is None:
        return None
    return Claim(str(told["id"]), _person(told), _time(told["since"]), _time(told["until"]))


def _time(told: str) -> datetime:
    """Return a time that can be shown here. Raises as `_ODD`."""
    at = in_utc(datetime.fromisoformat(told))
    at.astimezone()  # that of the year 1 may be no time here
    return at
