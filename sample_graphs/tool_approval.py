"""An agent that asks about each tool call by itself; a scripted model plays the language model.

The middleware's mode is `per_call`: every call is an interrupt of its own, which brings the
schema of its answer.
"""

from collections.abc import Callable, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command


def write_file(path: str, content: str, mode: int = 644) -> str:
    """Write a file."""
    return f"Wrote {len(content)} characters to {path}, mode {mode!r}."


def delete_file(path: str) -> str:
    """Delete a file."""
    return f"Deleted {path}."


class ScriptedModel(BaseChatModel):
    """Asks for two tool calls, then reports their results."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> "ScriptedModel":
        """Accept the tools; the script already contains their calls."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_next_message(messages))])

    @property
    def _llm_type(self) -> str:
        return "scripted"


def _next_message(messages: list[BaseMessage]) -> AIMessage:
    if isinstance(messages[-1], HumanMessage):
        write = {"path": "notes.md", "content": "# Notes\n\nBuy milk.\n", "mode": 644}
        calls = [_call("write_file", write), _call("delete_file", {"path": "old.md"})]
        return AIMessage("I write the new notes and delete the old ones.", tool_calls=calls)
    last = max(i for i, message in enumerate(messages) if isinstance(message, HumanMessage))
    results = [message for message in messages[last:] if isinstance(message, ToolMessage)]
    return AIMessage("\n".join(f"- {result.name}: {result.text}" for result in results))


def _call(name: str, args: dict[str, Any]) -> Any:
    return {"name": name, "args": args, "id": f"call_{name}"}


gates = HumanInTheLoopMiddleware(
    interrupt_on={
        "write_file": True,
        "delete_file": {"allowed_decisions": ["approve", "reject"]},
    },
    interrupt_mode="per_call",
)
tools: list[Callable[..., str]] = [write_file, delete_file]
graph = create_agent(ScriptedModel(), tools, middleware=[gates])


def main() -> None:
    """Run the agent once in the terminal: approve whatever is asked."""
    agent = create_agent(ScriptedModel(), tools, middleware=[gates], checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    asked = agent.invoke({"messages": [HumanMessage("Tidy up.")]}, config)["__interrupt__"]
    for question in asked:
        print("Asked:", question.value["name"], question.value["args"])
    answers = {question.id: {"type": "approve"} for question in asked}
    print(agent.invoke(Command(resume=answers), config)["messages"][-1].text)


if __name__ == "__main__":
    main()
