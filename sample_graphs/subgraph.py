"""A question inside a subgraph; it appears and is answered on the outer thread."""

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """An order and who approved it."""

    order: str
    approved_by: str
    receipt: str


def ask(state: State) -> State:
    """Ask who approves the order."""
    return {"approved_by": interrupt(f"Who approves the order of {state['order']}?")}


def prepare(state: State) -> State:
    """Fill in what is missing."""
    return {"order": state.get("order", "one chair")}


def confirm(state: State) -> State:
    """Write the receipt."""
    return {"receipt": f"{state['order']}, approved by {state['approved_by']}"}


approval = StateGraph(State).add_node(ask).add_edge(START, "ask").compile()
builder = StateGraph(State).add_node(prepare).add_node("approval", approval).add_node(confirm)
builder.add_edge(START, "prepare").add_edge("prepare", "approval").add_edge("approval", "confirm")
graph = builder.compile()


def main() -> None:
    """Approve an order in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    print("Asked:", demo.invoke({"order": "two desks"}, config)["__interrupt__"][0].value)
    print("Done: ", demo.invoke(Command(resume="Grace"), config)["receipt"])


if __name__ == "__main__":
    main()
