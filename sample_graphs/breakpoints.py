"""A chain that stops after `draft` and before `publish`, without asking anything.

You can read and change the state there, and step on with the input None.
"""

import operator
from typing import Annotated

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """A text, and what was done to it so far."""

    text: str
    log: Annotated[list[str], operator.add]


def draft(state: State) -> State:
    """Write a first text, unless there is one."""
    return {"text": state.get("text") or "A first draft.", "log": ["drafted"]}


def polish(state: State) -> State:
    """Tidy the text."""
    return {"text": state["text"].strip().capitalize(), "log": ["polished"]}


def publish(state: State) -> State:
    """Publish the text."""
    return {"log": [f"published {state['text']!r}"]}


def announce(state: State) -> State:
    """Announce the text."""
    return {"log": ["announced"]}


builder = StateGraph(State)
builder.add_sequence([draft, polish, publish, announce]).add_edge(START, "draft")
graph = builder.compile(interrupt_after=["draft"], interrupt_before=["publish"])


def main() -> None:
    """Step through the chain in the terminal."""
    demo = builder.compile(
        checkpointer=InMemorySaver(), interrupt_after=["draft"], interrupt_before=["publish"]
    )
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    demo.invoke({"text": "  an early thought"}, config)
    while following := demo.get_state(config).next:
        print("Stopped, next is:", *following)
        demo.invoke(None, config)
    print("Done:", demo.get_state(config).values["log"])


if __name__ == "__main__":
    main()
