"""Drafts of one server: kept while a question waits, moved along when it is asked again."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from hitl_engine.errors import JournalFailed, TargetError
from hitl_engine.journal.drafts import DraftTable
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Draft, Inbox, Interrupt, JsonObject, Question

_KEPT_FOR = timedelta(days=1)
"""How long a draft is kept at least after its question is gone."""


class Drafts:
    """What was typed for the questions of the server in use."""

    def __init__(self, table: DraftTable, session: ServerSession) -> None:
        self._table = table
        self._session = session
        self._tidied = False

    async def save(self, question: Question, content: JsonObject) -> None:
        """Keep what was typed, durable when this returns. Raises JournalFailed."""
        await self.save_all([(question, content)])

    async def save_all(self, typed: Sequence[tuple[Question, JsonObject]]) -> None:
        """Keep what was typed for each question, all or none, as `save`. Raises JournalFailed."""
        if typed:
            await self._table.save(self._session.server.identity, typed)

    async def find(self, question: Question) -> Draft | None:
        """Return what was typed for this question before, if anything. Raises JournalFailed.

        A question that is asked again under another id takes over the draft of the one that is
        gone.
        """
        found = await self._table.find(self._session.server.identity, question)
        if found is None and await self._taken_over(question.interrupt):
            found = await self._table.find(self._session.server.identity, question)
        return found

    async def all(self) -> frozenset[tuple[str, str]]:
        """Return the thread and the interrupt of every draft. Raises JournalFailed."""
        return await self._table.all_of(self._session.server.identity)

    async def discard(self, question: Question) -> None:
        """Delete what was typed. Raises JournalFailed."""
        await self._table.discard(self._session.server.identity, question.interrupt)

    async def tidy(self, inbox: Inbox) -> None:
        """Delete the drafts of questions that are gone, once, when the whole inbox is known."""
        if self._tidied or not inbox.is_whole:
            return
        waiting = [item for item in inbox.items if isinstance(item, Interrupt)]
        with suppress(JournalFailed):
            await self._table.discard_old(
                self._session.server.identity, waiting, older_than=_KEPT_FOR
            )
            self._tidied = True

    async def _taken_over(self, asked: Interrupt) -> bool:
        """Move the draft of the same question from an id that no longer waits."""
        candidates = await self._table.same_question(self._session.server.identity, asked)
        if not candidates:
            return False
        with suppress(TargetError):
            now = await self._session.reader.snapshot(asked.thread_id)
            waiting = {each.interrupt_id for each in now.interrupts}
            for gone in candidates:
                if gone not in waiting:
                    await self._table.hand_over(self._session.server.identity, gone, asked)
                    return True
        return False
