"""A request to a program, as the hooks of Deep Agents send it; no person approves anything."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """What the client decided."""

    decision: dict[str, Any]


def before_tool(state: State) -> State:
    """Let the agent's own client decide; it must repeat the ids of the request."""
    request = {
        "protocol_version": 1,
        "invocation_id": "0b0e4b1c-5b1a-4c1e-8a58-2f4b6a3f0a11",
        "snapshot_id": "snapshot-1",
        "run_id": "run-1",
        "invocation": {"event": "before_tool"},
        "deadline": "2099-01-31T10:00:00Z",
    }
    reply = interrupt({"type": "hook_invocation", "request": request})
    if reply["invocation_id"] != request["invocation_id"]:
        raise ValueError("This answers another invocation.")
    return {"decision": reply["decision"]}


builder = StateGraph(State).add_node(before_tool).add_edge(START, "before_tool")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", asked.value["request"]["invocation"])
    answer = {**asked.value["request"], "decision": {"allow": True}}
    print("Done: ", demo.invoke(Command(resume={asked.id: answer}), config))


if __name__ == "__main__":
    main()
