"""A yes-or-no question; the graph takes only true or false."""

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """What to publish, and whether it was."""

    text: str
    published: bool


def publish(state: State) -> State:
    """Ask before publishing."""
    text = state.get("text", "A first draft.")
    approved = interrupt({"question": "Should this be published?", "details": {"text": text}})
    if not isinstance(approved, bool):
        raise TypeError(f"Neither true nor false: {approved!r}")
    return {"published": approved}


builder = StateGraph(State).add_node(publish).add_edge(START, "publish")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", asked.value["question"])
    answer = True
    print("Done: ", demo.invoke(Command(resume={asked.id: answer}), config))


if __name__ == "__main__":
    main()
