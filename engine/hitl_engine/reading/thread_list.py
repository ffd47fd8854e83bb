"""The list of threads of a server, read so that no change is missed.

A server sorts by `updated_at`, which moves with every change of a row, and pages by offset, so
rows move while they are read. These measures handle this:

- A page begins with the last row of the page before. If it does not, rows above have gone
  (deleted, or out of the filter) and others may have been missed: then we step back.
- Changes are read from the top down to what the newest stamp was some looks ago, ties included,
  and "newest" is what the first page began with. A row that moved to the top while later pages
  were read is newer than that, so the next look finds it. So does a row that became visible a
  little later than its stamp, as with a long transaction.
- Other servers than our own may give fewer rows than they were asked for. So their whole list is read
  up to a page without a new row; and what they refuse is not asked for again.
- Our own server gives as many rows as it has, up to the limit: a first page that is not full is the
  whole list.
- Else the whole list is one search a status, and then the changes since before the first of them: a
  thread that went from one status to another between two searches is among those.

Only stamps of the server are compared, never with a clock of ours.
"""

from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from hitl_engine.concurrency import together
from hitl_engine.model import JsonObject
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.thread_search import DERIVED, FOUR_EYES, SUMMARY, continues, search_page
from hitl_engine.reading.wire import WireThread

_STATUSES = ("interrupted", "error", "busy")
_RECENT = 100
_STEPS_BACK = 5
"""After so many, a listing continues despite a gap: a server may ignore the sort order."""
_LOOKS_BACK = 5
"""How many looks ago the stamp was the newest down to which changes are read."""
_LATE = timedelta(seconds=5)
"""About as much, in the server's time, for the first look."""

Rows = dict[str, WireThread]


class ThreadList:
    """Lists the threads on which something may wait. Methods raise TargetError.

    `rows_hold_state`: rows contain the state, as on our own server, so that nothing waits on an
    `idle` one and those are not listed. On other servers a question can wait on any thread.
    `four_eyes`: rows also tell what needs two reviewers. `rows_hold_presence`: they tell who is on a
    thread.
    """

    def __init__(
        self,
        api: LangGraphServer,
        *,
        rows_hold_state: bool,
        four_eyes: bool = False,
        rows_hold_presence: bool = False,
    ) -> None:
        self._api = api
        self._holds_idle = not rows_hold_state
        self._statuses = (*_STATUSES, "idle") if self._holds_idle else _STATUSES
        more = (
            *(() if self._holds_idle else DERIVED),
            *(FOUR_EYES if four_eyes else ()),
            *(["presence"] if rows_hold_presence else []),
        )
        self._select = (*SUMMARY, *more)
        self._marks: deque[datetime | None] = deque(maxlen=_LOOKS_BACK)

    def holds(self, row: WireThread) -> bool:
        """Whether this row belongs to the list; one that was just read may have left it."""
        return self._holds_idle or row.status != "idle"

    async def count(self) -> int:
        """Return how many threads the server has in this list."""
        if self._holds_idle:
            return await self._api.count_threads({})
        counts = (self._api.count_threads({"status": status}) for status in self._statuses)
        return sum(await together(counts))

    async def everything(self) -> Rows:
        """Return all rows of the list, and what changed while they were read."""
        if not self._marks:
            limit = 1 if self._holds_idle else _RECENT
            newest = await self._page({}, limit=limit, offset=0)
            stamp = newest[0].updated_at if newest else None
            self._marks.append(stamp and stamp - _LATE)
            if len(newest) < limit and not self._holds_idle:
                return {row.thread_id: row for row in newest}
        found = await together(self._of_status(status) for status in self._statuses)
        rows = {thread_id: row for part in found for thread_id, row in part.items()}
        return rows | await self.changed()

    async def changed(self) -> Rows:
        """Return the rows that have changed since the last look, and some more."""
        floor = self._marks[0] if self._marks else None
        newest: datetime | None = None
        rows: Rows = {}
        async for page in self._pages({}, _RECENT, up_to_the_end=False):
            newest = newest or page[0].updated_at
            rows.update((row.thread_id, row) for row in page)
            last = page[-1].updated_at
            if floor is not None and last is not None and last < floor:
                break
        self._marks.append(newest)
        return rows

    async def _of_status(self, status: str) -> Rows:
        rows: Rows = {}
        async for page in self._pages(
            {"status": status}, self._api.can.thread_page, up_to_the_end=self._holds_idle
        ):
            rows.update((row.thread_id, row) for row in page)
        return rows

    async def _pages(
        self, query: JsonObject, limit: int, *, up_to_the_end: bool
    ) -> AsyncIterator[tuple[WireThread, ...]]:
        """Yield pages without a gap between them, none of them empty; rows may come twice.

        The first page is the last one if it is not full, unless `up_to_the_end`.
        """
        offset, furthest, steps_back = 0, 0, 0
        last: WireThread | None = None
        seen: set[str] = set()
        while True:
            page = await self._page(query, limit=limit, offset=offset)
            if offset and last and not continues(page, last) and steps_back < _STEPS_BACK:
                offset, steps_back = max(0, offset - self._api.can.thread_page), steps_back + 1
                continue
            if page:
                yield page
            is_new = bool({row.thread_id for row in page} - seen)
            if not is_new and (len(page) < 2 or offset + len(page) >= furthest):
                return
            if len(page) < limit and not offset and not up_to_the_end:
                return
            seen.update(row.thread_id for row in page)
            furthest = max(furthest, offset + len(page))
            last = page[-1]
            offset, limit = offset + len(page) - 1, self._api.can.thread_page

    async def _page(self, query: JsonObject, *, limit: int, offset: int) -> tuple[WireThread, ...]:
        return await search_page(self._api, query, limit=limit, offset=offset, select=self._select)
