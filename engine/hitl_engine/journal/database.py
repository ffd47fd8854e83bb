"""The SQLite files of the journal: private, and every statement durable when it returns."""

import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import aiosqlite

from hitl_engine.errors import JournalFailed
from hitl_engine.private_files import make_file_private

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
"""For a journal made by an earlier version."""

_DURABLE = {"journal_mode": ("wal", "wal"), "synchronous": ("FULL", 2)}
"""Setting -> (the value to set, the value that must be read back)."""


class JournalDatabase:
    """One open database; each statement is a durable transaction of its own."""

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    async def write(self, sql: str, values: Iterable[str]) -> None:
        """Run one statement; durable when this returns. Raises JournalFailed."""
        try:
            await self._connection.execute(sql, tuple(values))
        except sqlite3.Error as error:
            raise _failed(self._path, error) from error

    async def rows(self, sql: str, values: tuple[str | int, ...]) -> list[tuple[str, ...]]:
        """Return what a query finds. Raises JournalFailed."""
        try:
            rows = await self._connection.execute_fetchall(sql, values)
        except sqlite3.Error as error:
            raise _failed(self._path, error) from error
        return cast("list[tuple[str, ...]]", list(rows))


@asynccontextmanager
async def open_database(path: Path, schema: str = _SCHEMA) -> AsyncIterator[JournalDatabase]:
    """Open the database at `path`, with mode 0600; create it if missing. Raises JournalFailed.

    `schema` are statements that create what is missing in it.
    """
    try:
        make_file_private(path, create=True)
        for suffix in ("-wal", "-shm"):  # SQLite gives new ones the mode of the database
            make_file_private(path.with_name(path.name + suffix), create=False)
        connection = await aiosqlite.connect(path, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _failed(path, error) from error
    try:
        await _prepare(connection, path, schema)
        yield JournalDatabase(connection, path)
    finally:
        await connection.close()


async def _prepare(connection: aiosqlite.Connection, path: Path, schema: str) -> None:
    """Make every statement a durable transaction of its own, and check that SQLite agreed."""
    try:
        for setting, (asked, expected) in _DURABLE.items():
            await connection.execute(f"PRAGMA {setting} = {asked}")
            ((seen,),) = await connection.execute_fetchall(f"PRAGMA {setting}")
            if seen != expected:
                raise sqlite3.OperationalError(f"{setting} is {seen}, not {expected}")
        await connection.executescript(schema)
        rows = await connection.execute_fetchall("PRAGMA table_info(draft)")
        columns = [row[1] for row in rows]
        if columns and "asked" not in columns:
            await connection.execute(_ADDED)
    except sqlite3.Error as error:
        raise _failed(path, error) from error


def _failed(path: Path, error: Exception) -> JournalFailed:
    return JournalFailed(
        f"The journal {path} cannot be used: {error}.",
        hint="Free the disk, or choose another folder with --data-dir.",
    )
