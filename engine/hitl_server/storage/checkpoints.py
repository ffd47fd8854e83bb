"""The checkpoints of a server: where they are, and what has to happen to them besides our rows."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from hitl_server.storage.checkpoint_saver import CheckpointSaver


class Checkpoints(ABC):
    """Checkpoints, in our file or elsewhere."""

    saver: BaseCheckpointSaver[Any]
    """The checkpointer of all graphs."""

    @abstractmethod
    async def copy_thread(self, thread_id: str, copy_id: str) -> None:
        """Copy the checkpoints of a thread, before its row. Raises `Refusal` (501)."""

    @abstractmethod
    async def delete_thread(self, thread_id: str) -> None:
        """Delete the checkpoints of a thread, after its row."""

    @abstractmethod
    async def delete_run(self, run_id: str) -> None:
        """Delete the checkpoints that a run wrote, after its row. Raises `Refusal` (501)."""

    @abstractmethod
    def check_deletes_runs(self) -> None:
        """Raise `Refusal` (501) if the checkpoints of a run cannot be deleted."""

    @asynccontextmanager
    async def rolled_back_on_error(self, thread_id: str) -> AsyncIterator[None]:
        """Delete what the block wrote for a thread if it raises, where that is possible."""
        yield

    @abstractmethod
    async def close(self) -> None:
        """End the checkpointer."""


class CheckpointsInOurFile(Checkpoints):
    """Checkpoints next to our rows, with which they are copied and deleted in one transaction."""

    def __init__(self, saver: CheckpointSaver) -> None:
        self.saver: CheckpointSaver = saver

    async def copy_thread(self, thread_id: str, copy_id: str) -> None:
        """Do nothing: the rows of the thread are copied with its checkpoints."""

    async def delete_thread(self, thread_id: str) -> None:
        """Do nothing: the rows of the thread are deleted with its checkpoints."""

    async def delete_run(self, run_id: str) -> None:
        """Do nothing: the row of the run is deleted with its checkpoints."""

    def check_deletes_runs(self) -> None:
        """Do nothing: they can be deleted."""

    @asynccontextmanager
    async def rolled_back_on_error(self, thread_id: str) -> AsyncIterator[None]:
        """Delete what the block wrote for a thread if it raises."""
        async with self.saver.rolled_back_on_error(thread_id):
            yield

    async def close(self) -> None:
        """Do nothing: the database is closed."""
