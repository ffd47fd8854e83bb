"""The older format of agent inboxes, `HumanInterrupt`; the answer is a list of one."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """An email, and whether it was sent."""

    to: str
    body: str
    outcome: str


def review(state: State) -> State:
    """Ask about the email before it is sent."""
    args: dict[str, Any] = {
        "to": state.get("to", "ada@example.com"),
        "body": state.get("body", "See you at 10."),
        "copies": 1,
    }
    request = {
        "action_request": {"action": "send_email", "args": args},
        "config": {
            "allow_accept": True,
            "allow_edit": True,
            "allow_respond": True,
            "allow_ignore": True,
        },
        "description": "Please review the email before it is sent.",
    }
    response = interrupt([request])[0]
    match response["type"]:
        case "accept":
            return {"outcome": f"sent {args!r}"}
        case "edit":
            return {"outcome": f"sent {response['args']['args']!r}"}
        case "response":
            return {"outcome": f"not sent: {response['args']}"}
        case _:
            return {"outcome": "not sent"}


builder = StateGraph(State).add_node(review).add_edge(START, "review")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", asked.value[0]["action_request"])
    answer = [{"type": "accept", "args": None}]
    print("Done: ", demo.invoke(Command(resume={asked.id: answer}), config))


if __name__ == "__main__":
    main()
