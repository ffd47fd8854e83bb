"""A run that has not ended: what others may hear, await or cancel."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from hitl_server.streams.run_stream import RunResult, RunStream
from hitl_server.tables.run_table import Run

Action: TypeAlias = Literal["interrupt", "rollback"]


class UserInterrupt(Exception):
    """A run was cancelled by a client."""


@dataclass(slots=True, eq=False)
class ActiveRun:
    """A run that has not ended: what others may hear, await or cancel."""

    run_id: str
    thread_id: str
    stream: RunStream
    temporary: bool = False
    """Whether the thread was made for this run and goes with it."""
    result: RunResult = field(default_factory=RunResult)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    run: Run | None = None
    """What was ordered; None until it is on disk."""
    waits: bool = False
    """Whether its turn has not come yet."""
    cancelled: Action | None = None
    """How a client cancelled this run, if one did."""
    _task: asyncio.Task[None] | None = None
    _settling: bool = False

    @property
    def order(self) -> Run:
        """What was ordered."""
        assert self.run is not None, "a run is driven only after it was recorded"
        return self.run

    def begin(self) -> None:
        """Be driven by the current task from here on. Raises CancelledError if that is too late."""
        self._task = asyncio.current_task()
        if self.cancelled is not None:
            raise asyncio.CancelledError

    def cancel(self, action: Action) -> None:
        """Cancel the run, unless its graph has already ended.

        A task that has not begun is not cancelled: nothing in it would run, not even the end.
        """
        if self.cancelled is None and not self._settling:
            self.cancelled = action
            if self._task is not None:
                self._task.cancel()

    def settle(self) -> None:
        """The graph has ended: from here on a cancellation comes too late."""
        self._settling = True
