"""Graphs whose nodes ask while others run beside them, or are sent, or handle errors."""

import asyncio
import operator
from dataclasses import replace
from typing import Annotated, Any, TypedDict

from langgraph.config import get_config
from langgraph.graph import START, StateGraph
from langgraph.types import Command, RetryPolicy, Send, interrupt
from ways import Market, Node, Way, both, note


class Texts(TypedDict, total=False):
    """Two texts."""

    left: str
    right: str


def ask_in_germany(state: Market) -> Market:
    """Ask in one market only."""
    note("ask")
    return {"key": interrupt("Just because") if state["market"] == "DE" else " all good"}


def add_one(state: Market) -> Market:
    """Add a text."""
    note("one")
    return {"key": " one"}


def _asks_in_germany(way: Way) -> Any:
    builder = StateGraph(Market)
    builder.add_node("ask", way(ask_in_germany), retry_policy=RetryPolicy())
    return builder.add_edge(START, "ask").compile()


def _asks_beside_sent(way: Way) -> Any:
    builder = StateGraph(Market)
    builder.add_node("ask", way(ask_in_germany), retry_policy=RetryPolicy())
    builder.add_node("one", way(add_one))
    builder.add_conditional_edges(START, lambda state: ["ask", Send("one", state)], ["ask", "one"])
    return builder.compile()


def _two_ask(way: Way) -> Any:
    def left(state: Texts) -> Texts:
        return {"left": interrupt({"revise": state["left"]})}

    def right(state: Texts) -> Texts:
        return {"right": interrupt({"revise": state["right"]})}

    builder = StateGraph(Texts).add_node("left", way(left)).add_node("right", way(right))
    return builder.add_edge(START, "left").add_edge(START, "right").compile()


def _asks_with_error_handler(way: Way) -> Any:
    def ask(state: Texts) -> Texts:
        return {"left": f"asked {interrupt('A human is needed')}"}

    def beside(state: Texts) -> Texts:
        return {}

    def handle(state: Texts) -> Texts:
        return {"left": "handled"}

    builder = StateGraph(Texts).add_node("ask", way(ask), error_handler=way(handle))
    builder.add_node("beside", way(beside))
    return builder.add_edge(START, "ask").add_edge(START, "beside").compile()


def _recording(name: str) -> Node:
    """Return a node of a graph whose state is a list; a command that was sent to it is obeyed."""

    def record(state: Any) -> Any:
        note(name)
        update = [name] if isinstance(state, list) else [f"{name}|{state}"]
        return replace(state, update=update) if isinstance(state, Command) else update

    return record


def _asks_once(way: Way) -> Any:
    """One of the sent tasks asks the first time it runs, and not again, on each thread."""
    asked = set()

    def flaky(state: Any) -> list[str]:
        thread_id = get_config()["configurable"]["thread_id"]
        if thread_id not in asked:
            asked.add(thread_id)
            interrupt("Again?")
        return [f"flaky|{state}"]

    def send(state: Any) -> list[Any]:
        nested = [Send("second", 3), Send("flaky", 4)]
        return [*(Send("second", Command(goto=goto)) for goto in nested), "beside"]

    builder: Any = StateGraph(Annotated[list, operator.add])  # type: ignore[arg-type]
    for name in ("first", "second", "third", "beside"):
        builder.add_node(name, way(_recording(name)))
    builder.add_node("flaky", way(flaky)).add_edge(START, "first")
    builder.add_conditional_edges("first", send, ["second", "beside"])
    builder.add_conditional_edges("second", lambda _: "third", ["third"])
    return builder.compile()


async def slow(state: Market) -> Market:
    """Take longer than the question."""
    note("slow")
    await asyncio.sleep(0.2)
    return {"key": " again"}


async def ask_beside_slow(state: Market) -> Market:
    """Ask at once."""
    return {"key": interrupt("Bad?")}


asks_in_germany, asks_in_germany_async = both(_asks_in_germany)
asks_beside_sent, asks_beside_sent_async = both(_asks_beside_sent)
two_ask, two_ask_async = both(_two_ask)
asks_with_error_handler, asks_with_error_handler_async = both(_asks_with_error_handler)
asks_once, asks_once_async = both(_asks_once)
asks_beside_slow_async = (
    StateGraph(Market)
    .add_node("slow", slow)
    .add_node("ask", ask_beside_slow)
    .add_edge(START, "slow")
    .add_edge(START, "ask")
    .compile()
)
