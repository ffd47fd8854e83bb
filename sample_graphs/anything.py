"""A payload that follows no convention; the answer is kept with its type."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """What was answered, and its Python type."""

    answer: Any
    type: str


def ask(state: State) -> State:
    """Ask for anything at all."""
    writes = [{"table": "users", "row": 7}, {"table": "orders", "row": 12}]
    answer = interrupt({"pending_writes": writes, "since": "2026-01-31T10:00:00Z"})
    return {"answer": answer, "type": type(answer).__name__}


builder = StateGraph(State).add_node(ask).add_edge(START, "ask")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", asked.value["pending_writes"])
    answer = [{"write": 7, "keep": True}, {"write": 12, "keep": False}]
    print("Done: ", demo.invoke(Command(resume={asked.id: answer}), config))


if __name__ == "__main__":
    main()
