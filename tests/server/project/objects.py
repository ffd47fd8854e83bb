"""State whose annotations do not name the types of its values, and graphs inside of nodes."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from langgraph_sdk import get_client
from pydantic import BaseModel


class Level(Enum):
    """An enumeration."""

    LOW = "low"


class Limit(NamedTuple):
    """A named tuple."""

    level: Level
    most: int


@dataclass
class Order:
    """A dataclass with another type of this project in it."""

    amount: int
    limit: Limit | None = None


class Plan(BaseModel):
    """A pydantic model with a dataclass that its annotation does not name."""

    steps: list[Any]


class State(TypedDict, total=False):
    """Values of any type."""

    orders: list  # type: ignore[type-arg]
    plan: Any
    meta: dict[str, Any]
    number: Any
    result: str


def make(state: State) -> State:
    """Write objects into the state."""
    order = Order(5, Limit(Level.LOW, 2**70))
    return {"orders": [order], "plan": Plan(steps=["a"]), "meta": {"level": Level.LOW}}


def use(state: State) -> State:
    """Interrupt, then use the objects."""
    answer = interrupt("Approve the order?")
    order, level = state["orders"][0], state["meta"]["level"]
    limit = order.limit
    assert isinstance(order, Order), "not the class of this module, though it has its name"
    return {
        "result": f"{answer} {order.amount} {limit.level.name} {limit.most} "
        f"{state['plan'].steps} {level.value}"
    }


loose = StateGraph(State).add_sequence([make, use]).add_edge(START, "make").compile()


def echo(state: State) -> State:
    """Ask about a number, and return the answer."""
    return {"number": interrupt({"number": state.get("number")})}


long_integer = StateGraph(State).add_node(echo).add_edge(START, "echo").compile()


class InnerState(TypedDict, total=False):
    """A state that only the inner graph has."""

    text: str
    plan: Plan


def shout(state: InnerState) -> InnerState:
    """Write a text and an object."""
    return {"text": state["text"] + "!", "plan": Plan(steps=[1])}


inner = StateGraph(InnerState).add_node(shout).add_edge(START, "shout").compile()


def ask(state: State) -> State:
    """Interrupt."""
    return {"result": interrupt("Are we good?")}


def call_in_thread(state: State) -> State:
    """Run the inner graph in the thread of a synchronous node."""
    return {"result": inner.invoke({"text": state["result"]})["text"]}


async def call_on_loop(state: State) -> State:
    """Run the inner graph synchronously on the event loop."""
    return {"result": inner.invoke({"text": state["result"]})["text"]}


nested = (
    StateGraph(State).add_sequence([ask, call_in_thread, call_on_loop]).add_edge(START, "ask")
).compile()

client = get_client()


async def count_threads(state: State) -> State:
    """Interrupt, then use the server that runs this node, with two clients."""
    answer = interrupt("Go on?")
    thread = await client.threads.create(metadata={"made": answer})
    found = await get_client().threads.search(metadata={"made": answer})
    run: Any = await client.runs.wait(None, "nested", input={})
    return {"result": f"{len(found)} {thread['status']} {run['__interrupt__'][0]['value']}"}


own_client = StateGraph(State).add_node(count_threads).add_edge(START, "count_threads").compile()
