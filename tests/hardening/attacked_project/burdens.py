"""Graphs that burden their server: one forks a process, one has a large state."""

import multiprocessing
import time
from typing import Any

from langgraph.graph import StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """The process that was forked, or a text of megabytes."""

    pid: int
    text: str


def _fork(state: State) -> State:
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(120,))
    child.start()
    assert child.pid is not None
    return {"pid": child.pid}


def _grow(state: State) -> State:
    return {"text": "x" * 20_000_000}


def _graph(node: Any) -> Any:
    return StateGraph(State).add_node("node", node).set_entry_point("node").compile()


forking = _graph(_fork)
large = _graph(_grow)
