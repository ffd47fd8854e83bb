"""The journal: drafts and decisions on disk, in a SQLite database of their own.

A decision is a few append-only rows: `intend` before anything is sent, `conclude` with what was
read back. A row that cannot be made durable raises, and then nothing is sent. Drafts are
mutable, one for each interrupt; the question that takes the place of one that is gone (asked anew,
under another id) takes its draft over.
"""

import getpass
import json
import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import cast
from uuid import uuid4

import aiosqlite

from hitl_engine.errors import JournalFailed
from hitl_engine.fingerprint import digest
from hitl_engine.model import (
    Draft,
    Event,
    Interrupt,
    JsonObject,
    JsonValue,
    LogEntry,
    Outcome,
    OutcomeKind,
    Question,
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS decision (
    seq INTEGER PRIMARY KEY,
    decision_id TEXT NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('intend', 'conclude')),
    at TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS decision_by_id ON decision (decision_id);
CREATE INDEX IF NOT EXISTS decision_by_thread ON decision (json_extract(body, '$.thread_id'))
    WHERE event = 'intend';
CREATE TABLE IF NOT EXISTS draft (
    server TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    interrupt_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    saved TEXT NOT NULL,
    content TEXT NOT NULL,
    asked TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (server, thread_id, interrupt_id)
);
"""
_ADDED = "ALTER TABLE draft ADD COLUMN asked TEXT NOT NULL DEFAULT ''"
"""For journals of before there was such a column."""

_DURABLE = {"journal_mode": ("wal", "wal"), "synchronous": ("FULL", 2)}
"""Setting -> (what is asked for, what must be read back)."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be sent."""

    event: Event
    server: str
    graph_id: str
    thread_id: str
    decision: str
    node: str = ""
    interrupt_id: str | None = None
    fingerprint: str | None = None
    task_id: str = ""
    asked: str = ""
    """What was asked and by which node, as `asked_of` tells it."""
    answer: JsonValue = None
    decision_id: str = field(default_factory=lambda: str(uuid4()))
    sent_as: str = ""
    """The decision in whose name it is sent, where several are sent as one; else its own."""

    @property
    def mark(self) -> str:
        """What the run bears, and so the checkpoints that it writes."""
        return self.sent_as or self.decision_id


class Journal:
    """One journal database; open it with `open_journal`."""

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    async def intend(self, *intents: Intent) -> None:
        """Record what is about to be sent; all or none is durable. Raises JournalFailed."""
        who = _who()
        try:
            await self._append("intend", {each.decision_id: _body(each, who) for each in intents})
        except JournalFailed as error:
            error.kept = "Nothing was sent."
            raise

    async def conclude(self, intent: Intent, outcome: Outcome, run_id: str | None) -> None:
        """Record what came of it. Raises JournalFailed."""
        body: JsonObject = {"outcome": outcome.kind.value, "why": outcome.why, "run_id": run_id}
        if outcome.stuck:
            body["stuck"] = True
        if outcome.mismatches:
            body["divergences"] = list(outcome.mismatches)
        await self._append("conclude", {intent.decision_id: body})

    async def is_stuck(self, thread_id: str, interrupt_id: str) -> bool:
        """Whether an answer to this question was found to be stuck."""
        rows = await self._rows(
            """SELECT 1 FROM decision AS intend JOIN decision AS conclude
                    ON conclude.decision_id = intend.decision_id AND conclude.event = 'conclude'
               WHERE intend.event = 'intend'
                   AND json_extract(intend.body, '$.thread_id') = ?
                   AND json_extract(intend.body, '$.interrupt_id') = ?
                   AND json_extract(conclude.body, '$.stuck') LIMIT 1""",
            (thread_id, interrupt_id),
        )
        return bool(rows)

    async def answered(self, interrupt: Interrupt) -> datetime | None:
        """Return when an answer of ours to the same, asked by the same task, was applied last."""
        rows = await self._rows(
            """SELECT intend.at FROM decision AS intend JOIN decision AS conclude
                    ON conclude.decision_id = intend.decision_id AND conclude.event = 'conclude'
               WHERE intend.event = 'intend'
                   AND json_extract(intend.body, '$.thread_id') = ?
                   AND json_extract(intend.body, '$.event') = 'answer'
                   AND json_extract(intend.body, '$.task_id') = ?
                   AND json_extract(intend.body, '$.asked') = ?
                   AND json_extract(conclude.body, '$.outcome') = ?
               ORDER BY intend.seq DESC LIMIT 1""",
            (
                interrupt.thread_id,
                interrupt.task_id,
                asked_of(interrupt),
                OutcomeKind.APPLIED.value,
            ),
        )
        return datetime.fromisoformat(rows[0][0]) if rows else None

    async def log(self, *, limit: int) -> tuple[LogEntry, ...]:
        """Return the newest `limit` decisions, newest first."""
        rows = await self._rows(
            """SELECT intend.decision_id, intend.at, intend.body, conclude.body
               FROM decision AS intend
               LEFT JOIN decision AS conclude
                    ON conclude.decision_id = intend.decision_id AND conclude.event = 'conclude'
               WHERE intend.event = 'intend' ORDER BY intend.seq DESC LIMIT ?""",
            (limit,),
        )
        return tuple(_entry(*row) for row in rows)

    async def save_draft(self, server: str, question: Question, content: JsonObject) -> None:
        """Keep what was typed; durable when this returns. Raises JournalFailed."""
        interrupt = question.interrupt
        await self._write(
            """INSERT OR REPLACE INTO draft
               (server, thread_id, interrupt_id, fingerprint, saved, content, asked)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (
                *_draft_key(server, interrupt),
                question.fingerprint,
                datetime.now(UTC).isoformat(),
                json.dumps(content),
                asked_of(interrupt),
            ),
        )

    async def draft(self, server: str, question: Question) -> Draft | None:
        """Return what was typed for this interrupt, whatever it asked then."""
        rows = await self._rows(
            """SELECT fingerprint, saved, content, asked FROM draft
               WHERE server = ? AND thread_id = ? AND interrupt_id = ?""",
            _draft_key(server, question.interrupt),
        )
        for fingerprint, saved, content, asked in rows:
            return Draft(
                fingerprint=fingerprint,
                thread_id=question.interrupt.thread_id,
                interrupt_id=question.interrupt.interrupt_id,
                content=json.loads(content),
                unchanged=fingerprint == question.fingerprint
                or asked == asked_of(question.interrupt),
                saved=datetime.fromisoformat(saved),
            )
        return None

    async def alike(self, server: str, interrupt: Interrupt) -> tuple[str, ...]:
        """Return the other interrupts of this thread with a draft whose node asked the same.

        The one that was typed last comes first.
        """
        rows = await self._rows(
            """SELECT interrupt_id FROM draft
               WHERE server = ? AND thread_id = ? AND interrupt_id != ? AND asked = ?
               ORDER BY saved DESC""",
            (*_draft_key(server, interrupt), asked_of(interrupt)),
        )
        return tuple(interrupt_id for (interrupt_id,) in rows)

    async def hand_over(self, server: str, gone: str, interrupt: Interrupt) -> None:
        """Let `interrupt` have the draft of one that is gone. Raises JournalFailed."""
        server, thread_id, interrupt_id = _draft_key(server, interrupt)
        await self._write(
            """UPDATE OR REPLACE draft SET interrupt_id = ?
               WHERE server = ? AND thread_id = ? AND interrupt_id = ?""",
            (interrupt_id, server, thread_id, gone),
        )

    async def discard_draft(self, server: str, interrupt: Interrupt) -> None:
        """Forget what was typed for this interrupt. Raises JournalFailed."""
        await self._write(
            "DELETE FROM draft WHERE server = ? AND thread_id = ? AND interrupt_id = ?",
            _draft_key(server, interrupt),
        )

    async def discard_drafts_of_the_gone(
        self, server: str, waiting: Collection[Interrupt], *, older_than: timedelta
    ) -> None:
        """Forget what was typed for questions that wait no more, and are not asked anew.

        `older_than` counts from when it was typed last. Raises JournalFailed.
        """
        limit = (datetime.now(UTC) - older_than).isoformat()
        old = await self._rows(
            "SELECT thread_id, interrupt_id, asked FROM draft WHERE server = ? AND saved < ?",
            (server, limit),
        )
        threads = {thread_id for thread_id, _, _ in old}
        there = [asked for asked in waiting if asked.thread_id in threads]
        known = {(asked.thread_id, asked.interrupt_id) for asked in there}
        anew = {(asked.thread_id, asked_of(asked)) for asked in there}
        for thread_id, interrupt_id, asked in old:
            if (thread_id, interrupt_id) not in known and (thread_id, asked) not in anew:
                await self._write(
                    """DELETE FROM draft
                       WHERE server = ? AND thread_id = ? AND interrupt_id = ? AND saved < ?""",
                    (server, thread_id, interrupt_id, limit),
                )

    async def _append(self, event: str, bodies: dict[str, JsonObject]) -> None:
        """Add a row for each decision, in one statement, which is one transaction."""
        at = datetime.now(UTC).isoformat()
        rows = [(each, event, at, json.dumps(body)) for each, body in bodies.items()]
        places = ", ".join(["(?, ?, ?, ?)"] * len(rows))
        await self._write(
            f"INSERT INTO decision (decision_id, event, at, body) VALUES {places}",
            chain.from_iterable(rows),
        )

    async def _write(self, sql: str, values: Iterable[str]) -> None:
        try:
            await self._connection.execute(sql, tuple(values))
        except sqlite3.Error as error:
            raise _failed(self._path, error) from error

    async def _rows(self, sql: str, values: tuple[str | int, ...]) -> list[tuple[str, ...]]:
        try:
            rows = await self._connection.execute_fetchall(sql, values)
        except sqlite3.Error as error:
            raise _failed(self._path, error) from error
        return cast("list[tuple[str, ...]]", list(rows))


@asynccontextmanager
async def open_journal(folder: Path) -> AsyncIterator[Journal]:
    """Open the journal in `folder`, made if it is new, with mode 0600. Raises JournalFailed."""
    path = folder / "journal.sqlite"
    try:
        _make_private(path, os.O_CREAT)
        for beside in ("-wal", "-shm"):  # SQLite gives new ones the mode of the database
            with suppress(FileNotFoundError):
                _make_private(path.with_name(path.name + beside))
        connection = await aiosqlite.connect(path, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _failed(path, error) from error
    try:
        await _prepare(connection, path)
        yield Journal(connection, path)
    finally:
        await connection.close()


def _make_private(path: Path, flags: int = 0) -> None:
    """Give a file of ours mode 0600; a link or somebody else's file is an OSError.

    A file that has it is not opened: closing one would end the locks that SQLite holds on it.
    """
    if not flags and not path.lstat().st_mode & 0o077:
        return
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | flags, 0o600)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
            raise PermissionError(f"{path.name} is not a file of yours")
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


async def _prepare(connection: aiosqlite.Connection, path: Path) -> None:
    """Make every statement a durable transaction of its own, and see that SQLite agreed."""
    try:
        for setting, (asked, expected) in _DURABLE.items():
            await connection.execute(f"PRAGMA {setting} = {asked}")
            ((seen,),) = await connection.execute_fetchall(f"PRAGMA {setting}")
            if seen != expected:
                raise sqlite3.OperationalError(f"{setting} is {seen}, not {expected}")
        await connection.executescript(_SCHEMA)
        columns = await connection.execute_fetchall("PRAGMA table_info(draft)")
        if "asked" not in [column[1] for column in columns]:
            await connection.execute(_ADDED)
    except sqlite3.Error as error:
        raise _failed(path, error) from error


def _who() -> str:
    """Return the user's name, or the number of one who has none (as in a container)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _body(intent: Intent, who: str) -> JsonObject:
    return {
        "who": who,
        "event": intent.event,
        "server": intent.server,
        "graph_id": intent.graph_id,
        "thread_id": intent.thread_id,
        "node": intent.node,
        "interrupt_id": intent.interrupt_id,
        "fingerprint": intent.fingerprint,
        "task_id": intent.task_id,
        "asked": intent.asked,
        "decision": intent.decision,
        "answer": intent.answer,
        "sent_as": intent.mark,
    }


def asked_of(interrupt: Interrupt) -> str:
    """Return the digest of what is asked and by which node, under whatever id."""
    return digest([interrupt.node, interrupt.payload, interrupt.response_schema])


def _draft_key(server: str, interrupt: Interrupt) -> tuple[str, str, str]:
    return server, interrupt.thread_id, interrupt.interrupt_id


def _entry(decision_id: str, at: str, intend: str, conclude: str | None) -> LogEntry:
    body = json.loads(intend)
    end = json.loads(conclude) if conclude else {}
    return LogEntry(
        decision_id=decision_id,
        at=datetime.fromisoformat(at),
        who=body["who"],
        event=body["event"],
        server=body["server"],
        graph_id=body["graph_id"],
        thread_id=body["thread_id"],
        node=body["node"],
        interrupt_id=body["interrupt_id"],
        decision=body["decision"],
        answer=body["answer"],
        sent_as=body.get("sent_as", decision_id),
        outcome=OutcomeKind(end["outcome"]) if end else None,
        why=end.get("why", "No outcome was recorded."),
        mismatches=tuple(end.get("divergences", ())),
    )


def _failed(path: Path, error: Exception) -> JournalFailed:
    return JournalFailed(
        f"The journal {path} cannot be used: {error}.",
        hint="Free the disk, or choose another folder with --data-dir.",
    )
