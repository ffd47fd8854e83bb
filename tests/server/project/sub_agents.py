"""Agents: one whose tools run agents that ask, and one that repeats a call that was rejected."""

from collections.abc import Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt


class Scripted(BaseChatModel):
    """A model that asks for these calls, until `turns` of its messages have asked for them."""

    calls: list[tuple[str, dict[str, Any]]]
    turns: int = 1

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> "Scripted":
        """Accept the tools; the script contains their calls."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        asked = sum(isinstance(message, AIMessage) for message in messages)
        calls: list[Any] = [
            {"name": name, "args": args, "id": f"call-{asked}-{number}"}
            for number, (name, args) in enumerate(self.calls)
        ]
        message = AIMessage("", tool_calls=calls if asked < self.turns else [])
        return ChatResult(generations=[ChatGeneration(message=message)])

    @property
    def _llm_type(self) -> str:
        return "scripted"


def ask(state: MessagesState) -> dict[str, Any]:
    """Ask a question that does not tell who asks."""
    return {"messages": [AIMessage(str(interrupt("Which source may I use?")))]}


researcher: Any = StateGraph(MessagesState).add_node("ask", ask).add_edge(START, "ask").compile()


def research(topic: str) -> str:
    """Let another agent research a topic."""
    return str(researcher.invoke({"messages": [("user", topic)]})["messages"][-1].content)


def count(words: str) -> str:
    """Count words, without a question."""
    return str(len(words.split()))


def delete(path: str) -> str:
    """Delete a file."""
    return f"deleted {path}"


parallel = create_agent(
    Scripted(
        calls=[
            ("research", {"topic": "cats"}),
            ("count", {"words": "one two"}),
            ("research", {"topic": "dogs"}),
        ]
    ),
    [research, count],
)
stubborn = create_agent(
    Scripted(calls=[("delete", {"path": "a.txt"})], turns=4),
    [delete],
    middleware=[HumanInTheLoopMiddleware(interrupt_on={"delete": True})],
)
