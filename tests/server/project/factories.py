"""Every way in which a module may offer a graph."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from langgraph_sdk.runtime import ServerRuntime


class State(TypedDict, total=False):
    """The answer, and who asked."""

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
    """Return a builder that knows the thread."""
    return _builder("config_factory" if "configurable" in config else "no config")


async def async_factory() -> Any:
    """Return a compiled graph, later."""
    return _builder("async_factory").compile()


@contextmanager
def context_factory() -> Iterator[Any]:
    """Lend a graph."""
    yield _builder("context_factory").compile()


@asynccontextmanager
async def async_context_factory(config: RunnableConfig) -> AsyncIterator[Any]:
    """Lend a graph, later."""
    yield _builder("async_context_factory").compile()


def runtime_factory(runtime: ServerRuntime[Any]) -> Any:
    """Return a builder that knows what it is for, and for whom."""
    running = runtime.execution_runtime
    return _builder(f"runtime_factory for {running.context}" if running else "nobody")


@contextmanager
def full_factory(
    runtime: "ServerRuntime",  # type: ignore[type-arg]  # the server takes it without its type too
    config: RunnableConfig,
) -> Iterator[Any]:
    """Lend a builder that knows everything, whatever comes first."""
    known = runtime.execution_runtime and config["configurable"]["thread_id"]
    yield _builder("full_factory" if known else "nobody")
