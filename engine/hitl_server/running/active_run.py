"""A run that has not ended: its events, its result, its cancellation."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from langgraph.runtime import RunControl

from hitl_server.streams.run_stream import RunResult, RunStream
from hitl_server.tables.run_table import Run

CancelAction: TypeAlias = Literal["interrupt", "rollback"]


class UserInterrupt(Exception):
    """A client cancelled the run."""


@dataclass(slots=True, eq=False)
class ActiveRun:
    """A run that has not ended, or has just ended: clients can follow, await or cancel it."""

    run_id: str
    thread_id: str
    stream: RunStream
    temporary: bool = False
    """Whether the thread was created for this run and is deleted after it."""
    result: RunResult = field(default_factory=RunResult)
    admission_ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the run is on disk, or was refused."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    record: Run | None = None
    """The run as it is stored; None until it is on disk."""
    is_waiting: bool = False
    """Whether it waits for an earlier run of its thread, or for its delay."""
    admitted: str | None = None
    """The digest of the protected questions that the run may answer; None: it may answer none."""
    cancelled: CancelAction | None = None
    """How a client cancelled this run; None if no client did."""
    control: RunControl = field(default_factory=RunControl)
    """What LangGraph asks before each step whether to go on."""
    _task: asyncio.Task[None] | None = None
    _graph_ended: bool = False

    @property
    def run(self) -> Run:
        """The run as it is stored, which it is before it is driven."""
        assert self.record is not None, "a run is driven only after it was recorded"
        return self.record

    def begin(self) -> None:
        """Use the current task from now on. Raises CancelledError if it is already cancelled."""
        self._task = asyncio.current_task()
        if self.cancelled is not None:
            raise asyncio.CancelledError

    def cancel(self, action: CancelAction) -> None:
        """Cancel the run, unless its graph has already ended.

        A task that has not begun is not cancelled: it would not even record its end.
        """
        if self.cancelled is None and not self._graph_ended:
            self.cancelled = action
            if self._task is not None:
                self._task.cancel()

    def pause(self) -> None:
        """Stop before the next step; nodes that run now end first. It goes on as from a breakpoint."""
        self.control.request_drain("pause")

    def end_graph(self) -> None:
        """Note that the graph has ended: from now on, `cancel` has no effect."""
        self._graph_ended = True
