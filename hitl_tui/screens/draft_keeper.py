"""Keeping what is typed: soon after each key, in order, and once more on leaving."""

import asyncio
from typing import TYPE_CHECKING

from hitl_engine.model import Question
from hitl_tui.messages import Typed

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

PAUSE = 0.4
"""Seconds between a key and the draft being written; a second is what is promised."""


class DraftKeeper:
    """Holds what was typed last until it is written; one write at a time."""

    def __init__(self) -> None:
        self._unsaved: Typed | None = None
        self._writing = asyncio.Lock()

    def typed(self, typed: Typed) -> bool:
        """Hold this; return whether a write has to be arranged for it."""
        first = self._unsaved is None
        self._unsaved = typed
        return first

    async def keep(self, desk: "Desk") -> None:
        """Write what is held. Raises JournalFailed; it is held again then."""
        async with self._writing:
            typed, self._unsaved = self._unsaved, None
            if typed is None:
                return
            try:
                await desk.drafts.save(typed.question, typed.content)
            except BaseException:
                self._unsaved = self._unsaved or typed
                raise

    async def forget(self, desk: "Desk", question: Question) -> None:
        """The question is answered: nothing of it needs to be kept."""
        async with self._writing:
            if self._unsaved is not None and self._unsaved.question == question:
                self._unsaved = None
            await desk.drafts.discard(question)
