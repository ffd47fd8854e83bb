"""A project's own store: `store.path` of `langgraph.json`, used instead of our SQLite file."""

import inspect
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
)
from typing import Any

from langgraph.store.base import BaseStore

from hitl_server.errors import StartFailed
from hitl_server.project.import_errors import import_failure_of
from hitl_server.project.places import Place


class ProjectStore:
    """The store, and what ends it; graphs and routes use `items`."""

    def __init__(self, items: BaseStore, stack: AsyncExitStack) -> None:
        self.items = items
        self._stack = stack

    @classmethod
    async def open(cls, place: Place) -> "ProjectStore":
        """Create the store: an object, or what a function returns or yields, as in LangGraph.

        Raises `StartFailed`: with another store, graphs would not find their items.
        """
        async with AsyncExitStack() as stack:
            try:
                items = await _entered(place.load(), stack)
                if not isinstance(items, BaseStore):
                    raise TypeError(f"it is a {type(items).__name__}, not a langgraph BaseStore")
            except (Exception, SystemExit) as error:  # user code
                failure = import_failure_of("store.path", error, ())
                raise StartFailed(
                    f"The store of the project, {place}, cannot be used: {failure.what}",
                    hint='Correct it, or remove "path" from "store" in langgraph.json.',
                    detail=failure.traceback,
                ) from error
            return cls(items, stack.pop_all())

    async def close(self) -> None:
        """End the store."""
        await self._stack.aclose()


async def _entered(made: Any, stack: AsyncExitStack) -> Any:
    if callable(made) and not isinstance(made, BaseStore):
        made = made()
    if inspect.isawaitable(made):
        made = await made
    if isinstance(made, BaseStore):  # some stores are context managers themselves, entered or not
        return made
    if isinstance(made, AbstractAsyncContextManager):
        return await stack.enter_async_context(made)
    if isinstance(made, AbstractContextManager):
        return stack.enter_context(made)
    return made
