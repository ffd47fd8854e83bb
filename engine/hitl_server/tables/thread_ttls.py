"""The table of the times at which threads expire."""

import sqlite3
from datetime import UTC, datetime, timedelta

from hitl_server.json_encoding import now
from hitl_server.json_types import JsonObject
from hitl_server.storage.database import Database

_LONGEST = 60 * 24 * 366 * 1000
"""Minutes; beyond a thousand years, there is no date."""


class ThreadTtls:
    """Reads and writes when threads expire; `default_minutes` is for new ones, None for never."""

    def __init__(self, database: Database, default_minutes: float | None) -> None:
        self._database = database
        self._default_minutes = default_minutes

    def set(
        self, connection: sqlite3.Connection, thread_id: str, minutes: float | None = None
    ) -> None:
        """Let a thread expire in some minutes, counted from now; None: by default."""
        minutes = self._default_minutes if minutes is None else minutes
        if minutes is None:
            return
        minutes = max(0.0, min(minutes, _LONGEST))
        expires_at = datetime.now(UTC) + timedelta(minutes=minutes)
        connection.execute(
            "INSERT OR REPLACE INTO thread_ttls VALUES (?, ?, ?)",
            (thread_id, minutes, expires_at.isoformat(timespec="microseconds")),
        )

    def of_thread(self, thread_id: str) -> JsonObject | None:
        """Return `{"strategy", "ttl_minutes", "expires_at"}`; None if the thread never expires."""
        rows = self._database.read(
            "SELECT minutes, expires_at FROM thread_ttls WHERE thread_id = ?", (thread_id,)
        )
        if not rows:
            return None
        minutes, expires_at = rows[0]
        return {"strategy": "delete", "ttl_minutes": minutes, "expires_at": expires_at}

    async def expired(self) -> list[str]:
        """Return the threads that have expired."""
        sql = "SELECT thread_id FROM thread_ttls WHERE expires_at <= ?"
        return [thread_id for (thread_id,) in await self._database.search(sql, (now(),))]

    def has_expired(self, connection: sqlite3.Connection, thread_id: str) -> bool:
        """Whether a thread has expired, as of this transaction."""
        sql = "SELECT 1 FROM thread_ttls WHERE thread_id = ? AND expires_at <= ?"
        return connection.execute(sql, (thread_id, now())).fetchone() is not None
