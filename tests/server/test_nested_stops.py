"""Breakpoints inside subgraphs: each stop is named by the path of its node."""

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import BadInput
from hitl_engine.model import Breakpoint, Breakpoints, OutcomeKind, ThreadStatus

from .test_questions_of_a_thread import Trace, asked, trace

__all__ = ["trace"]


async def test_each_stop_is_named_by_its_path(desk: Desk, trace: Trace) -> None:
    thread = await asked(desk, "nested_stops", trace)
    seen: list[tuple[str, str, tuple[str, ...]]] = []
    fingerprints = set()
    while thread.status is ThreadStatus.BREAKPOINT:
        (stop,) = thread.waiting
        assert isinstance(stop, Breakpoint) and stop in (await desk.inbox()).items
        seen.append((stop.when, stop.node, stop.next))
        fingerprints.add(desk.reviews.fingerprint_of(stop))
        stepped = await desk.step(stop, lambda _: None)
        assert stepped.kind is OutcomeKind.APPLIED and stepped.thread is not None
        thread = stepped.thread
    assert seen == [
        ("before", "child", ("child", "beside")),
        ("after", "child ▸ one", ("child ▸ grandchild",)),
        ("before", "child ▸ grandchild ▸ three", ("child ▸ grandchild ▸ three",)),
    ]
    assert thread.status is ThreadStatus.DONE and len(fingerprints) == 3
    assert (await desk.log())[0].node == "child ▸ grandchild ▸ three"


async def test_a_run_cannot_stop_at_an_inner_node(desk: Desk, trace: Trace) -> None:
    graph = next(each for each in await desk.graphs() if each.graph_id == "nested_stops")
    stops = Breakpoints(before=("three",))
    with pytest.raises(BadInput, match="no node three"):
        await desk.start(graph, {"trace": str(trace.path)}, lambda _: None, breakpoints=stops)
