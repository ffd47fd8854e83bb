"""A graph that uses the store, from a thread and from the event loop."""

from typing import Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.store.base import BaseStore
from langgraph_sdk.runtime import ServerRuntime


class State(TypedDict, total=False):
    """A visitor, and the number of visits."""

    who: str
    visits: int
    visitors: list[str]


def count(state: State, *, store: BaseStore) -> State:
    """Count a visit."""
    found = store.get(("visits",), state["who"])
    visits = (found.value["visits"] if found else 0) + 1
    store.put(("visits",), state["who"], {"visits": visits})
    return {"visits": visits}


async def look_around(state: State, *, store: BaseStore) -> State:
    """Return the visitors."""
    return {"visitors": sorted(item.key for item in await store.asearch(("visits",)))}


builder = StateGraph(State)
builder.add_sequence([count, look_around])
builder.add_edge(START, "count")
graph = builder.compile()


def factory(runtime: ServerRuntime[Any]) -> Any:
    """Return a builder whose node uses the store of the factory's runtime."""

    async def look_back(state: State) -> State:
        return {"visitors": sorted(item.key for item in await runtime.store.asearch(("visits",)))}

    return StateGraph(State).add_node(look_back).add_edge(START, "look_back")
