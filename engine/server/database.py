"""One SQLite file: the checkpoints of langgraph and our tables beside them.

One file and one writing connection, shared with the saver under the saver's own lock. All
writes are one sequence, so "the checkpoint is on disk before the run is listed as ended" needs
no protocol, and no two writers ever wait for each other's file lock. Reading has a connection
of its own: in WAL mode a long search holds up nobody.
"""

import os
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import aiosqlite
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from engine.errors import EngineFailed
from engine.server.commits import SharedCommits
from engine.server.folder import private_file

Row: TypeAlias = aiosqlite.Row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS assistants (
    assistant_id TEXT PRIMARY KEY, graph_id TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS threads (
    thread_id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, state_updated_at TEXT NOT NULL,
    status TEXT NOT NULL, graph_id TEXT,
    metadata TEXT NOT NULL, config TEXT NOT NULL DEFAULT '{}',
    checkpoint_id TEXT, checkpoint_created_at TEXT,
    next TEXT NOT NULL DEFAULT '[]', interrupts TEXT NOT NULL DEFAULT '{}',
    tasks TEXT NOT NULL DEFAULT '[]', breakpoint TEXT, error TEXT, "values" TEXT
);
CREATE INDEX IF NOT EXISTS threads_by_status ON threads (status, updated_at);
CREATE INDEX IF NOT EXISTS threads_by_status_state ON threads (status, state_updated_at);
CREATE INDEX IF NOT EXISTS threads_by_status_creation ON threads (status, created_at);
CREATE INDEX IF NOT EXISTS threads_by_update ON threads (updated_at);
CREATE INDEX IF NOT EXISTS threads_by_creation ON threads (created_at);
CREATE TABLE IF NOT EXISTS runs (
    run_id TEXT PRIMARY KEY, thread_id TEXT NOT NULL, assistant_id TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    status TEXT NOT NULL, multitask_strategy TEXT NOT NULL,
    metadata TEXT NOT NULL, kwargs TEXT NOT NULL, error TEXT
);
CREATE INDEX IF NOT EXISTS runs_of_thread ON runs (thread_id, created_at);
CREATE INDEX IF NOT EXISTS runs_under_way ON runs (status) WHERE status IN ('pending', 'running');
"""


class Saver(AsyncSqliteSaver):
    """langgraph's saver on our connection.

    Every run of a graph asks for a clone that may load the types of its schema; making one
    takes a tenth of a millisecond, and there are as many as there are graphs.
    """

    def __init__(self, connection: SharedCommits, serde: JsonPlusSerializer) -> None:
        super().__init__(connection, serde=serde)
        self.lock = connection.lock
        self._clones: dict[frozenset[tuple[str, ...]], BaseCheckpointSaver[str]] = {}

    def with_allowlist(
        self, extra_allowlist: Collection[tuple[str, ...]]
    ) -> BaseCheckpointSaver[str]:
        """Return the clone for these types, made once."""
        types = frozenset(extra_allowlist)
        if types not in self._clones:
            self._clones[types] = super().with_allowlist(extra_allowlist)
        return self._clones[types]


class Database:
    """The file, open: `saver` for langgraph, `write` and `read` for our tables."""

    def __init__(
        self,
        saver: Saver,
        writer: SharedCommits,
        reader: aiosqlite.Connection,
        identity: str,
    ) -> None:
        self.saver = saver
        self.identity = identity
        """What makes this database this database; kept in it."""
        self._writer = writer
        self._reader = reader

    @classmethod
    async def open(cls, path: Path, allowed_types: Sequence[tuple[str, ...]] = ()) -> "Database":
        """Open or create the file, mode 0600.

        `allowed_types` are (module, name) pairs that checkpoints may bring to life beside the
        types of the graphs' own schemas. Raises `EngineFailed`.
        """
        os.close(private_file(path, os.O_RDWR))  # SQLite gives -wal and -shm the same mode
        writer = SharedCommits(path)
        await _connected(writer, path)
        await writer.executescript(_SCHEMA)
        saver = Saver(writer, JsonPlusSerializer(allowed_msgpack_modules=allowed_types or None))
        await saver.setup()
        await writer.execute("INSERT OR IGNORE INTO meta VALUES ('identity', ?)", (str(uuid4()),))
        await writer.commit()
        await writer.flushed()
        rows = list(await writer.execute_fetchall("SELECT value FROM meta WHERE key = 'identity'"))
        reader = await _connected(aiosqlite.connect(path), path)
        reader.row_factory = aiosqlite.Row
        await reader.execute("PRAGMA query_only = 1")
        return cls(saver, writer, reader, str(rows[0][0]))

    def write(self) -> AbstractAsyncContextManager[aiosqlite.Connection]:
        """Return the writing connection for one transaction; on disk when the block ends."""
        return self._writer.transaction()

    async def flushed(self) -> None:
        """Return when every checkpoint and row written so far is on disk."""
        await self._writer.flushed()

    @property
    def losses(self) -> int:
        """How often writes were lost that had been accepted; grows when the disk is full."""
        return self._writer.losses

    async def read(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query, as of the last commit."""
        return list(await self._reader.execute_fetchall(sql, values))

    async def add_function(self, name: str, arity: int, function: Any) -> None:
        """Teach SQL a function of ours, for reading."""
        await self._reader.create_function(name, arity, function, deterministic=True)

    async def close(self) -> None:
        """Close both connections."""
        with suppress(sqlite3.Error):
            await self.flushed()
        await self._reader.close()
        await self._writer.close()


async def _connected(connection: aiosqlite.Connection, path: Path) -> aiosqlite.Connection:
    await connection
    await connection.execute("PRAGMA journal_mode = WAL")
    await connection.execute("PRAGMA synchronous = FULL")
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2)):
        rows = list(await connection.execute_fetchall(f"PRAGMA {pragma}"))
        if rows[0][0] != wanted:
            await connection.close()
            raise EngineFailed(
                f"{path} cannot be written durably: {pragma} is {rows[0][0]}, not {wanted}.",
                hint="Keep the data folder on a local disk (--data-dir).",
            )
    return connection
