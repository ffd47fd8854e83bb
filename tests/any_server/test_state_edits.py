"""Writes into the state of a thread: planned, read back, refused; branches; other nodes."""

from dataclasses import replace
from typing import Any

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import BadInput, HitlError, NoLongerWaits, NotTaken
from hitl_engine.model import (
    Answer,
    Checkpoint,
    JsonValue,
    KeyWrite,
    Outcome,
    OutcomeKind,
    Replacement,
    ThreadStatus,
    ThreadView,
)
from tests.any_server.steps import decide, ignore, questions_of, start, step, thread_of


async def edited(desk: Desk, thread: ThreadView, *places: tuple[Any, JsonValue]) -> Outcome:
    """Write values at some places of the newest state."""
    replacements = [Replacement(path, value) for path, value in places]
    return await desk.states.write(await desk.states.plan(thread.thread_id, replacements))


async def checkpoints(desk: Desk, thread: ThreadView) -> tuple[Checkpoint, ...]:
    """Return the newest checkpoints of a thread."""
    return (await desk.history.page(thread.thread_id)).checkpoints


async def before(desk: Desk, thread: ThreadView, node: str) -> Checkpoint:
    """Return the oldest checkpoint at which this node was next."""
    return next(each for each in reversed(await checkpoints(desk, thread)) if node in each.next)


async def test_values_are_replaced_and_not_merged(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    plan = await desk.states.plan(
        thread.thread_id,
        [Replacement(("text",), "edited"), Replacement(("log", 0), "written by hand")],
    )
    assert (plan.as_node, plan.cautions, plan.is_fork) == ("draft", (), False)
    assert [(each.key, each.before, each.after, each.write) for each in plan.changes] == [
        ("text", "x", "edited", KeyWrite.REPLACES),
        ("log", ["drafted"], ["written by hand"], KeyWrite.MERGES),
    ]
    outcome = await desk.states.write(plan)
    assert (outcome.kind, outcome.otherwise) == (OutcomeKind.APPLIED, ())
    thread = thread_of(outcome)
    assert thread.values == {"text": "edited", "log": ["written by hand"]}
    assert (thread.next, thread.status) == (("polish",), ThreadStatus.BREAKPOINT)
    assert thread_of(await desk.step(thread.stop, ignore)).values == {  # type: ignore[arg-type]
        "text": "Edited",
        "log": ["written by hand", "polished"],
    }
    newest, *_ = await desk.log()
    assert [each.event for each in (await desk.log())[:2]] == ["step", "update"]
    assert newest.outcome is OutcomeKind.APPLIED


async def test_messages_are_replaced_by_messages(desk: Desk) -> None:
    thread = await start(desk, "tool_agent", {"messages": [{"role": "user", "content": "hi"}]})
    before_it: Any = thread.values
    said: list[JsonValue] = [before_it["messages"][0], {"type": "ai", "content": "Hello."}]
    plan = await desk.states.plan(thread.thread_id, [Replacement(("messages",), said)])
    assert plan.changes[0].write is KeyWrite.MERGES_MESSAGES
    assert "disappears without an answer" in plan.cautions[0]
    outcome = await desk.states.write(plan)
    assert (outcome.kind, outcome.otherwise) == (OutcomeKind.APPLIED, ())
    values: Any = thread_of(outcome).values
    assert [each["content"] for each in values["messages"]] == ["hi", "Hello."]
    assert thread_of(outcome).waiting == () or thread_of(outcome).status is ThreadStatus.BREAKPOINT


async def test_what_does_not_fit_is_refused_before_it_is_sent(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    for path, why in (
        (("nothing",), "has no key nothing"),
        (("log", 3), r"has no \$\.log\[3\]"),
        (("text", "inner"), r"has no \$\.text\.inner"),
    ):
        with pytest.raises(BadInput, match=why):
            await desk.states.plan(thread.thread_id, [Replacement(path, "new")])
    with pytest.raises(BadInput, match="has no node nowhere"):
        await desk.states.plan(thread.thread_id, [Replacement(("text",), "y")], as_node="nowhere")
    with pytest.raises(BadInput, match="in the state already"):
        await desk.states.plan(thread.thread_id, [Replacement(("text",), "x")])
    assert (await desk.thread(thread.thread_id)).checkpoint_id == thread.checkpoint_id


async def test_a_state_that_was_not_seen_is_not_overwritten(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    plan = await desk.states.plan(thread.thread_id, [Replacement(("text",), "mine")])
    await edited(desk, thread, (("text",), "theirs"))
    with pytest.raises(NoLongerWaits, match="has changed since"):
        await desk.states.write(plan)
    now: Any = (await desk.thread(thread.thread_id)).values
    assert now["text"] == "theirs"


async def test_a_node_is_skipped(desk: Desk) -> None:
    thread = await step(desk, await start(desk, "breakpoints", {"text": "x"}))
    plan = await desk.states.plan(thread.thread_id, [], as_node="publish")
    assert plan.skips == ("publish",)
    thread = thread_of(await desk.states.write(plan))
    assert thread.next == ("announce",)
    done = thread_of(await desk.step(thread.stop, ignore))  # type: ignore[arg-type]
    assert isinstance(done.values, dict)
    assert done.values["log"] == ["drafted", "polished", "announced"]


async def test_a_branch_begins_with_a_changed_state(desk: Desk) -> None:
    thread = await step(desk, await start(desk, "breakpoints", {"text": "x"}))
    at = await before(desk, thread, "polish")
    plan = await desk.states.plan(
        thread.thread_id, [Replacement(("text",), "other")], checkpoint_id=at.checkpoint_id
    )
    assert (plan.is_fork, plan.as_node, plan.cautions) == (True, "draft", ())
    forked = thread_of(await desk.states.write(plan))
    assert (forked.values, forked.next) == ({"text": "other", "log": ["drafted"]}, ("polish",))
    found = {each.checkpoint_id: each for each in await checkpoints(desk, thread)}
    assert found[forked.checkpoint_id].parent_id == at.checkpoint_id
    assert found[forked.checkpoint_id].wrote == 'text: "other"'
    assert thread.checkpoint_id in found, "the old branch is kept"


async def test_a_thread_runs_again_from_a_checkpoint(desk: Desk) -> None:
    thread = await step(desk, await start(desk, "breakpoints", {"text": "x"}))
    at = await before(desk, thread, "polish")
    plan = await desk.reruns.plan_again(thread.thread_id, at.checkpoint_id)
    assert plan.runs == ("polish",)
    again = thread_of(await desk.reruns.run(plan, ignore))
    assert (again.values, again.next) == (thread.values, ("publish",))
    assert again.checkpoint_id != thread.checkpoint_id
    kept = [each.checkpoint_id for each in await checkpoints(desk, thread)]
    assert thread.checkpoint_id in kept, "the old branch is kept"
    with pytest.raises(NoLongerWaits):
        await desk.reruns.run(plan, ignore)


async def test_a_finished_thread_goes_to_a_node(desk: Desk) -> None:
    thread = await step(desk, await start(desk, "breakpoints", {"text": "x"}))
    plan = await desk.reruns.plan_goto(thread.thread_id, "announce")
    assert plan.cautions == ("announce runs beside publish, which is next, and not instead of it.",)
    done = await step(desk, thread)
    plan = await desk.reruns.plan_goto(done.thread_id, "announce")
    assert plan.cautions == ()
    again: Any = thread_of(await desk.reruns.run(plan, ignore)).values
    assert again["log"][-2:] == ["announced", "announced"]
    with pytest.raises(BadInput, match="has no node nowhere"):
        await desk.reruns.plan_goto(thread.thread_id, "nowhere")


async def test_no_node_runs_beside_a_question(desk: Desk) -> None:
    thread = await start(desk, "revise", {"some_text": "x"})
    with pytest.raises(NotTaken, match="beside the node that asks"):
        await desk.reruns.plan_goto(thread.thread_id, "human_node")
    plan = await desk.states.plan(thread.thread_id, [Replacement(("some_text",), "y")])
    assert plan.cautions == (
        "The question of human_node disappears without an answer; a run that goes on may ask again.",
    )
    written = thread_of(await desk.states.write(plan))
    assert not [each for each in written.waiting if hasattr(each, "interrupt_id")]


async def test_a_refused_update_leaves_the_thread_as_it_was(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    plan = await desk.states.plan(thread.thread_id, [Replacement(("text",), "y")])
    with pytest.raises(HitlError):
        await desk.states.write(replace(plan, as_node="nowhere"))
    assert await desk.thread(thread.thread_id) == thread
    assert (await desk.log())[0].outcome is OutcomeKind.REFUSED


async def test_the_state_of_a_subgraph_is_written_and_its_question_asked_again(desk: Desk) -> None:
    """The thread itself stays where it is; an answer to the old question would be lost."""
    thread = await start(desk, "subgraph", {"order": "two desks"})
    [inside] = await desk.state_values.of_subgraphs(thread.thread_id, thread.checkpoint_id)
    replacements = [Replacement(("order",), "three desks")]
    planning = desk.states.plan(thread.thread_id, replacements, namespace=inside.namespace)
    if await desk._session.api.goes_on() != "with nothing":
        with pytest.raises(BadInput, match="runs the subgraph from its start"):
            await planning
        return
    plan = await planning
    assert (plan.asks_again, plan.nodes, plan.is_fork) == (("approval",), ("ask",), False)
    outcome = await desk.write_and_go_on(plan, ignore)
    assert (outcome.kind, outcome.otherwise) == (OutcomeKind.APPLIED, ())
    again = thread_of(outcome)
    [asked] = questions_of(desk, again)
    assert asked.interrupt.payload == "Who approves the order of three desks?"
    assert asked.interrupt.interrupt_id != questions_of(desk, thread)[0].interrupt.interrupt_id
    assert again.values == thread.values and again.checkpoint_id == thread.checkpoint_id
    done = await decide(desk, again, Answer("Ada"))
    assert done.values["receipt"] == "three desks, approved by Ada"  # type: ignore[index,call-overload]


async def test_a_subgraph_that_has_no_state_is_refused(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"})
    with pytest.raises(BadInput, match="subgraph"):
        await desk.states.plan(
            thread.thread_id, [Replacement(("text",), "y")], namespace="approval:none"
        )
