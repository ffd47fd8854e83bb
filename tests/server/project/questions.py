"""Graphs that interrupt, fail and write traces, each in its own way."""

import asyncio
import operator
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.errors import NodeInterrupt
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send, interrupt


class State(TypedDict, total=False):
    """The results of nodes, in order."""

    said: Annotated[list[Any], operator.add]
    trace: str
    seconds: float


def ask_twice(state: State) -> State:
    """Interrupt twice in one node."""
    first = interrupt({"question": 1})
    second = interrupt({"question": 2})
    return {"said": [first, second]}


def fail(state: State) -> State:
    """Raise."""
    raise ValueError("kaboom")


class UnknownInterruptError(Exception):
    """Has the name of the error with which LangGraph refuses an answer."""


def raise_misleadingly(state: State) -> State:
    """Raise, after the answer was taken."""
    raise UnknownInterruptError("no such order")


def ask_as_told(state: State) -> State:
    """Ask with the payload that the run was started with."""
    return {"said": [interrupt(state["said"][0])]}


def ask_approval(state: State) -> State:
    """Act if the answer is true for Python, as the first example of LangGraph's guide."""
    return {"said": ["acted" if interrupt("Do you approve this action?") else "stopped"]}


def check_length(state: State) -> State:
    """Stop as LangChain Academy teaches it, until the state is changed."""
    note(state, "check")
    if state["seconds"] > 1:
        raise NodeInterrupt(f"too long: {state['seconds']}")
    return {"said": ["checked"]}


def check_sums(state: State) -> State:
    """Stop for another reason."""
    if state["seconds"] > 1:
        raise NodeInterrupt({"sum": "too large"})
    return {}


def check_or_ask(state: State) -> State:
    """Ask a question beside a node that stops."""
    return {"said": [interrupt({"asks": "beside"})]}


def ask_then_fail(state: State) -> State:
    """Raise after a bad answer."""
    if interrupt("good or bad?") == "bad":
        raise ValueError("a bad answer")
    return {"said": ["good"]}


def leave_trace(path: Path, answer: Any) -> None:
    """Add a line to a file."""
    with path.open("a") as trace:
        trace.write(f"{answer}\n")


def act_until_the_server_repeats_it(state: State) -> State:
    """Interrupt, act, and fail once in a way after which `langgraph dev` runs the run again by itself."""
    answer = interrupt("go?")
    with Path(state["trace"]).open("a+") as trace:
        trace.write(f"{answer}\n")
        trace.seek(0)
        if len(trace.readlines()) == 1:
            from langgraph_runtime_inmem.retry import (  # type: ignore[import-untyped]
                RetryableException,
            )

            raise RetryableException
    return {"said": [answer]}


async def ask_then_act(state: State) -> State:
    """Write a trace each time the answer takes effect, then sleep."""
    answer = interrupt("go?")
    await asyncio.to_thread(leave_trace, Path(state["trace"]), answer)
    await asyncio.sleep(state.get("seconds", 0.3))
    return {"said": [answer]}


async def wait_then_ask(state: State) -> State:
    """Interrupt as soon as the trace file exists."""
    while not await asyncio.to_thread(Path(state["trace"]).exists):
        await asyncio.sleep(0.02)
    return {"said": [interrupt("at last?")]}


def note(state: State, name: str) -> None:
    """Record in the trace file that a node runs."""
    leave_trace(Path(state["trace"]), name)


def prepare(state: State) -> State:
    """End before the nodes that interrupt."""
    note(state, "prepare")
    return {"said": ["prepared"]}


def left(state: State) -> State:
    """Raise after a bad answer, unless the file `….fixed` exists."""
    note(state, "left")
    answer = interrupt({"asks": "left"})
    note(state, "left!")
    if answer == "bad" and not Path(f"{state['trace']}.fixed").exists():
        raise ValueError("a bad answer")
    return {"said": [f"left {answer}"]}


def ask_what_changes(state: State) -> State:
    """Ask something else each time the node runs."""
    note(state, "asked")
    count = Path(state["trace"]).read_text().split().count("asked")
    return {"said": [interrupt({"run": f"rm {count}"})]}


def right(state: State) -> State:
    """Interrupt in the same way, and never raise."""
    note(state, "right")
    answer = interrupt({"asks": "right"})
    note(state, "right!")
    return {"said": [f"right {answer}"]}


def beside(state: State) -> State:
    """Run next to nodes that interrupt."""
    note(state, "beside")
    return {"said": ["beside"]}


def send_five(state: State) -> list[Send]:
    """Ask five questions at once, in this order."""
    return [Send("ask_one", {"said": [number]}) for number in range(5)]


async def ask_one(state: State) -> State:
    """Ask about what was sent; the later ones ask first."""
    (number,) = state["said"]
    await asyncio.sleep((5 - number) / 100)
    return {"said": [interrupt({"asks": number})]}


def four(state: State) -> State:
    """Run fourth."""
    return {"said": ["four"]}


def finish(state: State) -> State:
    """Run last."""
    note(state, "finish")
    return {"said": ["finished"]}


def who(state: State, config: RunnableConfig) -> State:
    """Return the caller of this run."""
    return {"said": [config["configurable"].get("tenant")]}


def leave(state: State) -> State:
    """Try to end the process."""
    sys.exit("bye")


async def leave_async(state: State) -> State:
    """Try to end the process from its event loop."""
    sys.exit("bye")


@dataclass
class Context:
    """The context of a run."""

    tenant: str
    level: int = 1


def scheduled_for(state: State, runtime: Runtime[Context]) -> State:
    """Return the context."""
    return {"said": [runtime.context.tenant, runtime.context.level]}


def ask_for_tenant(state: State, config: RunnableConfig) -> State:
    """Ask, and return what the run was configured with, before and after."""
    configurable = config["configurable"]
    answer = interrupt({"asks": configurable.get("tenant"), "limit": config["recursion_limit"]})
    return {"said": [answer, configurable.get("tenant"), config["recursion_limit"]]}


def one(state: State) -> State:
    """Run first."""
    return {"said": ["one"]}


def two(state: State) -> State:
    """Run second."""
    return {"said": ["two"]}


def three(state: State) -> State:
    """Run third."""
    return {"said": ["three"]}


def write_beyond_json(state: State) -> State:
    """Return numbers that JSON readers refuse, then a value that is nested too deeply."""
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
    """Return a graph with parallel nodes between the first and the last."""
    builder = StateGraph(State).add_node(prepare).add_node(finish).add_edge(START, "prepare")
    for node in nodes:
        builder.add_node(node).add_edge("prepare", node.__name__)
    return builder.add_edge([node.__name__ for node in nodes], "finish").compile()


def _holding(inner: Any) -> Any:
    builder = StateGraph(State).add_node("inner", inner).add_node(finish)
    return builder.add_edge(START, "inner").add_edge("inner", "finish").compile()


sent_five = (
    StateGraph(State)
    .add_node(ask_one)
    .add_conditional_edges(START, send_five, ["ask_one"])
    .compile()
)
sent_inside = _holding(sent_five)
step_of_three = _step(left, right, beside)
step_that_changes = _step(ask_what_changes, right)
step_inside = _holding(_step(left, right))
two_questions = _single(ask_twice)
failing = _single(fail)
approval = _single(ask_approval)
asking_as_told = _single(ask_as_told)
checking = _single(check_length)
checking_twice = _step(check_length, check_sums)
checking_and_asking = _step(check_length, check_or_ask)
sticky = _single(ask_then_fail)
gated_effect = _single(ask_then_act)
run_twice = _single(act_until_the_server_repeats_it)
misleading_error = (
    StateGraph(State)
    .add_sequence([ask_then_act, raise_misleadingly])
    .add_edge(START, "ask_then_act")
    .compile()
)
gated_question = _single(wait_then_ask)
tenant = _single(who)
asking_tenant = _single(ask_for_tenant)
beyond_json = _single(write_beyond_json)
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
grandchild = (
    StateGraph(State)
    .add_sequence([two, three])
    .add_edge(START, "two")
    .compile(interrupt_before=["three"])
)
child = (
    StateGraph(State)
    .add_node(one)
    .add_node("grandchild", grandchild)
    .add_node(four)
    .add_edge(START, "one")
    .add_edge("one", "grandchild")
    .add_edge("grandchild", "four")
    .compile(interrupt_after=["one"])
)
nested_stops = (
    StateGraph(State)
    .add_node("child", child)
    .add_node(beside)
    .add_node(finish)
    .add_edge(START, "child")
    .add_edge(START, "beside")
    .add_edge(["child", "beside"], "finish")
    .compile(interrupt_before=["child"])
)
chain = StateGraph(State).add_sequence([one, two, three]).add_edge(START, "one").compile()
