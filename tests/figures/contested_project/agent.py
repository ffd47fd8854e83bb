"""A graph that asks about tool calls, and writes each answer to a file as soon as it goes on."""

import json
from pathlib import Path
from typing import Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt


class State(TypedDict, total=False):
    """What is asked, and what was answered."""

    request: dict[str, Any]
    trace: str
    answer: Any


def act(state: State) -> State:
    """Ask, and act on the answer."""
    answer = interrupt(state["request"])
    with Path(state["trace"]).open("a") as trace:
        trace.write(json.dumps(answer) + "\n")
    return {"answer": answer}


graph = StateGraph(State).add_node(act).add_edge(START, "act").compile()
