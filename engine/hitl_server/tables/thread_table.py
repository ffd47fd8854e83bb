"""The table of threads: each row has the state of a thread, without reading its checkpoints."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from hitl_server.extract_paths import ROOTS, root_field, value_at
from hitl_server.json_encoding import dumps, now
from hitl_server.json_types import JsonObject
from hitl_server.metadata_filter import Filter, matches
from hitl_server.payload_digests import ask_the_same
from hitl_server.refusals import no_thread_or_assistant, nothing_pending, preconditions_failed
from hitl_server.search_models import ThreadCount, ThreadSearch
from hitl_server.state_columns import (
    INTERRUPT,
    Breakpoint,
    RequiredState,
    StateColumns,
    waiting_since,
    with_since,
)
from hitl_server.storage.database import Database, Row, row_json
from hitl_server.storage.presence import write_claim
from hitl_server.tables import four_eyes_tables
from hitl_server.tables.four_eyes_tables import reading
from hitl_server.tables.thread_ttls import ThreadTtls

if TYPE_CHECKING:
    from hitl_server.four_eyes.admission import FourEyes  # imports what few servers need

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
    "four_eyes",
    "approvals",
)
"""The fields of a thread. The last six are additions to langgraph-api, so that an inbox need not
read the state of each thread. In them, each interrupt of `tasks` and the `breakpoint` have `since`;
`four_eyes` and `approvals` are null where no question needs two reviewers.
"""

PRESENCE = "presence"
"""A field that is no column: see `with_presence`."""
COLUMNS = (*FIELDS, PRESENCE)
"""What a search can name in `select`."""
_JSON_FIELDS = {
    "metadata",
    "config",
    "values",
    "error",
    "interrupts",
    "next",
    "tasks",
    "breakpoint",
    "four_eyes",
    "approvals",
}
_WRITE_STATE = """
UPDATE threads SET updated_at = ?, state_updated_at = ?, status = ?, "values" = ?, next = ?,
    tasks = ?, interrupts = ?, checkpoint_id = ?, breakpoint = ?, error = ?
WHERE thread_id = ?
"""
_KEEP_STATE = "UPDATE threads SET updated_at = ?, error = coalesce(?, error) WHERE thread_id = ?"
_STATUS_OF_STATE = """
UPDATE threads SET status = CASE
    WHEN ? THEN 'busy'
    WHEN interrupts != '{}' OR breakpoint IS NOT NULL THEN 'interrupted'
    WHEN error IS NOT NULL THEN 'error'
    WHEN next != '[]' THEN 'interrupted'
    ELSE 'idle' END
WHERE thread_id = ?
"""


_CHECKED_STATE = """
SELECT checkpoint_id, (
    SELECT run_id FROM runs WHERE runs.thread_id = threads.thread_id
    ORDER BY created_at DESC, rowid DESC LIMIT 1
), interrupts FROM threads WHERE thread_id = ?
"""


class Threads:
    """Reads and writes thread rows. Rows are returned as JSON for `dumps`, not parsed."""

    def __init__(
        self,
        database: Database,
        default_ttl: float | None = None,
        four_eyes: "FourEyes | None" = None,
    ) -> None:
        """`default_ttl`: minutes until a new thread expires; None for never.

        `four_eyes`: which questions need two reviewers; None for none.
        """
        self._database = database
        self.four_eyes = four_eyes
        self.ttls = ThreadTtls(database, default_ttl)
        self._from_here: set[str] = set()
        """Threads whose state was last written by this process."""

    async def prepare(self) -> None:
        """Add the SQL functions for the filters of searches and of auth handlers."""
        await self._database.add_function("json_contains", 2, _contains)
        await self._database.add_function("json_allows", 2, _allows)

    async def create(
        self, thread_id: str, metadata: JsonObject, ttl: float | None = None
    ) -> JsonObject | None:
        """Insert a thread, which expires in `ttl` minutes; return its row, or None if the id is taken."""
        async with self._database.write() as connection:
            if not self.insert(connection, thread_id, metadata):
                return None
            if ttl is not None:
                self.ttls.set(connection, thread_id, ttl)
        return self.get(thread_id)

    def insert(self, connection: sqlite3.Connection, thread_id: str, metadata: JsonObject) -> bool:
        """Insert a thread inside a transaction; False if the id is taken."""
        time = now()
        cursor = connection.execute(
            "INSERT OR IGNORE INTO threads (thread_id, created_at, updated_at, state_updated_at,"
            " status, graph_id, metadata) VALUES (?, ?, ?, ?, 'idle', ?, ?)",
            (thread_id, time, time, time, _graph_id(metadata), dumps(metadata).decode()),
        )
        if cursor.rowcount != 1:
            return False
        self.ttls.set(connection, thread_id)
        return True

    def get(self, thread_id: str, fields: Sequence[str] = FIELDS) -> JsonObject | None:
        """Return a thread's row, or None."""
        sql = f"SELECT {self._columns(fields)} FROM threads WHERE thread_id = ?"
        rows = self._database.read(sql, (thread_id,))
        return row_json(rows[0], _JSON_FIELDS) if rows else None

    def metadata(self, thread_id: str) -> JsonObject | None:
        """Return a thread's parsed metadata; None if there is no such thread."""
        sql = "SELECT metadata FROM threads WHERE thread_id = ?"
        rows = self._database.read(sql, (thread_id,))
        return orjson.loads(rows[0]["metadata"]) if rows else None

    def graph_id(self, thread_id: str) -> str:
        """Return the graph that runs on a thread; empty if none does, or without the thread."""
        sql = "SELECT graph_id FROM threads WHERE thread_id = ?"
        rows = self._database.read(sql, (thread_id,))
        return (rows[0]["graph_id"] or "") if rows else ""

    def pending_interrupt_ids(self, thread_id: str) -> list[str]:
        """Return the ids of the pending interrupts of a thread."""
        sql = "SELECT interrupts FROM threads WHERE thread_id = ?"
        rows = self._database.read(sql, (thread_id,))
        return _interrupt_ids(rows[0]) if rows else []

    def is_from_here(self, thread_id: str) -> bool:
        """Whether this process wrote the state of a thread, so with the graph that it has now."""
        return thread_id in self._from_here

    def waiting(self, thread_id: str) -> tuple[list[str], list[str], str] | None:
        """Return (next nodes, ids of pending interrupts, graph) of a thread that waits, or None."""
        rows = self._database.read(
            "SELECT next, interrupts, graph_id FROM threads"
            " WHERE thread_id = ? AND status = 'interrupted'",
            (thread_id,),
        )
        if not rows:
            return None
        row = rows[0]
        return orjson.loads(row["next"]), _interrupt_ids(row), row["graph_id"] or ""

    async def search(
        self, search: ThreadSearch, visible: Filter | None = None
    ) -> tuple[list[JsonObject], bool]:
        """Return one page, newest update first by default, and whether there is another page."""
        where, values = _filter(search, visible)
        column = search.sort_by or "updated_at"
        order = "ASC" if (search.sort_order or "desc").upper() == "ASC" else "DESC"
        roots = map(root_field, (search.extract or {}).values())
        rows = await self._database.search(
            f"SELECT {self._columns([*(search.select or FIELDS), *roots])} FROM threads {where}"
            f" ORDER BY {column} {order}, rowid {order} LIMIT ? OFFSET ?",
            (*values, search.limit + 1, search.offset),
        )
        shown = [_shown(row, search) for row in rows[: search.limit]]
        if PRESENCE in (search.select or COLUMNS):
            shown = list(map(self.with_presence, shown))
        return shown, len(rows) > search.limit

    def with_presence(self, row: JsonObject) -> JsonObject:
        """Return a row with who has its thread open, and who has claimed it, if anybody has."""
        told = self._database.presence.of(row["thread_id"])
        return {**row, PRESENCE: told} if told else row

    async def count(self, search: ThreadCount, visible: Filter | None = None) -> int:
        """Return how many threads a search would find."""
        where, values = _filter(search, visible)
        rows = await self._database.search(f"SELECT count(*) FROM threads {where}", values)
        return int(rows[0][0])

    async def patch(self, thread_id: str, metadata: JsonObject, ttl: float | None = None) -> bool:
        """Merge `metadata` into a thread's, key by key; False if there is no such thread.

        With `ttl`, the thread expires in as many minutes.
        """
        async with self._database.write() as connection:
            found = self.merge_metadata(connection, thread_id, metadata)
            if found and ttl is not None:
                self.ttls.set(connection, thread_id, ttl)
        return found

    def merge_metadata(
        self, connection: sqlite3.Connection, thread_id: str, metadata: JsonObject
    ) -> bool:
        """Merge metadata inside a transaction; False if there is no such thread.

        Raises `Refusal` (403) while a protected question waits.
        """
        self.refuse_protected(thread_id, connection)
        sql = "SELECT metadata FROM threads WHERE thread_id = ?"
        rows = list(connection.execute(sql, (thread_id,)))
        if not rows:
            return False
        merged = {**orjson.loads(rows[0][0]), **metadata}
        connection.execute(
            "UPDATE threads SET metadata = ?, graph_id = ?, updated_at = ? WHERE thread_id = ?",
            (dumps(merged).decode(), _graph_id(merged), now(), thread_id),
        )
        return True

    def refuse_protected(
        self, thread_id: str, connection: sqlite3.Connection | None = None
    ) -> None:
        """Raise `Refusal` (403) while a question waits on a thread that needs two reviewers."""
        if self.four_eyes is not None:
            read = self._database.read if connection is None else reading(connection)
            self.four_eyes.refuse_changes(read, thread_id)

    def check_state(
        self, connection: sqlite3.Connection, thread_id: str, required: RequiredState
    ) -> None:
        """Raise `Refusal` (409), with the row, if a thread has another state; 404 without a thread."""
        row = connection.execute(_CHECKED_STATE, (thread_id,)).fetchone()
        if row is None:
            raise no_thread_or_assistant()
        checkpoint_id, last_run_id, interrupts = row
        pending: dict[str, list[JsonObject]] = json.loads(interrupts)  # orjson rounds long integers
        if not _is_as_required(checkpoint_id, last_run_id, pending, required):
            raise preconditions_failed(self._row_to_show(connection, thread_id))
        if required.some_interrupt and not any(pending.values()):
            raise nothing_pending(self._row_to_show(connection, thread_id))

    def _columns(self, fields: Iterable[str]) -> str:
        """Return a column list of the SQL; only names in `FIELDS` are used."""
        shown = set(fields)
        return ", ".join(self._column(field) for field in FIELDS if field in shown)

    def _column(self, field: str) -> str:
        if field not in four_eyes_tables.SHOWN:
            return f'"{field}"'
        return f"{'NULL' if self.four_eyes is None else four_eyes_tables.SHOWN[field]} AS {field}"

    def _row_to_show(self, connection: sqlite3.Connection, thread_id: str) -> JsonObject:
        """Return the row of a thread inside a transaction, as a refusal shows it."""
        cursor = connection.cursor()
        cursor.row_factory = sqlite3.Row
        sql = f"SELECT {self._columns(FIELDS)} FROM threads WHERE thread_id = ?"
        return row_json(cursor.execute(sql, (thread_id,)).fetchone(), _JSON_FIELDS)

    def mark_busy(
        self, connection: sqlite3.Connection, thread_id: str, assistant: JsonObject
    ) -> JsonObject | None:
        """Mark a thread busy with a run of this assistant; return its metadata, None without it."""
        write_claim(connection, thread_id, None)  # it ends with the answer
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

    def end_run_without_state(
        self, connection: sqlite3.Connection, thread_id: str, error: JsonObject | None, busy: bool
    ) -> None:
        """Write the end of a run that changed no state, or whose state could not be read.

        The old state is kept, and without an error of this run, so is the old error.
        """
        connection.execute(_KEEP_STATE, (now(), error and dumps(error).decode(), thread_id))
        connection.execute(_STATUS_OF_STATE, (busy, thread_id))

    def write_state(
        self,
        connection: sqlite3.Connection,
        thread_id: str,
        state_columns: StateColumns,
        busy: bool,
    ) -> None:
        """Write the state of a thread; `busy` means that another run waits for it."""
        self._from_here.add(thread_id)
        time = now()
        state_columns = with_since(state_columns, self._waiting_since(connection, thread_id), time)
        connection.execute(
            _WRITE_STATE,
            (
                time,
                time,
                "busy" if busy else state_columns.status,
                dumps(state_columns.values).decode(),
                dumps(state_columns.next).decode(),
                dumps(state_columns.tasks).decode(),
                dumps(state_columns.interrupts).decode(),
                state_columns.checkpoint_id,
                state_columns.breakpoint and dumps(state_columns.breakpoint).decode(),
                state_columns.error and dumps(state_columns.error).decode(),
                thread_id,
            ),
        )
        if self.four_eyes is not None:
            self.four_eyes.note_questions(connection, thread_id)

    def mark_stale(self, connection: sqlite3.Connection, thread_id: str) -> None:
        """Note that a change which is no run begins on a thread.

        If the server is killed before `clear_stale`, the next start compares row and state.
        """
        connection.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (thread_id,))

    def clear_stale(self, connection: sqlite3.Connection, thread_id: str) -> None:
        """Note that the row of a thread equals its state again."""
        connection.execute("DELETE FROM unsettled WHERE thread_id = ?", (thread_id,))

    def exist(self) -> bool:
        """Whether there is any thread."""
        return bool(self._database.read("SELECT 1 FROM threads LIMIT 1"))

    def stale_rows(self) -> list[tuple[str, str | None]]:
        """Return (thread, checkpoint of its row) of all rows that may differ from the state.

        The checkpoint is None for a row that is certainly wrong: no thread is busy at the start.
        """
        rows = self._database.read(
            "SELECT thread_id, NULL AS checkpoint_id FROM threads WHERE status = 'busy' UNION ALL"
            " SELECT thread_id, checkpoint_id FROM unsettled JOIN threads USING (thread_id)"
        )
        return [(row["thread_id"], row["checkpoint_id"]) for row in rows]

    def breakpoint_at(
        self, connection: sqlite3.Connection, thread_id: str, checkpoint_id: str | None
    ) -> Breakpoint | None:
        """Return the breakpoint of the row, if the row is from this checkpoint."""
        sql = "SELECT breakpoint FROM threads WHERE thread_id = ? AND checkpoint_id = ?"
        row = connection.execute(sql, (thread_id, checkpoint_id)).fetchone()
        recorded = orjson.loads(row[0]) if row and row[0] else None
        return Breakpoint(recorded["when"], recorded["node"]) if recorded else None

    def run_result(self, thread_id: str) -> Any:
        """Return the state of a thread as the result of a run."""
        rows = self._database.read(
            'SELECT status, error, interrupts, "values" FROM threads WHERE thread_id = ?',
            (thread_id,),
        )
        if not rows:
            return {}
        row = rows[0]
        if row["status"] == "error" and row["error"]:
            return {"__error__": orjson.Fragment(row["error"])}
        by_task = orjson.loads(row["interrupts"])
        pending = [interrupt for interrupts in by_task.values() for interrupt in interrupts]
        if pending and row["status"] == "interrupted":
            return {INTERRUPT: pending}
        return orjson.Fragment(row["values"]) if row["values"] else {}

    async def copy(self, thread_id: str, copy_id: str) -> bool | None:
        """Copy a thread with its checkpoints and pending interrupts, but not its runs.

        Return whether the original is busy; None if there is no such thread.
        """
        time = now()
        async with self._database.write() as connection:
            if not _duplicate(connection, "threads", thread_id, copy_id):
                return None
            for table in ("checkpoints", "writes", *four_eyes_tables.COPIED):
                _duplicate(connection, table, thread_id, copy_id)
            if self.four_eyes is not None:
                four_eyes_tables.copy_protection(connection, thread_id, copy_id)
            [(status,)] = connection.execute(
                "UPDATE threads SET created_at = ?, updated_at = ?, state_updated_at = ?,"
                " tasks = replace(tasks, ?, ?) WHERE thread_id = ? RETURNING status",
                (time, time, time, thread_id, copy_id, copy_id),
            ).fetchall()
            if status == "busy":
                self.end_run_without_state(connection, copy_id, None, False)
        return bool(status == "busy")

    def _waiting_since(
        self, connection: sqlite3.Connection, thread_id: str
    ) -> dict[str | None, str]:
        sql = "SELECT tasks, breakpoint, checkpoint_id FROM threads WHERE thread_id = ?"
        row = connection.execute(sql, (thread_id,)).fetchone()
        if row is None:
            return {}
        tasks, breakpoint, checkpoint_id = row
        return waiting_since(orjson.loads(tasks), orjson.loads(breakpoint or "null"), checkpoint_id)

    def remove(self, connection: sqlite3.Connection, thread_id: str) -> bool:
        """Delete a thread inside a transaction; False if there is no such thread."""
        self._from_here.discard(thread_id)
        own = ("checkpoints", "writes", "runs", "run_keys", "unsettled", "thread_ttls", "claims")
        for table in (*own, *four_eyes_tables.NAMES):
            connection.execute(f"DELETE FROM {table} WHERE thread_id = ?", (thread_id,))
        gone = connection.execute("DELETE FROM threads WHERE thread_id = ?", (thread_id,))
        return gone.rowcount == 1


def _is_as_required(
    checkpoint_id: str | None,
    last_run_id: str | None,
    pending: Mapping[str, Sequence[JsonObject]],
    required: RequiredState,
) -> bool:
    ids = {interrupt["id"] for interrupts in pending.values() for interrupt in interrupts}
    wanted, digests = required.interrupt_ids, required.payload_digests
    return (
        required.checkpoint_ids <= {checkpoint_id}
        and required.last_run_id in (None, last_run_id)
        and (wanted is None or (ids.issuperset(wanted) if wanted else not ids))
        and (digests is None or ask_the_same(pending, digests))
    )


def _interrupt_ids(row: Row) -> list[str]:
    """Return the ids of the pending interrupts in a row."""
    by_task = orjson.loads(row["interrupts"])
    return [interrupt["id"] for waiting in by_task.values() for interrupt in waiting]


def _graph_id(metadata: JsonObject) -> str | None:
    """Return the graph in metadata, to which clients may have written any value."""
    graph_id = metadata.get("graph_id")
    return graph_id if isinstance(graph_id, str) else None


def _duplicate(connection: sqlite3.Connection, table: str, thread_id: str, copy_id: str) -> int:
    """Copy the rows of a thread to another thread id; return how many."""
    found = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    columns = ", ".join(f'"{name}"' for (name,) in found if name != "thread_id")
    return connection.execute(
        f"INSERT INTO {table} (thread_id, {columns})"
        f" SELECT ?, {columns} FROM {table} WHERE thread_id = ?",
        (copy_id, thread_id),
    ).rowcount


def _shown(row: Row, search: ThreadSearch) -> JsonObject:
    """Return a row with the fields and extracted values of a search."""
    shown = row_json(row, _JSON_FIELDS)
    if not search.extract:
        return shown
    whole = {root: orjson.loads(row[root] or "null") for root in ROOTS if root in shown}
    if search.select:
        shown = {field: shown[field] for field in shown if field in search.select}
    found = {alias: value_at(whole, path) for alias, path in search.extract.items()}
    return {**shown, "extracted": found}


def _filter(search: ThreadCount, visible: Filter | None) -> tuple[str, list[Any]]:
    clauses: list[str] = []
    values: list[Any] = []
    if search.status:
        clauses.append("status = ?")
        values.append(search.status)
    if search.ids:
        clauses.append("thread_id IN (SELECT value FROM json_each(?))")
        values.append(dumps(search.ids).decode())
    for column, wanted in (("metadata", search.metadata), ("values", search.values)):
        if wanted:
            clauses.append(f'json_contains("{column}", ?)')
            values.append(dumps(wanted).decode())
    if visible:
        clauses.append("json_allows(metadata, ?)")
        values.append(dumps(visible).decode())
    return f"WHERE {' AND '.join(clauses)}" if clauses else "", values


def _contains(document: str | None, wanted: str) -> bool:
    return _holds(orjson.loads(document or "null"), orjson.loads(wanted))


def _allows(metadata: str, visible: str) -> bool:
    return matches(orjson.loads(metadata), orjson.loads(visible))


def _holds(whole: Any, part: Any) -> bool:
    """Whether every key of `part` is in `whole` with the same value, nested objects alike."""
    if not isinstance(part, dict) or not isinstance(whole, dict):
        return bool(whole == part)
    return all(key in whole and _holds(whole[key], part[key]) for key in part)
