"""Graphs whose past checkpoints are visited: they ask, some in subgraphs, and note what ran."""

import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

from langgraph.graph import StateGraph
from langgraph.types import interrupt
from ways import Node, Way, Words, both, chain, note, question, step


class Results(TypedDict):
    """A state that shares nothing with its subgraphs."""

    results: Annotated[list[str], operator.add]


class Text(TypedDict):
    """One text."""

    data: str


def _asks_between(way: Way) -> Any:
    ask = question("ask", "What is your input?")
    return chain(way, before=step("before"), ask=ask, after=step("after")).compile()


def _asks_twice_between(way: Way) -> Any:
    nodes = {"first": question("first", "First?"), "second": question("second", "Second?")}
    return chain(way, before=step("before"), **nodes, after=step("after")).compile()


def _two_in_one(way: Way) -> Any:
    def ask(state: Words) -> Words:
        return {"value": [interrupt("First?"), interrupt("Second?")]}

    return chain(way, ask=ask, after=step("after")).compile()


def _inner(way: Way, persistent: bool | None) -> Any:
    nodes = {"prepare": step("prepare"), "ask": question("ask", "Go on?"), "act": step("act")}
    return chain(way, **nodes).compile(checkpointer=persistent)


def _subgraph_between(persistent: bool | None) -> Callable[[Way], Any]:
    """The checkpoints of the subgraph are kept between runs, or not."""

    def build(way: Way) -> Any:
        inner = _inner(way, persistent)
        return chain(way, route=step("route"), inner=inner, finish=step("finish")).compile()

    return build


def _subgraph_alone(way: Way) -> Any:
    return chain(way, inner=_inner(way, True)).compile()


def _two_questions(way: Way) -> StateGraph[Any]:
    nodes = {"first": question("first", "First?"), "second": question("second", "Second?")}
    builder: StateGraph[Any] = chain(way, prepare=step("prepare"), **nodes)
    return builder


def _executor(way: Way) -> Any:
    return chain(way, executor=_two_questions(way).compile(checkpointer=True)).compile()


def _short_executor(way: Way) -> Any:
    executor = chain(way, ask=question("ask", "Well?")).compile(checkpointer=True)
    return chain(way, executor=executor).compile()


def _three_levels(way: Way) -> Any:
    inner = _two_questions(way).compile(checkpointer=True)
    outer = chain(way, inner=inner).compile(checkpointer=True)
    return chain(way, outer=outer).compile()


def _middle_asks(way: Way) -> Any:
    inner = chain(way, prepare=step("prepare"), ask=question("ask", "Inside?"))
    outer = chain(
        way, early=question("early", "Early?"), inner=inner.compile(checkpointer=True)
    ).compile(checkpointer=True)
    return chain(way, outer=outer).compile()


def _remembers(name: str) -> Node:
    """Return a node that notes the state which it found, and asks."""

    def ask(state: Words) -> Words:
        note([name, *state["value"]])
        return {"value": [f"{name}:{interrupt(name)}"]}

    return ask


def _with_memory(names: tuple[str, ...], persistent: bool | None) -> Callable[[Way], Any]:
    """A subgraph asks one question for each name; its state is kept between runs, or not."""

    def before(state: Results) -> Results:
        return {"results": ["before"]}

    def build(way: Way) -> Any:
        nodes = {name: _remembers(name) for name in names}
        inner = chain(way, **nodes).compile(checkpointer=persistent)
        return chain(way, Results, before=before, inner=inner).compile()

    return build


def _asks_inside(way: Way) -> Any:
    def ask(state: Text) -> Text:
        return {"data": interrupt("Continue?")}

    return chain(way, Text, inner=chain(way, Text, ask=ask).compile()).compile()


asks_between, asks_between_async = both(_asks_between)
asks_twice_between, asks_twice_between_async = both(_asks_twice_between)
two_in_one, two_in_one_async = both(_two_in_one)
subgraph_between, subgraph_between_async = both(_subgraph_between(True))
plain_subgraph_between, plain_subgraph_between_async = both(_subgraph_between(None))
subgraph_alone, subgraph_alone_async = both(_subgraph_alone)
executor, executor_async = both(_executor)
short_executor, short_executor_async = both(_short_executor)
three_levels, three_levels_async = both(_three_levels)
middle_asks, middle_asks_async = both(_middle_asks)
remembers_one, remembers_one_async = both(_with_memory(("a",), True))
remembers_two, remembers_two_async = both(_with_memory(("a", "b"), True))
forgets_two, forgets_two_async = both(_with_memory(("a", "b"), None))
asks_inside, asks_inside_async = both(_asks_inside)
