"""A form that the payload describes field by field."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """The values of the form, or None if it was declined."""

    expense: dict[str, Any] | None


def pay(state: State) -> State:
    """Ask for an expense."""
    reply = interrupt(
        {
            "formType": "expense",
            "tool": "pay",
            "title": "Pay this expense?",
            "fields": [
                {"name": "amount", "label": "Amount", "type": "currency", "default": 10},
                {"name": "kind", "label": "Kind", "type": "select", "options": ["meal", "travel"]},
                {"name": "urgent", "label": "Urgent", "type": "checkbox", "default": False},
                {"name": "reason", "label": "Reason", "type": "textarea", "required": True},
            ],
        }
    )
    return {"expense": reply["values"] if reply["approved"] else None}


builder = StateGraph(State).add_node(pay).add_edge(START, "pay")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", asked.value["title"])
    answer = {"approved": True, "values": {"amount": 10, "kind": "meal", "reason": "Lunch"}}
    print("Done: ", demo.invoke(Command(resume={asked.id: answer}), config))


if __name__ == "__main__":
    main()
