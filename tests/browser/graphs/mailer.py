"""An agent that streams its words, asks before it sends mail, and counts what it sends."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

_PAUSE = {"slowly": 0.25, "very slowly": 1.0}
"""Seconds between two words, for a person's message that begins with this."""


def send_mail(to: str, text: str) -> str:
    """Send a mail. Each one is a line in the file that `SENT_MAIL` names."""
    with Path(os.environ["SENT_MAIL"]).open("a") as sent:
        sent.write(f"{to}: {text}\n")
    return f"sent to {to}"


class ScriptedModel(BaseChatModel):
    """Plays a language model: asks to send a mail when told to, else says something in words."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> "ScriptedModel":
        """Accept the tools; the script already contains their calls."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_reply(messages))])

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        reply = _reply(messages)
        if reply.tool_calls:
            chunk = AIMessageChunk(content="", id=reply.id, tool_calls=reply.tool_calls)
            yield ChatGenerationChunk(message=chunk)
            return
        words = reply.text.split(" ")
        for position, word in enumerate(words):
            await asyncio.sleep(_pause(messages))
            last: Any = {"chunk_position": "last"} if position == len(words) - 1 else {}
            text = word if position == 0 else f" {word}"
            yield ChatGenerationChunk(message=AIMessageChunk(content=text, id=reply.id, **last))

    @property
    def _llm_type(self) -> str:
        return "scripted"


def _reply(messages: list[BaseMessage]) -> AIMessage:
    last = messages[-1]
    name = f"reply-{len(messages)}"
    if isinstance(last, HumanMessage) and last.text.startswith("mail "):
        args = {"to": last.text.removeprefix("mail "), "text": "hello"}
        call: Any = {"name": "send_mail", "args": args, "id": f"call-{len(messages)}"}
        return AIMessage("", id=name, tool_calls=[call])
    if isinstance(last, HumanMessage):
        return AIMessage(f"You said the words {last.text} to me", id=name)
    return AIMessage(f"The tool says {last.text}", id=name)


def _pause(messages: list[BaseMessage]) -> float:
    said = next(one.text for one in reversed(messages) if isinstance(one, HumanMessage))
    return next((pause for start, pause in _PAUSE.items() if said.startswith(start)), 0.0)


graph = create_agent(
    ScriptedModel(),
    [send_mail],
    middleware=[HumanInTheLoopMiddleware(interrupt_on={"send_mail": True})],
)
