"""Graph factories: functions that create a graph, with the arguments that they take."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from copy import copy
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config, var_child_runnable_config
from langgraph.runtime import Runtime
from langgraph.store.base import BaseStore

# Servers must create these, but the package has no public names for them.
from langgraph_sdk.runtime import AccessContext, ServerRuntime, _ExecutionRuntime, _ReadRuntime

_NAMES = {"ServerRuntime": ServerRuntime, "RunnableConfig": RunnableConfig}
"""Names in annotations that a module may import only for type checkers."""


_RUNTIME = "__pregel_runtime"
"""The key of `configurable` in which langgraph's `get_runtime` and `get_store` look."""
_EXECUTES = "__is_for_execution__"
"""The key of `configurable` that tells a factory without a runtime whether the graph will run."""


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
        config = _completed(config, access, store, context)
        given = {
            **({self.config: config} if self.config else {}),
            **({self.runtime: _runtime(config, access, store, context)} if self.runtime else {}),
        }
        async with AsyncExitStack() as stack:
            with _current(config):
                made = self.make(**given)
                if inspect.isawaitable(made):
                    made = await made
                if isinstance(made, AbstractAsyncContextManager):
                    made = await stack.enter_async_context(made)
                elif isinstance(made, AbstractContextManager):
                    made = stack.enter_context(made)
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


def _completed(
    config: RunnableConfig, access: AccessContext, store: BaseStore, context: Any
) -> RunnableConfig:
    """Return the config with all its keys, and with what `langgraph dev` adds for factories."""
    whole = ensure_config(config)
    added = {
        _RUNTIME: Runtime(context=copy(context), store=store),
        _EXECUTES: access == "threads.create_run",
    }
    whole["configurable"] = {**whole["configurable"], **added}
    return whole


@contextmanager
def _current(config: RunnableConfig) -> Iterator[None]:
    """Make this the config that langgraph's `get_config` returns."""
    token = var_child_runnable_config.set(config)
    try:
        yield
    finally:
        var_child_runnable_config.reset(token)


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
