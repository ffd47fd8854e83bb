"""Pays refunds; those above 100 euros go to a manager. It has a mistake: docs/debugging.md finds it."""

import operator
import re
from typing import Annotated, Literal

from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict


class Request(TypedDict):
    """What a customer writes."""

    request: str


class State(Request, total=False):
    """The request, what was read from it, and what was done."""

    amount: float
    log: Annotated[list[str], operator.add]


def read(state: State) -> State:
    """Read the amount from the request. The mistake: it drops the decimal point."""
    digits = re.sub(r"\D", "", state["request"])
    return {"amount": float(digits), "log": ["read"]}  # type: ignore[typeddict-item]


def choose(state: State) -> Literal["pay", "ask_manager"]:
    """Choose who decides."""
    return "ask_manager" if state["amount"] > 100 else "pay"


def pay(state: State) -> State:
    """Pay the refund."""
    return {"log": [f"paid {state['amount']}"]}  # type: ignore[typeddict-item]


def ask_manager(state: State) -> State:
    """Hand the request to a manager."""
    return {"log": [f"a manager looks at {state['amount']}"]}  # type: ignore[typeddict-item]


builder = StateGraph(State, input_schema=Request)
for node in (read, pay, ask_manager):
    builder.add_node(node.__name__, node)
builder.add_edge(START, "read").add_conditional_edges("read", choose)
graph = builder.compile(interrupt_before=["pay", "ask_manager"])
