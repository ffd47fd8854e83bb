"""Questions of an agent to its user, in the format of the ask_user tool of Deep Agents."""

import json
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """The answers, by question."""

    answers: dict[str, Any]


QUESTIONS: list[dict[str, Any]] = [
    {
        "question": "Which database?",
        "type": "multiple_choice",
        "choices": [{"value": "PostgreSQL"}, {"value": "SQLite"}],
    },
    {
        "question": "Which regions?",
        "type": "multi_select",
        "choices": [{"value": "Europe"}, {"value": "Asia"}, {"value": "America"}],
        "required": False,
    },
    {"question": "Anything else?", "type": "text", "required": False},
]


def ask(state: State) -> State:
    """Ask all questions at once; several choices come back as a JSON array in a string."""
    request = {"type": "ask_user", "tool_call_id": "call_1", "questions": QUESTIONS}
    reply = interrupt(request)
    if reply.get("status") == "cancelled":
        return {"answers": {}}
    if len(reply["answers"]) != len(QUESTIONS):
        raise ValueError("There must be one answer for each question.")
    pairs = zip(QUESTIONS, reply["answers"], strict=True)
    return {"answers": {asked["question"]: _read(asked, answer) for asked, answer in pairs}}


def _read(asked: dict[str, Any], answer: str) -> Any:
    return json.loads(answer) if asked["type"] == "multi_select" else answer


builder = StateGraph(State).add_node(ask).add_edge(START, "ask")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", *(each["question"] for each in asked.value["questions"]))
    answer = {"answers": ["SQLite", '["Europe"]', ""]}
    print("Done: ", demo.invoke(Command(resume={asked.id: answer}), config))


if __name__ == "__main__":
    main()
