"""What the server tells of the decisions of others is bounded, and what was left out is said."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hitl_engine.deciding import other_decisions
from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import Answer, JsonObject, LogFilter, OtherDecision
from tests.any_server.steps import decide, ignore, start, thread_of
from tests.server.conftest import on_local_server
from tests.server.processes import Served


async def answered_twice(desk: Desk) -> str:
    """Return a thread on which another client answered twice."""
    thread = await start(desk, "validate", {})
    for answer in ("old", "36"):
        async for _ in desk._session.api.stream_run(
            thread.thread_id,
            {"assistant_id": "validate", "command": {"resume": answer}},
            idempotency_key=f"{thread.thread_id} {answer}",
        ):
            pass
    return thread.thread_id


@on_local_server
async def test_threads_and_runs_beyond_a_number_are_not_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = [await answered_twice(desk), await answered_twice(desk)]
    of_graph = LogFilter(graph_id="validate", since=datetime.now(UTC) - timedelta(hours=1))

    async def found(wanted: LogFilter = of_graph) -> tuple[list[tuple[str, object]], str]:
        told = await desk.log_with_others(wanted)
        others = [each for each in told.entries if isinstance(each, OtherDecision)]
        return [(each.thread_id, each.answer) for each in others], told.not_read

    every = [(each, answer) for each in reversed(threads) for answer in ("36", "old")]
    others, not_read = await found()
    assert (others[:4], not_read) == (every, "")
    monkeypatch.setattr(other_decisions, "_RUNS", 1)
    one_thread = LogFilter(thread_id=threads[0])
    assert await found(one_thread) == (
        [(threads[0], "36")],
        "Of others, only the newest 1 runs of a thread were read.",
    )
    monkeypatch.setattr(other_decisions, "_THREADS", 1)
    assert await found() == (
        [(threads[1], "36")],
        "Of others, only the 1 threads that changed last and the newest 1 runs of a thread were read.",
    )
    later = LogFilter(graph_id="validate", since=datetime.now(UTC) + timedelta(hours=1))
    assert await found(later) == ([], "")  # older ones are not wanted
    newest = (await desk.log_with_others(of_graph, limit=1)).entries
    assert [each.thread_id for each in newest] == [threads[1]]


@on_local_server
async def test_each_run_of_another_is_told_for_what_it_was_sent(
    desk: Desk, served: Served, tmp_path: Path
) -> None:
    async with open_desk(served.url, data_dir=tmp_path / "o", headers=served.headers) as other:
        thread = await start(other, "revise", {"some_text": "x"})
        await decide(other, thread, Answer("y"))
        plan = await other.reruns.plan_again(thread.thread_id, thread.checkpoint_id)
        again = thread_of(await other.reruns.run(plan, ignore))
        await decide(other, again, Answer("z"))
        plan = await other.reruns.plan_goto(thread.thread_id, "human_node")
        await other.reruns.run(plan, ignore)
    unlike: list[JsonObject] = [
        {"metadata": {"hitl_event": "reopen"}},
        {"checkpoint_id": thread.checkpoint_id},  # by a client that notes nothing
    ]
    for number, more in enumerate(unlike):
        async for _ in desk._session.api.stream_run(
            thread.thread_id,
            {"assistant_id": "revise", "input": None, **more},
            idempotency_key=f"{thread.thread_id} {number}",
        ):
            pass
    told = (await desk.log_with_others(LogFilter(thread_id=thread.thread_id))).entries
    events = [each.event for each in reversed(told)]
    assert events == ["answer", "rerun", "answer", "goto", "reopen", "run"]
    kinds = [each.kind for each in reversed(await desk.runs.of(thread.thread_id))]
    assert kinds == ["input", *events]
