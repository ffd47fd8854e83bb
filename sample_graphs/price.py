"""A price that changes while somebody decides; the node buys only at the price that was approved."""

import time
from typing import Literal

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict

from hitl_engine.decided_payload import decided_on


class State(TypedDict, total=False):
    """How often the price changes, in seconds, and what was bought."""

    changes_every: int
    bought: str


def price_now(changes_every: int) -> int:
    """Return the price of a desk."""
    return 250 + int(time.time() / changes_every) % 50


def buy(state: State, config: RunnableConfig) -> Command[Literal["buy", "__end__"]]:
    """Ask before buying, and ask again if the price is another one than somebody approved."""
    price = price_now(state.get("changes_every", 86_400))
    order = {
        "question": f"Should we buy a desk for {price}?",
        "details": {"item": "desk", "price": price},
    }
    approved = interrupt(order)
    decided = decided_on(order, approved, config)
    if decided == "mismatch":
        return Command(goto="buy")
    bought = f"for {price}, price approved: {decided}" if approved is True else "nothing"
    return Command(update={"bought": bought})


builder = StateGraph(State).add_node(buy).add_edge(START, "buy")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal, from where nothing tells what was shown."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", asked.value["question"])
    print("Done: ", demo.invoke(Command(resume={asked.id: True}), config))


if __name__ == "__main__":
    main()
