"""A node that fails on some answers: LangGraph keeps them, and the question is stuck until reopened.

If you answer with a word, the node raises an error. If you then answer with a number, it raises again,
because it gets the word again. Reopen the question, and a number works.
"""

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """An order and its boxes."""

    order: str
    boxes: int
    receipt: str


def pack(state: State) -> State:
    """Set what is ordered; this runs once."""
    return {"order": state.get("order", "four chairs")}


def count(state: State) -> State:
    """Ask how many boxes the order needs; an answer that is no number raises an error."""
    return {"boxes": int(interrupt(f"How many boxes for {state['order']}?"))}


def ship(state: State) -> State:
    """Write the receipt."""
    return {"receipt": f"{state['order']} in {state['boxes']} boxes"}


builder = StateGraph(State).add_sequence([pack, count, ship]).add_edge(START, "pack")
graph = builder.compile()


def main() -> None:
    """Answer with a word, then a number, which fails too; reopen and answer again."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    question = demo.invoke({}, config)["__interrupt__"][0]
    for answer in ("a few", 3):
        try:
            print("Asked:", question.value, answer)
            demo.invoke(Command(resume={question.id: answer}), config)
        except ValueError as error:
            print("Failed:", error)
    demo.update_state(config, None, as_node="__copy__")
    question = demo.invoke(None, config)["__interrupt__"][0]
    print("Asked again:", question.value, 3)
    print("Done: ", demo.invoke(Command(resume={question.id: 3}), config)["receipt"])


if __name__ == "__main__":
    main()
