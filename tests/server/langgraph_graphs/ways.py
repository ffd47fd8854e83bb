"""Parts of the graphs in this folder: chains of nodes in two versions, and notes of what ran."""

import operator
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeAlias, TypedDict

from langgraph.config import get_stream_writer
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

Node: TypeAlias = Callable[[Any], Any]
Way: TypeAlias = Callable[[Node], Any]
"""Makes the node of one version of a graph."""


class Words(TypedDict):
    """What the nodes returned, in order."""

    value: Annotated[list[str], operator.add]


def note(what: Any) -> None:
    """Send what ran to the client of the run, as an event of the stream mode `custom`."""
    get_stream_writer()(what)


def both(build: Callable[[Way], Any]) -> tuple[Any, Any]:
    """Return what `build` makes of synchronous nodes, and of asynchronous ones."""
    return build(lambda node: node), build(_asynchronous)


def chain(way: Way, schema: Any = Words, /, **nodes: Any) -> Any:
    """Return a builder with these nodes in a sequence. Compiled graphs are nodes, too."""
    builder: Any = StateGraph(schema)
    made = [(name, node if hasattr(node, "invoke") else way(node)) for name, node in nodes.items()]
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


def _asynchronous(node: Node) -> Node:
    @wraps(node)
    async def on_loop(state: Any) -> Any:
        return node(state)

    return on_loop
