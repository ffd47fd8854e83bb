"""Every kind of graph factory."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.config import get_config, get_store
from langgraph.graph import START, StateGraph
from langgraph.runtime import get_runtime
from langgraph.types import interrupt
from langgraph_sdk.runtime import ServerRuntime


class State(TypedDict, total=False):
    """The answer, and which factory made the graph."""

    answer: str
    made_by: str


def _builder(made_by: str) -> Any:
    def ask(state: State) -> State:
        return {"answer": interrupt("well?"), "made_by": made_by}

    return StateGraph(State).add_node(ask).add_edge(START, "ask")


builder = _builder("builder")


def sync_factory() -> Any:
    """Return a compiled graph."""
    return _builder("sync_factory").compile()


def config_factory(config: RunnableConfig) -> Any:
    """Return a builder; needs the config."""
    return _builder("config_factory" if "configurable" in config else "no config")


async def async_factory() -> Any:
    """Return a compiled graph, asynchronously."""
    return _builder("async_factory").compile()


@contextmanager
def context_factory() -> Iterator[Any]:
    """Yield a compiled graph."""
    yield _builder("context_factory").compile()


@asynccontextmanager
async def async_context_factory(config: RunnableConfig) -> AsyncIterator[Any]:
    """Yield a compiled graph, asynchronously."""
    yield _builder("async_context_factory").compile()


def runtime_factory(runtime: ServerRuntime[Any]) -> Any:
    """Return a builder; needs the runtime."""
    running = runtime.execution_runtime
    return _builder(f"runtime_factory for {running.context}" if running else "nobody")


@contextmanager
def full_factory(
    runtime: "ServerRuntime",  # type: ignore[type-arg]  # the server takes it without its type too
    config: RunnableConfig,
) -> Iterator[Any]:
    """Yield a builder; needs the runtime and the config, in any order."""
    known = runtime.execution_runtime and config["configurable"]["thread_id"]
    yield _builder("full_factory" if known else "nobody")


def _for_user(user: str, seen: str) -> Any:
    def ask(state: State) -> State:
        return {"answer": interrupt(f"{user}, go on?"), "made_by": seen}

    return StateGraph(State).add_node(f"ask_{user}", ask).add_edge(START, f"ask_{user}")


def user_factory(config: RunnableConfig) -> Any:
    """Return a builder with one node, which is named after the user of the run."""
    return _for_user(config["configurable"]["user"], "user_factory")


@asynccontextmanager
async def session_factory(config: RunnableConfig) -> AsyncIterator[Any]:
    """Yield the same, or nothing without a user."""
    user = config["configurable"].get("user")
    yield _for_user(user, "session_factory").compile() if user else None


def current_factory() -> Any:
    """Return the same from what langgraph's `get_config`, `get_store` and `get_runtime` return."""
    given = get_config()["configurable"]
    seen = [given.get("__is_for_execution__"), get_runtime().context, get_store() is not None]
    return _for_user(given.get("user", "nobody"), repr(seen))
