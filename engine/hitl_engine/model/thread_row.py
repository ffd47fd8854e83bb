"""The threads of a server as a list: which there are, whatever their status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hitl_engine.model.json import JsonObject
from hitl_engine.model.thread import ThreadStatus, Waiting


class ThreadGroup(StrEnum):
    """The groups into which every server divides its threads."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """Which threads are listed: those that match all of this."""

    group: ThreadGroup | None = None
    """None: all of them."""
    graph_id: str = ""
    metadata: JsonObject = field(default_factory=dict)
    """What the metadata of a thread must contain."""


ALL_THREADS = ThreadFilter()


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread in a list of threads; what it waits for may be known only in part."""

    thread_id: str
    graph_id: str
    """Empty if nothing has run on it."""
    status: ThreadStatus
    created_at: datetime | None
    updated_at: datetime | None
    """When anything of it changed, by the server's clock."""
    waiting: tuple[Waiting, ...] = ()
    """What waits on it: questions without what their messages tell, or a breakpoint."""
    error: str | None = None
    """What its last run failed with. Untrusted text, like the metadata."""
    metadata: JsonObject = field(default_factory=dict)
    doubt: str = ""
    """Why it could not be read, so that its status may be another one; mostly empty."""


@dataclass(frozen=True, slots=True)
class PageMark:
    """The end of a page of threads, after which the next one begins."""

    offset: int
    thread_id: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A part of the list of threads, last changed first.

    The list changes while it is read: a row may come again on a later page.
    """

    rows: tuple[ThreadRow, ...]
    end: PageMark | None
    """None if nothing comes after this page."""


@dataclass(frozen=True, slots=True)
class ThreadCounts:
    """How many threads a server has."""

    total: int
    groups: Mapping[ThreadGroup, int]
