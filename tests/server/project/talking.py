"""A graph with conversations: as long as its input asks, in two keys, and a model that streams."""

import base64
from collections.abc import Iterator
from typing import Annotated, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt
from typing_extensions import TypedDict

PICTURE = base64.b64encode(bytes(120_000)).decode()
EMAIL = {"to": "ada@example.org", "subject": "Your order", "body": "It was sent on Monday.\nGrace"}
WORDS = "The order left our store on Monday. It should arrive within two days."


class State(TypedDict, total=False):
    """What was said, and the plan that two models made."""

    messages: Annotated[list[AnyMessage], add_messages]
    plan: list[dict[str, Any]]
    turns: int


class Speaker(BaseChatModel):
    """Says the same words, one by one."""

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(WORDS))])

    def _stream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        for word in WORDS.split(" "):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=f"{word} "))
            if run_manager is not None:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    @property
    def _llm_type(self) -> str:
        return "speaker"


def _turn(number: int) -> list[AnyMessage]:
    """Return a question of a person, two calls with their results, and an answer."""
    calls: list[Any] = [
        {"id": f"order-{number}", "name": "find_order", "args": {"customer": "Ada", "year": 2026}},
        {"id": f"stock-{number}", "name": "look_into_stock", "args": {"item": number}},
    ]
    return [
        HumanMessage(f"Where is order {number}? I have waited for a week.", name="Ada"),
        AIMessage("I look for the order first, and then into the stock.", tool_calls=calls),
        ToolMessage(f'{{"order": {number}, "status": "sent"}}', tool_call_id=f"order-{number}"),
        ToolMessage("no such item", tool_call_id=f"stock-{number}", status="error"),
        AIMessage(f"Order {number} was **sent** on Monday.\n\n- by train\n- in one piece"),
    ]


def prepare(state: State) -> State:
    """Write the messages that came before, and a plan in the shape of another maker."""
    said: list[AnyMessage] = [SystemMessage("You answer customers. Be brief.")]
    for number in range(state.get("turns", 1)):
        said += _turn(number)
    said.append(
        HumanMessage(
            [
                {"type": "text", "text": "This is what came. Write to me, please."},
                {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{PICTURE}"}},
            ],
            name="Ada",
        )
    )
    plan = [
        {"role": "user", "content": "Plan the answer"},
        {"role": "assistant", "content": "First look, then write."},
    ]
    return {"messages": said, "plan": plan}


def speak(state: State) -> State:
    """Let the model speak, and call a tool."""
    spoken = Speaker().invoke(state["messages"])
    call: Any = {"id": "mail", "name": "send_email", "args": EMAIL}
    return {"messages": [AIMessage(spoken.content, id=spoken.id, tool_calls=[call])]}


def send(state: State) -> State:
    """Ask whether the email may be sent."""
    interrupt(
        {
            "action_requests": [{"name": "send_email", "args": EMAIL}],
            "review_configs": [
                {"action_name": "send_email", "allowed_decisions": ["approve", "edit", "reject"]}
            ],
        }
    )
    return {"messages": [ToolMessage("Sent.", tool_call_id="mail")]}


builder = StateGraph(State)
builder.add_sequence([prepare, speak, send])
builder.add_edge(START, "prepare")
graph = builder.compile()
