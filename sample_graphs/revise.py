"""A text waits to be revised: the example in LangGraph's guide to human-in-the-loop."""

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict):
    """The text, before and after the review."""

    some_text: str


def human_node(state: State) -> State:
    """Ask a person to revise the text."""
    revised: str = interrupt({"text_to_revise": state["some_text"]})
    return {"some_text": revised}


builder = StateGraph(State).add_node(human_node).add_edge(START, "human_node")
graph = builder.compile()


def main() -> None:
    """Run the graph once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    waiting = demo.invoke({"some_text": "original text"}, config)
    print("Asked:  ", waiting["__interrupt__"][0].value)
    print("Answer: ", "Edited text")
    print("Done:   ", demo.invoke(Command(resume="Edited text"), config))


if __name__ == "__main__":
    main()
