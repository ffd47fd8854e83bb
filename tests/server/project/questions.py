"""Graphs that ask, fail and leave traces, each in one particular way."""

import asyncio
import operator
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt


class State(TypedDict, total=False):
    """What was said, in order."""

    said: Annotated[list[Any], operator.add]
    trace: str
    seconds: float


def ask_twice(state: State) -> State:
    """Ask two questions in one node."""
    first = interrupt({"question": 1})
    second = interrupt({"question": 2})
    return {"said": [first, second]}


def fail(state: State) -> State:
    """Raise."""
    raise ValueError("kaboom")


def ask_then_fail(state: State) -> State:
    """Raise when the answer is bad, after it was taken."""
    if interrupt("good or bad?") == "bad":
        raise ValueError("a bad answer")
    return {"said": ["good"]}


def leave_trace(path: Path, answer: Any) -> None:
    """Add a line to a file."""
    with path.open("a") as trace:
        trace.write(f"{answer}\n")


async def ask_then_act(state: State) -> State:
    """Leave a trace for every time the answer takes effect, then take a while."""
    answer = interrupt("go?")
    await asyncio.to_thread(leave_trace, Path(state["trace"]), answer)
    await asyncio.sleep(state.get("seconds", 0.3))
    return {"said": [answer]}


async def wait_then_ask(state: State) -> State:
    """Ask when there is a file where the trace should be."""
    while not await asyncio.to_thread(Path(state["trace"]).exists):
        await asyncio.sleep(0.02)
    return {"said": [interrupt("at last?")]}


def note(state: State, name: str) -> None:
    """Count a node that runs, in a file."""
    leave_trace(Path(state["trace"]), name)


def prepare(state: State) -> State:
    """Be done before anybody is asked."""
    note(state, "prepare")
    return {"said": ["prepared"]}


def left(state: State) -> State:
    """Raise on a bad answer, after it was taken; with `mended` there the second time it does not."""
    note(state, "left")
    answer = interrupt({"asks": "left"})
    note(state, "left!")
    if answer == "bad" and not Path(f"{state['trace']}.mended").exists():
        raise ValueError("a bad answer")
    return {"said": [f"left {answer}"]}


def right(state: State) -> State:
    """Ask the same way, and never raise."""
    note(state, "right")
    answer = interrupt({"asks": "right"})
    note(state, "right!")
    return {"said": [f"right {answer}"]}


def beside(state: State) -> State:
    """Act while others ask."""
    note(state, "beside")
    return {"said": ["beside"]}


def finish(state: State) -> State:
    """Be the last."""
    note(state, "finish")
    return {"said": ["finished"]}


def who(state: State, config: RunnableConfig) -> State:
    """Say whose run this is."""
    return {"said": [config["configurable"].get("tenant")]}


def leave(state: State) -> State:
    """Try to end the process."""
    sys.exit("bye")


async def leave_async(state: State) -> State:
    """Try to end the process from its event loop."""
    sys.exit("bye")


@dataclass
class Context:
    """What a run is given beside its input."""

    tenant: str
    level: int = 1


def scheduled_for(state: State, runtime: Runtime[Context]) -> State:
    """Say what the context is."""
    return {"said": [runtime.context.tenant, runtime.context.level]}


def one(state: State) -> State:
    """Be the first."""
    return {"said": ["one"]}


def two(state: State) -> State:
    """Be the second."""
    return {"said": ["two"]}


def three(state: State) -> State:
    """Be the third."""
    return {"said": ["three"]}


def tell_beyond_json(state: State) -> State:
    """Say numbers that JSON readers do not take, then what is too deep to be written at all."""
    say = get_stream_writer()
    say({"long": 10**5000, "short": 10**30})
    deep: Any = "bottom"
    for _ in range(100_000):
        deep = [deep]
    say(deep)
    return {"said": ["told"]}


def _single(node: Any) -> Any:
    return StateGraph(State).add_node("node", node).add_edge(START, "node").compile()


def _step(*nodes: Any) -> Any:
    """Put nodes side by side, between the first and the last."""
    builder = StateGraph(State).add_node(prepare).add_node(finish).add_edge(START, "prepare")
    for node in nodes:
        builder.add_node(node).add_edge("prepare", node.__name__)
    return builder.add_edge([node.__name__ for node in nodes], "finish").compile()


def _holding(inner: Any) -> Any:
    builder = StateGraph(State).add_node("inner", inner).add_node(finish)
    return builder.add_edge(START, "inner").add_edge("inner", "finish").compile()


step_of_three = _step(left, right, beside)
step_inside = _holding(_step(left, right))
two_questions = _single(ask_twice)
failing = _single(fail)
sticky = _single(ask_then_fail)
gated_effect = _single(ask_then_act)
gated_question = _single(wait_then_ask)
tenant = _single(who)
beyond_json = _single(tell_beyond_json)
leaving = _single(leave)
leaving_async = _single(leave_async)
scheduled = (
    StateGraph(State, context_schema=Context)
    .add_node("node", scheduled_for)
    .add_edge(START, "node")
    .compile()
)
one_then_gated = (
    StateGraph(State).add_sequence([one, wait_then_ask]).add_edge(START, "one").compile()
)
chain = StateGraph(State).add_sequence([one, two, three]).add_edge(START, "one").compile()
