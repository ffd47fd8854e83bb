"""All threads of a server, a page at a time: whatever their status, and however many there are.

A server tells the status of a thread in its row, and not always what waits: then the state is read.
The pages overlap by a row, as those of `thread_list`, so that no thread is missed while rows move.
"""

import asyncio
from dataclasses import dataclass

from hitl_engine.concurrency import together
from hitl_engine.errors import TargetError
from hitl_engine.model import (
    JsonObject,
    PageMark,
    ThreadCounts,
    ThreadFilter,
    ThreadGroup,
    ThreadPage,
    ThreadRow,
    ThreadStatus,
)
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.snapshot_sources import from_row, from_summary
from hitl_engine.reading.thread_reader import ThreadReader
from hitl_engine.reading.thread_search import DERIVED, SUMMARY, continues, search_page
from hitl_engine.reading.wire import OddThread, WireThread, error_text

_STATUSES = {
    ThreadGroup.WAITING: "interrupted",
    ThreadGroup.RUNNING: "busy",
    ThreadGroup.FAILED: "error",
    ThreadGroup.DONE: "idle",
}
"""The status by which servers find the threads of a group."""
_STEPS_BACK = 5
"""After so many, a page continues despite a gap: a server may ignore the sort order."""
_AT_ONCE = 8
_BY_STATUS = {
    "busy": ThreadStatus.BUSY,
    "error": ThreadStatus.ERROR,
    "interrupted": ThreadStatus.BREAKPOINT,
}


@dataclass(frozen=True, slots=True)
class ThreadPages:
    """Reads the list of threads of one server. Methods raise TargetError.

    `rows_hold_state`: rows contain the state, as on our own server.
    """

    api: LangGraphServer
    reader: ThreadReader
    rows_hold_state: bool

    async def page(
        self, filter: ThreadFilter, after: PageMark | None, size: int, offset: int = 0
    ) -> ThreadPage:
        """Return up to `size` threads that match, after the end of another page or from `offset` on."""
        found, end = await self._next(query_of(filter), after, size, offset)
        return ThreadPage(await self._rows(found), end)

    async def length(self, filter: ThreadFilter) -> int:
        """Return how many threads match."""
        query = query_of(filter)
        if self.api.can.counts_threads:
            try:
                return await self.api.count_threads(query)
            except TargetError:
                if self.api.can.counts_threads:
                    raise
        return await self._found_length(query)

    async def _found_length(self, query: JsonObject) -> int:
        """Find how many threads match by looking whether there is one at an offset."""

        async def is_there(offset: int) -> bool:
            return bool(
                await search_page(self.api, query, limit=1, offset=offset, select=("thread_id",))
            )

        beyond = 1
        while await is_there(beyond - 1):
            beyond *= 2
        least = beyond // 2
        while least + 1 < beyond:
            middle = (least + beyond) // 2
            least, beyond = (middle, beyond) if await is_there(middle - 1) else (least, middle)
        return least

    async def counts(self, filter: ThreadFilter) -> ThreadCounts | None:
        """Return how many threads match, of all groups; None if the server does not count."""
        if not self.api.can.counts_threads:
            return None
        query = query_of(ThreadFilter(graph_id=filter.graph_id, metadata=filter.metadata))
        searches = [query, *({**query, "status": status} for status in _STATUSES.values())]
        try:
            total, *parts = await together(map(self.api.count_threads, searches))
        except TargetError:
            if self.api.can.counts_threads:
                raise
            return None
        return ThreadCounts(total, dict(zip(_STATUSES, parts, strict=True)))

    async def _next(
        self, query: JsonObject, after: PageMark | None, size: int, start: int
    ) -> tuple[list[WireThread], PageMark | None]:
        """Return the next rows without a gap, and where they end."""
        offset = max(0, after.offset - 1) if after else start
        steps_back = 0
        while True:
            page = await search_page(
                self.api,
                query,
                limit=size + bool(after),
                offset=offset,
                select=(*SUMMARY, "created_at", *(DERIVED if self.rows_hold_state else ())),
            )
            if after and offset and steps_back < _STEPS_BACK and not continues(page, after):
                offset, steps_back = max(0, offset - size), steps_back + 1
                continue
            found = [row for row in page if after is None or not _came_before(row, after)]
            if found:
                last = page[-1]
                end = PageMark(offset + len(page), last.thread_id, last.updated_at)
                return found, end
            if len(page) < 2:
                return [], None
            offset += len(page) - 1

    async def _rows(self, found: list[WireThread]) -> tuple[ThreadRow, ...]:
        limit = asyncio.Semaphore(_AT_ONCE)

        async def row_of(row: WireThread) -> ThreadRow:
            async with limit:
                return await self._row(row)

        return tuple(await together(map(row_of, found)))

    async def _row(self, row: WireThread) -> ThreadRow:
        """Return a row of the list; the state is read only where the row tells too little."""
        if isinstance(row, OddThread):
            return _row_of(row, None, row.problem)
        snapshot = from_row(row) or (from_summary(row, "") if self._tells_enough(row) else None)
        if snapshot is not None:
            return _row_of(row, snapshot)
        try:
            return _row_of(row, await self.reader.of_row(row))
        except TargetError as error:
            return _row_of(row, from_summary(row, error.what), error.what)

    def _tells_enough(self, row: WireThread) -> bool:
        """Whether a row tells what waits on its thread, or that nothing does."""
        if not row.graph_id or row.status == "busy":
            return True
        if row.status == "error" or not self.api.can.lists_questions:
            return False
        return row.status == "idle" or any((row.interrupts or {}).values())


def _row_of(row: WireThread, snapshot: Snapshot | None, doubt: str = "") -> ThreadRow:
    return ThreadRow(
        thread_id=row.thread_id,
        graph_id=row.graph_id,
        status=snapshot.status if snapshot else _status(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
        waiting=snapshot.waiting if snapshot else (),
        error=snapshot.error if snapshot else error_text(row.error) if row.error else None,
        metadata=row.metadata,
        doubt=doubt,
    )


def query_of(filter: ThreadFilter) -> JsonObject:
    """Return the fields of a search for these threads."""
    of_graph: JsonObject = {"graph_id": filter.graph_id} if filter.graph_id else {}
    metadata: JsonObject = {**filter.metadata, **of_graph}
    query: JsonObject = {"metadata": metadata} if metadata else {}
    return query if filter.group is None else {**query, "status": _STATUSES[filter.group]}


def _status(row: WireThread) -> ThreadStatus:
    """Return what the status of a row alone tells."""
    return _BY_STATUS.get(row.status or "", ThreadStatus.DONE)


def _came_before(row: WireThread, end: PageMark) -> bool:
    """Whether a row is the last of the page before, was above it, or is there by now."""
    if row.thread_id == end.thread_id:
        return True
    if row.updated_at is None or end.updated_at is None:
        return False
    return row.updated_at > end.updated_at
