"""The graph that Duragraph's conformance tests run."""

from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """A message, and what came of it."""

    message: str
    response: str


def _echo(state: State) -> State:
    return {"response": f"Echo: {state.get('message', '')}"}


graph = StateGraph(State).add_node("echo", _echo).add_edge(START, "echo").compile()
