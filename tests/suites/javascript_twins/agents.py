"""Agents with a model that says "begin" and "end" in turn, on each thread."""

import asyncio
from typing import Annotated, Any, Literal, cast

from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AnyMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph, add_messages
from langgraph.store.base import BaseStore
from langgraph.types import Send, interrupt
from typing_extensions import TypedDict

_models: dict[tuple[str, str], FakeListChatModel] = {}
_SHARED = ("sharedState", "data")


class Output(TypedDict, total=False):
    """What clients get."""

    messages: Annotated[list[AnyMessage], add_messages]
    sharedStateValue: str | None
    interrupt: bool
    keyOne: str | None
    keyTwo: str | None
    sleep: Any


class State(Output, total=False):
    """With what the store had."""

    sharedStateFromStoreConfig: dict[str, Any] | None


class Context(TypedDict, total=False):
    """The context of a run."""

    model_name: str


def _model(config: RunnableConfig, last: str) -> FakeListChatModel:
    key = (str(config["configurable"].get("thread_id")), last)
    return _models.setdefault(key, FakeListChatModel(responses=["begin", last]))


async def _agent(state: State, config: RunnableConfig, *, store: BaseStore) -> State:
    if state.get("interrupt"):
        interrupt("i want to interrupt")
    sleep = state.get("sleep")
    if sleep is not None and state["messages"][-1].type == "human":
        if isinstance(sleep, dict):
            for step in range(sleep["steps"]):
                get_stream_writer()({"type": "sleep", "step": step})
                await asyncio.sleep(sleep["ms"] / 1000)
        else:
            await asyncio.sleep(sleep)
    response = await _model(config, "end").ainvoke(state["messages"], config)
    if not state.get("sharedStateFromStoreConfig"):
        user = {"id": config["configurable"].get("user_id")}
        await store.aput(_SHARED, "user_id", user)
    return {"interrupt": False, "messages": [response]}


async def _tool(state: State, *, store: BaseStore) -> State:
    found = await store.aget(_SHARED, "user_id")
    last = state["messages"][-1]
    answer = ToolMessage(f"tool_call__{last.content}", tool_call_id="tool_call_id")
    return {"messages": [answer], "sharedStateFromStoreConfig": found.value if found else None}


async def _check_shared_state(state: State, *, store: BaseStore) -> State:
    found = await store.aget(("inputtedState", "data"), "my_key")
    if found is None or not found.value.get("isTrue"):
        raise ValueError("Value is not true")
    return {}


def _after_agent(state: State) -> Literal["tool", "checkSharedState", "__end__"]:
    if state["messages"][0].content == "___check_state_value":
        return "checkSharedState"
    ends = state["messages"][0].content == "should_end" or state["messages"][-1].content == "end"
    return "__end__" if ends else "tool"


agent = (
    StateGraph(State, context_schema=Context, output_schema=Output)
    .add_node("agent", _agent)
    .add_node("tool", _tool)
    .add_node("checkSharedState", _check_shared_state)
    .add_edge(START, "agent")
    .add_conditional_edges("agent", _after_agent)
    .add_edge("tool", "agent")
    .add_edge("checkSharedState", END)
    .compile()
)


class SimpleState(TypedDict, total=False):
    """The state of the simple agent."""

    key_one: str
    key_two: str
    sleep: float
    messages: Annotated[list[AnyMessage], add_messages]


async def _call_model(state: SimpleState, config: RunnableConfig, *, store: BaseStore) -> Any:
    configurable = config["configurable"]
    if (header := configurable.get("x-configurable-header")) is not None:
        return {"messages": [("ai", f"end: {header}")]}
    user = (configurable.get("langgraph_auth_user") or {}).get("identity") or "ALL"
    if await store.aget((user,), "key_one") is None:
        await store.aput((user,), "key_one", {"text": state["messages"][-1].content})
    return {"messages": [await _model(config, "end\u2028").ainvoke(state["messages"], config)]}


async def _call_tool(message: Any) -> Any:
    return {"messages": [ToolMessage(f"tool_call__{message.content}", tool_call_id="tool_call_id")]}


def _continue(state: SimpleState) -> Any:
    last = state["messages"][-1]
    return END if str(last.content).startswith("end") else Send("tool", last)


agent_simple = (
    StateGraph(SimpleState)
    .add_node("agent", _call_model)
    .add_node("tool", cast(Any, _call_tool))  # it gets what `Send` carries, and no state
    .add_edge(START, "agent")
    .add_conditional_edges("agent", _continue, ["tool", END])
    .add_edge("tool", "agent")
    .compile()
)
