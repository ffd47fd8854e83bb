"""The messages in a thread's values: what LangChain's agents write there. Pure functions.

Values are whatever a graph keeps: nothing is found in those of another shape.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

Message: TypeAlias = dict[str, Any]


def messages_in(values: Any) -> Iterable[Message]:
    """Return the messages of values, in order."""
    match values:
        case {"messages": list(messages)}:
            return (each for each in messages if isinstance(each, dict))
        case _:
            return ()


def role_of(message: Message) -> str:
    """Return `ai`, `tool` (with a text as its `tool_call_id`) or anything else."""
    match message:
        case {"type": "ai" | "AIMessageChunk"}:
            return "ai"
        case {"type": "tool", "tool_call_id": str()}:
            return "tool"
        case _:
            return ""


def calls_of(message: Message | None) -> list[Message]:
    """Return the tool calls of a model's message, those with an id."""
    match message:
        case {"type": "ai" | "AIMessageChunk", "tool_calls": list(calls)}:
            return [
                each for each in calls if isinstance(each, dict) and isinstance(each.get("id"), str)
            ]
        case _:
            return []


def text_of(message: Message) -> str:
    """Return the text of a message, also of one that consists of blocks."""
    match message.get("content"):
        case str(text):
            return text
        case list(blocks):
            texts = (each.get("text") if isinstance(each, dict) else each for each in blocks)
            return "".join(each for each in texts if isinstance(each, str))
        case _:
            return ""


def decision_in(result: Message) -> str:
    """Return the decision that newer middleware marks in a result that it wrote, or nothing."""
    match result.get("additional_kwargs"):
        case {"lc_source": "hitl_interrupt_decision", "lc_data": {"decision": str(decision)}}:
            return decision
        case _:
            return ""


def refusal_of(tool: str) -> str:
    """Return how the result of a rejected call begins (langchain 1.5, `human_in_the_loop.py`)."""
    return f"User rejected the tool call for `{tool}`"
