"""Nodes that run coroutines on event loops of their own, in threads."""

import asyncio
import operator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, TypedDict

from langgraph.config import get_store
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from langgraph_sdk import get_client


class State(TypedDict, total=False):
    """What the nodes returned, in order."""

    said: Annotated[list[Any], operator.add]


def say(state: State) -> State:
    """Return a word."""
    return {"said": ["inner"]}


async def ask(state: State) -> State:
    """Interrupt."""
    return {"said": [interrupt("well?")]}


inner = StateGraph(State).add_node(say).add_edge(START, "say").compile()
inner_asks = StateGraph(State).add_node(ask).add_edge(START, "ask").compile()


def call_graph(state: State) -> Any:
    """Run a graph, which uses the checkpointer of this one."""
    return asyncio.run(inner.ainvoke({}))


async def block_loop(state: State) -> Any:
    """Run it in a thread, and block the server's event loop until it ends."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, inner.ainvoke({})).result()


def use_store(state: State) -> State:
    """Write an item into the store, find it, and delete it."""
    store = get_store()

    async def write() -> list[Any]:
        await store.aput(("own loop",), "key", {"word": "stored"})
        item = await store.aget(("own loop",), "key")
        found = await store.asearch(("own loop",))
        spaces = await store.alist_namespaces(prefix=("own loop",))
        await store.adelete(("missing",), "key")
        return [item.value["word"] if item else None, len(found), len(spaces)]

    return {"said": asyncio.run(write())}


def use_client(state: State) -> State:
    """Use the server that runs this node."""

    async def request() -> list[Any]:
        client = get_client()
        thread = await client.threads.create()
        run: Any = await client.runs.wait(thread["thread_id"], "inner_asks", input={})
        return [thread["status"], run["__interrupt__"][0]["value"]]

    return {"said": asyncio.run(request())}


def ask_inside(state: State) -> Any:
    """Ask in a graph that runs on another loop."""
    return asyncio.run(inner_asks.ainvoke({}))


own_loops = (
    StateGraph(State)
    .add_sequence([ask, call_graph, block_loop, use_store, use_client, ask_inside])
    .add_edge(START, "ask")
    .compile()
)
