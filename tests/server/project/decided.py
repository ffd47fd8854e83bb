"""Nodes that check whether their answer was given to the payload that they ask with."""

import operator
from itertools import count
from typing import Annotated, Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt

from hitl_engine.decided_payload import decided_on


class State(TypedDict, total=False):
    """What was found, as `[place, result for each question]`."""

    said: Annotated[list[Any], operator.add]
    number: int


_price = count()


def asking_twice(place: str) -> Any:
    """Return a node that asks for two answers, one after the other."""

    def ask(state: State, config: RunnableConfig) -> State:
        payload = {"question": "first", "sum": 1.0, "place": place}
        first = decided_on(payload, interrupt(payload), config)
        then = {"question": "second", "place": place}
        second = decided_on(then, interrupt(then), config, ordinal=1)
        return {"said": [[place, first, second]]}

    return ask


def changing(state: State, config: RunnableConfig) -> State:
    """Ask for something else each time that the node runs."""
    payload = {"question": "at this price?", "price": next(_price)}
    return {"said": [["changing", decided_on(payload, interrupt(payload), config)]]}


def sent(state: State, config: RunnableConfig) -> State:
    """Ask for the number that was sent here."""
    payload = state["number"]
    return {"said": [[f"sent {payload}", decided_on(payload, interrupt(payload), config)]]}


def calling(state: State) -> State:
    """Ask in a subgraph that this node calls."""
    return {"said": called.invoke({})["said"]}


def send_two(state: State) -> list[Send]:
    """Ask for two numbers at the same time."""
    return [Send("sent", {"number": number}) for number in (1, 2)]


def _single(place: str) -> Any:
    return StateGraph(State).add_node("ask", asking_twice(place)).add_edge(START, "ask").compile()


called = _single("called subgraph")
twice = _single("node")
everywhere = (
    StateGraph(State)
    .add_node("ask", asking_twice("node"))
    .add_node(changing)
    .add_node(sent)
    .add_node(calling)
    .add_node("subgraph", _single("subgraph"))
    .add_edge(START, "ask")
    .add_edge(START, "changing")
    .add_edge(START, "calling")
    .add_edge(START, "subgraph")
    .add_conditional_edges(START, send_two, ["sent"])
    .compile()
)
