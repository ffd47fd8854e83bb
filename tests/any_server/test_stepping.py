"""Stepping on to a node, until a condition holds, and to the end."""

from typing import Any

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import BadInput
from hitl_engine.model import (
    NO_BREAKPOINTS,
    Answer,
    Breakpoints,
    StepGoal,
    ThreadStatus,
    ThreadView,
)
from tests.any_server.steps import decide, ignore, start, step, stop_of, thread_of


async def run_on(desk: Desk, thread: ThreadView, goal: StepGoal) -> ThreadView:
    """Step on; return the thread where it stopped."""
    return thread_of(await desk.stepping.run_on(thread, goal, ignore))


async def test_a_run_goes_to_a_node_and_the_next_step_is_as_ever(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    thread = await run_on(desk, thread, StepGoal(node="announce"))
    assert (thread.next, thread.status) == (("announce",), ThreadStatus.BREAKPOINT)
    assert (await step(desk, thread)).status is ThreadStatus.DONE


async def test_a_run_goes_on_until_a_condition_holds(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"}, Breakpoints(before=("announce",)))
    goal = StepGoal(until='$.log[-1] == "polished"')
    thread = await run_on(desk, thread, goal)
    assert thread.next == ("publish",)
    with pytest.raises(BadInput, match="there already"):
        await desk.stepping.run_on(thread, goal, ignore)
    thread = await step(desk, thread)
    assert thread.next == ("announce",), "the breakpoints of the run hold on"


async def test_a_run_goes_to_its_end_and_a_free_run_visits_the_same_nodes(desk: Desk) -> None:
    stepped = await start(desk, "breakpoints", {"text": "x"}, Breakpoints(before=("*",)))
    nodes = [stepped.next]
    while stepped.status is ThreadStatus.BREAKPOINT:
        stepped = await step(desk, stepped)
        nodes.append(stepped.next)
    thread = await start(desk, "breakpoints", {"text": "x"}, NO_BREAKPOINTS)
    free = await run_on(desk, thread, StepGoal())
    assert (free.status, free.values) == (ThreadStatus.DONE, stepped.values)
    page = await desk.history.page(free.thread_id)
    ran = [node for each in page.checkpoints[::-1] for node in each.ran]
    assert (
        ran
        == [node for each in nodes for node in each]
        == [*("draft", "polish", "publish", "announce")]
    )


async def test_a_breakpoint_with_a_condition_stops_a_step_only_where_it_holds(desk: Desk) -> None:
    nodes = ("polish", "publish", "announce")
    never = tuple((node, "$.text == 'no such text'") for node in nodes)
    desk.breakpoints.set("breakpoints", Breakpoints(before=nodes, conditions=never))
    thread = await start(desk, "breakpoints", {"text": "x"})
    assert thread.next == ("polish",), "the compiled breakpoint after draft counts"
    thread = await step(desk, thread)
    assert thread.next == ("publish",), "and the compiled one before publish"
    thread = await step(desk, thread)
    assert thread.status is ThreadStatus.DONE

    thread = await start(desk, "breakpoints", {"text": "x"})
    holds = ("announce", '$.text == "X"')
    desk.breakpoints.set("breakpoints", Breakpoints(before=nodes, conditions=(*never[:2], holds)))
    thread = await run_on(desk, thread, StepGoal())
    assert thread.next == ("announce",), "a run to the end stops where a condition holds"
    assert (await step(desk, thread)).status is ThreadStatus.DONE
    with pytest.raises(BadInput, match="is not a condition"):
        desk.breakpoints.set("breakpoints", Breakpoints().with_condition("polish", "$.log >"))


@pytest.mark.hardening  # the test above is its short case
async def test_a_breakpoint_with_a_condition_stops_what_follows_an_answer(desk: Desk) -> None:
    stop = Breakpoints(before=("confirm",), conditions=(("confirm", "$.order == 'nine desks'"),))
    desk.breakpoints.set("subgraph", stop)
    passed = await decide(desk, await start(desk, "subgraph", {"order": "two desks"}), Answer("A"))
    assert passed.status is ThreadStatus.DONE
    held = await decide(desk, await start(desk, "subgraph", {"order": "nine desks"}), Answer("A"))
    assert (stop_of(held).when, held.next) == ("before", ("confirm",))
    assert (await step(desk, held)).status is ThreadStatus.DONE


async def test_a_run_goes_on_until_a_value_changes(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    thread = await run_on(desk, thread, StepGoal(until_changed="$.log"))
    assert thread.next == ("publish",)


async def test_a_goal_that_makes_no_sense_is_refused(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    for goal, why in (
        (StepGoal(node="nowhere"), "has no node nowhere"),
        (StepGoal(until="$.log ==== 1"), "is not a condition"),
    ):
        with pytest.raises(BadInput, match=why):
            await desk.stepping.run_on(thread, goal, ignore)
    unchanged: Any = await desk.thread(thread.thread_id)
    assert unchanged.checkpoint_id == thread.checkpoint_id
