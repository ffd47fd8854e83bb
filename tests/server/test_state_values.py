"""What the last step of a thread changed, and the states of its subgraphs, on real servers."""

from typing import Any

from hitl_engine.desk import Desk
from hitl_engine.differences import changed_paths
from hitl_engine.model import Change, ChangeKind, ThreadView


async def started(desk: Desk, name: str, input: Any) -> ThreadView:
    """Run a graph to its first stop; return the thread."""
    graph = next(each for each in await desk.graphs() if each.graph_id == name)
    outcome = await desk.start(graph, input, lambda _: None)
    assert outcome.thread is not None, outcome.why
    return outcome.thread


async def test_what_the_last_step_changed(desk: Desk) -> None:
    """The step wrote one message; at the first checkpoint everything is new."""
    thread = await started(desk, "talking", {"turns": 1})
    changes = await desk.state_values.changes(thread.thread_id, thread.checkpoint_id)
    assert [(change.path, change.kind) for change in changes] == [
        (("messages", 7), ChangeKind.ADDED)
    ]
    page = await desk.history.page(thread.thread_id)
    first = page.checkpoints[-1].checkpoint_id
    moment = await desk.history.moment(thread.thread_id, first)
    assert await desk.state_values.changes(thread.thread_id, first) == changed_paths(
        {}, moment.values
    )


async def test_the_states_of_subgraphs(desk: Desk) -> None:
    """The subgraph that asks has a state of its own."""
    thread = await started(desk, "subgraph", {})
    inside = await desk.state_values.of_subgraphs(thread.thread_id, thread.checkpoint_id)
    assert inside and all(each.namespace.startswith(each.path[0]) for each in inside)
    assert all(isinstance(each.values, dict) for each in inside)


async def test_a_thread_without_subgraphs(desk: Desk) -> None:
    """There is nothing to choose from."""
    thread = await started(desk, "revise", {"some_text": "x"})
    assert await desk.state_values.of_subgraphs(thread.thread_id, thread.checkpoint_id) == ()
    assert await desk.state_values.changes(thread.thread_id, thread.checkpoint_id) == (
        Change(("some_text",), ChangeKind.ADDED, after="x"),
    )
