"""Graphs of one level whose nodes ask, one at a time: once, twice, in a loop, behind others."""

import operator
from typing import Annotated, Any, TypedDict

from langgraph.types import Command, interrupt
from ways import Market, Way, both, chain, note


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


class Inputs(TypedDict, total=False):
    """What two nodes write."""

    robot: str
    human: str


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


def _robot_then_human(way: Way) -> Any:
    def robot(state: Inputs) -> Inputs:
        return {"robot": "beep"}

    def human(state: Inputs) -> Command[Any]:
        return Command(update={"human": interrupt("well?")})

    return chain(way, Inputs, robot=robot, human=human).compile()


def _talk(way: Way) -> Any:
    def human(state: Person) -> Person:
        return {"other": interrupt(None)}

    def agent(state: Person) -> Person:
        return {"other": f"Hi {state['other']}"}

    return chain(way, Person, human=human, agent=agent).add_edge("agent", "human").compile()


asks_twice, asks_twice_async = both(_asks_twice)
asks_until_valid, asks_until_valid_async = both(_asks_until_valid)
asks_of_topics, asks_of_topics_async = both(_asks_of_topics)
asks_of_sum, asks_of_sum_async = both(_asks_of_sum)
asks_two_of_sum, asks_two_of_sum_async = both(_asks_two_of_sum)
robot_then_human, robot_then_human_async = both(_robot_then_human)
talk, _ = both(_talk)
