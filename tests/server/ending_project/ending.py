"""What no `except Exception` catches, raised in each place where the server runs a project's code."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, NoReturn

from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.graph import StateGraph
from langgraph.store.base import BaseStore
from langgraph_sdk import Auth
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict


class Ending(BaseException):
    """An exception of the project that is no `Exception`."""


KINDS: dict[str, type[BaseException]] = {
    kind.__name__: kind
    for kind in (KeyboardInterrupt, SystemExit, Ending, asyncio.CancelledError, GeneratorExit)
}


def end(kind: str) -> NoReturn:
    """Raise an exception of this kind."""
    raise KINDS[kind]("the end")


class Unwritable:
    """A value whose JSON cannot be made, because its method raises."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def model_dump(self) -> NoReturn:
        """Raise."""
        end(self.kind)


def _reduced(old: str, new: str) -> str:
    if new.startswith("reduce "):
        end(new.removeprefix("reduce "))
    return new


class State(TypedDict, total=False):
    """The kind of exception to raise."""

    kind: str
    reduced: Annotated[str, _reduced]


def _graph(node: Any) -> Any:
    return StateGraph(State).add_node("node", node).set_entry_point("node").compile()


def _in_node(state: State) -> State:
    end(state["kind"])


async def _in_coroutine(state: State) -> State:
    await asyncio.sleep(0)
    end(state["kind"])


async def _in_task(state: State) -> State:
    async def task() -> None:
        await asyncio.sleep(0)
        end(state["kind"])

    await asyncio.create_task(task())
    return {}


def _in_writer(state: State) -> State:
    get_stream_writer()(Unwritable(state["kind"]))
    return {}


def _in_reducer(state: State) -> State:
    return {"reduced": f"reduce {state['kind']}"}


def _in_store(state: State, *, store: BaseStore) -> State:
    class Key(str):
        def __contains__(self, part: object) -> bool:
            end(state["kind"])

    store.put((Key("a"),), "b", {})
    return {}


async def _in_loop(state: State) -> State:
    asyncio.get_running_loop().stop()
    await asyncio.sleep(0)
    end(state["kind"])


node = _graph(_in_node)
coroutine = _graph(_in_coroutine)
task = _graph(_in_task)
writer = _graph(_in_writer)
reducer = _graph(_in_reducer)
store = _graph(_in_store)
loop = _graph(_in_loop)


def factory(config: RunnableConfig) -> Any:
    """Raise during a run."""
    if kind := config["configurable"].get("kind"):
        end(kind)
    return _graph(lambda state: {})


@asynccontextmanager
async def closing_factory(config: RunnableConfig) -> AsyncIterator[Any]:
    """Raise after a run."""
    yield _graph(lambda state: {})
    if kind := config["configurable"].get("kind"):
        end(kind)


auth = Auth()


@auth.authenticate
async def authenticate(headers: dict[bytes, bytes]) -> str:
    """Raise what the header `x-authenticate` names."""
    if kind := headers.get(b"x-authenticate"):
        end(kind.decode())
    return "ada"


@auth.on.threads.read
async def read(ctx: Auth.types.AuthContext, value: Any) -> None:
    """Raise always."""
    end("KeyboardInterrupt")


async def route(request: Request) -> Response:
    """Raise what the path names."""
    end(request.path_params["kind"])


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Raise at the end."""
    yield
    end("SystemExit")


app = Starlette(routes=[Route("/own/{kind}", route)], lifespan=lifespan)
