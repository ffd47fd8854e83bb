"""Two reviewers are asked at the same time; each question is answered by its own id."""

import operator
from typing import Annotated

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """A proposal, and the opinions on it."""

    proposal: str
    opinions: Annotated[list[str], operator.add]
    verdict: str


def legal(state: State) -> State:
    """Ask the lawyers."""
    answer = interrupt({"question": "Is this legal?", "proposal": state.get("proposal", "")})
    return {"opinions": [f"legal: {answer}"]}


def finance(state: State) -> State:
    """Ask the accountants."""
    answer = interrupt({"question": "Can we pay for it?", "proposal": state.get("proposal", "")})
    return {"opinions": [f"finance: {answer}"]}


def decide(state: State) -> State:
    """Combine both opinions."""
    return {"verdict": "; ".join(sorted(state["opinions"]))}


builder = StateGraph(State).add_node(legal).add_node(finance).add_node(decide)
builder.add_edge(START, "legal").add_edge(START, "finance").add_edge(["legal", "finance"], "decide")
graph = builder.compile()


def main() -> None:
    """Answer both questions at once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    demo.invoke({"proposal": "a bigger office"}, config)
    waiting = demo.get_state(config).interrupts
    for question in waiting:
        print("Asked:", question.value)
    done = demo.invoke(Command(resume={question.id: "yes" for question in waiting}), config)
    print("Done: ", done["verdict"])


if __name__ == "__main__":
    main()
