"""A graph that returns its caller, and then interrupts."""

from typing import TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import get_runtime
from langgraph.types import interrupt
from langgraph_sdk.runtime import ServerRuntime


class State(TypedDict, total=False):
    """The caller, and the answer."""

    who: dict[str, object]
    answer: str


def look(state: State, config: RunnableConfig) -> State:
    """Return what a node knows of the caller."""
    given = config["configurable"]
    user = given.get("langgraph_auth_user")
    info = get_runtime().server_info
    print("looked up the caller")
    return {
        "who": {
            "id": given.get("langgraph_auth_user_id"),
            "identity": user and user["identity"],
            "team": user and user.get("team"),
            "permissions": list(given.get("langgraph_auth_permissions") or ()),
            "runtime": info.user.identity if info and info.user else None,
        }
    }


def ask(state: State) -> State:
    """Interrupt."""
    return {"answer": interrupt({"question": "go on?"})}


builder = StateGraph(State)
builder.add_node(look)
builder.add_node(ask)
builder.add_edge(START, "look")
builder.add_edge("look", "ask")
graph = builder.compile()


def make_graph(
    runtime: ServerRuntime,  # type: ignore[type-arg]  # the server takes it without its type too
) -> CompiledStateGraph[State]:
    """Return a graph that returns for which caller it was made."""
    name = runtime.user.identity if runtime.user else None

    def made(state: State) -> State:
        return {"who": {"made for": name}}

    one = StateGraph(State)
    one.add_node("made", made)
    one.add_edge(START, "made")
    return one.compile()
