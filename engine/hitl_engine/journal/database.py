"""The SQLite files of the journal: private, and durable before anything is sent."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TypeAlias, cast

import aiosqlite

from hitl_engine.errors import JournalFailed
from hitl_engine.journal.chain import linked
from hitl_engine.private_files import create_private_file, make_file_private

_DECISION = """
CREATE TABLE IF NOT EXISTS decision (
    seq INTEGER PRIMARY KEY,
    decision_id TEXT NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('queue', 'withdraw', 'intend', 'conclude')),
    at TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL DEFAULT ''
);
"""
_SCHEMA = f"""{_DECISION}
CREATE INDEX IF NOT EXISTS decision_by_id ON decision (decision_id);
CREATE INDEX IF NOT EXISTS decision_by_thread ON decision (json_extract(body, '$.thread_id'))
    WHERE event = 'intend';
CREATE INDEX IF NOT EXISTS decision_by_rule ON decision (json_extract(body, '$.fingerprint'))
    WHERE event = 'intend' AND json_extract(body, '$.rules') IS NOT NULL;
CREATE TABLE IF NOT EXISTS postponed (
    decision_id TEXT PRIMARY KEY,
    due TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS journal (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL
);
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
CREATE TABLE IF NOT EXISTS item_note (
    server TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    saved TEXT NOT NULL,
    flagged TEXT NOT NULL DEFAULT '',
    fingerprint TEXT NOT NULL DEFAULT '',
    until TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (server, thread_id, item_id)
);
"""
_ADDED = "ALTER TABLE draft ADD COLUMN asked TEXT NOT NULL DEFAULT ''"
_REBUILT = f"""
BEGIN;
ALTER TABLE decision RENAME TO earlier;
DROP INDEX decision_by_id;
DROP INDEX decision_by_thread;
{_DECISION}
INSERT INTO decision SELECT seq, decision_id, event, at, body, '' FROM earlier;
DROP TABLE earlier;
COMMIT;
"""
"""These two are for a journal made by an earlier version; it has a column less."""

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""The errors of a file that was cut or overwritten; others are those of the disk."""
_LOOKS, _PAUSE = 20, 0.1
"""How often, and in seconds, an empty database is looked at again."""
_JOURNAL_MODE = ("journal_mode", "wal", "wal")
_DURABLE = ("synchronous", "FULL", 2)
"""Each commit waits until the disk has it."""
_SOON_DURABLE = ("synchronous", "NORMAL", 1)
"""A commit survives the end of the process, and a power cut once a later commit has waited."""
_Setting: TypeAlias = tuple[str, str, str | int]
"""(name, the value to set, the value that must be read back)."""


class JournalDatabase:
    """A database that is opened at its first use; each statement is a transaction of its own.

    `schema` are statements that create what is missing in it.
    """

    def __init__(self, path: Path, schema: str = _SCHEMA) -> None:
        self._path = path
        self._schema = schema
        self._connection: aiosqlite.Connection | None = None
        self._soon_durable: aiosqlite.Connection | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> aiosqlite.Connection:
        """Open the database unless it is open, with mode 0600; create it if missing.

        Raises JournalFailed.
        """
        async with self._opening:
            if self._connection is None:
                self._connection = await _opened(self._path, self._schema)
        return self._connection

    async def write(self, sql: str, values: Iterable[str]) -> list[tuple[str, ...]]:
        """Run one statement, and return the rows that it returns; durable when this returns.

        Raises JournalFailed.
        """
        return await self.rows(sql, tuple(values))

    async def write_soon(self, sql: str, values: Iterable[str]) -> None:
        """Run one statement; readers see it when this returns. Raises JournalFailed.

        It is for what a lost row does no harm: a power cut may lose it until the next `write`.
        """
        await self.open()
        with _reported(self._path):
            async with self._opening:
                if self._soon_durable is None:
                    self._soon_durable = await _connect(self._path, _SOON_DURABLE)
            await self._soon_durable.execute_fetchall(sql, tuple(values))

    async def rows(self, sql: str, values: tuple[str | int, ...]) -> list[tuple[str, ...]]:
        """Return what a query finds. Raises JournalFailed."""
        connection = await self.open()
        with _reported(self._path):
            rows = await connection.execute_fetchall(sql, values)
        return cast("list[tuple[str, ...]]", list(rows))

    async def close(self) -> None:
        """Close the connections."""
        for connection in (self._soon_durable, self._connection):
            if connection is not None:
                await connection.close()


@asynccontextmanager
async def open_database(path: Path, schema: str = _SCHEMA) -> AsyncIterator[JournalDatabase]:
    """Open the database at `path` until the block ends. Raises JournalFailed."""
    database = JournalDatabase(path, schema)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def _opened(path: Path, schema: str) -> aiosqlite.Connection:
    with _reported(path):
        is_new = await _found_or_created(path)
    try:
        return await _begun(path, schema)
    except BaseException:
        if is_new:
            _remove_if_empty(path)
        raise


async def _begun(path: Path, schema: str) -> aiosqlite.Connection:
    """Return a connection to a file that exists, after everything that it lacked was created in it."""
    with _reported(path):
        for suffix in ("", "-wal", "-shm"):  # SQLite gives new ones the mode of the database
            make_file_private(path.with_name(path.name + suffix))
        connection = await _connect(path, _DURABLE)
    try:
        with _reported(path):
            tables = await connection.execute_fetchall(
                "SELECT sql FROM sqlite_master WHERE name = 'decision'"
            )
            if any("hash TEXT" not in sql for (sql,) in tables):
                await connection.executescript(_REBUILT)
            await connection.executescript(schema)
            rows = await connection.execute_fetchall("PRAGMA table_info(draft)")
            columns = [row[1] for row in rows]
            if columns and "asked" not in columns:
                await connection.execute(_ADDED)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _found_or_created(path: Path) -> bool:
    """Create the file if it is missing, and return whether it was.

    One that is empty may have just been created by another program, which gets some time to begin it.
    Raises JournalFailed for one that stays empty: it is not taken for a new one.
    """
    for _ in range(_LOOKS):
        if create_private_file(path):
            return True
        with suppress(FileNotFoundError):  # its program could not begin it, and removed it
            found = path.lstat()
            if found.st_size or not stat.S_ISREG(found.st_mode):
                return False
        await asyncio.sleep(_PAUSE)
    raise _damaged(path, "it exists, and is empty")


def _remove_if_empty(path: Path) -> None:
    """Remove a file that was created here and could not be begun: later it would seem damaged.

    No other program uses it: each waits until it is no longer empty.
    """
    with suppress(OSError):
        if not path.stat().st_size:
            path.unlink()


async def _connect(path: Path, durability: _Setting) -> aiosqlite.Connection:
    """Return a connection on which each statement is a transaction; SQLite has agreed to its settings."""
    connection = await aiosqlite.connect(path, isolation_level=None)
    try:
        await connection.create_function("linked", 5, linked, deterministic=True)
        for setting, asked, expected in (_JOURNAL_MODE, durability):
            await connection.execute(f"PRAGMA {setting} = {asked}")
            ((seen,),) = await connection.execute_fetchall(f"PRAGMA {setting}")
            if seen != expected:
                raise sqlite3.OperationalError(f"{setting} is {seen}, not {expected}")
    except BaseException:
        await connection.close()
        raise
    return connection


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Raise JournalFailed for what goes wrong with the file in the block."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            raise _damaged(path, str(error)) from error
        raise JournalFailed(
            f"The journal {path} cannot be used: {error}.",
            hint="Free the disk, or choose another folder with --data-dir.",
        ) from error


def _damaged(path: Path, why: str) -> JournalFailed:
    return JournalFailed(
        f"The journal {path} is damaged: {why}.",
        hint="It was not replaced. Restore a copy of it, or move it away to begin a new one.",
    )
