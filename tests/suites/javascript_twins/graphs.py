"""Graphs that are not agents: nested, delayed, failing, made for each use."""

import asyncio
import operator
from typing import Annotated, Any, Literal

from langchain_core.messages import AIMessage, AnyMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph, add_messages
from langgraph.runtime import Runtime
from typing_extensions import TypedDict

Messages = Annotated[list[AnyMessage], add_messages]


class Texts(TypedDict, total=False):
    """Texts, one after the other."""

    messages: Annotated[list[str], operator.add]


def _enter(node: str) -> Any:
    return lambda state: {"messages": [f"Entered {node} node"]}


def _in_turn(first: str, second: str, then: Any) -> Any:
    builder = StateGraph(Texts).add_node(first, _enter(first)).add_node(second, then)
    return builder.add_edge(START, first).add_edge(first, second).add_edge(second, END).compile()


_child = _in_turn("c_one", "c_two", _enter("c_two"))
nested = _in_turn("gp_one", "gp_two", _in_turn("p_one", "p_two", _child))


class Weather(TypedDict, total=False):
    """A conversation about the weather of a city."""

    messages: Messages
    city: str


class Router(TypedDict, total=False):
    """A conversation, and who goes on with it."""

    messages: Messages
    route: Literal["weather", "other"]


_weather = (
    StateGraph(Weather)
    .add_node("model_node", lambda state: {"city": "San Francisco"})
    .add_node(
        "weather_node", lambda state: {"messages": [AIMessage(f"It's sunny in {state['city']}!")]}
    )
    .add_edge(START, "model_node")
    .add_edge("model_node", "weather_node")
    .add_edge("weather_node", END)
    .compile(interrupt_before=["weather_node"])
)
weather = (
    StateGraph(Router)
    .add_node("router_node", lambda state: {"route": "weather"})
    .add_node("normal_llm_node", lambda state: {"messages": [AIMessage("Hello")]})
    .add_node("weather_graph", _weather)
    .add_edge(START, "router_node")
    .add_conditional_edges(
        "router_node",
        lambda state: "weather_graph" if state["route"] == "weather" else "normal_llm_node",
        ["weather_graph", "normal_llm_node"],
    )
    .add_edge("weather_graph", END)
    .add_edge("normal_llm_node", END)
    .compile()
)


class Delayed(TypedDict, total=False):
    """How many milliseconds to wait."""

    messages: Messages
    delay: float


async def _wait(state: Delayed) -> Any:
    await asyncio.sleep(state["delay"] / 1000)
    return {"messages": [("ai", f"finished after {state['delay']}ms")]}


delay = (
    StateGraph(Delayed).add_node("long_running", _wait).add_edge(START, "long_running").compile()
)


class CustomError(Exception):
    """What the failing graph raises."""


async def _fail(state: Delayed) -> Any:
    await asyncio.sleep(1)
    raise CustomError("Boo!")


error = StateGraph(Delayed).add_node("error_node", _fail).add_edge(START, "error_node").compile()


def _appended(old: list[str], new: list[str] | str) -> list[str]:
    return [*old, *(new if isinstance(new, list) else [new])]


class Dynamic(TypedDict, total=False):
    """The node that ran."""

    node: str
    messages: Annotated[list[str], _appended]


def dynamic(config: RunnableConfig) -> Any:
    """Return a graph whose node has the name in the config."""
    node = config["configurable"].get("nodeName", "default")
    builder = StateGraph(Dynamic).add_node(node, lambda state: {"node": node, "messages": [node]})
    return builder.add_edge(START, node).add_edge(node, END).compile()


class Model(TypedDict, total=False):
    """The model to use."""

    model: Literal["openai", "anthropic", "unknown"]


class Used(Model, total=False):
    """The model that was used."""

    message: str


def _use_context(state: Used, runtime: Runtime[Model]) -> Used:
    return {"model": (runtime.context or {}).get("model", "unknown")}


simple_runtime = (
    StateGraph(Used, context_schema=Model)
    .add_node("use_context", _use_context)
    .add_edge(START, "use_context")
    .compile()
)


class Count(TypedDict, total=False):
    """A conversation with a count."""

    messages: Messages
    count: int


class Items(TypedDict, total=False):
    """A list with a count."""

    items: list[str]
    counter: int
    label: str | None


def _count(state: Count) -> Any:
    number = state.get("count", 0) + 1
    return {"messages": [AIMessage(f"Response {number}")], "count": number}


def _list(state: Items) -> Items:
    number = state.get("counter", 0) + 1
    items = [*state.get("items", []), f"Item {number}"]
    return {"items": items, "counter": number, "label": "processed"}


counting = StateGraph(Count).add_node("process", _count).add_edge(START, "process").compile()
listing = StateGraph(Items).add_node("process", _list).add_edge(START, "process").compile()
