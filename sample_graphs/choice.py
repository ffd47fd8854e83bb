"""A choice: the answer is exactly one of the options."""

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """What was chosen."""

    plan: str


PLANS = ["Small and soon", "Large and late", "Not at all"]


def choose(state: State) -> State:
    """Ask which plan to follow."""
    chosen = interrupt({"message": "Which plan should we follow?", "options": PLANS})
    if chosen not in PLANS:
        raise ValueError(f"There is no plan {chosen!r}.")
    return {"plan": chosen}


builder = StateGraph(State).add_node(choose).add_edge(START, "choose")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", asked.value["options"])
    answer = "Small and soon"
    print("Done: ", demo.invoke(Command(resume={asked.id: answer}), config))


if __name__ == "__main__":
    main()
