"""A graph whose nodes print: in threads, in the event loop, in a subgraph, beside each other."""

import asyncio
import logging
import sys
import threading
from typing import TypedDict

from langgraph.graph import START, StateGraph


class State(TypedDict, total=False):
    """How many lines the last node prints."""

    lines: int


_log = logging.getLogger(__name__)


def in_a_thread(state: State) -> None:
    """Print in pieces; log; print what is overwritten; begin a line without an end."""
    print("in", "a thread", flush=True)
    _log.warning("a warning")
    sys.stderr.write("10%\r50%\rall of it\n")
    other = threading.Thread(target=print, args=("of no run",))
    other.start()
    other.join()
    sys.stdout.write("no end")


async def in_the_loop(state: State) -> None:
    """Print, wait, and print again."""
    print("before the pause")
    await asyncio.sleep(0.05)
    print("after the pause")


def inner(state: State) -> None:
    """Print inside of a subgraph."""
    print("inside")


def many(state: State) -> None:
    """Print as many lines as the input names."""
    for number in range(state.get("lines", 0)):
        print("line", number)


subgraph = StateGraph(State).add_node(inner).add_edge(START, "inner").compile()
graph = (
    StateGraph(State)
    .add_node(in_a_thread)
    .add_node(in_the_loop)
    .add_node("subgraph", subgraph)
    .add_node(many)
    .add_edge(START, "in_a_thread")
    .add_edge(START, "in_the_loop")
    .add_edge(["in_a_thread", "in_the_loop"], "subgraph")
    .add_edge("subgraph", "many")
    .compile()
)
