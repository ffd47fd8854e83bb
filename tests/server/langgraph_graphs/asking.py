"""Graphs of one level whose nodes ask: once, twice, in a loop, beside others, or behind others."""

import asyncio
import operator
from dataclasses import replace
from typing import Annotated, Any, TypedDict

from langgraph.config import get_config
from langgraph.graph import START, StateGraph
from langgraph.types import Command, RetryPolicy, Send, interrupt
from ways import Node, Way, both, chain, note


class Market(TypedDict, total=False):
    """A text that grows."""

    key: Annotated[str, operator.add]
    market: str


class Person(TypedDict, total=False):
    """An age, asked for until it is valid."""

    age: int
    other: str


class Topics(TypedDict):
    """Questions, and their answers."""

    topics: list[str]
    answers: Annotated[list[str], operator.add]


class Sum(TypedDict, total=False):
    """A number, and what to do with it."""

    number: int
    answer: str


class Given(TypedDict, total=False):
    """An input that no node changes."""

    input: str


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


def _asks_twice(way: Way) -> Any:
    def ask(state: Market) -> Market:
        return {"key": f"{interrupt({'value': 1})} {interrupt({'value': 2})}"}

    return chain(way, Market, ask=ask).compile()


def _asks_until_valid(way: Way) -> Any:
    def ask(state: Person) -> Person:
        age = interrupt("How old are you?")
        while not (age.isdigit() and int(age) >= 18):
            age = interrupt("invalid response")
        return {"age": int(age)}

    return chain(way, Person, ask=ask).compile()


def _asks_of_topics(way: Way) -> Any:
    def number(state: Topics) -> Any:
        note("number")
        return {"topics": [f"topic {place}" for place, _ in enumerate(state["topics"], 1)]}

    def ask(state: Topics) -> Any:
        return {"answers": [interrupt(f"What of {topic}?") for topic in state["topics"]]}

    return chain(way, Topics, number=number, ask=ask).compile()


def _asks_of_sum(way: Way) -> Any:
    def add(state: Sum) -> Sum:
        return {"number": state["number"] + 1}

    def double(state: Sum) -> Sum:
        return {"number": state["number"] * 2}

    def ask(state: Sum) -> Sum:
        return {"answer": interrupt(f"It is {state['number']}. What next?")}

    return chain(way, Sum, add=add, double=double, ask=ask).compile()


def _asks_two_of_sum(way: Way) -> Any:
    def add(state: Sum) -> Sum:
        return {"number": state["number"] + 10}

    def ask(state: Sum) -> Sum:
        return {"answer": f"{interrupt('First?')},{interrupt('Second?')}"}

    return chain(way, Sum, add=add, ask=ask).compile()


def _two_ask(way: Way) -> Any:
    def left(state: Texts) -> Texts:
        return {"left": interrupt({"revise": state["left"]})}

    def right(state: Texts) -> Texts:
        return {"right": interrupt({"revise": state["right"]})}

    builder = StateGraph(Texts).add_node("left", way(left)).add_node("right", way(right))
    return builder.add_edge(START, "left").add_edge(START, "right").compile()


def _robot_then_human(way: Way) -> Any:
    def robot(state: Texts) -> Texts:
        return {"left": "beep"}

    def human(state: Texts) -> Command[Any]:
        return Command(update={"right": interrupt("well?")})

    return chain(way, Texts, robot=robot, human=human).compile()


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


def _talk(way: Way) -> Any:
    def human(state: Person) -> Person:
        return {"other": interrupt(None)}

    def agent(state: Person) -> Person:
        return {"other": f"Hi {state['other']}"}

    return chain(way, Person, human=human, agent=agent).add_edge("agent", "human").compile()


async def slow(state: Market) -> Market:
    """Take longer than the question."""
    note("slow")
    await asyncio.sleep(0.2)
    return {"key": " again"}


async def ask_beside_slow(state: Market) -> Market:
    """Ask at once."""
    return {"key": interrupt("Bad?")}


def _stops_after_each(way: Way) -> Any:
    def nothing(state: Given) -> None:
        pass

    builder = chain(way, Given, first=nothing, second=nothing, third=nothing)
    return builder.compile(interrupt_after="*")


asks_in_germany, asks_in_germany_async = both(_asks_in_germany)
asks_beside_sent, asks_beside_sent_async = both(_asks_beside_sent)
asks_twice, asks_twice_async = both(_asks_twice)
asks_until_valid, asks_until_valid_async = both(_asks_until_valid)
asks_of_topics, asks_of_topics_async = both(_asks_of_topics)
asks_of_sum, asks_of_sum_async = both(_asks_of_sum)
asks_two_of_sum, asks_two_of_sum_async = both(_asks_two_of_sum)
two_ask, two_ask_async = both(_two_ask)
robot_then_human, robot_then_human_async = both(_robot_then_human)
asks_with_error_handler, asks_with_error_handler_async = both(_asks_with_error_handler)
asks_once, asks_once_async = both(_asks_once)
stops_after_each, stops_after_each_async = both(_stops_after_each)
talk, _ = both(_talk)
asks_beside_slow_async = (
    StateGraph(Market)
    .add_node("slow", slow)
    .add_node("ask", ask_beside_slow)
    .add_edge(START, "slow")
    .add_edge(START, "ask")
    .compile()
)
