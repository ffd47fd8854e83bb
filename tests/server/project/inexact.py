"""A tool call with arguments that JSON cannot carry."""

import math
from decimal import Decimal
from typing import Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

ARGUMENTS = {"rate": math.nan, "sums": [Decimal("0.10"), Decimal("10000000000000000.01")], "n": 1}


class State(TypedDict, total=False):
    """What the tool got, as Python writes it."""

    got: str


def pay(state: State) -> State:
    """Ask for approval of a payment, and run it."""
    answer: Any = interrupt(
        {
            "action_requests": [{"name": "pay", "args": ARGUMENTS}],
            "review_configs": [
                {"action_name": "pay", "allowed_decisions": ["approve", "edit", "reject"]}
            ],
        }
    )
    (decision,) = answer["decisions"]
    run = ARGUMENTS if decision["type"] == "approve" else decision["edited_action"]["args"]
    return {"got": repr(run)}


graph = StateGraph(State).add_node(pay).add_edge(START, "pay").compile()
