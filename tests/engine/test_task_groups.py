"""Several questions on one thread, compared with what LangGraph really runs for an answer."""

import operator
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Annotated, Any, Protocol

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Send, interrupt
from typing_extensions import TypedDict

from hitl_engine.deciding.task_groups import (
    duplicate_ids,
    effect_of,
    group_by_task,
    reopening_of,
)
from hitl_engine.model import Effect, Interrupt, Reopening
from hitl_engine.reading.wire import WireTask


class State(TypedDict, total=False):
    said: Annotated[list[str], operator.add]


class Node(Protocol):
    def __call__(self, state: State) -> State: ...


def asker(name: str, ran: list[str]) -> Node:
    def ask(state: State) -> State:
        ran.append(name)
        answer = interrupt({"asks": name})
        ran.append(f"{name}!")
        return {"said": [f"{name}: {answer}"]}

    ask.__name__ = name
    return ask


def side_by_side(ran: list[str], *names: str) -> StateGraph[Any]:
    builder = StateGraph(State)
    for name in names:
        builder.add_node(name, asker(name, ran)).add_edge(START, name)
    return builder


def parallel(ran: list[str]) -> StateGraph[Any]:
    return side_by_side(ran, "a", "b", "c")


def fanned_out(ran: list[str]) -> StateGraph[Any]:
    def send(state: State) -> list[Send]:
        return [Send("worker", {}) for _ in range(3)]

    builder = StateGraph(State).add_node("worker", asker("worker", ran))
    return builder.add_conditional_edges(START, send, ["worker"])


def nested(ran: list[str]) -> StateGraph[Any]:
    inner = side_by_side(ran, "a", "b").compile()

    def caller(state: State) -> Any:
        ran.append("caller")
        return inner.invoke(state)

    return side_by_side(ran, "c").add_node("caller", caller).add_edge(START, "caller")


def pending(graph: Any, config: Any) -> list[Interrupt]:
    return [
        Interrupt(
            thread_id="t",
            graph_id="g",
            interrupt_id=asked.id,
            payload=asked.value,
            response_schema=None,
            node=task.name,
            task_id=task.id,
            namespace="",
            checkpoint_id="c",
            since=None,
        )
        for task in graph.get_state(config).tasks
        if task.result is None
        for asked in task.interrupts
    ]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("shape", [parallel, fanned_out, nested])
def test_the_nodes_that_an_answer_runs_are_known_before_it_is_sent(
    shape: Callable[[list[str]], StateGraph[Any]], count: int
) -> None:
    """S15, S16, B13: a partial map is applied, and the others run again up to their question."""
    ran: list[str] = []
    graph = shape(ran).compile(checkpointer=InMemorySaver())
    for number, _ in enumerate(combinations(range(3), count)):
        config: Any = {"configurable": {"thread_id": str(number)}}
        graph.invoke({}, config)
        asked = pending(graph, config)
        chosen = list(combinations(sorted(each.interrupt_id for each in asked), count))[number]
        effect = effect_of(asked, chosen)
        ran.clear()
        graph.invoke(Command(resume=dict.fromkeys(chosen, "yes")), config)
        outermost = [name for name in ran if name in {each.node for each in asked}]
        assert sorted(outermost) == sorted(effect.goes_on + effect.asks_again)
        assert sum(name.endswith("!") for name in ran) == count
        left = pending(graph, config)
        assert {each.interrupt_id for each in left} == {each.interrupt_id for each in asked} - set(
            chosen
        )
        assert sorted({each.task_id for each in left}) == sorted(
            group[0].task_id
            for group in group_by_task(asked)
            if not {each.interrupt_id for each in group} <= set(chosen)
        )


def question(interrupt_id: str, task: str, node: str = "n") -> Interrupt:
    return Interrupt("t", "g", interrupt_id, None, None, node, task, "", "c", None)


def test_questions_of_one_task_belong_together_and_keep_their_order() -> None:
    one, two, three = question("3", "x"), question("1", "y"), question("2", "x")
    assert group_by_task([one, two, three]) == ((one, three), (two,))
    assert group_by_task([three, two, one]) == ((three, one), (two,))
    assert group_by_task([]) == ()


def test_a_partial_answer_is_described_by_its_nodes() -> None:
    asked = [question("1", "x", "a"), question("2", "x", "a"), question("3", "y", "b")]
    assert effect_of(asked, {"1"}) == Effect((), ("a", "b"))
    assert effect_of(asked, {"1", "2"}) == Effect(("a",), ("b",))
    assert effect_of(asked, {"1", "2", "3"}) == Effect(("a", "b"), ())
    assert effect_of(asked, ()) == Effect((), ())


def test_two_questions_with_one_id_are_found() -> None:
    """B3: neither can be answered by its id."""
    assert duplicate_ids([question("1", "x"), question("1", "y"), question("2", "z")]) == {"1"}
    assert duplicate_ids([question("1", "x"), question("2", "x")]) == frozenset()


ASKS: dict[str, Any] = {"interrupts": [{"id": "1", "value": "What?"}]}


def tasks(**of_nodes: Any) -> list[WireTask]:
    return [
        WireTask.read({"id": name, "name": name, **fields}) for name, fields in of_nodes.items()
    ]


def test_reopening_runs_all_tasks_of_the_step_again() -> None:
    step = tasks(
        a=ASKS,
        done={**ASKS, "result": {}},  # it asked, and has its answer
        b={**ASKS, "error": "E('x')"},
        quiet={},
        raised={"error": "E('y')"},
    )
    asked = question("1", "b", "b")
    assert reopening_of(asked, step, stuck=True) == Reopening(
        asks_again=("a", "b"),
        runs_twice=("done", "quiet", "raised"),
        happened="b: E('x')",
        stuck=True,
    )
    its_own = replace(asked, task_error="E('z')")
    assert reopening_of(its_own, step, stuck=False).happened == "E('z')"


def test_without_an_error_nothing_is_reopened() -> None:
    found = reopening_of(question("1", "a"), tasks(a=ASKS), stuck=False)
    assert (found.happened, found.stuck) == ("", False)
    assert "just answer it" in found.why_not
