"""Drafts: what a person typed for an interrupt and did not send, one for each interrupt."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain

from hitl_engine.journal.database import JournalDatabase
from hitl_engine.journal.decisions import asked_of
from hitl_engine.model import Draft, Interrupt, JsonObject, Question


class DraftTable:
    """The drafts of all servers. A question that replaces one that is gone gets its draft."""

    def __init__(self, database: JournalDatabase) -> None:
        self._database = database

    async def save(self, server: str, typed: Sequence[tuple[Question, JsonObject]]) -> None:
        """Keep what was typed for each question; all is durable when this returns, or none.

        Raises JournalFailed.
        """
        now = datetime.now(UTC).isoformat()
        rows = [
            (
                *_draft_key(server, question.interrupt),
                question.fingerprint,
                now,
                json.dumps(content),
                asked_of(question.interrupt),
            )
            for question, content in typed
        ]
        places = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(rows))
        await self._database.write(
            f"""INSERT OR REPLACE INTO draft
               (server, thread_id, interrupt_id, fingerprint, saved, content, asked)
               VALUES {places}""",
            chain.from_iterable(rows),
        )

    async def find(self, server: str, question: Question) -> Draft | None:
        """Return what was typed for this interrupt, even if its question has changed since."""
        rows = await self._database.rows(
            """SELECT fingerprint, saved, content, asked FROM draft
               WHERE server = ? AND thread_id = ? AND interrupt_id = ?""",
            _draft_key(server, question.interrupt),
        )
        for fingerprint, saved, content, asked in rows:
            return Draft(
                fingerprint=fingerprint,
                thread_id=question.interrupt.thread_id,
                interrupt_id=question.interrupt.interrupt_id,
                content=json.loads(content),
                unchanged=fingerprint == question.fingerprint
                or asked == asked_of(question.interrupt),
                saved=datetime.fromisoformat(saved),
            )
        return None

    async def all_of(self, server: str) -> frozenset[tuple[str, str]]:
        """Return the thread and the interrupt of every draft. Raises JournalFailed."""
        rows = await self._database.rows(
            "SELECT thread_id, interrupt_id FROM draft WHERE server = ?", (server,)
        )
        return frozenset((thread_id, interrupt_id) for thread_id, interrupt_id in rows)

    async def same_question(self, server: str, interrupt: Interrupt) -> tuple[str, ...]:
        """Return the other interrupts of this thread with a draft whose node asked the same.

        The one that was typed last comes first.
        """
        rows = await self._database.rows(
            """SELECT interrupt_id FROM draft
               WHERE server = ? AND thread_id = ? AND interrupt_id != ? AND asked = ?
               ORDER BY saved DESC""",
            (*_draft_key(server, interrupt), asked_of(interrupt)),
        )
        return tuple(interrupt_id for (interrupt_id,) in rows)

    async def hand_over(self, server: str, gone: str, interrupt: Interrupt) -> None:
        """Move the draft of an interrupt that is gone to `interrupt`. Raises JournalFailed."""
        server, thread_id, interrupt_id = _draft_key(server, interrupt)
        await self._database.write(
            """UPDATE OR REPLACE draft SET interrupt_id = ?
               WHERE server = ? AND thread_id = ? AND interrupt_id = ?""",
            (interrupt_id, server, thread_id, gone),
        )

    async def discard(self, server: str, interrupt: Interrupt) -> None:
        """Delete what was typed for this interrupt, without waiting for the disk. Raises JournalFailed."""
        await self._database.write_soon(
            "DELETE FROM draft WHERE server = ? AND thread_id = ? AND interrupt_id = ?",
            _draft_key(server, interrupt),
        )

    async def discard_old(
        self, server: str, waiting: Collection[Interrupt], *, older_than: timedelta
    ) -> None:
        """Delete what was typed for questions that no longer wait, and are not asked again.

        `older_than` counts from when it was typed last. Raises JournalFailed.
        """
        limit = (datetime.now(UTC) - older_than).isoformat()
        old = await self._database.rows(
            "SELECT thread_id, interrupt_id, asked FROM draft WHERE server = ? AND saved < ?",
            (server, limit),
        )
        threads = {thread_id for thread_id, _, _ in old}
        there = [asked for asked in waiting if asked.thread_id in threads]
        known = {(asked.thread_id, asked.interrupt_id) for asked in there}
        asked_again = {(asked.thread_id, asked_of(asked)) for asked in there}
        for thread_id, interrupt_id, asked in old:
            if (thread_id, interrupt_id) not in known and (thread_id, asked) not in asked_again:
                await self._database.write(
                    """DELETE FROM draft
                       WHERE server = ? AND thread_id = ? AND interrupt_id = ? AND saved < ?""",
                    (server, thread_id, interrupt_id, limit),
                )


def _draft_key(server: str, interrupt: Interrupt) -> tuple[str, str, str]:
    return server, interrupt.thread_id, interrupt.interrupt_id
