"""A batch of tool calls in the format of the JavaScript middleware, with keys in camelCase."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """What was decided on each call."""

    decisions: list[dict[str, Any]]


REQUESTS = [
    {
        "name": "sendEmail",
        "args": {"to": "ada@example.com", "copies": 1},
        "description": "Tells Ada.",
    },
    {"name": "runQuery", "args": {"query": "DELETE FROM reminders"}},
]
CONFIGS = [
    {"actionName": "sendEmail", "allowedDecisions": ["approve", "edit", "reject"]},
    {"actionName": "runQuery", "allowedDecisions": ["approve", "reject"]},
]


def review(state: State) -> State:
    """Ask about both calls, and check the answer as strictly as the middleware does."""
    reply = interrupt({"actionRequests": REQUESTS, "reviewConfigs": CONFIGS})
    decisions = reply["decisions"]
    if len(decisions) != len(REQUESTS):
        raise ValueError(f"{len(decisions)} decisions for {len(REQUESTS)} calls.")
    for decision, config in zip(decisions, CONFIGS, strict=True):
        if decision["type"] not in config["allowedDecisions"]:
            raise ValueError(f"{decision['type']} is not allowed for {config['actionName']}.")
        if decision["type"] == "edit":
            assert isinstance(decision["editedAction"]["args"], dict)
    return {"decisions": decisions}


builder = StateGraph(State).add_node(review).add_edge(START, "review")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", *(request["name"] for request in asked.value["actionRequests"]))
    answer = {"decisions": [{"type": "approve"}, {"type": "reject"}]}
    print("Done: ", demo.invoke(Command(resume={asked.id: answer}), config))


if __name__ == "__main__":
    main()
