"""The events of an inbox on disk, and up to which of them a reader was told.

One file for each reader. Its rows alone tell what waits: an item whose newest row is not its end. So
one statement writes the events of a look, and nothing can be half written.
"""

import fcntl
import json
import os
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from hitl_engine.errors import BadInput, JournalFailed
from hitl_engine.journal.database import JournalDatabase, open_database
from hitl_engine.journal.stored_items import restored_item, stored_item
from hitl_engine.model import (
    InboxEvent,
    InboxEventKind,
    Interrupt,
    JsonObject,
    OutcomeKind,
    RuledAnswer,
    Waiting,
)
from hitl_engine.private_files import open_private_file

_SCHEMA = """
CREATE TABLE IF NOT EXISTS inbox_event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS inbox_event_by_key ON inbox_event (key, seq);
CREATE TABLE IF NOT EXISTS reader (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    log_id TEXT NOT NULL,
    server TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0
);
"""
_KEPT = 10_000
"""So many of the newest events are kept, and all of items that wait."""

ItemKey = tuple[str, str]
"""Thread and interrupt id; empty for a breakpoint, of which a thread has one at most."""


def item_key(item: Waiting) -> ItemKey:
    """Return the key by which an item is the same when the inbox is read again."""
    return item.thread_id, item.interrupt_id if isinstance(item, Interrupt) else ""


class EventLog:
    """The events of one reader; open it with `open_event_log`. Methods raise JournalFailed."""

    def __init__(self, database: JournalDatabase, log_id: str, told: int, dropped: int) -> None:
        self._database = database
        self._log_id = log_id
        self.told = told
        """The number of the last event of which the reader was told."""
        self._dropped = dropped

    async def add(self, events: Sequence[InboxEvent]) -> None:
        """Write events down, all or none."""
        rows = [
            {
                "kind": event.kind.value,
                "key": json.dumps(item_key(event.item)),
                "at": event.at.isoformat(),
                "body": json.dumps(_body(event)),
            }
            for event in events
        ]
        await self._database.write(
            "INSERT INTO inbox_event (kind, key, at, body)"
            " SELECT json_extract(value, '$.kind'), json_extract(value, '$.key'),"
            " json_extract(value, '$.at'), json_extract(value, '$.body') FROM json_each(?)",
            [json.dumps(rows)],
        )

    async def after(self, number: int, *, limit: int) -> tuple[InboxEvent, ...]:
        """Return the oldest events after this number, at most `limit` of them."""
        rows = await self._database.rows(
            "SELECT seq, kind, at, body FROM inbox_event WHERE seq > ? ORDER BY seq LIMIT ?",
            (number, limit),
        )
        return tuple(self._event(*row) for row in rows)

    async def waiting(self) -> AsyncIterator[InboxEvent]:
        """Yield the events of all items that still wait, oldest first."""
        ends = (InboxEventKind.ANSWERED.value, InboxEventKind.GONE.value)
        rows = await self._database.rows(
            "SELECT seq, kind, at, body FROM inbox_event AS event WHERE seq > coalesce(("
            " SELECT max(seq) FROM inbox_event AS ending"
            " WHERE ending.key = event.key AND ending.kind IN (?, ?)), 0) ORDER BY seq",
            ends,
        )
        for row in rows:
            yield self._event(*row)

    async def newest(self) -> int:
        """Return the number of the newest event; 0 if there is none."""
        ((newest,),) = await self._database.rows(
            "SELECT coalesce(max(seq), 0) FROM inbox_event", ()
        )
        return int(newest)

    async def set_told(self, number: int) -> None:
        """Write down that the reader was told of all events up to this one."""
        await self._database.write("UPDATE reader SET told = ?", [str(number)])
        self.told = number

    async def go_to(self, cursor: str) -> None:
        """Tell again what came after the event that a cursor names. Raises BadInput."""
        number = self.number_of(cursor)
        if number > await self.newest():
            raise _unknown(cursor)
        if number < self._dropped:
            raise BadInput(
                f"Events after {cursor} are no longer kept.",
                kept="Nothing was told.",
                hint="Leave out --since, and compare with hitl-tui list.",
            )
        await self.set_told(number)

    async def tidy(self) -> None:
        """Delete old events that were told, of items that no longer wait."""
        limit = min(await self.newest() - _KEPT, self.told)
        if limit <= self._dropped:
            return
        await self._database.write("UPDATE reader SET dropped = ?", [str(limit)])
        self._dropped = limit
        waiting = [self.number_of(event.cursor) async for event in self.waiting()]
        await self._database.write(
            "DELETE FROM inbox_event WHERE seq <= CAST(? AS INTEGER)"
            " AND seq NOT IN (SELECT value FROM json_each(?))",
            [str(limit), json.dumps(waiting)],
        )

    def number_of(self, cursor: str) -> int:
        """Return the number of the event that a cursor names. Raises BadInput."""
        log_id, _, number = cursor.rpartition("-")
        if log_id != self._log_id or not re.fullmatch("[0-9]{1,18}", number):
            raise _unknown(cursor)
        return int(number)

    def _event(self, seq: int | str, kind: str, at: str, body: str) -> InboxEvent:
        stored = json.loads(body)
        return InboxEvent(
            kind=InboxEventKind(kind),
            item=restored_item(stored["item"]),
            at=datetime.fromisoformat(at),
            cursor=f"{self._log_id}-{seq}",
            by=stored["by"],
            thread_status=stored["thread_status"],
            answer=_restored_answer(stored.get("answer")),
        )


@asynccontextmanager
async def open_event_log(path: Path, server: str) -> AsyncIterator[EventLog]:
    """Open the events of one reader at `path`; create the file if it is missing.

    `server` is the identity of the server whose inbox it is. Raises BadInput for a file that belongs
    to another server or is in use, JournalFailed.
    """
    with _locked(path):
        async with open_database(path, _SCHEMA) as database:
            await database.write(
                "INSERT OR IGNORE INTO reader (one, log_id, server) VALUES (1, ?, ?)",
                [uuid4().hex[:8], server],
            )
            ((log_id, known, told, dropped),) = await database.rows(
                "SELECT log_id, server, told, dropped FROM reader", ()
            )
            if known != server:
                raise BadInput(
                    f"{path} has the events of another server.",
                    kept="Nothing was told.",
                    hint="Give another file with --state.",
                )
            yield EventLog(database, log_id, int(told), int(dropped))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time use the file: two readers would tell each event twice."""
    try:
        descriptor = open_private_file(path.with_name(f"{path.name}.lock"), os.O_RDWR)
    except OSError as error:
        raise JournalFailed(
            f"The state {path} cannot be used: {error}.", hint="Give another file with --state."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(
                f"Another hitl-tui watch uses the state {path}.",
                kept="Nothing was told.",
                hint="End it, or give another file with --state.",
            ) from None
        yield
    finally:
        os.close(descriptor)


def _unknown(cursor: str) -> BadInput:
    return BadInput(
        f"{cursor} is not a cursor of this state.",
        kept="Nothing was told.",
        hint="Give the cursor of a line that was made with the same state file.",
    )


def _body(event: InboxEvent) -> JsonObject:
    return {
        "item": stored_item(event.item),
        "by": event.by,
        "thread_status": event.thread_status,
        "answer": asdict(event.answer) if event.answer else None,
    }


def _restored_answer(stored: dict[str, Any] | None) -> RuledAnswer | None:
    """Return what rules did, as a row has it; rows of earlier versions have nothing."""
    if stored is None:
        return None
    outcome = stored["outcome"]
    return RuledAnswer(
        rules=tuple(stored["rules"]),
        decision=stored["decision"],
        outcome=OutcomeKind(outcome) if outcome else None,
        why=stored["why"],
    )
