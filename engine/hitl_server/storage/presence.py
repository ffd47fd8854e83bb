"""Which consoles have a thread open, and who has claimed it: told to other clients, and no more.

Nothing here decides what a request may do. Open consoles are kept in memory: each renews its lease as
long as it shows the thread. Claims last longer than a process, so they are also rows of a table. There
is no work while nobody comes or goes: one timer runs until the next lease or claim ends.
"""

import asyncio
import sqlite3
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

from hitl_server.json_types import JsonObject
from hitl_server.refusals import Refusal
from hitl_server.storage.change_feed import ChangeFeed

LEASE = timedelta(seconds=45)
"""How long a console counts as open after it was last heard of."""
CLAIM = timedelta(minutes=30)
_TELL = 0.5
"""Seconds for which changes are collected: many consoles may come and go at one moment."""
_MOST = 10_000
"""The most leases of a server."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a client is; `client`: only the client itself says so."""

    name: str
    named_by: Literal["server", "client"]

    def to_json(self) -> JsonObject:
        """Return the fields that clients get."""
        return {"name": self.name, "named_by": self.named_by}


@dataclass(slots=True)
class _Lease:
    since: datetime
    until: datetime
    role: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """That a person has taken a thread until a time, unless another one knowingly takes it over."""

    person: Person
    since: datetime
    until: datetime
    id: str = field(default_factory=lambda: str(uuid4()))

    def to_json(self) -> JsonObject:
        """Return the fields that clients get."""
        since, until = self.since.isoformat(), self.until.isoformat()
        return {"id": self.id, **self.person.to_json(), "since": since, "until": until}


class Presence:
    """The open consoles and the claims of all threads. Use it on the event loop."""

    def __init__(self, changes: ChangeFeed, claims: dict[str, Claim]) -> None:
        self._changes = changes
        self._claims = claims
        self._leases: dict[str, dict[tuple[str, Person], _Lease]] = {}
        """By thread: the id of a console and its person."""
        self._count = 0
        self._changed: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        if claims:
            self._wait_for_end()

    def of(self, thread_id: str) -> JsonObject | None:
        """Return the consoles that have a thread open, and its claim; None without any of them."""
        if thread_id not in self._leases and thread_id not in self._claims:
            return None  # as for nearly all rows of a list
        self._end(datetime.now(UTC), thread_id)
        leases, claim = self._leases.get(thread_id), self._claims.get(thread_id)
        if not leases and not claim:
            return None
        consoles = [
            {
                "console": console,
                **person.to_json(),
                "since": lease.since.isoformat(),
                **({"role": lease.role} if lease.role else {}),
            }
            for (console, person), lease in (leases or {}).items()
        ]
        return {"consoles": consoles, "claim": claim and claim.to_json()}

    @property
    def threads(self) -> frozenset[str]:
        """The threads that are open somewhere, or claimed."""
        return frozenset((*self._leases, *self._claims))

    # Consoles

    def enter(self, thread_id: str, console: str, person: Person, role: str | None) -> JsonObject:
        """Note for the time of a lease that a console has a thread open; return it as JSON.

        Raises `Refusal` (429) if too many consoles are open.
        """
        time = datetime.now(UTC)
        leases = self._leases.get(thread_id, {})
        lease = leases.get((console, person))
        if lease is None or lease.until <= time:
            if self._count >= _MOST:
                raise Refusal(429, f"{_MOST} consoles are open. Try again later.")
            lease = _Lease(time, time, role)
            self._count += (console, person) not in leases
            self._leases.setdefault(thread_id, {})[console, person] = lease
            self._tell(thread_id)
        lease.until = time + LEASE
        self._wait_for_end()
        return {**person.to_json(), "seconds": LEASE.total_seconds()}

    def leave(self, thread_id: str, console: str, person: Person) -> None:
        """Note that a console no longer has a thread open."""
        leases = self._leases.get(thread_id, {})
        if leases.pop((console, person), None) is not None:
            self._count -= 1
            if not leases:
                del self._leases[thread_id]
            self._tell(thread_id)

    # Claims

    def check_claim(self, thread_id: str, person: Person, instead_of: str | None) -> Claim:
        """Return the claim of a person who takes a thread; it begins with `write_claim`.

        Raises `Refusal` (409), with the claim of another person, unless `instead_of` is its id.
        """
        time = datetime.now(UTC)
        self._end(time, thread_id)
        claim = self._claims.get(thread_id)
        if claim is not None and claim.person == person:
            return replace(claim, until=time + CLAIM)
        if claim is not None and claim.id != instead_of:
            raise claimed(claim)
        return Claim(person, time, time + CLAIM)

    def check_release(self, thread_id: str, person: Person) -> None:
        """Raise `Refusal` (409) if another person has claimed a thread."""
        self._end(datetime.now(UTC), thread_id)
        claim = self._claims.get(thread_id)
        if claim is not None and claim.person != person:
            raise claimed(claim)

    def set_claim(self, thread_id: str, claim: Claim | None) -> None:
        """Note the claim of a thread, as its row has it; None: there is none."""
        before = self._claims.pop(thread_id, None)
        if claim is not None:
            self._claims[thread_id] = claim
            self._wait_for_end()
        if before is not claim:
            self._tell(thread_id)

    def forget(self, thread_id: str) -> None:
        """Forget a thread that was deleted."""
        if thread_id in self.threads:
            self._count -= len(self._leases.pop(thread_id, ()))
            self.set_claim(thread_id, None)
            self._tell(thread_id)

    # Time

    def _end(self, time: datetime, thread_id: str) -> None:
        """End the leases and the claim of a thread whose time is over."""
        leases, claim = self._leases.get(thread_id), self._claims.get(thread_id)
        if leases:
            for console, person in [key for key, lease in leases.items() if lease.until <= time]:
                self.leave(thread_id, console, person)
        if claim is not None and claim.until <= time:
            self.set_claim(thread_id, None)

    def _end_all(self) -> None:
        self._timer = None
        time = datetime.now(UTC)
        for thread_id in self.threads:
            self._end(time, thread_id)
        self._wait_for_end()

    def _wait_for_end(self) -> None:
        """Wait until the next lease or claim ends, unless something is waited for already."""
        if self._timer is None and (self._leases or self._claims):
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._seconds_left(), self._end_all)

    def _seconds_left(self) -> float:
        ends = [lease.until for leases in self._leases.values() for lease in leases.values()]
        ends += [claim.until for claim in self._claims.values()]
        left = (min(ends) - datetime.now(UTC)).total_seconds()
        return min(max(left, 1), LEASE.total_seconds())  # a new lease ends before an old claim

    # Telling

    def _tell(self, thread_id: str) -> None:
        if not self._changed:
            asyncio.get_running_loop().call_later(_TELL, self._tell_now)
        self._changed.add(thread_id)

    def _tell_now(self) -> None:
        changed, self._changed = self._changed, set()
        self._changes.tell_presence(changed)


def claimed(claim: Claim) -> Refusal:
    """Another person has claimed the thread."""
    return Refusal(409, f"{claim.person.name} has claimed this thread.", claim=claim.to_json())


def read_claims(connection: sqlite3.Connection) -> dict[str, Claim]:
    """Return the claims in the table, by thread; those whose time is over are removed."""
    connection.execute("DELETE FROM claims WHERE until <= ?", (datetime.now(UTC).isoformat(),))
    connection.commit()
    rows = connection.execute("SELECT thread_id, id, name, named_by, since, until FROM claims")
    return {
        thread_id: Claim(
            Person(name, named_by), datetime.fromisoformat(since), datetime.fromisoformat(until), id
        )
        for thread_id, id, name, named_by, since, until in rows
    }


def write_claim(connection: sqlite3.Connection, thread_id: str, claim: Claim | None) -> None:
    """Replace the claim of a thread inside a transaction, or remove it."""
    connection.execute("DELETE FROM claims WHERE thread_id = ?", (thread_id,))
    if claim is not None:
        person, since, until = claim.person, claim.since.isoformat(), claim.until.isoformat()
        row = (thread_id, claim.id, person.name, person.named_by, since, until)
        connection.execute("INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?)", row)
