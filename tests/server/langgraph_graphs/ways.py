"""Parts of the graphs in this folder: chains of nodes in two versions, and notes of what ran."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from typing import Annotated, Any, TypeAlias, TypedDict

from langgraph.config import get_stream_writer
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

Node: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Way:
    """Makes the nodes of one version of a graph: synchronous or asynchronous ones."""

    asynchronous: bool

    def __call__(self, node: Node) -> Any:
        """Return the node in this version."""
        if not self.asynchronous:
            return node

        @wraps(node)
        async def on_loop(state: Any) -> Any:
            return node(state)

        return on_loop

    def calling(self, graph: Any, given: Node, result: Callable[[Any, Any], Any]) -> Any:
        """Return a node that calls a graph with `given(state)`, and returns `result(state, its)`."""

        def call(state: Any) -> Any:
            return result(state, graph.invoke(given(state)))

        async def call_on_loop(state: Any) -> Any:
            return result(state, await graph.ainvoke(given(state)))

        return call_on_loop if self.asynchronous else call


class Market(TypedDict, total=False):
    """A text that grows."""

    key: Annotated[str, operator.add]
    market: str


class Words(TypedDict):
    """What the nodes returned, in order."""

    value: Annotated[list[str], operator.add]


def note(what: Any) -> None:
    """Send what ran to the client of the run, as an event of the stream mode `custom`."""
    get_stream_writer()(what)


def both(build: Callable[[Way], Any]) -> tuple[Any, Any]:
    """Return what `build` makes of synchronous nodes, and of asynchronous ones."""
    return build(Way(asynchronous=False)), build(Way(asynchronous=True))


def chain(way: Way, schema: Any = Words, /, **nodes: Any) -> Any:
    """Return a builder with these nodes in a sequence. Compiled graphs are nodes, too."""
    builder: Any = StateGraph(schema)
    made = [
        (name, node if hasattr(node, "invoke") or iscoroutinefunction(node) else way(node))
        for name, node in nodes.items()
    ]
    return builder.add_sequence(made).add_edge(START, made[0][0])


def step(name: str) -> Node:
    """Return a node that adds its name to the value."""

    def add(state: Words) -> Words:
        note(name)
        return {"value": [name]}

    return add


def question(name: str, text: str) -> Node:
    """Return a node that asks, and adds its name and the answer to the value."""

    def ask(state: Words) -> Words:
        note(name)
        return {"value": [f"{name}:{interrupt(text)}"]}

    return ask
