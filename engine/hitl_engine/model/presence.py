"""Who is on a thread: which consoles have it open, and who has claimed it. Names are untrusted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the server names them; where it knows no name, as their own console does."""

    name: str
    named_by: Literal["server", "client"]


@dataclass(frozen=True, slots=True)
class OpenConsole:
    """A console that has a thread open."""

    console: str
    """An id that this console alone has."""
    person: Person
    since: datetime
    role: str = ""
    """What the person is limited to, as `viewer`; empty for no limit."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That a person has taken a thread, until they or somebody else answers, or until a time."""

    id: str
    person: Person
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """Who else has a thread open, and who has claimed it."""

    consoles: tuple[OpenConsole, ...] = ()
    """Those of others: without the console that reads it."""
    claim: Claim | None = None
    is_mine: bool = False
    """Whether the claim is that of the person who reads it."""

    @property
    def others_claim(self) -> Claim | None:
        """The claim, if it is that of somebody else."""
        return None if self.is_mine else self.claim

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all who are on the thread, each once, the holder of the claim first."""
        holder = [self.claim.person.name] if self.claim is not None else []
        return tuple(dict.fromkeys([*holder, *(each.person.name for each in self.consoles)]))


NOBODY = Presence()
ThreadKey: TypeAlias = tuple[str, str]
"""Target and thread: threads of several targets may have the same id."""
