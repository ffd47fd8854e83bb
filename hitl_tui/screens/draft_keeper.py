"""Writes what is typed on a thread's cards as drafts: soon after each key, one write at a time."""

import asyncio
from typing import TYPE_CHECKING

from hitl_engine.model import Question
from hitl_tui.messages import Typed

if TYPE_CHECKING:
    from hitl_engine.deciding.drafts import Drafts

PAUSE = 0.4
"""Seconds from a key to the write; the product promises that drafts are written within one."""


class DraftKeeper:
    """Keeps what was typed last until it is written."""

    def __init__(self, drafts: "Drafts") -> None:
        self._drafts = drafts
        self._unsaved: Typed | None = None
        self._writing = asyncio.Lock()

    def hold(self, typed: Typed) -> bool:
        """Keep what was typed; return whether a write has to be scheduled for it."""
        first = self._unsaved is None
        self._unsaved = typed
        return first

    async def save(self) -> None:
        """Write what is kept. Raises JournalFailed, and then keeps it for the next write."""
        async with self._writing:
            typed, self._unsaved = self._unsaved, None
            if typed is None:
                return
            try:
                await self._drafts.save(typed.question, typed.content)
            except BaseException:
                self._unsaved = self._unsaved or typed
                raise

    async def discard(self, question: Question) -> None:
        """Delete the draft of a question that was answered."""
        async with self._writing:
            if self._unsaved is not None and self._unsaved.question == question:
                self._unsaved = None
            await self._drafts.discard(question)
