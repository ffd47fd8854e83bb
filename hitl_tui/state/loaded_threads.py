"""The part of the list of threads that was read: of a server with many, only what is near."""

from collections.abc import Callable, Sequence

from hitl_engine.model import PageMark, ThreadPage, ThreadRow

MOST = 1_000
"""Threads that are kept. What is read at one end pushes out what is at the other."""


class LoadedThreads:
    """A window on the threads that match a filter of the server, last changed first.

    With `matches`, which the server does not know, only rows that it accepts are kept.
    """

    def __init__(self, start: int = 0, matches: Callable[[ThreadRow], bool] | None = None) -> None:
        self.rows: list[ThreadRow] = []
        self.start = start
        """How many threads are before the first row."""
        self.read = 0
        """How many threads were looked at."""
        self.complete = False
        """Whether nothing comes after the rows."""
        self.end: PageMark | None = None
        """Where the next page begins; None before the first one."""
        self._matches = matches

    @property
    def begins_later(self) -> bool:
        """Whether there are threads before the rows, which can be read."""
        return self.start > 0 and self._matches is None

    def add(self, page: ThreadPage) -> None:
        """Add the next rows; of a row that came before, the newer one counts."""
        newer = {row.thread_id for row in page.rows}
        known = len(self.rows)
        self.rows = [row for row in self.rows if row.thread_id not in newer]
        self.read += len(page.rows) - (known - len(self.rows))
        self.rows += self._accepted(page.rows)
        self.complete = page.end is None
        self.end = page.end or self.end
        if (many := len(self.rows) - MOST) > 0:
            del self.rows[:many]
            self.start += many

    def add_before(self, page: ThreadPage, offset: int) -> None:
        """Add the rows from `offset` on, which come before the first one."""
        known = {row.thread_id for row in self.rows}
        self.rows = [row for row in page.rows if row.thread_id not in known] + self.rows
        self.start = offset
        if len(self.rows) > MOST:
            del self.rows[MOST:]
            self.complete = False
            last = self.rows[-1]
            self.end = PageMark(self.start + MOST, last.thread_id, last.updated_at)

    def renew(self, page: Sequence[ThreadRow], *, is_all: bool) -> None:
        """Replace the newest rows, with which the window begins; `is_all`: there are no others.

        What is as new as these, and is not among them, has gone.
        """
        times = [row.updated_at for row in page if row.updated_at is not None]
        newer = {row.thread_id for row in page}
        kept = [
            row
            for row in self.rows
            if row.thread_id not in newer
            and times
            and row.updated_at is not None
            and row.updated_at <= times[-1]
        ]
        self.rows = [*self._accepted(page), *([] if is_all else kept)]
        self.read = len(page) if is_all else max(self.read, len(page))
        self.complete = self.complete or is_all

    def remove(self, thread_id: str) -> None:
        """Forget a thread that was deleted."""
        self.rows = [row for row in self.rows if row.thread_id != thread_id]

    def _accepted(self, page: Sequence[ThreadRow]) -> Sequence[ThreadRow]:
        return page if self._matches is None else [row for row in page if self._matches(row)]
