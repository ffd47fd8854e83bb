"""The same node asks again until the answer is valid; each time it is a new question."""

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """A person's age, once it is known."""

    age: int


def ask_age(state: State) -> State:
    """Ask until the answer is a sensible number."""
    question = "How old are you?"
    while True:
        answer = interrupt(question)
        if str(answer).isdecimal() and 0 < int(answer) < 150:
            return {"age": int(answer)}
        question = f"{answer!r} is not an age. How old are you, in years?"


builder = StateGraph(State).add_node(ask_age).add_edge(START, "ask_age")
graph = builder.compile()


def main() -> None:
    """Answer twice in the terminal, first wrongly."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    print("Asked:", demo.invoke({}, config)["__interrupt__"][0].value)
    print("Asked:", demo.invoke(Command(resume="old"), config)["__interrupt__"][0].value)
    print("Done: ", demo.invoke(Command(resume="36"), config))


if __name__ == "__main__":
    main()
