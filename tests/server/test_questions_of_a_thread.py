"""Several questions of one thread, and questions that are stuck: on both servers, with real graphs.

The graphs record each node that runs, so that tests can check which nodes ran.
"""

from collections import Counter
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hitl_engine.deciding import drafts
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import BadInput, NoLongerWaits, NotTaken
from hitl_engine.model import (
    Answer,
    Effect,
    Interrupt,
    Outcome,
    OutcomeKind,
    Question,
    ThreadStatus,
    ThreadView,
)
from tests.server.conftest import on_local_server
from tests.server.processes import copied_project, running_server
from tests.server.test_contract import wait


class Trace:
    """The nodes of a thread that ran since the last look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def since(self) -> Counter[str]:
        done = Counter(self.path.read_text().split())
        self.path.write_text("")
        return done


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    return Trace(tmp_path / "trace")


async def asked(desk: Desk, graph_id: str, trace: Trace | None = None, **given: Any) -> ThreadView:
    """Run a graph to its questions."""
    graph = next(each for each in await desk.graphs() if each.graph_id == graph_id)
    if trace:
        given["trace"] = str(trace.path)
    started = await desk.start(graph, given, lambda _: None)
    assert started.thread is not None
    if trace:
        trace.since()
    return started.thread


def questions(desk: Desk, thread: ThreadView) -> dict[str, Question]:
    """Return the pending questions, by what they ask."""
    waiting = [item for item in thread.waiting if isinstance(item, Interrupt)]
    return {_asks(item.payload): desk.reviews.question(item) for item in waiting}


def _asks(payload: Any) -> str:
    return str(payload["asks"] if isinstance(payload, dict) and "asks" in payload else payload)


async def decide(
    desk: Desk, thread: ThreadView, answers: dict[str, Any]
) -> tuple[tuple[Outcome, ...], ThreadView]:
    """Answer questions, given by what they ask, in one request."""
    shown = questions(desk, thread)
    decided = [(shown[name], Answer(value)) for name, value in answers.items()]
    outcomes = await desk.decide_all(decided, lambda _: None)
    assert outcomes[0].thread is not None
    return outcomes, outcomes[0].thread


# Several in one request


async def test_several_questions_are_answered_in_one_run(desk: Desk, trace: Trace) -> None:
    """S8, S15, B4, B9: one map, by id; each has its row and its outcome, in the order given."""
    thread = await asked(desk, "step_of_three", trace)
    shown = questions(desk, thread)
    effect = desk.reviews.effect(thread, [*shown.values()])
    assert (set(effect.goes_on), effect.asks_again) == ({"left", "right"}, ())
    outcomes, thread = await decide(desk, thread, {"right": None, "left": {"a": 1}})
    assert [each.kind for each in outcomes] == [OutcomeKind.APPLIED] * 2
    assert thread.status is ThreadStatus.DONE
    assert "left {'a': 1}" in str(thread.values) and "right None" in str(thread.values)
    assert trace.since() == Counter(["left", "left!", "right", "right!", "finish"])
    second, first, _ = await desk.log()
    assert (first.node, first.answer, second.node, second.answer) == (
        *("right", None),
        *("left", {"a": 1}),
    )
    assert first.outcome is second.outcome is OutcomeKind.APPLIED
    assert first.sent_as == second.sent_as == first.decision_id


async def test_a_partial_answer_runs_the_others_again(desk: Desk, trace: Trace) -> None:
    """S15, S16, S22: allowed between tasks, and shown beforehand; there is no new checkpoint."""
    thread = await asked(desk, "step_of_three", trace)
    left = questions(desk, thread)["left"]
    assert desk.reviews.effect(thread, [left]) == Effect(("left",), ("right",))
    (outcome,), after = await decide(desk, thread, {"left": "yes"})
    assert outcome.kind is OutcomeKind.APPLIED
    assert trace.since() == Counter(["left", "left!", "right"])
    assert (after.checkpoint_id, list(questions(desk, after))) == (thread.checkpoint_id, ["right"])
    right = questions(desk, after)["right"]
    before = [await desk.answered_before(question) for question in (left, right)]
    assert before == [(await desk.log())[0].at, None]  # B6: a repeated question would be noticed


async def test_questions_of_one_task_are_answered_together(desk: Desk, trace: Trace) -> None:
    """B13, S37: with a part of the answers the subgraph's node would run once more for each."""
    thread = await asked(desk, "step_inside", trace)
    left, right = (questions(desk, thread)[name] for name in ("left", "right"))
    assert left.interrupt.task_id == right.interrupt.task_id
    with pytest.raises(NotTaken, match=f"inner .*{right.interrupt.interrupt_id}"):
        await desk.decide(left, Answer("yes"), lambda _: None)
    assert [entry.event for entry in await desk.log()] == ["start"]
    outcomes, after = await decide(desk, thread, {"left": "yes", "right": "no"})
    assert [each.kind for each in outcomes] == [OutcomeKind.APPLIED] * 2
    assert after.status is ThreadStatus.DONE
    assert trace.since()["prepare"] == 0


async def test_nothing_is_sent_if_one_question_changed_or_is_gone(desk: Desk, trace: Trace) -> None:
    """S2, S12, S13: one stale question refuses the whole request."""
    thread = await asked(desk, "step_of_three", trace)
    shown = questions(desk, thread)
    both = [(shown["left"], Answer("yes")), (shown["right"], Answer("yes"))]
    changed = replace(shown["right"], fingerprint="another")
    for wrong, message in (
        ([(shown["left"], Answer(1)), (changed, Answer(1))], "right .* changed while you read it"),
        ([both[0], both[0]], "answered twice"),
        ([], "one thread"),
    ):
        with pytest.raises((NoLongerWaits, BadInput), match=message):
            await desk.decide_all(wrong, lambda _: None)
    await desk.decide(shown["left"], Answer("yes"), lambda _: None)
    trace.since()
    with pytest.raises(NoLongerWaits, match=r"question of left \(\w{32}\) was answered"):
        await desk.decide_all(both, lambda _: None)
    assert trace.since() == Counter()
    assert [entry.event for entry in await desk.log()] == ["answer", "start"]


@pytest.mark.parametrize("graph", ["sent_five", "sent_inside"])
async def test_questions_have_the_order_in_which_their_tasks_were_sent(
    desk: Desk, graph: str, trace: Trace
) -> None:
    for _ in range(2):
        thread = await asked(desk, graph, trace)
        assert list(questions(desk, thread)) == ["0", "1", "2", "3", "4"]
        listed = [item for item in (await desk.inbox()).items if item.thread_id == thread.thread_id]
        assert tuple(listed) == thread.waiting
        _, after = await decide(desk, thread, dict.fromkeys("01234", True))
        assert after.status is ThreadStatus.DONE


@on_local_server
async def test_invalid_answers_are_reported_with_their_interrupt_ids(desk: Desk) -> None:
    thread = await asked(desk, "js_tool_calls")
    (question,) = questions(desk, thread).values()
    other = replace(question, interrupt=replace(question.interrupt, interrupt_id="b" * 32))
    wrong = Answer({"decisions": []})
    with pytest.raises(NotTaken, match="b" * 32) as refusal:
        await desk.decide_all([(question, wrong), (other, wrong)], lambda _: None)
    places = {fault.path[:2] for fault in refusal.value.faults}
    ids = (question.interrupt.interrupt_id, "b" * 32)
    assert places == {(interrupt_id, "decisions") for interrupt_id in ids}


# Stuck, and reopened


async def stuck(desk: Desk, trace: Trace) -> ThreadView:
    """Answer both questions of the step, the left one badly: it can be stuck, the right one is done."""
    thread = await asked(desk, "step_of_three", trace)
    _, thread = await decide(desk, thread, {"right": "fine"})
    (outcome,), thread = await decide(desk, thread, {"left": "bad"})
    assert (outcome.kind, outcome.stuck) == (OutcomeKind.UNKNOWN, False)
    assert outcome.error is not None and "a bad answer" in outcome.error
    assert thread.status is ThreadStatus.INTERRUPTED
    trace.since()
    return thread


async def test_a_stuck_question_is_reopened(desk: Desk, trace: Trace) -> None:
    """S4, S25, S26, S28, S29: no answer helps, until it is reopened; earlier nodes do not run."""
    thread = await stuck(desk, trace)
    (question,) = questions(desk, thread).values()
    (item,) = thread.waiting
    assert item in (await desk.inbox()).items
    assert question.interrupt.task_error == "ValueError('a bad answer')"
    seen = await desk.reopening(question.interrupt)
    assert (seen.asks_again, set(seen.runs_twice)) == (("left",), {"right", "beside"})
    assert (seen.happened, seen.stuck, seen.why_not) == ("ValueError('a bad answer')", False, "")

    (caution,) = desk.reviews.cautions(question, Answer("good"))
    assert "may have kept it" in caution
    again = await desk.decide(question, Answer("good"), lambda _: None)
    assert (again.kind, again.stuck) == (OutcomeKind.UNKNOWN, True)
    assert "stuck" in again.why
    assert (await desk.reopening(question.interrupt)).stuck
    trace.since()

    opened = await desk.reopen(question.interrupt, lambda _: None)
    assert (opened.kind, opened.error) == (OutcomeKind.APPLIED, None)
    assert trace.since() == Counter(["left", "right", "beside"])
    assert opened.thread is not None
    reopened = questions(desk, opened.thread)
    assert set(reopened) == {"left", "right"}
    assert reopened["left"].interrupt.interrupt_id != question.interrupt.interrupt_id
    assert reopened["left"].interrupt.task_error is None
    assert (await desk.log())[0].event == "reopen"
    with pytest.raises(NotTaken, match="has no error"):
        await desk.reopen(reopened["left"].interrupt, lambda _: None)
    with pytest.raises(NoLongerWaits):
        await desk.reopen(question.interrupt, lambda _: None)

    outcomes, thread = await decide(desk, opened.thread, {"left": "good", "right": "fine"})
    assert [each.kind for each in outcomes] == [OutcomeKind.APPLIED] * 2
    assert thread.status is ThreadStatus.DONE
    assert trace.since()["prepare"] == 0


@on_local_server
async def test_a_kept_answer_can_take_effect_instead_of_a_later_one(
    desk: Desk, trace: Trace
) -> None:
    """S25, S27: a fixed node takes the *first* answer, so the later one must not be called applied."""
    thread = await stuck(desk, trace)
    trace.path.with_suffix(".fixed").touch()
    (outcome,), thread = await decide(desk, thread, {"left": "good"})
    assert thread.status is ThreadStatus.DONE
    assert "left bad" in str(thread.values) and "left good" not in str(thread.values)
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert "earlier answer" in outcome.why


async def test_a_question_inside_a_subgraph_is_reopened(desk: Desk, trace: Trace) -> None:
    """S28, S37: the node that contains the subgraph runs again from its start; earlier nodes do not."""
    thread = await asked(desk, "step_inside", trace)
    _, thread = await decide(desk, thread, {"left": "bad", "right": "fine"})
    left = questions(desk, thread)["left"]
    seen = await desk.reopening(left.interrupt)
    assert (seen.asks_again, seen.runs_twice) == (("inner",), ())
    opened = await desk.reopen(left.interrupt, lambda _: None)
    assert opened.kind is OutcomeKind.APPLIED and opened.thread is not None
    outcomes, thread = await decide(desk, opened.thread, {"left": "good", "right": "fine"})
    assert [each.kind for each in outcomes] == [OutcomeKind.APPLIED] * 2
    assert thread.status is ThreadStatus.DONE


@on_local_server
async def test_a_reopened_question_keeps_its_draft(desk: Desk, trace: Trace) -> None:
    """The draft belongs to the new interrupt id; the other question keeps its own draft."""
    thread = await stuck(desk, trace)
    (question,) = questions(desk, thread).values()
    await desk.drafts.save(question, {"text": "half a thought"})
    twin = replace(question.interrupt, interrupt_id="e" * 32)
    assert await desk.drafts.find(desk.reviews.question(twin)) is None
    opened = await desk.reopen(question.interrupt, lambda _: None)
    assert opened.thread is not None
    reopened = questions(desk, opened.thread)
    assert await desk.drafts.find(reopened["right"]) is None
    draft = await desk.drafts.find(reopened["left"])
    assert draft is not None and draft.unchanged
    assert draft.content == {"text": "half a thought"}
    assert draft.interrupt_id == reopened["left"].interrupt.interrupt_id
    assert await desk.drafts.find(question) is None


async def test_the_place_of_a_question_has_all_its_nodes(desk: Desk) -> None:
    """S3: inside a subgraph, these include the node that contains the subgraph."""
    thread = await asked(desk, "subgraph")
    assert list((await desk.places(thread)).values()) == [("approval", "ask")]
    thread = await asked(desk, "parallel")
    assert sorted((await desk.places(thread)).values()) == [("finance",), ("legal",)]


async def test_watching_deletes_old_drafts_of_questions_that_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, and only old ones: the question may have been answered just now by another reviewer."""
    with running_server(copied_project(tmp_path / "project"), tmp_path / "data") as served:

        def desk_of() -> AbstractAsyncContextManager[Desk]:
            return open_desk(served.url, data_dir=tmp_path / "d", headers=served.headers)

        async def left_of(question: Question) -> bool:
            """Watch for one look; return whether the draft of this question still exists."""
            async with desk_of() as desk:
                async with aclosing(desk.watch()) as looks:
                    await anext(looks)
                return await desk.drafts.find(question) is not None

        async with desk_of() as desk:
            (gone,) = questions(desk, await asked(desk, "revise", some_text="x")).values()
            (left,) = questions(desk, await asked(desk, "revise", some_text="y")).values()
            async with served.client() as http:
                command = {"resume": {gone.interrupt.interrupt_id: "theirs"}}
                await wait(http, gone.interrupt.thread_id, "revise", command=command)
            for question in (gone, left):
                await desk.drafts.save(question, {"text": "half"})
        assert await left_of(gone)
        monkeypatch.setattr(drafts, "_KEPT_FOR", timedelta())
        assert await left_of(left)
        assert not await left_of(gone)
