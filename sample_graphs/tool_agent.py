"""An agent whose tool calls wait for approval; a scripted model plays the language model.

It reads the calendar freely, then wants to send an email and to run an SQL statement.
"""

from collections.abc import Callable, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware, InputAgentState
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command


def read_calendar(day: str) -> str:
    """Read the calendar of one day."""
    return f"{day}: 10:00 planning with Ada, 15:00 dentist"


def send_email(to: str, subject: str, body: str) -> str:
    """Send an email."""
    return f"Sent {subject!r} to {to}."


def execute_sql(query: str) -> str:
    """Run a statement against the production database."""
    return f"Ran {query!r}: 42 rows changed."


class ScriptedModel(BaseChatModel):
    """Follows a script where a language model would think, so that nothing leaves the machine."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> "ScriptedModel":
        """Accept the tools; the script already contains their calls."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        turn = _since_last_request(messages)
        return ChatResult(generations=[ChatGeneration(message=_next_message(turn))])

    @property
    def _llm_type(self) -> str:
        return "scripted"


def _since_last_request(messages: list[BaseMessage]) -> list[BaseMessage]:
    last = max(i for i, message in enumerate(messages) if isinstance(message, HumanMessage))
    return messages[last + 1 :]


def _next_message(turn: list[BaseMessage]) -> AIMessage:
    said = [message for message in turn if isinstance(message, AIMessage)]
    if not said:
        calendar = _call("read_calendar", day="Monday")
        return AIMessage("I look at the calendar first.", tool_calls=[calendar])
    if len(said) == 1:
        email = _call("send_email", to="ada@example.com", subject="Monday", body="See you at 10.")
        query = _call("execute_sql", query="DELETE FROM reminders WHERE day = 'Sunday'")
        return AIMessage("I tell Ada and clean up old reminders.", tool_calls=[email, query])
    results = [message for message in turn if isinstance(message, ToolMessage)][1:]
    return AIMessage("\n".join(["That is all.", *(_summary(result) for result in results)]))


def _call(name: str, **arguments: str) -> Any:
    return {"name": name, "args": arguments, "id": f"call_{name}"}


def _summary(result: ToolMessage) -> str:
    outcome = "not done" if result.status == "error" else "done"
    return f"- {result.name}: {outcome}. {result.text}"


gates = HumanInTheLoopMiddleware(
    interrupt_on={
        "send_email": True,
        "execute_sql": {"allowed_decisions": ["approve", "reject"]},
    }
)
tools: list[Callable[..., str]] = [read_calendar, send_email, execute_sql]
graph = create_agent(ScriptedModel(), tools, middleware=[gates])


def main() -> None:
    """Run the agent once in the terminal: approve the email, reject the statement."""
    agent = create_agent(ScriptedModel(), tools, middleware=[gates], checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    request: InputAgentState = {"messages": [HumanMessage("Prepare my Monday.")]}
    for asked in agent.invoke(request, config)["__interrupt__"][0].value["action_requests"]:
        print("Asked:", asked["name"], asked["args"])
    decisions = [{"type": "approve"}, {"type": "reject", "message": "Keep the reminders."}]
    done = agent.invoke(Command(resume={"decisions": decisions}), config)
    print(done["messages"][-1].text)


if __name__ == "__main__":
    main()
