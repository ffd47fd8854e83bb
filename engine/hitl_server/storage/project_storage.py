"""Storage that a project makes itself: `store.path` and `checkpointer.path` of `langgraph.json`."""

import inspect
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack
from typing import Any, TypeVar

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.store.base import BaseStore

from hitl_server.project.import_errors import needed_by_server
from hitl_server.project.places import Place
from hitl_server.refusals import Refusal
from hitl_server.storage.checkpoints import Checkpoints

_Made = TypeVar("_Made")


class ProjectStore:
    """The store, used instead of our SQLite file; graphs and routes use `items`."""

    def __init__(self, items: BaseStore, stack: AsyncExitStack) -> None:
        self.items = items
        self._stack = stack

    @classmethod
    async def open(cls, place: Place) -> "ProjectStore":
        """Create the store. Raises `StartFailed`: with another one, graphs would not find their items."""
        async with AsyncExitStack() as stack:
            store = await _made(place, BaseStore, "store", stack)  # type: ignore[type-abstract]
            return cls(store, stack.pop_all())

    async def close(self) -> None:
        """End the store."""
        await self._stack.aclose()


class ProjectCheckpoints(Checkpoints):
    """The project's checkpointer, used instead of our SQLite file.

    Threads and runs are still rows of ours. What happens to them happens here too, before or after
    their transaction. Some checkpointers cannot copy threads, or delete the checkpoints of a run.
    """

    def __init__(self, saver: BaseCheckpointSaver[Any], stack: AsyncExitStack) -> None:
        self.saver = saver
        self._stack = stack

    @classmethod
    async def open(cls, place: Place) -> "ProjectCheckpoints":
        """Create the checkpointer. Raises `StartFailed`: with another one, threads would lose their state."""
        async with AsyncExitStack() as stack:
            saver = await _made(place, BaseCheckpointSaver, "checkpointer", stack)
            return cls(saver, stack.pop_all())

    async def copy_thread(self, thread_id: str, copy_id: str) -> None:
        """Copy the checkpoints of a thread. Raises `Refusal` (501)."""
        self._refuse_unless_it_has("acopy_thread")
        await self.saver.acopy_thread(thread_id, copy_id)

    async def delete_thread(self, thread_id: str) -> None:
        """Delete the checkpoints of a thread."""
        await self.saver.adelete_thread(thread_id)

    async def delete_run(self, run_id: str) -> None:
        """Delete the checkpoints that a run wrote. Raises `Refusal` (501)."""
        self.check_deletes_runs()
        await self.saver.adelete_for_runs([run_id])

    def check_deletes_runs(self) -> None:
        """Raise `Refusal` (501) if the checkpoints of a run cannot be deleted."""
        self._refuse_unless_it_has("adelete_for_runs")

    async def close(self) -> None:
        """End the checkpointer."""
        await self._stack.aclose()

    def _refuse_unless_it_has(self, method: str) -> None:
        if getattr(type(self.saver), method) is getattr(BaseCheckpointSaver, method):
            name = type(self.saver).__name__
            raise Refusal(501, f"The checkpointer of the project, {name}, has no {method}.")


async def _made(place: Place, kind: type[_Made], section: str, stack: AsyncExitStack) -> _Made:
    """Return an object of the project, or what a function returns or yields, as in LangGraph."""
    with needed_by_server(
        f"The {section} of the project, {place},",
        f"{section}.path",
        f'Correct it, or remove "path" from "{section}" in langgraph.json.',
    ):
        made = await _entered(place.load(), kind, stack)
        if not isinstance(made, kind):
            raise TypeError(f"it is a {type(made).__name__}, not a langgraph {kind.__name__}")
        return made


async def _entered(made: Any, kind: type[Any], stack: AsyncExitStack) -> Any:
    if callable(made) and not isinstance(made, kind):
        made = made()
    if inspect.isawaitable(made):
        made = await made
    if isinstance(made, kind):  # some are context managers themselves, entered or not
        return made
    if isinstance(made, AbstractAsyncContextManager):
        return await stack.enter_async_context(made)
    if isinstance(made, AbstractContextManager):
        return stack.enter_context(made)
    return made
