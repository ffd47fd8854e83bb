"""One SQLite file with LangGraph's checkpoints and our tables.

There is one writing connection, which the checkpoint saver shares. So all writes are one sequence:
a checkpoint is always on disk before its run is listed as ended, and no writer waits for the file
lock of another. Reading has its own connections, which see only what is on disk: one for single
rows, on the event loop, and one for searches, in a thread. In WAL mode, a long search blocks nothing.
"""

import os
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

import aiosqlite
import orjson

from hitl_server.errors import StartFailed
from hitl_server.json_types import JsonObject
from hitl_server.private_files import private_file
from hitl_server.storage.change_feed import ChangeFeed
from hitl_server.storage.presence import Presence, read_claims
from hitl_server.storage.shared_commits import SharedCommits

if TYPE_CHECKING:
    from hitl_server.storage.checkpoint_saver import CheckpointSaver

Row: TypeAlias = sqlite3.Row

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""The errors of a file that was cut or overwritten; others are those of the disk."""
_IF_DAMAGED = "It was not replaced. Restore a copy of it, or move it away to begin a new one."
_IF_NOT = "Free the disk, or choose another folder with --data-dir."

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS assistants (
    assistant_id TEXT PRIMARY KEY, graph_id TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS assistant_versions (
    assistant_id TEXT NOT NULL, version INTEGER NOT NULL, latest INTEGER NOT NULL,
    graph_id TEXT NOT NULL, config TEXT NOT NULL, context TEXT NOT NULL, metadata TEXT NOT NULL,
    name TEXT NOT NULL, description TEXT, created_at TEXT NOT NULL,
    PRIMARY KEY (assistant_id, version)
);
CREATE UNIQUE INDEX IF NOT EXISTS latest_versions ON assistant_versions (assistant_id)
    WHERE latest;
CREATE TABLE IF NOT EXISTS threads (
    thread_id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, state_updated_at TEXT NOT NULL,
    status TEXT NOT NULL, graph_id TEXT,
    metadata TEXT NOT NULL, config TEXT NOT NULL DEFAULT '{}',
    checkpoint_id TEXT,
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
CREATE TABLE IF NOT EXISTS thread_ttls (
    thread_id TEXT PRIMARY KEY, minutes REAL NOT NULL, expires_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS thread_ttls_by_end ON thread_ttls (expires_at);
CREATE TABLE IF NOT EXISTS unsettled (thread_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS four_eyes_questions (
    thread_id TEXT NOT NULL, checkpoint_id TEXT NOT NULL, interrupt_id TEXT NOT NULL,
    graphs TEXT NOT NULL, rules TEXT NOT NULL, waits INTEGER NOT NULL,
    PRIMARY KEY (thread_id, checkpoint_id, interrupt_id)
);
CREATE TABLE IF NOT EXISTS four_eyes_approvals (
    thread_id TEXT PRIMARY KEY, asked TEXT NOT NULL, request TEXT NOT NULL, shown TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS four_eyes_starters (
    thread_id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (thread_id, name)
);
CREATE TABLE IF NOT EXISTS run_keys (
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, thread_id TEXT NOT NULL, run_id TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS run_keys_of_thread ON run_keys (thread_id);
CREATE TABLE IF NOT EXISTS claims (
    thread_id TEXT PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, named_by TEXT NOT NULL,
    since TEXT NOT NULL, until TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_of_thread ON runs (thread_id, created_at);
CREATE INDEX IF NOT EXISTS runs_under_way ON runs (status) WHERE status IN ('pending', 'running');
"""


class Database:
    """The open file: `saver` for LangGraph; `write`, `read` and `search` for our tables."""

    def __init__(
        self,
        path: Path,
        allowed_types: Sequence[tuple[str, ...]],
        commits: SharedCommits,
        changes: ChangeFeed,
        presence: Presence,
        reader: sqlite3.Connection,
        searcher: aiosqlite.Connection,
        identity: str,
    ) -> None:
        self.changes = changes
        self.presence = presence
        self.identity = identity
        """A UUID that is stored in the database and stays the same."""
        self._path = path
        self._allowed_types = allowed_types
        self._commits = commits
        self._reader = reader
        self._searcher = searcher

    @classmethod
    async def open(cls, path: Path, allowed_types: Sequence[tuple[str, ...]] = ()) -> "Database":
        """Open or create the file, mode 0600.

        `allowed_types` are (module, name) pairs that checkpoints may deserialize, in addition to
        the types of the graphs' own schemas. Raises `StartFailed`.
        """
        os.close(private_file(path, os.O_RDWR))  # SQLite gives -wal and -shm the same mode
        changes = ChangeFeed()
        try:
            writer = _writer(path)
            identity = _identity(writer)
            claims = read_claims(writer)
        except sqlite3.DatabaseError as error:
            damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
            raise StartFailed(
                f"The database {path} cannot be used: {error}.",
                hint=_IF_DAMAGED if damaged else _IF_NOT,
            ) from error
        changes.attach(writer)
        commits = SharedCommits(writer, changes.publish)
        searcher = await aiosqlite.Connection(lambda: _reader(path), 64)
        presence = Presence(changes, claims)
        return cls(
            path, allowed_types, commits, changes, presence, _reader(path), searcher, identity
        )

    @cached_property
    def saver(self) -> "CheckpointSaver":
        """LangGraph's saver. It is made when it is first used: lists do not wait for LangGraph."""
        from hitl_server.storage.checkpoint_saver import CheckpointSaver
        from hitl_server.storage.checkpoint_serializer import checkpoint_serializer
        from hitl_server.storage.written_types import WrittenTypes

        types = WrittenTypes(self._path.with_suffix(".types.json"), self.identity)
        saver = CheckpointSaver(self._commits, checkpoint_serializer(self._allowed_types, types))
        saver.setup()
        return saver

    def write(self) -> AbstractAsyncContextManager[sqlite3.Connection]:
        """Return the writing connection for one transaction, which is on disk after the block."""
        return self._commits.transaction()

    async def flush(self) -> None:
        """Wait until every checkpoint and row written so far is on disk."""
        await self._commits.flush()

    @property
    def failed_commits(self) -> int:
        """How many commits failed after their writes were accepted, for example with a full disk."""
        return self._commits.failed_commits

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return rows by an index, as of the last commit."""
        return self._reader.execute(sql, values).fetchall()

    async def search(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query that may read many rows, as of the last commit."""
        return list(await self._searcher.execute_fetchall(sql, values))

    async def add_function(self, name: str, arity: int, function: Any) -> None:
        """Add a function to the SQL of searches."""
        await self._searcher.create_function(name, arity, function, deterministic=True)

    async def close(self) -> None:
        """Close all connections."""
        with suppress(sqlite3.Error):
            await self._commits.close()
        await self._searcher.close()
        self._reader.close()


def _writer(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)  # used under a lock
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2)):
        (found,) = connection.execute(f"PRAGMA {pragma}").fetchone()
        if found != wanted:
            connection.close()
            raise StartFailed(
                f"{path} cannot be written durably: {pragma} is {found}, not {wanted}.",
                hint="Keep the data folder on a local disk (--data-dir).",
            )
    connection.executescript(_SCHEMA)
    return connection


def _identity(connection: sqlite3.Connection) -> str:
    """Return the identity of a database; a new one gets one."""
    insert = "INSERT OR IGNORE INTO meta VALUES ('identity', ?)"
    connection.execute(insert, (str(uuid4()),))
    connection.commit()
    (identity,) = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
    return str(identity)


def _reader(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA query_only = 1")
    return connection


def row_json(row: Row, json_columns: Collection[str]) -> JsonObject:
    """Return a row as JSON; the columns that hold JSON texts are passed on unparsed."""
    return {
        name: orjson.Fragment(row[name]) if name in json_columns and row[name] else row[name]
        for name in row.keys()  # noqa: SIM118  iterating a Row gives values
    }
