"""All threads of a server: listed, counted, copied, deleted."""

from hitl_engine.debugging.recorded import recorded
from hitl_engine.errors import NotThere, ServerRefused
from hitl_engine.journal.decisions import DecisionLog, Intent
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    ALL_THREADS,
    Outcome,
    PageMark,
    ThreadCounts,
    ThreadFilter,
    ThreadPage,
)
from hitl_engine.reading.thread_pages import ThreadPages

_NOT_COPIED = (404, 405, 501)
"""What a server answers that has no such request. Methods that read a thread first rule out the rest."""


class Threads:
    """The threads of one server, whatever their status. Methods raise TargetError."""

    def __init__(self, session: ServerSession, log: DecisionLog) -> None:
        self._session = session
        self._log = log

    async def page(
        self,
        filter: ThreadFilter = ALL_THREADS,
        after: PageMark | None = None,
        *,
        size: int = 50,
        offset: int = 0,
    ) -> ThreadPage:
        """Return the next `size` threads that match, last changed first: `after` the end of a page.

        Without it, from the newest thread on, or from the one at `offset`.
        """
        return await self._pages.page(filter, after, size, offset)

    async def length(self, filter: ThreadFilter = ALL_THREADS) -> int:
        """Return how many threads match; where the server does not count, with a few more requests."""
        return await self._pages.length(filter)

    async def counts(self, filter: ThreadFilter = ALL_THREADS) -> ThreadCounts | None:
        """Return how many threads match, in all groups; None if the server does not count."""
        return await self._pages.counts(filter)

    async def copy(self, thread_id: str) -> str:
        """Copy a thread with its checkpoints and what waits on it; return the id of the copy.

        Sent once. Raises NotThere, and ServerRefused where a server cannot copy.
        """
        async with self._session.keep_running():
            await self._session.api.thread(thread_id)
            try:
                return (await self._session.api.copy_thread(thread_id)).thread_id
            except (NotThere, ServerRefused) as error:
                if getattr(error, "status", 404) not in _NOT_COPIED:
                    raise
                raise ServerRefused(
                    "This server cannot copy threads.", status=404, kept="Nothing was changed."
                ) from error

    async def delete(self, thread_id: str) -> Outcome:
        """Delete a thread with its checkpoints and runs; a run in progress is cancelled.

        What it was is in the journal. Also raises NotThere, JournalFailed.
        """
        async with self._session.keep_running():
            row = await self._session.api.thread(thread_id)
            intent = Intent(
                event="delete",
                server=self._session.server.label,
                graph_id=row.graph_id,
                thread_id=thread_id,
                decision="delete the thread",
            )

            async def send() -> str:
                await self._session.api.delete_thread(thread_id)
                return "The server deleted the thread."

            async def was_done() -> str | None:
                try:
                    await self._session.api.thread(thread_id)
                except NotThere:
                    return "The server has no such thread any more."
                return None

            return await recorded(self._log, intent, send, was_done)

    @property
    def _pages(self) -> ThreadPages:
        session = self._session
        return ThreadPages(
            session.api, session.reader, rows_hold_state=session.supports("derived_status")
        )
