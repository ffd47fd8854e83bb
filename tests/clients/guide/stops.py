"""Three nodes in a row, compiled with the static breakpoints of the guide, and without any."""

import operator
from typing import Annotated, TypedDict

from langgraph.constants import START
from langgraph.graph import StateGraph


class State(TypedDict):
    ran: Annotated[list[str], operator.add]


def node_a(state: State):
    return {"ran": ["a"]}


def node_b(state: State):
    return {"ran": ["b"]}


def node_c(state: State):
    return {"ran": ["c"]}


graph_builder = StateGraph(State)
graph_builder.add_sequence([node_a, node_b, node_c])
graph_builder.add_edge(START, "node_a")

compiled = graph_builder.compile(interrupt_before=["node_a"], interrupt_after=["node_b", "node_c"])
plain = graph_builder.compile()
