"""What an earlier run was started with, read from real servers."""

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import NotThere
from hitl_engine.model import Breakpoint, Breakpoints, Graph, Outcome, Question, Revise


async def graph_of(desk: Desk, name: str) -> Graph:
    (found,) = [graph for graph in await desk.graphs() if graph.graph_id == name]
    return found


async def stopped(outcome: Outcome) -> Breakpoint:
    assert outcome.thread is not None
    (stop,) = outcome.thread.waiting
    assert isinstance(stop, Breakpoint)
    return stop


async def test_input_and_graph_are_those_of_the_start_and_not_of_the_answers(desk: Desk) -> None:
    graph = await graph_of(desk, "revise")
    outcome = await desk.start(graph, {"some_text": "as it was"}, lambda _: None)
    assert outcome.thread is not None
    question = desk.reviews.item(outcome.thread.waiting[0])
    assert isinstance(question, Question)
    await desk.decide(question, Revise("another text"), lambda _: None)
    earlier = await desk.earlier_run(outcome.thread_id)
    assert (earlier.graph, earlier.input) == (graph, {"some_text": "as it was"})
    assert earlier.breakpoints == Breakpoints() and not earlier.has_context


async def test_breakpoints_are_the_compiled_ones_and_those_of_the_run(desk: Desk) -> None:
    graph = await graph_of(desk, "breakpoints")
    outcome = await desk.start(graph, {}, lambda _: None, breakpoints=Breakpoints(after=("draft",)))
    await desk.step(await stopped(outcome), lambda _: None)
    earlier = await desk.earlier_run(outcome.thread_id)
    assert (earlier.input, set(earlier.breakpoints.before)) == ({}, {"publish"})
    assert set(earlier.breakpoints.after) == {"draft"}


async def test_a_shorter_list_of_breakpoints_stays_short(desk: Desk) -> None:
    graph = await graph_of(desk, "breakpoints")
    outcome = await desk.start(
        graph,
        {},
        lambda _: None,
        breakpoints=Breakpoints(before=("announce",), after=("draft",)),
        replace_compiled=True,
    )
    earlier = await desk.earlier_run(outcome.thread_id)
    assert earlier.breakpoints.before == ("announce",)


async def test_a_thread_without_a_run_has_nothing_to_repeat(desk: Desk) -> None:
    made = await desk._session.api.create_thread({"graph_id": "revise"})
    with pytest.raises(NotThere, match="does not report the input"):
        await desk.earlier_run(made.thread_id)
