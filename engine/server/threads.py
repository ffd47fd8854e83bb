"""The table of threads: one row says where a thread stands, without reading its checkpoints."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import orjson

from engine.server.database import Database, Row
from engine.server.models import Preconditions, ThreadCount, ThreadSearch
from engine.server.refusals import moved_on, no_thread_or_assistant
from engine.server.state import Standing, Stop, dated, waited
from engine.server.stream import INTERRUPT
from engine.server.wire import dumps, now

Json: TypeAlias = dict[str, Any]

FIELDS = (
    "thread_id",
    "created_at",
    "updated_at",
    "state_updated_at",
    "metadata",
    "status",
    "config",
    "values",
    "error",
    "interrupts",
    "next",
    "tasks",
    "breakpoint",
    "checkpoint_id",
)
"""What a thread row shows; the last four are ours and spare an inbox one state read a thread.

In them, each interrupt of `tasks` and the `breakpoint` say `since` when they wait.
"""

_JSON_FIELDS = {
    "metadata",
    "config",
    "values",
    "error",
    "interrupts",
    "next",
    "tasks",
    "breakpoint",
}
_SETTLE = """
UPDATE threads SET updated_at = ?, state_updated_at = ?, status = ?, "values" = ?, next = ?,
    tasks = ?, interrupts = ?, checkpoint_id = ?, breakpoint = ?, error = ?
WHERE thread_id = ?
"""


class Threads:
    """Reads and writes thread rows. Rows come back as wire JSON, ready for `dumps`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prepare(self) -> None:
        """Teach the database what a metadata filter means."""
        await self._database.add_function("json_contains", 2, _contains)

    async def create(self, thread_id: str, metadata: Json) -> Json | None:
        """Insert a thread; None if there is one with this id."""
        async with self._database.write() as connection:
            if not self.insert(connection, thread_id, metadata):
                return None
        return self.get(thread_id)

    def insert(self, connection: sqlite3.Connection, thread_id: str, metadata: Json) -> bool:
        """Insert a thread inside a transaction; False if there is one with this id."""
        time = now()
        cursor = connection.execute(
            "INSERT OR IGNORE INTO threads (thread_id, created_at, updated_at, state_updated_at,"
            " status, graph_id, metadata) VALUES (?, ?, ?, ?, 'idle', ?, ?)",
            (thread_id, time, time, time, metadata.get("graph_id"), dumps(metadata).decode()),
        )
        return cursor.rowcount == 1

    def get(self, thread_id: str, fields: Sequence[str] = FIELDS) -> Json | None:
        """Return a thread's row, or None."""
        sql = f"SELECT {_columns(fields)} FROM threads WHERE thread_id = ?"
        rows = self._database.read(sql, (thread_id,))
        return _wire(rows[0]) if rows else None

    def metadata(self, thread_id: str) -> Json | None:
        """Return a thread's metadata, parsed, or None if there is no such thread."""
        sql = "SELECT metadata FROM threads WHERE thread_id = ?"
        rows = self._database.read(sql, (thread_id,))
        return orjson.loads(rows[0]["metadata"]) if rows else None

    def pending(self, thread_id: str) -> list[str]:
        """Return the ids of the interrupts that wait on a thread."""
        sql = "SELECT interrupts FROM threads WHERE thread_id = ?"
        rows = self._database.read(sql, (thread_id,))
        by_task = orjson.loads(rows[0]["interrupts"]) if rows else {}
        return [interrupt["id"] for waiting in by_task.values() for interrupt in waiting]

    async def search(self, search: ThreadSearch) -> tuple[list[Json], bool]:
        """Return one page of rows, and whether there are more; newest update first by default."""
        where, values = _filter(search)
        column = search.sort_by or "updated_at"
        order = "ASC" if (search.sort_order or "desc").upper() == "ASC" else "DESC"
        rows = await self._database.search(
            f"SELECT {_columns(search.select or FIELDS)} FROM threads {where}"
            f" ORDER BY {column} {order}, rowid {order} LIMIT ? OFFSET ?",
            (*values, search.limit + 1, search.offset),
        )
        return [_wire(row) for row in rows[: search.limit]], len(rows) > search.limit

    async def count(self, search: ThreadCount) -> int:
        """Return how many threads a search would find."""
        where, values = _filter(search)
        rows = await self._database.search(f"SELECT count(*) FROM threads {where}", values)
        return int(rows[0][0])

    async def patch(self, thread_id: str, metadata: Json) -> bool:
        """Merge `metadata` into a thread's, key by key; False if there is no such thread."""
        async with self._database.write() as connection:
            found = self.merge_metadata(connection, thread_id, metadata)
        return found

    def merge_metadata(
        self, connection: sqlite3.Connection, thread_id: str, metadata: Json
    ) -> bool:
        """Merge metadata inside a transaction; False if there is no such thread."""
        sql = "SELECT metadata FROM threads WHERE thread_id = ?"
        rows = list(connection.execute(sql, (thread_id,)))
        if not rows:
            return False
        merged = {**orjson.loads(rows[0][0]), **metadata}
        connection.execute(
            "UPDATE threads SET metadata = ?, graph_id = ?, updated_at = ? WHERE thread_id = ?",
            (dumps(merged).decode(), merged.get("graph_id"), now(), thread_id),
        )
        return True

    def refuse_if_moved_on(
        self, connection: sqlite3.Connection, thread_id: str, wanted: Preconditions
    ) -> None:
        """Raise `Refusal`, with the thread's row, unless it stands where a decision was made on."""
        sql = f"SELECT {_columns(FIELDS)} FROM threads WHERE thread_id = ?"
        cursor = connection.cursor()
        cursor.row_factory = sqlite3.Row
        row = cursor.execute(sql, (thread_id,)).fetchone()
        if row is None:
            raise no_thread_or_assistant()
        pending = {
            asked["id"] for task in orjson.loads(row["interrupts"]).values() for asked in task
        }
        ids = wanted.interrupt_ids
        moved = wanted.checkpoint_id not in (None, row["checkpoint_id"])
        if moved or (ids is not None and not (pending.issuperset(ids) if ids else not pending)):
            raise moved_on(_wire(row))

    def occupy(
        self, connection: sqlite3.Connection, thread_id: str, assistant: Json
    ) -> Json | None:
        """Mark a thread busy with a run of this assistant; return its metadata, None if none."""
        rows = list(
            connection.execute(
                "UPDATE threads SET status = 'busy', graph_id = ?, updated_at = ?, metadata ="
                " json_set(metadata, '$.graph_id', ?, '$.assistant_id', ?)"
                " WHERE thread_id = ? RETURNING metadata",
                (
                    assistant["graph_id"],
                    now(),
                    assistant["graph_id"],
                    assistant["assistant_id"],
                    thread_id,
                ),
            )
        )
        return orjson.loads(rows[0][0]) if rows else None

    def release(
        self, connection: sqlite3.Connection, thread_id: str, error: Json | None, busy: bool
    ) -> None:
        """End a run whose state could not be read; the rest of the row stays as it was."""
        connection.execute(
            "UPDATE threads SET updated_at = ?, error = ?, status = CASE WHEN ? THEN 'busy'"
            " WHEN interrupts != '{}' THEN 'interrupted' WHEN ? THEN 'error'"
            " WHEN next != '[]' THEN 'interrupted' ELSE 'idle' END WHERE thread_id = ?",
            (now(), error and dumps(error).decode(), busy, error is not None, thread_id),
        )

    def settle(
        self, connection: sqlite3.Connection, thread_id: str, standing: Standing, busy: bool
    ) -> None:
        """Write where a thread stands; `busy` says that another run already waits."""
        time = now()
        standing = dated(standing, self._waited(connection, thread_id), time)
        connection.execute(
            _SETTLE,
            (
                time,
                time,
                "busy" if busy else standing.status,
                dumps(standing.values).decode(),
                dumps(standing.next).decode(),
                dumps(standing.tasks).decode(),
                dumps(standing.interrupts).decode(),
                standing.checkpoint_id,
                standing.breakpoint and dumps(standing.breakpoint).decode(),
                standing.error and dumps(standing.error).decode(),
                thread_id,
            ),
        )

    def unsettle(self, connection: sqlite3.Connection, thread_id: str) -> None:
        """Note that a thread's state is about to change, by something that is no run.

        If the server dies before `settled`, the next start compares row and state.
        """
        connection.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (thread_id,))

    def settled(self, connection: sqlite3.Connection, thread_id: str) -> None:
        """Note that the row of a thread says again what its state says."""
        connection.execute("DELETE FROM unsettled WHERE thread_id = ?", (thread_id,))

    def unsettled(self) -> list[tuple[str, str | None]]:
        """Return (thread, checkpoint of its row) of all rows that may not say what the state says.

        The checkpoint is None for a row that is wrong for sure: at the start, nobody is busy.
        """
        rows = self._database.read(
            "SELECT thread_id, NULL AS checkpoint_id FROM threads WHERE status = 'busy' UNION ALL"
            " SELECT thread_id, checkpoint_id FROM unsettled JOIN threads USING (thread_id)"
        )
        return [(row["thread_id"], row["checkpoint_id"]) for row in rows]

    def stop_at(
        self, connection: sqlite3.Connection, thread_id: str, checkpoint_id: str | None
    ) -> Stop | None:
        """Return the breakpoint that the row records, if it was recorded at this checkpoint."""
        sql = "SELECT breakpoint FROM threads WHERE thread_id = ? AND checkpoint_id = ?"
        row = connection.execute(sql, (thread_id, checkpoint_id)).fetchone()
        recorded = orjson.loads(row[0]) if row and row[0] else None
        return Stop(recorded["when"], recorded["node"]) if recorded else None

    def outcome(self, thread_id: str) -> Any:
        """Return where a thread stands in the form of a run's result."""
        rows = self._database.read(
            'SELECT status, error, interrupts, "values" FROM threads WHERE thread_id = ?',
            (thread_id,),
        )
        if not rows:
            return {}
        row = rows[0]
        if row["status"] == "error" and row["error"]:
            return {"__error__": orjson.Fragment(row["error"])}
        waiting = [one for task in orjson.loads(row["interrupts"]).values() for one in task]
        if waiting and row["status"] == "interrupted":
            return {INTERRUPT: waiting}
        return orjson.Fragment(row["values"]) if row["values"] else {}

    def _waited(self, connection: sqlite3.Connection, thread_id: str) -> dict[str | None, str]:
        sql = "SELECT tasks, breakpoint, checkpoint_id FROM threads WHERE thread_id = ?"
        row = connection.execute(sql, (thread_id,)).fetchone()
        if row is None:
            return {}
        tasks, breakpoint, checkpoint_id = row
        return waited(orjson.loads(tasks), orjson.loads(breakpoint or "null"), checkpoint_id)

    async def delete(self, thread_id: str) -> bool:
        """Delete a thread with its runs and checkpoints; False if there is no such thread."""
        async with self._database.write() as connection:
            found = self.remove(connection, thread_id)
        return found

    def remove(self, connection: sqlite3.Connection, thread_id: str) -> bool:
        """Delete a thread inside a transaction; False if there is no such thread."""
        for table in ("checkpoints", "writes", "runs", "run_keys", "unsettled"):
            connection.execute(f"DELETE FROM {table} WHERE thread_id = ?", (thread_id,))
        gone = connection.execute("DELETE FROM threads WHERE thread_id = ?", (thread_id,))
        return gone.rowcount == 1


def _columns(fields: Iterable[str]) -> str:
    """Return a column list; only names of `FIELDS` pass, so nothing foreign reaches the SQL."""
    return ", ".join(f'"{field}"' for field in FIELDS if field in set(fields))


def _wire(row: Row) -> Json:
    return {
        field: orjson.Fragment(row[field]) if field in _JSON_FIELDS and row[field] else row[field]
        for field in row.keys()  # noqa: SIM118  iterating a Row gives values
    }


def _filter(search: ThreadCount) -> tuple[str, list[Any]]:
    clauses: list[str] = []
    values: list[Any] = []
    if search.status:
        clauses.append("status = ?")
        values.append(search.status)
    if search.ids:
        clauses.append(f"thread_id IN ({', '.join('?' * len(search.ids))})")
        values.extend(str(thread_id) for thread_id in search.ids)
    for column, wanted in (("metadata", search.metadata), ("values", search.values)):
        if wanted:
            clauses.append(f'json_contains("{column}", ?)')
            values.append(dumps(wanted).decode())
    return f"WHERE {' AND '.join(clauses)}" if clauses else "", values


def _contains(document: str | None, wanted: str) -> bool:
    return _holds(orjson.loads(document or "null"), orjson.loads(wanted))


def _holds(whole: Any, part: Any) -> bool:
    """Whether every key of `part` is in `whole` with the same value, nested objects alike."""
    if not isinstance(part, dict) or not isinstance(whole, dict):
        return bool(whole == part)
    return all(key in whole and _holds(whole[key], part[key]) for key in part)
