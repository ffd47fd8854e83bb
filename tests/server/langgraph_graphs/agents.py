"""Prebuilt agents whose tools ask; version 1 runs all tools in one task, version 2 one in each."""

from typing import Annotated, Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import InjectedToolCallId, tool
from langgraph.prebuilt import create_react_agent
from langgraph.prebuilt.chat_agent_executor import AgentState, AgentStatePydantic
from langgraph.types import Command, interrupt
from ways import note


class Named(AgentState):
    """The state of an agent that knows a name."""

    user_name: str


class NamedModel(AgentStatePydantic):
    """The same as a pydantic model."""

    user_name: str | None = None


class Scripted(BaseChatModel):
    """Requests the calls after a person's message, and ends after all others."""

    calls: list[ToolCall]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        """Return the same model."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        calls = self.calls if isinstance(messages[-1], HumanMessage) else []
        return ChatResult(generations=[ChatGeneration(message=AIMessage("", tool_calls=calls))])


@tool
def ask_name(call: Annotated[str, InjectedToolCallId]) -> Command[Any]:
    """Ask for the name of the user."""
    name = interrupt("Your name:")
    return Command(
        update={"user_name": name, "messages": [ToolMessage("Thanks", tool_call_id=call)]}
    )


@tool
def ask_help(query: str) -> str:
    """Ask a person."""
    answer = interrupt({"query": query})
    note("help")
    return str(answer["data"])


@tool
def weather(place: str) -> str:
    """Return the weather."""
    note("weather")
    return "sunny"


def _names(schema: Any, version: Literal["v1", "v2"]) -> Any:
    calls = [ToolCall(name="ask_name", args={}, id="1")]
    return create_react_agent(
        Scripted(calls=calls), [ask_name], state_schema=schema, version=version
    )


def _helps(version: Literal["v1", "v2"]) -> Any:
    calls = [
        ToolCall(name="weather", args={"place": "sf"}, id="1"),
        ToolCall(name="ask_help", args={"query": "help"}, id="2"),
    ]
    return create_react_agent(Scripted(calls=calls), [weather, ask_help], version=version)


names_1, names_2 = _names(Named, "v1"), _names(Named, "v2")
names_model_1, names_model_2 = _names(NamedModel, "v1"), _names(NamedModel, "v2")
helps_1, helps_2 = _helps("v1"), _helps("v2")
