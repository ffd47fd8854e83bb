"""Graph factories: functions that create a graph, with the arguments that they take."""

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from copy import copy
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from langchain_core.runnables import RunnableConfig
from langgraph.store.base import BaseStore

# Servers must create these, but the package has no public names for them.
from langgraph_sdk.runtime import AccessContext, ServerRuntime, _ExecutionRuntime, _ReadRuntime

_NAMES = {"ServerRuntime": ServerRuntime, "RunnableConfig": RunnableConfig}
"""Names in annotations that a module may import only for type checkers."""


class NotAGraphFactory(Exception):
    """The function takes arguments that the server does not have."""


@dataclass(frozen=True, slots=True)
class GraphFactory:
    """Creates a graph for each use, with the config and the runtime of this use if it takes them."""

    make: Callable[..., Any]
    config: str | None = None
    """The names of the parameters for the config and for the `ServerRuntime`."""
    runtime: str | None = None

    @classmethod
    def of(cls, make: Callable[..., Any]) -> "GraphFactory":
        """Find the parameters as langgraph-api does. Raises `NotAGraphFactory`."""
        names = tuple(inspect.signature(make).parameters)
        hints = _hints(make)
        runtimes = [name for name in names if _is_runtime(hints.get(name))]
        configs = [name for name in names if name not in runtimes]
        if len(runtimes) > 1 or len(configs) > 1:
            raise NotAGraphFactory(
                f"takes {len(names)} arguments ({', '.join(names)}); a graph factory takes the "
                "config, a runtime annotated as langgraph_sdk.runtime.ServerRuntime, both or none"
            )
        return cls(make, next(iter(configs), None), next(iter(runtimes), None))

    @asynccontextmanager
    async def enter(
        self, config: RunnableConfig, access: AccessContext, store: BaseStore, context: Any
    ) -> AsyncIterator[Any]:
        """Call it and yield the graph; a result may be awaitable or a context manager."""
        given = {
            **({self.config: config} if self.config else {}),
            **({self.runtime: _runtime(config, access, store, context)} if self.runtime else {}),
        }
        made = self.make(**given)
        if inspect.isawaitable(made):
            made = await made
        if isinstance(made, AbstractAsyncContextManager):
            async with made as graph:
                yield graph
        elif isinstance(made, AbstractContextManager):
            with made as graph:
                yield graph
        else:
            yield made


def _hints(make: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(make, localns=_NAMES)
    except Exception:  # noqa: BLE001  an annotation may raise anything
        return {}


def _is_runtime(annotation: Any) -> bool:
    """Whether it is `ServerRuntime`, with or without a context type, or one of its two kinds."""
    kind = get_origin(annotation) or annotation
    if kind is Annotated:
        return _is_runtime(get_args(annotation)[0])
    kinds = (_ExecutionRuntime, _ReadRuntime)
    return kind is ServerRuntime or (isinstance(kind, type) and issubclass(kind, kinds))


def _runtime(
    config: RunnableConfig, access: AccessContext, store: BaseStore, context: Any
) -> ServerRuntime[Any]:
    """Return the runtime of one use, with the user from the config."""
    user = config["configurable"].get("langgraph_auth_user")
    if access == "threads.create_run":
        return _ExecutionRuntime(
            access_context=access, user=user, store=store, context=copy(context)
        )
    return _ReadRuntime(access_context=access, user=user, store=store)
