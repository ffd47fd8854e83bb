"""The table of runs: what was requested, by which caller, and how it ended."""

import sqlite3
from dataclasses import dataclass
from typing import Literal, TypeAlias

import orjson

from hitl_server.idempotency import IdempotencyKey
from hitl_server.identity.callers import UNNAMED_OWNER, Caller
from hitl_server.json_encoding import dumps, now
from hitl_server.json_types import JsonObject
from hitl_server.refusals import idempotency_key_reused, no_run
from hitl_server.storage.database import Database, Row, row_json

RunStatus: TypeAlias = Literal["pending", "running", "success", "error", "interrupted", "timeout"]

FIELDS = (
    "run_id",
    "thread_id",
    "assistant_id",
    "created_at",
    "updated_at",
    "metadata",
    "status",
    "kwargs",
    "multitask_strategy",
    "error",
)
"""The fields of a run; `error` is an addition to langgraph-api."""

_JSON_FIELDS = {"metadata", "kwargs", "error"}
_UNDER_WAY = "status IN ('pending', 'running')"


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it was requested."""

    run_id: str
    thread_id: str
    assistant_id: str
    graph_id: str
    metadata: JsonObject
    kwargs: JsonObject
    """The completed request: input, command, config, context, breakpoints, stream modes."""
    multitask_strategy: str
    created_at: str
    delay: float = 0
    """Seconds before it may start."""
    key: IdempotencyKey | None = None
    """Identifies a repetition of the same request, which starts no second run."""
    caller: Caller = UNNAMED_OWNER
    """The sender. Only the identity is stored, in the metadata: the rest may be secret."""

    @property
    def is_at_checkpoint(self) -> bool:
        """Whether the run begins at a checkpoint that its client named."""
        return bool(self.kwargs["config"]["configurable"].get("checkpoint_id"))

    @property
    def names_checkpoint(self) -> bool:
        """Whether anything in its config names a checkpoint: also one of a subgraph."""
        return names_checkpoint(self.kwargs["config"]["configurable"])

    def to_json(self, status: RunStatus) -> JsonObject:
        """Return the run as the response of `POST /threads/{id}/runs`."""
        return {
            "run_id": self.run_id,
            "thread_id": self.thread_id,
            "assistant_id": self.assistant_id,
            "created_at": self.created_at,
            "updated_at": self.created_at,
            "metadata": self.metadata,
            "status": status,
            "kwargs": self.kwargs,
            "multitask_strategy": self.multitask_strategy,
            "error": None,
        }


def names_checkpoint(configurable: JsonObject) -> bool:
    """Whether anything in `configurable` names a checkpoint, and not just the newest one."""
    return any(name.startswith("checkpoint") and value for name, value in configurable.items())


class Runs:
    """Reads and writes run rows; writes happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, connection: sqlite3.Connection, run: Run, status: RunStatus) -> None:
        """Record a run and its idempotency key, before it starts."""
        connection.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                run.run_id,
                run.thread_id,
                run.assistant_id,
                run.created_at,
                run.created_at,
                status,
                run.multitask_strategy,
                dumps(run.metadata).decode(),
                dumps(run.kwargs).decode(),
            ),
        )
        if run.key is not None:
            connection.execute(
                "INSERT INTO run_keys VALUES (?, ?, ?, ?)",
                (run.key.key, run.key.digest, run.thread_id, run.run_id),
            )

    def set_status(
        self,
        connection: sqlite3.Connection,
        run_id: str,
        status: RunStatus,
        error: JsonObject | None = None,
    ) -> None:
        """Record the status of a run, and the error that it ended with."""
        connection.execute(
            "UPDATE runs SET status = ?, updated_at = ?, error = ? WHERE run_id = ?",
            (status, now(), error and dumps(error).decode(), run_id),
        )

    def delete(self, connection: sqlite3.Connection, thread_id: str, run_id: str) -> None:
        """Delete a run and the checkpoints that it wrote. Its idempotency key stays in use."""
        self.delete_checkpoints(connection, thread_id, run_id)
        connection.execute("DELETE FROM runs WHERE run_id = ?", (run_id,))

    def delete_checkpoints(
        self, connection: sqlite3.Connection, thread_id: str, run_id: str
    ) -> None:
        """Delete the checkpoints that a run wrote."""
        written = (
            "SELECT checkpoint_id FROM checkpoints WHERE thread_id = ?"
            " AND json_extract(CAST(metadata AS TEXT), '$.run_id') = ?"
        )
        for table in ("writes", "checkpoints"):
            connection.execute(
                f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id IN ({written})",
                (thread_id, thread_id, run_id),
            )

    def first(self, key: IdempotencyKey) -> tuple[str, str] | None:
        """Return (thread, run) of the first request with this key; None if this is the first.

        Raises `Refusal` (422) if that was a different request.
        """
        sql = "SELECT digest, thread_id, run_id FROM run_keys WHERE key = ?"
        rows = self._database.read(sql, (key.key,))
        if not rows:
            return None
        if rows[0]["digest"] != key.digest:
            raise idempotency_key_reused()
        return rows[0]["thread_id"], rows[0]["run_id"]

    def stored_run(self, thread_id: str, run_id: str) -> Run:
        """Return a run as it was requested. Raises `Refusal` (404)."""
        rows = self._rows(thread_id, run_id)
        if not rows:
            raise no_run(run_id)
        row = rows[0]
        metadata = orjson.loads(row["metadata"])
        return Run(
            run_id=run_id,
            thread_id=thread_id,
            assistant_id=row["assistant_id"],
            graph_id=metadata["graph_id"],
            metadata=metadata,
            kwargs=orjson.loads(row["kwargs"]),
            multitask_strategy=row["multitask_strategy"],
            created_at=row["created_at"],
        )

    def get(self, thread_id: str, run_id: str) -> JsonObject | None:
        """Return a run's row, or None."""
        rows = self._rows(thread_id, run_id)
        return row_json(rows[0], _JSON_FIELDS) if rows else None

    def of_thread(
        self, thread_id: str, *, limit: int, offset: int, status: str | None
    ) -> list[JsonObject]:
        """Return a thread's runs, newest first."""
        only = "AND status = ?" if status else ""
        rows = self._database.read(
            f"SELECT {', '.join(FIELDS)} FROM runs WHERE thread_id = ? {only}"
            " ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?",
            (thread_id, *([status] if status else []), limit, offset),
        )
        return [row_json(row, _JSON_FIELDS) for row in rows]

    def last(self, thread_id: str) -> JsonObject | None:
        """Return a thread's newest run, or None."""
        newest = self.of_thread(thread_id, limit=1, offset=0, status=None)
        return newest[0] if newest else None

    def last_kwargs(self, thread_id: str) -> JsonObject:
        """Return the `kwargs` of the thread's newest run; empty without a run."""
        rows = self._database.read(
            "SELECT kwargs FROM runs WHERE thread_id = ? ORDER BY created_at DESC LIMIT 1",
            (thread_id,),
        )
        return orjson.loads(rows[0]["kwargs"]) if rows else {}

    def kwargs_of_state(self, thread_id: str) -> JsonObject:
        """Return the `kwargs` of the run that wrote the newest checkpoint of a thread.

        A later run may have failed before it wrote one. The checkpoints of a copied thread name
        the run of the original. Where that run is unknown: those of the newest run, or empty.
        """
        rows = self._database.read(
            "SELECT kwargs FROM runs WHERE run_id ="
            " (SELECT json_extract(CAST(metadata AS TEXT), '$.run_id') FROM checkpoints"
            " WHERE thread_id = ? AND checkpoint_ns = '' ORDER BY checkpoint_id DESC LIMIT 1)",
            (thread_id,),
        )
        return orjson.loads(rows[0]["kwargs"]) if rows else self.last_kwargs(thread_id)

    def _rows(self, thread_id: str, run_id: str) -> list[Row]:
        sql = f"SELECT {', '.join(FIELDS)} FROM runs WHERE run_id = ? AND thread_id = ?"
        return self._database.read(sql, (run_id, thread_id))

    def under_way(self) -> list[tuple[str, str]]:
        """Return (run, thread) of every run that has not ended according to its row."""
        rows = self._database.read(f"SELECT run_id, thread_id FROM runs WHERE {_UNDER_WAY}")
        return [(row["run_id"], row["thread_id"]) for row in rows]
