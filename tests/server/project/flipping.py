"""Agents whose middleware interrupts a call only the first time, so not again on resume."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import uuid4

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult

_asked: set[str] = set()


def delete_file(path: str) -> str:
    """Delete a file."""
    return f"Deleted {path}."


def only_once(request: Any) -> bool:
    """Return whether this is the first check of this call."""
    first = request.tool_call["id"] not in _asked
    _asked.add(request.tool_call["id"])
    return first


class ScriptedModel(BaseChatModel):
    """Deletes a file, then is done."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> "ScriptedModel":
        """Accept the tools; the script already contains their calls."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        said = AIMessage("Done.")
        if isinstance(messages[-1], HumanMessage):
            call: Any = {"name": "delete_file", "args": {"path": "old.md"}, "id": str(uuid4())}
            said = AIMessage("I delete it.", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=said)])

    @property
    def _llm_type(self) -> str:
        return "scripted"


def _agent(mode: Literal["batched", "per_call"]) -> Any:
    gate = HumanInTheLoopMiddleware(
        interrupt_on={
            "delete_file": {"allowed_decisions": ["approve", "reject"], "when": only_once}
        },
        interrupt_mode=mode,
    )
    return create_agent(ScriptedModel(), [delete_file], middleware=[gate])


batched = _agent("batched")
per_call = _agent("per_call")
